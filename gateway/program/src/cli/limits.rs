//! Every bound of the commands, each with its reason.

use std::time::Duration;

/// Findings of `verify` that are listed; past it they are only counted. One broken rule tends to
/// break many, and the first ones are the cause of the rest.
pub(crate) const FINDINGS_LISTED_MAX: usize = 50;

/// Paddles that `verify` tries as the one that a clerk named in a refused bid of the hall: more
/// than a hall has, and a millisecond of digests for each such refusal.
pub(crate) const PADDLES_TRIED_MAX: usize = 1000;

/// How long a connection to the server of this machine, or an answer of it, may take: a busy sale
/// answers in milliseconds, a server that recovers a large folder does not listen yet.
pub(crate) const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);

/// Bytes of an answer from it: a page of a thousand people.
pub(crate) const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Commands under way at once: one sync of the log then serves many lots. Far below the queue.
pub(crate) const UNDER_WAY_MAX: usize = 256;

/// How often a busy server is asked again.
pub(crate) const TRIES_MAX: u32 = 100;
