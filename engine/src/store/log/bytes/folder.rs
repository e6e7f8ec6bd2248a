//! Where everything lies in a store's folder.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::disk::{Disk, DiskFile, write_all_at};
use super::errors::DiskError;

/// A store's folder on a disk.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) root: PathBuf,
}

impl Folder {
    pub(crate) fn new(disk: Arc<dyn Disk>, root: &Path) -> Self {
        Self {
            disk,
            root: root.to_owned(),
        }
    }

    /// Makes the folder if need be, and its name durable, with that of each folder above it that had
    /// to be made.
    pub(crate) fn make(disk: Arc<dyn Disk>, root: &Path) -> Result<Self, DiskError> {
        let root = std::path::absolute(root).map_err(DiskError::at("find", root))?;
        make_dir(disk.as_ref(), &root)?;
        // Where it really is: a link to it may lie elsewhere.
        let root = root.canonicalize().map_err(DiskError::at("find", &root))?;
        // At each start: the process that made it may have ended before the sync.
        if let Some(parent) = root.parent() {
            match disk.sync_dir(parent) {
                Err(error) if is_of_others(error.kind()) => {
                    tracing::warn!(%error, parent = %parent.display(), "folder cannot be synced");
                }
                synced => synced.map_err(DiskError::at("sync", parent))?,
            }
        }
        Ok(Self { disk, root })
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    pub(crate) fn identity(&self) -> PathBuf {
        self.root.join("identity")
    }

    pub(crate) fn durable_mark(&self) -> PathBuf {
        self.root.join("watermark")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.root.join("log")
    }

    pub(crate) fn segment(&self, number: u64) -> PathBuf {
        self.log().join(format!("{number:020}.seg"))
    }

    pub(crate) fn segment_in_making(&self) -> PathBuf {
        self.log().join("next.tmp")
    }

    pub(crate) fn ballast(&self) -> PathBuf {
        self.root.join("ballast")
    }

    pub(crate) fn ballast_in_making(&self) -> PathBuf {
        self.root.join("ballast.tmp")
    }

    pub(crate) fn quarantine(&self) -> PathBuf {
        self.root.join("quarantine")
    }

    pub(crate) fn snapshots(&self) -> PathBuf {
        self.root.join("snapshots")
    }

    /// Numbers of the segment files, rising.
    pub(crate) fn segments(&self) -> Result<Vec<u64>, DiskError> {
        let names = self.list(&self.log())?;
        let number = |name: &String| name.strip_suffix(".seg")?.parse().ok();
        let mut numbers: Vec<u64> = names.iter().filter_map(number).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Whether there is such a file in such a folder.
    pub(crate) fn has(&self, folder: &Path, name: &str) -> Result<bool, DiskError> {
        Ok(self.list(folder)?.iter().any(|found| found == name))
    }

    pub(crate) fn list(&self, path: &Path) -> Result<Vec<String>, DiskError> {
        self.disk.list(path).map_err(DiskError::at("list", path))
    }

    /// Creates or replaces a small file so that after a power cut there is either the old one or the
    /// new one, whole: temporary name, sync, rename, folder sync.
    pub(crate) fn replace(&self, path: &Path, content: &[u8]) -> Result<(), DiskError> {
        self.replace_with(path, |_| Ok(content))
    }

    /// The same with a content that speaks of the file it is in.
    pub(crate) fn replace_with<C: AsRef<[u8]>>(
        &self,
        path: &Path,
        content: impl FnOnce(&dyn DiskFile) -> io::Result<C>,
    ) -> Result<(), DiskError> {
        let temporary = path.with_extension("tmp");
        let file = self
            .disk
            .create(&temporary)
            .map_err(DiskError::at("create", &temporary))?;
        let content =
            content(file.as_ref()).map_err(DiskError::at("make the content of", &temporary))?;
        write_all_at(file.as_ref(), content.as_ref(), 0)
            .map_err(|(_, error)| DiskError::at("write", &temporary)(error))?;
        file.sync_all().map_err(DiskError::at("sync", &temporary))?;
        self.disk
            .rename(&temporary, path)
            .map_err(DiskError::at("rename", &temporary))?;
        let parent = path.parent().unwrap_or(&self.root);
        self.disk
            .sync_dir(parent)
            .map_err(DiskError::at("sync", parent))
    }
}

/// Whether an error says that a folder is not ours to change: then neither is the name in it, as with
/// a disk mounted under a system that cannot be written.
fn is_of_others(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::PermissionDenied
            | io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::InvalidInput
    )
}

/// Makes a folder and those above it that are missing, whose names are then synced.
fn make_dir(disk: &dyn Disk, path: &Path) -> Result<(), DiskError> {
    if path.is_dir() {
        return Ok(());
    }
    let parent = path.parent().unwrap_or(path);
    make_dir(disk, parent)?;
    disk.create_dir(path)
        .map_err(DiskError::at("create", path))?;
    disk.sync_dir(parent).map_err(DiskError::at("sync", parent))
}
