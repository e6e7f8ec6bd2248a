//! What every message needs: why bytes are refused, the canonical form, ids.

use bytes::Bytes;
use mazad_proto::v1;
use prost::Message;
use uuid::Uuid;

use crate::domain::{Actor, Bilingual, CommandId};

/// Why stored bytes are not an event of this program. Such a store is not started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Written by a newer program, or not an event of a sale.
    #[error("event type `{0}` is not known")]
    UnknownKind(String),
    /// Written by a newer program.
    #[error("version {version} of event type `{kind}` is not known")]
    UnknownVersion {
        /// Type name.
        kind: String,
        /// Its version.
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

/// Decodes a message and makes sure that its bytes are the ones that the encoder writes.
pub(super) fn canonical<M: Message + Default>(
    bytes: &[u8],
    name: &'static str,
) -> Result<M, DecodeError> {
    let message = M::decode(bytes).map_err(|_| DecodeError::Malformed(name))?;
    if message.encode_to_vec() == bytes {
        Ok(message)
    } else {
        Err(DecodeError::Malformed(name))
    }
}

pub(super) fn uuid_of(bytes: &[u8], name: &'static str) -> Result<Uuid, DecodeError> {
    Uuid::from_slice(bytes).map_err(|_| DecodeError::Malformed(name))
}

pub(super) fn bytes_of(id: Uuid) -> Bytes {
    Bytes::copy_from_slice(id.as_bytes())
}

pub(super) fn present<T>(value: Option<T>, name: &'static str) -> Result<T, DecodeError> {
    value.ok_or(DecodeError::Malformed(name))
}

pub(super) fn bilingual(text: &Bilingual) -> v1::Bilingual {
    v1::Bilingual {
        ar: text.ar.clone(),
        en: text.en.clone(),
    }
}
