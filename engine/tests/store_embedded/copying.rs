//! A backup: whole whenever it is taken, gone on with at the price of what is new, and never mixed with
//! another history.

use mazad_engine::store::log::{Copied, CopyError, CopyExtent, copy_log};

use super::*;

fn back_up(from: &Path, to: &Path) -> Result<Copied, CopyError> {
    copy_log(from, to, CopyExtent::Whole)
}

fn write(store: &EmbeddedStore, name: &str, text: &str) {
    runtime().block_on(append(store, name, text)).unwrap();
}

#[tokio::test]
async fn a_backup_beside_the_writer_is_whole_at_any_moment() {
    let (dir, backup) = (folder(), folder());
    let store = open(dir.path());
    let mut bytes = 0;
    for number in 0..20 {
        append(&store, "a", &format!("{number}")).await.unwrap();
        let copied = back_up(dir.path(), backup.path()).unwrap();
        assert_eq!((copied.events, copied.events_added), (number + 1, 1));
        bytes += copied.bytes_added;
        assert_eq!(copied.bytes, bytes, "only what is new is written");
        let report = verify(backup.path()).unwrap();
        assert_eq!((report.events, report.chain), (number + 1, copied.chain));
        assert_eq!(copied.streams, [(stream("a"), number + 1)]);
    }
    let again = back_up(dir.path(), backup.path()).unwrap();
    assert_eq!((again.events_added, again.bytes_added), (0, 0));
    store.close().unwrap();
    let read = EmbeddedStore::open_read_only(backup.path()).unwrap();
    assert_eq!(all(&read).await, all(&store).await);
}

/// The writer goes on while it is copied: whatever is cut, is cut between two batches.
#[test]
fn a_backup_under_load_is_whole() {
    let (dir, backup) = (folder(), folder());
    let store = Arc::new(open(dir.path()));
    let writes = std::thread::spawn({
        let store = Arc::clone(&store);
        move || {
            runtime().block_on(async {
                for number in 0..600 {
                    let text = "x".repeat(number * 7 % 3000);
                    append(&store, &format!("s{}", number % 3), &text)
                        .await
                        .unwrap();
                }
            });
        }
    });
    let mut seen = 0;
    while !writes.is_finished() {
        let copied = back_up(dir.path(), backup.path()).unwrap();
        let report = verify(backup.path()).unwrap();
        assert_eq!((report.events, report.chain), (copied.events, copied.chain));
        assert!(copied.events >= seen);
        seen = copied.events;
    }
    writes.join().unwrap();
    let last = back_up(dir.path(), backup.path()).unwrap();
    assert_eq!(last.events, 600);
    assert_eq!(last.chain, verify(dir.path()).unwrap().chain);
}

#[test]
fn a_backup_is_written_by_nobody_until_it_is_adopted() {
    let (dir, backup) = (small_store(), folder());
    back_up(dir.path(), backup.path()).unwrap();
    let refused = EmbeddedStore::open(backup.path(), options());
    assert!(matches!(refused, Err(OpenError::OtherHost)));
    let adopted = EmbeddedStore::open(backup.path(), options().adopt("disk gone")).unwrap();
    assert_eq!(adopted.report().events, 16);
    write(&adopted, "a", "goes on");
    adopted.close().unwrap();
    assert_eq!(open(backup.path()).report().events, 17);
    // It is a house now, which no backup may write over.
    let over = back_up(dir.path(), backup.path());
    assert!(matches!(over, Err(CopyError::NotABackup)), "{over:?}");
    let itself = back_up(dir.path(), dir.path());
    assert!(matches!(itself, Err(CopyError::NotABackup)), "{itself:?}");
}

/// What the power left of a backup that was being added to, in whatever order it reached the disk.
#[test]
fn a_backup_that_was_not_finished_is_what_it_was_before() {
    let (dir, backup) = (small_store(), folder());
    let before = back_up(dir.path(), backup.path()).unwrap();
    let store = open(dir.path());
    for number in 0..9 {
        write(&store, "a", &format!("later {number}"));
    }
    store.close().unwrap();
    let mark = fs::read(backup.path().join("watermark")).unwrap();
    let last = before_end(backup.path());
    let after = back_up(dir.path(), backup.path()).unwrap();
    assert!(after.events == 25 && before_end(backup.path()) > last);
    fs::write(backup.path().join("watermark"), mark).unwrap();
    // The first of the new batches did not reach the disk, the later ones did.
    let file = segment(backup.path(), last.0);
    let mut bytes = fs::read(&file).unwrap();
    bytes[last.1..(last.1 + PAGE).min(SEGMENT as usize)].fill(0);
    fs::write(&file, bytes).unwrap();

    let report = verify(backup.path()).unwrap();
    assert_eq!((report.events, report.chain), (16, before.chain));
    let adopted = copy(backup.path());
    let opened = EmbeddedStore::open(adopted.path(), options().adopt("so be it")).unwrap();
    assert_eq!(opened.report().events, 16);
    write(&opened, "a", "goes on");
    opened.close().unwrap();
    assert_eq!(verify(adopted.path()).unwrap().events, 17);

    let again = back_up(dir.path(), backup.path()).unwrap();
    assert_eq!((again.events, again.chain), (25, after.chain));
    assert_eq!(verify(backup.path()).unwrap().chain, after.chain);
}

/// Segment and offset where a log ends.
fn before_end(dir: &Path) -> (u64, usize) {
    let ends = (1..)
        .map(|number| (number, segment(dir, number)))
        .take_while(|(_, path)| path.exists())
        .map(|(number, path)| (number, end_of_log(&fs::read(path).unwrap())))
        .filter(|(_, end)| *end > 0);
    let (number, end) = ends.last().unwrap();
    (number, end.next_multiple_of(PAGE))
}

#[test]
fn two_histories_never_meet_in_one_backup() {
    let (dir, backup) = (small_store(), folder());
    back_up(dir.path(), backup.path()).unwrap();
    let store = open(dir.path());
    write(&store, "a", "the tail that is lost");
    store.close().unwrap();
    let restored = copy(backup.path());
    back_up(dir.path(), backup.path()).unwrap();

    let store = EmbeddedStore::open(restored.path(), options().adopt("disk gone")).unwrap();
    for shorter in [true, false] {
        let other = back_up(restored.path(), backup.path());
        let told = matches!(other, Err(CopyError::OtherHistory { events: 17 }));
        assert!(told, "{shorter}: {other:?}");
        for text in ["another", "and another"] {
            write(&store, "a", text);
        }
    }
    let (strange, empty) = (folder(), folder());
    drop(open(strange.path()));
    let other = back_up(strange.path(), backup.path());
    assert!(matches!(other, Err(CopyError::OtherStore(_))), "{other:?}");
    let nothing = back_up(empty.path(), backup.path());
    let is_none = matches!(nothing, Err(CopyError::Source(OpenError::NotAStore { .. })));
    assert!(is_none, "{nothing:?}");
}

/// What `cp -r` makes of a running folder: a log that is older than the mark beside it.
#[test]
fn a_copy_that_was_cut_is_told_from_damage_and_gives_what_it_has() {
    let dir = small_store();
    let log = fs::read(segment(dir.path(), before_end(dir.path()).0)).unwrap();
    let number = before_end(dir.path()).0;
    let store = open(dir.path());
    write(&store, "a", "one more");
    store.close().unwrap();
    let cut = folder();
    copy_into(dir.path(), cut.path());
    let identity = fs::read(cut.path().join("identity")).unwrap();
    fs::remove_file(cut.path().join("identity")).unwrap();
    fs::write(cut.path().join("identity"), identity).unwrap();
    for later in number.. {
        let file = segment(cut.path(), later);
        if !file.exists() {
            break;
        }
        let older = if later == number {
            log.clone()
        } else {
            vec![0; log.len()]
        };
        fs::write(file, older).unwrap();
    }
    assert!(matches!(verify(cut.path()), Err(OpenError::CutCopy(_))));
    let served = EmbeddedStore::open(cut.path(), options().adopt("restored"));
    assert!(matches!(served, Err(OpenError::CutCopy(_))), "{served:?}");

    let (whole, saved) = (folder(), folder());
    let refused = back_up(cut.path(), whole.path());
    let told = matches!(refused, Err(CopyError::Source(OpenError::CutCopy(_))));
    assert!(told, "{refused:?}");
    let copied = copy_log(cut.path(), saved.path(), CopyExtent::UpToCut).unwrap();
    assert_eq!((copied.events, copied.events_known), (16, 17));
    assert_eq!(verify(saved.path()).unwrap().events, 16);
}
