//! Segment files: made of zeros ahead of need, so that a later data sync is enough.

use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use super::disk::{DiskFile, is_full, write_all_at};
use super::errors::DiskError;
use super::folder::Folder;
use super::shared::Shared;

/// Why a segment could not be made.
#[derive(Debug)]
pub(super) enum PrepareError {
    /// No room; nothing has been harmed and the log goes on in the segment it has.
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
            Self::Disk(error)
        }
    }

    pub(super) fn into_disk_error(self) -> DiskError {
        match self {
            Self::Full(error) | Self::Disk(error) => error,
        }
    }
}

static ZEROS: [u8; 64 * 1024] = [0; 64 * 1024];

/// Makes a segment of zeros and puts it in place durably.
pub(super) fn make_segment(
    folder: &Folder,
    number: u64,
    length: u64,
) -> Result<Arc<dyn DiskFile>, PrepareError> {
    let temporary = folder.segment_in_making();
    let file = match fill_with_zeros(folder, &temporary, length) {
        Ok(file) => file,
        Err(error) => {
            // Frees what was reserved; if this fails too, the next start removes the file.
            let _ = folder.disk.remove(&temporary);
            return Err(PrepareError::before_sync(error));
        }
    };
    let put_in_place = || {
        file.sync_all().map_err(DiskError::at("sync", &temporary))?;
        let path = folder.segment(number);
        folder
            .disk
            .rename(&temporary, &path)
            .map_err(DiskError::at("rename", &temporary))?;
        folder
            .disk
            .sync_dir(&folder.log())
            .map_err(DiskError::at("sync", &folder.log()))
    };
    put_in_place().map_err(PrepareError::Disk)?;
    Ok(file)
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
    file.allocate(length)
        .map_err(DiskError::at("allocate", path))?;
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

/// Keeps one spare segment ready, made by a thread of its own so that appends do not wait for it.
#[derive(Debug)]
pub(super) struct Preparer {
    folder: Folder,
    segment_bytes: u64,
    shared: Arc<Shared>,
    state: Spare,
}

#[derive(Debug)]
enum Spare {
    None,
    Making(u64, JoinHandle<Result<Arc<dyn DiskFile>, PrepareError>>),
    Ready(u64, Arc<dyn DiskFile>),
}

impl Preparer {
    pub(super) fn new(
        folder: &Folder,
        segment_bytes: u64,
        shared: &Arc<Shared>,
        spare: Option<(u64, Arc<dyn DiskFile>)>,
    ) -> Self {
        let state = spare.map_or(Spare::None, |(number, file)| Spare::Ready(number, file));
        Self {
            folder: folder.clone(),
            segment_bytes,
            shared: Arc::clone(shared),
            state,
        }
    }

    /// Starts to make a segment unless there is one.
    pub(super) fn start(&mut self, number: u64) -> Result<(), DiskError> {
        if !matches!(self.state, Spare::None) {
            return Ok(());
        }
        let (folder, length) = (self.folder.clone(), self.segment_bytes);
        let shared = Arc::clone(&self.shared);
        let make = move || {
            let made = make_segment(&folder, number, length);
            if let Err(PrepareError::Disk(error)) = made {
                // At once, not when the segment is needed: the next answer must not go out.
                let reason = DiskError {
                    operation: error.operation,
                    path: error.path.clone(),
                    source: std::io::Error::new(error.source.kind(), error.source.to_string()),
                };
                shared.poison(reason.into());
                return Err(PrepareError::Disk(error));
            }
            made
        };
        let thread = thread::Builder::new()
            .name("store-segment".into())
            .spawn(make);
        let thread = thread.map_err(DiskError::at("start of a thread", &self.folder.log()))?;
        self.state = Spare::Making(number, thread);
        Ok(())
    }

    /// Hands over the segment with this number, waiting for it or making it if need be.
    pub(super) fn take(&mut self, number: u64) -> Result<Arc<dyn DiskFile>, PrepareError> {
        let ready = match std::mem::replace(&mut self.state, Spare::None) {
            Spare::Ready(ready, file) => Some((ready, file)),
            Spare::Making(making, thread) => match thread.join() {
                Ok(Ok(file)) => Some((making, file)),
                // Room may have been made since.
                Ok(Err(PrepareError::Full(_))) => None,
                Ok(Err(error)) => return Err(error),
                Err(_) => {
                    let panicked = std::io::Error::other("the thread panicked");
                    let path = self.folder.segment(making);
                    return Err(PrepareError::Disk(DiskError::at("make", &path)(panicked)));
                }
            },
            Spare::None => None,
        };
        match ready {
            Some((ready, file)) => {
                assert!(ready == number, "the spare segment is the next one");
                Ok(file)
            }
            None => make_segment(&self.folder, number, self.segment_bytes),
        }
    }
}

impl Drop for Preparer {
    /// No thread may touch the folder once its lock is given back.
    fn drop(&mut self) {
        if let Spare::Making(_, thread) = std::mem::replace(&mut self.state, Spare::None) {
            let _ = thread.join();
        }
    }
}
