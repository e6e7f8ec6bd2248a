//! Segment files: made of zeros ahead of need, so that a later data sync is enough.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::disk::{DiskFile, is_full, is_out_of_files, write_all_at};
use super::errors::DiskError;
use super::folder::Folder;

/// Why a segment could not be made.
#[derive(Debug)]
pub(crate) enum PrepareError {
    /// No room, or no file descriptor; nothing has been harmed and the log goes on in the segment it
    /// has.
    Full(DiskError),
    /// A failed call after which the store must stop.
    Disk(DiskError),
}

impl PrepareError {
    /// While nothing depends on the file, running out of room is harmless. In a sync it is not: a
    /// failed sync is never repeated.
    fn before_sync(error: DiskError) -> Self {
        if is_full(&error.source) {
            Self::Full(error)
        } else {
            Self::at_any_call(error)
        }
    }

    /// A call that lacked a file descriptor never reached the disk, whatever it was to do there.
    pub(crate) fn at_any_call(error: DiskError) -> Self {
        if is_out_of_files(&error.source) {
            Self::Full(error)
        } else {
            Self::Disk(error)
        }
    }

    pub(crate) fn into_disk_error(self) -> DiskError {
        match self {
            Self::Full(error) | Self::Disk(error) => error,
        }
    }
}

static ZEROS: [u8; 64 * 1024] = [0; 64 * 1024];

/// Makes a segment of zeros and puts it in place durably.
pub(crate) fn make_segment(
    folder: &Folder,
    number: u64,
    length: u64,
) -> Result<Arc<dyn DiskFile>, PrepareError> {
    let temporary = folder.segment_in_making();
    make_zeros(folder, &temporary, &folder.segment(number), length)
}

/// Makes a file of zeros under a temporary name and puts it in place durably.
pub(crate) fn make_zeros(
    folder: &Folder,
    temporary: &Path,
    path: &Path,
    length: u64,
) -> Result<Arc<dyn DiskFile>, PrepareError> {
    let file = match fill_with_zeros(folder, temporary, length) {
        Ok(file) => file,
        Err(error) => {
            // Frees what was reserved; if this fails too, the next start removes the file.
            let _ = folder.disk.remove(temporary);
            return Err(PrepareError::before_sync(error));
        }
    };
    put_in_place(folder, file.as_ref(), temporary, path)?;
    Ok(file)
}

/// Syncs a file and gives it its name durably.
pub(crate) fn put_in_place(
    folder: &Folder,
    file: &dyn DiskFile,
    from: &Path,
    to: &Path,
) -> Result<(), PrepareError> {
    let parent = to.parent().unwrap_or(&folder.root);
    let put = || {
        file.sync_all().map_err(DiskError::at("sync", from))?;
        folder
            .disk
            .rename(from, to)
            .map_err(DiskError::at("rename", from))?;
        folder
            .disk
            .sync_dir(parent)
            .map_err(DiskError::at("sync", parent))
    };
    put().map_err(PrepareError::at_any_call)
}

fn fill_with_zeros(
    folder: &Folder,
    path: &Path,
    length: u64,
) -> Result<Arc<dyn DiskFile>, DiskError> {
    let file = folder
        .disk
        .create(path)
        .map_err(DiskError::at("create", path))?;
    allocate(file.as_ref(), length).map_err(DiskError::at("allocate", path))?;
    let mut offset = 0;
    while offset < length {
        let count = (length - offset).min(ZEROS.len() as u64);
        let zeros = ZEROS
            .get(..usize::try_from(count).unwrap_or(0))
            .unwrap_or_default();
        write_all_at(file.as_ref(), zeros, offset)
            .map_err(|(_, error)| DiskError::at("write", path)(error))?;
        offset += count;
    }
    Ok(file)
}

/// Reserves room. It may take long, so signals meet it, which are no errors: asked again it reserves
/// what is still missing.
fn allocate(file: &dyn DiskFile, length: u64) -> io::Result<()> {
    loop {
        match file.allocate(length) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            allocated => return allocated,
        }
    }
}
