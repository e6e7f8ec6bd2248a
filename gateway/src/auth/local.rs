//! `server.json`: how tools in the server's own folder reach it.
//!
//! Whoever may read the folder may do anything to it anyway, so the file carries an admin's token.
//! It is readable by its owner alone, is made at each start with a new token that lives in memory
//! only, and is removed at a clean stop. After a crash it stays behind with a token that nobody
//! knows any more; the lock of the store tells whether a server runs.
//!
//! Its form: `{"url":"http://127.0.0.1:8080","token":"...","pid":4711}`.

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::limits::LOCAL_FILE_BYTES_MAX;

/// Name of the file in the data folder.
const FILE: &str = "server.json";

/// Where the server of a folder is, and a token for it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalAccess {
    /// Where it listens on this machine, for example `http://127.0.0.1:8080`.
    pub url: String,
    /// A bearer token with the rights of an admin.
    pub token: String,
    /// Id of its process.
    pub pid: u32,
    #[serde(skip)]
    path: PathBuf,
}

impl std::fmt::Debug for LocalAccess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LocalAccess({}, pid {})", self.url, self.pid)
    }
}

impl LocalAccess {
    /// Writes the file for this process, in place of one that a crash has left.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn write(dir: &Path, url: &str, token: &str) -> io::Result<Self> {
        let path = dir.join(FILE);
        let access = Self {
            url: url.to_owned(),
            token: token.to_owned(),
            pid: std::process::id(),
            path,
        };
        let draft = dir.join(format!("{FILE}.new"));
        // A draft that a crash has left may be anybody's, with other rights: begin anew.
        match fs::remove_file(&draft) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft)?;
        file.write_all(&serde_json::to_vec(&access)?)?;
        fs::rename(&draft, &access.path)?;
        Ok(access)
    }

    /// Reads the file of a folder; `None` if there is none.
    ///
    /// # Errors
    /// The file cannot be read, or is not such a file.
    pub fn read(dir: &Path) -> io::Result<Option<Self>> {
        let path = dir.join(FILE);
        let file = match fs::File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        let mut text = Vec::new();
        file.take(LOCAL_FILE_BYTES_MAX).read_to_end(&mut text)?;
        let mut access: Self = serde_json::from_slice(&text)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not a server.json"))?;
        access.path = path;
        Ok(Some(access))
    }

    /// Removes the file, unless another process has written its own since.
    ///
    /// # Errors
    /// The file is there and cannot be removed.
    pub fn remove(self) -> io::Result<()> {
        let dir = self.path.parent().unwrap_or_else(|| Path::new("."));
        match Self::read(dir)? {
            Some(found) if found == self => fs::remove_file(&self.path),
            Some(_) | None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_file_is_for_its_owner_and_goes_away() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(LocalAccess::read(dir.path()).unwrap(), None);
        let access = LocalAccess::write(dir.path(), "http://127.0.0.1:8080", "secret").unwrap();
        let path = dir.path().join(FILE);
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(LocalAccess::read(dir.path()).unwrap(), Some(access.clone()));
        assert!(!format!("{access:?}").contains("secret"));
        access.remove().unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn a_file_left_by_a_crash_is_replaced_and_a_newer_one_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("server.json.new"), "half").unwrap();
        let old = LocalAccess::write(dir.path(), "http://127.0.0.1:1", "a").unwrap();
        let new = LocalAccess::write(dir.path(), "http://127.0.0.1:2", "b").unwrap();
        old.remove().unwrap();
        assert_eq!(LocalAccess::read(dir.path()).unwrap(), Some(new));
    }

    #[test]
    fn nonsense_is_not_taken() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(FILE), "{\"url\":1}").unwrap();
        assert_eq!(
            LocalAccess::read(dir.path()).unwrap_err().kind(),
            io::ErrorKind::InvalidData
        );
    }
}
