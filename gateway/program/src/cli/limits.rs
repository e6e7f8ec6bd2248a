//! Every bound of the commands, each with its reason.

/// How often a busy server is asked again.
pub(crate) const TRIES_MAX: u32 = 100;

/// Bytes of a line that has an amount: longer than any amount of money.
pub(crate) const AMOUNT_LINE_BYTES_MAX: u64 = 128;
