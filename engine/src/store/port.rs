//! The event store port: what the engine needs from anything that keeps events.
//!
//! One promise holds for every adapter and is checked by the one suite in
//! `tests/store_conformance.rs`: when [`EventStore::append`] answers `Ok`, the events are durable,
//! contiguous in their stream and atomic (all or none), and nobody has read any of them before
//! that moment. Readers never see what a power cut could take back.

use std::borrow::Borrow;
use std::fmt;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::sync::watch;
use uuid::Uuid;

use crate::limits::{APPEND_BYTES_MAX, APPEND_EVENTS_MAX, KIND_BYTES_MAX};

/// The name of a stream: `office`, or `sale-` and the sale's uuid.
///
/// At most 64 bytes of `a-z`, `0-9` and `-`, so that it is also a safe file name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(Box<str>);

impl StreamId {
    /// The one stream for staff, bidder accounts, bans and keys.
    pub fn office() -> Self {
        Self("office".into())
    }

    /// The stream that holds the whole of one sale.
    pub fn sale(sale: Uuid) -> Self {
        Self(format!("sale-{sale}").into())
    }

    /// Reads a stream name; `None` if it breaks the grammar above.
    pub fn parse(name: &str) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let fits = !name.is_empty() && name.len() <= 64;
        (fits && name.bytes().all(allowed)).then(|| Self(name.into()))
    }

    /// The sale whose stream this is, if it is the stream of a sale.
    pub fn sale_id(&self) -> Option<Uuid> {
        self.0
            .strip_prefix("sale-")
            .and_then(|id| Uuid::parse_str(id).ok())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Lets a map keyed by streams be asked with a name that is still in a buffer.
impl Borrow<str> for StreamId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The place of an event in its stream, counted from 0 without holes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub u64);

/// The place of an event in the whole store, counted from 0 without holes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u64);

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What the writer believes about a stream when it appends. There is no "any": it would let two
/// writers interleave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// The stream does not exist yet.
    NoStream,
    /// The last event of the stream has this revision.
    Exact(Revision),
}

impl Expected {
    /// The revision that the first appended event gets.
    pub fn next(self) -> Revision {
        match self {
            Self::NoStream => Revision(0),
            Self::Exact(Revision(last)) => Revision(last.saturating_add(1)),
        }
    }
}

/// An event on its way into the store. `data` and `metadata` are stored byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// Derived from the command id and an ordinal, so that a repeated append is recognised.
    pub id: Uuid,
    /// Type name, for example `BidAccepted`. At most 64 bytes.
    pub kind: Box<str>,
    /// Version of the schema that `data` was written with.
    pub version: u16,
    /// Who, when, which command.
    pub metadata: Bytes,
    /// The fact, in the encoding of its type and version.
    pub data: Bytes,
}

/// An event that no power cut takes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedEvent {
    /// The stream that it is in.
    pub stream: StreamId,
    /// Its place in the stream, from 0.
    pub revision: Revision,
    /// Its place in the store.
    pub position: Position,
    /// As it was appended under.
    pub id: Uuid,
    /// Type name, for example `BidAccepted`.
    pub kind: Box<str>,
    /// Version of the type's schema.
    pub version: u16,
    /// Who, when, which command.
    pub metadata: Bytes,
    /// The fact, as it was appended.
    pub data: Bytes,
}

/// Where an append landed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// Revision of the first event of the append.
    pub first: Revision,
    /// Revision of the last event of the append.
    pub last: Revision,
    /// Position of the last event of the append.
    pub position: Position,
}

/// Why an append did not happen, or may not have. Each variant asks for a different reaction.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Another writer has appended: the caller must stop.
    #[error("stream is at another revision than expected: {current:?}")]
    Conflict {
        /// Revision of the stream's last event; `None` if it does not exist.
        current: Option<Revision>,
    },
    /// The outcome is not known: offer the identical append again or read the tail, never guess.
    #[error("outcome of the append is unknown")]
    Unknown,
    /// Nothing was written and the store goes on: the caller may try again later.
    #[error("append refused: {0}")]
    Refused(StoreRefusal),
}

/// Why the store refused an append before a byte of it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreRefusal {
    /// The append has no events, too many events, or too many bytes (`limits.rs`).
    #[error("too large or empty")]
    Size,
    /// The disk has no space for another segment.
    #[error("disk full")]
    DiskFull,
    /// The store is stopping, or has been poisoned by a failed write.
    #[error("store closed")]
    Closed,
}

/// Why a read failed. The caller can only stop and report.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// What was read is not what was written.
    #[error("stored event is damaged: {0}")]
    Damaged(String),
    /// The operating system failed the read.
    #[error("store cannot be read: {0}")]
    Io(#[from] std::io::Error),
}

/// Which store this is, and for which term this process writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreId {
    /// Random, made when the store was made.
    pub store: Uuid,
    /// Rises with each process that opens the store for writing, and is that process's alone: in its
    /// high half the count of them, in its low half drawn ([`StoreId::drawn`]).
    pub epoch: u64,
}

impl StoreId {
    /// The epoch of the process that is the `count`th to write a store. A count alone would come again:
    /// a folder that is brought back from a copy counts on from there, and a place in the tail that was
    /// lost with it must not be taken for one in what is written instead.
    pub fn drawn(store: Uuid, count: u64) -> Self {
        let (drawn, ..) = Uuid::new_v4().as_fields();
        Self {
            store,
            epoch: (count << 32) | u64::from(drawn),
        }
    }
}

/// How much space the disk of a store has left. It warns before an append is refused, so that the
/// little that is left goes to what has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum DiskSpace {
    /// Enough for whatever comes.
    #[default]
    Plenty,
    /// Enough to bring to an end what is open: nothing new should be begun.
    Short,
    /// Enough for the last minutes of what is about to end.
    Out,
}

/// A store of events: streams of one total order. See the module page for what `Ok` means.
///
/// An append whose events are already in the stream at exactly the expected place, with the same
/// ids, answers `Ok` with their places and writes nothing.
pub trait EventStore: fmt::Debug + Send + Sync + 'static {
    /// Appends all events or none. At most [`crate::limits::APPEND_EVENTS_MAX`] events and
    /// [`crate::limits::APPEND_BYTES_MAX`] bytes of data and metadata. Dropping the future does not
    /// take the append back.
    fn append<'a>(
        &'a self,
        stream: &'a StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> BoxFuture<'a, Result<Appended, AppendError>>;

    /// Durable events of a stream from a revision on, in order, at most `limit` of them, and fewer of
    /// very large ones ([`crate::limits::READ_BYTES_MAX`]); empty only past the end and for a stream
    /// that does not exist.
    fn read<'a>(
        &'a self,
        stream: &'a StreamId,
        from: Revision,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<RecordedEvent>, ReadError>>;

    /// Durable events of all streams from a position on, in order, at most `limit` of them, as with
    /// [`EventStore::read`].
    fn read_all(
        &self,
        from: Position,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<RecordedEvent>, ReadError>>;

    /// Revision of the stream's last durable event; `None` if it does not exist.
    fn head<'a>(
        &'a self,
        stream: &'a StreamId,
    ) -> BoxFuture<'a, Result<Option<Revision>, ReadError>>;

    /// Every stream that exists, in the order of their names.
    fn streams(&self) -> BoxFuture<'_, Result<Vec<StreamId>, ReadError>>;

    /// Tells the number of durable events (one more than the last position), and each change.
    fn durable(&self) -> watch::Receiver<u64>;

    /// Which store this is.
    fn identity(&self) -> StoreId;

    /// How much space is left, as last looked at: asking costs nothing.
    fn disk_space(&self) -> DiskSpace {
        DiskSpace::Plenty
    }

    /// What is durable now should be known to be durable: a crash must not make it look torn.
    /// Returns at once; the store sees to it as soon as no append waits.
    fn mark(&self) {}
}

/// Whether an append keeps the bounds that hold for every adapter.
pub(super) fn fits_limits(events: &[NewEvent]) -> bool {
    let mut bytes = 0usize;
    for event in events {
        if event.kind.is_empty() || event.kind.len() > KIND_BYTES_MAX {
            return false;
        }
        bytes = bytes
            .saturating_add(event.metadata.len())
            .saturating_add(event.data.len());
    }
    !events.is_empty() && events.len() <= APPEND_EVENTS_MAX && bytes <= APPEND_BYTES_MAX
}
