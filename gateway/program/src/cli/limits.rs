//! Every bound of the commands, each with its reason.

use std::time::Duration;

/// How often a busy server is asked again.
pub(crate) const TRIES_MAX: u32 = 100;

/// Bytes of a line that has an amount: longer than any amount of money.
pub(crate) const AMOUNT_LINE_BYTES_MAX: u64 = 128;

/// People that one address may be shared by, at most: no hall has more phones.
pub(crate) const PEOPLE_PER_ADDRESS_MAX: u32 = 10_000;

/// The pause between two looks at the certificate's files: two small reads, and whoever renewed them
/// the day before they run out is not kept waiting.
pub(crate) const CERTIFICATE_LOOK: Duration = Duration::from_secs(60);

/// People of a classroom, each of whom gets a link of a demo on the network.
pub(crate) const CLASSROOM: u32 = 30;
