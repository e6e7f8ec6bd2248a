//! What a store says of its room, and what it keeps for the day when there is none.

use mazad_engine::limits::{SPACE_OUT_BYTES, SPACE_SHORT_BYTES};

use super::*;

#[test]
fn room_follows_the_free_bytes() {
    let (dir, disk) = (folder(), FaultyDisk::new());
    let rooms = [
        (SPACE_SHORT_BYTES, DiskSpace::Plenty),
        (SPACE_SHORT_BYTES - 1, DiskSpace::Short),
        (SPACE_OUT_BYTES, DiskSpace::Short),
        (SPACE_OUT_BYTES - 1, DiskSpace::Out),
        (0, DiskSpace::Out),
    ];
    for (free, room) in rooms {
        disk.pretend_free(Some(free));
        let options = options().disk(Arc::new(disk.clone()));
        let store = EmbeddedStore::open(dir.path(), options).unwrap();
        assert_eq!(store.disk_space(), room, "{free} bytes free");
        store.close().unwrap();
    }
}

#[tokio::test]
async fn running_store_sees_that_the_disk_fills() {
    let (dir, disk) = (folder(), FaultyDisk::new());
    disk.pretend_free(Some(u64::MAX));
    let options = options().disk(Arc::new(disk.clone()));
    let store = EmbeddedStore::open(dir.path(), options).unwrap();
    assert_eq!(store.disk_space(), DiskSpace::Plenty);
    disk.pretend_free(Some(0));
    // A new segment makes it look at once.
    for number in 0..5 {
        append(&store, "a", &number.to_string()).await.unwrap();
    }
    while store.disk_space() != DiskSpace::Out {
        tokio::task::yield_now().await;
    }
}

#[test]
fn ballast_is_a_segment_of_zeros() {
    let dir = folder();
    drop(open(dir.path()));
    let ballast = fs::read(dir.path().join("ballast")).unwrap();
    assert!(ballast == vec![0; SEGMENT as usize]);
}

#[test]
fn ballast_is_made_again() {
    let dir = small_store();
    fs::remove_file(dir.path().join("ballast")).unwrap();
    drop(open(dir.path()));
    assert!(dir.path().join("ballast").exists());
}

#[tokio::test]
async fn ballast_that_is_not_zeros_never_becomes_log() {
    let (dir, disk) = (folder(), FaultyDisk::new());
    drop(open(dir.path()));
    let mut ballast = vec![0; SEGMENT as usize];
    ballast[PAGE + 7] = 1;
    fs::write(dir.path().join("ballast"), ballast).unwrap();
    disk.pretend_full(true);
    let options = options().disk(Arc::new(disk.clone()));
    let store = EmbeddedStore::open(dir.path(), options).unwrap();
    while append(&store, "a", "x").await.is_ok() {}
    store.close().unwrap();
    // Its room did.
    assert!(!dir.path().join("ballast").exists());
    assert!(segment(dir.path(), 3).exists());
    verify(dir.path()).unwrap();
}

#[tokio::test]
async fn full_disk_is_no_reason_not_to_start() {
    let (dir, disk) = (folder(), FaultyDisk::new());
    drop(open(dir.path()));
    disk.pretend_full(true);
    for number in 0..4 {
        let options = options().disk(Arc::new(disk.clone()));
        let store = EmbeddedStore::open(dir.path(), options).unwrap();
        append(&store, "a", &number.to_string()).await.unwrap();
        store.close().unwrap();
    }
    assert_eq!(verify(dir.path()).unwrap().events, 4);
    let left = fs::read_dir(dir.path()).unwrap();
    let mut left = left.map(|entry| entry.unwrap().file_name());
    assert!(!left.any(|name| name.to_string_lossy().ends_with(".tmp")));
}

#[test]
fn torn_tail_is_set_aside_on_a_full_disk() {
    let (dir, disk) = (folder(), FaultyDisk::new());
    drop(open(dir.path()));
    let mut log = fs::read(segment(dir.path(), 1)).unwrap();
    log[PAGE + 7] = 1;
    fs::write(segment(dir.path(), 1), &log).unwrap();
    disk.pretend_full(true);
    let options = options().disk(Arc::new(disk.clone()));
    let store = EmbeddedStore::open(dir.path(), options).unwrap();
    assert_eq!(store.report().discarded.len(), 1);
    assert!(!dir.path().join("ballast").exists());
    store.close().unwrap();
    verify(dir.path()).unwrap();
}

#[test]
fn what_was_in_making_is_removed_everywhere() {
    let dir = small_store();
    let leftovers = [
        "identity.tmp",
        "watermark.tmp",
        "ballast.tmp",
        "examine.tmp",
        "examine-renamed.tmp",
        "log/next.tmp",
        "quarantine/1-2-3.tmp",
        "snapshots/a.00000000000000000001.tmp",
    ];
    for name in leftovers {
        fs::write(dir.path().join(name), "half").unwrap();
    }
    fs::write(dir.path().join("of-another.tmp"), "whole").unwrap();
    drop(open(dir.path()));
    for name in leftovers {
        assert!(!dir.path().join(name).exists(), "{name}");
    }
    assert!(dir.path().join("of-another.tmp").exists());
}

#[tokio::test]
async fn marked_event_cannot_look_torn() {
    let dir = folder();
    let store = open(dir.path());
    append(&store, "a", "hammer").await.unwrap();
    let unmarked = fs::read(dir.path().join("watermark")).unwrap();
    store.mark();
    while fs::read(dir.path().join("watermark")).unwrap() == unmarked {
        tokio::task::yield_now().await;
    }
    let crashed = copy(dir.path());
    let mut log = fs::read(segment(crashed.path(), 1)).unwrap();
    log[PAGE + 200] ^= 1;
    fs::write(segment(crashed.path(), 1), log).unwrap();
    let refused = EmbeddedStore::open(crashed.path(), options());
    assert!(matches!(refused, Err(OpenError::Damaged(_))));
}
