//! Snapshots of sales: a shortcut for start-up, never authoritative, sealed to the engine's key
//! since a state holds every maximum. Whatever does not fit is passed over and replayed instead.

use std::fmt;
use std::sync::Arc;

use uuid::Uuid;

use crate::codec::{self, Vault};
use crate::domain::{Sale, SaleId};
use crate::store::embedded::{EmbeddedStore, Snapshot, SnapshotStore};
use crate::store::{Position, Revision, StreamId};

/// Version of the fold: raise it whenever `apply` or the encoding of a state changes.
const FOLD_VERSION: &str = "mazad-sale-1";

/// Where the engine keeps snapshots of its sales.
pub trait Snapshots: fmt::Debug + Send + Sync + 'static {
    /// The newest state of a sale that belongs to this log and this program, if there is one, and a
    /// position up to which it has all events of the sale.
    fn load(&self, sale: SaleId) -> Option<(Sale, Position)>;

    /// Keeps a state whose last event is durable at this position. A failure is logged and has no
    /// other effect: nothing depends on a snapshot.
    fn save(&self, sale: SaleId, state: &Sale, position: Position);
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

    fn opened(&self, sale: SaleId, snapshot: &Snapshot) -> Option<(Sale, Position)> {
        if snapshot.code_version != FOLD_VERSION {
            return None;
        }
        let in_log = self.store.chain_at(snapshot.position).ok()??;
        if in_log != snapshot.chain {
            return None;
        }
        let id = seal_id(sale, snapshot.revision, &snapshot.chain.0);
        let state = codec::state_from_bytes(&self.vault.unseal(id, &snapshot.state)?).ok()?;
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

    fn save(&self, sale: SaleId, state: &Sale, position: Position) {
        let Some(last) = state.next_revision.checked_sub(1) else {
            return;
        };
        let revision = Revision(last);
        let chain = match self.store.chain_at(position) {
            Ok(Some(chain)) => chain,
            Ok(None) | Err(_) => return,
        };
        let id = seal_id(sale, revision, &chain.0);
        let snapshot = Snapshot {
            stream: StreamId::sale(sale.0),
            revision,
            position,
            chain,
            code_version: FOLD_VERSION.to_owned(),
            state: self.vault.seal(id, &codec::state_bytes(state)),
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
