//! Snapshots: equal to the log they shorten, and passed over when they are not of it.
#![cfg(test)]

use std::sync::Arc;

use mazad_engine::codec::command::of_act;
use mazad_engine::codec::{Vault, encode, state_bytes, state_digest, state_from_bytes};
use mazad_engine::domain::{
    Actor, Command, CommandId, Event, Meta, Recorded, Sale, SaleAct, SaleEvent, SaleId, StaffId,
    Time,
};
use mazad_engine::store::log::{EmbeddedStore, OpenOptions, SnapshotStore};
use mazad_engine::store::{EventStore, Expected, Position, Revision, StreamId};
use mazad_engine::testing::sale_terms;
use mazad_engine::{EmbeddedSnapshots, Snapshots};
use uuid::Uuid;

const SALE: SaleId = SaleId(Uuid::from_u128(5));

fn created(vault: &Vault) -> (Command, Event) {
    let terms = sale_terms();
    let actor = Actor::Staff(StaffId(Uuid::from_u128(2)));
    let id = CommandId(Uuid::from_u128(3));
    let act = SaleAct::Create {
        terms: terms.clone(),
    };
    let command = of_act((SALE, id), actor, Time(1), act.into(), vault);
    (command, SaleEvent::Created { terms }.into())
}

/// The sale after its first event.
fn folded(command: &Command, event: Event) -> Sale {
    let mut sale = Sale::default();
    sale.apply(&Recorded {
        revision: 0,
        meta: Meta::of(command, Time(1)),
        event,
    });
    sale
}

struct Folder {
    _dir: tempfile::TempDir,
    snapshots: EmbeddedSnapshots,
    sale: Sale,
}

impl Folder {
    /// Keeps the state as if its last event stood at this position.
    fn save(&self, position: Position) {
        let bytes = state_bytes(&self.sale);
        self.snapshots.save(SALE, Revision(0), &bytes, position);
    }
}

/// A store with one sale of one event, its snapshots sealed with `key`.
async fn folder(key: [u8; 32]) -> Folder {
    let dir = tempfile::tempdir().unwrap();
    let options = OpenOptions::new().segment_bytes(1024 * 1024);
    let store = Arc::new(EmbeddedStore::open(dir.path(), options).unwrap());
    let vault = Arc::new(Vault::from_key(key));
    let (command, event) = created(&vault);
    let stored = encode(
        (SALE, 0),
        &command,
        Time(1),
        std::slice::from_ref(&event),
        &vault,
    );
    let stream = StreamId::sale(SALE.0);
    store
        .append(&stream, Expected::NoStream, stored)
        .await
        .unwrap();
    let sale = folded(&command, event);
    let files = SnapshotStore::open(dir.path()).unwrap();
    let snapshots = EmbeddedSnapshots::new(store, files, vault);
    Folder {
        _dir: dir,
        snapshots,
        sale,
    }
}

#[test]
fn state_survives_its_bytes() {
    let (command, event) = created(&Vault::from_key([1; 32]));
    let sale = folded(&command, event);
    let again = state_from_bytes(&state_bytes(&sale)).unwrap();
    assert_eq!(again, sale);
    assert_eq!(state_digest(&again), state_digest(&sale));
    assert_ne!(state_digest(&Sale::default()), state_digest(&sale));
}

#[tokio::test]
async fn snapshot_gives_the_state_back() {
    let folder = folder([1; 32]).await;
    assert_eq!(folder.snapshots.load(SALE), None);
    folder.save(Position(0));
    assert_eq!(
        folder.snapshots.load(SALE),
        Some((folder.sale, Position(0)))
    );
}

#[tokio::test]
async fn snapshot_of_another_log_is_passed_over() {
    let (here, there) = (folder([1; 32]).await, folder([1; 32]).await);
    there.save(Position(0));
    let from = there._dir.path().join("snapshots");
    let to = here._dir.path().join("snapshots");
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
    assert_eq!(here.snapshots.load(SALE), None);
}

#[tokio::test]
async fn snapshot_of_a_state_that_is_not_the_logs_end_is_not_saved_past_it() {
    let folder = folder([1; 32]).await;
    folder.save(Position(7));
    assert_eq!(folder.snapshots.load(SALE), None);
}
