//! Decide, make durable, recover, prove.
//!
//! [`domain`] has the rules, pure; [`store`] keeps events; [`codec`] turns the one into the other;
//! [`writer`] is the one writer of a sale; [`Engine`] runs a writer for each sale.

#![warn(missing_docs)]

pub mod clock;
pub mod codec;
mod desk;
pub mod domain;
mod engine;
mod fault;
mod gate;
pub mod limits;
pub mod proof;
mod recovery;
mod room;
mod run;
mod snapshots;
pub mod store;
pub mod writer;

pub use engine::{Engine, Lookup, SaleHealth, StartError, SubmitError};
pub use gate::ArrivalHold;
pub use snapshots::{EmbeddedSnapshots, Snapshots};
pub use writer::Mine;
