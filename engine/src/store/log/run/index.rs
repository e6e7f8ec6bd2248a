//! Where each batch lies and which positions each stream has. Rebuilt from the log at start-up.

use std::collections::HashMap;

use crate::store::log::bytes::format::BatchHeader;
use crate::store::{Position, Revision, StreamId};

/// Where a batch of events lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BatchPlace {
    pub(crate) segment: u64,
    pub(crate) offset: u64,
    pub(crate) batch: u64,
    pub(crate) first_position: u64,
    pub(crate) event_count: u32,
    pub(crate) body_bytes: u32,
}

impl BatchPlace {
    pub(crate) fn of(header: &BatchHeader, offset: u64) -> Self {
        Self {
            segment: header.segment,
            offset,
            batch: header.batch,
            first_position: header.first_position,
            event_count: header.event_count,
            body_bytes: header.body_bytes,
        }
    }
}

/// The index of the durable events. Holds no event and no hash, so that ten million events fit in
/// the memory of a small machine.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    /// Batches that hold events, in order.
    batches: Vec<BatchPlace>,
    /// For each stream the positions of its events, by revision.
    streams: HashMap<StreamId, Vec<u64>>,
    durable: u64,
}

impl Index {
    /// Number of durable events.
    pub(crate) fn durable(&self) -> u64 {
        self.durable
    }

    /// Revision that the stream's next event gets.
    pub(crate) fn next_revision(&self, stream: &StreamId) -> u64 {
        self.streams
            .get(stream)
            .map_or(0, |positions| positions.len() as u64)
    }

    pub(crate) fn head(&self, stream: &StreamId) -> Option<Revision> {
        self.next_revision(stream).checked_sub(1).map(Revision)
    }

    pub(crate) fn streams(&self) -> Vec<StreamId> {
        let mut streams: Vec<_> = self.streams.keys().cloned().collect();
        streams.sort_unstable();
        streams
    }

    pub(crate) fn stream_count(&self) -> usize {
        self.streams.len()
    }

    /// Adds the next event of a stream; false if that is not its next revision.
    pub(crate) fn push_event(&mut self, stream: &str, revision: u64) -> Option<()> {
        if !self.streams.contains_key(stream) {
            self.streams.insert(StreamId::parse(stream)?, Vec::new());
        }
        let positions = self.streams.get_mut(stream)?;
        if positions.len() as u64 != revision {
            return None;
        }
        positions.push(self.durable);
        self.durable += 1;
        Some(())
    }

    /// Adds the batch whose events have been pushed.
    pub(crate) fn push_batch(&mut self, place: BatchPlace) {
        let end = place.first_position + u64::from(place.event_count);
        assert!(end == self.durable, "a batch is indexed after its events");
        if place.event_count > 0 {
            self.batches.push(place);
        }
    }

    /// The batch that holds a position.
    pub(crate) fn batch_of(&self, position: Position) -> Option<BatchPlace> {
        if position.0 >= self.durable {
            return None;
        }
        let after = self
            .batches
            .partition_point(|place| place.first_position <= position.0);
        self.batches.get(after.checked_sub(1)?).copied()
    }

    /// Positions of a stream from a revision on, at most `limit`.
    pub(crate) fn positions(&self, stream: &StreamId, from: Revision, limit: usize) -> &[u64] {
        let positions = self.streams.get(stream).map_or(&[][..], Vec::as_slice);
        let start = usize::try_from(from.0)
            .unwrap_or(usize::MAX)
            .min(positions.len());
        let end = start.saturating_add(limit).min(positions.len());
        positions.get(start..end).unwrap_or_default()
    }
}
