//! The query model in SQLite: search, and the analysts' own SQL.
//!
//! It is a fold of the log like any other read model. The position it reflects is written in the
//! same transaction as its rows, so that a killed process goes on exactly where its rows end; it
//! can be thrown away and rebuilt by [`rebuild`]. A model that followed live and one that was
//! rebuilt hold the same rows ([`QueryModel::dump`]), and their canonical copies
//! ([`QueryModel::copy_to`]) are the same bytes.
//!
//! The file holds what staff may see ([`crate::public::Audience::Staff`]).

mod dump;
mod error;
mod follow;
mod keep;
mod model;
mod place;
mod rebuild;
mod schema;
mod search;
mod state;
mod write;

pub use error::ModelError;
pub use follow::follow;
pub use keep::keep;
pub use model::QueryModel;
pub use rebuild::{Rebuilt, rebuild};
pub use search::{Hits, Reader};
