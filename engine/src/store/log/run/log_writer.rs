//! The one thread that writes: take what waits, write one batch, sync once, publish, answer.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::durable_mark::{DurableMark, MarkFile};
use super::index::BatchPlace;
use super::preparer::Preparer;
use super::queue::{AppendRequest, Taken};
use super::shared_log::SharedLog;
use super::staging::{Sealed, Staging, seal_batch};
use crate::limits::{BATCH_BODY_BYTES_MAX, DURABLE_MARK_IDLE_MS, SPACE_LOOK_MS};
use crate::store::log::bytes::disk::{DiskFile, is_full, read_exact_at, write_all_at};
use crate::store::log::bytes::errors::{DiskError, PoisonReason};
use crate::store::log::bytes::folder::Folder;
use crate::store::log::bytes::format::{BatchKind, FRAME_BYTES, HEADER_BYTES};
use crate::store::log::bytes::lock::FolderLock;
use crate::store::log::bytes::record::{Note, encode_note};
use crate::store::log::bytes::segment::PrepareError;
use crate::store::log::bytes::walk::Expect;
use crate::store::{AppendError, StoreRefusal};

/// Everything that only the writer touches. The lock is its last field: it is given back when all
/// else, the thread that makes segments included, is gone.
#[derive(Debug)]
pub(crate) struct LogWriter {
    pub(crate) shared: Arc<SharedLog>,
    pub(crate) folder: Folder,
    pub(crate) segment_bytes: u64,
    pub(crate) current: Current,
    pub(crate) expect: Expect,
    pub(crate) mark_file: MarkFile,
    /// Whether the log has grown since the mark was written.
    pub(crate) unmarked: bool,
    pub(crate) durable: watch::Sender<u64>,
    pub(crate) preparer: Preparer,
    /// When it was last known not to stand still.
    pub(crate) moved_on: Instant,
    /// When it last looked at the space of the disk; `None`: it should look now.
    pub(crate) looked: Option<Instant>,
    /// How long it may stand still before it checks that the folder is its own.
    pub(crate) stall: Duration,
    pub(crate) lock: FolderLock,
}

/// The segment that is being written.
#[derive(Debug)]
pub(crate) struct Current {
    pub(crate) number: u64,
    pub(crate) file: Arc<dyn DiskFile>,
    /// Where the next batch goes.
    pub(crate) offset: u64,
}

/// What became of a batch that was not written whole.
#[derive(Debug)]
enum WriteError {
    /// Not a byte of it was written: it may be refused, and the log goes on.
    Full,
    /// The store must stop.
    Fatal(PoisonReason),
}

impl From<DiskError> for WriteError {
    fn from(error: DiskError) -> Self {
        Self::Fatal(error.into())
    }
}

impl LogWriter {
    /// Runs until the store is closed or poisoned.
    pub(crate) fn run(mut self) {
        let end_of_thread = EndOfThread(Arc::clone(&self.shared));
        if let Err(reason) = self.serve() {
            // First of all: nothing may be acknowledged any more. Then the waiting appends are
            // dropped, which tells their callers "unknown", and last the owner is told, before the
            // thread that makes segments is waited for: the process is to end at once.
            self.shared.poison(reason);
            self.shared.tell_poison();
        }
        // Ends the subscriptions, and gives the lock back once nothing touches the folder.
        drop(self);
        drop(end_of_thread);
    }

    fn serve(&mut self) -> Result<(), PoisonReason> {
        loop {
            let rest_ms = match self.unmarked {
                true => DURABLE_MARK_IDLE_MS,
                false => SPACE_LOOK_MS,
            };
            let taken = self.shared.queue.take(Duration::from_millis(rest_ms));
            if let Some(reason) = self.shared.poisoned() {
                return Err(reason.clone());
            }
            match taken {
                Taken::Appends(requests) => self.append_all(requests)?,
                Taken::Idle => self.write_mark()?,
                Taken::Closed => return Ok(self.write_mark()?),
            }
            let look = Duration::from_millis(SPACE_LOOK_MS);
            if self.looked.is_none_or(|at| at.elapsed() >= look) {
                self.look_at_disk_space()?;
            }
        }
    }

    /// Sees what space the disk has, and that the next segment and the ballast are made if it has.
    pub(crate) fn look_at_disk_space(&mut self) -> Result<(), DiskError> {
        self.looked = Some(Instant::now());
        let free = match self.folder.disk.free(&self.folder.root) {
            Ok(free) => free,
            Err(error) => {
                // Nothing is lost by it: what is known stays, and a full disk is noticed anyway.
                tracing::warn!(%error, "free space cannot be read");
                return Ok(());
            }
        };
        // Behind an empty segment there is never another one.
        let next = (self.current.offset > 0).then_some(self.current.number + 1);
        let tended = self.preparer.tend(next, free);
        let space = tended.map_err(PrepareError::into_disk_error)?;
        let before = std::mem::replace(&mut *self.shared.disk_space.lock(), space);
        if space != before {
            tracing::warn!(?space, ?before, free, "disk space of the store has changed");
        }
        Ok(())
    }

    /// Writes all the appends that waited, in as few batches as they fit in.
    fn append_all(&mut self, mut requests: VecDeque<AppendRequest>) -> Result<(), PoisonReason> {
        while !requests.is_empty() {
            let left = self
                .body_bytes_left()
                .unwrap_or(0)
                .min(BATCH_BODY_BYTES_MAX);
            let mut staging = Staging::new(self.expect.position);
            let mut too_large = None;
            while let Some(request) = requests.pop_front() {
                too_large = staging.offer(request, left, &self.shared);
                if too_large.is_some() {
                    break;
                }
            }
            let stuck = staging.is_empty();
            if stuck {
                staging.into_answers().send();
            } else {
                self.append_batch(staging)?;
            }
            if let Some(request) = too_large {
                if stuck && !self.next_segment()? {
                    let _ = request
                        .answer
                        .send(Err(AppendError::Refused(StoreRefusal::DiskFull)));
                } else {
                    requests.push_front(request);
                }
            }
        }
        Ok(())
    }

    fn append_batch(&mut self, staging: Staging) -> Result<(), PoisonReason> {
        let (sealed, answers) = staging.seal(&self.expect, self.current.number);
        let place = BatchPlace::of(&sealed.header, self.current.offset);
        let events = sealed.events();
        match self.write_batch(&sealed) {
            Ok(()) => {
                self.shared.publish(place, events, &self.durable);
                answers.send();
                Ok(())
            }
            Err(WriteError::Full) => {
                answers.refuse(StoreRefusal::DiskFull);
                Ok(())
            }
            Err(WriteError::Fatal(reason)) => {
                // Before the answers are dropped, which tells "unknown".
                self.shared.poison(reason.clone());
                Err(reason)
            }
        }
    }

    /// Starts the next epoch durably. Nothing is served before this has returned.
    pub(crate) fn start_epoch(&mut self, notes: &[Note]) -> Result<(), DiskError> {
        let mut bytes = vec![0; HEADER_BYTES];
        for note in notes {
            encode_note(&mut bytes, note);
        }
        if self
            .body_bytes_left()
            .is_none_or(|left| bytes.len() - HEADER_BYTES > left)
        {
            let file = self.preparer.take(self.current.number + 1);
            self.use_segment(file.map_err(PrepareError::into_disk_error)?);
        }
        let sealed = seal_batch(
            bytes,
            BatchKind::Epoch,
            0,
            &self.expect,
            self.current.number,
        );
        let path = self.folder.segment(self.current.number);
        self.write_batch(&sealed).map_err(|error| match error {
            WriteError::Full => {
                DiskError::at("write", &path)(std::io::ErrorKind::StorageFull.into())
            }
            WriteError::Fatal(reason) => DiskError {
                operation: reason.operation,
                path: reason.path,
                source: std::io::Error::other(reason.error),
            },
        })
    }

    /// Largest body that still fits in the current segment; `None` if not even an empty one does.
    fn body_bytes_left(&self) -> Option<usize> {
        let left = self.segment_bytes.saturating_sub(self.current.offset);
        let whole_units = left - left % u64::from(self.expect.unit);
        usize::try_from(whole_units)
            .unwrap_or(0)
            .checked_sub(FRAME_BYTES)
    }

    /// Goes on in the next segment; false if the disk has no space for one.
    fn next_segment(&mut self) -> Result<bool, PoisonReason> {
        // Once those who wait have been answered.
        self.looked = None;
        match self.preparer.take(self.current.number + 1) {
            Ok(file) => {
                self.use_segment(file);
                Ok(true)
            }
            Err(PrepareError::Full(error)) => {
                tracing::warn!(%error, "no space for another segment");
                Ok(false)
            }
            Err(PrepareError::Disk(error)) => {
                // Before the appends that wait for the segment are dropped and hear "unknown".
                let reason = PoisonReason::from(error);
                self.shared.poison(reason.clone());
                Err(reason)
            }
        }
    }

    fn use_segment(&mut self, file: Arc<dyn DiskFile>) {
        self.current = Current {
            number: self.current.number + 1,
            file,
            offset: 0,
        };
    }

    /// Writes and syncs one batch. Any error in or after its first byte is fatal and nothing is tried
    /// again: a second sync could succeed although the first one lost the bytes.
    fn write_batch(&mut self, sealed: &Sealed) -> Result<(), WriteError> {
        let path = self.folder.segment(self.current.number);
        let end = self.current.offset + sealed.header.batch_bytes();
        assert!(end <= self.segment_bytes, "a batch fits in its segment");
        self.check_stall(&[0; HEADER_BYTES])?;
        match write_all_at(
            self.current.file.as_ref(),
            &sealed.bytes,
            self.current.offset,
        ) {
            Ok(()) => {}
            Err((0, error)) if is_full(&error) => return Err(WriteError::Full),
            Err((_, error)) => return Err(DiskError::at("write", &path)(error).into()),
        }
        self.current
            .file
            .sync_data()
            .map_err(DiskError::at("sync", &path))?;
        self.check_stall(&sealed.header.encode())?;
        // The thread that makes segments may have failed meanwhile.
        if let Some(reason) = self.shared.poisoned() {
            return Err(WriteError::Fatal(reason.clone()));
        }
        self.current.offset = end;
        self.expect = self.expect.after(&sealed.header);
        self.unmarked = true;
        // Only now that this segment holds a batch, so that at most one file after the end is empty.
        Ok(self.preparer.start(self.current.number + 1)?)
    }

    /// While this thread stood still, before a write or in it, somebody may have taken the folder for
    /// abandoned. Then the lock is another file, or where the log goes on is not what must be there:
    /// nothing yet, or the header just written.
    fn check_stall(&mut self, there: &[u8; HEADER_BYTES]) -> Result<(), DiskError> {
        if self.moved_on.elapsed() >= self.stall {
            let path = self.folder.lock();
            let held = self.lock.is_held();
            let held = held.map_err(DiskError::at("check", &path))?;
            if !held || self.next_header()? != *there {
                let lost = std::io::Error::other("the folder has been taken over during a stall");
                return Err(DiskError::at("check", &path)(lost));
            }
        }
        self.moved_on = Instant::now();
        Ok(())
    }

    /// What stands where the next batch goes; zeros if that is in the next segment.
    fn next_header(&self) -> Result<[u8; HEADER_BYTES], DiskError> {
        let mut header = [0; HEADER_BYTES];
        if self.current.offset < self.segment_bytes {
            let path = self.folder.segment(self.current.number);
            read_exact_at(self.current.file.as_ref(), &mut header, self.current.offset)
                .map_err(DiskError::at("read", &path))?;
        }
        Ok(header)
    }

    /// DurableMarks the epoch that has been started, and fills both slots of a new store.
    pub(crate) fn begin_marks(&mut self) -> Result<(), DiskError> {
        self.write_mark()?;
        while !self.mark_file.is_begun() {
            self.unmarked = true;
            self.write_mark()?;
        }
        Ok(())
    }

    fn write_mark(&mut self) -> Result<(), DiskError> {
        // Also if there is nothing to write: to rest is not to stand still.
        self.check_stall(&[0; HEADER_BYTES])?;
        if !self.unmarked {
            return Ok(());
        }
        self.mark_file.write(&DurableMark {
            counter: 0,
            store: self.expect.store,
            epoch: self.expect.epoch,
            batch: self.expect.batch - 1,
            chain: self.expect.chain,
            durable: self.expect.position,
        })?;
        self.unmarked = false;
        Ok(())
    }
}

/// However the thread ends, a panic included, no append is left waiting and the owner is told.
struct EndOfThread(Arc<SharedLog>);

impl Drop for EndOfThread {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.poison(PoisonReason {
                operation: "writer thread",
                path: std::path::PathBuf::new(),
                error: "it panicked".into(),
            });
        }
        self.0.queue.abort();
        self.0.tell_poison();
    }
}
