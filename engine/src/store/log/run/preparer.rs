//! The spare segment and the ballast, made ahead of need beside the writer's thread.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use super::shared_log::SharedLog;
use crate::store::DiskSpace;
use crate::store::log::bytes::ballast::{self, Headroom, make_next};
use crate::store::log::bytes::disk::DiskFile;
use crate::store::log::bytes::errors::DiskError;
use crate::store::log::bytes::folder::Folder;
use crate::store::log::bytes::segment::PrepareError;

/// Keeps one spare segment and the ballast ready, made by a thread of its own so that appends do not
/// wait for it.
#[derive(Debug)]
pub(crate) struct Preparer {
    folder: Folder,
    segment_bytes: u64,
    shared: Arc<SharedLog>,
    state: Spare,
    headroom: Headroom,
}

#[derive(Debug)]
enum Spare {
    None,
    Making(u64, JoinHandle<Made>),
    Ready(u64, Arc<dyn DiskFile>),
}

type Made = Result<(Arc<dyn DiskFile>, Headroom), PrepareError>;

impl Preparer {
    pub(crate) fn new(
        folder: &Folder,
        segment_bytes: u64,
        shared: &Arc<SharedLog>,
        spare: Option<(u64, Arc<dyn DiskFile>)>,
    ) -> Self {
        let state = spare.map_or(Spare::None, |(number, file)| Spare::Ready(number, file));
        Self {
            folder: folder.clone(),
            segment_bytes,
            shared: Arc::clone(shared),
            state,
            headroom: Headroom::Unknown,
        }
    }

    /// Starts to make a segment unless there is one.
    pub(crate) fn start(&mut self, number: u64) -> Result<(), DiskError> {
        match self.state {
            Spare::None => self.make(number, None),
            Spare::Making(..) | Spare::Ready(..) => Ok(()),
        }
    }

    /// Tries again, if there is space, what could not be made; says what space there is. The number is
    /// that of the segment that may be made, if one may.
    pub(crate) fn tend(
        &mut self,
        number: Option<u64>,
        free: u64,
    ) -> Result<DiskSpace, PrepareError> {
        if matches!(&self.state, Spare::Making(_, thread) if thread.is_finished()) {
            self.settle()?;
        }
        if self.headroom != Headroom::Whole && free >= self.segment_bytes {
            let started = match (&self.state, number) {
                (Spare::Ready(ready, file), _) => self.make(*ready, Some(Arc::clone(file))),
                (Spare::None, Some(number)) => self.make(number, None),
                (Spare::None, None) | (Spare::Making(..), _) => Ok(()),
            };
            started.map_err(PrepareError::Disk)?;
        }
        Ok(self.headroom.disk_space(free))
    }

    /// Makes what is missing: the segment, then the ballast.
    fn make(&mut self, number: u64, ready: Option<Arc<dyn DiskFile>>) -> Result<(), DiskError> {
        let (folder, length) = (self.folder.clone(), self.segment_bytes);
        let shared = Arc::clone(&self.shared);
        let make = move || {
            let made = make_headroom(&folder, number, length, ready);
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

    /// Waits for the thread, if there is one.
    fn settle(&mut self) -> Result<(), PrepareError> {
        let (making, thread) = match std::mem::replace(&mut self.state, Spare::None) {
            Spare::Making(making, thread) => (making, thread),
            settled @ (Spare::None | Spare::Ready(..)) => {
                self.state = settled;
                return Ok(());
            }
        };
        let Ok(made) = thread.join() else {
            let panicked = std::io::Error::other("the thread panicked");
            let path = self.folder.segment(making);
            return Err(PrepareError::Disk(DiskError::at("make", &path)(panicked)));
        };
        match made {
            Ok((file, headroom)) => {
                self.state = Spare::Ready(making, file);
                self.headroom = headroom;
            }
            Err(PrepareError::Full(_)) => self.headroom = Headroom::NoSegment,
            Err(error @ PrepareError::Disk(_)) => return Err(error),
        }
        Ok(())
    }

    /// Hands over the segment with this number, waiting for it or making it if need be.
    pub(crate) fn take(&mut self, number: u64) -> Result<Arc<dyn DiskFile>, PrepareError> {
        self.settle()?;
        if let Spare::Ready(ready, file) = std::mem::replace(&mut self.state, Spare::None) {
            assert!(ready == number, "the spare segment is the next one");
            return Ok(file);
        }
        // There may be room by now.
        let made = make_next(&self.folder, number, self.segment_bytes);
        if let Ok((_, headroom)) = &made {
            self.headroom = *headroom;
        }
        if let Err(PrepareError::Full(_)) = &made {
            self.headroom = Headroom::NoSegment;
        }
        made.map(|(file, _)| file)
    }
}

fn make_headroom(
    folder: &Folder,
    number: u64,
    length: u64,
    ready: Option<Arc<dyn DiskFile>>,
) -> Made {
    let (file, headroom) = match ready {
        Some(file) => (file, Headroom::Unknown),
        None => make_next(folder, number, length)?,
    };
    let headroom = match headroom {
        Headroom::NoBallast => Headroom::NoBallast,
        Headroom::Unknown | Headroom::Whole | Headroom::NoSegment => ballast::keep(folder, length)?,
    };
    Ok((file, headroom))
}

impl Drop for Preparer {
    /// No thread may touch the folder once its lock is given back.
    fn drop(&mut self) {
        if let Spare::Making(_, thread) = std::mem::replace(&mut self.state, Spare::None) {
            let _ = thread.join();
        }
    }
}
