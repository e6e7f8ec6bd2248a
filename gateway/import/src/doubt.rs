//! What was understood in one way and could have been meant in another.

use jiff::tz::TimeZone;
use mazad_engine::domain::Time;
use mazad_texts::shown;

use crate::columns::Column;
use crate::moment::read_instant;
use crate::problem::Spot;

/// A date whose day and month could have changed places. It was taken day first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// Such as `D2`; an option of the command line.
    pub cell: String,
    /// The column's canonical name.
    pub column: &'static str,
    /// As it was written.
    pub found: String,
    /// As it was taken.
    pub time: Time,
}

impl Doubt {
    /// What is in doubt about the opening of a sale as an option says it.
    pub fn of_opening(option: &str, text: &str, zone: &TimeZone) -> Option<Self> {
        let read = read_instant(text, zone).ok()?;
        read.in_doubt.then(|| Self {
            cell: option.to_owned(),
            column: Column::OpensAt.name(),
            found: shown(text).into_owned(),
            time: read.time,
        })
    }

    pub(crate) fn new(at: Spot, column: Column, found: &str, time: Time) -> Self {
        Self {
            cell: at.to_string(),
            column: column.name(),
            found: shown(found).into_owned(),
            time,
        }
    }
}
