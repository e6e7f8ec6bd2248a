//! How fast the demo runs: every duration of it divided by one number.

use std::time::Duration;

use mazad_engine::domain::Span;

/// The speed of a demo; 1 is that of a real hall.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pace(f64);

impl Pace {
    /// A pace within what a machine and an eye can follow.
    pub(crate) fn new(speed: f64) -> Self {
        Self(if speed.is_finite() {
            speed.clamp(0.1, 100.0)
        } else {
            1.0
        })
    }

    /// The number.
    pub(crate) const fn speed(self) -> f64 {
        self.0
    }

    /// So many seconds of the hall.
    pub(crate) fn seconds(self, seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds.max(0.0)).div_f64(self.0)
    }

    /// A span of the sale.
    pub(crate) fn span(self, span: Span) -> Span {
        let scaled = Duration::from_micros(span.0).div_f64(self.0);
        Span(u64::try_from(scaled.as_micros()).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_divided() {
        let pace = Pace::new(20.0);
        assert_eq!(pace.span(Span::seconds(100)), Span::seconds(5));
        assert_eq!(pace.seconds(10.0), Duration::from_millis(500));
        assert_eq!(Pace::new(f64::NAN), Pace::new(1.0));
        assert_eq!(Pace::new(1e9), Pace::new(100.0));
    }
}
