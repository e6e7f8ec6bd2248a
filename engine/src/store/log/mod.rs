//! The default store: our own segment log in a folder of this machine.
//!
//! Appends of all streams that wait at a moment become one batch: one write, one sync, then everyone
//! hears. Batches are chained by hash, so a log can be proved whole from its first byte, and every
//! byte on the disk is either covered by a checksum or must be zero. `docs/FORMAT.md` documents the
//! bytes so that a stranger can check them.
//!
//! What it promises when things break: a write that no sync had covered when the power went is set
//! aside and noted; durable bytes that changed refuse to start; a failed sync stops the process and
//! is never tried again.

mod bytes;
mod run;
mod start;

use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use futures_util::future::{self, BoxFuture, FutureExt};
use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};

use self::bytes::format::FRAME_BYTES;
use self::run::queue::AppendRequest;
use self::run::shared_log::{ReadPlan, SharedLog};
use self::start::open::Opened;
use super::port::{
    AppendError, Appended, DiskSpace, EventStore, Expected, NewEvent, Position, ReadError,
    RecordedEvent, Revision, StoreId, StoreRefusal, StreamId, fits_limits,
};

pub use self::bytes::disk::{
    Access, Disk, DiskFile, DiskLock, FileSystem, FileSystemKind, RealDisk,
};
pub use self::bytes::errors::{Damage, DiskError, OpenError, PoisonReason};
pub use self::bytes::format::ChainHash;
pub use self::bytes::identity::host_mark;
pub use self::bytes::record::{Adopted, Note, TailDiscarded};
pub use self::run::durable_mark::BrokenMark;
pub use self::run::snapshot::{SnapshotError, SnapshotFault, SnapshotStore, StreamSnapshot};
pub use self::start::copy::{Copied, CopyError, CopyExtent, copy_log};
pub use self::start::examine::{FolderReport, examine};
pub use self::start::open::OpenReport;
pub use self::start::options::{OpenOptions, Unit};
pub use self::start::verify::{VerifyReport, verify};

/// Our own segment log. One process writes it, any number may read it beside.
#[derive(Debug)]
pub struct EmbeddedStore {
    shared: Arc<SharedLog>,
    durable: watch::Receiver<u64>,
    report: OpenReport,
    segment_bytes: u64,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl EmbeddedStore {
    /// Opens the store in a folder for writing, making it if there is none. Blocks.
    ///
    /// # Errors
    /// See [`OpenError`]; nothing is served unless the log is whole.
    pub fn open(dir: impl AsRef<Path>, options: OpenOptions) -> Result<Self, OpenError> {
        let mut opened = start::open::open(dir.as_ref(), options)?;
        let Some(writer) = opened.writer.take() else {
            return Ok(Self::serving(opened, None));
        };
        let log = writer.folder.log();
        let thread = thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || writer.run())
            .map_err(DiskError::at("start of a thread", &log))?;
        Ok(Self::serving(opened, Some(thread)))
    }

    /// Opens the store in a folder for reading: a stopped one, or beside the process that writes it.
    /// Takes no lock and writes nothing; shows what is durable at this moment and no more. A torn
    /// tail is left alone. Appends are refused as closed. Blocks.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open_read_only(dir: impl AsRef<Path>) -> Result<Self, OpenError> {
        Ok(Self::serving(
            start::open::open_read_only(dir.as_ref())?,
            None,
        ))
    }

    fn serving(opened: Opened, thread: Option<JoinHandle<()>>) -> Self {
        Self {
            shared: opened.shared,
            durable: opened.durable,
            report: opened.report,
            segment_bytes: opened.segment_bytes,
            thread: Mutex::new(thread),
        }
    }

    /// What the start-up found and did.
    pub fn report(&self) -> &OpenReport {
        &self.report
    }

    /// Stops cleanly: serves the appends that wait, writes the durable mark, gives the lock back. Later
    /// appends are refused as closed, subscriptions end, reads go on. Blocks; a second call does
    /// nothing.
    ///
    /// # Errors
    /// Why the store had stopped itself before, if it had.
    pub fn close(&self) -> Result<(), PoisonReason> {
        self.shared.queue.close();
        if let Some(thread) = self.thread.lock().take() {
            // A panic of the thread has poisoned the store, which is reported below.
            let _ = thread.join();
        }
        self.shared
            .poisoned()
            .map_or(Ok(()), |reason| Err(reason.clone()))
    }

    /// Hash of the header of the batch that holds a position; `None` past the end. A snapshot belongs
    /// to this log if the log has the snapshot's chain hash at its position. Reads the disk.
    ///
    /// # Errors
    /// What reading the batch answers.
    pub fn chain_at(&self, position: Position) -> Result<Option<ChainHash>, ReadError> {
        self.shared.chain_at(position)
    }

    async fn append_one(
        &self,
        stream: &StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        let (answer, answered) = oneshot::channel();
        let request = AppendRequest {
            stream: stream.clone(),
            expected,
            events,
            answer,
        };
        let segment_room = usize::try_from(self.segment_bytes).unwrap_or(usize::MAX) - FRAME_BYTES;
        if !fits_limits(&request.events) || request.record_bytes() > segment_room {
            return Err(AppendError::Refused(StoreRefusal::Size));
        }
        if !self.shared.queue.push(request).await {
            return Err(AppendError::Refused(StoreRefusal::Closed));
        }
        // The writer drops a request only when it has been poisoned.
        answered.await.unwrap_or(Err(AppendError::Unknown))
    }

    /// From memory at once; from the disk on a thread that may block, if there is a runtime.
    async fn fetch(&self, plan: ReadPlan) -> Result<Vec<RecordedEvent>, ReadError> {
        let blocking = (!plan.is_in_memory())
            .then(Handle::try_current)
            .and_then(Result::ok);
        let Some(runtime) = blocking else {
            return self.shared.fetch(plan);
        };
        let shared = Arc::clone(&self.shared);
        match runtime.spawn_blocking(move || shared.fetch(plan)).await {
            Ok(read) => read,
            Err(stopped) => Err(ReadError::Io(std::io::Error::other(stopped))),
        }
    }
}

impl Drop for EmbeddedStore {
    fn drop(&mut self) {
        // The owner has been told of a poisoning already.
        let _ = self.close();
    }
}

impl EventStore for EmbeddedStore {
    fn append<'a>(
        &'a self,
        stream: &'a StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> BoxFuture<'a, Result<Appended, AppendError>> {
        self.append_one(stream, expected, events).boxed()
    }

    fn read<'a>(
        &'a self,
        stream: &'a StreamId,
        from: Revision,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<RecordedEvent>, ReadError>> {
        async move {
            self.fetch(self.shared.plan_stream(stream, from, limit))
                .await
        }
        .boxed()
    }

    fn read_all(
        &self,
        from: Position,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<RecordedEvent>, ReadError>> {
        async move { self.fetch(self.shared.plan_all(from, limit)).await }.boxed()
    }

    fn head<'a>(
        &'a self,
        stream: &'a StreamId,
    ) -> BoxFuture<'a, Result<Option<Revision>, ReadError>> {
        future::lazy(move |_| Ok(self.shared.head(stream))).boxed()
    }

    fn streams(&self) -> BoxFuture<'_, Result<Vec<StreamId>, ReadError>> {
        future::lazy(move |_| Ok(self.shared.streams())).boxed()
    }

    fn durable(&self) -> watch::Receiver<u64> {
        self.durable.clone()
    }

    fn identity(&self) -> StoreId {
        self.report.identity
    }

    fn disk_space(&self) -> DiskSpace {
        *self.shared.disk_space.lock()
    }

    fn mark(&self) {
        self.shared.queue.mark();
    }
}
