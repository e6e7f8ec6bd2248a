//! A copy of a log, also of one that is being written: what is whole and durable, proved again from the
//! disk that it was written to. A copy that is there already is gone on with.

use std::path::Path;
use std::sync::Arc;

use uuid::Uuid;

use super::open::{make_store, witnesses};
use super::recover::{WalkEnd, Walked, Witnesses, walk_log, walk_on};
use crate::limits::COPY_BYTES;
use crate::store::log::bytes::disk::{Access, RealDisk, read_exact_at, read_file, write_all_at};
use crate::store::log::bytes::errors::{Damage, DiskError, OpenError};
use crate::store::log::bytes::folder::Folder;
use crate::store::log::bytes::format::{ChainHash, is_zero};
use crate::store::log::bytes::identity::{IdentityFile, read_identity, read_known_identity};
use crate::store::log::bytes::lock::FolderLock;
use crate::store::log::bytes::segment::{PrepareError, make_segment};
use crate::store::log::bytes::walk::Depth;
use crate::store::log::run::durable_mark::{DurableMark, DurableMarks, MarkFile};
use crate::store::{Position, StreamId};

/// How much of a log is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyExtent {
    /// All that is durable, or nothing.
    Whole,
    /// Up to the first batch that is not whole, of a copy that was cut ([`OpenError::CutCopy`]).
    UpToCut,
}

/// What a copy holds now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Which store it is of.
    pub store: Uuid,
    /// Epoch of the last batch.
    pub epoch: u64,
    /// Events in it.
    pub events: u64,
    /// Batches in it.
    pub batches: u64,
    /// Bytes of those batches, padding included.
    pub bytes: u64,
    /// SHA-256 of the last batch header: stands for the whole log.
    pub chain: ChainHash,
    /// How many events each stream has, in the order of their names.
    pub streams: Vec<(StreamId, u64)>,
    /// Events that were not in it before.
    pub events_added: u64,
    /// Bytes of batches that were not in it before.
    pub bytes_added: u64,
    /// Number of events that the source knew durable by its own marks: more than `events` if the
    /// source was cut.
    pub events_known: u64,
}

/// Why a log could not be copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// What is to be copied cannot be read, or is not whole.
    #[error(transparent)]
    Source(OpenError),
    /// The copy that is there cannot be gone on with, or could not be written.
    #[error("the copy: {0}")]
    Target(OpenError),
    /// A house lies there, or its own folder: only a copy is written over, and only to add to it.
    #[error("a folder that is written by a machine lies there, no backup")]
    NotABackup,
    /// The copy that is there is of another store.
    #[error("the backup there is of another house, {0}")]
    OtherStore(Uuid),
    /// The copy that is there holds what the source does not have (any more).
    #[error(
        "the backup there holds another history: {events} events that this folder does not have"
    )]
    OtherHistory {
        /// Events in the copy.
        events: u64,
    },
}

/// Copies a log into a folder as a backup, or adds what a backup there does not have yet. Only what is
/// new is written. The source may be written meanwhile; nothing of it is changed. Blocks.
///
/// # Errors
/// [`CopyError`]. The copy is then what it was before.
pub fn copy_log(from: &Path, to: &Path, extent: CopyExtent) -> Result<Copied, CopyError> {
    let source = Folder::new(Arc::new(RealDisk), from);
    let identity = read_known_identity(&source).map_err(CopyError::Source)?;
    // The marks before the log, which then reaches them.
    let said = witnesses(&source, &identity, 0).map_err(CopyError::Source)?;
    let target = Target::open(to, &identity)?;
    target.must_continue(&source)?;
    let end = match extent {
        CopyExtent::Whole => WalkEnd::of(&identity, &said.marks),
        CopyExtent::UpToCut => WalkEnd::FirstBad,
    };
    let before = target.walked.clone();
    let walked = walk_on(&source, &identity, &said, Depth::Full, end, before);
    let walked = walked.map_err(CopyError::Source)?;
    target.add(&source, &walked).map_err(CopyError::Target)?;
    let streams = walked.index.streams().into_iter();
    Ok(Copied {
        store: identity.store,
        epoch: walked.expect.epoch,
        events: walked.expect.position,
        batches: walked.expect.batch,
        bytes: walked.bytes,
        chain: walked.expect.chain,
        streams: streams
            .map(|stream| {
                let events = walked.index.next_revision(&stream);
                (stream, events)
            })
            .collect(),
        events_added: walked.expect.position - target.walked.expect.position,
        bytes_added: walked.bytes - target.walked.bytes,
        events_known: said
            .marks
            .newest
            .map_or(0, |mark| mark.durable)
            .max(said.durable),
    })
}

/// Makes sure that nothing follows where a walk over a backup has ended: what a copy that was not
/// finished had written there.
pub(crate) fn cut(folder: &Folder, walked: &Walked) -> Result<(), OpenError> {
    for number in folder.segments()? {
        let path = folder.segment(number);
        if number > walked.segment {
            let removed = folder.disk.remove(&path);
            removed.map_err(DiskError::at("remove", &path))?;
        }
        if number == walked.segment {
            let file = folder.disk.open(&path, Access::Write);
            let file = file.map_err(DiskError::at("open", &path))?;
            let length = file.length().map_err(DiskError::at("length", &path))?;
            let mut chunk = vec![0; COPY_BYTES];
            let mut offset = walked.offset;
            while offset < length {
                let chunk = part(&mut chunk, length - offset);
                read_exact_at(file.as_ref(), chunk, offset)
                    .map_err(DiskError::at("read", &path))?;
                if !is_zero(chunk) {
                    chunk.fill(0);
                    write_all_at(file.as_ref(), chunk, offset)
                        .map_err(|(_, error)| DiskError::at("write", &path)(error))?;
                }
                offset += chunk.len() as u64;
            }
            file.sync_all().map_err(DiskError::at("sync", &path))?;
        }
    }
    let log = folder.log();
    folder
        .disk
        .sync_dir(&log)
        .map_err(DiskError::at("sync", &log))?;
    Ok(())
}

/// As much of a buffer as is left to do.
fn part(buffer: &mut [u8], left: u64) -> &mut [u8] {
    let length = usize::try_from(left)
        .unwrap_or(usize::MAX)
        .min(buffer.len());
    buffer.split_at_mut(length).0
}

/// The backup that is written, as it was before.
struct Target {
    folder: Folder,
    identity: IdentityFile,
    marks: DurableMarks,
    walked: Walked,
    _lock: FolderLock,
}

impl Target {
    /// Opens the backup in a folder and proves it, or makes an empty one.
    fn open(dir: &Path, source: &IdentityFile) -> Result<Self, CopyError> {
        let target = |error: OpenError| CopyError::Target(error);
        let disk = |error: DiskError| CopyError::Target(error.into());
        let folder = Folder::make(Arc::new(RealDisk), dir).map_err(disk)?;
        let lock = FolderLock::take(&folder).map_err(target)?;
        for path in [folder.log(), folder.quarantine()] {
            let made = folder.disk.create_dir(&path);
            made.map_err(DiskError::at("create", &path)).map_err(disk)?;
        }
        let identity = match read_identity(&folder).map_err(target)? {
            Some(found) => found,
            None => {
                make_store(&folder, &source.backup()).map_err(target)?;
                source.backup()
            }
        };
        if !identity.is_backup() {
            return Err(CopyError::NotABackup);
        }
        if identity.store != source.store {
            return Err(CopyError::OtherStore(identity.store));
        }
        let said = witnesses(&folder, &identity, 0).map_err(target)?;
        let walked = walk_log(&folder, &identity, &said, Depth::Full).map_err(target)?;
        cut(&folder, &walked).map_err(target)?;
        Ok(Self {
            folder,
            identity,
            marks: said.marks,
            walked,
            _lock: lock,
        })
    }

    /// Whether the source has, up to where the backup ends, the same bytes in the segment in which it
    /// ends: through the chain of hashes that is the same history.
    fn must_continue(&self, source: &Folder) -> Result<(), CopyError> {
        let other = CopyError::OtherHistory {
            events: self.walked.expect.position,
        };
        let (number, length) = (self.walked.segment, self.walked.offset);
        if length == 0 {
            return Ok(());
        }
        if !source
            .segments()
            .map_err(|error| CopyError::Source(error.into()))?
            .contains(&number)
        {
            return Err(other);
        }
        let read = |folder: &Folder| {
            let path = folder.segment(number);
            let bytes = read_file(folder.disk.as_ref(), &path, self.identity.segment_bytes);
            bytes.map_err(|error| OpenError::from(DiskError::at("read", &path)(error)))
        };
        let theirs = read(source).map_err(CopyError::Source)?;
        let ours = read(&self.folder).map_err(CopyError::Target)?;
        let end = usize::try_from(length).unwrap_or(usize::MAX);
        match theirs.get(..end) == ours.get(..end) {
            true => Ok(()),
            false => Err(other),
        }
    }

    /// Writes what the source has more, proves it from the disk, and only then says that it is there.
    fn add(&self, source: &Folder, walked: &Walked) -> Result<(), OpenError> {
        let has = self.folder.segments()?;
        for number in self.walked.segment..=walked.segment {
            if !has.contains(&number) {
                make_segment(&self.folder, number, self.identity.segment_bytes)
                    .map_err(PrepareError::into_disk_error)?;
            }
            self.copy_segment(source, walked, number)?;
        }
        self.copy_quarantine(source)?;
        let mark = DurableMark {
            counter: 0,
            store: self.identity.store,
            epoch: walked.expect.epoch,
            batch: walked.expect.batch.saturating_sub(1),
            chain: walked.expect.chain,
            durable: walked.expect.position,
        };
        let end = WalkEnd::Batches(walked.expect.batch);
        let from = self.walked.clone();
        let proved = walk_on(
            &self.folder,
            &self.identity,
            &said_by(&mark),
            Depth::Full,
            end,
            from,
        )?;
        if proved.expect != walked.expect {
            return Err(Box::new(Damage {
                file: self.folder.segment(proved.segment),
                offset: proved.offset,
                position: Position(proved.expect.position),
                streams: Vec::new(),
                events: Vec::new(),
                what: "what was written reads back as something else".into(),
            })
            .into());
        }
        if walked.expect == self.walked.expect {
            return Ok(());
        }
        let mut file = MarkFile::open(&self.folder, &self.marks)?;
        file.write(&mark)?;
        while !file.is_begun() {
            file.write(&mark)?;
        }
        Ok(())
    }

    fn copy_segment(&self, source: &Folder, walked: &Walked, number: u64) -> Result<(), DiskError> {
        let mut offset = match number == self.walked.segment {
            true => self.walked.offset,
            false => 0,
        };
        let end = match number == walked.segment {
            true => walked.offset,
            false => self.identity.segment_bytes,
        };
        let (theirs, ours) = (source.segment(number), self.folder.segment(number));
        let reads = source.disk.open(&theirs, Access::Read);
        let reads = reads.map_err(DiskError::at("open", &theirs))?;
        let writes = self.folder.disk.open(&ours, Access::Write);
        let writes = writes.map_err(DiskError::at("open", &ours))?;
        let mut chunk = vec![0; COPY_BYTES];
        while offset < end {
            let chunk = part(&mut chunk, end - offset);
            read_exact_at(reads.as_ref(), chunk, offset).map_err(DiskError::at("read", &theirs))?;
            if !is_zero(chunk) {
                write_all_at(writes.as_ref(), chunk, offset)
                    .map_err(|(_, error)| DiskError::at("write", &ours)(error))?;
            }
            offset += chunk.len() as u64;
        }
        writes.sync_all().map_err(DiskError::at("sync", &ours))
    }

    /// What starts have set aside is not log, but the log speaks of it.
    fn copy_quarantine(&self, source: &Folder) -> Result<(), DiskError> {
        let (theirs, ours) = (source.quarantine(), self.folder.quarantine());
        if !source.has(&source.root, "quarantine")? {
            return Ok(());
        }
        let has = self.folder.list(&ours)?;
        for name in source.list(&theirs)? {
            if name.ends_with(".torn") && !has.contains(&name) {
                let path = theirs.join(&name);
                let bytes = read_file(source.disk.as_ref(), &path, self.identity.segment_bytes);
                let bytes = bytes.map_err(DiskError::at("read", &path))?;
                self.folder.replace(&ours.join(&name), &bytes)?;
            }
        }
        Ok(())
    }
}

/// What a copy must reach, as if its mark were written already.
fn said_by(mark: &DurableMark) -> Witnesses {
    Witnesses {
        marks: DurableMarks {
            newest: Some(DurableMark {
                counter: 2,
                ..*mark
            }),
            broken: None,
        },
        durable: mark.durable,
    }
}
