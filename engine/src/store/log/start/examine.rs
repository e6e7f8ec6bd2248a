//! Is this folder fit for a log? Tried, not guessed: write, sync, read back, lock, rename, folder sync.

use std::path::Path;
use std::time::Instant;

use crate::limits::EXAMINE_SYNCS;
use crate::store::log::bytes::disk::{
    Access, Disk, FileSystem, FileSystemKind, RealDisk, read_exact_at, write_all_at,
};
use crate::store::log::bytes::errors::{DiskError, OpenError};

/// The file that is tried with.
pub(crate) const FIRST_TRIAL: &str = "examine.tmp";

/// What it is renamed to.
pub(crate) const SECOND_TRIAL: &str = "examine-renamed.tmp";

/// What an examination found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderReport {
    /// The file system that holds the folder.
    pub file_system: FileSystem,
    /// Median time of a 4 KiB write with its sync, in microseconds. Far under 50 on a spinning disk
    /// or a cheap solid-state one means that somebody between here and the disk does not sync.
    pub sync_us_p50: u64,
    /// The longest of them, in microseconds.
    pub sync_us_max: u64,
    /// How many were measured.
    pub syncs: usize,
}

/// Examines a folder in full; `doctor` prints the report.
///
/// # Errors
/// [`OpenError::Unfit`] if a log must not live here, [`OpenError::Disk`] if a call failed.
pub fn examine(dir: &Path) -> Result<FolderReport, OpenError> {
    examine_with(&RealDisk, dir, EXAMINE_SYNCS)
}

pub(crate) fn examine_with(
    disk: &dyn Disk,
    dir: &Path,
    syncs: usize,
) -> Result<FolderReport, OpenError> {
    let file_system = disk
        .file_system(dir)
        .map_err(DiskError::at("statfs", dir))?;
    if let (FileSystemKind::Network, Some(follows)) = (file_system.kind, file_system.kind.follows())
    {
        let what = format!("its file system, {}, {follows}", file_system.name);
        return Err(OpenError::Unfit(what));
    }
    let first = dir.join(FIRST_TRIAL);
    let second = dir.join(SECOND_TRIAL);
    let mut times = time_syncs(disk, &first, syncs)?;
    disk.rename(&first, &second)
        .map_err(DiskError::at("rename", &first))?;
    disk.sync_dir(dir).map_err(DiskError::at("sync", dir))?;
    check_lock(disk, &second)?;
    disk.remove(&second)
        .map_err(DiskError::at("remove", &second))?;
    times.sort_unstable();
    Ok(FolderReport {
        file_system,
        sync_us_p50: times.get(times.len() / 2).copied().unwrap_or(0),
        sync_us_max: times.last().copied().unwrap_or(0),
        syncs: times.len(),
    })
}

/// Overwrites a zero-filled page again and again, as the log does, and reads the last one back.
fn time_syncs(disk: &dyn Disk, path: &Path, syncs: usize) -> Result<Vec<u64>, OpenError> {
    let file = disk.create(path).map_err(DiskError::at("create", path))?;
    let write = |page: &[u8]| {
        write_all_at(file.as_ref(), page, 0)
            .map_err(|(_, error)| DiskError::at("write", path)(error))
    };
    write(&[0; 4096])?;
    file.sync_all().map_err(DiskError::at("sync", path))?;
    let mut times = Vec::with_capacity(syncs);
    let mut page = [0; 4096];
    for round in 0..syncs {
        page = [u8::try_from(round % 251).unwrap_or(0) + 1; 4096];
        let started = Instant::now();
        write(&page)?;
        file.sync_data().map_err(DiskError::at("sync", path))?;
        times.push(u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX));
    }
    file.drop_cache()
        .map_err(DiskError::at("drop of cached pages", path))?;
    let again = disk
        .open(path, Access::Read)
        .map_err(DiskError::at("open", path))?;
    let mut read = [0; 4096];
    read_exact_at(again.as_ref(), &mut read, 0).map_err(DiskError::at("read", path))?;
    if read != page {
        return Err(OpenError::Unfit(
            "a synced page reads back as something else".into(),
        ));
    }
    Ok(times)
}

fn check_lock(disk: &dyn Disk, path: &Path) -> Result<(), OpenError> {
    let lock = disk.lock(path).map_err(DiskError::at("lock", path))?;
    let second = disk.lock(path).map_err(DiskError::at("lock", path))?;
    match (&lock, &second) {
        (Some(_), None) => Ok(()),
        _ => Err(OpenError::Unfit("locks do not exclude each other".into())),
    }
}
