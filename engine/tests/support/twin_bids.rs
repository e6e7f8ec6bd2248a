//! Random terms and bids for one timed lot, for the engine and its twin alike.

use proptest::prelude::*;

use crate::scenario_words::time;
use crate::twin_rules::{Paper, Terms};
use crate::twin_traffic::{Base, base, delta};

const NOON: &str = "12:00:00";

fn noon() -> i64 {
    i64::try_from(time(NOON).unwrap().0).unwrap()
}

/// A bid, so long after the one before, stamped so far from the clock (microseconds).
#[derive(Debug, Clone)]
pub(crate) struct Bid {
    pub(crate) wait: u64,
    pub(crate) stamp: i64,
    pub(crate) paddle: u32,
    pub(crate) base: Base,
    pub(crate) delta: i64,
    pub(crate) flat: bool,
}

/// Every option of R1 to R3 that a lot may have.
pub(crate) fn terms() -> impl Strategy<Value = Terms> {
    let bands = prop_oneof![
        Just(vec![(0, 100)]),
        Just(vec![(0, 100), (2_000, 250), (5_000, 500)]),
        Just(vec![(0, 300), (1_500, 40), (4_000, 1_000)]),
    ];
    let soft = (0_i64..200, 1_i64..200, any::<bool>());
    let caps = (prop::option::of(1_u32..5), prop::option::of(300_i64..700));
    let opening = prop_oneof![Just(1_000_i64), Just(999), Just(40)];
    (
        opening,
        any::<bool>(),
        bands,
        any::<bool>(),
        any::<bool>(),
        soft,
        caps,
    )
        .prop_map(
            |(opening, above_opening, bands, grid, may_fall, soft, caps)| {
                let noon = noon();
                let seconds = |seconds: i64| seconds * 1_000_000;
                Terms {
                    opening,
                    above_opening,
                    bands,
                    grid,
                    may_fall,
                    ends_at: noon + seconds(300),
                    window: seconds(soft.0),
                    extension: seconds(soft.1),
                    on_price: soft.2,
                    extensions_max: caps.0,
                    hard_stop: caps.1.map(|stop| noon + seconds(stop)),
                }
            },
        )
}

pub(crate) fn bids() -> impl Strategy<Value = Vec<Bid>> {
    let wait = prop_oneof![3 => 0_u64..5_000_000, 2 => 5_000_000_u64..90_000_000];
    let stamp = prop_oneof![2 => Just(0_i64), 1 => -2_200_000_i64..2_200_000];
    let bid = (wait, stamp, 1_u32..5, base(), delta(), any::<bool>());
    let bid = bid.prop_map(|(wait, stamp, paddle, base, delta, flat)| Bid {
        wait,
        stamp,
        paddle,
        base,
        delta,
        flat,
    });
    prop::collection::vec(bid, 1..40)
}

/// The terms in the words of a scenario.
pub(crate) fn in_words(terms: &Terms) -> [String; 3] {
    let noon = noon();
    let mode = if terms.grid { "grid" } else { "additive" };
    let bands = terms
        .bands
        .iter()
        .map(|(from, step)| format!(" {from}:{step}"));
    let mut lot = format!(
        "lot 1 opening {} {mode}{}",
        terms.opening,
        bands.collect::<String>()
    );
    if terms.above_opening {
        lot.push_str(" above-opening");
    }
    let (window, extension) = (terms.window / 1_000_000, terms.extension / 1_000_000);
    lot.push_str(&format!(
        " timed 12:00:00 12:05:00 soft-close {window}s {extension}s"
    ));
    if terms.on_price {
        lot.push_str(" on-price");
    }
    if let Some(most) = terms.extensions_max {
        lot.push_str(&format!(" most {most}"));
    }
    if let Some(stop) = terms.hard_stop {
        let seconds = (stop - noon) / 1_000_000;
        let (minutes, seconds) = (seconds / 60, seconds % 60);
        lot.push_str(&format!(" hard-stop 12:{minutes:02}:{seconds:02}"));
    }
    let sale = if terms.may_fall {
        "sale maximum-may-fall"
    } else {
        "sale"
    };
    [sale.to_owned(), lot, "paddle 1..4".to_owned()]
}

/// The amount of a bid, measured from where the lot stands.
pub(crate) fn amount_of(paper: &Paper, bid: &Bid) -> i64 {
    let from = match bid.base {
        Base::Ask => paper.ask(),
        Base::Price => paper.price,
        Base::LeaderMaximum => paper.leader.map_or(0, |(_, maximum)| maximum),
        Base::Nothing => 0,
    };
    (from + bid.delta).max(0)
}
