//! Snapshots: equal to the log they shorten, and passed over when they are not of it.
#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mazad_engine::codec::command::of_act;
use mazad_engine::codec::{Vault, state_bytes, state_digest, state_from_bytes};
use mazad_engine::domain::{
    Act, Actor, AnswerKey, CommandId, Paddle, Sale, SaleAct, SaleId, StaffId, Time,
};
use mazad_engine::store::log::{EmbeddedStore, OpenOptions, SnapshotStore};
use mazad_engine::store::{EventStore, Position, StreamId};
use mazad_engine::testing::sale_terms;
use mazad_engine::writer::{SaleSnapshot, Writer};
use mazad_engine::{EmbeddedSnapshots, Snapshots};
use uuid::Uuid;

const SALE: SaleId = SaleId(Uuid::from_u128(5));
const CLERK: Actor = Actor::Staff(StaffId(Uuid::from_u128(2)));

/// A store with one sale, its writer, and its snapshots.
struct Folder {
    dir: tempfile::TempDir,
    store: Arc<EmbeddedStore>,
    vault: Arc<Vault>,
    snapshots: EmbeddedSnapshots,
    writer: Writer,
    end: Position,
}

fn key(number: u64) -> AnswerKey {
    AnswerKey {
        actor: CLERK,
        command: CommandId(Uuid::from_u128(u128::from(number))),
    }
}

impl Folder {
    /// With so many events, one for each command.
    async fn with_events(events: u64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let options = OpenOptions::new().segment_bytes(1024 * 1024);
        let store = Arc::new(EmbeddedStore::open(dir.path(), options).unwrap());
        let vault = Arc::new(Vault::from_key([1; 32]));
        let files = SnapshotStore::open(dir.path()).unwrap();
        let snapshots = EmbeddedSnapshots::new(Arc::clone(&store), files, Arc::clone(&vault));
        let mut folder = Self {
            writer: Writer::new(SALE, Arc::clone(&vault)),
            end: Position(0),
            dir,
            store,
            vault,
            snapshots,
        };
        folder.go_on(events).await;
        folder
    }

    /// Command number n makes event number n: the sale, then a paddle each.
    async fn go_on(&mut self, events: u64) {
        for _ in 0..events {
            let next = self.writer.sale().next_revision;
            let act = match u32::try_from(next).unwrap() {
                0 => Act::from(SaleAct::Create {
                    terms: sale_terms(),
                }),
                number => Act::from(SaleAct::AdmitPaddle {
                    paddle: Paddle(number),
                    account: None,
                    limit: None,
                }),
            };
            let id = (SALE, key(next).command);
            let command = of_act(id, CLERK, Time(1), act, &self.vault);
            let mut batch = self
                .writer
                .prepare(&mut vec![(command, ())], Time(1), Time(1));
            let events = std::mem::take(&mut batch.events);
            let stream = StreamId::sale(SALE.0);
            let appended = self.store.append(&stream, batch.expected, events).await;
            self.end = appended.unwrap().position;
            self.writer.commit(batch);
        }
    }

    /// Keeps a snapshot as if its last event stood at this position.
    fn save_at(&mut self, position: Position) {
        let snapshot = self.writer.take_unsaved();
        let end = self.snapshots.save(SALE, snapshot, position);
        self.writer.saved(end);
    }

    fn save(&mut self) {
        self.save_at(self.end);
    }

    fn files(&self, kind: &str) -> Vec<PathBuf> {
        files(&self.dir.path().join("snapshots"), kind)
    }

    /// The newest snapshot that fits has so many events, and knows the command of each and no other.
    fn check_loaded(&self, events: u64) {
        let (snapshot, _) = self.snapshots.load(SALE).expect("a snapshot fits");
        let SaleSnapshot { sale, answered } = snapshot;
        assert_eq!(sale.next_revision, events);
        let writer = Writer::with_answered(SALE, Arc::clone(&self.vault), sale, answered);
        for number in 0..events {
            let recall = writer.recall(key(number)).expect("it was answered");
            assert_eq!(recall.first.0, number);
        }
        assert_eq!(writer.recall(key(events)), None);
    }
}

fn files(folder: &Path, kind: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|found| found == kind))
        .collect();
    files.sort();
    files
}

#[tokio::test]
async fn state_survives_its_bytes() {
    let folder = Folder::with_events(3).await;
    let sale = folder.writer.sale();
    let again = state_from_bytes(&state_bytes(sale)).unwrap();
    assert_eq!(again, *sale);
    assert_eq!(state_digest(&again), state_digest(sale));
    assert_ne!(state_digest(&Sale::default()), state_digest(sale));
}

#[tokio::test]
async fn snapshot_gives_the_state_back_and_what_was_answered() {
    let mut folder = Folder::with_events(1).await;
    assert!(folder.snapshots.load(SALE).is_none());
    for events in [1, 6, 8, 20] {
        folder
            .go_on(events - folder.writer.sale().next_revision)
            .await;
        folder.save();
        folder.check_loaded(events);
        let state = folder.snapshots.load_state(SALE);
        assert_eq!(state.as_ref(), Some(folder.writer.sale()));
    }
    // Each has only what is new; the newest two states are kept, and every part that they need.
    assert_eq!(folder.files("answered").len(), 4);
    assert_eq!(folder.files("snap").len(), 2);
}

#[tokio::test]
async fn snapshot_without_one_of_its_parts_is_passed_over() {
    let mut folder = Folder::with_events(5).await;
    folder.save();
    folder.go_on(5).await;
    folder.save();
    let newest = folder.files("answered").pop().unwrap();
    let bytes = fs::read(&newest).unwrap();
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        fs::write(&newest, damaged).unwrap();
        folder.check_loaded(5);
    }
    for wrong in [&bytes[..bytes.len() - 16], &[&bytes[..], &[0; 16]].concat()] {
        fs::write(&newest, wrong).unwrap();
        folder.check_loaded(5);
    }
    fs::remove_file(&newest).unwrap();
    folder.check_loaded(5);
    // What follows is whole again, with the part that was lost.
    fs::write(&newest, bytes).unwrap();
    folder.go_on(1).await;
    folder.save();
    folder.check_loaded(11);
}

#[tokio::test]
async fn part_that_nothing_refers_to_is_removed() {
    let mut folder = Folder::with_events(5).await;
    folder.save();
    let stray = folder.files("answered").pop().unwrap();
    let stray = stray.with_file_name(format!("sale-{SALE}.{:020}.answered", 3));
    fs::write(&stray, b"of a process that went on otherwise").unwrap();
    folder.go_on(1).await;
    folder.save();
    assert!(!stray.exists());
    folder.check_loaded(6);
}

/// What was taken from the writer for a snapshot that could not be saved goes into the next one.
#[tokio::test]
async fn snapshot_after_one_that_failed_has_everything() {
    let mut folder = Folder::with_events(5).await;
    folder.save_at(Position(70));
    assert!(folder.snapshots.load(SALE).is_none());
    folder.go_on(2).await;
    folder.save();
    folder.check_loaded(7);
}

#[tokio::test]
async fn snapshot_of_another_log_is_passed_over() {
    let (here, mut there) = (Folder::with_events(1).await, Folder::with_events(1).await);
    there.save();
    let to = here.dir.path().join("snapshots");
    for file in there.files("snap").iter().chain(&there.files("answered")) {
        fs::copy(file, to.join(file.file_name().unwrap())).unwrap();
    }
    assert!(here.snapshots.load(SALE).is_none());
}

/// What did not become durable was never answered.
#[tokio::test]
async fn command_of_an_abandoned_batch_was_not_answered() {
    let mut folder = Folder::with_events(3).await;
    let act = Act::from(SaleAct::AdmitPaddle {
        paddle: Paddle(9),
        account: None,
        limit: None,
    });
    let command = of_act((SALE, key(3).command), CLERK, Time(1), act, &folder.vault);
    let batch = folder
        .writer
        .prepare(&mut vec![(command, ())], Time(1), Time(1));
    let (waits, answered) = folder.writer.abandon(batch);
    assert_eq!(waits.len(), 1);
    let vault = Arc::clone(&folder.vault);
    let writer = Writer::with_answered(SALE, vault, Sale::default(), answered);
    assert!(writer.recall(key(2)).is_some());
    assert!(writer.recall(key(3)).is_none());
}
