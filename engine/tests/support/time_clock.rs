//! A machine's clocks for the simulator: the time since it was switched on, the clock that somebody
//! sets, and the engine's own, anchored as [`mazad_engine::clock::SystemClock`] anchors it.

use std::sync::Arc;

use mazad_engine::clock::Clock;
use mazad_engine::domain::{Span, Time};
use mazad_engine::testing::NOON;
use parking_lot::Mutex;

/// Microseconds since the machine was switched on.
pub(crate) type Up = u64;

/// The clocks of one process.
#[derive(Debug, Clone)]
pub(crate) struct SimClock {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    up: Up,
    /// How far the machine's clock was set off from the true time.
    set_off: i64,
    /// The engine's time when the machine was switched on.
    anchor: u64,
    /// The process is stopped before the readings that follow: how many go well before it, and how
    /// long it lasts.
    stops: Vec<(u32, u64)>,
    /// When it was stopped at a reading.
    stopped: Vec<(Up, Up)>,
}

impl SimClock {
    pub(crate) fn new() -> Self {
        let state = State {
            anchor: NOON.0,
            ..State::default()
        };
        Self {
            state: Arc::new(Mutex::new(state)),
        }
    }

    pub(crate) fn up(&self) -> Up {
        self.state.lock().up
    }

    pub(crate) fn pass(&self, micros: u64) {
        self.state.lock().up += micros;
    }

    /// What the engine's clock showed then, in this process.
    pub(crate) fn at(&self, up: Up) -> Time {
        Time(self.state.lock().anchor + up)
    }

    /// Sets the machine's clock off by so many microseconds from the true time.
    pub(crate) fn set_off(&self, micros: i64) {
        self.state.lock().set_off = micros;
    }

    /// How far the machine's clock is off from the engine's time.
    pub(crate) fn offset(&self) -> i64 {
        let state = self.state.lock();
        let true_anchor = NOON.0.cast_signed() + state.set_off;
        true_anchor - state.anchor.cast_signed()
    }

    /// The process is stopped for so long, after so many more readings.
    pub(crate) fn stop_at_reading(&self, readings: u32, micros: u64) {
        self.state.lock().stops.push((readings, micros));
    }

    /// When it was stopped at a reading since this was last asked.
    pub(crate) fn take_stopped(&self) -> Vec<(Up, Up)> {
        std::mem::take(&mut self.state.lock().stopped)
    }

    /// A new process on the same machine: anchored at what the machine takes for the time.
    pub(crate) fn anchor_anew(&self) {
        let mut state = self.state.lock();
        state.anchor = NOON.0.checked_add_signed(state.set_off).expect("near");
        state.stops.clear();
    }

    fn read<T>(&self, reading: impl FnOnce(&State) -> T) -> T {
        let mut state = self.state.lock();
        let mut lasts = 0;
        state.stops.retain_mut(|(left, micros)| {
            let is_now = *left == 0;
            if is_now {
                lasts += *micros;
            }
            *left = left.saturating_sub(1);
            !is_now
        });
        if lasts > 0 {
            let from = state.up;
            state.up += lasts;
            let until = state.up;
            state.stopped.push((from, until));
        }
        reading(&state)
    }
}

impl Clock for SimClock {
    fn now(&self) -> Time {
        self.read(|state| Time(state.anchor + state.up))
    }

    fn wall(&self) -> Time {
        let wall = |state: &State| NOON.0 + state.up;
        self.read(|state| Time(wall(state).checked_add_signed(state.set_off).expect("near")))
    }

    fn uptime(&self) -> Span {
        self.read(|state| Span(state.up))
    }

    fn not_before(&self, time: Time) {
        let mut state = self.state.lock();
        state.anchor = state.anchor.max(time.0.saturating_sub(state.up));
    }
}
