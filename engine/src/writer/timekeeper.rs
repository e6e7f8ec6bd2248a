//! R0: what a sale's writer makes of the time, apart from any I/O: whoever drives it (the engine's
//! loop, a simulator) calls [`Timekeeper::look`], takes what its queue holds, and has it decided.
//!
//! The order of readings is what this page is about. Whatever may have stood still in between, nothing
//! closes by a time that was read after a silence that has not been given back.

use super::arrivals::Arrivals;
use super::core::{PreparedBatch, Writer};
use crate::clock;
use crate::domain::{Command, Due, Span, Time};
use crate::limits::{BARRIER_WAIT, CLOCK_STEP, STOOD_STILL};

/// When the writer of a sale was at work, and up to when it knows what has arrived.
#[derive(Debug)]
pub struct Timekeeper {
    /// When it was last at work, by a clock that counts sleep.
    awake_at: Span,
    /// The same before the batch that is being made durable.
    awake_before: Span,
    now: Time,
    barrier: Barrier,
}

/// A watermark, and how many requests stood in the queue when it was taken. Once those are decided,
/// nothing older than the watermark is on its way.
#[derive(Debug, Clone, Copy)]
struct Barrier {
    watermark: Time,
    ahead: usize,
    is_over: bool,
}

impl Timekeeper {
    /// At work from now on.
    pub fn new(arrivals: &Arrivals) -> Self {
        let awake_at = arrivals.clock().uptime();
        Self {
            awake_at,
            awake_before: awake_at,
            now: Time(0),
            barrier: Barrier {
                watermark: Time(0),
                ahead: 0,
                is_over: true,
            },
        }
    }

    /// R3.7: the first batch of a process. What it is away from here on is no part of the start.
    pub fn start<T>(
        &mut self,
        arrivals: &Arrivals,
        writer: &mut Writer,
        epoch: u64,
    ) -> PreparedBatch<T> {
        self.awake_at = arrivals.clock().uptime();
        self.awake_before = self.awake_at;
        writer.prepare_start(epoch, arrivals.now())
    }

    /// Begins a turn: the clock first, then the watermark, then what stands in the queue. Whatever is
    /// stamped before an end that has come is held, or in the queue.
    pub fn look(&mut self, arrivals: &Arrivals, queued: impl FnOnce() -> usize) -> Time {
        self.now = arrivals.now();
        if self.barrier.is_over {
            self.barrier = Barrier {
                watermark: arrivals.watermark(),
                ahead: queued(),
                is_over: false,
            };
        }
        self.now
    }

    /// So many requests have left the queue.
    pub fn taken(&mut self, count: usize) {
        self.barrier.ahead = self.barrier.ahead.saturating_sub(count);
    }

    /// Decides what came of time itself, then commands, then what is due: one batch. What the engine
    /// has to say of the time stands before the commands that waited meanwhile, and nothing closes
    /// beside it.
    pub fn decide<T>(
        &mut self,
        arrivals: &Arrivals,
        writer: &mut Writer,
        commands: &mut Vec<(Command, T)>,
    ) -> PreparedBatch<T> {
        let watermark = match self.barrier.ahead {
            0 => self.barrier.watermark,
            _ => Time(0),
        };
        let batch = match self.own(arrivals, writer, watermark) {
            None => writer.prepare(commands, self.now, watermark),
            Some(own) => writer.prepare_after(own, commands, self.now, Time(0)),
        };
        self.barrier.is_over = self.barrier.ahead == 0 && commands.is_empty();
        batch
    }

    /// The batch was not made durable: what it said of the time is found again.
    pub fn not_durable(&mut self) {
        self.awake_at = self.awake_before;
    }

    /// What is wrong with the time, if anything is.
    fn own<T>(
        &mut self,
        arrivals: &Arrivals,
        writer: &mut Writer,
        watermark: Time,
    ) -> Option<PreparedBatch<T>> {
        // Read after the clock of this turn: a time up to which there was no silence.
        let uptime = arrivals.clock().uptime();
        let gap = Span(uptime.0.saturating_sub(self.awake_at.0));
        self.awake_before = std::mem::replace(&mut self.awake_at, uptime);
        if !writer.is_open() {
            return None;
        }
        let sale = writer.id();
        if gap > STOOD_STILL {
            // What was read before may be from before the silence.
            self.now = arrivals.now();
            tracing::warn!(%sale, gap_ms = gap.0 / 1_000, "stood still");
            return Some(writer.prepare_stood_still(gap, self.now));
        }
        let offset = clock::offset(arrivals.clock(), writer.clock_offset());
        if offset.abs_diff(writer.clock_offset()) > CLOCK_STEP.0 {
            let batch: PreparedBatch<T> = writer.prepare_clock_stepped(offset, self.now);
            if !batch.events.is_empty() {
                let offset_ms = offset / 1_000;
                tracing::error!(%sale, offset_ms, "the machine's clock was set");
                return Some(batch);
            }
        }
        is_outage(writer, self.now, watermark).then(|| writer.prepare_outage(self.now))
    }
}

/// R0: a gateway that has held an older stamp for too long after an end.
fn is_outage(writer: &Writer, now: Time, watermark: Time) -> bool {
    let Some((time, due)) = writer.next_due() else {
        return false;
    };
    let silent = Time(now.0.saturating_sub(BARRIER_WAIT.0));
    is_held(due, time, watermark) && watermark != Time(0) && time < silent
}

/// R0: a close or a lapse waits while an older stamp is on its way.
pub(super) fn is_held(due: Due, time: Time, watermark: Time) -> bool {
    due.waits_for_arrivals() && watermark < time
}
