//! `backup.json`: what the last backup of a data folder came to, for whoever looks after the house.
//!
//! `mazad backup` leaves it in the folder that it has copied, once the copy is proved; a copy that
//! failed leaves the note of the one before. It says what was done, not that the copy is still there.
//!
//! Its form: `{"at":"1790000000000000","to":"/mnt/backup/house","events":120,"bytes":65536,"chain":"..."}`.

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::limits::BACKUP_NOTE_BYTES_MAX;

/// Name of the file in the data folder.
const FILE: &str = "backup.json";

/// What the last backup came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupNote {
    /// When it was proved, microseconds since 1970 UTC.
    pub at: String,
    /// Where it lies, as the machine names it.
    pub to: String,
    /// Events in it, of all streams.
    pub events: u64,
    /// Bytes of its log.
    pub bytes: u64,
    /// Hash of the chain at its end, in hex.
    pub chain: String,
}

impl BackupNote {
    /// Writes the note into a data folder, in place of an earlier one.
    ///
    /// # Errors
    /// The folder cannot be written by whoever makes the backup.
    pub fn write(&self, dir: &Path) -> io::Result<()> {
        let draft = dir.join(format!("{FILE}.new"));
        // A draft that a crash has left may be anybody's, with other rights: begin anew.
        match fs::remove_file(&draft) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        fs::rename(&draft, dir.join(FILE))
    }

    /// The note of a data folder; `None`: no backup was ever made of it.
    ///
    /// # Errors
    /// The file cannot be read, or is not such a note.
    pub fn read(dir: &Path) -> io::Result<Option<Self>> {
        let file = match fs::File::open(dir.join(FILE)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        let mut text = Vec::new();
        file.take(BACKUP_NOTE_BYTES_MAX).read_to_end(&mut text)?;
        let note = serde_json::from_slice(&text);
        note.map(Some)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not a backup.json"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_note_is_the_one_that_is_read() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(BackupNote::read(dir.path()).unwrap(), None);
        let mut note = BackupNote {
            at: "1".to_owned(),
            to: "/mnt/backup/house".to_owned(),
            events: 1,
            bytes: 2,
            chain: "ab".to_owned(),
        };
        for at in ["1", "2"] {
            at.clone_into(&mut note.at);
            note.write(dir.path()).unwrap();
            assert_eq!(BackupNote::read(dir.path()).unwrap(), Some(note.clone()));
        }
        fs::write(dir.path().join(FILE), "{}").unwrap();
        BackupNote::read(dir.path()).unwrap_err();
    }
}
