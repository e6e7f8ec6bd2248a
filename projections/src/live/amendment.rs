//! R14: terms that were amended, told beside those that stand.

use mazad_engine::domain::Time;

/// One amendment of the terms of a sale or of a lot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment<T> {
    /// When.
    pub at: Time,
    /// The terms that stood until then, whole; of a base the commitment alone.
    pub before: T,
    /// Those that stood from then on.
    pub terms: T,
    /// Why, for everyone; may be empty while the sale was a draft.
    pub reason: String,
}
