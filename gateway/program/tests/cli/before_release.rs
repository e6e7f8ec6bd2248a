//! A log from before the first release is refused by its name.

use std::fs;
use std::path::Path;

use mazad_engine::store::log::{EmbeddedStore, OpenOptions};
use mazad_engine::store::{EventStore as _, Expected, NewEvent, RecordedEvent, Revision, StreamId};
use mazad_proto::v1;
use prost::Message as _;
use tokio::task::spawn_blocking;

use crate::support::{LOTS, imported, mazad};

/// The same event as a build wrote it that kept no commands in the log.
fn as_before(event: RecordedEvent) -> NewEvent {
    let mut meta = v1::EventMeta::decode(event.metadata).unwrap();
    meta.command.clear();
    NewEvent {
        id: event.id,
        kind: event.kind,
        version: event.version,
        metadata: meta.encode_to_vec().into(),
        data: event.data,
    }
}

/// Another folder with the sale of this one, as a build from before the first release left it.
async fn written_before(now: &Path, before: &Path) {
    let written = EmbeddedStore::open_read_only(now).unwrap();
    let store = EmbeddedStore::open(before, OpenOptions::new()).unwrap();
    for stream in written.streams().await.unwrap() {
        if stream == StreamId::office() {
            continue;
        }
        let events = written.read(&stream, Revision(0), 100).await.unwrap();
        let events = events.into_iter().map(as_before).collect();
        let appended = store.append(&stream, Expected::NoStream, events).await;
        appended.unwrap();
    }
    spawn_blocking(move || store.close())
        .await
        .unwrap()
        .unwrap();
    fs::copy(now.join("engine.key"), before.join("engine.key")).unwrap();
}

#[tokio::test]
async fn a_log_from_before_the_first_release_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let sale = imported(dir.path());
    let before = dir.path().join("before");
    written_before(&dir.path().join("data"), &before).await;
    let table = dir.path().join("more.csv");
    fs::write(&table, LOTS).unwrap();
    let (data, table) = (before.to_str().unwrap(), table.to_str().unwrap());

    let serve = ["serve", "--data", data, "--listen", "127.0.0.1:0"];
    let import = ["import", table, "--data", data, "--sale", &sale];
    let ways: [&[&str]; 7] = [
        &serve,
        &import,
        &["replay", data],
        &["replay", data, "--format", "json"],
        &["export", data],
        &["export", data, "--what", "lots"],
        &["rebuild", data],
    ];
    for words in ways {
        let ran = mazad(words);
        assert_eq!(ran.code, 79, "{words:?}: {ran:?}");
        assert!(ran.err.contains("before the first release"), "{ran:?}");
        assert!(ran.err.contains("سابقة للإصدار الأول"), "{ran:?}");
    }

    // A check of a folder ends with its findings, whatever they are.
    let verified = mazad(&["--json", "verify", data]);
    assert_eq!(verified.code, 3, "{verified:?}");
    let told = verified.json();
    let found = &told["sales"][0]["findings"];
    assert_eq!(found[0]["revision"], 0, "{told}");
    let what = found[0]["what"].as_str().unwrap();
    assert!(what.contains("before commands were kept in it"), "{told}");
}
