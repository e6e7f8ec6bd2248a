//! The identity file: which store this is, how it is laid out, on which machine it is written.

use std::fs;
use std::io;
use std::path::Path;

use uuid::Uuid;

use super::disk::{Access, read_whole};
use super::errors::{Damage, DiskError, OpenError};
use super::folder::Folder;
use super::format::{FORMAT_VERSION, Fields, is_zero, sha256};
use crate::limits::{SEGMENT_BYTES_MAX, SEGMENT_BYTES_MIN};

const MAGIC: [u8; 8] = *b"MZDSTORE";
const FILE_BYTES: usize = 4096;

/// The host mark of no machine: nobody writes a backup before somebody adopts it.
const NO_HOST: [u8; 32] = [0; 32];

/// What the identity file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IdentityFile {
    pub(crate) store: Uuid,
    pub(crate) unit: u32,
    pub(crate) segment_bytes: u64,
    pub(crate) host_mark: [u8; 32],
    /// Whether it was written as another file than it is read from: somebody copied the folder. Of no
    /// meaning when it is written.
    pub(crate) is_copy: bool,
}

impl IdentityFile {
    /// The identity of a backup of this store.
    pub(crate) fn backup(&self) -> Self {
        Self {
            host_mark: NO_HOST,
            is_copy: false,
            ..*self
        }
    }

    /// Whether this is a backup: its log is what its mark says, and no machine writes it yet.
    pub(crate) fn is_backup(&self) -> bool {
        self.host_mark == NO_HOST
    }

    fn encode(&self, number: u64) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(FILE_BYTES);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
        bytes.extend_from_slice(&[0; 2]);
        bytes.extend_from_slice(&self.unit.to_le_bytes());
        bytes.extend_from_slice(self.store.as_bytes());
        bytes.extend_from_slice(&self.segment_bytes.to_le_bytes());
        bytes.extend_from_slice(&self.host_mark);
        bytes.extend_from_slice(&number.to_le_bytes());
        bytes.resize(FILE_BYTES - 4, 0);
        bytes.extend_from_slice(&crc32c::crc32c(&bytes).to_le_bytes());
        bytes
    }

    fn decode(bytes: &[u8], number: u64) -> Decoded {
        let Some((content, checksum)) = bytes.split_last_chunk::<4>() else {
            return Decoded::Damaged;
        };
        let sound = crc32c::crc32c(content) == u32::from_le_bytes(*checksum);
        if bytes.len() != FILE_BYTES || !sound || !content.starts_with(&MAGIC) {
            return Decoded::Damaged;
        }
        let fields = content.get(MAGIC.len()..).unwrap_or_default();
        Self::decode_fields(fields, number).map_or(Decoded::Unknown, Decoded::Known)
    }

    fn decode_fields(content: &[u8], number: u64) -> Option<Self> {
        let mut fields = Fields(content);
        let version = fields.u16()?;
        let reserved = fields.u16()?;
        let unit = fields.u32()?;
        let store = Uuid::from_bytes(fields.array()?);
        let segment_bytes = fields.u64()?;
        let host_mark = fields.array()?;
        let is_copy = fields.u64()? != number;
        let known = version == FORMAT_VERSION && reserved == 0 && matches!(unit, 512 | 4096);
        let bounded = (SEGMENT_BYTES_MIN..=SEGMENT_BYTES_MAX).contains(&segment_bytes);
        let whole = segment_bytes.is_multiple_of(4096) && is_zero(fields.0);
        (known && bounded && whole).then_some(Self {
            store,
            unit,
            segment_bytes,
            host_mark,
            is_copy,
        })
    }
}

enum Decoded {
    Known(IdentityFile),
    Unknown,
    Damaged,
}

/// Reads the identity; `None` if the folder has none.
pub(crate) fn read_identity(folder: &Folder) -> Result<Option<IdentityFile>, OpenError> {
    let path = folder.identity();
    let damage = |what: &str| OpenError::from(Damage::of_file(&path, what));
    let read = || -> io::Result<_> {
        let file = folder.disk.open(&path, Access::Read)?;
        Ok((
            read_whole(file.as_ref(), FILE_BYTES as u64)?,
            file.number()?,
        ))
    };
    let (bytes, number) = match read() {
        Ok(read) => read,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return Err(damage("identity file is too long"));
        }
        Err(error) => return Err(DiskError::at("read", &path)(error).into()),
    };
    match IdentityFile::decode(&bytes, number) {
        Decoded::Known(identity) => Ok(Some(identity)),
        Decoded::Unknown => Err(OpenError::UnknownFormat { path }),
        Decoded::Damaged => Err(damage("checksum or length of the identity file is wrong")),
    }
}

/// The identity of a folder that must hold a store.
pub(crate) fn read_known_identity(folder: &Folder) -> Result<IdentityFile, OpenError> {
    read_identity(folder)?.ok_or_else(|| OpenError::NotAStore {
        path: folder.root.clone(),
    })
}

/// Writes the identity durably.
pub(crate) fn write_identity(folder: &Folder, identity: &IdentityFile) -> Result<(), DiskError> {
    folder.replace_with(&folder.identity(), |file| {
        Ok(identity.encode(file.number()?))
    })
}

/// Where Linux keeps the id of the machine.
const MACHINE_ID: &str = "/etc/machine-id";

/// The mark of this machine: tells a folder copied elsewhere from one that stayed. A hash, since the
/// machine's own id should not leave it. A copy on the same machine is told by its identity file.
///
/// # Errors
/// The id is there and cannot be read: no reason to take this machine for another one.
pub fn host_mark() -> Result<[u8; 32], DiskError> {
    let id = match fs::read_to_string(MACHINE_ID) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        read => read.map_err(DiskError::at("read", Path::new(MACHINE_ID)))?,
    };
    let id = id.trim();
    if id.is_empty() {
        tracing::warn!("no /etc/machine-id: this machine is not told from another one without it");
    }
    Ok(sha256(format!("mazad host mark v1\n{id}").as_bytes()))
}
