//! Lots as they travel: so many in one act as a message and the engine take.

use mazad_engine::codec::terms;
use mazad_engine::domain::Money;
use mazad_engine::limits::{LOTS_AT_ONCE_MAX, LOTS_TEXT_BYTES_MAX};
use mazad_proto::v1;

use crate::limits::{ENVELOPE_BYTES_MAX, LOT_MESSAGE_BYTES_MAX, MESSAGE_BYTES_MAX};
use crate::lot::TableLot;

/// No text is shorter in JSON than it is: what fits into a message never has too much text.
const _: () = assert!(MESSAGE_BYTES_MAX <= LOTS_TEXT_BYTES_MAX);
const _: () = assert!(LOT_MESSAGE_BYTES_MAX + ENVELOPE_BYTES_MAX == MESSAGE_BYTES_MAX);

/// A lot of the table as it is sent: its base in clear beside its terms (R4).
pub(crate) fn new_lot(lot: &TableLot) -> v1::NewLot {
    v1::NewLot {
        lot: lot.lot.0,
        terms: Some(terms::lot_terms_to_proto(&lot.terms)),
        reserve: lot.reserve.map_or(0, Money::minor),
    }
}

/// Bytes of a lot in a message, the comma behind it included.
pub(crate) fn message_bytes<T: serde::Serialize>(lot: &T) -> usize {
    let json = serde_json::to_vec(lot).map_or(usize::MAX, |json| json.len());
    json.saturating_add(1)
}

/// Cuts lots, in their order, into as few acts as may be.
pub(crate) fn cut(lots: impl Iterator<Item = v1::NewLot>) -> Vec<Vec<v1::NewLot>> {
    let mut batches: Vec<Vec<v1::NewLot>> = Vec::new();
    let mut free = 0_usize;
    for lot in lots {
        let bytes = message_bytes(&lot);
        match batches.last_mut() {
            Some(batch) if bytes <= free && batch.len() < LOTS_AT_ONCE_MAX => batch.push(lot),
            Some(_) | None => {
                batches.push(vec![lot]);
                free = LOT_MESSAGE_BYTES_MAX;
            }
        }
        free = free.saturating_sub(bytes);
    }
    batches
}

#[cfg(test)]
mod tests {
    use mazad_proto::v1::command::Act;
    use uuid::Uuid;

    use super::*;

    fn lot(no: u32, text: usize) -> v1::NewLot {
        let title = v1::Bilingual {
            ar: "\"".repeat(text),
            en: String::new(),
        };
        let terms = v1::LotTerms {
            title: Some(title),
            ..v1::LotTerms::default()
        };
        v1::NewLot {
            lot: no,
            terms: Some(terms),
            reserve: i64::MAX,
        }
    }

    #[test]
    fn every_batch_fits_and_none_is_needless() {
        for text in [0, 300, 4_000] {
            let batches = cut((1..=220).map(|no| lot(no, text)));
            let order: Vec<u32> = batches.iter().flatten().map(|lot| lot.lot).collect();
            assert_eq!(order, (1..=220).collect::<Vec<u32>>());
            let bytes = |lots: &[v1::NewLot]| {
                let id = Uuid::nil().to_string();
                let command = v1::Command {
                    id: id.clone(),
                    sale: id,
                    act: Some(Act::AddLots(v1::AddLots {
                        lots: lots.to_vec(),
                    })),
                };
                serde_json::to_vec(&command).unwrap().len()
            };
            for (batch, next) in batches.iter().zip(batches.iter().skip(1)) {
                assert!(bytes(batch) <= MESSAGE_BYTES_MAX, "{text}");
                let more = [batch.as_slice(), &next[..1]].concat();
                let is_full = more.len() > LOTS_AT_ONCE_MAX;
                assert!(is_full || bytes(&more) > LOT_MESSAGE_BYTES_MAX, "{text}");
            }
        }
    }
}
