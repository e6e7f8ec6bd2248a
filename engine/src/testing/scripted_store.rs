//! A store in memory whose answers are written down beforehand: it fails, does not know, is full or
//! takes its time exactly when the test says so, and notes what it was asked.

use std::collections::VecDeque;

use futures_util::future::{BoxFuture, FutureExt};
use parking_lot::Mutex;
use tokio::sync::watch;

use crate::store::{
    AppendError, Appended, DiskSpace, EventStore, Expected, MemoryStore, NewEvent, Position,
    ReadError, RecordedEvent, Revision, StoreId, StoreRefusal, StreamId,
};

/// How one append goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scripted {
    /// As the store decides: written, or a conflict.
    Answered,
    /// As the store decides, but whoever asked hears that the outcome is unknown.
    AnswerLost,
    /// Not tried: whoever asked hears this.
    Fails(AppendError),
}

impl Scripted {
    /// Not written, and whoever asked hears that the outcome is unknown.
    pub const LOST: Self = Self::Fails(AppendError::Unknown);
    /// Refused: the disk is full.
    pub const FULL: Self = Self::Fails(AppendError::Refused(StoreRefusal::DiskFull));
    /// Refused: the store has stopped.
    pub const CLOSED: Self = Self::Fails(AppendError::Refused(StoreRefusal::Closed));
}

/// A [`MemoryStore`] that follows a script.
///
/// Appends are counted, and each takes its turn in the script, when it is first polled. What the
/// script does not name goes as the memory store decides.
///
/// ```
/// use mazad_engine::testing::{Scripted, ScriptedStore};
///
/// let store = ScriptedStore::new();
/// store.next_appends([Scripted::AnswerLost, Scripted::FULL]);
/// store.nth_append(5, Scripted::LOST);
/// ```
#[derive(Debug)]
pub struct ScriptedStore {
    inner: MemoryStore,
    script: Mutex<Script>,
    seen: Mutex<Seen>,
    is_held: watch::Sender<bool>,
}

#[derive(Debug)]
struct Script {
    /// The next appends, in order.
    next: VecDeque<Scripted>,
    /// What every append after those does.
    then: Scripted,
    disk_space: DiskSpace,
}

/// What the store was asked.
#[derive(Debug, Default)]
struct Seen {
    appends: usize,
    marks: usize,
    passes: Vec<Position>,
    reads: Vec<(StreamId, usize)>,
}

impl ScriptedStore {
    /// An empty store without a script.
    pub fn new() -> Self {
        Self::over(MemoryStore::new())
    }

    /// The same over a store that holds something already, or has an identity of its own.
    pub fn over(inner: MemoryStore) -> Self {
        let script = Script {
            next: VecDeque::new(),
            then: Scripted::Answered,
            disk_space: DiskSpace::Plenty,
        };
        Self {
            inner,
            script: Mutex::new(script),
            seen: Mutex::default(),
            is_held: watch::Sender::new(false),
        }
    }

    /// The next appends go like this, one after the other; replaces what was to come.
    pub fn next_appends(&self, steps: impl IntoIterator<Item = Scripted>) {
        self.script.lock().next = steps.into_iter().collect();
    }

    /// The n-th append from now, counted from 1, goes like this; those before it stay as they are.
    pub fn nth_append(&self, nth: usize, step: Scripted) {
        let next = &mut self.script.lock().next;
        let index = nth.saturating_sub(1);
        if next.len() <= index {
            next.resize(index.saturating_add(1), Scripted::Answered);
        }
        if let Some(at) = next.get_mut(index) {
            *at = step;
        }
    }

    /// Every append goes like this from now on, after those that have been named one by one.
    pub fn every_append(&self, step: Scripted) {
        self.script.lock().then = step;
    }

    /// Appends wait from now on, as on a disk that does not answer.
    pub fn hold(&self) {
        self.is_held.send_replace(true);
    }

    /// Those that wait go on.
    pub fn release(&self) {
        self.is_held.send_replace(false);
    }

    /// Ends it as [`MemoryStore::close`] does: appends are refused, subscriptions end.
    pub fn close(&self) {
        self.inner.close();
    }

    /// As much space as this is left.
    pub fn set_disk_space(&self, space: DiskSpace) {
        self.script.lock().disk_space = space;
    }

    /// How many appends were tried, whatever became of them.
    pub fn appends(&self) -> usize {
        self.seen.lock().appends
    }

    /// How often it was told to make known what is durable.
    pub fn marks(&self) -> usize {
        self.seen.lock().marks
    }

    /// From where all streams were read, each time.
    pub fn passes(&self) -> Vec<Position> {
        self.seen.lock().passes.clone()
    }

    /// Which stream was read alone, and how many events at most, each time.
    pub fn reads(&self) -> Vec<(StreamId, usize)> {
        self.seen.lock().reads.clone()
    }

    /// Forgets what it was asked so far.
    pub fn forget(&self) {
        *self.seen.lock() = Seen::default();
    }

    fn step(&self) -> Scripted {
        self.seen.lock().appends += 1;
        let mut script = self.script.lock();
        let next = script.next.pop_front();
        next.unwrap_or_else(|| script.then.clone())
    }
}

impl Default for ScriptedStore {
    fn default() -> Self {
        Self::new()
    }
}

impl EventStore for ScriptedStore {
    fn append<'a>(
        &'a self,
        stream: &'a StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> BoxFuture<'a, Result<Appended, AppendError>> {
        async move {
            let step = self.step();
            // The sender lives as long as the store.
            drop(self.is_held.subscribe().wait_for(|is_held| !is_held).await);
            match step {
                Scripted::Answered => self.inner.append(stream, expected, events).await,
                Scripted::AnswerLost => {
                    // A conflict is lost as well.
                    let _lost = self.inner.append(stream, expected, events).await;
                    Err(AppendError::Unknown)
                }
                Scripted::Fails(error) => Err(error),
            }
        }
        .boxed()
    }

    fn read<'a>(
        &'a self,
        stream: &'a StreamId,
        from: Revision,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<RecordedEvent>, ReadError>> {
        self.seen.lock().reads.push((stream.clone(), limit));
        self.inner.read(stream, from, limit)
    }

    fn read_all(
        &self,
        from: Position,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<RecordedEvent>, ReadError>> {
        self.seen.lock().passes.push(from);
        self.inner.read_all(from, limit)
    }

    fn head<'a>(
        &'a self,
        stream: &'a StreamId,
    ) -> BoxFuture<'a, Result<Option<Revision>, ReadError>> {
        self.inner.head(stream)
    }

    fn streams(&self) -> BoxFuture<'_, Result<Vec<StreamId>, ReadError>> {
        self.inner.streams()
    }

    fn durable(&self) -> watch::Receiver<u64> {
        self.inner.durable()
    }

    fn identity(&self) -> StoreId {
        self.inner.identity()
    }

    fn disk_space(&self) -> DiskSpace {
        self.script.lock().disk_space
    }

    fn mark(&self) {
        self.seen.lock().marks += 1;
        self.inner.mark();
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use uuid::Uuid;

    use super::*;

    async fn append(store: &ScriptedStore, number: u128) -> Result<u64, AppendError> {
        let event = NewEvent {
            id: Uuid::from_u128(number),
            kind: "Noted".into(),
            version: 1,
            metadata: Bytes::new(),
            data: Bytes::new(),
        };
        let stream = StreamId::office();
        let head = store.head(&stream).await.unwrap();
        let expected = head.map_or(Expected::NoStream, Expected::Exact);
        let appended = store.append(&stream, expected, vec![event]).await?;
        Ok(appended.last.0)
    }

    #[tokio::test]
    async fn appends_go_as_written_down_and_then_as_ever() {
        let store = ScriptedStore::new();
        store.next_appends([Scripted::LOST, Scripted::AnswerLost]);
        store.nth_append(4, Scripted::FULL);
        assert_eq!(append(&store, 1).await, Err(AppendError::Unknown));
        assert_eq!(*store.durable().borrow(), 0, "it was not written");
        assert_eq!(append(&store, 1).await, Err(AppendError::Unknown));
        assert_eq!(*store.durable().borrow(), 1, "it was written");
        assert_eq!(append(&store, 2).await, Ok(1));
        let full = Err(AppendError::Refused(StoreRefusal::DiskFull));
        assert_eq!(append(&store, 3).await, full);
        store.every_append(Scripted::CLOSED);
        let closed = Err(AppendError::Refused(StoreRefusal::Closed));
        assert_eq!(append(&store, 3).await, closed);
        store.every_append(Scripted::Answered);
        assert_eq!(append(&store, 3).await, Ok(2));
        assert_eq!(store.appends(), 6);
    }

    #[tokio::test]
    async fn held_append_goes_on_once_it_is_released() {
        let store = ScriptedStore::new();
        store.hold();
        let mut held = Box::pin(append(&store, 1));
        assert!((&mut held).now_or_never().is_none());
        assert_eq!(*store.durable().borrow(), 0);
        store.release();
        assert_eq!(held.await, Ok(0));
    }
}
