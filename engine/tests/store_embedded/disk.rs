//! A disk that fails on demand, counts its calls, and after a failed sync loses what was not synced.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mazad_engine::store::log::{
    Access, Disk, DiskFile, DiskLock, FileSystem, FileSystemKind, RealDisk,
};
use parking_lot::Mutex;

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// With this number of the operating system.
    Errno(i32),
    /// A write takes only half of what it is given; every other call succeeds.
    Short,
}

/// One call: that changes the disk, or any if reading fails too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) operation: &'static str,
    pub(crate) file: String,
    pub(crate) failed: bool,
}

#[derive(Debug, Clone, Copy)]
struct Plan {
    /// Calls before the first that fails.
    after: usize,
    fault: Fault,
    for_ever: bool,
}

#[derive(Default)]
struct State {
    calls: Vec<Call>,
    plan: Option<Plan>,
    created: usize,
    file_system: Option<FileSystemKind>,
    free: Option<u64>,
    /// What the creation of the ballast waits for.
    gate: Arc<Mutex<()>>,
    /// What every sync waits for.
    sync_gate: Arc<Mutex<()>>,
    /// Bytes by which files may still grow, if that is pretended.
    room: Option<u64>,
    /// Whether calls that change nothing count and fail like the others.
    reads_fail: bool,
}

/// The real disk with faults put in.
#[derive(Clone, Default)]
pub(crate) struct FaultyDisk(Arc<Mutex<State>>);

impl FaultyDisk {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Lets the call after `after` more calls fail, and all later ones too if `for_ever`.
    pub(crate) fn fail_after(&self, after: usize, fault: Fault, for_ever: bool) {
        let mut state = self.0.lock();
        let after = state.calls.len() + after;
        state.plan = Some(Plan {
            after,
            fault,
            for_ever,
        });
    }

    /// A disk of which every call may fail, those that change nothing too.
    pub(crate) fn failing_in_reads_too() -> Self {
        let disk = Self::default();
        disk.0.lock().reads_fail = true;
        disk
    }

    pub(crate) fn pretend(&self, kind: FileSystemKind) {
        self.0.lock().file_system = Some(kind);
    }

    /// Free bytes that the disk claims to have; `None`: those it has.
    pub(crate) fn pretend_free(&self, free: Option<u64>) {
        self.0.lock().free = free;
    }

    /// Whether the disk has no room for a byte more than its files have now. A removal frees some.
    pub(crate) fn pretend_full(&self, full: bool) {
        self.0.lock().room = full.then_some(0);
    }

    /// While the gate is locked, the thread that makes the ballast stands still.
    pub(crate) fn gate(&self) -> Arc<Mutex<()>> {
        Arc::clone(&self.0.lock().gate)
    }

    /// While the gate is locked, every sync stands still.
    pub(crate) fn sync_gate(&self) -> Arc<Mutex<()>> {
        Arc::clone(&self.0.lock().sync_gate)
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.0.lock().calls.clone()
    }

    pub(crate) fn count(&self, operation: &str, file: &str) -> usize {
        let calls = self.calls();
        calls
            .iter()
            .filter(|call| call.operation == operation && call.file.contains(file))
            .count()
    }

    /// Notes the call and says whether it fails.
    fn call(&self, operation: &'static str, path: &Path) -> Result<bool, io::Error> {
        let mut state = self.0.lock();
        let number = state.calls.len();
        let due = state
            .plan
            .filter(|plan| number == plan.after || (plan.for_ever && number > plan.after));
        let file = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into();
        let short = due.is_some_and(|plan| plan.fault == Fault::Short);
        state.calls.push(Call {
            operation,
            file,
            failed: due.is_some() && !short,
        });
        match due.map(|plan| plan.fault) {
            Some(Fault::Errno(number)) => Err(io::Error::from_raw_os_error(number)),
            Some(Fault::Short) => Ok(true),
            None => Ok(false),
        }
    }

    /// The same of a call that changes nothing.
    fn look(&self, operation: &'static str, path: &Path) -> io::Result<()> {
        if self.0.lock().reads_fail {
            self.call(operation, path)?;
        }
        Ok(())
    }

    fn wrap(&self, path: &Path, file: Arc<dyn DiskFile>) -> Arc<dyn DiskFile> {
        let path = path.to_owned();
        Arc::new(FaultyFile {
            disk: self.clone(),
            path,
            file,
            unsynced: Mutex::default(),
        })
    }
}

impl fmt::Debug for FaultyDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FaultyDisk")
    }
}

impl Disk for FaultyDisk {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.call("create_dir", path)?;
        RealDisk.create_dir(path)
    }

    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        self.call("create", path)?;
        if path.ends_with("ballast.tmp") {
            drop(self.gate().lock());
        }
        let file = RealDisk.create(path)?;
        let created = {
            let mut state = self.0.lock();
            state.created += 1;
            state.created
        };
        // Every made file under a name of its own, since it is renamed while it is open.
        Ok(self.wrap(
            &PathBuf::from(format!("{}#{created}", path.display())),
            file,
        ))
    }

    fn open(&self, path: &Path, access: Access) -> io::Result<Arc<dyn DiskFile>> {
        self.look("open", path)?;
        Ok(self.wrap(path, RealDisk.open(path, access)?))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call("rename", from)?;
        RealDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.call("remove", path)?;
        let freed = RealDisk.open(path, Access::Read)?.length()?;
        if let Some(room) = &mut self.0.lock().room {
            *room += freed;
        }
        RealDisk.remove(path)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        self.look("list", path)?;
        RealDisk.list(path)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.call("sync_dir", path)?;
        RealDisk.sync_dir(path)
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn DiskLock>>> {
        self.look("lock", path)?;
        RealDisk.lock(path)
    }

    fn file_system(&self, path: &Path) -> io::Result<FileSystem> {
        self.look("statfs", path)?;
        match self.0.lock().file_system {
            Some(kind) => Ok(FileSystem {
                name: "pretended".into(),
                kind,
            }),
            None => RealDisk.file_system(path),
        }
    }

    fn free(&self, path: &Path) -> io::Result<u64> {
        self.look("statvfs", path)?;
        match self.0.lock().free {
            Some(free) => Ok(free),
            None => RealDisk.free(path),
        }
    }
}

struct FaultyFile {
    disk: FaultyDisk,
    path: PathBuf,
    file: Arc<dyn DiskFile>,
    /// What was there before each write since the last sync.
    unsynced: Mutex<Vec<(u64, Vec<u8>)>>,
}

impl FaultyFile {
    /// Whether there is room for the file to have this length.
    fn grow(&self, length: u64) -> io::Result<()> {
        let more = length.saturating_sub(self.file.length()?);
        if let Some(room) = &mut self.disk.0.lock().room {
            *room = room.checked_sub(more).ok_or(io::ErrorKind::StorageFull)?;
        }
        Ok(())
    }

    fn sync(&self, operation: &'static str, sync: impl Fn() -> io::Result<()>) -> io::Result<()> {
        drop(self.disk.sync_gate().lock());
        let mut unsynced = self.unsynced.lock();
        if let Err(error) = self.disk.call(operation, &self.path) {
            for (offset, before) in unsynced.drain(..).rev() {
                self.file.write_at(&before, offset).unwrap();
            }
            return Err(error);
        }
        unsynced.clear();
        sync()
    }
}

impl fmt::Debug for FaultyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FaultyFile")
    }
}

impl DiskFile for FaultyFile {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        let short = self.disk.call("write", &self.path)?;
        let bytes = if short {
            &bytes[..bytes.len().div_ceil(2)]
        } else {
            bytes
        };
        self.grow(offset + bytes.len() as u64)?;
        let mut before = vec![0; bytes.len()];
        let there = self.file.read_at(&mut before, offset)?;
        before.truncate(there);
        self.unsynced.lock().push((offset, before));
        self.file.write_at(bytes, offset)
    }

    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        self.disk.look("read", &self.path)?;
        self.file.read_at(bytes, offset)
    }

    fn allocate(&self, length: u64) -> io::Result<()> {
        self.disk.call("allocate", &self.path)?;
        self.grow(length)?;
        self.file.allocate(length)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.sync("sync", || self.file.sync_data())
    }

    fn sync_all(&self) -> io::Result<()> {
        self.sync("sync", || self.file.sync_all())
    }

    fn length(&self) -> io::Result<u64> {
        self.disk.look("length", &self.path)?;
        self.file.length()
    }

    fn number(&self) -> io::Result<u64> {
        self.disk.look("number", &self.path)?;
        self.file.number()
    }

    fn drop_cache(&self) -> io::Result<()> {
        self.disk.look("drop_cache", &self.path)?;
        self.file.drop_cache()
    }
}
