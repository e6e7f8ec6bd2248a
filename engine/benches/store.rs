//! Which question: how many events a second does the embedded store make durable when 1, 8 or 64
//! bidders append at once, what does each wait, and how far is that from the floor, the bare disk
//! that writes 4 KiB and syncs?
//!
//! Run it on the disk that will hold the log: `MAZAD_BENCH_DIR=/srv/mazad cargo bench -p mazad-engine
//! --bench store`. Each appender offers its next append when the last is answered, so the figures
//! describe a closed loop: latency under a fixed rate of bids is measured by the load tests.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a bench that cannot go on may panic, and its table is for eyes"
)]

use std::fs::File;
use std::hint::black_box;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mazad_engine::store::log::{EmbeddedStore, OpenOptions, verify};
use mazad_engine::store::{EventStore, Expected, NewEvent, Position, Revision, StreamId};
use tokio::runtime::Runtime;
use uuid::Uuid;

/// What a recorded bid weighs, metadata included.
const EVENT_BYTES: usize = 200;

fn folder() -> tempfile::TempDir {
    match std::env::var_os("MAZAD_BENCH_DIR") {
        Some(dir) => tempfile::tempdir_in(dir).unwrap(),
        None => tempfile::tempdir().unwrap(),
    }
}

fn bid() -> NewEvent {
    NewEvent {
        id: Uuid::new_v4(),
        kind: "BidAccepted".into(),
        version: 1,
        metadata: Bytes::from_static(&[1; 40]),
        data: Bytes::from_static(&[2; EVENT_BYTES - 40]),
    }
}

/// The floor: what the disk gives to somebody who does nothing else.
fn bare_disk(dir: &Path, rounds: u64) -> (Duration, Vec<u64>) {
    let file = File::options()
        .write(true)
        .create(true)
        .truncate(true)
        .open(dir.join("floor"));
    let file = file.unwrap();
    file.write_all_at(&vec![0; 4096 * 4096], 0).unwrap();
    file.sync_all().unwrap();
    let mut times = Vec::new();
    let started = Instant::now();
    for round in 0..rounds {
        let before = Instant::now();
        file.write_all_at(&[7; 4096], round % 4096 * 4096).unwrap();
        file.sync_data().unwrap();
        times.push(micros(before));
    }
    (started.elapsed(), times)
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap()
}

/// So many appenders, each with a sale of its own, append one bid at a time.
fn append_all(
    runtime: &Runtime,
    store: &Arc<EmbeddedStore>,
    appenders: u64,
    appends: u64,
) -> (Duration, Vec<u64>) {
    let started = Instant::now();
    let left = Arc::new(AtomicU64::new(appends));
    let tasks: Vec<_> = (0..appenders)
        .map(|_| {
            let (store, left) = (Arc::clone(store), Arc::clone(&left));
            runtime.spawn(async move {
                let stream = StreamId::sale(Uuid::new_v4());
                let mut expected = Expected::NoStream;
                let mut times = Vec::new();
                let take = |left: u64| left.checked_sub(1);
                while left
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
                    .is_ok()
                {
                    let before = Instant::now();
                    let landed = store.append(&stream, expected, vec![bid()]).await.unwrap();
                    times.push(micros(before));
                    expected = Expected::Exact(landed.last);
                }
                times
            })
        })
        .collect();
    let times = tasks
        .into_iter()
        .flat_map(|task| runtime.block_on(task).unwrap())
        .collect();
    (started.elapsed(), times)
}

fn line(what: &str, events: u64, syncs: u64, took: Duration, mut times: Vec<u64>) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    eprintln!(
        "{what:<16} {:>9.0} events/s {:>7.0} syncs/s {:>6.1} events/sync   us p50 {:>6} p99 {:>6} max {:>7}",
        events as f64 / took.as_secs_f64(),
        syncs as f64 / took.as_secs_f64(),
        events as f64 / syncs as f64,
        at(50),
        at(99),
        times[times.len() - 1],
    );
}

/// The table a reader wants; criterion's own figures follow.
fn table(runtime: &Runtime) {
    let dir = folder();
    let (took, times) = bare_disk(dir.path(), 1000);
    line("bare disk", 1000, 1000, took, times);
    for appenders in [1, 8, 64] {
        let dir = folder();
        let store = Arc::new(EmbeddedStore::open(dir.path(), OpenOptions::new()).unwrap());
        let appends = 1000 * appenders.min(20);
        let (took, times) = append_all(runtime, &store, appenders, appends);
        store.close().unwrap();
        // One batch is the epoch's.
        let syncs = verify(dir.path()).unwrap().batches - 1;
        line(
            &format!("{appenders} appenders"),
            appends,
            syncs,
            took,
            times,
        );
    }
}

fn appends(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    table(&runtime);
    let mut group = criterion.benchmark_group("durable append");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(3))
        .throughput(Throughput::Elements(1));
    let dir = folder();
    group.bench_function("bare disk", |bencher| {
        bencher.iter_custom(|rounds| bare_disk(dir.path(), rounds).0);
    });
    for appenders in [1, 8, 64] {
        let dir = folder();
        let store = Arc::new(EmbeddedStore::open(dir.path(), OpenOptions::new()).unwrap());
        group.bench_function(format!("{appenders} appenders"), |bencher| {
            bencher.iter_custom(|appends| append_all(&runtime, &store, appenders, appends).0);
        });
    }
    group.finish();
}

/// And back: how fast does a start walk a log, and a reader read it?
fn replay(criterion: &mut Criterion) {
    const EVENTS: u64 = 200_000;
    let dir = folder();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let store = EmbeddedStore::open(dir.path(), OpenOptions::new()).unwrap();
    let stream = StreamId::office();
    let mut expected = Expected::NoStream;
    for _ in 0..EVENTS / 500 {
        let bids = (0..500).map(|_| bid()).collect();
        let landed = runtime
            .block_on(store.append(&stream, expected, bids))
            .unwrap();
        expected = Expected::Exact(landed.last);
    }
    store.close().unwrap();
    drop(store);
    let mut group = criterion.benchmark_group("200,000 events");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(EVENTS));
    group.bench_function("open", |bencher| {
        bencher.iter(|| EmbeddedStore::open_read_only(dir.path()).unwrap());
    });
    group.bench_function("verify", |bencher| {
        bencher.iter(|| verify(dir.path()).unwrap())
    });
    let store = EmbeddedStore::open_read_only(dir.path()).unwrap();
    group.bench_function("read all", |bencher| {
        bencher.iter(|| {
            let mut next = 0;
            while next < EVENTS {
                let page = runtime
                    .block_on(store.read_all(Position(next), 1024))
                    .unwrap();
                next += page.len() as u64;
                black_box(page);
            }
        });
    });
    group.bench_function("read one stream", |bencher| {
        bencher.iter(|| {
            let all = store.read(&stream, Revision(0), usize::MAX);
            black_box(runtime.block_on(all).unwrap().len())
        });
    });
    group.finish();
}

criterion_group!(benches, appends, replay);
criterion_main!(benches);
