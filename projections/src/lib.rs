//! Fold recorded events into read models and exports.
//!
//! Everything here is a fold of the log: it can be thrown away and rebuilt to the same bytes, and
//! each answer tells the revision that it reflects.
//!
//! - [`live`]: a sale as everyone may see it now, in memory, for those who wait for it.
//! - [`history`] and [`results`]: one lot's public history, one sale's results, from the same fold.
//! - [`sql`]: the query model in SQLite, for the catalogue, search and the analysts' SQL.
//! - [`export`]: JSON lines and CSV for whoever takes the record elsewhere.
//! - [`view`]: the live view as the wire spells it.
//! - [`audit`]: everything that must hold of a sale, checked again from its log.
//! - [`public`]: the one place that says which part of a stored event who may see.

pub mod audit;
pub mod bids;
pub mod export;
pub mod export_text;
pub mod history;
pub mod limits;
pub mod live;
pub mod public;
pub mod results;
pub mod search_text;
pub mod sql;
pub mod view;
pub mod words;
