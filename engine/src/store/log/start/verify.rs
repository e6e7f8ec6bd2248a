//! Offline proof that a log is whole: from its first byte to its last.

use std::path::Path;
use std::sync::Arc;

use uuid::Uuid;

use super::open::witnesses;
use super::recover::walk_log;
use crate::store::log::bytes::disk::RealDisk;
use crate::store::log::bytes::errors::OpenError;
use crate::store::log::bytes::folder::Folder;
use crate::store::log::bytes::format::ChainHash;
use crate::store::log::bytes::identity::read_known_identity;
use crate::store::log::bytes::record::{Note, TailDiscarded};
use crate::store::log::bytes::walk::Depth;
use crate::store::log::run::durable_mark::BrokenMark;

/// What a full check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyReport {
    /// Which store this is.
    pub store: Uuid,
    /// Epoch of the last batch.
    pub epoch: u64,
    /// Segment files, a spare one included.
    pub segments: u64,
    /// Batches that are whole: header, body and chain.
    pub batches: u64,
    /// Events in those batches.
    pub events: u64,
    /// Streams they belong to.
    pub streams: u64,
    /// Bytes of whole batches, padding included.
    pub bytes: u64,
    /// SHA-256 of the last batch header: stands for the whole log.
    pub chain: ChainHash,
    /// What the starts of the store have noted.
    pub notes: Vec<Note>,
    /// A write cut by a crash at the very end, which the next start will set aside.
    pub torn_tail: Option<TailDiscarded>,
    /// The slot of the watermark file that is not whole, if one is not.
    pub broken_mark: Option<BrokenMark>,
}

/// Checks every byte of the log: checksums, hash chain, hashes of the bodies, dense positions and
/// revisions, zeros everywhere else. Takes no lock and writes nothing.
///
/// # Errors
/// [`OpenError::Damaged`] names the first place that is not as it was written.
pub fn verify(dir: &Path) -> Result<VerifyReport, OpenError> {
    let folder = Folder::new(Arc::new(RealDisk), dir);
    let identity = read_known_identity(&folder)?;
    let witnesses = witnesses(&folder, &identity, 0)?;
    let walked = walk_log(&folder, &identity, &witnesses, Depth::Full)?;
    Ok(VerifyReport {
        store: identity.store,
        epoch: walked.expect.epoch,
        segments: walked.segments,
        batches: walked.expect.batch,
        events: walked.expect.position,
        streams: walked.index.stream_count() as u64,
        bytes: walked.bytes,
        chain: walked.expect.chain,
        notes: walked.notes,
        torn_tail: walked.torn,
        broken_mark: witnesses.marks.broken_under(walked.expect.batch),
    })
}
