//! What was understood in one way and could have been meant in another.

use mazad_engine::domain::Time;
use mazad_texts::shown;

use crate::columns::Column;
use crate::problem::Spot;

/// A date whose day and month could have changed places. It was taken day first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// Such as `D2`.
    pub cell: String,
    /// The column's canonical name.
    pub column: &'static str,
    /// As it was written.
    pub found: String,
    /// As it was taken.
    pub time: Time,
}

impl Doubt {
    pub(crate) fn new(at: Spot, column: Column, found: &str, time: Time) -> Self {
        Self {
            cell: at.to_string(),
            column: column.name(),
            found: shown(found).into_owned(),
            time,
        }
    }
}
