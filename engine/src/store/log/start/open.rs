//! Opening a store: lock, examine, recover, start an epoch, and only then serve.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use uuid::Uuid;

use super::copy::cut;
use super::examine::{FIRST_TRIAL, SECOND_TRIAL, examine_with};
use super::options::OpenOptions;
use super::quarantine::{quarantine, unnoted};
use super::recover::{Walked, Witnesses, walk_log};
use crate::limits::SEGMENT_BYTES_MAX;
use crate::store::StoreId;
use crate::store::log::bytes::disk::{Access, FileSystem, RealDisk, is_full, read_file};
use crate::store::log::bytes::errors::{Damage, DiskError, OnPoison, OpenError};
use crate::store::log::bytes::folder::Folder;
use crate::store::log::bytes::format::is_zero;
use crate::store::log::bytes::identity::{
    IdentityFile, host_mark, read_identity, read_known_identity, write_identity,
};
use crate::store::log::bytes::lock::FolderLock;
use crate::store::log::bytes::record::{Adopted, Note, TailDiscarded};
use crate::store::log::bytes::segment::{PrepareError, make_segment};
use crate::store::log::bytes::walk::Depth;
use crate::store::log::run::durable_mark::{BrokenMark, MarkFile, create_marks, read_marks};
use crate::store::log::run::log_writer::{Current, LogWriter};
use crate::store::log::run::preparer::Preparer;
use crate::store::log::run::reader::LogReader;
use crate::store::log::run::shared_log::SharedLog;
use crate::store::log::run::snapshot::durable_by_snapshots;

/// In the root there may be files of others.
const OWN_LEFTOVERS: [&str; 5] = [
    "identity.tmp",
    "watermark.tmp",
    "ballast.tmp",
    FIRST_TRIAL,
    SECOND_TRIAL,
];

/// What a start-up found and did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenReport {
    /// Which store this is, and the epoch that has begun (read-only: how many there have been).
    pub identity: StoreId,
    /// Whether there was no store before.
    pub created: bool,
    /// Durable events found, in all streams.
    pub events: u64,
    /// Bytes set aside now, or by a start-up that did not live to note it. Not lost silently: the
    /// log says so from now on.
    pub discarded: Vec<TailDiscarded>,
    /// Set if the folder was taken over from another machine, or as a copy.
    pub adopted: Option<Adopted>,
    /// What holds the folder; `None` if the system would not tell, or where it was opened to be read.
    pub file_system: Option<FileSystem>,
    /// The slot of the watermark file that was not whole, if one was not. The start writes over it.
    pub broken_mark: Option<BrokenMark>,
}

#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) shared: Arc<SharedLog>,
    pub(crate) durable: watch::Receiver<u64>,
    pub(crate) report: OpenReport,
    pub(crate) segment_bytes: u64,
    /// None for a store opened for reading.
    pub(crate) writer: Option<LogWriter>,
}

pub(crate) fn open(dir: &Path, options: OpenOptions) -> Result<Opened, OpenError> {
    options.check()?;
    let host_mark = options.host_mark.map_or_else(host_mark, Ok)?;
    let folder = Folder::make(Arc::clone(&options.disk), dir)?;
    let (disk, root) = (folder.disk.as_ref(), folder.root.as_path());
    let lock = FolderLock::take(&folder)?;
    let found = read_identity(&folder)?;
    match examine_with(disk, root, 1) {
        // The folder was fit when the store was made, and what a full disk still has to give to it,
        // the segment, the spare and the ballast, needs no new room.
        Err(OpenError::Disk(error)) if found.is_some() && is_full(&error.source) => {
            tracing::warn!(%error, "no room to examine the folder");
        }
        examined => drop(examined?),
    }
    make_folders(&folder)?;
    let identity = match found {
        Some(identity) => identity,
        None => create(&folder, &options, host_mark)?,
    };
    let adopted = adoption(&identity, &options, host_mark)?;
    remove_leftovers(&folder);
    let witnesses = witnesses(&folder, &identity, options.known_durable)?;
    let mut walked = walk_log(&folder, &identity, &witnesses, Depth::Start)?;
    disk.sync_dir(&folder.log())
        .map_err(DiskError::at("sync", &folder.log()))?;
    if identity.is_backup() {
        cut(&folder, &walked)?;
    }
    if let Some(torn) = walked.torn.take() {
        set_aside(&folder, &torn, &identity)?;
    }
    // What is not noted now is noted by the next start.
    let discarded = go_on_without(unnoted(&folder, &walked.notes)).unwrap_or_default();
    let events = walked.index.durable();
    let file_system = disk
        .file_system(root)
        .map_err(DiskError::at("statfs", root));
    let broken_mark = witnesses.marks.broken_under(walked.expect.batch);
    let (on_poison, stall) = (options.on_poison, options.stall);
    let mut opened = start(
        &folder, &identity, walked, &witnesses, lock, on_poison, stall,
    )?;
    let Some(writer) = opened.writer.as_mut() else {
        return Ok(opened);
    };
    let mut notes: Vec<Note> = discarded.iter().cloned().map(Note::TailDiscarded).collect();
    notes.extend(adopted.clone().map(Note::Adopted));
    writer.start_epoch(&notes)?;
    writer.begin_marks()?;
    writer.look_at_disk_space()?;
    if let Some(adopted) = &adopted {
        // After the note: a folder is never taken over without the log saying so.
        write_identity(
            &folder,
            &IdentityFile {
                host_mark: adopted.to,
                ..identity
            },
        )?;
    }
    opened.report = OpenReport {
        identity: StoreId::drawn(identity.store, writer.expect.epoch),
        created: found.is_none(),
        events,
        discarded,
        adopted,
        file_system: go_on_without(file_system),
        broken_mark,
    };
    Ok(opened)
}

pub(crate) fn open_read_only(dir: &Path) -> Result<Opened, OpenError> {
    let folder = Folder::new(Arc::new(RealDisk), dir);
    let identity = read_known_identity(&folder)?;
    let witnesses = witnesses(&folder, &identity, 0)?;
    let walked = walk_log(&folder, &identity, &witnesses, Depth::Start)?;
    let events = walked.index.durable();
    let report = OpenReport {
        identity: StoreId {
            store: identity.store,
            epoch: walked.expect.epoch,
        },
        created: false,
        events,
        discarded: Vec::new(),
        adopted: None,
        file_system: None,
        broken_mark: witnesses.marks.broken_under(walked.expect.batch),
    };
    let reader = LogReader::new(&folder, &identity);
    let shared = Arc::new(SharedLog::new(walked.index, reader, Box::new(|_| {})));
    shared.queue.close();
    // The sender is gone at once: a subscription ends when it has caught up.
    let (_, durable) = watch::channel(events);
    Ok(Opened {
        shared,
        durable,
        report,
        segment_bytes: identity.segment_bytes,
        writer: None,
    })
}

/// Everything that says how far the log must reach.
pub(crate) fn witnesses(
    folder: &Folder,
    identity: &IdentityFile,
    known_durable: u64,
) -> Result<Witnesses, OpenError> {
    let marks = read_marks(folder, identity.store)?;
    let durable = known_durable.max(durable_by_snapshots(folder, identity.store));
    Ok(Witnesses { marks, durable })
}

fn create(
    folder: &Folder,
    options: &OpenOptions,
    host_mark: [u8; 32],
) -> Result<IdentityFile, OpenError> {
    let identity = IdentityFile {
        store: Uuid::new_v4(),
        unit: options.unit.bytes(),
        segment_bytes: options.segment_bytes,
        host_mark,
        is_copy: false,
    };
    make_store(folder, &identity)?;
    Ok(identity)
}

/// Makes a store without a batch. The identity comes last, so a half-made store is simply made again.
pub(crate) fn make_store(folder: &Folder, identity: &IdentityFile) -> Result<(), OpenError> {
    refuse_orphans(folder)?;
    create_marks(folder)?;
    make_segment(folder, 1, identity.segment_bytes).map_err(PrepareError::into_disk_error)?;
    Ok(write_identity(folder, identity)?)
}

/// A log without its identity file is damage, not a new store.
fn refuse_orphans(folder: &Folder) -> Result<(), OpenError> {
    for number in folder.segments()? {
        let path = folder.segment(number);
        let bytes = read_file(folder.disk.as_ref(), &path, SEGMENT_BYTES_MAX)
            .map_err(DiskError::at("read", &path))?;
        if !is_zero(&bytes) {
            let what = "identity file is missing, but there is a log";
            return Err(Damage::of_file(&folder.identity(), what).into());
        }
        folder
            .disk
            .remove(&path)
            .map_err(DiskError::at("remove", &path))?;
    }
    Ok(())
}

fn adoption(
    identity: &IdentityFile,
    options: &OpenOptions,
    host_mark: [u8; 32],
) -> Result<Option<Adopted>, OpenError> {
    if identity.host_mark == host_mark && !identity.is_copy {
        return Ok(None);
    }
    let reason = options.adopt.clone().ok_or(OpenError::OtherHost)?;
    Ok(Some(Adopted {
        from: identity.host_mark,
        to: host_mark,
        reason,
    }))
}

/// At each start: an empty folder is easily forgotten in a copy.
fn make_folders(folder: &Folder) -> Result<(), DiskError> {
    let make = |path: &Path| {
        let made = folder.disk.create_dir(path);
        made.map_err(DiskError::at("create", path))
    };
    go_on_without(make(&folder.quarantine()));
    go_on_without(make(&folder.snapshots()));
    make(&folder.log())
}

/// Nothing beside the log keeps it from being served.
fn go_on_without<T>(done: Result<T, DiskError>) -> Option<T> {
    done.inspect_err(|error| tracing::warn!(%error, "the log starts without it"))
        .ok()
}

/// What was being made when the process ended. Nothing else has such a name, not even half made.
/// What cannot be removed is made anew over it.
fn remove_leftovers(folder: &Folder) {
    let parents = [
        folder.root.clone(),
        folder.log(),
        folder.quarantine(),
        folder.snapshots(),
    ];
    for parent in parents {
        for name in go_on_without(folder.list(&parent)).unwrap_or_default() {
            let is_ours = parent != folder.root || OWN_LEFTOVERS.contains(&name.as_str());
            if is_ours && name.ends_with(".tmp") {
                let path = parent.join(name);
                let removed = folder.disk.remove(&path);
                go_on_without(removed.map_err(DiskError::at("remove", &path)));
            }
        }
    }
}

/// Sets a torn tail aside, in the room of the ballast if the disk has no other.
fn set_aside(
    folder: &Folder,
    torn: &TailDiscarded,
    identity: &IdentityFile,
) -> Result<(), OpenError> {
    let path = folder.segment(torn.segment);
    let file = folder
        .disk
        .open(&path, Access::Write)
        .map_err(DiskError::at("open", &path))?;
    match quarantine(folder, torn, file.as_ref(), identity.unit) {
        Err(OpenError::Disk(full)) if full.operation != "sync" && is_full(&full.source) => {
            let ballast = folder.ballast();
            folder
                .disk
                .remove(&ballast)
                .map_err(|_| OpenError::Disk(full))?;
            tracing::warn!("disk full: the ballast is given up for a torn tail");
            quarantine(folder, torn, file.as_ref(), identity.unit)
        }
        done => done,
    }
}

fn start(
    folder: &Folder,
    identity: &IdentityFile,
    walked: Walked,
    witnesses: &Witnesses,
    lock: FolderLock,
    on_poison: OnPoison,
    stall: Duration,
) -> Result<Opened, OpenError> {
    let open = |number: u64| {
        let path = folder.segment(number);
        folder
            .disk
            .open(&path, Access::Write)
            .map_err(DiskError::at("open", &path))
    };
    let events = walked.index.durable();
    let current = Current {
        number: walked.segment,
        file: open(walked.segment)?,
        offset: walked.offset,
    };
    let spare = match walked.has_spare {
        true => Some((walked.segment + 1, open(walked.segment + 1)?)),
        false => None,
    };
    let reader = LogReader::new(folder, identity);
    let shared = Arc::new(SharedLog::new(walked.index, reader, on_poison));
    let preparer = Preparer::new(folder, identity.segment_bytes, &shared, spare);
    let (sender, durable) = watch::channel(events);
    let writer = LogWriter {
        shared: Arc::clone(&shared),
        folder: folder.clone(),
        segment_bytes: identity.segment_bytes,
        current,
        expect: walked.expect,
        mark_file: MarkFile::open(folder, &witnesses.marks)?,
        unmarked: false,
        durable: sender,
        preparer,
        moved_on: Instant::now(),
        looked: None,
        stall,
        lock,
    };
    let report = OpenReport {
        identity: StoreId {
            store: identity.store,
            epoch: walked.expect.epoch,
        },
        created: false,
        events,
        discarded: Vec::new(),
        adopted: None,
        file_system: None,
        broken_mark: None,
    };
    let segment_bytes = identity.segment_bytes;
    Ok(Opened {
        shared,
        durable,
        report,
        segment_bytes,
        writer: Some(writer),
    })
}
