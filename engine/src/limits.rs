//! Every bound of this crate, each with its reason.

use std::time::Duration;

use crate::domain::Span;

/// Events in one append: also what a KurrentDB append takes without splitting.
pub const APPEND_EVENTS_MAX: usize = 512;

/// Bytes of data and metadata in one append: under the 1 MiB message limit of the KurrentDB client.
pub const APPEND_BYTES_MAX: usize = 768 * 1024;

/// Bytes that the standing of a lot adds to the metadata of an event: four numbers of at most ten
/// bytes, with their keys.
pub const STANDING_BYTES_MAX: usize = 48;

/// Events that a subscription holds in memory at once.
pub const SUBSCRIPTION_BATCH_MAX: usize = 1024;
/// Bytes of an event's type name: it is stored beside every event and shown in tables.
pub const KIND_BYTES_MAX: usize = 64;

/// Bytes of a segment file of a new store: zero-filling it takes a fraction of a second, and ten
/// million events stay under a thousand files.
pub const SEGMENT_BYTES: u64 = 64 * 1024 * 1024;

/// Smallest segment a store may be made with: tests want many rotations, nobody else does.
pub const SEGMENT_BYTES_MIN: u64 = 16 * 1024;

/// Largest segment: start-up reads one segment at a time into memory.
pub const SEGMENT_BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// Bytes that a copy of a log moves at a time: enough to keep a disk busy, little beside a segment.
pub const COPY_BYTES: usize = 1024 * 1024;

/// Bytes of one batch's body: a group of the largest appends still syncs within a bid's patience,
/// and a torn tail is never longer than this.
pub const BATCH_BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What the waiting appends may weigh, in [`APPEND_QUEUE_UNIT_BYTES`] each: 16,384 small appends or
/// 64 MiB. Past it `append` waits, which in turn fills the bounded queue of the sale.
pub const APPEND_QUEUE_UNITS_MAX: usize = 16 * 1024;

/// The weight unit of the append queue: what one small append costs on disk.
pub const APPEND_QUEUE_UNIT_BYTES: usize = 4096;

/// Recent events kept decoded in memory, so that live readers do not touch the files.
pub const STORE_TAIL_EVENTS_MAX: usize = 64 * 1024;

/// Bytes that the recent events may hold in memory.
pub const STORE_TAIL_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Bytes of payload in one answer of a read, but for the batch that goes past it: above what 1,000
/// events of the largest requests weigh together, so that hardly a page is cut short.
pub const READ_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Segment files held open for reading: far below the usual limit of 1,024 for a process.
pub const SEGMENT_FILES_OPEN_MAX: usize = 64;

/// Idle time after which the durable mark is written to the watermark file.
pub const DURABLE_MARK_IDLE_MS: u64 = 50;

/// A writer that has stood still for longer than this checks that it still owns the folder.
pub const WRITER_STALL_MS: u64 = 5_000;

/// Free bytes of the file system below which nothing new is begun: 260,000 more bids even if each
/// takes a page of its own, which is a large sale brought to its end.
pub const SPACE_SHORT_BYTES: u64 = 1024 * 1024 * 1024;

/// Free bytes below which only what is about to end goes on: 65,000 bids, each with a page of its
/// own, are 200 a second for [`SPACE_LAST_MINUTES`].
pub const SPACE_OUT_BYTES: u64 = 256 * 1024 * 1024;

/// How near its end a timed lot must be to take bids when the store is out of space: two soft closes
/// of the usual length, so that whoever was promised time to answer has it.
pub const SPACE_LAST_MINUTES: Span = Span::minutes(5);

/// How often the writer looks at the space of its disk, and at most how long it rests: less than
/// [`WRITER_STALL_MS`], so that resting is no stall.
pub const SPACE_LOOK_MS: u64 = 2_000;

/// Snapshots kept of each stream: the newest, and one to fall back on if it is damaged.
pub const SNAPSHOTS_KEPT: usize = 2;

/// Bytes of one snapshot's state: a sale of 10,000 lots with all its bids fits many times.
pub const SNAPSHOT_STATE_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Bytes of the reason given when a copied folder is adopted: a sentence, kept in the log.
pub const ADOPT_REASON_BYTES_MAX: usize = 1024;

/// Syncs measured by the full examination of a folder: enough for a median, quick on a slow disk.
pub const EXAMINE_SYNCS: usize = 32;

/// R3.7: the least that a lot is given after a silence, whatever its terms say: long enough that whoever
/// waited meanwhile is heard before it closes.
pub const RESUME_MINIMUM_LEAST: Span = Span::seconds(1);

/// R12a: warnings before a hammer: "once, twice", as every hall knows them.
pub const WARNINGS_MAX: u32 = 2;

/// R1: how many times its worth may be bid for a lot, by preset.
pub const CEILING_TIMES: u32 = 100;

/// Lots that one act adds: 5,000 lots are 50 acts.
pub const LOTS_AT_ONCE_MAX: usize = 100;

/// Bytes of text in the lots that one act adds. They are stored twice, in the events and in the act:
/// both fit into one append with everything else that a lot has.
pub const LOTS_TEXT_BYTES_MAX: usize = 192 * 1024;

/// Rows of an increment table: a dozen are common, none needs more than one for each step of scale.
pub const BANDS_MAX: usize = 64;

/// Letters of a number in the printed catalogue: long ones of real catalogues have twenty
/// (`3-1-QSC-I-26-110-051`), and a clerk calls it out.
pub const LABEL_LETTERS_MAX: usize = 24;

/// Bytes of any text that an event carries: a page of description, and an event stays small.
pub const TEXT_BYTES_MAX: usize = 8 * 1024;

/// Bytes of a reason or a note that everyone sees.
pub const REASON_BYTES_MAX: usize = 1024;

/// Lots of one sale: the design size.
pub const LOTS_MAX: usize = 10_000;

/// Lots that share one end (R3.6): one act extends or closes all of them in one append, at most three
/// events for each.
pub const GROUP_LOTS_MAX: usize = 100;

/// Events of one act that reaches over many lots: they fit into one append with room to spare. A
/// start that would need more to give back what a silence cost pauses the sale instead (R3.7).
pub const ACT_EVENTS_MAX: usize = 400;

/// Lots that one command can schedule: the others get their turn with the next end. Only a re-order
/// can make more than one at a time.
pub const SCHEDULED_AT_ONCE_MAX: usize = 100;

/// How late a lot may open and still keep its planned end: a busy moment. Later than that it keeps
/// its whole length.
pub const OPENING_TOLERANCE: Span = Span::seconds(2);

/// Paddles of one sale.
pub const PADDLES_MAX: usize = 1_000_000;

/// Commands that wait for the writer of one sale: at 20,000 decisions a second under half a second
/// of work. Full: a named, temporary refusal before entry.
pub const COMMAND_QUEUE_MAX: usize = 8192;

/// Commands of one batch. A bid makes one or two events, so this many fit into one append.
pub const BATCH_COMMANDS_MAX: usize = 256;

/// R0: how long a gateway may hold a stamp that is older than a close before that is an outage.
pub const BARRIER_WAIT: Span = Span::seconds(2);

/// How often a writer that waits for an older stamp looks whether that has become an outage.
pub const BARRIER_LOOK: Duration = Duration::from_millis(50);

/// R0: how long the process may be away from its work before that is an outage: twice what its loop
/// sleeps at most.
pub const STOOD_STILL: Span = Span::seconds(2);

/// R0: how far the machine's clock may come off from the engine's time before that is a step.
pub const CLOCK_STEP: Span = Span::seconds(2);

/// The writer looks at its clock at least this often: a stepped clock is noticed within it.
pub const TIMER_SLEEP_MAX: Duration = Duration::from_secs(1);

/// The pause before an append of unknown outcome is offered again, unchanged: a store that changes
/// its leader answers within moments. It doubles each time.
pub const UNKNOWN_PAUSE: Duration = Duration::from_millis(20);

/// The longest such pause: a store that comes back is found within a second.
pub const UNKNOWN_PAUSE_MAX: Duration = Duration::from_secs(1);

/// Events of a sale between two snapshots: replaying so many takes well under a second.
pub const SNAPSHOT_EVENTS: u64 = 50_000;

/// A snapshot waits while a lot is about to close within this: a copy of a large sale takes its writer
/// some milliseconds, and encoding it a second core for longer, which the last bids want.
pub const SNAPSHOT_CLEARANCE: Span = Span::seconds(10);

/// Events after which a snapshot waits for no close any more: some sale always has one near.
pub const SNAPSHOT_EVENTS_MAX: u64 = 4 * SNAPSHOT_EVENTS;

/// Tables in which a sale knows its answered commands: at ten million of them each table has 40,000,
/// and growing one takes under a millisecond.
pub const ANSWERED_SHARDS: usize = 256;

/// Answers of one sale that are being read back from its log at once: as many as a whole hall asks for
/// after its line came back. Full: a named, temporary refusal.
pub const RECALLS_MAX: usize = 256;

/// Events that are read at first to find an answer: a bid makes one or two, seldom three.
pub const RECALL_EVENTS: usize = 4;

/// Events of a damaged place that are told: enough to name every lot of a hall's last minutes.
pub const DAMAGED_EVENTS_TOLD_MAX: usize = 1024;

/// How often a folder's lock is tried before the folder counts as another process's ...
pub const LOCK_TRIES: usize = 10;

/// ... and the pause between: a child needs a few milliseconds to become its own program.
pub const LOCK_PAUSE: Duration = Duration::from_millis(20);
