//! R0: arrival stamps, and the watermark that the close barrier asks for.
//!
//! A gateway stamps a frame when its last byte has been read, and holds the stamp until the command
//! is in its sale's queue. A lot closes only when no stamp older than its end is still held, so
//! nothing that arrived in time can be overtaken by the close.

use std::collections::BTreeSet;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::domain::Time;

/// Hands out arrival stamps that never fall, and knows which are still held.
#[derive(Debug)]
pub struct Arrivals {
    clock: Arc<dyn Clock>,
    held: Mutex<HeldStamps>,
    released: Notify,
}

#[derive(Debug, Default)]
struct HeldStamps {
    last: Time,
    serial: u64,
    stamps: BTreeSet<(Time, u64)>,
}

/// An arrival that is still on its way into the queue. Dropping it lets closings go on.
#[derive(Debug)]
pub struct ArrivalHold {
    arrivals: Arc<Arrivals>,
    stamp: Time,
    serial: u64,
}

impl ArrivalHold {
    /// When the last byte of the frame had been read.
    pub fn stamp(&self) -> Time {
        self.stamp
    }
}

impl Drop for ArrivalHold {
    fn drop(&mut self) {
        self.arrivals
            .held
            .lock()
            .stamps
            .remove(&(self.stamp, self.serial));
        self.arrivals.released.notify_waiters();
    }
}

impl Arrivals {
    /// Nothing is on its way.
    pub fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            clock,
            held: Mutex::default(),
            released: Notify::new(),
        })
    }

    /// The clock, made never to fall.
    pub fn now(&self) -> Time {
        let mut held = self.held.lock();
        held.last = held.last.max(self.clock.now());
        held.last
    }

    /// The clock behind the stamps.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Stamps what has just arrived; the stamp is held until the hold is dropped.
    pub fn arrive(self: &Arc<Self>) -> ArrivalHold {
        let mut held = self.held.lock();
        held.last = held.last.max(self.clock.now());
        held.serial = held.serial.wrapping_add(1);
        let (stamp, serial) = (held.last, held.serial);
        held.stamps.insert((stamp, serial));
        drop(held);
        ArrivalHold {
            arrivals: Arc::clone(self),
            stamp,
            serial,
        }
    }

    /// The watermark: nothing older than this is still on its way into a queue, or ever will be.
    pub fn watermark(&self) -> Time {
        let mut held = self.held.lock();
        held.last = held.last.max(self.clock.now());
        held.stamps.first().map_or(held.last, |(stamp, _)| *stamp)
    }

    /// Resolves at the next release of a hold.
    pub(crate) fn released(&self) -> tokio::sync::futures::Notified<'_> {
        self.released.notified()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use crate::domain::Span;

    #[test]
    fn nothing_is_stamped_before_a_watermark_that_has_been_told() {
        let clock = Arc::new(ManualClock::at(Time(1_000)));
        let arrivals = Arrivals::new(Arc::<ManualClock>::clone(&clock));
        let watermark = arrivals.watermark();
        // The clock may go back; what has been told may not.
        clock.set(Time(500));
        assert!(arrivals.arrive().stamp() >= watermark);
        clock.set(Time(1_000));
        let early = arrivals.arrive();
        clock.advance(Span(10));
        let late = arrivals.arrive();
        assert_eq!(arrivals.watermark(), early.stamp());
        drop(early);
        assert_eq!(arrivals.watermark(), late.stamp());
    }
}
