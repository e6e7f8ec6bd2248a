//! How different people bid: from what one sees of a lot to the bid that one makes.

use std::collections::BTreeSet;

use mazad_proto::v1;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::catalogue::Worth;
use super::pace::Pace;

/// A way of bidding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strategy {
    /// Waits, and bids the least amount now and then.
    Patient,
    /// Says how far it goes at once, and is not heard again until beaten.
    EarlyMaximum,
    /// Comes in the last seconds.
    Sniper,
    /// Bids the least amount, at once, again and again.
    Nibbler,
    /// Bids too little, far too much, and twice.
    Clumsy,
    /// Loses its connection in the middle of a bid, and comes back.
    Offline,
}

/// A bid that somebody is about to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PlannedBid {
    /// In minor units.
    pub(crate) amount: i64,
    /// A price or a ceiling.
    pub(crate) kind: v1::BidKind,
}

/// The scripted bidders: paddle, strategy and limit in pounds (R13). Those with the large one never
/// meet it.
pub(crate) const BIDDERS: [(u32, Strategy, i64); 12] = [
    (101, Strategy::Patient, 500_000_000),
    (102, Strategy::EarlyMaximum, 500_000_000),
    (103, Strategy::Sniper, 500_000_000),
    (104, Strategy::Nibbler, 1_500_000),
    (105, Strategy::Clumsy, 2_000_000),
    (106, Strategy::Offline, 500_000_000),
    (107, Strategy::Patient, 60_000_000),
    (108, Strategy::EarlyMaximum, 25_000_000),
    (109, Strategy::Sniper, 500_000_000),
    (110, Strategy::Nibbler, 500_000_000),
    (111, Strategy::Clumsy, 500_000_000),
    (112, Strategy::Offline, 5_000_000),
];

impl Strategy {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::EarlyMaximum => "early maximum",
            Self::Sniper => "sniper",
            Self::Nibbler => "nibbler",
            Self::Clumsy => "clumsy",
            Self::Offline => "offline and back",
        }
    }

    /// Seconds of the hall between two looks.
    const fn looks(self) -> (f64, f64) {
        match self {
            Self::Patient => (7.0, 15.0),
            Self::EarlyMaximum => (3.0, 8.0),
            Self::Sniper => (1.5, 3.0),
            Self::Nibbler => (3.0, 7.0),
            Self::Clumsy => (5.0, 11.0),
            Self::Offline => (4.0, 9.0),
        }
    }
}

/// What one bidder does: by its strategy, its random numbers and what it has seen.
#[derive(Debug)]
pub(crate) struct BidderScript {
    strategy: Strategy,
    pace: Pace,
    rng: StdRng,
    seed: u64,
    given_up: BTreeSet<u32>,
    has_maximum: BTreeSet<u32>,
}

impl BidderScript {
    /// A script whose bids follow from the seed of the demo and the paddle.
    pub(crate) fn new(strategy: Strategy, pace: Pace, seed: u64, paddle: u32) -> Self {
        let seed = mixed(seed, paddle.into());
        Self {
            strategy,
            pace,
            rng: StdRng::seed_from_u64(seed),
            seed,
            given_up: BTreeSet::new(),
            has_maximum: BTreeSet::new(),
        }
    }

    /// How long until the next look.
    pub(crate) fn next_look(&mut self) -> std::time::Duration {
        let (least, most) = self.strategy.looks();
        self.pace.seconds(self.rng.random_range(least..most))
    }

    /// A random number from 0 to 99.
    pub(crate) fn roll(&mut self) -> u32 {
        self.rng.random_range(0..100)
    }

    /// Wants nothing more of a lot.
    pub(crate) fn give_up(&mut self, lot: u32) {
        self.given_up.insert(lot);
    }

    /// What a lot is worth to this bidder: the same in each run of a seed; `None`: nothing.
    pub(crate) fn value(&self, lot: u32, worth: Worth) -> Option<i64> {
        let rng = mixed(self.seed, lot.into());
        if rng % 100 >= 70 || self.given_up.contains(&lot) {
            return None;
        }
        // From well below the lower estimate to somewhat above the upper one.
        let percent = i64::try_from(rng / 100 % 111)
            .unwrap_or(0)
            .saturating_sub(5);
        let span = worth.high.saturating_sub(worth.low);
        let above = span.checked_mul(percent)?.checked_div(100)?;
        let value = worth.low.saturating_add(above);
        // Whole hundreds of pounds, as people think.
        Some(value.checked_div(10_000)?.saturating_mul(10_000))
    }

    /// The bid that this bidder makes on an open lot at an instant, if any.
    pub(crate) fn plan_bid(
        &mut self,
        lot: &v1::LotView,
        worth: Worth,
        paddle: u32,
        now: u64,
    ) -> Option<PlannedBid> {
        let value = self.value(lot.lot, worth)?;
        let (ask, leads) = (lot.ask, lot.leader == paddle);
        if leads || ask <= 0 || ask > value {
            return None;
        }
        let flat = |amount: i64| PlannedBid {
            amount,
            kind: v1::BidKind::Flat,
        };
        let up_to = |amount: i64| PlannedBid {
            amount,
            kind: v1::BidKind::Maximum,
        };
        match self.strategy {
            Strategy::Nibbler | Strategy::Offline => Some(flat(ask)),
            Strategy::Patient => (self.roll() < 60).then(|| flat(ask)),
            Strategy::EarlyMaximum => {
                let first = self.has_maximum.insert(lot.lot);
                // Once beaten, one more try at most.
                (first || self.roll() < 15).then(|| up_to(value))
            }
            Strategy::Sniper => self.is_late(lot, worth, now).then(|| up_to(value)),
            Strategy::Clumsy => Some(match self.roll() {
                0..20 => flat(ask.saturating_mul(9).checked_div(10)?.max(1)),
                20..32 => flat(ask.saturating_mul(10)),
                _ => flat(ask),
            }),
        }
    }

    /// A timed lot is about to end, or the clerk has warned.
    fn is_late(&self, lot: &v1::LotView, worth: Worth, now: u64) -> bool {
        if worth.clerked {
            return lot.warnings > 0;
        }
        let left = lot.ends_at.saturating_sub(now);
        u128::from(left) < self.pace.seconds(9.0).as_micros()
    }
}

/// Two numbers made one that looks like neither (splitmix64).
fn mixed(seed: u64, number: u64) -> u64 {
    let mut z = seed.wrapping_add(number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORTH: Worth = Worth {
        low: 1_000_000,
        high: 2_000_000,
        clerked: false,
    };

    fn lot(no: u32, ask: i64) -> v1::LotView {
        v1::LotView {
            lot: no,
            ask,
            ends_at: 100_000_000,
            ..v1::LotView::default()
        }
    }

    /// A lot that this bidder wants.
    fn wanted(script: &BidderScript) -> (u32, i64) {
        let wanted = |no| Some((no, script.value(no, WORTH)?));
        (1..100).find_map(wanted).unwrap()
    }

    #[test]
    fn a_seed_wants_the_same_again() {
        let values = |seed| {
            let script = BidderScript::new(Strategy::Nibbler, Pace::HALL, seed, 101);
            (1..29)
                .map(|no| script.value(no, WORTH))
                .collect::<Vec<_>>()
        };
        assert_eq!(values(7), values(7));
        assert_ne!(values(7), values(8));
        let some = values(7).into_iter().flatten().collect::<Vec<_>>();
        assert!((10..28).contains(&some.len()), "{}", some.len());
        assert!(
            some.iter()
                .all(|value| (900_000..2_200_000).contains(value))
        );
    }

    #[test]
    fn nobody_bids_against_himself_or_past_the_value() {
        for (_, strategy, _) in BIDDERS {
            let mut script = BidderScript::new(strategy, Pace::HALL, 7, 101);
            let (no, value) = wanted(&script);
            let mut own = lot(no, 1_000);
            own.leader = 101;
            assert_eq!(script.plan_bid(&own, WORTH, 101, 99_000_000), None);
            let dear = lot(no, value.saturating_add(1));
            assert_eq!(script.plan_bid(&dear, WORTH, 101, 99_000_000), None);
            script.give_up(no);
            assert_eq!(
                script.plan_bid(&lot(no, 1_000), WORTH, 101, 99_000_000),
                None
            );
        }
    }

    #[test]
    fn a_sniper_waits_for_the_end() {
        let mut script = BidderScript::new(Strategy::Sniper, Pace::HALL, 7, 103);
        let (no, value) = wanted(&script);
        assert_eq!(
            script.plan_bid(&lot(no, 1_000), WORTH, 103, 50_000_000),
            None
        );
        let late = script
            .plan_bid(&lot(no, 1_000), WORTH, 103, 95_000_000)
            .unwrap();
        assert_eq!((late.amount, late.kind), (value, v1::BidKind::Maximum));
    }
}
