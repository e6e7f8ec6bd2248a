//! What the writer thread and the readers share.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::{Mutex, RwLock};
use tokio::sync::watch;

use super::index::{BatchPlace, Index};
use super::queue::Queue;
use super::reader::LogReader;
use super::tail::Tail;
use crate::limits::READ_BYTES_MAX;
use crate::store::log::bytes::errors::{OnPoison, PoisonReason};
use crate::store::log::bytes::format::ChainHash;
use crate::store::{DiskSpace, Position, ReadError, RecordedEvent, Revision, StreamId};

/// LogState that readers see. Only durable events ever enter it.
pub(crate) struct SharedLog {
    pub(crate) queue: Queue,
    state: RwLock<LogState>,
    reader: LogReader,
    /// As the writer last found it.
    pub(crate) disk_space: Mutex<DiskSpace>,
    poison: OnceLock<PoisonReason>,
    is_told: AtomicBool,
    on_poison: OnPoison,
}

#[derive(Debug)]
struct LogState {
    index: Index,
    tail: Tail,
}

/// Where an event is to be had from.
enum ReadSource {
    Memory(RecordedEvent),
    Disk(BatchPlace, Vec<u64>),
}

/// A read that knows what it wants but has not touched the disk yet.
pub(crate) struct ReadPlan(Vec<ReadSource>);

impl SharedLog {
    pub(crate) fn new(index: Index, reader: LogReader, on_poison: OnPoison) -> Self {
        let tail = Tail::starting_at(index.durable());
        Self {
            queue: Queue::new(),
            state: RwLock::new(LogState { index, tail }),
            reader,
            disk_space: Mutex::default(),
            poison: OnceLock::new(),
            is_told: AtomicBool::new(false),
            on_poison,
        }
    }

    /// Stops the store for good. The first reason is kept.
    pub(crate) fn poison(&self, reason: PoisonReason) {
        let _ = self.poison.set(reason);
        self.queue.abort();
    }

    pub(crate) fn poisoned(&self) -> Option<&PoisonReason> {
        self.poison.get()
    }

    /// Tells the owner once, after every waiting append has been answered.
    pub(crate) fn tell_poison(&self) {
        if let Some(reason) = self.poison.get()
            && !self.is_told.swap(true, Ordering::Relaxed)
        {
            tracing::error!(%reason, "store has stopped itself");
            (self.on_poison)(reason);
        }
    }

    /// Makes the events of a durable batch visible.
    pub(crate) fn publish(
        &self,
        place: BatchPlace,
        events: Vec<RecordedEvent>,
        durable: &watch::Sender<u64>,
    ) {
        let mut state = self.state.write();
        for event in events {
            let next = Position(state.index.durable());
            assert!(event.position == next, "positions are dense");
            let pushed = state
                .index
                .push_event(event.stream.as_str(), event.revision.0);
            assert!(pushed.is_some(), "revisions are dense");
            state.tail.push(event);
        }
        state.index.push_batch(place);
        // Under the lock: whoever has read an event also finds it counted as durable.
        durable.send_replace(state.index.durable());
    }

    pub(crate) fn durable(&self) -> u64 {
        self.state.read().index.durable()
    }

    pub(crate) fn next_revision(&self, stream: &StreamId) -> u64 {
        self.state.read().index.next_revision(stream)
    }

    pub(crate) fn head(&self, stream: &StreamId) -> Option<Revision> {
        self.state.read().index.head(stream)
    }

    pub(crate) fn streams(&self) -> Vec<StreamId> {
        self.state.read().index.streams()
    }

    pub(crate) fn plan_stream(&self, stream: &StreamId, from: Revision, limit: usize) -> ReadPlan {
        let state = self.state.read();
        let positions = state.index.positions(stream, from, limit).iter().copied();
        state.plan(positions)
    }

    pub(crate) fn plan_all(&self, from: Position, limit: usize) -> ReadPlan {
        let state = self.state.read();
        let end = from
            .0
            .saturating_add(limit as u64)
            .min(state.index.durable());
        state.plan(from.0..end)
    }

    /// Runs a plan until the answer is large enough. Touches the disk unless [`ReadPlan::is_in_memory`].
    pub(crate) fn fetch(&self, plan: ReadPlan) -> Result<Vec<RecordedEvent>, ReadError> {
        let (mut events, mut bytes) = (Vec::new(), 0);
        for source in plan.0 {
            if bytes >= READ_BYTES_MAX {
                break;
            }
            let before = events.len();
            match source {
                ReadSource::Memory(event) => events.push(event),
                ReadSource::Disk(place, positions) => {
                    self.reader.events(&place, &positions, &mut events)?;
                }
            }
            let read = events.iter().skip(before);
            bytes += read.map(payload_bytes).sum::<usize>();
        }
        Ok(events)
    }

    /// Hash of the header of the batch that holds a position, read from the disk.
    pub(crate) fn chain_at(&self, position: Position) -> Result<Option<ChainHash>, ReadError> {
        let place = self.state.read().index.batch_of(position);
        place
            .map(|place| Ok(self.reader.batch(&place)?.0.chain()))
            .transpose()
    }
}

impl LogState {
    fn plan(&self, positions: impl Iterator<Item = u64>) -> ReadPlan {
        let mut sources = Vec::new();
        for position in positions {
            if let Some(event) = self.tail.get(Position(position)) {
                sources.push(ReadSource::Memory(event.clone()));
                continue;
            }
            if let Some(ReadSource::Disk(place, wanted)) = sources.last_mut() {
                let end = place.first_position + u64::from(place.event_count);
                if position < end {
                    wanted.push(position);
                    continue;
                }
            }
            if let Some(place) = self.index.batch_of(Position(position)) {
                sources.push(ReadSource::Disk(place, vec![position]));
            }
        }
        ReadPlan(sources)
    }
}

fn payload_bytes(event: &RecordedEvent) -> usize {
    event.data.len() + event.metadata.len()
}

impl ReadPlan {
    pub(crate) fn is_in_memory(&self) -> bool {
        self.0
            .iter()
            .all(|source| matches!(source, ReadSource::Memory(_)))
    }
}

impl fmt::Debug for SharedLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedLog")
            .field("durable", &self.durable())
            .field("poison", &self.poison)
            .finish_non_exhaustive()
    }
}
