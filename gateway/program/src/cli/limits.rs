//! Every bound of the commands, each with its reason.

/// Commands under way at once: one sync of the log then serves many lots. Far below the queue.
pub(crate) const UNDER_WAY_MAX: usize = 256;

/// How often a busy server is asked again.
pub(crate) const TRIES_MAX: u32 = 100;
