//! What every event store promises, checked on every adapter with the same functions.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on may panic"
)]

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::join_all;
use mazad_engine::limits::{APPEND_BYTES_MAX, APPEND_EVENTS_MAX, KIND_BYTES_MAX};
use mazad_engine::store::log::{EmbeddedStore, OpenOptions};
use mazad_engine::store::{
    AppendError, Appended, EventStore, Expected, MemoryStore, NewEvent, Position, RecordedEvent,
    Revision, StoreRefusal, StreamId, Subscription,
};
use uuid::Uuid;

/// A store under test, with what closes it and what must outlive it.
struct Subject {
    store: Arc<dyn EventStore>,
    close: Box<dyn Fn()>,
    _folder: Option<tempfile::TempDir>,
}

fn memory() -> Subject {
    let store = Arc::new(MemoryStore::new());
    let same = Arc::clone(&store);
    Subject {
        store,
        close: Box::new(move || same.close()),
        _folder: None,
    }
}

fn embedded_with(segment_bytes: u64) -> Subject {
    let folder = tempfile::tempdir().unwrap();
    let options = OpenOptions::new().segment_bytes(segment_bytes);
    let store = Arc::new(EmbeddedStore::open(folder.path(), options).unwrap());
    let same = Arc::clone(&store);
    let close = Box::new(move || same.close().unwrap());
    Subject {
        store,
        close,
        _folder: Some(folder),
    }
}

fn embedded() -> Subject {
    embedded_with(4 * 1024 * 1024)
}

/// Segments so small that every few batches begin another one.
fn embedded_small_segments() -> Subject {
    embedded_with(1024 * 1024)
}

macro_rules! conformance {
    ($($test:ident)*) => {
        mod on_memory { $(#[tokio::test] async fn $test() { super::$test(super::memory()).await; })* }
        mod on_embedded { $(#[tokio::test] async fn $test() { super::$test(super::embedded()).await; })* }
        mod on_small_segments {
            $(#[tokio::test] async fn $test() { super::$test(super::embedded_small_segments()).await; })*
        }
    };
}

conformance! {
    first_append_starts_at_zero
    appends_continue_the_stream
    everything_reads_back_byte_for_byte
    wrong_expectation_is_a_conflict
    repeated_append_answers_the_same_and_writes_nothing
    repeat_with_another_id_is_a_conflict
    repeat_of_part_of_the_stream_is_recognised
    repeat_past_the_end_is_a_conflict
    empty_append_is_refused
    limits_are_kept
    largest_append_is_taken
    append_that_failed_left_nothing
    reads_page_without_gap_or_repeat
    read_past_the_end_is_empty
    read_all_has_one_dense_order
    streams_are_listed_by_name
    heads_follow
    durable_counts_events
    subscription_catches_up_then_follows
    subscription_to_a_stream_sees_only_it
    subscription_from_the_middle
    subscription_ends_when_the_store_closes
    closed_store_refuses_appends_and_still_reads
    concurrent_appends_all_land_once
    racing_writers_of_one_stream_conflict
    answered_means_visible
    visible_means_durable
    dropped_append_is_all_or_nothing
    unpolled_append_does_nothing
    identity_does_not_change
}

fn event(name: &str) -> NewEvent {
    NewEvent {
        id: Uuid::new_v4(),
        kind: "BidAccepted".into(),
        version: 3,
        metadata: Bytes::from(format!("by {name}")),
        data: Bytes::from(name.to_owned()),
    }
}

fn events(count: usize) -> Vec<NewEvent> {
    (0..count)
        .map(|number| event(&format!("event {number}")))
        .collect()
}

fn stream(name: &str) -> StreamId {
    StreamId::parse(name).unwrap()
}

fn after(last: u64) -> Expected {
    Expected::Exact(Revision(last))
}

fn landed(first: u64, last: u64, position: u64) -> Appended {
    Appended {
        first: Revision(first),
        last: Revision(last),
        position: Position(position),
    }
}

fn texts(events: &[RecordedEvent]) -> Vec<String> {
    events
        .iter()
        .map(|event| String::from_utf8(event.data.to_vec()).unwrap())
        .collect()
}

async fn all(store: &dyn EventStore) -> Vec<RecordedEvent> {
    store.read_all(Position(0), usize::MAX).await.unwrap()
}

async fn first_append_starts_at_zero(subject: Subject) {
    let answer = subject
        .store
        .append(&stream("a"), Expected::NoStream, events(3))
        .await;
    assert_eq!(answer, Ok(landed(0, 2, 2)));
}

async fn appends_continue_the_stream(Subject { store, .. }: Subject) {
    store
        .append(&stream("a"), Expected::NoStream, events(2))
        .await
        .unwrap();
    store
        .append(&stream("b"), Expected::NoStream, events(1))
        .await
        .unwrap();
    let answer = store.append(&stream("a"), after(1), events(2)).await;
    assert_eq!(answer, Ok(landed(2, 3, 4)));
}

async fn everything_reads_back_byte_for_byte(Subject { store, .. }: Subject) {
    let mut sent = vec![event("plain"), event(""), event("مزاد")];
    sent[1].metadata = Bytes::new();
    sent[2].kind = "K".repeat(KIND_BYTES_MAX).into();
    sent[2].version = u16::MAX;
    sent[2].data = Bytes::from((0..=255).collect::<Vec<u8>>());
    let office = StreamId::office();
    store
        .append(&office, Expected::NoStream, sent.clone())
        .await
        .unwrap();
    let read = store.read(&office, Revision(0), 10).await.unwrap();
    assert_eq!(read, all(store.as_ref()).await);
    assert_eq!(read.len(), 3);
    for (number, (read, sent)) in (0..).zip(read.iter().zip(&sent)) {
        assert_eq!(read.stream, office);
        assert_eq!(
            (read.revision, read.position),
            (Revision(number), Position(number))
        );
        assert_eq!(
            (read.id, &read.kind, read.version),
            (sent.id, &sent.kind, sent.version)
        );
        assert_eq!((&read.metadata, &read.data), (&sent.metadata, &sent.data));
    }
}

async fn wrong_expectation_is_a_conflict(Subject { store, .. }: Subject) {
    let a = stream("a");
    let early = store.append(&a, after(0), events(1)).await;
    assert_eq!(early, Err(AppendError::Conflict { current: None }));
    store
        .append(&a, Expected::NoStream, events(2))
        .await
        .unwrap();
    for expected in [Expected::NoStream, after(0), after(2), after(u64::MAX)] {
        let answer = store.append(&a, expected, events(1)).await;
        assert_eq!(
            answer,
            Err(AppendError::Conflict {
                current: Some(Revision(1))
            })
        );
    }
    assert_eq!(store.head(&a).await.unwrap(), Some(Revision(1)));
}

async fn repeated_append_answers_the_same_and_writes_nothing(Subject { store, .. }: Subject) {
    let (a, sent) = (stream("a"), events(3));
    let first = store.append(&a, Expected::NoStream, sent.clone()).await;
    store.append(&a, after(2), events(2)).await.unwrap();
    store
        .append(&stream("b"), Expected::NoStream, events(2))
        .await
        .unwrap();
    for _ in 0..3 {
        assert_eq!(
            store.append(&a, Expected::NoStream, sent.clone()).await,
            first
        );
    }
    assert_eq!(*store.durable().borrow(), 7);
}

async fn repeat_with_another_id_is_a_conflict(Subject { store, .. }: Subject) {
    let (a, mut sent) = (stream("a"), events(3));
    store
        .append(&a, Expected::NoStream, sent.clone())
        .await
        .unwrap();
    sent[2].id = Uuid::new_v4();
    let answer = store.append(&a, Expected::NoStream, sent).await;
    assert_eq!(
        answer,
        Err(AppendError::Conflict {
            current: Some(Revision(2))
        })
    );
}

async fn repeat_of_part_of_the_stream_is_recognised(Subject { store, .. }: Subject) {
    let (a, sent) = (stream("a"), events(4));
    store
        .append(&a, Expected::NoStream, sent.clone())
        .await
        .unwrap();
    let answer = store.append(&a, after(0), sent[1..3].to_vec()).await;
    assert_eq!(answer, Ok(landed(1, 2, 2)));
}

async fn repeat_past_the_end_is_a_conflict(Subject { store, .. }: Subject) {
    let (a, mut sent) = (stream("a"), events(2));
    store
        .append(&a, Expected::NoStream, sent.clone())
        .await
        .unwrap();
    sent.push(event("one more"));
    let answer = store.append(&a, Expected::NoStream, sent).await;
    assert_eq!(
        answer,
        Err(AppendError::Conflict {
            current: Some(Revision(1))
        })
    );
}

async fn empty_append_is_refused(Subject { store, .. }: Subject) {
    let answer = store
        .append(&stream("a"), Expected::NoStream, Vec::new())
        .await;
    assert_eq!(answer, Err(AppendError::Refused(StoreRefusal::Size)));
    assert!(store.streams().await.unwrap().is_empty());
}

async fn limits_are_kept(Subject { store, .. }: Subject) {
    let mut long_kind = event("x");
    long_kind.kind = "K".repeat(KIND_BYTES_MAX + 1).into();
    let mut no_kind = event("x");
    no_kind.kind = "".into();
    let mut too_long = event("x");
    too_long.data = Bytes::from(vec![0; APPEND_BYTES_MAX - too_long.metadata.len() + 1]);
    for refused in [
        events(APPEND_EVENTS_MAX + 1),
        vec![long_kind],
        vec![no_kind],
        vec![too_long],
    ] {
        let answer = store
            .append(&stream("a"), Expected::NoStream, refused)
            .await;
        assert_eq!(answer, Err(AppendError::Refused(StoreRefusal::Size)));
    }
    assert_eq!(*store.durable().borrow(), 0);
}

async fn largest_append_is_taken(Subject { store, .. }: Subject) {
    let a = stream(&"a".repeat(64));
    let mut sent = events(APPEND_EVENTS_MAX);
    for event in &mut sent {
        event.kind = "K".repeat(KIND_BYTES_MAX).into();
        event.metadata = Bytes::new();
        event.data = Bytes::from(vec![7; APPEND_BYTES_MAX / APPEND_EVENTS_MAX]);
    }
    let count = sent.len() as u64;
    let answer = store.append(&a, Expected::NoStream, sent.clone()).await;
    assert_eq!(answer, Ok(landed(0, count - 1, count - 1)));
    let again = store.append(&a, after(count - 1), events(1)).await;
    assert_eq!(again, Ok(landed(count, count, count)));
    assert_eq!(
        store.read(&a, Revision(0), usize::MAX).await.unwrap().len(),
        sent.len() + 1
    );
}

async fn append_that_failed_left_nothing(Subject { store, .. }: Subject) {
    let a = stream("a");
    store
        .append(&a, Expected::NoStream, events(1))
        .await
        .unwrap();
    store.append(&a, after(7), events(5)).await.unwrap_err();
    store
        .append(&a, after(0), events(APPEND_EVENTS_MAX + 1))
        .await
        .unwrap_err();
    assert_eq!(all(store.as_ref()).await.len(), 1);
    assert_eq!(
        store.append(&a, after(0), events(1)).await,
        Ok(landed(1, 1, 1))
    );
}

/// Two streams, interleaved, in appends of different sizes.
async fn fill(store: &dyn EventStore, rounds: usize) {
    for (round, name) in (0..rounds).flat_map(|round| [(round, "a"), (round, "b")]) {
        let expected = store.head(&stream(name)).await.unwrap();
        let expected = expected.map_or(Expected::NoStream, Expected::Exact);
        let sent = (0..=round % 3)
            .map(|part| event(&format!("{name} {round} {part}")))
            .collect();
        store.append(&stream(name), expected, sent).await.unwrap();
    }
}

async fn reads_page_without_gap_or_repeat(Subject { store, .. }: Subject) {
    fill(store.as_ref(), 40).await;
    let whole = store
        .read(&stream("a"), Revision(0), usize::MAX)
        .await
        .unwrap();
    assert_eq!(whole.len(), 79);
    for page in [1, 2, 7, 78, 79, 80] {
        let mut paged = Vec::new();
        loop {
            let from = Revision(paged.len() as u64);
            let more = store.read(&stream("a"), from, page).await.unwrap();
            assert!(more.len() <= page);
            if more.is_empty() {
                break;
            }
            paged.extend(more);
        }
        assert_eq!(paged, whole);
    }
}

async fn read_past_the_end_is_empty(Subject { store, .. }: Subject) {
    fill(store.as_ref(), 2).await;
    for from in [3, 100, u64::MAX] {
        assert_eq!(
            store.read(&stream("a"), Revision(from), 10).await.unwrap(),
            []
        );
    }
    for from in [6, 100, u64::MAX] {
        assert_eq!(
            store.read_all(Position(from), usize::MAX).await.unwrap(),
            []
        );
    }
    assert_eq!(
        store.read(&stream("none"), Revision(0), 10).await.unwrap(),
        []
    );
    assert_eq!(store.read(&stream("a"), Revision(0), 0).await.unwrap(), []);
    assert_eq!(store.read_all(Position(0), 0).await.unwrap(), []);
}

async fn read_all_has_one_dense_order(Subject { store, .. }: Subject) {
    fill(store.as_ref(), 20).await;
    let whole = all(store.as_ref()).await;
    for (position, event) in (0..).zip(&whole) {
        assert_eq!(event.position, Position(position));
    }
    for name in ["a", "b"] {
        let of_stream: Vec<_> = whole
            .iter()
            .filter(|event| event.stream == stream(name))
            .cloned()
            .collect();
        assert_eq!(
            of_stream,
            store
                .read(&stream(name), Revision(0), usize::MAX)
                .await
                .unwrap()
        );
        for (revision, event) in (0..).zip(&of_stream) {
            assert_eq!(event.revision, Revision(revision));
        }
    }
    assert_eq!(store.read_all(Position(5), 3).await.unwrap(), whole[5..8]);
}

async fn streams_are_listed_by_name(Subject { store, .. }: Subject) {
    for name in ["sale-2", "office", "sale-10", "a"] {
        store
            .append(&stream(name), Expected::NoStream, events(1))
            .await
            .unwrap();
    }
    let names = store.streams().await.unwrap();
    let names: Vec<_> = names.iter().map(StreamId::as_str).collect();
    assert_eq!(names, ["a", "office", "sale-10", "sale-2"]);
}

async fn heads_follow(Subject { store, .. }: Subject) {
    assert_eq!(store.head(&stream("a")).await.unwrap(), None);
    store
        .append(&stream("a"), Expected::NoStream, events(3))
        .await
        .unwrap();
    assert_eq!(store.head(&stream("a")).await.unwrap(), Some(Revision(2)));
    assert_eq!(store.head(&stream("b")).await.unwrap(), None);
}

async fn durable_counts_events(Subject { store, .. }: Subject) {
    let mut durable = store.durable();
    assert_eq!(*durable.borrow_and_update(), 0);
    store
        .append(&stream("a"), Expected::NoStream, events(3))
        .await
        .unwrap();
    durable.changed().await.unwrap();
    assert_eq!(*durable.borrow_and_update(), 3);
    assert_eq!(*store.durable().borrow(), 3);
}

async fn subscription_catches_up_then_follows(Subject { store, .. }: Subject) {
    fill(store.as_ref(), 10).await;
    let mut subscription = Subscription::all(Arc::clone(&store), Position(0));
    let writing = Arc::clone(&store);
    let writer = tokio::spawn(async move {
        for number in 0..50u64 {
            let expected = number.checked_sub(1).map_or(Expected::NoStream, after);
            writing
                .append(&stream("c"), expected, events(1))
                .await
                .unwrap();
        }
    });
    let mut seen = Vec::new();
    while seen.len() < 38 + 50 {
        seen.extend(subscription.next_batch().await.unwrap().unwrap());
    }
    writer.await.unwrap();
    assert_eq!(seen, all(store.as_ref()).await);
    assert!(subscription.ready_batch().await.unwrap().is_empty());
}

async fn subscription_to_a_stream_sees_only_it(Subject { store, .. }: Subject) {
    let mut subscription = Subscription::stream(Arc::clone(&store), stream("a"), Revision(0));
    fill(store.as_ref(), 10).await;
    let mut seen = Vec::new();
    while seen.len() < 19 {
        seen.extend(subscription.next_batch().await.unwrap().unwrap());
    }
    assert_eq!(
        seen,
        store
            .read(&stream("a"), Revision(0), usize::MAX)
            .await
            .unwrap()
    );
}

async fn subscription_from_the_middle(Subject { store, .. }: Subject) {
    fill(store.as_ref(), 4).await;
    let whole = all(store.as_ref()).await;
    let mut later = Subscription::all(Arc::clone(&store), Position(5));
    assert_eq!(later.next_batch().await.unwrap().unwrap(), whole[5..]);
    let mut later = Subscription::stream(Arc::clone(&store), stream("b"), Revision(3));
    let batch = later.next_batch().await.unwrap().unwrap();
    assert_eq!(
        batch,
        store.read(&stream("b"), Revision(3), 100).await.unwrap()
    );
}

async fn subscription_ends_when_the_store_closes(subject: Subject) {
    fill(subject.store.as_ref(), 2).await;
    let mut subscription = Subscription::all(Arc::clone(&subject.store), Position(0));
    (subject.close)();
    assert_eq!(subscription.next_batch().await.unwrap().unwrap().len(), 6);
    assert!(subscription.next_batch().await.unwrap().is_none());
}

async fn closed_store_refuses_appends_and_still_reads(subject: Subject) {
    fill(subject.store.as_ref(), 2).await;
    (subject.close)();
    (subject.close)();
    let answer = subject
        .store
        .append(&stream("a"), after(2), events(1))
        .await;
    assert_eq!(answer, Err(AppendError::Refused(StoreRefusal::Closed)));
    assert_eq!(all(subject.store.as_ref()).await.len(), 6);
}

async fn concurrent_appends_all_land_once(Subject { store, .. }: Subject) {
    let appends = (0..200).map(|number| {
        let store = Arc::clone(&store);
        async move {
            let name = stream(&format!("sale-{number}"));
            store
                .append(&name, Expected::NoStream, events(2))
                .await
                .unwrap();
            store.append(&name, after(1), events(1)).await.unwrap()
        }
    });
    let mut positions: Vec<_> = join_all(appends)
        .await
        .iter()
        .map(|landed| landed.position)
        .collect();
    positions.sort_unstable();
    positions.dedup();
    assert_eq!(positions.len(), 200);
    assert_eq!(all(store.as_ref()).await.len(), 600);
    assert_eq!(store.streams().await.unwrap().len(), 200);
}

async fn racing_writers_of_one_stream_conflict(Subject { store, .. }: Subject) {
    let a = stream("a");
    let race = (0..20).map(|_| store.append(&a, Expected::NoStream, events(3)));
    let answers = join_all(race).await;
    let won = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(won, 1);
    for answer in answers.iter().filter(|answer| answer.is_err()) {
        assert_eq!(
            *answer,
            Err(AppendError::Conflict {
                current: Some(Revision(2))
            })
        );
    }
    // The same append twice at once is one append.
    let sent = events(2);
    let both = [
        store.append(&a, after(2), sent.clone()),
        store.append(&a, after(2), sent),
    ];
    let answers = join_all(both).await;
    assert_eq!(answers, [Ok(landed(3, 4, 4)), Ok(landed(3, 4, 4))]);
}

async fn answered_means_visible(Subject { store, .. }: Subject) {
    for number in 0..20u64 {
        let expected = number.checked_sub(1).map_or(Expected::NoStream, after);
        let landed = store
            .append(&stream("a"), expected, events(1))
            .await
            .unwrap();
        assert_eq!(
            store
                .read(&stream("a"), landed.last, 1)
                .await
                .unwrap()
                .len(),
            1
        );
        assert_eq!(store.read_all(landed.position, 1).await.unwrap().len(), 1);
        assert!(*store.durable().borrow() > landed.position.0);
    }
}

async fn visible_means_durable(Subject { store, .. }: Subject) {
    let a = stream("a");
    let append = store.append(&a, Expected::NoStream, events(5));
    let watch = async {
        loop {
            let seen = all(store.as_ref()).await.len() as u64;
            assert!(seen == 0 || seen == 5, "half an append is visible");
            assert!(*store.durable().borrow() >= seen);
            if seen == 5 {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    let (answer, ()) = tokio::join!(append, watch);
    answer.unwrap();
}

async fn dropped_append_is_all_or_nothing(Subject { store, .. }: Subject) {
    let (a, sent) = (stream("a"), events(4));
    {
        let mut append = store.append(&a, Expected::NoStream, sent.clone());
        let once = std::future::poll_fn(|context| {
            let _ = append.as_mut().poll(context);
            std::task::Poll::Ready(())
        });
        once.await;
    }
    // Polled, then dropped: the repeat finds it or makes it, and either way it is there once.
    let answer = store.append(&a, Expected::NoStream, sent.clone()).await;
    assert_eq!(answer, Ok(landed(0, 3, 3)));
    assert_eq!(
        texts(&all(store.as_ref()).await),
        ["event 0", "event 1", "event 2", "event 3"]
    );
}

async fn unpolled_append_does_nothing(Subject { store, .. }: Subject) {
    let a = stream("a");
    drop(store.append(&a, Expected::NoStream, events(1)));
    assert_eq!(
        store.append(&a, Expected::NoStream, events(1)).await,
        Ok(landed(0, 0, 0))
    );
}

async fn identity_does_not_change(subject: Subject) {
    let identity = subject.store.identity();
    assert!(identity.epoch >= 1);
    fill(subject.store.as_ref(), 2).await;
    (subject.close)();
    assert_eq!(subject.store.identity(), identity);
}
