//! Every bound of this crate, each with its reason.

/// Events that one transaction of the query model takes: what a subscription holds at once, so that
/// a reader never waits longer than for one batch.
pub const APPLY_EVENTS_MAX: usize = mazad_engine::limits::SUBSCRIPTION_BATCH_MAX;

/// Events read at once while a sale's fold is warmed up: bounds memory, not time.
pub const WARM_EVENTS: usize = 4_096;

/// Rows of one page of events, bids or lots: a screen shows fewer, an export pages on.
pub const PAGE_ROWS_MAX: usize = 1_000;

/// Words of a search that count: a person types fewer, and each one costs a scan of the catalogue.
pub const SEARCH_WORDS_MAX: usize = 8;

/// Letters of a search that are read: longer than any title that is typed by hand.
pub const SEARCH_LETTERS_MAX: usize = 256;

/// Prepared statements kept: every statement of the model and of its reader, with room to spare.
pub const STATEMENTS_KEPT: usize = 64;

/// How long a connection waits for another one's write, in milliseconds: the longest batch takes a
/// fraction of it, and nobody stands waiting for longer.
pub const BUSY_WAIT_MS: u64 = 2_000;

/// Bytes that the journal beside the query model may have: a segment of the log. It is emptied long
/// before, but for a reader that stays in one transaction; past it the model waits for that reader
/// instead of filling the disk.
pub const WAL_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Bytes that the journal keeps when it has been emptied: what a busy second writes.
pub const WAL_BYTES_KEPT: u64 = 4 * 1024 * 1024;

/// Bytes of a page of the query model's file, fixed so that rebuilt files are equal on every
/// machine.
pub const PAGE_BYTES: u32 = 4_096;

/// The pause before a query model that could not be kept is tried again: a person who holds the file
/// hardly notices, and a rebuild that fails at once does not keep the machine busy.
pub const AGAIN_AFTER: std::time::Duration = std::time::Duration::from_secs(1);

/// How often a query model to which nothing is written is looked for in its place: whoever took it away
/// has it back before asking twice, and one look is one call of the system.
pub const FILE_LOOK: std::time::Duration = std::time::Duration::from_secs(10);

/// Findings of an audit that are listed; past it they are only counted. One broken rule tends to
/// break many, and the first ones are the cause of the rest.
pub const FINDINGS_LISTED_MAX: usize = 50;
