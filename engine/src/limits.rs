//! Every bound of this crate, each with its reason.

/// Events in one append: also what a KurrentDB append takes without splitting.
pub const APPEND_EVENTS_MAX: usize = 512;

/// Bytes of data and metadata in one append: under the 1 MiB message limit of the KurrentDB client.
pub const APPEND_BYTES_MAX: usize = 768 * 1024;

/// Events that a subscription holds in memory at once.
pub const SUBSCRIPTION_BATCH_MAX: usize = 1024;
