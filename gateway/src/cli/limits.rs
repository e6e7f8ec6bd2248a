//! Every bound of the commands, each with its reason.

use std::time::Duration;

/// How long a connection to the server of this machine, or an answer of it, may take: a busy sale
/// answers in milliseconds, a server that recovers a large folder does not listen yet.
pub(crate) const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);

/// Bytes of an answer from it: a page of a thousand people.
pub(crate) const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;
