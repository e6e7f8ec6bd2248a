//! Why the query model cannot go on.

use mazad_engine::codec::DecodeError;
use mazad_engine::domain::SaleId;
use mazad_engine::store::ReadError;
use uuid::Uuid;

/// Why the query model cannot go on. Whatever it is, the rows and the position still agree.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The file cannot be read or written, or another process holds it.
    #[error("query model: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file was made by another version of this program, or is not a query model: rebuild it.
    #[error("query model has another form: rebuild it")]
    OtherForm,
    /// The file reflects another store: rebuild it, or look for the right one.
    #[error("query model reflects store {found}, not {wanted}")]
    OtherStore {
        /// Which store it reflects.
        found: Uuid,
        /// Which store is followed.
        wanted: Uuid,
    },
    /// The store does not have the event that was applied last: it was brought back from a copy.
    #[error("query model reflects a history that the store does not have")]
    OtherHistory,
    /// The events do not follow on what has been applied.
    #[error("event {expected} was expected, not {found}")]
    Gap {
        /// The place that comes next.
        expected: u64,
        /// The place that came.
        found: u64,
    },
    /// Its path leads to another file, or to none: what is written is read by nobody.
    #[error("the query model's file has been taken away or replaced")]
    Gone,
    /// These sales were applied by an earlier process: [`super::QueryModel::warm`] them first.
    #[error("{} sales must be read again first", .0.len())]
    Cold(Vec<SaleId>),
    /// A stored event of a sale is not one that this program understands.
    #[error("sale {sale}, revision {revision}: {error}")]
    Decode {
        sale: SaleId,
        revision: u64,
        /// What is wrong with it.
        error: DecodeError,
    },
    /// The store cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The folder cannot be written.
    #[error("query model file: {0}")]
    Io(#[from] std::io::Error),
    /// The task that wrote the model died.
    #[error("the task that wrote the query model died")]
    Died,
}
