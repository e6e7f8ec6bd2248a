//! Whatever call fails, nothing acknowledged is lost and nothing is acknowledged after it.

use super::*;

/// What a run on a failing disk told its callers.
#[derive(Debug, Default)]
struct Told {
    acked: Vec<String>,
    unknown: Vec<String>,
    refused: Vec<String>,
    poisonings: usize,
    opened: bool,
}

/// Opens a store, appends until the disk has rotated twice, closes.
fn run(dir: &Path, disk: &FaultyDisk) -> Told {
    let poisonings = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&poisonings);
    let options = options().disk(Arc::new(disk.clone())).on_poison(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
    });
    let mut told = Told::default();
    let Ok(store) = EmbeddedStore::open(dir, options) else {
        return told;
    };
    told.opened = true;
    runtime().block_on(async {
        for number in 0..10 {
            let text = number.to_string();
            match append(&store, "a", &text).await {
                Ok(_) => {
                    assert!(
                        told.unknown.is_empty(),
                        "acknowledged after an unknown outcome"
                    );
                    told.acked.push(text);
                }
                Err(AppendError::Unknown) => told.unknown.push(text),
                Err(AppendError::Refused(_)) => told.refused.push(text),
                Err(conflict @ AppendError::Conflict { .. }) => panic!("{conflict}"),
            }
        }
        let texts: Vec<_> = all(&store).await.iter().map(text).collect();
        assert_eq!(texts, told.acked, "shown is not what was acknowledged");
    });
    let closed = store.close();
    drop(store);
    told.poisonings = poisonings.load(Ordering::SeqCst);
    assert_eq!(
        told.poisonings,
        usize::from(closed.is_err()),
        "the owner is told once"
    );
    told
}

fn text(event: &RecordedEvent) -> String {
    String::from_utf8(event.data.to_vec()).unwrap()
}

/// A restart on a sound disk: everything acknowledged is there, nothing refused is.
fn check_restart(dir: &Path, told: &Told, what: &str) {
    let store = EmbeddedStore::open(dir, options());
    let store = store.unwrap_or_else(|error| panic!("{what}: {error}; told {told:?}"));
    let there: Vec<_> = runtime().block_on(all(&store)).iter().map(text).collect();
    for acked in &told.acked {
        assert!(
            there.contains(acked),
            "{what}: {acked} was acknowledged and is lost"
        );
    }
    for refused in &told.refused {
        assert!(
            !there.contains(refused),
            "{what}: {refused} was refused and is there"
        );
    }
    assert!(there.len() <= told.acked.len() + told.unknown.len());
}

/// No sync is repeated on a file whose sync has failed, and no write goes to the log after it.
fn check_calls(disk: &FaultyDisk, what: &str) {
    let calls = disk.calls();
    let failed = calls
        .iter()
        .position(|call| call.failed && matches!(call.operation, "sync" | "sync_dir" | "rename"));
    let Some(failed) = failed else { return };
    let same = |call: &&disk::Call| {
        call.operation == calls[failed].operation && call.file == calls[failed].file
    };
    let again = calls[failed + 1..].iter().filter(same).count();
    assert_eq!(again, 0, "{what}: {:?} was called again", calls[failed]);
}

#[test]
fn nth_call_fails_for_every_n() {
    let faults = [
        (Fault::Errno(EIO), "EIO"),
        (Fault::Errno(ENOSPC), "ENOSPC"),
        (Fault::Errno(EDQUOT), "EDQUOT"),
        (Fault::Errno(EINTR), "EINTR"),
        (Fault::Short, "short write"),
    ];
    for (fault, name) in faults {
        for for_ever in [false, true] {
            // Nobody is interrupted for ever.
            if for_ever && fault == Fault::Errno(EINTR) {
                continue;
            }
            let mut reached = false;
            for n in 0.. {
                let (dir, disk) = (folder(), FaultyDisk::new());
                disk.fail_after(n, fault, for_ever);
                let told = run(dir.path(), &disk);
                let what = format!("{name} at call {n}, for ever: {for_ever}");
                check_calls(&disk, &what);
                check_restart(dir.path(), &told, &what);
                if disk.calls().len() <= n {
                    assert_eq!(told.acked.len(), 10, "{what}: nothing failed");
                    reached = true;
                    break;
                }
                if fault == Fault::Short {
                    assert_eq!(told.acked.len(), 10, "{what}: a short write is no error");
                }
                if n > 60 && fault == Fault::Short && for_ever {
                    reached = true;
                    break;
                }
            }
            assert!(reached);
        }
    }
}

#[tokio::test]
async fn failed_sync_poisons_and_is_never_repeated() {
    let (dir, disk) = (folder(), FaultyDisk::new());
    let told = Arc::new(parking_lot::Mutex::new(Vec::new()));
    let telling = Arc::clone(&told);
    let big = OpenOptions::new()
        .segment_bytes(1 << 20)
        .disk(Arc::new(disk.clone()))
        .on_poison(move |reason| telling.lock().push(reason.clone()));
    let store = EmbeddedStore::open(dir.path(), big).unwrap();
    append(&store, "a", "acked").await.unwrap();
    // One write, then the sync. The spare segment and the watermark may come in between, so the
    // error stays.
    disk.fail_after(0, Fault::Errno(EIO), true);
    let syncs = disk.count("sync", "1.seg");
    let names: Vec<_> = (0..50)
        .map(|number| stream(&format!("sale-{number}")))
        .collect();
    let appends = names
        .iter()
        .map(|name| store.append(name, Expected::NoStream, vec![event("x")]));
    for answer in join_all(appends).await {
        let unknown_or_closed = [
            Err(AppendError::Unknown),
            Err(AppendError::Refused(StoreRefusal::Closed)),
        ];
        assert!(unknown_or_closed.contains(&answer), "{answer:?}");
    }
    let later = append(&store, "a", "later").await;
    assert_eq!(later, Err(AppendError::Refused(StoreRefusal::Closed)));
    assert!(store.close().is_err());
    assert_eq!(told.lock().len(), 1);
    assert!(disk.count("sync", "1.seg") <= syncs + 1);
    assert_eq!(all(&store).await.len(), 1);
    drop(store);
    assert_eq!(open(dir.path()).report().events, 1);
}

#[test]
fn owner_is_told_without_waiting_for_the_thread_that_makes_segments() {
    let (dir, disk) = (folder(), FaultyDisk::new());
    let gate = disk.gate();
    let held = gate.lock();
    let (tell, told) = std::sync::mpsc::sync_channel(1);
    let options = options()
        .disk(Arc::new(disk.clone()))
        .on_poison(move |reason| tell.send(reason.operation).unwrap());
    let store = EmbeddedStore::open(dir.path(), options).unwrap();
    while disk.count("create", "ballast.tmp") == 0 {
        std::thread::yield_now();
    }
    disk.fail_after(0, Fault::Errno(EIO), true);
    let answer = runtime().block_on(append(&store, "a", "x"));
    assert_eq!(answer, Err(AppendError::Unknown));
    assert_eq!(told.recv().unwrap(), "write");
    drop(held);
    assert!(store.close().is_err());
}

#[test]
fn full_disk_refuses_cleanly_and_goes_on_when_there_is_room() {
    let (dir, disk) = (folder(), FaultyDisk::new());
    runtime().block_on(async {
        let on_disk = || options().disk(Arc::new(disk.clone()));
        let store = EmbeddedStore::open(dir.path(), on_disk()).unwrap();
        append(&store, "a", "first").await.unwrap();
        // Closing waits for segment 2 and the ballast; from now on no other one can be made.
        store.close().unwrap();
        drop(store);
        disk.pretend_full(true);
        let store = EmbeddedStore::open(dir.path(), on_disk()).unwrap();
        let mut landed = 0;
        let refusal = loop {
            match append(&store, "a", "x").await {
                Ok(_) => landed += 1,
                Err(error) => break error,
            }
        };
        assert_eq!(refusal, AppendError::Refused(StoreRefusal::DiskFull));
        // Two epochs and the first event, then this segment, the spare and the ballast: four each.
        assert_eq!(landed, 1 + 4 + 4);
        assert!(!dir.path().join("ballast").exists());
        assert!(segment(dir.path(), 3).exists());
        assert_eq!(
            append(&store, "b", "x").await,
            Err(AppendError::Refused(StoreRefusal::DiskFull))
        );
        while store.disk_space() != DiskSpace::Out {
            tokio::task::yield_now().await;
        }
        disk.pretend_full(false);
        append(&store, "b", "now").await.unwrap();
        assert_eq!(all(&store).await.len(), landed + 2);
        store.close().unwrap();
    });
    verify(dir.path()).unwrap();
}

#[test]
fn nth_call_fails_while_the_ballast_is_given_up() {
    for n in 0.. {
        let (dir, disk) = (folder(), FaultyDisk::new());
        drop(open(dir.path()));
        disk.pretend_full(true);
        disk.fail_after(n, Fault::Errno(EIO), true);
        let told = run(dir.path(), &disk);
        let what = format!("EIO at call {n} on a full disk");
        check_calls(&disk, &what);
        check_restart(dir.path(), &told, &what);
        if disk.calls().len() <= n {
            assert!(told.acked.len() + told.refused.len() == 10 && !told.acked.is_empty());
            break;
        }
    }
}

/// Sockets and the log share the descriptors of the process: a crowd that takes them all stops
/// nothing that has a segment to go on in, and the next one is made once there are some again.
#[test]
fn running_out_of_descriptors_is_no_failed_disk() {
    const NEEDS_ONE: [&str; 4] = ["create", "open", "list", "sync_dir"];
    let opening = {
        let (dir, disk) = (folder(), FaultyDisk::new());
        drop(EmbeddedStore::open(dir.path(), options().disk(Arc::new(disk.clone()))).unwrap());
        disk.calls().len()
    };
    let mut met = 0;
    for n in opening.. {
        let (dir, disk) = (folder(), FaultyDisk::new());
        disk.fail_after(n, Fault::Errno(EMFILE), false);
        let told = run(dir.path(), &disk);
        let calls = disk.calls();
        let Some(failed) = calls.iter().find(|call| call.failed) else {
            break;
        };
        if NEEDS_ONE.contains(&failed.operation) && failed.file != "watermark" {
            assert_eq!((told.poisonings, told.unknown.len()), (0, 0), "{failed:?}");
            met += 1;
        }
        check_restart(dir.path(), &told, &format!("{failed:?}"));
    }
    assert!(met > 0);
}
