//! One writer, on one machine, on a file system that can be trusted; readers beside it.

use super::*;

#[test]
fn second_open_is_refused_as_locked() {
    let dir = folder();
    let store = open(dir.path());
    assert!(matches!(
        EmbeddedStore::open(dir.path(), options()),
        Err(OpenError::Locked)
    ));
    store.close().unwrap();
    open(dir.path());
}

#[test]
fn copied_folder_is_refused_until_adopted() {
    let dir = small_store();
    let elsewhere = || options().host_mark([7; 32]);
    let refused = EmbeddedStore::open(dir.path(), elsewhere());
    assert!(matches!(refused, Err(OpenError::OtherHost)));
    let adopting = elsewhere().adopt("old server burnt");
    let store = EmbeddedStore::open(dir.path(), adopting).unwrap();
    let adopted = store.report().adopted.clone().unwrap();
    assert_eq!(
        (adopted.to, adopted.reason.as_str()),
        ([7; 32], "old server burnt")
    );
    drop(store);
    EmbeddedStore::open(dir.path(), elsewhere()).unwrap();
    assert!(matches!(
        EmbeddedStore::open(dir.path(), options()),
        Err(OpenError::OtherHost)
    ));
    assert_eq!(verify(dir.path()).unwrap().notes, [Note::Adopted(adopted)]);
}

/// A copy beside the original, on one machine: two logs of one name would both acknowledge.
#[test]
fn copy_on_one_machine_is_refused_until_adopted() {
    let original = small_store();
    let dir = copy(original.path());
    let identity = dir.path().join("identity");
    let content = fs::read(&identity).unwrap();
    fs::remove_file(&identity).unwrap();
    fs::write(&identity, content).unwrap();
    let refused = EmbeddedStore::open(dir.path(), options());
    assert!(matches!(refused, Err(OpenError::OtherHost)));
    drop(EmbeddedStore::open(dir.path(), options().adopt("restored")).unwrap());
    assert_eq!(open(dir.path()).report().adopted, None);
    assert_eq!(open(original.path()).report().adopted, None);
    let [Note::Adopted(adopted)] = &verify(dir.path()).unwrap().notes[..] else {
        panic!("no note of it")
    };
    assert_eq!(
        (adopted.from, adopted.reason.as_str()),
        (adopted.to, "restored")
    );
}

#[test]
fn network_file_system_is_refused() {
    let (dir, disk) = (folder(), FaultyDisk::new());
    disk.pretend(FileSystemKind::Network);
    let refused = EmbeddedStore::open(dir.path(), options().disk(Arc::new(disk)));
    assert!(matches!(refused, Err(OpenError::Unfit(_))));
}

#[test]
fn examination_measures_syncs() {
    let dir = folder();
    let report = examine(dir.path()).unwrap();
    assert!(report.syncs > 0 && report.sync_us_max >= report.sync_us_p50);
    assert_eq!(
        fs::read_dir(dir.path()).unwrap().count(),
        0,
        "it leaves nothing behind"
    );
}

#[test]
fn folder_without_a_store_cannot_be_read() {
    let dir = folder();
    let read_only = EmbeddedStore::open_read_only(dir.path());
    assert!(matches!(read_only, Err(OpenError::NotAStore { .. })));
    assert!(matches!(
        verify(dir.path()),
        Err(OpenError::NotAStore { .. })
    ));
}

#[tokio::test]
async fn reader_beside_the_writer_sees_what_is_durable_and_writes_nothing() {
    let dir = folder();
    let store = open(dir.path());
    append(&store, "a", "one").await.unwrap();
    while !segment(dir.path(), 2).exists() {
        tokio::task::yield_now().await;
    }
    let before = contents(dir.path());
    let reader = EmbeddedStore::open_read_only(dir.path()).unwrap();
    assert_eq!(all(&reader).await, all(&store).await);
    let refused = append(&reader, "a", "two").await;
    assert_eq!(refused, Err(AppendError::Refused(StoreRefusal::Closed)));
    let logs = |files: Vec<(PathBuf, Vec<u8>)>| {
        files
            .into_iter()
            .filter(|(path, _)| !path.ends_with("watermark"))
            .collect::<Vec<_>>()
    };
    assert!(logs(contents(dir.path())) == logs(before));
    append(&store, "a", "two").await.unwrap();
    assert_eq!(all(&reader).await.len(), 1);
}

#[test]
fn readers_never_stumble_over_a_running_writer() {
    let dir = folder();
    let store = Arc::new(open(dir.path()));
    let writing = Arc::clone(&store);
    let writer = std::thread::spawn(move || {
        runtime().block_on(async {
            for number in 0..300 {
                append(&writing, "a", &number.to_string()).await.unwrap();
            }
        });
    });
    let mut seen = 0;
    while !writer.is_finished() {
        let reader = EmbeddedStore::open_read_only(dir.path()).unwrap();
        assert!(reader.report().events >= seen);
        seen = reader.report().events;
    }
    writer.join().unwrap();
}

/// What a walk has read is durable when it is shown: the last segments are synced again after it.
#[test]
fn what_was_read_is_synced_before_it_is_shown() {
    let dir = small_store();
    let mut numbers = 1..;
    let last = numbers.find(|number| !segment(dir.path(), number + 1).exists());
    for number in [last.unwrap() - 1, last.unwrap()] {
        let disk = FaultyDisk::new();
        drop(EmbeddedStore::open(dir.path(), options().disk(Arc::new(disk.clone()))).unwrap());
        let name = format!("{number:020}.seg");
        let calls = disk.calls();
        let walked = calls
            .iter()
            .take_while(|call| call.operation != "write" || !call.file.ends_with(".seg"));
        let syncs = walked.filter(|call| call.operation == "sync" && call.file == name);
        assert_eq!(syncs.count(), 2, "{name}");
    }
}

/// What a store says that found the folder taken over: no more is acknowledged.
async fn check_stopped(store: &EmbeddedStore) {
    let answer = append(store, "a", "two").await;
    let stopped = [
        Err(AppendError::Unknown),
        Err(AppendError::Refused(StoreRefusal::Closed)),
    ];
    assert!(stopped.contains(&answer), "{answer:?}");
    let reason = store.close().unwrap_err();
    assert!(reason.error.contains("taken over"), "{reason}");
    assert_eq!(all(store).await.len(), 1);
}

fn take_lock_over(dir: &Path) {
    fs::remove_file(dir.join("lock")).unwrap();
    fs::write(dir.join("lock"), "").unwrap();
}

#[tokio::test]
async fn writer_that_stood_still_finds_the_lock_taken_over() {
    let dir = folder();
    let wary = options().stall(Duration::ZERO);
    let store = EmbeddedStore::open(dir.path(), wary).unwrap();
    append(&store, "a", "one").await.unwrap();
    take_lock_over(dir.path());
    check_stopped(&store).await;
    drop(store);
    assert_eq!(verify(dir.path()).unwrap().events, 1);
}

#[tokio::test]
async fn writer_that_stood_still_writes_over_no_other_epoch() {
    let dir = folder();
    let wary = options().stall(Duration::ZERO);
    let store = EmbeddedStore::open(dir.path(), wary).unwrap();
    append(&store, "a", "one").await.unwrap();
    let mut log = fs::read(segment(dir.path(), 1)).unwrap();
    let next = end_of_log(&log).next_multiple_of(PAGE);
    let epoch: Vec<_> = log[..PAGE].to_vec();
    log[next..next + PAGE].copy_from_slice(&epoch);
    fs::write(segment(dir.path(), 1), &log).unwrap();
    check_stopped(&store).await;
    assert!(fs::read(segment(dir.path(), 1)).unwrap() == log);
}

#[tokio::test]
async fn removed_lock_lets_nobody_in() {
    let dir = folder();
    let store = open(dir.path());
    fs::remove_file(dir.path().join("lock")).unwrap();
    let second = EmbeddedStore::open(dir.path(), options());
    assert!(matches!(second, Err(OpenError::Locked)));
    append(&store, "a", "one").await.unwrap();
    store.close().unwrap();
    drop(store);
    assert_eq!(all(&open(dir.path())).await.len(), 1);
}

#[tokio::test]
async fn writer_that_stood_still_finds_another_folder_in_its_place() {
    let dir = folder();
    let root = dir.path().join("data");
    let store = EmbeddedStore::open(&root, options().stall(Duration::ZERO)).unwrap();
    append(&store, "a", "one").await.unwrap();
    fs::rename(&root, dir.path().join("old")).unwrap();
    copy_into(&dir.path().join("old"), &root);
    let answer = append(&store, "a", "two").await;
    assert!(answer.is_err(), "{answer:?}");
    assert!(store.close().is_err());
}
