//! What can go wrong with a folder: one variant for each different reaction of the operator.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::store::{Position, RecordedEvent, StreamId};

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process writes this store.
    #[error("store is in use by another process")]
    Locked,
    /// What is on the disk is not what was written, or durable bytes are missing. The way out is a
    /// copy of the folder that is whole, never a switch of this program.
    #[error(transparent)]
    Damaged(#[from] Box<Damage>),
    /// This is a copy of a folder, and its log ends before what was copied beside it: so looks one
    /// that was made while the house ran. What comes before its end is whole.
    #[error("this is a copy whose end is missing, as one made while the house ran: {0}")]
    CutCopy(Box<Damage>),
    /// The log was written by another version of this program.
    #[error("{path} has a format that this program does not know", path = path.display())]
    UnknownFormat {
        /// The file whose format it is.
        path: PathBuf,
    },
    /// There is no store in this folder.
    #[error("{path} holds no store", path = path.display())]
    NotAStore {
        /// The folder that was given.
        path: PathBuf,
    },
    /// The folder was written on another machine, or is a copy, and has not been adopted here.
    #[error("store was written elsewhere: adopt it if nobody will ever write to that folder again")]
    OtherHost,
    /// Locks, syncs or renames cannot be trusted in this folder.
    #[error("folder is unfit for a store: {0}")]
    Unfit(String),
    /// An option is out of its bounds.
    #[error("option out of bounds: {0}")]
    Option(&'static str),
    /// The operating system failed a call.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// A failed call to the operating system.
#[derive(Debug, thiserror::Error)]
#[error("{operation} of {path} failed: {source}", path = path.display())]
pub struct DiskError {
    /// What was tried, for example `sync`.
    pub operation: &'static str,
    /// With which file or folder.
    pub path: PathBuf,
    /// What the operating system said.
    pub source: io::Error,
}

impl DiskError {
    /// For `map_err`: names the call that failed.
    pub(crate) fn at(operation: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self {
            operation,
            path,
            source,
        }
    }
}

/// Bytes that are not what was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file} is damaged at byte {offset}, event position {position}: {what}", file = file.display())]
pub struct Damage {
    /// The file in which bytes have changed or are missing.
    pub file: PathBuf,
    /// Offset of the batch or field in the file.
    pub offset: u64,
    /// Position of the first event that is not whole.
    pub position: Position,
    /// Streams touched, as far as the damaged bytes and what follows them still tell.
    pub streams: Vec<StreamId>,
    /// Events of the damaged place that can still be read, of which nothing proves that they are as
    /// they were written.
    pub events: Vec<RecordedEvent>,
    /// What agrees and what does not.
    pub what: String,
}

impl Damage {
    /// Damage of a file that holds no events.
    pub(crate) fn of_file(file: &Path, what: &str) -> Box<Self> {
        Box::new(Self {
            file: file.to_owned(),
            offset: 0,
            position: Position(0),
            streams: Vec::new(),
            events: Vec::new(),
            what: what.into(),
        })
    }
}

/// Why a store stopped itself. The process must end (exit code 74): after a failed write or sync the
/// operating system may claim that lost bytes are safe, so nothing may be built on them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoisonReason {
    /// What failed, for example `sync`.
    pub operation: &'static str,
    /// The file or folder it failed with.
    pub path: PathBuf,
    /// What the operating system said.
    pub error: String,
}

/// Called once when the store has stopped itself.
pub(crate) type OnPoison = Box<dyn Fn(&PoisonReason) + Send + Sync>;

impl fmt::Display for PoisonReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} of {} failed: {}",
            self.operation,
            self.path.display(),
            self.error
        )
    }
}

impl From<DiskError> for PoisonReason {
    fn from(error: DiskError) -> Self {
        Self {
            operation: error.operation,
            path: error.path,
            error: error.source.to_string(),
        }
    }
}
