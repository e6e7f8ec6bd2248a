//! Where a message cannot be read. Asked only of bytes that [`decode`](crate::decode) refused: the walk
//! looks for the first place that is not as the schema has it.

mod json;
mod protobuf;
mod tree;

pub use tree::Tree;

use crate::frame::Encoding;
use crate::unreadable::{Expected, Unreadable};

/// The first place at which bytes are not the canonical spelling of a message.
pub(crate) fn explain(bytes: &[u8], message: &str, encoding: Encoding) -> Unreadable {
    let found = match encoding {
        Encoding::Json => json::walk(bytes, message),
        Encoding::Proto => protobuf::walk(bytes, message),
    };
    match found {
        Err(place) => place,
        Ok(()) => Unreadable::new("", Expected::Message),
    }
}
