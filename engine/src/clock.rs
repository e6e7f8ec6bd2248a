//! The engine's clock. The only place of this crate that reads one.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::domain::{Span, Time};

/// Tells the time. The writer makes it never fall (R0); this may.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Microseconds since 1970-01-01 UTC.
    fn now(&self) -> Time;
}

/// The clock of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Time {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Time(u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
    }
}

/// A clock that stands until somebody moves it: for tests and recorded histories.
#[derive(Debug, Default)]
pub struct ManualClock(AtomicU64);

impl ManualClock {
    /// A clock that shows this time.
    pub fn at(time: Time) -> Self {
        Self(AtomicU64::new(time.0))
    }

    /// Moves to this time, which may be an earlier one.
    pub fn set(&self, time: Time) {
        self.0.store(time.0, Ordering::SeqCst);
    }

    /// Moves the time on.
    pub fn advance(&self, span: Span) {
        self.0.fetch_add(span.0, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::SeqCst))
    }
}
