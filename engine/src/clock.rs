//! The engine's clock. The only place of this crate that reads one.
//!
//! Between two readings the engine's time advances by a clock that nobody sets and that counts sleep
//! (R0): whoever sets the clock of the machine moves no lot. The wall clock is read once, for the
//! anchor; after that it is only compared with.

use std::ffi::c_long;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use rtime_clock::adjtime::{Timex, adjtimex};
use rustix::time::{ClockId, clock_gettime};

use crate::domain::{Span, Time};

/// Tells the time. The writer makes it never fall (R0); this may.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Microseconds since 1970-01-01 UTC, by the engine.
    fn now(&self) -> Time;

    /// The same by the clock of the machine, which somebody may set.
    fn wall(&self) -> Time;

    /// How long the machine has been on, asleep or not: what a process measures its own silence by.
    fn uptime(&self) -> Span;

    /// Moves the time on to this one, if it is earlier: it does not begin before what a log has.
    fn not_before(&self, time: Time);
}

/// How far the machine's clock is off from the engine's time, in microseconds; of what a delay between
/// the readings leaves open, what is nearest to `known`. Below 0: the machine's clock is behind.
pub fn offset(clock: &dyn Clock, known: i64) -> i64 {
    let micros = |time: Time| i64::try_from(time.0).unwrap_or(i64::MAX);
    let before = micros(clock.now());
    let wall = micros(clock.wall());
    let after = micros(clock.now());
    let (least, most) = (wall.saturating_sub(after), wall.saturating_sub(before));
    known.clamp(least.min(most), most)
}

/// The clock of the operating system: anchored when it is made, and monotonic from then on.
#[derive(Debug)]
pub struct SystemClock {
    /// The engine's time when the machine was switched on, by the anchor.
    switched_on: AtomicU64,
}

impl SystemClock {
    /// Anchored at what the machine takes for the time.
    pub fn new() -> Self {
        let switched_on = wall().0.saturating_sub(uptime().0);
        Self {
            switched_on: AtomicU64::new(switched_on),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Time {
        Time(self.switched_on.load(Ordering::SeqCst)).after(uptime())
    }

    fn wall(&self) -> Time {
        wall()
    }

    fn uptime(&self) -> Span {
        uptime()
    }

    fn not_before(&self, time: Time) {
        let switched_on = time.0.saturating_sub(uptime().0);
        self.switched_on.fetch_max(switched_on, Ordering::SeqCst);
    }
}

fn wall() -> Time {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Time(u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
}

/// `CLOCK_BOOTTIME`, which goes on while the machine sleeps.
fn uptime() -> Span {
    let on = clock_gettime(ClockId::Boottime);
    let micros = |part: i64, each: u64| u64::try_from(part).unwrap_or(0).saturating_mul(each);
    Span(micros(on.tv_sec, 1_000_000).saturating_add(micros(on.tv_nsec, 1) / 1_000))
}

/// The largest error of the clock, in microseconds, at which the kernel takes it for synchronised: it
/// grows by 500 a second while nobody corrects it, and stays at this one then.
const ERROR_UNSYNCHRONISED_US: c_long = 16_000_000;

/// Whether somebody keeps the machine's clock right, by the kernel's word; `None` if it does not say.
pub fn is_synchronised() -> Option<bool> {
    let mut asked = Timex::new();
    adjtimex(&mut asked).ok()?;
    Some(asked.0.maxerror < ERROR_UNSYNCHRONISED_US)
}

/// A clock that stands until somebody moves it: for tests and recorded histories.
#[derive(Debug, Default)]
pub struct ManualClock {
    now: AtomicU64,
    /// By how much the wall clock was set off, in microseconds, as a two's complement.
    stepped: AtomicU64,
    uptime: AtomicU64,
}

impl ManualClock {
    /// A clock that shows this time.
    pub fn at(time: Time) -> Self {
        Self {
            now: AtomicU64::new(time.0),
            ..Self::default()
        }
    }

    /// Moves to this time, which may be an earlier one.
    pub fn set(&self, time: Time) {
        self.now.store(time.0, Ordering::SeqCst);
    }

    /// Moves the time on.
    pub fn advance(&self, span: Span) {
        self.now.fetch_add(span.0, Ordering::SeqCst);
    }

    /// Lets the process stand still for so long.
    pub fn stand_still(&self, span: Span) {
        self.advance(span);
        self.uptime.fetch_add(span.0, Ordering::SeqCst);
    }

    /// Sets the clock of the machine off by so many microseconds from the engine's time.
    pub fn step(&self, offset: i64) {
        self.stepped.store(offset.cast_unsigned(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Time {
        Time(self.now.load(Ordering::SeqCst))
    }

    fn wall(&self) -> Time {
        let offset = self.stepped.load(Ordering::SeqCst).cast_signed();
        Time(self.now().0.saturating_add_signed(offset))
    }

    fn uptime(&self) -> Span {
        Span(self.uptime.load(Ordering::SeqCst))
    }

    fn not_before(&self, time: Time) {
        let before = self.now.fetch_max(time.0, Ordering::SeqCst);
        // The wall clock stays where it is.
        let ahead = time.0.saturating_sub(before);
        self.stepped.fetch_sub(ahead, Ordering::SeqCst);
    }
}
