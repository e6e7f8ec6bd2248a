//! Snapshots are a shortcut: damaged ones are passed over, and each is tied to one log.

use super::*;

pub(crate) fn snapshot(revision: u64, chain: ChainHash) -> StreamSnapshot {
    StreamSnapshot {
        stream: stream("a"),
        revision: Revision(revision),
        position: Position(revision),
        chain,
        code_version: "0.1.0".into(),
        state: format!("state after {revision}").into_bytes(),
    }
}

#[test]
fn snapshots_load_newest_first_and_two_are_kept() {
    let dir = small_store();
    let store = SnapshotStore::open(dir.path()).unwrap();
    for revision in [3, 20, 100] {
        store.save(&snapshot(revision, ChainHash([9; 32]))).unwrap();
    }
    // A stream whose name begins with that of another one.
    store
        .save(&StreamSnapshot {
            stream: stream("a-2"),
            ..snapshot(7, ChainHash([9; 32]))
        })
        .unwrap();
    let (snapshots, faults) = store.load(&stream("a")).unwrap();
    assert_eq!(
        snapshots,
        [100, 20].map(|revision| snapshot(revision, ChainHash([9; 32])))
    );
    assert_eq!(faults, []);
    assert_eq!(
        store.load(&stream("none")).unwrap(),
        (Vec::new(), Vec::new())
    );
}

#[test]
fn damaged_snapshot_is_passed_over_and_reported() {
    let dir = small_store();
    let store = SnapshotStore::open(dir.path()).unwrap();
    for revision in [1, 2] {
        store.save(&snapshot(revision, ChainHash([9; 32]))).unwrap();
    }
    let path = dir.path().join("snapshots/a.00000000000000000002.snap");
    let content = fs::read(&path).unwrap();
    for byte in 0..content.len() {
        let mut changed = content.clone();
        changed[byte] ^= 0x20;
        fs::write(&path, &changed).unwrap();
        let (snapshots, faults) = store.load(&stream("a")).unwrap();
        assert_eq!((snapshots.len(), faults.len()), (1, 1), "byte {byte}");
        assert_eq!(snapshots[0].revision, Revision(1));
    }
    fs::write(&path, &content[..100]).unwrap();
    assert_eq!(store.load(&stream("a")).unwrap().1.len(), 1);
}

#[test]
fn snapshot_is_tied_to_its_log() {
    let (one, other) = (small_store(), small_store());
    let chain = |dir: &TempDir| {
        EmbeddedStore::open_read_only(dir.path())
            .unwrap()
            .chain_at(Position(5))
            .unwrap()
    };
    assert_ne!(chain(&one), chain(&other));
    assert_eq!(chain(&one), chain(&one));
}

/// It bears no witness either: a log that ends before it is whole all the same.
#[test]
fn snapshot_of_another_store_says_nothing() {
    let (one, other) = (small_store(), small_store());
    let files = SnapshotStore::open(other.path()).unwrap();
    files.save(&snapshot(100, ChainHash([9; 32]))).unwrap();
    verify(other.path()).unwrap_err();
    let name = "snapshots/a.00000000000000000100.snap";
    fs::copy(other.path().join(name), one.path().join(name)).unwrap();
    verify(one.path()).unwrap();
    drop(open(one.path()));
    let files = SnapshotStore::open(one.path()).unwrap();
    let (snapshots, faults) = files.load(&stream("a")).unwrap();
    assert_eq!((snapshots, faults.len()), (Vec::new(), 1));
}

#[test]
fn snapshots_need_a_store() {
    SnapshotStore::open(folder().path()).unwrap_err();
}
