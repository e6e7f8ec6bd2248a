//! The bounded queue of appends, from many tasks to the one writer thread.

use std::collections::VecDeque;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use tokio::sync::{Semaphore, oneshot};

use crate::limits::{APPEND_QUEUE_UNIT_BYTES, APPEND_QUEUE_UNITS_MAX};
use crate::store::log::bytes::record::record_bytes;
use crate::store::{AppendError, Appended, Expected, NewEvent, StreamId};

/// What an append is answered.
pub(crate) type AppendAnswer = Result<Appended, AppendError>;

/// An append that waits for the writer.
#[derive(Debug)]
pub(crate) struct AppendRequest {
    pub(crate) stream: StreamId,
    pub(crate) expected: Expected,
    pub(crate) events: Vec<NewEvent>,
    pub(crate) answer: oneshot::Sender<AppendAnswer>,
}

impl AppendRequest {
    /// Bytes of its records in a body.
    pub(crate) fn record_bytes(&self) -> usize {
        self.events
            .iter()
            .map(|event| record_bytes(&self.stream, event))
            .sum()
    }
}

/// What the writer finds when it looks for work.
#[derive(Debug)]
pub(crate) enum Taken {
    /// All the appends that waited.
    Appends(VecDeque<AppendRequest>),
    /// Nothing for the time it was willing to wait, or nothing while a mark is asked for.
    Idle,
    /// The queue is closed and empty.
    Closed,
}

/// Bounded by weight, not by count: many small appends or few large ones.
#[derive(Debug)]
pub(crate) struct Queue {
    free_units: Semaphore,
    waiting: Mutex<Waiting>,
    wake: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    requests: VecDeque<AppendRequest>,
    units: usize,
    closed: bool,
    mark: bool,
}

impl Queue {
    pub(crate) fn new() -> Self {
        Self {
            free_units: Semaphore::new(APPEND_QUEUE_UNITS_MAX),
            waiting: Mutex::new(Waiting::default()),
            wake: Condvar::new(),
        }
    }

    /// Waits for free units and queues the append; false if the queue is closed.
    pub(crate) async fn push(&self, request: AppendRequest) -> bool {
        let units = request
            .record_bytes()
            .div_ceil(APPEND_QUEUE_UNIT_BYTES)
            .max(1);
        let Ok(weight) = u32::try_from(units) else {
            return false;
        };
        let Ok(permit) = self.free_units.acquire_many(weight).await else {
            return false;
        };
        let mut waiting = self.waiting.lock();
        if waiting.closed {
            return false;
        }
        // Given back when the writer takes the append.
        permit.forget();
        waiting.units += units;
        waiting.requests.push_back(request);
        drop(waiting);
        self.wake.notify_one();
        true
    }

    /// Asks for a mark. It waits while appends do: each batch written after another bears witness
    /// that the other was durable, so only the last one needs a mark.
    pub(crate) fn mark(&self) {
        self.waiting.lock().mark = true;
        self.wake.notify_one();
    }

    /// Takes everything that waits.
    pub(crate) fn take(&self, wait_max: Duration) -> Taken {
        let mut waiting = self.waiting.lock();
        while waiting.requests.is_empty() {
            if waiting.closed {
                return Taken::Closed;
            }
            if std::mem::take(&mut waiting.mark) {
                return Taken::Idle;
            }
            let timed_out = self.wake.wait_for(&mut waiting, wait_max).timed_out();
            if timed_out && waiting.requests.is_empty() && !waiting.closed {
                return Taken::Idle;
            }
        }
        self.free_units
            .add_permits(std::mem::take(&mut waiting.units));
        Taken::Appends(std::mem::take(&mut waiting.requests))
    }

    /// Takes no more appends; those that wait are still served.
    pub(crate) fn close(&self) {
        self.waiting.lock().closed = true;
        self.free_units.close();
        self.wake.notify_one();
    }

    /// Takes no more appends and drops those that wait, whose callers then learn that the outcome is
    /// unknown.
    pub(crate) fn abort(&self) {
        let mut waiting = self.waiting.lock();
        waiting.closed = true;
        let dropped = std::mem::take(&mut waiting.requests);
        drop(waiting);
        self.free_units.close();
        self.wake.notify_one();
        drop(dropped);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mark_does_not_wait_for_the_rest_to_end() {
        let queue = Queue::new();
        let long = Duration::from_secs(3600);
        queue.mark();
        assert!(matches!(queue.take(long), Taken::Idle));
        queue.mark();
        queue.close();
        assert!(matches!(queue.take(long), Taken::Closed));
    }
}
