//! Every bound of the commands, each with its reason.

/// How often a busy server is asked again.
pub(crate) const TRIES_MAX: u32 = 100;
