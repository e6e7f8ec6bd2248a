//! The one writer of each sale: it decides, appends, applies, and only then answers.
//!
//! [`Writer`] is the synchronous core, a state machine without I/O, and [`Timekeeper`] says what of it
//! is due; the task around them drains the mailbox of its sale, makes each batch durable and keeps
//! snapshots; recovery brings it back from the log. [`crate::Engine`] starts one for each sale and is the only caller.

mod answered;
mod answers;
mod append;
mod arrivals;
mod core;
mod disk_space;
mod ends;
mod keeper;
mod lots_bid_on;
mod mailbox;
mod recall;
mod recovery;
mod snapshots;
mod stand_by;
mod task;
mod timekeeper;

pub use self::answered::{Answered, Recall};
pub use self::answers::{Lookup, Mine, Outcome, SubmitError};
pub use self::arrivals::{ArrivalHold, Arrivals};
pub use self::core::{PreparedBatch, Writer};
pub use self::ends::SaleHealth;
pub use self::mailbox::Preview;
pub use self::recovery::StartError;
pub use self::snapshots::{EmbeddedSnapshots, PartEnd, SaleSnapshot, Snapshots, UnsavedSnapshot};
pub use self::timekeeper::Timekeeper;

pub(crate) use self::keeper::Keeper;
pub(crate) use self::mailbox::{Query, Request};
pub(crate) use self::recall::Recaller;
pub(crate) use self::recovery::{Recovered, recover_all};
pub(crate) use self::task::WriterTask;
