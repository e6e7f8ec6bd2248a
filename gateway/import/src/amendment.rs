//! R14: a lot of the table that is in the sale already, with something else in its cells.

use mazad_engine::codec::terms;
use mazad_engine::domain::{LotTerms, Money, SaleTerms};
use mazad_engine::limits::LOTS_AT_ONCE_MAX;
use mazad_proto::v1;
use mazad_texts::{Change, Lang, Locale, base_change, lot_changes, sale_changes};

use crate::batches::message_bytes;
use crate::limits::AMENDED_BYTES_MAX;
use crate::lot::TableLot;

/// A lot that is to have the terms of the table.
#[derive(Debug, Clone)]
pub struct TableAmendment {
    /// As the table has it.
    pub lot: TableLot,
    /// What differs, cell by cell.
    pub cells: Vec<CellChange>,
    /// What becomes of its base.
    base: BaseStep,
    /// R3.6: lots of one group are amended in one act; 0: alone.
    group: u32,
}

/// What becomes of the base of a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BaseStep {
    Keep,
    Set(Money),
    Remove,
}

/// A cell that differs from what stands, in English and in Arabic. Of a base it tells that there is
/// another one, never which (R4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellChange {
    /// The column's canonical name; of a sale's terms, the flag's.
    pub column: &'static str,
    pub name: [String; 2],
    pub before: [String; 2],
    pub after: [String; 2],
}

const LANGS: [Lang; 2] = [Lang::En, Lang::Ar];

impl CellChange {
    /// The same change as each language says it.
    fn of([english, arabic]: [Change; 2]) -> Self {
        let plain = |text: String| text.replace(['\u{2068}', '\u{2069}'], "");
        Self {
            column: english.column,
            name: [plain(english.name), plain(arabic.name)],
            before: [plain(english.before), plain(arabic.before)],
            after: [plain(english.after), plain(arabic.after)],
        }
    }

    fn all(changes: impl Fn(&Locale) -> Vec<Change>) -> Vec<Self> {
        let [english, arabic] = LANGS.map(|lang| changes(&Locale::of(lang)));
        let pairs = english.into_iter().zip(arabic);
        pairs
            .map(|(english, arabic)| Self::of([english, arabic]))
            .collect()
    }
}

/// What differs between two terms of a sale.
pub(crate) fn of_sale(before: &SaleTerms, after: &SaleTerms) -> Vec<CellChange> {
    CellChange::all(|locale| sale_changes(locale, before, after))
}

impl TableAmendment {
    /// What the table says otherwise than the sale does; `None`: it says the same.
    pub(crate) fn of(lot: &TableLot, stands: &LotTerms, sale: &SaleTerms) -> Option<Self> {
        let reserve = stands.method.reserve();
        // Another base has another commitment, which nobody can make before it is set.
        let after = LotTerms {
            method: lot.terms.method.clone().with_reserve(reserve.copied()),
            ..lot.terms.clone()
        };
        let of_sale = (sale.currency.code(), sale.time_zone.as_str());
        let mut cells = CellChange::all(|locale| lot_changes(locale, of_sale, stands, &after));
        let known = reserve.and_then(|reserve| reserve.opening);
        let known = known.map(|opening| opening.amount);
        let base = match (known, lot.reserve) {
            (known, wanted) if known == wanted => BaseStep::Keep,
            (_, Some(wanted)) => BaseStep::Set(wanted),
            (_, None) => BaseStep::Remove,
        };
        if base != BaseStep::Keep {
            let (had, has) = (known.is_some(), lot.reserve.is_some());
            cells.extend(CellChange::all(|locale| {
                vec![base_change(locale, had, has)]
            }));
        }
        let group = match (after.running.group(), stands.running.group()) {
            (0, before) => before,
            (group, _) => group,
        };
        (!cells.is_empty()).then(|| Self {
            lot: lot.clone(),
            cells,
            base,
            group,
        })
    }

    /// As it is sent: its base in clear beside its terms (R4).
    fn message(&self) -> v1::LotAmendment {
        v1::LotAmendment {
            lot: self.lot.lot.0,
            terms: Some(terms::lot_terms_to_proto(&self.lot.terms)),
            reserve: match self.base {
                BaseStep::Set(base) => base.minor(),
                BaseStep::Keep | BaseStep::Remove => 0,
            },
            no_reserve: self.base == BaseStep::Remove,
        }
    }
}

/// Cuts amendments into acts. Lots of one group stay together, wherever they stand in the table.
pub(crate) fn cut(amendments: &[TableAmendment]) -> Vec<Vec<v1::LotAmendment>> {
    let mut linked: Vec<(u32, Vec<v1::LotAmendment>)> = Vec::new();
    for amendment in amendments {
        let group = amendment.group;
        let known = linked.iter_mut().find(|(of, _)| *of == group && group != 0);
        match known {
            Some((_, lots)) => lots.push(amendment.message()),
            None => linked.push((group, vec![amendment.message()])),
        }
    }
    let mut batches: Vec<Vec<v1::LotAmendment>> = Vec::new();
    let mut free = 0_usize;
    for (_, lots) in linked {
        let bytes = lots
            .iter()
            .map(message_bytes)
            .fold(0, usize::saturating_add);
        match batches.last_mut() {
            Some(batch)
                if bytes <= free && batch.len().saturating_add(lots.len()) <= LOTS_AT_ONCE_MAX =>
            {
                batch.extend(lots);
            }
            Some(_) | None => {
                batches.push(lots);
                free = AMENDED_BYTES_MAX;
            }
        }
        free = free.saturating_sub(bytes);
    }
    batches
}

/// Whether an act of amendments can travel at all.
pub(crate) fn bytes_of(batch: &[v1::LotAmendment]) -> Option<usize> {
    let bytes = batch
        .iter()
        .map(message_bytes)
        .fold(0, usize::saturating_add);
    (bytes > AMENDED_BYTES_MAX).then_some(bytes)
}
