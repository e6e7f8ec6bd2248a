//! Why terms are refused.

/// Why terms cannot be those of a sale or a lot. The text names the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// R1: empty, does not begin at 0, does not rise, has a step of zero, or is too long.
    #[error("increment table: bands begin at 0, rise, and have steps above 0")]
    Bands,
    /// Empty in both languages, too long, or with letters that nobody sees.
    #[error("text: empty, too long, or with control characters")]
    Text,
    /// Closes before it opens, no extension, or a span of zero.
    #[error("schedule: closes before it opens, or a span is zero")]
    Schedule,
    /// Opening of zero, above the largest bid, or an estimate that falls.
    #[error("amount: opening, estimate or reserve out of range")]
    Amount,
}
