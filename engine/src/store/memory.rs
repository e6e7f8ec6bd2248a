//! The store for tests, simulation and throw-away demos: everything in memory, nothing survives.

use std::collections::BTreeMap;

use bytes::Bytes;
use futures_util::future::{self, BoxFuture, FutureExt};
use parking_lot::Mutex;
use tokio::sync::watch;
use uuid::Uuid;

use super::port::{
    AppendError, Appended, EventStore, Expected, NewEvent, Position, ReadError, RecordedEvent,
    Revision, StoreId, StoreRefusal, StreamId, fits_limits,
};

/// Keeps events in memory. "Durable" means here: for as long as the process lives.
#[derive(Debug)]
pub struct MemoryStore {
    identity: StoreId,
    state: Mutex<MemoryState>,
    durable: watch::Receiver<u64>,
}

#[derive(Debug)]
struct MemoryState {
    events: Vec<RecordedEvent>,
    /// For each stream the indexes of its events in `events`.
    streams: BTreeMap<StreamId, Vec<usize>>,
    /// Gone when the store is closed, which is what ends subscriptions.
    publish: Option<watch::Sender<u64>>,
}

impl MemoryStore {
    /// An empty store with a random identity.
    pub fn new() -> Self {
        Self::with_identity(StoreId {
            store: Uuid::new_v4(),
            epoch: 1,
        })
    }

    /// An empty store with a given identity, for runs that must repeat bit for bit.
    pub fn with_identity(identity: StoreId) -> Self {
        let (publish, durable) = watch::channel(0);
        let state = MemoryState {
            events: Vec::new(),
            streams: BTreeMap::new(),
            publish: Some(publish),
        };
        Self {
            identity,
            state: Mutex::new(state),
            durable,
        }
    }

    /// Refuses appends from now on and lets subscriptions end once they have caught up.
    pub fn close(&self) {
        self.state.lock().publish = None;
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryState {
    fn append(
        &mut self,
        stream: &StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        if self.publish.is_none() {
            return Err(AppendError::Refused(StoreRefusal::Closed));
        }
        if !fits_limits(&events) {
            return Err(AppendError::Refused(StoreRefusal::Size));
        }
        let next = self
            .streams
            .get(stream)
            .map_or(0, |indexes| indexes.len() as u64);
        let first = expected.next();
        if first.0 != next {
            return self
                .repeated(stream, first, &events)
                .ok_or_else(|| AppendError::Conflict {
                    current: next.checked_sub(1).map(Revision),
                });
        }
        let count = events.len() as u64;
        let indexes = self.streams.entry(stream.clone()).or_default();
        for (revision, event) in (next..).zip(events) {
            indexes.push(self.events.len());
            let position = Position(self.events.len() as u64);
            self.events
                .push(record(stream, Revision(revision), position, event));
        }
        let durable = self.events.len() as u64;
        if let Some(publish) = &self.publish {
            publish.send_replace(durable);
        }
        Ok(Appended {
            first,
            last: Revision(next + count - 1),
            position: Position(durable - 1),
        })
    }

    /// Where an append landed that had been made before with the same ids at the same place.
    fn repeated(
        &self,
        stream: &StreamId,
        first: Revision,
        events: &[NewEvent],
    ) -> Option<Appended> {
        let indexes = self.streams.get(stream)?;
        let start = usize::try_from(first.0).ok()?;
        let stored = indexes.get(start..start.checked_add(events.len())?)?;
        let mut position = None;
        for (index, event) in stored.iter().zip(events) {
            let recorded = self.events.get(*index)?;
            if recorded.id != event.id {
                return None;
            }
            position = Some((recorded.revision, recorded.position));
        }
        position.map(|(last, position)| Appended {
            first,
            last,
            position,
        })
    }

    fn read(&self, stream: &StreamId, from: Revision, limit: usize) -> Vec<RecordedEvent> {
        let indexes = self.streams.get(stream).map_or(&[][..], Vec::as_slice);
        let start = usize::try_from(from.0).unwrap_or(usize::MAX);
        let wanted = indexes.iter().skip(start).take(limit);
        wanted
            .filter_map(|index| self.events.get(*index))
            .cloned()
            .collect()
    }
}

/// Copies the payload: a slice of a whole network frame would keep that frame alive.
fn record(
    stream: &StreamId,
    revision: Revision,
    position: Position,
    event: NewEvent,
) -> RecordedEvent {
    RecordedEvent {
        stream: stream.clone(),
        revision,
        position,
        id: event.id,
        kind: event.kind,
        version: event.version,
        metadata: Bytes::copy_from_slice(&event.metadata),
        data: Bytes::copy_from_slice(&event.data),
    }
}

impl EventStore for MemoryStore {
    fn append<'a>(
        &'a self,
        stream: &'a StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> BoxFuture<'a, Result<Appended, AppendError>> {
        // Lazy, as with every other adapter: nothing happens before the future is polled.
        future::lazy(move |_| self.state.lock().append(stream, expected, events)).boxed()
    }

    fn read<'a>(
        &'a self,
        stream: &'a StreamId,
        from: Revision,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<RecordedEvent>, ReadError>> {
        future::lazy(move |_| Ok(self.state.lock().read(stream, from, limit))).boxed()
    }

    fn read_all(
        &self,
        from: Position,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<RecordedEvent>, ReadError>> {
        let start = usize::try_from(from.0).unwrap_or(usize::MAX);
        future::lazy(move |_| {
            Ok(self
                .state
                .lock()
                .events
                .iter()
                .skip(start)
                .take(limit)
                .cloned()
                .collect())
        })
        .boxed()
    }

    fn head<'a>(
        &'a self,
        stream: &'a StreamId,
    ) -> BoxFuture<'a, Result<Option<Revision>, ReadError>> {
        future::lazy(move |_| {
            let next = self.state.lock().streams.get(stream).map_or(0, Vec::len) as u64;
            Ok(next.checked_sub(1).map(Revision))
        })
        .boxed()
    }

    fn streams(&self) -> BoxFuture<'_, Result<Vec<StreamId>, ReadError>> {
        future::lazy(move |_| Ok(self.state.lock().streams.keys().cloned().collect())).boxed()
    }

    fn durable(&self) -> watch::Receiver<u64> {
        self.durable.clone()
    }

    fn identity(&self) -> StoreId {
        self.identity
    }
}
