//! Commands: from the wire to the domain, and to the bytes that the log keeps of them and back.
//!
//! Every command has one digest, over its sale, its id and the kept bytes of its act, whoever asked
//! and however it was spelled. The act itself is kept, sealed, in the metadata of the first event
//! that follows, so that every decision can be made again (`docs/EVENTS.md`).

use mazad_proto::{Unreadable, v1};
use prost::Message;
use uuid::Uuid;

use super::act::{act_from_wire, act_to_wire};
use super::due::{engine_act_from_wire, engine_act_to_wire};
use super::meta;
use super::meta::event_id;
use super::parts::{canonical, padded, present, unpadded};
use super::vault::Vault;
use super::vault::{SEAL_BYTES, Seal};
use super::wire_id::{command_id, sale_id};
use crate::domain::{
    Act, Actor, BaseAmendment, Command, CommandId, LotAct, Money, Reserve, ReserveOpening, SaleAct,
    SaleId, StaffAct, Time,
};
use crate::store::RecordedEvent;

/// The command as the rules take it, with its author and its arrival.
///
/// # Errors
/// What the schema allows and the rules cannot judge: where it stands, and what was expected there.
pub fn command(
    wire: &v1::Command,
    actor: Actor,
    arrived: Time,
    vault: &Vault,
) -> Result<(SaleId, Command), Unreadable> {
    let id = command_id(&wire.id)?;
    let sale = sale_id(&wire.sale)?;
    let asked = wire.act.as_ref();
    let asked = asked.ok_or_else(|| Unreadable::choice("Command", "", 0))?;
    let act = act_from_wire(asked, sale, id, vault)?;
    Ok((sale, of_act((sale, id), actor, arrived, act, vault)))
}

/// A command made here: by the office, by a tool, by a test.
pub fn of_act(
    (sale, id): (SaleId, CommandId),
    actor: Actor,
    arrived: Time,
    act: Act,
    vault: &Vault,
) -> Command {
    let digest = digest(sale, id, &kept(&act), vault);
    Command {
        id,
        actor,
        arrived,
        digest,
        act,
    }
}

/// The id of the command with which a process begins to write a sale. The process has a random id: of
/// two that start from the same revision, the store takes one for the first writer and tells the other
/// of a conflict, since their events have other ids.
pub fn start_id(sale: SaleId, process: Uuid) -> CommandId {
    CommandId(Uuid::new_v5(&process, sale.0.as_bytes()))
}

/// The id of another command of the engine's own, decided when this revision comes next by the process
/// that began with `start`: the same again for a repeated append, and no other process's.
pub fn engine_command_id(start: CommandId, revision: u64) -> CommandId {
    let name = format!("mazad engine {revision}");
    CommandId(Uuid::new_v5(&start.0, name.as_bytes()))
}

/// The bytes of an act, one encoding for each.
fn kept(act: &Act) -> Vec<u8> {
    use v1::kept_command::Asked;
    let asked = match act {
        Act::Engine(act) => Asked::Engine(engine_act_to_wire(*act)),
        Act::Bidder(..) | Act::Staff(_) => Asked::Sent(v1::Command {
            act: act_to_wire(act),
            ..v1::Command::default()
        }),
    };
    v1::KeptCommand { asked: Some(asked) }.encode_to_vec()
}

/// Keyed, since an amount is easily guessed; over the command's own id, so that equal secrets of two
/// commands do not look equal.
fn digest(sale: SaleId, id: CommandId, kept: &[u8], vault: &Vault) -> [u8; 32] {
    let mut bytes = Vec::with_capacity(kept.len().saturating_add(32));
    bytes.extend_from_slice(sale.0.as_bytes());
    bytes.extend_from_slice(id.0.as_bytes());
    bytes.extend_from_slice(kept);
    vault.digest(&bytes)
}

/// An act as the metadata of its first event keeps it.
pub(super) fn seal(event: Uuid, act: &Act, place: &DecisionPlace, vault: &Vault) -> Vec<u8> {
    vault.seal(Seal::Command, event, &place.bytes(), &widened(act))
}

/// Where and when a decision stands: sealed together with its act, so that nobody without the key can
/// put a command elsewhere, or date it otherwise.
#[derive(Debug, Clone, Copy)]
pub(super) struct DecisionPlace {
    pub(super) sale: SaleId,
    /// Of the first event.
    pub(super) revision: u64,
    pub(super) at: Time,
    pub(super) arrived: Time,
}

impl DecisionPlace {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.sale.0.as_bytes().to_vec();
        for number in [self.revision, self.at.0, self.arrived.0] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        bytes
    }
}

/// The kept bytes fill blocks of this size: the length of an amount must not tell its magnitude. An act
/// of bidding fits into one, or into two with the command that it confirms.
const BLOCK: usize = 32;

/// The kept bytes, padded; those of an act with a base as far as the largest base would need.
fn widened(act: &Act) -> Vec<u8> {
    let mut plain = padded(kept(act), BLOCK);
    if let Some(widest) = with_widest_base(act) {
        let widest = padded(kept(&widest), BLOCK);
        plain.resize(plain.len().max(widest.len()), 0);
    }
    plain
}

/// The act with the largest base in the place of each; `None` if it has none.
fn with_widest_base(act: &Act) -> Option<Act> {
    let widest = |reserve: Reserve| Reserve {
        opening: reserve.opening.map(|opening| ReserveOpening {
            amount: Money::MAX_BID,
            ..opening
        }),
        ..reserve
    };
    let mut act = act.clone();
    match &mut act {
        Act::Staff(StaffAct::Sale(SaleAct::AddLots { lots })) => {
            for (_, terms) in lots {
                let reserve = terms.method.reserve().copied().map(widest);
                terms.method = terms.method.clone().with_reserve(reserve);
            }
        }
        Act::Staff(StaffAct::Sale(SaleAct::AmendLots { lots, .. })) => {
            for amendment in lots {
                if let BaseAmendment::Set(reserve) = &mut amendment.base {
                    *reserve = widest(*reserve);
                }
            }
        }
        Act::Staff(StaffAct::Lot(_, LotAct::Reoffer { reserve, .. })) => {
            *reserve = reserve.map(widest);
        }
        Act::Engine(_) | Act::Bidder(..) | Act::Staff(_) => return None,
    }
    Some(act)
}

/// Why the command behind an event cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// The first event of a command must keep its act.
    #[error("the act of the command is missing")]
    Missing,
    /// Only the first event of a command keeps its act.
    #[error("the act of the command is kept twice")]
    Twice,
    /// Sealed for another event, place or time, or with another key, or changed since.
    #[error("the sealed act does not open")]
    Seal,
    /// Opened, but not an act in the one form that the writer seals.
    #[error("the sealed act is malformed")]
    Malformed,
    /// It opens to another command than the one that was answered.
    #[error("the sealed act is not the command that was sent: its keyed digest is another")]
    Digest,
}

/// The command from which the first event of a decision followed, opened and compared with the
/// digest beside it; `None` for the events after the first.
///
/// # Errors
/// [`CommandError`]: the log is not what the writer wrote.
pub fn asked(event: &RecordedEvent, vault: &Vault) -> Result<Option<Command>, CommandError> {
    let (meta, sealed) = meta::read(event).map_err(|_| CommandError::Malformed)?;
    let sale = event.stream.sale_id().map(SaleId);
    let sale = sale.ok_or(CommandError::Malformed)?;
    match (
        event.id == event_id(meta.actor, meta.command, 0),
        sealed.is_empty(),
    ) {
        (true, false) => {}
        (true, true) => return Err(CommandError::Missing),
        (false, true) => return Ok(None),
        (false, false) => return Err(CommandError::Twice),
    }
    let place = DecisionPlace {
        sale,
        revision: event.revision.0,
        at: meta.at,
        arrived: meta.arrived,
    };
    let plain = vault
        .unseal(Seal::Command, event.id, &place.bytes(), &sealed)
        .ok_or(CommandError::Seal)?;
    let bytes = unpadded(&plain, BLOCK).ok_or(CommandError::Malformed)?;
    let act = read_kept(bytes, sale, meta.command, vault)
        .filter(|act| widened(act) == plain && is_of(act, meta.actor))
        .ok_or(CommandError::Malformed)?;
    let command = of_act((sale, meta.command), meta.actor, meta.arrived, act, vault);
    if command.digest == meta.digest {
        Ok(Some(command))
    } else {
        Err(CommandError::Digest)
    }
}

/// Whether an author can have asked for such an act at all.
const fn is_of(act: &Act, actor: Actor) -> bool {
    matches!(
        (act, actor),
        (Act::Engine(_), Actor::Engine)
            | (
                Act::Bidder(..) | Act::Staff(_),
                Actor::Bidder(_) | Actor::Staff(_)
            )
    )
}

/// Whether bytes can be a sealed act, for whoever lacks the key: whole blocks behind a nonce and a tag.
pub(super) const fn can_be_sealed(sealed: &[u8]) -> bool {
    match sealed.len().checked_sub(SEAL_BYTES) {
        Some(padded) => padded > 0 && padded.is_multiple_of(BLOCK),
        None => false,
    }
}

/// An act from its kept bytes; `None` unless they are the ones that [`kept`] makes of it.
fn read_kept(bytes: &[u8], sale: SaleId, id: CommandId, vault: &Vault) -> Option<Act> {
    use v1::kept_command::Asked;
    let wire: v1::KeptCommand = canonical(bytes, "KeptCommand").ok()?;
    let act = match present(wire.asked, "asked").ok()? {
        Asked::Engine(engine) => engine_act_from_wire(&engine)?.into(),
        Asked::Sent(sent) => act_from_wire(sent.act.as_ref()?, sale, id, vault).ok()?,
    };
    (kept(&act) == bytes).then_some(act)
}

#[cfg(test)]
#[path = "command_tests.rs"]
mod tests;
