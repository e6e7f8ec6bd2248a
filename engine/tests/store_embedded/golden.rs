//! Golden folders: what a released version wrote is opened, verified, read and continued for ever.
//!
//! They are never edited. `MAZAD_GOLDEN_WRITE=v2` writes the folder of another version, and touches
//! none that is there.

use std::fmt::Write as _;

use super::*;

const HOST: [u8; 32] = [7; 32];

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden_store")
}

fn on_host() -> OpenOptions {
    options().host_mark(HOST).adopt("a copy")
}

/// Two epochs, two streams, several segments.
fn write(name: &str) {
    let dir = golden().join(name);
    fs::create_dir(&dir).unwrap();
    for epoch in 1..=2 {
        let store = EmbeddedStore::open(&dir, on_host()).unwrap();
        runtime().block_on(async {
            for number in 0..3 {
                for name in ["a", "b"] {
                    let text = format!("{epoch} {number} {}", "x".repeat(2_000));
                    append(&store, name, &text).await.unwrap();
                }
            }
        });
        store.close().unwrap();
    }
    let told = told(&dir);
    fs::write(golden().join(format!("{name}.txt")), told).unwrap();
}

/// What the folder holds, in words.
fn told(dir: &Path) -> String {
    let report = verify(dir).unwrap();
    let store = EmbeddedStore::open_read_only(dir).unwrap();
    let events = runtime().block_on(async { store.read_all(Position(0), usize::MAX).await });
    let mut text = format!(
        "{} segments, {} batches, {} streams, chain {}\n",
        report.segments, report.batches, report.streams, report.chain
    );
    for event in events.unwrap() {
        let data = String::from_utf8(event.data.to_vec()).unwrap();
        let (position, revision) = (event.position.0, event.revision.0);
        let (stream, id, kind) = (&event.stream, event.id, &event.kind);
        let start = data.get(..3).unwrap();
        writeln!(text, "{position} {stream} {revision} {id} {kind} {start}").unwrap();
    }
    text
}

#[test]
fn golden_folders_are_opened_verified_read_and_continued() {
    if let Ok(name) = std::env::var("MAZAD_GOLDEN_WRITE") {
        write(&name);
    }
    let mut read = 0;
    for entry in fs::read_dir(golden()).unwrap().map(Result::unwrap) {
        if !entry.file_type().unwrap().is_dir() {
            continue;
        }
        let expected = fs::read_to_string(entry.path().with_extension("txt")).unwrap();
        let dir = copy(&entry.path());
        assert_eq!(told(dir.path()), expected);
        let before = verify(dir.path()).unwrap();
        let store = EmbeddedStore::open(dir.path(), on_host()).unwrap();
        runtime().block_on(append(&store, "a", "today")).unwrap();
        store.close().unwrap();
        drop(store);
        let after = verify(dir.path()).unwrap();
        assert_eq!(after.events, before.events + 1);
        read += 1;
    }
    assert!(read >= 1, "the golden folders are part of the project");
}
