//! Snapshots of sales: a shortcut for start-up, never authoritative, sealed to the engine's key
//! since a state holds every maximum. Whatever does not fit is passed over and replayed instead.

use std::fmt;
use std::sync::Arc;

use uuid::Uuid;

use super::answered::{Answered, Entry, part_bytes, part_entries};
use crate::codec::{self, AnsweredPart, Seal, Vault};
use crate::domain::{Sale, SaleId};
use crate::store::log::{EmbeddedStore, SnapshotError, SnapshotStore, StreamSnapshot};
use crate::store::{Position, Revision, StreamId};

/// Version of the fold: raise it whenever `apply` or the encoding of a state changes.
const FOLD_VERSION: &str = "mazad-sale-6";

/// Where the engine keeps snapshots of its sales.
pub trait Snapshots: fmt::Debug + Send + Sync + 'static {
    /// The newest state of a sale that belongs to this log and this program, if there is one, and a
    /// position up to which it has all events of the sale.
    fn load(&self, sale: SaleId) -> Option<(SaleSnapshot, Position)>;

    /// The state alone, for a sale whose answered commands are known.
    fn load_state(&self, sale: SaleId) -> Option<Sale> {
        self.load(sale).map(|(snapshot, _)| snapshot.sale)
    }

    /// Keeps a state whose last event is durable at this position. Blocks on the disk, and encodes the
    /// state. A failure is logged and has no other effect: nothing depends on a snapshot.
    fn save(&self, sale: SaleId, snapshot: UnsavedSnapshot, position: Position) -> PartEnd;
}

/// A sale after one of its events.
#[derive(Debug, Clone)]
pub struct SaleSnapshot {
    /// Its state.
    pub sale: Sale,
    /// Every command that was answered until then.
    pub answered: Answered,
}

/// A snapshot that is to be saved.
#[derive(Debug)]
pub struct UnsavedSnapshot {
    /// The state of the sale.
    pub sale: Sale,
    pub(super) parts: Vec<AnsweredPart>,
    /// What was answered since the last of them.
    pub(super) entries: Vec<Entry>,
}

/// Whether what was answered since the last snapshot is in a file now.
#[derive(Debug)]
pub struct PartEnd(pub(super) Result<AnsweredPart, Vec<Entry>>);

impl PartEnd {
    /// Nothing was kept: what the snapshot was to have, the next one has to.
    pub fn not_kept(snapshot: UnsavedSnapshot) -> Self {
        Self(Err(snapshot.entries))
    }
}

/// Snapshots beside the embedded store.
#[derive(Debug)]
pub struct EmbeddedSnapshots {
    store: Arc<EmbeddedStore>,
    files: SnapshotStore,
    vault: Arc<Vault>,
}

impl EmbeddedSnapshots {
    /// Snapshots of one store, sealed with one key.
    pub fn new(store: Arc<EmbeddedStore>, files: SnapshotStore, vault: Arc<Vault>) -> Self {
        Self {
            store,
            files,
            vault,
        }
    }

    /// The state in a snapshot and the parts that it refers to; `None` if it is of another log or of
    /// another program.
    fn opened(&self, sale: SaleId, snapshot: &StreamSnapshot) -> Option<(Sale, Vec<AnsweredPart>)> {
        if snapshot.code_version != FOLD_VERSION {
            return None;
        }
        let in_log = self.store.chain_at(snapshot.position).ok()??;
        if in_log != snapshot.chain {
            return None;
        }
        let id = seal_id(sale, snapshot.revision, &snapshot.chain.0);
        let (state, parts) = codec::snapshot_from_bytes(&self.vault.unseal(
            Seal::State,
            id,
            FOLD_VERSION.as_bytes(),
            &snapshot.state,
        )?)
        .ok()?;
        let fits = state.next_revision.checked_sub(1) == Some(snapshot.revision.0);
        fits.then_some((state, parts))
    }

    /// The whole snapshots of a sale, newest first.
    fn files(&self, sale: SaleId) -> Vec<StreamSnapshot> {
        let (snapshots, faults) = match self.files.load(&StreamId::sale(sale.0)) {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%sale, %error, "snapshots cannot be read");
                return Vec::new();
            }
        };
        for fault in faults {
            tracing::warn!(%sale, file = fault.file, what = fault.what, "snapshot passed over");
        }
        snapshots
    }

    /// What the parts of a snapshot hold; `None` unless each is there and whole.
    fn answered(&self, sale: SaleId, parts: &[AnsweredPart]) -> Option<Answered> {
        let stream = StreamId::sale(sale.0);
        let mut loaded = Vec::with_capacity(parts.len());
        for part in parts {
            let read = self
                .files
                .load_part(&stream, Revision(part.last), part.bytes());
            let entries = match read {
                Ok(bytes) => part_entries(part, &bytes),
                Err(error) => {
                    tracing::warn!(%sale, %error, "a part of a snapshot cannot be read");
                    None
                }
            };
            let Some(entries) = entries else {
                tracing::warn!(%sale, part = part.last, "snapshot passed over: a part is not whole");
                return None;
            };
            loaded.push((*part, entries));
        }
        Some(Answered::from_parts(loaded))
    }

    /// Writes what was answered since the last part, then the state that refers to all of them.
    fn write(
        &self,
        sale: SaleId,
        snapshot: &UnsavedSnapshot,
        position: Position,
    ) -> Result<Option<AnsweredPart>, SnapshotError> {
        let stream = StreamId::sale(sale.0);
        let (Some(last), Ok(Some(chain))) = (
            snapshot.sale.next_revision.checked_sub(1).map(Revision),
            self.store.chain_at(position),
        ) else {
            return Ok(None);
        };
        let (part, bytes) = part_bytes(last.0, &snapshot.entries);
        self.files.save_part(&stream, last, &bytes)?;
        let mut parts = snapshot.parts.clone();
        parts.push(part);
        let id = seal_id(sale, last, &chain.0);
        let state = codec::snapshot_bytes(&snapshot.sale, &parts);
        let context = FOLD_VERSION.as_bytes();
        self.files.save(&StreamSnapshot {
            stream: stream.clone(),
            revision: last,
            position,
            chain,
            code_version: FOLD_VERSION.to_owned(),
            state: self.vault.seal(Seal::State, id, context, &state),
        })?;
        let kept: Vec<Revision> = parts.iter().map(|part| Revision(part.last)).collect();
        self.files.keep_parts(&stream, &kept)?;
        Ok(Some(part))
    }
}

impl Snapshots for EmbeddedSnapshots {
    fn load(&self, sale: SaleId) -> Option<(SaleSnapshot, Position)> {
        self.files(sale).iter().find_map(|snapshot| {
            let (state, parts) = self.opened(sale, snapshot)?;
            let answered = self.answered(sale, &parts)?;
            let loaded = SaleSnapshot {
                sale: state,
                answered,
            };
            Some((loaded, snapshot.position))
        })
    }

    fn load_state(&self, sale: SaleId) -> Option<Sale> {
        let files = self.files(sale);
        let opened = |snapshot| self.opened(sale, snapshot);
        files.iter().find_map(opened).map(|(state, _)| state)
    }

    fn save(&self, sale: SaleId, snapshot: UnsavedSnapshot, position: Position) -> PartEnd {
        match self.write(sale, &snapshot, position) {
            Ok(Some(part)) => PartEnd(Ok(part)),
            Ok(None) => PartEnd::not_kept(snapshot),
            Err(error) => {
                tracing::warn!(%sale, %error, "snapshot not saved");
                PartEnd::not_kept(snapshot)
            }
        }
    }
}

/// One seal for each content: the chain hash covers everything that led to the state.
fn seal_id(sale: SaleId, revision: Revision, chain: &[u8; 32]) -> Uuid {
    let mut name = b"mazad snapshot".to_vec();
    name.extend_from_slice(&revision.0.to_be_bytes());
    name.extend_from_slice(chain);
    Uuid::new_v5(&sale.0, &name)
}
