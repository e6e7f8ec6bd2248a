//! What says how far a log must reach.

use crate::store::log::bytes::errors::OpenError;
use crate::store::log::bytes::folder::Folder;
use crate::store::log::bytes::identity::IdentityFile;
use crate::store::log::run::durable_mark::{DurableMarks, read_marks};
use crate::store::log::run::snapshot::durable_by_snapshots;

/// What must be in the log, whatever its end looks like.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Witnesses {
    pub(crate) marks: DurableMarks,
    /// Number of events that a snapshot or a published checkpoint covers.
    pub(crate) durable: u64,
}

/// Everything that says how far the log must reach.
pub(crate) fn witnesses(
    folder: &Folder,
    identity: &IdentityFile,
    known_durable: u64,
) -> Result<Witnesses, OpenError> {
    let marks = read_marks(folder, identity.store)?;
    let durable = known_durable.max(durable_by_snapshots(folder, identity.store));
    Ok(Witnesses { marks, durable })
}
