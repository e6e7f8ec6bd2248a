//! `demo.json`: what a demo must know to go on after it was killed.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::pace::Pace;

/// Name of the file in the data folder. Readable by its owner alone, since it has tokens.
const FILE: &str = "demo.json";

/// A demo in a data folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    #[serde(with = "as_text")]
    pub(crate) sale: Uuid,
    /// Of the bidders' choices.
    pub(crate) seed: u64,
    /// Of everything.
    pub(crate) speed: Pace,
    /// When the sale opens or has opened, in microseconds since 1970-01-01 UTC.
    pub(crate) opens_at: u64,
    /// Paddles given to people so far.
    pub(crate) guests: u32,
    /// Bearer tokens of the scripted bidders and the clerk, in their order, once they came in.
    pub(crate) tokens: Vec<String>,
}

impl Record {
    /// Reads the record of a folder; `None` if there is none.
    ///
    /// # Errors
    /// The file cannot be read, or is not such a record.
    pub(crate) fn read(dir: &Path) -> io::Result<Option<Self>> {
        match fs::read(path(dir)) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes the record, whole or not at all.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn write(&self, dir: &Path) -> io::Result<()> {
        fs::create_dir_all(dir)?;
        let draft = dir.join(format!("{FILE}.tmp"));
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&draft)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.sync_all()?;
        fs::rename(&draft, path(dir))
    }
}

/// An id as text.
mod as_text {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};
    use uuid::Uuid;

    pub(super) fn serialize<S: Serializer>(id: &Uuid, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(id)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Uuid, D::Error> {
        let text = String::deserialize(from)?;
        Uuid::parse_str(&text).map_err(D::Error::custom)
    }
}

fn path(dir: &Path) -> PathBuf {
    dir.join(FILE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demo_is_found_again() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Record::read(dir.path()).unwrap(), None);
        let record = Record {
            sale: Uuid::from_u128(7),
            seed: 3,
            speed: "20".parse().unwrap(),
            opens_at: 5,
            guests: 1,
            tokens: vec!["secret".to_owned()],
        };
        record.write(dir.path()).unwrap();
        assert_eq!(Record::read(dir.path()).unwrap(), Some(record));
    }
}
