//! A cut write is set aside and noted; any other change of any byte is noticed.

use super::snapshots::snapshot;
use super::*;

/// A store whose last batch no witness covers, as after a power cut: the folder, the number of the
/// last segment, where its last batch starts and where its last byte that is not zero ends.
pub(super) fn crashed_store() -> (TempDir, u64, usize, usize) {
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
    assert_eq!(damage.events.len(), 1);
    assert_eq!(damage.events[0].position, damage.position);
}

/// Of whatever a damage leaves nothing readable, what follows tells by its revisions.
#[test]
fn damage_names_the_streams_that_what_follows_leaves_out() {
    let dir = small_store();
    let path = segment(dir.path(), 2);
    let content = fs::read(&path).unwrap();
    let damaged = |changed: &[u8]| {
        fs::write(&path, changed).unwrap();
        let Err(OpenError::Damaged(damage)) = verify(dir.path()) else {
            panic!("unnoticed")
        };
        damage
    };
    // The header: the record after it is whole.
    let mut changed = content.clone();
    changed[20] ^= 1;
    let damage = damaged(&changed);
    assert_eq!(damage.streams, [stream("b")]);
    assert_eq!(damage.events.len(), 1);
    // The whole of the first batch.
    changed[..PAGE].fill(0);
    let damage = damaged(&changed);
    assert_eq!(damage.streams, [stream("b")]);
    assert_eq!(damage.events, []);
    // The whole file.
    fs::remove_file(&path).unwrap();
    let Err(OpenError::Damaged(damage)) = verify(dir.path()) else {
        panic!("unnoticed")
    };
    assert_eq!(damage.file, path);
    assert_eq!(damage.streams, [stream("a"), stream("b")]);
}

#[test]
fn every_flip_in_a_mark_is_told() {
    let dir = small_store();
    let path = dir.path().join("watermark");
    let marks = fs::read(&path).unwrap();
    for at in 0..marks.len() {
        let mut changed = marks.clone();
        changed[at] ^= 0x41;
        fs::write(&path, &changed).unwrap();
        let broken = verify(dir.path()).unwrap().broken_mark.unwrap();
        assert_eq!(broken.slot, at / PAGE, "byte {at}");
        // Where the mark before and the one after it differ.
        let differs = matches!(at % PAGE, 16..24 | 40..96 | 4092..4096);
        assert!(!broken.is_cut_write || differs, "byte {at}");
        let beside = EmbeddedStore::open_read_only(dir.path()).unwrap();
        assert_eq!(beside.report().broken_mark, Some(broken), "byte {at}");
    }
    let store = open(dir.path());
    assert!(store.report().broken_mark.is_some());
    store.close().unwrap();
    assert_eq!(
        verify(dir.path()).unwrap().broken_mark,
        None,
        "the start wrote over it"
    );
}

/// As the power leaves it when it goes while a mark is written: some of its sectors are of the mark
/// that was there before.
#[test]
fn a_cut_write_of_a_mark_is_told_apart_from_damage() {
    let dir = folder();
    let store = open(dir.path());
    runtime().block_on(append(&store, "a", "x")).unwrap();
    let path = dir.path().join("watermark");
    let before = fs::read(&path).unwrap();
    store.close().unwrap();
    let after = fs::read(&path).unwrap();
    let slot = usize::from(before[..PAGE] == after[..PAGE]);
    for sectors in 1..=0xFFu32 {
        let mut cut = before.clone();
        for sector in (0..8).filter(|sector| sectors & (1 << sector) != 0) {
            let at = slot * PAGE + sector * 512;
            cut[at..at + 512].copy_from_slice(&after[at..at + 512]);
        }
        fs::write(&path, &cut).unwrap();
        let found = verify(dir.path()).unwrap().broken_mark;
        let is_whole = cut == before || cut == after;
        assert_eq!(
            found.map(|mark| (mark.slot, mark.is_cut_write)),
            (!is_whole).then_some((slot, true))
        );
    }
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
    let files = contents(dir.path());
    let in_file = |file: usize| files[file].1.chunks(PAGE).enumerate();
    let blocks: Vec<_> = (0..files.len())
        .flat_map(|file| in_file(file).map(move |(block, _)| (file, block * PAGE)))
        .collect();
    let block = |(file, at): (usize, usize)| files[file].1[at..at + PAGE].to_vec();
    for from in blocks.iter().copied() {
        for to in blocks
            .iter()
            .copied()
            .filter(|to| block(*to) != block(from))
        {
            // Duplicated over another one (zeros among them), then swapped with it.
            for swap in [false, true] {
                let mut changed: Vec<_> =
                    files.iter().map(|(_, content)| content.clone()).collect();
                changed[to.0][to.1..to.1 + PAGE].copy_from_slice(&block(from));
                if swap {
                    changed[from.0][from.1..from.1 + PAGE].copy_from_slice(&block(to));
                }
                for ((path, old), new) in files.iter().zip(&changed) {
                    if old != new {
                        fs::write(path, new).unwrap();
                    }
                }
                assert!(
                    !all_is_well(dir.path(), &sound),
                    "{from:?} over {to:?}, swap {swap}"
                );
                for (path, old) in &files {
                    fs::write(path, old).unwrap();
                }
            }
        }
    }
}

#[test]
fn emptied_marks_are_noticed() {
    let dir = small_store();
    let sound = verify(dir.path()).unwrap();
    let path = dir.path().join("watermark");
    let marks = fs::read(&path).unwrap();
    for slot in 0..2 {
        let mut emptied = marks.clone();
        emptied[slot * PAGE..][..PAGE].fill(0);
        fs::write(&path, &emptied).unwrap();
        let found = verify(dir.path());
        let one_broken = |report: VerifyReport| {
            report
                .broken_mark
                .is_some_and(|mark| mark.slot == slot && !mark.is_cut_write)
        };
        assert!(found.is_ok_and(one_broken), "slot {slot}");
    }
    fs::write(&path, vec![0; 2 * PAGE]).unwrap();
    for refused in [
        verify(dir.path()).unwrap_err(),
        EmbeddedStore::open(dir.path(), options()).unwrap_err(),
    ] {
        let OpenError::Damaged(damage) = refused else {
            panic!("{refused}")
        };
        assert_eq!(damage.file, path);
    }
    fs::write(&path, &marks).unwrap();
    assert!(all_is_well(dir.path(), &sound));
}

/// Also of the first event ever, and with no moment of rest after it.
#[test]
fn both_marks_are_there_before_the_first_event() {
    let dir = folder();
    let store = open(dir.path());
    let marks = fs::read(dir.path().join("watermark")).unwrap();
    assert!(marks.chunks(PAGE).all(|slot| end_of_log(slot) > 0));
    drop(store);
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
