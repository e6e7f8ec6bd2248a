//! How a batch of a sale's writer ends, how its loop does, and what others see of that.

use super::core::Writer;

/// Whether the writer of a sale runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaleHealth {
    /// It decides what it is asked.
    Running,
    /// The store does not say what became of the last append: nothing is decided meanwhile.
    StoreAway,
    /// Another engine writes the sale; this one reads what that decides.
    Following,
    /// It stopped rather than err, and says why. Only a restart of the process helps.
    Halted(String),
}

/// Why the loop ends.
pub(super) enum Halt {
    /// The engine stops: a good end.
    Stopped,
    /// Something is wrong: stopping is lawful, a wrong award is not.
    Broken(String),
}

/// Whether a batch is in the log.
pub(super) enum BatchEnd {
    Durable(Writer),
    /// The store had no space: nothing of it happened.
    Refused(Writer),
    /// Another engine has written the sale: this is what it came to.
    Deposed(Writer),
}

/// Why a batch is not in the log.
pub(super) enum NotAppended {
    /// The store had no space.
    Full,
    /// Another engine has written the sale.
    Deposed,
    /// The loop ends; what became of the batch may be unknown.
    Ended { halt: Halt, is_unsure: bool },
}
