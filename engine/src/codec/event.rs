//! Events of a sale, whole: type name, version, metadata with the command, data.

use super::command::DecisionPlace;
use super::error::DecodeError;
use super::meta::event_id;
use super::vault::Vault;
use super::{command, meta, open, read, upcast, write};
use crate::domain::{Command, Event, Meta, Recorded, SaleId, Time};
use crate::store::{NewEvent, RecordedEvent};

/// Version of every event's schema as this program writes it.
pub const VERSION: u16 = 1;

/// Writes what follows from a command decided at an instant; `revision` is that of the first event in
/// the stream of the sale. Secrets are sealed with the vault; the first event keeps the act of the
/// command, sealed too.
pub fn encode(
    (sale, revision): (SaleId, u64),
    command: &Command,
    at: Time,
    events: &[Event],
    vault: &Vault,
) -> Vec<NewEvent> {
    let meta = Meta::of(command, at);
    let place = DecisionPlace {
        sale,
        revision,
        at,
        arrived: meta.arrived,
    };
    let encoded = |(ordinal, event)| {
        let id = event_id(meta.actor, meta.command, ordinal);
        let act = (ordinal == 0).then(|| command::seal(id, &command.act, &place, vault));
        let (kind, data) = write::to_stored(id, event, vault);
        NewEvent {
            id,
            kind: kind.into(),
            version: VERSION,
            metadata: meta::to_bytes(&meta, act).into(),
            data,
        }
    };
    events.iter().enumerate().map(encoded).collect()
}

/// Reads a stored event of a sale. With the vault its secrets are opened and checked against their
/// commitments; without it they stay sealed and everything else is there.
///
/// # Errors
/// [`DecodeError`].
pub fn decode(event: &RecordedEvent, vault: Option<&Vault>) -> Result<Recorded, DecodeError> {
    let (meta, kept) = meta::read(event)?;
    let is_first = event.id == event_id(meta.actor, meta.command, 0);
    match (is_first, kept.is_empty()) {
        (true, true) => return Err(DecodeError::BeforeRelease),
        (true, false) if command::can_be_sealed(&kept) => {}
        (false, true) => {}
        _ => return Err(DecodeError::Malformed("metadata.command")),
    }
    let sale = event
        .stream
        .sale_id()
        .map(SaleId)
        .ok_or(DecodeError::Malformed("stream"))?;
    let data = upcast::to_current(&event.kind, event.version, &event.data)?;
    let opener = open::Opener {
        sale,
        event: event.id,
        vault,
    };
    let decoded = read::from_stored(&event.kind, &data, opener)?;
    Ok(Recorded {
        revision: event.revision.0,
        meta,
        event: decoded,
    })
}

/// The stored message as proto3 JSON, for whoever may see the log but not its secrets: sealed
/// values are reduced to their commitments.
///
/// # Errors
/// [`DecodeError`].
pub fn public_json(event: &RecordedEvent) -> Result<serde_json::Value, DecodeError> {
    let data = upcast::to_current(&event.kind, event.version, &event.data)?;
    read::to_json(&event.kind, &data)
}
