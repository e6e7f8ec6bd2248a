//! An import in memory, by the engine's own writer: what it refuses is a mistake of the table before
//! anything has been done.

use std::sync::Arc;

use mazad_engine::codec::{Vault, command};
use mazad_engine::domain::{Code, Command, Figure, Refusal, Sale, Time, Verdict};
use mazad_engine::writer::{Outcome, Writer};
use mazad_office::Caller;
use mazad_proto::v1;

use crate::amendment::bytes_of;
use crate::batches::{message_bytes, new_lot};
use crate::limits::LOT_MESSAGE_BYTES_MAX;
use crate::lot::TableLot;
use crate::notes::Notes;
use crate::plan::{Known, Plan};

/// Does what is planned, each lot in an act of its own: so every one that is refused is told, and
/// what is taken alone is taken together.
pub(crate) fn rehearse(plan: &Plan, known: Option<Known>, now: Time, notes: &mut Notes<'_>) {
    let (sale, vault) = match known {
        Some(known) => (known.sale, known.vault),
        // A key for the rehearsal alone: nothing of it is kept.
        None => (Sale::default(), Arc::new(Vault::from_key([0; 32]))),
    };
    for lot in plan.adds() {
        let bytes = message_bytes(&new_lot(lot));
        if bytes > LOT_MESSAGE_BYTES_MAX {
            notes.too_large(lot, bytes);
        }
    }
    for wire in plan.amendments() {
        let Some(v1::command::Act::AmendLots(amend)) = &wire.act else {
            continue;
        };
        let first = amend.lots.first().and_then(|lot| amended(plan, lot.lot));
        if let (Some(lot), Some(bytes)) = (first, bytes_of(&amend.lots)) {
            notes.too_large(lot, bytes);
        }
    }
    let before = plan.preparations().into_iter().chain(plan.amendments());
    let before = before.map(|wire| (wire, None));
    let adds = plan.adds().iter();
    let adds = adds.map(|lot| (plan.add_one(lot), Some(lot)));
    let mut commands: Vec<(Command, Option<&TableLot>)> = Vec::new();
    for (wire, lot) in before.chain(adds) {
        match read(&wire, now, &vault) {
            Some(command) => commands.push((command, lot)),
            None => notes.refused(lot, &Refusal::new(Code::TermsInvalid)),
        }
    }
    let mut writer = Writer::with_state(plan.sale(), vault, sale);
    while !commands.is_empty() {
        let batch = writer.prepare(&mut commands, now, Time(0));
        for (lot, outcome) in writer.commit(batch) {
            match outcome {
                Outcome::Answered(answer) => {
                    if let Verdict::Refused(refusal) = &answer.verdict {
                        // Of several lots at once a refusal names the one that it is about.
                        let named = refusal.figure(Figure::Lot);
                        let named = named.and_then(|no| u32::try_from(no).ok());
                        let named = named.and_then(|no| amended(plan, no));
                        notes.refused(lot.or(named), refusal);
                    }
                }
                // Ids follow from what the sale was read at: none of them is known to it.
                Outcome::Reused | Outcome::Before(..) => {
                    notes.refused(lot, &Refusal::new(Code::LotExists))
                }
            }
        }
    }
}

/// A lot that is to be amended, by its number.
fn amended(plan: &Plan, no: u32) -> Option<&TableLot> {
    let amends = plan.amends().iter();
    let mut lots = amends.map(|amendment| &amendment.lot);
    lots.find(|lot| lot.lot.0 == no)
}

/// A command as the engine would get it; `None` if it could not be one.
fn read(wire: &v1::Command, now: Time, vault: &Vault) -> Option<Command> {
    let actor = Caller::operator(None).actor()?;
    let read = command::command(wire, actor, now, vault);
    read.ok().map(|(_, command)| command)
}
