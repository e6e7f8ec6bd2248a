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
mod preview;
mod read;
mod snapshot;
mod state;
pub mod terms;
mod upcast;
mod vault;
pub mod wire_id;
mod words;
mod write;

pub use error::DecodeError;
pub use event::{VERSION, decode, encode, public_json};
pub use meta::{event_id, meta_of, tell, told};
pub use preview::lot_preview;
pub use snapshot::AnsweredPart;
pub(crate) use snapshot::{ANSWERED_ENTRY_BYTES, snapshot_bytes, snapshot_from_bytes};
pub use state::{state_bytes, state_digest, state_from_bytes};
pub(crate) use vault::Seal;
pub use vault::Vault;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    /// Without its row in `read.rs` an event compiles and is written, and stops the next start.
    #[test]
    fn every_event_that_is_written_is_read() {
        let written = include_str!("write.rs").split("stored(");
        let written = written.skip(1).filter_map(|rest| {
            let quoted = rest.trim_start().strip_prefix('"')?;
            quoted.split('"').next()
        });
        let table = include_str!("read.rs").split("\nstored_events! {").nth(1);
        let rows = table.unwrap().split("\n}").next().unwrap().lines();
        let read = rows.filter_map(|line| {
            let (kind, _) = line.strip_prefix("    ")?.split_once(" => ")?;
            kind.starts_with(char::is_uppercase).then_some(kind)
        });
        let (written, read): (BTreeSet<_>, BTreeSet<_>) = (written.collect(), read.collect());
        assert!(written.len() >= 30, "write.rs was not understood");
        assert_eq!(written, read);
    }
}
