//! Domain events to stored bytes and back: the one place that knows both.
//!
//! Stored bytes are protobuf, in the one form that the encoder writes; a decoder that would write
//! them differently refuses them. Type name and version stand beside the bytes, and
//! `upcast` reads every version ever released. `docs/EVENTS.md` describes the stored form.

pub mod act;
pub mod command;
mod due;
mod meta;
mod open;
mod read;
mod state;
pub mod terms;
mod upcast;
mod vault;
pub mod wire_id;
mod words;
mod write;

use bytes::Bytes;
use mazad_proto::v1;
use prost::Message;
use uuid::Uuid;

use crate::domain::{Actor, Command, CommandId, Event, Meta, Recorded, SaleId, Time};
use crate::store::{NewEvent, RecordedEvent};

pub use meta::meta_of;
pub use state::{state_bytes, state_digest, state_from_bytes};
pub(crate) use vault::Seal;
pub use vault::Vault;

/// Version of every event's schema as this program writes it.
pub const VERSION: u16 = 1;

/// Why stored bytes are not an event of this program. Such a store is not started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Written by a newer program, or not an event of a sale.
    #[error("event type `{0}` is not known")]
    UnknownKind(String),
    /// Written by a newer program.
    #[error("version {version} of event type `{kind}` is not known")]
    UnknownVersion {
        /// Name of the type as it stands in the store, such as `BidAccepted`.
        kind: String,
        /// Its version as it stands in the store; this program knows those up to [`VERSION`].
        version: u16,
    },
    /// Not protobuf, not canonical, or a value that its field cannot have.
    #[error("`{0}` is malformed")]
    Malformed(&'static str),
    /// A sealed value that this key does not open, or that is not what was committed to.
    #[error("a sealed value does not open to its commitment")]
    Seal,
    /// Written by a program from before the first release, which kept no commands in the log.
    #[error("the log was written before commands were kept in it")]
    BeforeRelease,
}

/// The id of a command's event: from its author, its command and its place among the command's
/// events, so that the same decision has the same ids again.
pub fn event_id(actor: Actor, command: CommandId, ordinal: usize) -> Uuid {
    let mut name = Vec::with_capacity(32);
    match actor {
        Actor::Engine => name.push(0),
        Actor::Staff(staff) => {
            name.push(1);
            name.extend_from_slice(staff.0.as_bytes());
        }
        Actor::Bidder(account) => {
            name.push(2);
            name.extend_from_slice(account.0.as_bytes());
        }
    }
    name.extend_from_slice(&u64::try_from(ordinal).unwrap_or(u64::MAX).to_be_bytes());
    Uuid::new_v5(&command.0, &name)
}

/// Writes what follows from a command decided at an instant. Secrets are sealed with the vault; the
/// first event keeps the act of the command, sealed too.
pub fn encode(command: &Command, at: Time, events: &[Event], vault: &Vault) -> Vec<NewEvent> {
    let meta = Meta::of(command, at);
    let encoded = |(ordinal, event)| {
        let id = event_id(meta.actor, meta.command, ordinal);
        let act = (ordinal == 0).then(|| command::seal(id, &command.act, vault));
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
    if kept.is_empty() && event.id == event_id(meta.actor, meta.command, 0) {
        return Err(DecodeError::BeforeRelease);
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

/// Decodes a message and makes sure that its bytes are the ones that the encoder writes.
fn canonical<M: Message + Default>(bytes: &[u8], name: &'static str) -> Result<M, DecodeError> {
    let message = M::decode(bytes).map_err(|_| DecodeError::Malformed(name))?;
    if message.encode_to_vec() == bytes {
        Ok(message)
    } else {
        Err(DecodeError::Malformed(name))
    }
}

fn uuid_of(bytes: &[u8], name: &'static str) -> Result<Uuid, DecodeError> {
    Uuid::from_slice(bytes).map_err(|_| DecodeError::Malformed(name))
}

fn bytes_of(id: Uuid) -> Bytes {
    Bytes::copy_from_slice(id.as_bytes())
}

fn present<T>(value: Option<T>, name: &'static str) -> Result<T, DecodeError> {
    value.ok_or(DecodeError::Malformed(name))
}

fn bilingual(text: &crate::domain::Bilingual) -> v1::Bilingual {
    v1::Bilingual {
        ar: text.ar.clone(),
        en: text.en.clone(),
    }
}
