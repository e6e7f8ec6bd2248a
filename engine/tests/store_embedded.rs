//! What the segment log promises when things break: crashes, damage, a failing disk, a copied folder.
//!
//! `MAZAD_EVERY_BIT=1` makes the damage tests walk every bit instead of a sample.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "a test that cannot go on may panic, and its numbers are small"
)]

mod store_disk;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures_util::future::join_all;
use mazad_engine::store::embedded::{
    ChainHash, EmbeddedStore, FileSystemKind, Note, OpenError, OpenOptions, Snapshot,
    SnapshotStore, Unit, VerifyReport, examine, verify,
};
use mazad_engine::store::{
    AppendError, EventStore, Expected, NewEvent, Position, ReadError, RecordedEvent, Refusal,
    Revision, StreamId,
};
use store_disk::{Fault, FaultyDisk};
use tempfile::TempDir;
use uuid::Uuid;

const SEGMENT: u64 = 16 * 1024;
const PAGE: usize = 4096;

const EIO: i32 = 5;
const ENOSPC: i32 = 28;
const EDQUOT: i32 = 122;
const EINTR: i32 = 4;

fn options() -> OpenOptions {
    OpenOptions::new().segment_bytes(SEGMENT)
}

/// In memory where there is such a folder: what is tested here is our own care, not the disk's, and
/// thousands of syncs would make nobody run the tests.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    made.unwrap()
}

fn open(dir: &Path) -> EmbeddedStore {
    EmbeddedStore::open(dir, options()).unwrap()
}

fn stream(name: &str) -> StreamId {
    StreamId::parse(name).unwrap()
}

fn event(text: &str) -> NewEvent {
    NewEvent {
        id: Uuid::new_v4(),
        kind: "BidAccepted".into(),
        version: 1,
        metadata: Bytes::from_static(b"meta"),
        data: Bytes::from(text.to_owned()),
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

async fn append(store: &EmbeddedStore, name: &str, text: &str) -> Result<Position, AppendError> {
    let expected = store.head(&stream(name)).await.unwrap();
    let expected = expected.map_or(Expected::NoStream, Expected::Exact);
    let landed = store
        .append(&stream(name), expected, vec![event(text)])
        .await?;
    Ok(landed.position)
}

async fn all(store: &EmbeddedStore) -> Vec<RecordedEvent> {
    store.read_all(Position(0), usize::MAX).await.unwrap()
}

/// A closed store with some events over several segments and two epochs.
fn small_store() -> TempDir {
    let dir = folder();
    runtime().block_on(async {
        for round in 0..2 {
            let store = open(dir.path());
            for number in 0..4 {
                append(&store, "a", &format!("{round} {number}"))
                    .await
                    .unwrap();
                append(&store, "b", &format!("{round} {number}"))
                    .await
                    .unwrap();
            }
            store.close().unwrap();
        }
    });
    dir
}

fn copy(from: &Path) -> TempDir {
    let to = folder();
    copy_into(from, to.path());
    to
}

fn copy_into(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        match entry.file_type().unwrap().is_dir() {
            true => copy_into(&entry.path(), &to.join(entry.file_name())),
            false => drop(fs::copy(entry.path(), to.join(entry.file_name())).unwrap()),
        }
    }
}

fn segment(dir: &Path, number: u64) -> PathBuf {
    dir.join(format!("log/{number:020}.seg"))
}

/// Every file that holds data, with its content.
fn contents(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = vec![dir.join("identity"), dir.join("watermark")];
    files.extend(
        fs::read_dir(dir.join("log"))
            .unwrap()
            .map(|entry| entry.unwrap().path()),
    );
    files.sort();
    files
        .into_iter()
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

fn end_of_log(content: &[u8]) -> usize {
    content
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |at| at + 1)
}

// ---- keeping ----

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
    assert_eq!(store.identity().epoch, identity.epoch + 1);
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
    assert!(join_all(appends).await.iter().all(Result::is_ok));
    let syncs = disk.count("sync", ".seg") - before;
    assert!(
        syncs < 50,
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

// ---- fencing ----

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
    assert_eq!(refused, Err(AppendError::Refused(Refusal::Closed)));
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

// ---- torn tails and damage ----

/// A store whose last batch no witness covers, as after a power cut: the folder, the number of the
/// last segment, where its last batch starts and where its last byte that is not zero ends.
fn crashed_store() -> (TempDir, u64, usize, usize) {
    let dir = folder();
    runtime().block_on(async {
        let store = open(dir.path());
        append(&store, "a", "kept").await.unwrap();
        store.close().unwrap();
        let watermark = fs::read(dir.path().join("watermark")).unwrap();
        drop(store);
        let store = open(dir.path());
        append(&store, "a", "last").await.unwrap();
        store.close().unwrap();
        fs::write(dir.path().join("watermark"), watermark).unwrap();
    });
    let end = end_of_log(&fs::read(segment(dir.path(), 1)).unwrap());
    (dir, 1, end / PAGE * PAGE, end)
}

#[test]
fn tail_torn_at_any_byte_is_set_aside_and_noted() {
    let (dir, number, start, end) = crashed_store();
    let whole = fs::read(segment(dir.path(), number)).unwrap();
    let watermark = fs::read(dir.path().join("watermark")).unwrap();
    for cut in start..=end {
        let torn = copy(dir.path());
        let mut content = whole.clone();
        content[cut..].fill(0);
        fs::write(segment(torn.path(), number), &content).unwrap();
        fs::write(torn.path().join("watermark"), &watermark).unwrap();
        let store = open(torn.path());
        let survived = content == whole;
        let bytes_left = content[start..].iter().any(|byte| *byte != 0);
        assert_eq!(
            store.report().events,
            1 + u64::from(survived),
            "cut at {cut}"
        );
        let discarded = store.report().discarded.clone();
        assert_eq!(
            discarded.len(),
            usize::from(bytes_left && !survived),
            "cut at {cut}"
        );
        let next = runtime().block_on(append(&store, "a", "next")).unwrap();
        assert_eq!(next, Position(1 + u64::from(survived)));
        store.close().unwrap();
        let report = verify(torn.path()).unwrap();
        let noted: Vec<_> = discarded.iter().cloned().map(Note::TailDiscarded).collect();
        assert_eq!(report.notes, noted);
        assert_eq!(report.torn_tail, None);
        let kept = fs::read_dir(torn.path().join("quarantine"))
            .unwrap()
            .count();
        assert_eq!(kept, discarded.len());
    }
}

#[test]
fn tail_with_any_sector_missing_is_set_aside() {
    let dir = folder();
    let (start, watermark) = runtime().block_on(async {
        let store = open(dir.path());
        append(&store, "a", "kept").await.unwrap();
        store.close().unwrap();
        let watermark = fs::read(dir.path().join("watermark")).unwrap();
        drop(store);
        let store = open(dir.path());
        let start = end_of_log(&fs::read(segment(dir.path(), 1)).unwrap()).next_multiple_of(PAGE);
        append(&store, "a", &"x".repeat(2000)).await.unwrap();
        (start, watermark)
    });
    let whole = fs::read(segment(dir.path(), 1)).unwrap();
    let sectors = end_of_log(&whole[start..]).div_ceil(512);
    assert!(sectors >= 4);
    for subset in 0..(1u32 << sectors) - 1 {
        let torn = copy(dir.path());
        let mut content = whole.clone();
        for sector in (0..sectors).filter(|sector| subset & (1 << sector) == 0) {
            content[start + sector * 512..][..512].fill(0);
        }
        fs::write(segment(torn.path(), 1), &content).unwrap();
        fs::write(torn.path().join("watermark"), &watermark).unwrap();
        let store = open(torn.path());
        assert_eq!(store.report().events, 1, "sectors {subset:b}");
        assert_eq!(store.report().discarded.len(), usize::from(subset != 0));
    }
}

#[test]
fn torn_tail_under_the_watermark_is_damage() {
    let (dir, number, start, end) = crashed_store();
    // A clean start and stop puts the mark over it.
    open(dir.path()).close().unwrap();
    let mut content = fs::read(segment(dir.path(), number)).unwrap();
    content[start + 170] ^= 1;
    assert!(start + 170 < end);
    fs::write(segment(dir.path(), number), &content).unwrap();
    let Err(OpenError::Damaged(damage)) = EmbeddedStore::open(dir.path(), options()) else {
        panic!("damage went unnoticed");
    };
    assert_eq!(damage.file, segment(dir.path(), number));
    assert_eq!(
        (damage.offset, damage.position),
        (start as u64, Position(1))
    );
    assert_eq!(
        fs::read(segment(dir.path(), number)).unwrap(),
        content,
        "nothing was changed"
    );
}

#[test]
fn known_durable_makes_a_torn_tail_damage() {
    let (dir, number, start, _) = crashed_store();
    let mut content = fs::read(segment(dir.path(), number)).unwrap();
    content[start + 170] ^= 1;
    fs::write(segment(dir.path(), number), &content).unwrap();
    let watched = EmbeddedStore::open(dir.path(), options().known_durable(2));
    assert!(matches!(watched, Err(OpenError::Damaged(_))));
    assert_eq!(open(dir.path()).report().discarded.len(), 1);
}

#[test]
fn snapshot_makes_a_torn_tail_damage() {
    let (dir, number, start, _) = crashed_store();
    let store = EmbeddedStore::open_read_only(dir.path()).unwrap();
    let chain = store.chain_at(Position(1)).unwrap().unwrap();
    SnapshotStore::open(dir.path())
        .unwrap()
        .save(&snapshot(1, chain))
        .unwrap();
    let mut content = fs::read(segment(dir.path(), number)).unwrap();
    content[start + 170] ^= 1;
    fs::write(segment(dir.path(), number), &content).unwrap();
    let refused = EmbeddedStore::open(dir.path(), options());
    assert!(matches!(refused, Err(OpenError::Damaged(_))));
}

#[test]
fn damage_before_the_tail_names_the_place() {
    let dir = small_store();
    let path = segment(dir.path(), 2);
    let mut content = fs::read(&path).unwrap();
    content[PAGE + 200] ^= 0x10;
    fs::write(&path, &content).unwrap();
    let Err(OpenError::Damaged(damage)) = EmbeddedStore::open(dir.path(), options()) else {
        panic!("damage went unnoticed");
    };
    assert_eq!((damage.file.clone(), damage.offset), (path, PAGE as u64));
    assert_eq!(damage.position, Position(4));
    assert!(damage.to_string().contains("position 4"), "{damage}");
}

#[test]
fn damage_names_the_streams_that_can_still_be_read() {
    let dir = small_store();
    let path = segment(dir.path(), 2);
    let mut content = fs::read(&path).unwrap();
    // The last byte of the first batch's data: the names before it are still whole.
    let end = content[..PAGE].iter().rposition(|byte| *byte != 0).unwrap() - 4;
    content[end] ^= 1;
    fs::write(&path, &content).unwrap();
    let Err(OpenError::Damaged(damage)) = verify(dir.path()) else {
        panic!("unnoticed")
    };
    assert_eq!(damage.streams, [stream("b")]);
}

/// Whether a check of the folder says that all is well.
fn all_is_well(dir: &Path, sound: &VerifyReport) -> bool {
    verify(dir).is_ok_and(|report| report == *sound)
}

#[test]
fn every_changed_bit_is_noticed() {
    let dir = small_store();
    let sound = verify(dir.path()).unwrap();
    let every_bit = std::env::var_os("MAZAD_EVERY_BIT").is_some();
    let (stride, mut tried) = (if every_bit { 1 } else { 211 }, 0u64);
    for (path, content) in contents(dir.path()) {
        for bit in (0..content.len() * 8).step_by(stride) {
            let mut changed = content.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            fs::write(&path, &changed).unwrap();
            assert!(
                !all_is_well(dir.path(), &sound),
                "bit {bit} of {}",
                path.display()
            );
            tried += 1;
        }
        fs::write(&path, &content).unwrap();
    }
    assert!(all_is_well(dir.path(), &sound));
    assert!(tried > 2000, "{tried}");
}

#[test]
fn every_truncation_is_noticed() {
    let dir = small_store();
    let sound = verify(dir.path()).unwrap();
    for (path, content) in contents(dir.path()) {
        for length in (0..content.len()).step_by(97) {
            fs::write(&path, &content[..length]).unwrap();
            assert!(
                !all_is_well(dir.path(), &sound),
                "{} at {length}",
                path.display()
            );
        }
        let longer = [&content[..], b"x"].concat();
        fs::write(&path, longer).unwrap();
        assert!(!all_is_well(dir.path(), &sound), "{} grew", path.display());
        fs::remove_file(&path).unwrap();
        let gone = verify(dir.path());
        // Without its spare a log is whole; the next start makes another.
        let spare = gone.is_ok_and(|report| report.segments + 1 == sound.segments);
        assert!(
            !spare || content.iter().all(|byte| *byte == 0),
            "{} is gone",
            path.display()
        );
        fs::write(&path, &content).unwrap();
    }
}

#[test]
fn every_moved_block_is_noticed() {
    let dir = small_store();
    let sound = verify(dir.path()).unwrap();
    let segments: Vec<_> = contents(dir.path())
        .into_iter()
        .filter(|(path, _)| path.extension().is_some())
        .collect();
    let blocks: Vec<_> = (0..segments.len())
        .flat_map(|file| (0..SEGMENT as usize / PAGE).map(move |block| (file, block * PAGE)))
        .collect();
    let block = |(file, at): (usize, usize)| segments[file].1[at..at + PAGE].to_vec();
    for from in blocks.iter().copied() {
        for to in blocks
            .iter()
            .copied()
            .filter(|to| block(*to) != block(from))
        {
            // Duplicated over another one (zeros among them), then swapped with it.
            for swap in [false, true] {
                let mut files: Vec<_> = segments
                    .iter()
                    .map(|(_, content)| content.clone())
                    .collect();
                files[to.0][to.1..to.1 + PAGE].copy_from_slice(&block(from));
                if swap {
                    files[from.0][from.1..from.1 + PAGE].copy_from_slice(&block(to));
                }
                for ((path, old), new) in segments.iter().zip(&files) {
                    if old != new {
                        fs::write(path, new).unwrap();
                    }
                }
                assert!(
                    !all_is_well(dir.path(), &sound),
                    "{from:?} over {to:?}, swap {swap}"
                );
                for (path, old) in &segments {
                    fs::write(path, old).unwrap();
                }
            }
        }
    }
}

#[test]
fn swapped_segments_are_noticed() {
    let dir = small_store();
    let (one, two) = (segment(dir.path(), 1), segment(dir.path(), 2));
    let (first, second) = (fs::read(&one).unwrap(), fs::read(&two).unwrap());
    fs::write(&one, second).unwrap();
    fs::write(&two, first).unwrap();
    assert!(matches!(
        EmbeddedStore::open(dir.path(), options()),
        Err(OpenError::Damaged(_))
    ));
}

#[test]
fn lost_end_is_noticed() {
    let dir = small_store();
    let numbers = fs::read_dir(dir.path().join("log")).unwrap().count() as u64;
    // The last segment with batches, whole, as if it had never been written.
    let last = (1..=numbers)
        .rev()
        .find(|number| end_of_log(&fs::read(segment(dir.path(), *number)).unwrap()) > 0)
        .unwrap();
    fs::write(segment(dir.path(), last), vec![0; SEGMENT as usize]).unwrap();
    assert!(matches!(
        EmbeddedStore::open(dir.path(), options()),
        Err(OpenError::Damaged(_))
    ));
}

#[test]
fn log_without_identity_is_damage_not_a_new_store() {
    let dir = small_store();
    fs::remove_file(dir.path().join("identity")).unwrap();
    assert!(matches!(
        EmbeddedStore::open(dir.path(), options()),
        Err(OpenError::Damaged(_))
    ));
}

#[test]
fn half_made_store_is_made_again() {
    let dir = folder();
    drop(open(dir.path()));
    fs::remove_file(dir.path().join("identity")).unwrap();
    fs::write(segment(dir.path(), 1), vec![0; SEGMENT as usize]).unwrap();
    assert!(open(dir.path()).report().created);
}

#[test]
fn damage_while_running_is_told_to_the_reader() {
    let dir = small_store();
    let store = open(dir.path());
    let path = segment(dir.path(), 1);
    let mut content = fs::read(&path).unwrap();
    content[PAGE + 170] ^= 1;
    fs::write(&path, &content).unwrap();
    let read = runtime().block_on(store.read_all(Position(0), 1));
    assert!(matches!(read, Err(ReadError::Damaged(_))), "{read:?}");
}

#[test]
fn unknown_format_is_refused_not_skipped() {
    let dir = small_store();
    let path = segment(dir.path(), 1);
    let mut content = fs::read(&path).unwrap();
    content[8] = 2;
    let checksum = crc32c::crc32c(&content[..156]).to_le_bytes();
    content[156..160].copy_from_slice(&checksum);
    fs::write(&path, &content).unwrap();
    let refused = EmbeddedStore::open(dir.path(), options());
    assert!(matches!(refused, Err(OpenError::UnknownFormat { .. })));
}

/// The verifier that `docs/FORMAT.md` gives to a stranger, run where there is a Python.
#[test]
fn documented_verifier_agrees() {
    let page = fs::read_to_string("../docs/FORMAT.md").unwrap();
    let code = page
        .split("```python\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let run = |dir: &Path| Command::new("python3").args(["-c", code]).arg(dir).output();
    let dir = small_store();
    let Ok(output) = run(dir.path()) else { return };
    let report = verify(dir.path()).unwrap();
    let expected = format!(
        "whole: {} segments, {} batches, {} events, {} streams, chain {}\n",
        report.segments, report.batches, report.events, report.streams, report.chain
    );
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        expected,
        "{errors}"
    );
    for (path, content) in contents(dir.path()) {
        for byte in (0..content.len()).step_by(9973) {
            let mut changed = content.clone();
            changed[byte] ^= 4;
            fs::write(&path, &changed).unwrap();
            let output = run(dir.path()).unwrap();
            // One broken slot of the watermark is what a cut write leaves.
            let told = !output.status.success() || path.ends_with("watermark");
            assert!(told, "byte {byte} of {}", path.display());
        }
        fs::write(&path, &content).unwrap();
    }
}

// ---- a failing disk ----

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
    let same = |call: &&store_disk::Call| {
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
            Err(AppendError::Refused(Refusal::Closed)),
        ];
        assert!(unknown_or_closed.contains(&answer), "{answer:?}");
    }
    let later = append(&store, "a", "later").await;
    assert_eq!(later, Err(AppendError::Refused(Refusal::Closed)));
    assert!(store.close().is_err());
    assert_eq!(told.lock().len(), 1);
    assert!(disk.count("sync", "1.seg") <= syncs + 1);
    assert_eq!(all(&store).await.len(), 1);
    drop(store);
    assert_eq!(open(dir.path()).report().events, 1);
}

#[test]
fn full_disk_refuses_cleanly_and_goes_on_when_there_is_room() {
    let (dir, disk) = (folder(), FaultyDisk::new());
    runtime().block_on(async {
        let full = options().disk(Arc::new(disk.clone()));
        let store = EmbeddedStore::open(dir.path(), full).unwrap();
        append(&store, "a", "first").await.unwrap();
        // Segment 2 is being made or made; from now on no other one can be.
        while disk.count("rename", "next.tmp") < 2 {
            std::thread::yield_now();
        }
        store.close().unwrap();
        drop(store);
        let full = options().disk(Arc::new(NoRoom(disk.clone())));
        let store = EmbeddedStore::open(dir.path(), full).unwrap();
        let mut landed = 0;
        let refusal = loop {
            match append(&store, "a", "x").await {
                Ok(_) => landed += 1,
                Err(error) => break error,
            }
        };
        assert_eq!(refusal, AppendError::Refused(Refusal::DiskFull));
        assert!(landed >= 4, "the spare segment was used first: {landed}");
        assert_eq!(
            append(&store, "b", "x").await,
            Err(AppendError::Refused(Refusal::DiskFull))
        );
        ROOM.store(1, Ordering::SeqCst);
        append(&store, "b", "now").await.unwrap();
        assert_eq!(all(&store).await.len(), landed + 2);
        store.close().unwrap();
    });
    verify(dir.path()).unwrap();
}

static ROOM: AtomicUsize = AtomicUsize::new(0);

/// A disk without room for new files of the log.
#[derive(Debug)]
struct NoRoom(FaultyDisk);

mod no_room {
    use super::{ENOSPC, NoRoom, Ordering, ROOM};
    use mazad_engine::store::embedded::{Access, Disk, DiskFile, DiskLock, FileSystem};
    use std::{io, path::Path, sync::Arc};

    impl Disk for NoRoom {
        fn create_dir(&self, path: &Path) -> io::Result<()> {
            self.0.create_dir(path)
        }
        fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
            if path.ends_with("log/next.tmp") && ROOM.load(Ordering::SeqCst) == 0 {
                return Err(io::Error::from_raw_os_error(ENOSPC));
            }
            self.0.create(path)
        }
        fn open(&self, path: &Path, access: Access) -> io::Result<Arc<dyn DiskFile>> {
            self.0.open(path, access)
        }
        fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
            self.0.rename(from, to)
        }
        fn remove(&self, path: &Path) -> io::Result<()> {
            self.0.remove(path)
        }
        fn list(&self, path: &Path) -> io::Result<Vec<String>> {
            self.0.list(path)
        }
        fn sync_dir(&self, path: &Path) -> io::Result<()> {
            self.0.sync_dir(path)
        }
        fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn DiskLock>>> {
            self.0.lock(path)
        }
        fn file_system(&self, path: &Path) -> io::Result<FileSystem> {
            self.0.file_system(path)
        }
    }
}

// ---- snapshots ----

fn snapshot(revision: u64, chain: ChainHash) -> Snapshot {
    Snapshot {
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
    let dir = folder();
    let store = SnapshotStore::open(dir.path()).unwrap();
    for revision in [3, 20, 100] {
        store.save(&snapshot(revision, ChainHash([9; 32]))).unwrap();
    }
    // A stream whose name begins with that of another one.
    store
        .save(&Snapshot {
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
    let dir = folder();
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
