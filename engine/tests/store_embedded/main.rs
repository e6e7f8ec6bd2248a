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

mod answers;
mod copying;
mod damage;
mod disk;
mod disk_space;
mod failing_disk;
mod failing_start;
mod fencing;
mod golden;
mod keeping;
mod snapshots;
mod verifier;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use disk::{Fault, FaultyDisk};
use futures_util::future::join_all;
use mazad_engine::store::log::{
    ChainHash, EmbeddedStore, FileSystemKind, Note, OpenError, OpenOptions, SnapshotStore,
    StreamSnapshot, Unit, VerifyReport, examine, verify,
};
use mazad_engine::store::{
    AppendError, DiskSpace, EventStore, Expected, NewEvent, Position, ReadError, RecordedEvent,
    Revision, StoreRefusal, StreamId,
};
use tempfile::TempDir;
use uuid::Uuid;

const SEGMENT: u64 = 16 * 1024;
const PAGE: usize = 4096;

const EIO: i32 = 5;
const ENOSPC: i32 = 28;
const EMFILE: i32 = 24;
const EDQUOT: i32 = 122;
const EINTR: i32 = 4;
const EACCES: i32 = 13;
const EROFS: i32 = 30;

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

/// The folder as a crash at this moment would leave it.
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
            // What a running store is making may have another name by now.
            false if entry.file_name().to_string_lossy().ends_with(".tmp") => {}
            // A crash leaves the very same file.
            false
                if entry.file_name() == "identity"
                    && fs::hard_link(entry.path(), to.join("identity")).is_ok() => {}
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
