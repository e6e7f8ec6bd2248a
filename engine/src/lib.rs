//! Decide, make durable, recover.
//!
//! [`domain`] has the rules, pure; [`store`] keeps events; [`codec`] turns the one into the other;
//! [`writer`] is the one writer of a sale; [`Engine`] runs a writer for each sale.

#![warn(missing_docs)]

pub mod clock;
pub mod codec;
pub mod domain;
mod engine;
mod fault;
pub mod limits;
pub mod proof;
pub mod store;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod writer;

pub use engine::Engine;
pub use writer::{
    ArrivalHold, EmbeddedSnapshots, Lookup, Mine, SaleHealth, Snapshots, StartError, SubmitError,
};
