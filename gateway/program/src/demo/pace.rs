//! How fast the demo runs: every duration of it divided by one number.

use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use mazad_engine::domain::Span;
use serde::{Deserialize, Serialize};

/// The slowest and the fastest that a machine and an eye can follow.
const SPEEDS: RangeInclusive<f64> = 0.1..=100.0;

/// The speed of a demo.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub(crate) struct Pace(f64);

impl Pace {
    /// That of a real hall.
    pub(crate) const HALL: Self = Self(1.0);

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

impl TryFrom<f64> for Pace {
    type Error = String;

    fn try_from(speed: f64) -> Result<Self, String> {
        let told = || format!("a speed from {} to {}", SPEEDS.start(), SPEEDS.end());
        SPEEDS
            .contains(&speed)
            .then_some(Self(speed))
            .ok_or_else(told)
    }
}

impl From<Pace> for f64 {
    fn from(pace: Pace) -> Self {
        pace.0
    }
}

impl FromStr for Pace {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::try_from(text.parse().unwrap_or(f64::NAN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_divided() {
        let pace = Pace(20.0);
        assert_eq!(pace.span(Span::seconds(100)), Span::seconds(5));
        assert_eq!(pace.seconds(10.0), Duration::from_millis(500));
        for unfit in [0.0, -1.0, 1e9, f64::NAN, f64::INFINITY] {
            Pace::try_from(unfit).unwrap_err();
        }
        assert_eq!("20".parse(), Ok(pace));
        "fast".parse::<Pace>().unwrap_err();
    }
}
