//! The engine's time as a client knows it. The machine's own clock says how much time has passed, never
//! what time it is.

use std::time::Duration;

use tokio::time::Instant;

use crate::limits::CLOCK_GOOD_FOR;

/// The engine's clock from afar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EngineClock {
    origin: Instant,
    /// Engine time at `origin`, in microseconds since 1970; `None` before the first word.
    start: Option<i128>,
    measured: Option<Measured>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Measured {
    at: Instant,
    /// Half of the round trip: how wrong it may be.
    half: Duration,
}

impl EngineClock {
    pub(crate) fn new() -> Self {
        Self {
            origin: Instant::now(),
            start: None,
            measured: None,
        }
    }

    /// A frame carried the engine's time. It left some time ago, so the engine is at least there.
    pub(crate) fn heard(&mut self, time: u64, at: Instant) {
        if time == 0 {
            return;
        }
        let least = i128::from(time).saturating_sub(self.elapsed(at));
        self.start = Some(self.start.map_or(least, |start| start.max(least)));
    }

    /// A ping came back: the engine's time lies in the middle of the round trip, give or take half.
    pub(crate) fn measured(&mut self, sent: Instant, time: u64, at: Instant) {
        let half = at.saturating_duration_since(sent) / 2;
        let is_worse = self.measured.is_some_and(|before| {
            let age = at.saturating_duration_since(before.at);
            half > before.half && age < CLOCK_GOOD_FOR
        });
        if is_worse {
            return;
        }
        let then = i128::from(time).saturating_add(micros(half));
        self.start = Some(then.saturating_sub(self.elapsed(at)));
        self.measured = Some(Measured { at, half });
    }

    /// The engine's time, microseconds since 1970 UTC; `None` before the first word.
    pub(crate) fn time_at(&self, at: Instant) -> Option<u64> {
        let now = self.start?.saturating_add(self.elapsed(at));
        u64::try_from(now).ok()
    }

    fn elapsed(&self, at: Instant) -> i128 {
        micros(at.saturating_duration_since(self.origin))
    }
}

fn micros(duration: Duration) -> i128 {
    i128::try_from(duration.as_micros()).unwrap_or(i128::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn time_goes_on_between_words_and_never_falls_behind_them() {
        let mut clock = EngineClock::new();
        let start = clock.origin;
        assert_eq!(clock.time_at(start), None);
        clock.heard(5_000_000, start);
        assert_eq!(clock.time_at(start + SECOND), Some(6_000_000));
        // Late on its way: the engine was there a while ago.
        clock.heard(5_500_000, start + SECOND);
        assert_eq!(clock.time_at(start + SECOND), Some(6_000_000));
        clock.heard(6_200_000, start + SECOND);
        assert_eq!(clock.time_at(start + SECOND), Some(6_200_000));
    }

    #[test]
    fn a_ping_measures_and_a_worse_one_does_not() {
        let mut clock = EngineClock::new();
        let start = clock.origin;
        clock.heard(1_000_000, start);
        clock.measured(start, 2_000_000, start + SECOND);
        assert_eq!(clock.time_at(start + SECOND), Some(2_500_000));
        clock.measured(start, 9_000_000, start + 2 * SECOND);
        assert_eq!(clock.time_at(start + SECOND), Some(2_500_000));
        clock.measured(start + 100 * SECOND, 200_000_000, start + 104 * SECOND);
        assert_eq!(clock.time_at(start + 104 * SECOND), Some(202_000_000));
    }
}
