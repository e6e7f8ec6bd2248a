//! Where a model's file lies, and whether it still does.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::ModelError;

/// A file that is open, and the path that readers find it under. Somebody may take it away or put
/// another one in its place: what is written is then read by nobody.
#[derive(Debug, Clone)]
pub(super) struct Place {
    path: PathBuf,
    file: (u64, u64),
}

impl Place {
    /// Of a file that has just been opened.
    ///
    /// # Errors
    /// It is gone already, or cannot be looked at.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            file: id(&fs::metadata(path)?),
        })
    }

    /// Makes sure that the path still leads to it. A look that fails says nothing of the file.
    ///
    /// # Errors
    /// [`ModelError::Gone`].
    pub(super) fn check(&self) -> Result<(), ModelError> {
        match fs::metadata(&self.path) {
            Ok(found) if id(&found) != self.file => Err(ModelError::Gone),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(ModelError::Gone),
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

fn id(found: &Metadata) -> (u64, u64) {
    (found.dev(), found.ino())
}
