//! Snapshots: a shortcut for start-up, never authoritative. The log is never cut because of one, and
//! a damaged one is passed over and reported.

use std::path::Path;
use std::sync::Arc;

use uuid::Uuid;

use crate::limits::{SNAPSHOT_STATE_BYTES_MAX, SNAPSHOTS_KEPT};
use crate::store::log::bytes::disk::{Access, Disk, RealDisk, read_exact_at, read_file};
use crate::store::log::bytes::errors::{DiskError, OpenError};
use crate::store::log::bytes::folder::Folder;
use crate::store::log::bytes::format::{ChainHash, FORMAT_VERSION, Fields, is_zero, sha256};
use crate::store::log::bytes::identity::read_known_identity;
use crate::store::{Position, Revision, StreamId};

const MAGIC: [u8; 8] = *b"MZDSNAPS";
const HEADER_BYTES: usize = 512;

/// The state of one stream after one of its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamSnapshot {
    /// Whose state it is.
    pub stream: StreamId,
    /// Last event of the stream that is in it.
    pub revision: Revision,
    /// Position of that event.
    pub position: Position,
    /// What [`EmbeddedStore::chain_at`](crate::store::log::EmbeddedStore::chain_at) says of that position: ties it to one log.
    pub chain: ChainHash,
    /// Version of the code that folded it: another one may fold differently. At most 255 bytes.
    pub code_version: String,
    /// The state, in whatever encoding its owner uses.
    pub state: Vec<u8>,
}

/// Why a snapshot could not be saved or listed. Nothing depends on one, so the caller goes on.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The state or the code version is longer than allowed.
    #[error("snapshot is too large")]
    Size,
    /// The operating system failed a call.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// There is no store in the folder, or none that can be read.
    #[error(transparent)]
    Store(#[from] OpenError),
}

/// A snapshot file that was passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotFault {
    /// Its name in the folder `snapshots`.
    pub file: String,
    /// What is wrong with it.
    pub what: String,
}

/// The snapshot files of a store.
#[derive(Debug, Clone)]
pub struct SnapshotStore {
    folder: Folder,
    /// Which store they are of.
    store: Uuid,
}

impl SnapshotStore {
    /// Opens the snapshots of the store in a folder (the same that the store was opened with).
    ///
    /// # Errors
    /// If there is no store in the folder, or the folder for them cannot be made.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, SnapshotError> {
        Self::open_on(Arc::new(RealDisk), dir)
    }

    /// The same on another disk.
    ///
    /// # Errors
    /// As [`SnapshotStore::open`].
    pub fn open_on(disk: Arc<dyn Disk>, dir: impl AsRef<Path>) -> Result<Self, SnapshotError> {
        let folder = Folder::new(disk, dir.as_ref());
        let store = read_known_identity(&folder)?.store;
        let path = folder.snapshots();
        folder
            .disk
            .create_dir(&path)
            .map_err(DiskError::at("create", &path))?;
        Ok(Self { folder, store })
    }

    /// Saves a snapshot durably and removes all but the newest two of its stream.
    ///
    /// # Errors
    /// If it is too large or a call failed; the older snapshots are then still there.
    pub fn save(&self, snapshot: &StreamSnapshot) -> Result<(), SnapshotError> {
        let bytes = encode(snapshot, self.store).ok_or(SnapshotError::Size)?;
        let dir = self.folder.snapshots();
        let name = file_name(&snapshot.stream, snapshot.revision, SNAPSHOT);
        self.folder.replace(&dir.join(name), &bytes)?;
        for old in self
            .names(&snapshot.stream, SNAPSHOT)?
            .iter()
            .skip(SNAPSHOTS_KEPT)
        {
            let path = dir.join(old);
            self.folder
                .disk
                .remove(&path)
                .map_err(DiskError::at("remove", &path))?;
        }
        Ok(())
    }

    /// The whole snapshots of a stream, newest first, and what was passed over. The caller checks
    /// that the log has each one's chain hash at its position, and falls back to replay.
    ///
    /// # Errors
    /// If the folder cannot be listed; a file that cannot be read is passed over.
    pub fn load(
        &self,
        stream: &StreamId,
    ) -> Result<(Vec<StreamSnapshot>, Vec<SnapshotFault>), SnapshotError> {
        let (mut snapshots, mut faults) = (Vec::new(), Vec::new());
        for name in self.names(stream, SNAPSHOT)? {
            let path = self.folder.snapshots().join(&name);
            let length_max = (HEADER_BYTES + SNAPSHOT_STATE_BYTES_MAX + 32) as u64;
            let loaded = read_file(self.folder.disk.as_ref(), &path, length_max)
                .map_err(|error| error.to_string())
                .and_then(|bytes| decode(&bytes).ok_or_else(|| "it is damaged".to_owned()))
                .and_then(|(snapshot, store)| {
                    if store != self.store {
                        return Err("it is of another store".to_owned());
                    }
                    let named = file_name(&snapshot.stream, snapshot.revision, SNAPSHOT) == name;
                    named
                        .then_some(snapshot)
                        .ok_or_else(|| "its name is of another".to_owned())
                });
            match loaded {
                Ok(snapshot) => snapshots.push(snapshot),
                Err(what) => {
                    tracing::warn!(%stream, file = name, what, "snapshot passed over");
                    faults.push(SnapshotFault { file: name, what });
                }
            }
        }
        snapshots.truncate(SNAPSHOTS_KEPT);
        Ok((snapshots, faults))
    }

    /// Saves a part of what snapshots of a stream refer to, durably. Whoever refers to it knows its
    /// digest: it has no checksum of its own.
    ///
    /// # Errors
    /// If a call failed.
    pub fn save_part(
        &self,
        stream: &StreamId,
        last: Revision,
        bytes: &[u8],
    ) -> Result<(), SnapshotError> {
        let name = file_name(stream, last, PART);
        self.folder
            .replace(&self.folder.snapshots().join(name), bytes)?;
        Ok(())
    }

    /// Reads a part that has so many bytes.
    ///
    /// # Errors
    /// If it is not there, is longer, or cannot be read.
    pub fn load_part(
        &self,
        stream: &StreamId,
        last: Revision,
        bytes: u64,
    ) -> Result<Vec<u8>, SnapshotError> {
        let path = self.folder.snapshots().join(file_name(stream, last, PART));
        let read = read_file(self.folder.disk.as_ref(), &path, bytes);
        Ok(read.map_err(DiskError::at("read", &path))?)
    }

    /// Removes the parts of a stream but for these: nothing refers to them any more.
    ///
    /// # Errors
    /// If a call failed.
    pub fn keep_parts(&self, stream: &StreamId, kept: &[Revision]) -> Result<(), SnapshotError> {
        let dir = self.folder.snapshots();
        let kept: Vec<String> = kept
            .iter()
            .map(|last| file_name(stream, *last, PART))
            .collect();
        for name in self.names(stream, PART)? {
            if !kept.contains(&name) {
                let path = dir.join(&name);
                self.folder
                    .disk
                    .remove(&path)
                    .map_err(DiskError::at("remove", &path))?;
            }
        }
        Ok(())
    }

    /// Names of a stream's files of one kind, newest first: the names sort by revision.
    fn names(&self, stream: &StreamId, kind: &str) -> Result<Vec<String>, DiskError> {
        let mut names = self.folder.list(&self.folder.snapshots())?;
        names.retain(|name| {
            let revision = name
                .strip_prefix(stream.as_str())
                .and_then(|rest| rest.strip_prefix('.')?.strip_suffix(kind));
            revision.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
        });
        names.sort_unstable_by(|a, b| b.cmp(a));
        Ok(names)
    }
}

/// How the name of a snapshot ends.
const SNAPSHOT: &str = ".snap";

/// How the name of a part ends.
const PART: &str = ".answered";

/// A dot cannot be in a stream's name, so no two streams share a name.
fn file_name(stream: &StreamId, revision: Revision, kind: &str) -> String {
    format!("{stream}.{:020}{kind}", revision.0)
}

fn encode(snapshot: &StreamSnapshot, store: Uuid) -> Option<Vec<u8>> {
    if snapshot.state.len() > SNAPSHOT_STATE_BYTES_MAX {
        return None;
    }
    let mut bytes = Vec::with_capacity(HEADER_BYTES + snapshot.state.len() + 32);
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
    for text in [snapshot.stream.as_str(), &snapshot.code_version] {
        bytes.push(u8::try_from(text.len()).ok()?);
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes.extend_from_slice(&snapshot.revision.0.to_le_bytes());
    bytes.extend_from_slice(&snapshot.position.0.to_le_bytes());
    bytes.extend_from_slice(&snapshot.chain.0);
    bytes.extend_from_slice(&sha256(&snapshot.state));
    bytes.extend_from_slice(&(snapshot.state.len() as u64).to_le_bytes());
    bytes.extend_from_slice(store.as_bytes());
    bytes.resize(HEADER_BYTES - 4, 0);
    bytes.extend_from_slice(&crc32c::crc32c(&bytes).to_le_bytes());
    bytes.extend_from_slice(&snapshot.state);
    let own = sha256(&bytes);
    bytes.extend_from_slice(&own);
    Some(bytes)
}

/// The snapshot and the store that it is of.
fn decode(bytes: &[u8]) -> Option<(StreamSnapshot, Uuid)> {
    let (content, own) = bytes.split_last_chunk::<32>()?;
    if sha256(content) != *own {
        return None;
    }
    let (header, state) = content.split_at_checked(HEADER_BYTES)?;
    let header = Header::decode(header)?;
    if state.len() as u64 != header.state_bytes || sha256(state) != header.state_hash {
        return None;
    }
    let state = state.to_vec();
    Some((
        StreamSnapshot {
            state,
            ..header.snapshot
        },
        header.store,
    ))
}

/// The front of a snapshot.
struct Header {
    /// The snapshot, its state left empty.
    snapshot: StreamSnapshot,
    state_hash: [u8; 32],
    state_bytes: u64,
    store: Uuid,
}

impl Header {
    fn decode(header: &[u8]) -> Option<Self> {
        let (content, checksum) = header.split_last_chunk::<4>()?;
        if crc32c::crc32c(content) != u32::from_le_bytes(*checksum) {
            return None;
        }
        let mut fields = Fields(content.strip_prefix(&MAGIC)?);
        if fields.u16()? != FORMAT_VERSION {
            return None;
        }
        let mut text = || {
            let length = usize::from(fields.u8()?);
            str::from_utf8(fields.bytes(length)?).ok()
        };
        let (stream, code_version) = (StreamId::parse(text()?)?, text()?.to_owned());
        let snapshot = StreamSnapshot {
            stream,
            revision: Revision(fields.u64()?),
            position: Position(fields.u64()?),
            chain: ChainHash(fields.array()?),
            code_version,
            state: Vec::new(),
        };
        let header = Self {
            snapshot,
            state_hash: fields.array()?,
            state_bytes: fields.u64()?,
            store: Uuid::from_bytes(fields.array()?),
        };
        is_zero(fields.0).then_some(header)
    }
}

/// Number of events that the log must have by the word of its own snapshots.
pub(crate) fn durable_by_snapshots(folder: &Folder, store: Uuid) -> u64 {
    let covered = snapshots_of(folder, store)
        .into_iter()
        .map(|(_, position)| position.0.saturating_add(1));
    covered.max().unwrap_or(0)
}

/// Stream and last position of each snapshot of a store, whose fronts are enough for that. What
/// cannot be read, or is of another store, says nothing.
pub(crate) fn snapshots_of(folder: &Folder, store: Uuid) -> Vec<(StreamId, Position)> {
    let dir = folder.snapshots();
    let names = folder.disk.list(&dir).unwrap_or_default();
    let snapshots = names
        .iter()
        .filter(|name| name.ends_with(SNAPSHOT))
        .filter_map(|name| {
            let file = folder.disk.open(&dir.join(name), Access::Read).ok()?;
            let mut header = [0; HEADER_BYTES];
            read_exact_at(file.as_ref(), &mut header, 0).ok()?;
            let header = Header::decode(&header).filter(|header| header.store == store)?;
            Some((header.snapshot.stream, header.snapshot.position))
        });
    snapshots.collect()
}
