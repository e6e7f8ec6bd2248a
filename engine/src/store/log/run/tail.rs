//! The most recent events, decoded: live readers are served from here.

use std::collections::VecDeque;

use crate::limits::{STORE_TAIL_BYTES_MAX, STORE_TAIL_EVENTS_MAX};
use crate::store::{Position, RecordedEvent};

/// What an event costs in memory beside its payload, roughly.
const EVENT_OVERHEAD_BYTES: usize = 256;

/// A bounded window over the end of the log.
#[derive(Debug)]
pub(crate) struct Tail {
    /// Position of the first event held, or of the next one if none is.
    first: u64,
    events: VecDeque<RecordedEvent>,
    bytes: usize,
}

impl Tail {
    pub(crate) fn starting_at(durable: u64) -> Self {
        Self {
            first: durable,
            events: VecDeque::new(),
            bytes: 0,
        }
    }

    pub(crate) fn push(&mut self, event: RecordedEvent) {
        let next = self.first + self.events.len() as u64;
        assert!(event.position.0 == next, "the tail has no holes");
        self.bytes += cost(&event);
        self.events.push_back(event);
        while self.events.len() > STORE_TAIL_EVENTS_MAX || self.bytes > STORE_TAIL_BYTES_MAX {
            let Some(oldest) = self.events.pop_front() else {
                break;
            };
            self.bytes -= cost(&oldest);
            self.first += 1;
        }
    }

    pub(crate) fn get(&self, position: Position) -> Option<&RecordedEvent> {
        let index = position.0.checked_sub(self.first)?;
        self.events.get(usize::try_from(index).ok()?)
    }
}

fn cost(event: &RecordedEvent) -> usize {
    event.data.len() + event.metadata.len() + EVENT_OVERHEAD_BYTES
}
