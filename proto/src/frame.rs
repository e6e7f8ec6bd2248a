//! The two encodings of one frame, and the strictness that makes them safe to take from anyone.

use bytes::Bytes;
use prost::{Message, Name};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::explain::explain;
use crate::unreadable::{Expected, Unreadable};

/// How the frames of a connection are written. The subprotocol of the handshake chooses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encoding {
    /// `mazad.v1.json`: text frames by the proto3 JSON mapping.
    Json,
    /// Protobuf in binary frames: the subprotocol `mazad.v1.proto`.
    Proto,
}

impl Encoding {
    /// The name in `Sec-WebSocket-Protocol`.
    pub const fn subprotocol(self) -> &'static str {
        match self {
            Self::Json => "mazad.v1.json",
            Self::Proto => "mazad.v1.proto",
        }
    }

    /// The encoding for a name of a subprotocol.
    pub fn of_subprotocol(name: &str) -> Option<Self> {
        [Self::Json, Self::Proto]
            .into_iter()
            .find(|encoding| encoding.subprotocol() == name)
    }
}

/// Why bytes are not a frame, and where. It never repeats the input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Not JSON, not protobuf, an unknown field, a wrong type, a number out of range.
    #[error("malformed frame: {0}")]
    Malformed(Unreadable),
    /// Understood, but spelled in another way than the one canonical way.
    #[error("not the canonical spelling: {0}")]
    NotCanonical(Unreadable),
}

impl FrameError {
    /// Where, and what was expected there.
    pub fn place(self) -> Unreadable {
        match self {
            Self::Malformed(place) | Self::NotCanonical(place) => place,
        }
    }
}

/// Writes a message.
///
/// # Errors
/// [`FrameError::Malformed`] if a value has no JSON spelling (an enum number that is not known).
pub fn encode<M: Message + Serialize>(
    message: &M,
    encoding: Encoding,
) -> Result<Bytes, FrameError> {
    match encoding {
        Encoding::Proto => Ok(message.encode_to_vec().into()),
        Encoding::Json => serde_json::to_vec(message)
            .map(Bytes::from)
            .map_err(|_| FrameError::Malformed(Unreadable::new("", Expected::Message))),
    }
}

/// Reads a message, and only if it is written in the canonical way: a bid has one spelling, so that
/// nobody can later say that he meant another.
///
/// In JSON a field with its default value may be given or left out; every other value must be
/// spelled as [`encode`] spells it (64-bit integers as strings of plain ASCII digits, enums by
/// name). In protobuf the bytes must be those that [`encode`] writes.
///
/// # Errors
/// [`FrameError`]; unknown fields and repeated keys are malformed.
pub fn decode<M>(bytes: &[u8], encoding: Encoding) -> Result<M, FrameError>
where
    M: Message + Name + Default + Serialize + DeserializeOwned,
{
    let place = || explain(bytes, M::NAME, encoding);
    let malformed = || FrameError::Malformed(place());
    let (message, is_canonical) = match encoding {
        Encoding::Proto => {
            let message = M::decode(bytes).map_err(|_| malformed())?;
            let is_canonical = message.encode_to_vec() == bytes;
            (message, is_canonical)
        }
        Encoding::Json => {
            // The message first: its parser refuses unknown fields and repeated keys.
            let message: M = serde_json::from_slice(bytes).map_err(|_| malformed())?;
            let given: Value = serde_json::from_slice(bytes).map_err(|_| malformed())?;
            let canonical = serde_json::to_value(&message).map_err(|_| malformed())?;
            let is_canonical = same_spelling(&given, Some(&canonical));
            (message, is_canonical)
        }
    };
    if is_canonical {
        Ok(message)
    } else {
        Err(FrameError::NotCanonical(place()))
    }
}

/// Whether each value given is spelled as the canonical one, or is a default that may be left out.
fn same_spelling(given: &Value, canonical: Option<&Value>) -> bool {
    match (given, canonical) {
        (Value::Object(given), Some(Value::Object(canonical))) => given
            .iter()
            .all(|(key, value)| same_spelling(value, canonical.get(key))),
        (Value::Array(given), Some(Value::Array(canonical))) => {
            given.len() == canonical.len()
                && given
                    .iter()
                    .zip(canonical)
                    .all(|(a, b)| same_spelling(a, Some(b)))
        }
        (given, Some(canonical)) => given == canonical,
        (given, None) => is_default(given),
    }
}

fn is_default(value: &Value) -> bool {
    match value {
        Value::Bool(given) => !given,
        Value::Number(given) => given.as_u64() == Some(0),
        Value::String(given) => given.is_empty() || given == "0" || given.ends_with("_UNSPECIFIED"),
        Value::Array(given) => given.is_empty(),
        Value::Null | Value::Object(_) => false,
    }
}
