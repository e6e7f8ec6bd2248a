//! Domain events to stored bytes and back: the one place that knows both.
//!
//! Stored bytes are protobuf, in the one form that the encoder writes; a decoder that would write
//! them differently refuses them. Type name and version stand beside the bytes, and
//! `upcast` reads every version ever released. `docs/EVENTS.md` describes the stored form.

mod act;
pub mod command;
mod due;
mod error;
mod event;
mod meta;
mod open;
mod parts;
mod read;
mod state;
pub mod terms;
mod upcast;
mod vault;
pub mod wire_id;
mod words;
mod write;

pub use error::DecodeError;
pub use event::{VERSION, decode, encode, public_json};
pub use meta::{event_id, meta_of};
pub use state::{state_bytes, state_digest, state_from_bytes};
pub(crate) use vault::Seal;
pub use vault::Vault;
