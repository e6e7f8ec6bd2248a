//! Whatever call of a start fails, the operating system is named: a failed call is no damage, and one
//! beside the log stops nothing.

use super::damage::crashed_store;
use super::snapshots::snapshot;
use super::*;

/// What lies beside the log: a start goes on without it.
const BESIDE: [&str; 4] = ["snapshots", "quarantine", ".snap", "ballast.tmp"];

/// A store with several segments, a snapshot, and in the folder what an earlier start left there.
fn eventful_store() -> TempDir {
    let dir = small_store();
    let store = EmbeddedStore::open_read_only(dir.path()).unwrap();
    let chain = store.chain_at(Position(1)).unwrap().unwrap();
    drop(store);
    let snapshots = SnapshotStore::open(dir.path()).unwrap();
    snapshots.save(&snapshot(1, chain)).unwrap();
    fs::write(dir.path().join("log/next.tmp"), "half made").unwrap();
    fs::write(dir.path().join("snapshots/half.tmp"), "half made").unwrap();
    dir
}

/// A store whose end was cut in the middle of a write that nobody was told of.
fn torn_store() -> TempDir {
    let (dir, number, start, _) = crashed_store();
    let mut content = fs::read(segment(dir.path(), number)).unwrap();
    content[start + 200..].fill(0);
    fs::write(segment(dir.path(), number), content).unwrap();
    dir
}

/// Starts on a disk whose nth call fails once; gives the call and what became of the start.
fn start_failing_at(
    dir: &Path,
    n: usize,
    errno: i32,
) -> (Option<disk::Call>, Result<(), OpenError>) {
    let disk = FaultyDisk::failing_in_reads_too();
    disk.fail_after(n, Fault::Errno(errno), false);
    let opened = EmbeddedStore::open(dir, options().disk(Arc::new(disk.clone())));
    let failed = disk.calls().into_iter().find(|call| call.failed);
    let started = opened.map(|store| {
        // A failed call after the start is not this test's.
        let _ = store.close();
    });
    (failed, started)
}

fn every_call_of_a_start_fails_once(store: &TempDir, events: u64) {
    for errno in [EIO, EINTR, ENOSPC, EMFILE, EACCES, EROFS] {
        for n in 0.. {
            let dir = copy(store.path());
            let (failed, started) = start_failing_at(dir.path(), n, errno);
            let Some(failed) = failed else {
                assert!(n > 40, "{n}");
                break;
            };
            let what = format!("error {errno} of {failed:?}");
            match started {
                Ok(()) => {}
                Err(OpenError::Disk(error)) => {
                    let named = error.source.raw_os_error() == Some(errno);
                    // What the writer meets is told on as text.
                    assert!(
                        named || error.source.raw_os_error().is_none(),
                        "{what}: {error}"
                    );
                    let beside = BESIDE.iter().any(|name| failed.file.contains(name));
                    let is_setting_aside =
                        failed.file.contains(".torn") || error.path.ends_with("quarantine");
                    assert!(
                        !beside || is_setting_aside,
                        "{what} stopped the start: {error}"
                    );
                }
                Err(error) => panic!("{what}: {error}"),
            }
            let again = open(dir.path());
            assert_eq!(again.report().events, events, "{what}");
        }
    }
}

#[test]
fn a_failed_call_at_a_start_is_no_damage() {
    every_call_of_a_start_fails_once(&eventful_store(), 16);
}

#[test]
fn a_failed_call_while_a_tail_is_set_aside_is_no_damage() {
    every_call_of_a_start_fails_once(&torn_store(), 1);
}

#[test]
fn an_interrupted_reservation_is_asked_again() {
    let (dir, disk) = (folder(), FaultyDisk::new());
    let calls = |disk: &FaultyDisk| {
        disk.calls()
            .iter()
            .position(|call| call.operation == "allocate")
    };
    drop(EmbeddedStore::open(dir.path(), options().disk(Arc::new(disk.clone()))).unwrap());
    let n = calls(&disk).unwrap();
    let (dir, disk) = (folder(), FaultyDisk::new());
    disk.fail_after(n, Fault::Errno(EINTR), false);
    drop(EmbeddedStore::open(dir.path(), options().disk(Arc::new(disk.clone()))).unwrap());
    assert!(disk.calls()[n].failed);
    assert_eq!(disk.calls()[n + 1].operation, "allocate");
}
