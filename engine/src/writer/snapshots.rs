//! Snapshots of sales: a shortcut for start-up, never authoritative, sealed to the engine's key
//! since a state holds every maximum. Whatever does not fit is passed over and replayed instead.

use std::fmt;
use std::sync::Arc;

use tokio::task::JoinHandle;
use uuid::Uuid;

use super::core::Writer;
use crate::codec::{self, Seal, Vault};
use crate::domain::{Sale, SaleId};
use crate::limits::SNAPSHOT_EVENTS;
use crate::store::log::{EmbeddedStore, SnapshotStore, StreamSnapshot};
use crate::store::{DiskSpace, Position, Revision, StreamId};

/// Version of the fold: raise it whenever `apply` or the encoding of a state changes.
const FOLD_VERSION: &str = "mazad-sale-4";

/// Where the engine keeps snapshots of its sales.
pub trait Snapshots: fmt::Debug + Send + Sync + 'static {
    /// The newest state of a sale that belongs to this log and this program, if there is one, and a
    /// position up to which it has all events of the sale.
    fn load(&self, sale: SaleId) -> Option<(Sale, Position)>;

    /// Keeps the bytes of a state whose last event is this one, durable at this position. Blocks on
    /// the disk. A failure is logged and has no other effect: nothing depends on a snapshot.
    fn save(&self, sale: SaleId, last: Revision, state: &[u8], position: Position);
}

/// Keeps a snapshot of one sale now and then, beside its loop: nobody waits for the disk.
#[derive(Debug)]
pub(crate) struct Keeper {
    pub(crate) snapshots: Option<Arc<dyn Snapshots>>,
    /// Events since the last snapshot.
    unsaved: u64,
    saving: Option<JoinHandle<()>>,
}

impl Keeper {
    /// `unsaved` events have been folded on top of the last snapshot.
    pub(crate) fn new(snapshots: Option<Arc<dyn Snapshots>>, unsaved: u64) -> Self {
        Self {
            snapshots,
            unsaved,
            saving: None,
        }
    }

    /// The log has grown. Encoding the state costs the sale its time, so that happens seldom; one
    /// snapshot at a time, and none where space is short.
    pub(crate) fn grown(&mut self, writer: &Writer, position: Position, by: u64, space: DiskSpace) {
        self.unsaved = self.unsaved.saturating_add(by);
        let is_saving = self.saving.as_ref().is_some_and(|task| !task.is_finished());
        let is_due = self.unsaved >= SNAPSHOT_EVENTS && space == DiskSpace::Plenty && !is_saving;
        let state = writer.sale();
        let (Some(snapshots), true, Some(last)) = (
            &self.snapshots,
            is_due,
            state.next_revision.checked_sub(1).map(Revision),
        ) else {
            return;
        };
        let (snapshots, sale) = (Arc::clone(snapshots), writer.id());
        let bytes = codec::state_bytes(state);
        let save = move || snapshots.save(sale, last, &bytes, position);
        self.saving = Some(tokio::task::spawn_blocking(save));
        self.unsaved = 0;
    }

    /// Waits for a snapshot that is being written.
    pub(crate) async fn finish(&mut self) {
        if let Some(saving) = self.saving.take() {
            // A snapshot that failed is one that is not there.
            let _failed = saving.await;
        }
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

    fn opened(&self, sale: SaleId, snapshot: &StreamSnapshot) -> Option<(Sale, Position)> {
        if snapshot.code_version != FOLD_VERSION {
            return None;
        }
        let in_log = self.store.chain_at(snapshot.position).ok()??;
        if in_log != snapshot.chain {
            return None;
        }
        let id = seal_id(sale, snapshot.revision, &snapshot.chain.0);
        let state = codec::state_from_bytes(&self.vault.unseal(
            Seal::State,
            id,
            FOLD_VERSION.as_bytes(),
            &snapshot.state,
        )?)
        .ok()?;
        let fits = state.next_revision.checked_sub(1) == Some(snapshot.revision.0);
        fits.then_some((state, snapshot.position))
    }
}

impl Snapshots for EmbeddedSnapshots {
    fn load(&self, sale: SaleId) -> Option<(Sale, Position)> {
        let (snapshots, faults) = match self.files.load(&StreamId::sale(sale.0)) {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%sale, %error, "snapshots cannot be read");
                return None;
            }
        };
        for fault in faults {
            tracing::warn!(%sale, file = fault.file, what = fault.what, "snapshot passed over");
        }
        snapshots
            .iter()
            .find_map(|snapshot| self.opened(sale, snapshot))
    }

    fn save(&self, sale: SaleId, last: Revision, state: &[u8], position: Position) {
        let chain = match self.store.chain_at(position) {
            Ok(Some(chain)) => chain,
            Ok(None) | Err(_) => return,
        };
        let id = seal_id(sale, last, &chain.0);
        let snapshot = StreamSnapshot {
            stream: StreamId::sale(sale.0),
            revision: last,
            position,
            chain,
            code_version: FOLD_VERSION.to_owned(),
            state: self
                .vault
                .seal(Seal::State, id, FOLD_VERSION.as_bytes(), state),
        };
        if let Err(error) = self.files.save(&snapshot) {
            tracing::warn!(%sale, %error, "snapshot not saved");
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
