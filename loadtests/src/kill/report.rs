//! How a run of kills went, in a few lines.

use std::fmt;

use super::{BIDDERS, LOTS, TIMED_LOTS};
use crate::figures::Latencies;

/// What the cycles of killing have shown.
#[derive(Debug)]
pub struct Report {
    pub(super) seed: u64,
    pub(super) cycles: u32,
    /// Answers that somebody holds.
    pub receipts: usize,
    pub(super) accepted: usize,
    pub(super) refused: usize,
    /// Sendings of a command after the first one.
    pub retries: u64,
    pub(super) events: usize,
    pub(super) looked_up: u64,
    pub(super) shown: usize,
    pub(super) invites: u32,
    pub(super) restarts: Latencies,
    pub(super) verified: String,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            seed,
            cycles,
            receipts,
            accepted,
            refused,
            retries,
            events,
            looked_up,
            shown,
            invites,
            ..
        } = self;
        writeln!(
            f,
            "{cycles} kills, seed {seed}, {BIDDERS} bidders in both encodings, a clerk, {LOTS} lots"
        )?;
        writeln!(
            f,
            "{receipts} receipts ({accepted} accepted, {refused} refused), {retries} retries"
        )?;
        writeln!(
            f,
            "{looked_up} lookups gave the same bytes; {events} events in the log"
        )?;
        writeln!(
            f,
            "{shown} views of lots were shown and are in the log; {TIMED_LOTS} lots ended in time; \
             {invites} invites outlived a kill"
        )?;
        writeln!(f, "start to answering: {}", self.restarts.summary())?;
        writeln!(f, "mazad verify: {}", self.verified)?;
        write!(
            f,
            "kills {cycles} receipts {receipts} lost 0 duplicated 0 moved 0"
        )
    }
}
