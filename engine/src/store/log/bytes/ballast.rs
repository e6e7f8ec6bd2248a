//! The ballast: zeros for one segment, kept so that a full disk still has a last one to give. It is
//! renamed into the log rather than removed: the room that a removal frees may go to somebody else.

use std::sync::Arc;

use super::disk::{Access, DiskFile, read_exact_at};
use super::errors::DiskError;
use super::folder::Folder;
use super::format::is_zero;
use super::segment::{PrepareError, make_segment, make_zeros, put_in_place};
use crate::limits::{SPACE_OUT_BYTES, SPACE_SHORT_BYTES};
use crate::store::DiskSpace;

/// What is in hand beyond the segment that is being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Headroom {
    /// Nobody has looked yet.
    Unknown,
    /// The next segment and the ballast.
    Whole,
    /// The next segment; for the ballast there is no room.
    NoBallast,
    /// Not even the next segment.
    NoSegment,
}

impl Headroom {
    /// A quota does not show in the free bytes, but in what could not be made.
    pub(crate) fn disk_space(self, free: u64) -> DiskSpace {
        if free < SPACE_OUT_BYTES || self == Self::NoSegment {
            return DiskSpace::Out;
        }
        if free < SPACE_SHORT_BYTES || self == Self::NoBallast {
            return DiskSpace::Short;
        }
        DiskSpace::Plenty
    }
}

/// Makes the next segment, out of the ballast if the disk is full; says what is in hand then.
pub(crate) fn make_next(
    folder: &Folder,
    number: u64,
    length: u64,
) -> Result<(Arc<dyn DiskFile>, Headroom), PrepareError> {
    match make_segment(folder, number, length) {
        Ok(file) => Ok((file, Headroom::Unknown)),
        Err(PrepareError::Full(full)) => {
            let given = give_up(folder, number, length)?;
            let file = given.ok_or(PrepareError::Full(full))?;
            tracing::warn!(segment = number, "disk full: the ballast is given up");
            Ok((file, Headroom::NoBallast))
        }
        Err(error) => Err(error),
    }
}

/// Makes the ballast unless it is there.
pub(crate) fn keep(folder: &Folder, length: u64) -> Result<Headroom, PrepareError> {
    if is_there(folder)? {
        return Ok(Headroom::Whole);
    }
    let (temporary, path) = (folder.ballast_in_making(), folder.ballast());
    match make_zeros(folder, &temporary, &path, length) {
        Ok(_) => Ok(Headroom::Whole),
        Err(PrepareError::Full(_)) => Ok(Headroom::NoBallast),
        // It is no log, so before its sync nothing is lost with it.
        Err(PrepareError::Disk(error)) if !matches!(error.operation, "sync" | "rename") => {
            tracing::warn!(%error, "no ballast can be made");
            Ok(Headroom::NoBallast)
        }
        Err(error) => Err(error),
    }
}

fn give_up(
    folder: &Folder,
    number: u64,
    length: u64,
) -> Result<Option<Arc<dyn DiskFile>>, PrepareError> {
    if !is_there(folder)? {
        return Ok(None);
    }
    let path = folder.ballast();
    let file = folder.disk.open(&path, Access::Write);
    let file = file
        .map_err(DiskError::at("open", &path))
        .map_err(PrepareError::at_any_call)?;
    let is_sound = holds_zeros(file.as_ref(), length)
        .map_err(DiskError::at("read", &path))
        .map_err(PrepareError::at_any_call)?;
    if is_sound {
        put_in_place(folder, file.as_ref(), &path, &folder.segment(number))?;
        sync_root(folder)?;
        return Ok(Some(file));
    }
    // Whatever it is, it never becomes log; the room that it took will do.
    folder
        .disk
        .remove(&path)
        .map_err(DiskError::at("remove", &path))
        .map_err(PrepareError::at_any_call)?;
    make_segment(folder, number, length).map(Some)
}

fn is_there(folder: &Folder) -> Result<bool, PrepareError> {
    folder
        .has(&folder.root, "ballast")
        .map_err(PrepareError::at_any_call)
}

/// The old name must be gone as durably as the new one is there.
fn sync_root(folder: &Folder) -> Result<(), PrepareError> {
    folder
        .disk
        .sync_dir(&folder.root)
        .map_err(DiskError::at("sync", &folder.root))
        .map_err(PrepareError::at_any_call)
}

fn holds_zeros(file: &dyn DiskFile, length: u64) -> std::io::Result<bool> {
    if file.length()? != length {
        return Ok(false);
    }
    // Every length is a multiple of it (`OpenOptions`, identity file).
    let mut page = [0; 4096];
    for number in 0..length / 4096 {
        read_exact_at(file, &mut page, number * 4096)?;
        if !is_zero(&page) {
            return Ok(false);
        }
    }
    Ok(true)
}
