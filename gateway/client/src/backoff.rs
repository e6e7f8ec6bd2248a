//! The pauses between returns: never the same for two clients, and longer with each that fails.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::limits::{RETURN_SPREAD, RETURN_SPREAD_MAX, RETURNS_MAX};

/// Counts the returns that failed.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The pause before the next return; `None`: enough.
    pub(crate) fn pause(&mut self, asked: RangeInclusive<Duration>) -> Option<Duration> {
        if self.failures >= RETURNS_MAX {
            return None;
        }
        let pause = rand::random_range(asked)
            .saturating_add(rand::random_range(Duration::ZERO..=self.spread()));
        self.failures = self.failures.saturating_add(1);
        Some(pause)
    }

    /// The return has succeeded: something of the sale was heard.
    pub(crate) fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// What is added to the pause that was asked for.
    fn spread(&self) -> Duration {
        let Some(doublings) = self.failures.checked_sub(1) else {
            return Duration::ZERO;
        };
        let doubled = 2_u32.checked_pow(doublings);
        let spread = doubled.and_then(|factor| RETURN_SPREAD.checked_mul(factor));
        spread.map_or(RETURN_SPREAD_MAX, |spread| spread.min(RETURN_SPREAD_MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound_and_end() {
        let at_once = Duration::ZERO..=Duration::ZERO;
        let mut backoff = Backoff::default();
        assert_eq!(backoff.pause(at_once.clone()), Some(Duration::ZERO));
        for factor in [1, 2, 4, 8, 16] {
            assert_eq!(backoff.spread(), RETURN_SPREAD * factor);
            let pause = backoff.pause(at_once.clone()).unwrap();
            assert!(pause <= RETURN_SPREAD * factor);
        }
        while backoff.pause(at_once.clone()).is_some() {}
        assert_eq!(backoff.failures, RETURNS_MAX);
        assert_eq!(backoff.spread(), RETURN_SPREAD_MAX);
        backoff.succeeded();
        assert_eq!(backoff.pause(at_once), Some(Duration::ZERO));
    }

    #[test]
    fn what_the_server_asks_for_is_kept() {
        let asked = Duration::from_secs(1)..=Duration::from_secs(5);
        for _ in 0..100 {
            let pause = Backoff::default().pause(asked.clone()).unwrap();
            assert!(asked.contains(&pause), "{pause:?}");
        }
    }
}
