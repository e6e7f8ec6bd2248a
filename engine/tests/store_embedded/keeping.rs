//! What was acknowledged is there after any restart.

use futures_util::FutureExt;
use mazad_engine::limits::{APPEND_BYTES_MAX, READ_BYTES_MAX};

use super::*;

#[tokio::test]
async fn reopened_store_has_everything() {
    let dir = folder();
    let store = open(dir.path());
    assert!(store.report().created);
    for number in 0..30 {
        append(&store, "a", &format!("a{number}")).await.unwrap();
        append(&store, "b", &format!("b{number}")).await.unwrap();
    }
    let (before, identity) = (all(&store).await, store.identity());
    store.close().unwrap();
    drop(store);
    let store = open(dir.path());
    assert!(!store.report().created);
    assert_eq!(store.report().events, 60);
    assert_eq!(store.identity().store, identity.store);
    assert_eq!(store.identity().epoch >> 32, (identity.epoch >> 32) + 1);
    assert_eq!(all(&store).await, before);
    let of_a: Vec<_> = before
        .iter()
        .filter(|event| event.stream == stream("a"))
        .cloned()
        .collect();
    assert_eq!(
        store
            .read(&stream("a"), Revision(0), usize::MAX)
            .await
            .unwrap(),
        of_a
    );
    assert_eq!(
        store.read(&stream("a"), Revision(7), 5).await.unwrap(),
        of_a[7..12]
    );
    assert_eq!(append(&store, "a", "next").await, Ok(Position(60)));
    assert_eq!(all(&store).await.len(), 61);
    let segments = fs::read_dir(dir.path().join("log")).unwrap().count();
    assert!(
        segments > 15,
        "60 batches of a page each fill 4 to a segment: {segments}"
    );
}

/// A copy counts its starts on from where it was made, as the original does: the numbers must differ.
#[tokio::test]
async fn epochs_of_two_histories_of_one_store_are_not_the_same() {
    let dir = folder();
    drop(open(dir.path()));
    let copied = copy(dir.path());
    let (here, there) = (open(dir.path()).identity(), open(copied.path()).identity());
    assert_eq!(here.store, there.store);
    assert_eq!(here.epoch >> 32, there.epoch >> 32);
    assert_ne!(here.epoch, there.epoch);
}

#[tokio::test]
async fn repeat_is_recognised_after_reopening() {
    let dir = folder();
    let sent = vec![event("one"), event("two")];
    let store = open(dir.path());
    let first = store
        .append(&stream("a"), Expected::NoStream, sent.clone())
        .await;
    drop(store);
    let store = open(dir.path());
    assert_eq!(
        store.append(&stream("a"), Expected::NoStream, sent).await,
        first
    );
    assert_eq!(all(&store).await.len(), 2);
}

#[tokio::test]
async fn killed_store_has_everything() {
    let dir = folder();
    let store = open(dir.path());
    for number in 0..9 {
        append(&store, "a", &number.to_string()).await.unwrap();
        // What a kill leaves: the files as they are, no clean stop.
        let killed = copy(dir.path());
        let again = open(killed.path());
        assert_eq!(all(&again).await, all(&store).await);
        assert_eq!(again.report().discarded, []);
    }
}

#[tokio::test]
async fn sector_unit_packs_batches_closer() {
    let dir = folder();
    let store = EmbeddedStore::open(dir.path(), options().unit(Unit::Sector)).unwrap();
    for number in 0..20 {
        append(&store, "a", &number.to_string()).await.unwrap();
    }
    drop(store);
    assert_eq!(verify(dir.path()).unwrap().bytes, 21 * 512);
    // The store keeps its own unit.
    assert_eq!(all(&open(dir.path())).await.len(), 20);
}

#[tokio::test]
async fn concurrent_appends_share_batches() {
    let (dir, disk) = (folder(), FaultyDisk::new());
    let big = OpenOptions::new()
        .segment_bytes(8 << 20)
        .disk(Arc::new(disk.clone()));
    let store = EmbeddedStore::open(dir.path(), big).unwrap();
    let before = disk.count("sync", ".seg");
    let names: Vec<_> = (0..500)
        .map(|number| stream(&format!("sale-{number}")))
        .collect();
    let appends = names
        .iter()
        .map(|name| store.append(name, Expected::NoStream, vec![event("x")]));
    // However slow this thread is: the first sync ends only when all of them wait.
    let mut appends = join_all(appends);
    let gate = disk.sync_gate();
    let held = gate.lock();
    assert!((&mut appends).now_or_never().is_none());
    drop(held);
    assert!(appends.await.iter().all(Result::is_ok));
    let syncs = disk.count("sync", ".seg") - before;
    assert!(
        syncs < 10,
        "{syncs} syncs for 500 appends that waited together"
    );
}

#[test]
fn chain_names_the_batch_of_a_position() {
    let dir = small_store();
    let store = open(dir.path());
    let chains: Vec<_> = {
        let mut chains = Vec::new();
        for position in 0..16 {
            chains.push(store.chain_at(Position(position)).unwrap().unwrap());
        }
        chains
    };
    let mut distinct = chains.clone();
    distinct.dedup();
    assert_eq!(distinct.len(), 16, "each of these batches holds one event");
    assert_eq!(store.chain_at(Position(16)).unwrap(), None);
    drop(store);
    assert_eq!(
        open(dir.path()).chain_at(Position(3)).unwrap(),
        Some(chains[3])
    );
}

/// A slice would keep the whole batch that it was written with in memory, and no bound would hold.
#[tokio::test]
async fn event_holds_no_more_memory_than_its_own() {
    let dir = folder();
    let store = open(dir.path());
    let both = vec![event("one"), event("two")];
    let landed = store.append(&stream("a"), Expected::NoStream, both).await;
    landed.unwrap();
    let from_memory = all(&store).await;
    drop(store);
    let from_disk = all(&open(dir.path())).await;
    assert_eq!(from_memory, from_disk);
    for event in from_memory.iter().chain(&from_disk) {
        assert!(event.data.is_unique() && event.metadata.is_unique());
    }
}

#[tokio::test]
async fn answer_of_a_read_is_bounded_by_bytes() {
    let dir = folder();
    let large = OpenOptions::new().segment_bytes(8 << 20);
    let store = EmbeddedStore::open(dir.path(), large).unwrap();
    let text = "x".repeat(APPEND_BYTES_MAX - 4);
    let count = READ_BYTES_MAX / text.len() + 3;
    for _ in 0..count {
        append(&store, "a", &text).await.unwrap();
    }
    drop(store);
    let store = open(dir.path());
    let first = all(&store).await;
    assert!(!first.is_empty() && first.len() < count);
    let next = Position(first.len() as u64);
    let rest = store.read_all(next, usize::MAX).await.unwrap();
    assert_eq!(first.len() + rest.len(), count);
}

/// A folder whose name is not durable is gone after a power cut, with all that was synced in it.
#[test]
fn names_of_made_folders_are_synced() {
    let dir = folder();
    let disk = FaultyDisk::new();
    let on_disk = || options().disk(Arc::new(disk.clone()));
    drop(EmbeddedStore::open(dir.path().join("one/two/data"), on_disk()).unwrap());
    let top = dir.path().file_name().unwrap().to_string_lossy();
    for parent in [&*top, "one", "two"] {
        assert!(disk.count("sync_dir", parent) > 0, "{parent}");
    }
}

/// As `--data mazad-data`, the default: a name without a folder before it.
#[test]
fn name_of_a_relative_folder_is_synced_at_each_start() {
    let here = std::env::current_dir().unwrap();
    let dir = tempfile::tempdir_in(&here).unwrap();
    let name = dir.path().file_name().unwrap();
    let parent = here.file_name().unwrap().to_string_lossy();
    for start in 1..=2 {
        let disk = FaultyDisk::new();
        drop(EmbeddedStore::open(name, options().disk(Arc::new(disk.clone()))).unwrap());
        assert_eq!(disk.count("sync_dir", &parent), 1, "start {start}");
    }
}
