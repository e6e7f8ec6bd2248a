//! The lock of the one writer: on the lock file, and on the folder itself, which nobody can remove
//! while it is in use.

use std::io;
use std::path::Path;

use super::disk::{Disk, DiskLock};
use super::errors::{DiskError, OpenError};
use super::folder::Folder;
use crate::limits::{LOCK_PAUSE, LOCK_TRIES};

/// Both locks, held until they are dropped.
#[derive(Debug)]
pub(crate) struct FolderLock {
    folder: Box<dyn DiskLock>,
    file: Box<dyn DiskLock>,
}

impl FolderLock {
    pub(crate) fn take(folder: &Folder) -> Result<Self, OpenError> {
        Ok(Self {
            folder: take(folder.disk.as_ref(), &folder.root)?,
            file: take(folder.disk.as_ref(), &folder.lock())?,
        })
    }

    /// Whether what is locked is still what has those names.
    pub(crate) fn is_held(&self) -> io::Result<bool> {
        Ok(self.folder.is_held()? && self.file.is_held()?)
    }
}

/// A child of this process holds copies of its descriptors until it has become its own program, and
/// with them a lock that was just given back: so not only once.
fn take(disk: &dyn Disk, path: &Path) -> Result<Box<dyn DiskLock>, OpenError> {
    for _ in 0..LOCK_TRIES {
        if let Some(lock) = disk.lock(path).map_err(DiskError::at("lock", path))? {
            return Ok(lock);
        }
        std::thread::sleep(LOCK_PAUSE);
    }
    Err(OpenError::Locked)
}
