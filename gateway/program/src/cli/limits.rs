//! Every bound of the commands, each with its reason.

use std::time::Duration;

/// How long a connection to the server of this machine, or an answer of it, may take: a busy sale
/// answers in milliseconds, a server that recovers a large folder does not listen yet.
pub(crate) const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);

/// Bytes of an answer from it: a page of a thousand people.
pub(crate) const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Commands under way at once: one sync of the log then serves many lots. Far below the queue.
pub(crate) const UNDER_WAY_MAX: usize = 256;

/// How often a busy server is asked again.
pub(crate) const TRIES_MAX: u32 = 100;
