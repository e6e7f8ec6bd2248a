//! The bytes that outlive a process: stored events, socket frames, HTTP bodies.
//!
//! The schema is in `proto/mazad/v1/*.proto`; this crate holds the types made from it and the two
//! encodings of the socket. It knows no rule of an auction.

#![warn(missing_docs)]

mod explain;
mod fault;
mod frame;
mod limits;
pub mod schema;
mod unreadable;

/// The types made from the schema, version 1.
#[allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    clippy::restriction,
    unreachable_pub,
    reason = "generated code; the schema carries the documentation"
)]
pub mod v1 {
    include!(concat!(env!("OUT_DIR"), "/mazad.v1.rs"));
    include!(concat!(env!("OUT_DIR"), "/mazad.v1.serde.rs"));
}

/// The compiled schema as a protobuf `FileDescriptorSet`.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

pub use explain::Tree;
pub use fault::FaultCode;
pub use frame::{Encoding, FrameError, decode, encode};
pub use unreadable::{Expected, Unreadable};
