//! R0, R3.7: the writer of a sale, without a runtime, on a machine that stalls, sleeps, is stopped
//! between any two readings of its clocks, has its clock set, its disk filled and its process killed.
//!
//! The seed is fixed; `MAZAD_SEED=7` sees other days, `MAZAD_CASES=9` nine times as many. A failure
//! prints its seed and the smallest day that still fails.
#![cfg(test)]

#[path = "support/time_checks.rs"]
mod time_checks;
#[path = "support/time_clock.rs"]
mod time_clock;
#[path = "support/time_house.rs"]
mod time_house;
#[path = "support/time_moves.rs"]
mod time_moves;
#[expect(dead_code, reason = "the twin uses the rest")]
#[path = "support/twin_runs.rs"]
mod twin_runs;

use std::cell::RefCell;
use std::collections::BTreeMap;

use time_house::House;
use time_moves::{moves, setups};
use twin_runs::{for_all, is_daily};

#[test]
fn whatever_befalls_the_machine_nobody_in_time_is_late_and_no_lot_ends_early() {
    let counts = RefCell::new(BTreeMap::<&str, u32>::new());
    for_all(3_000, &(setups(), moves()), |(setup, moves)| {
        let mut house = House::open(&setup);
        for one in moves {
            house.befalls(one);
        }
        for (what, times) in house.finish() {
            *counts.borrow_mut().entry(what).or_default() += times;
        }
    });
    let counts = counts.into_inner();
    println!("{counts:#?}");
    if is_daily() {
        let enough = |what: &str| counts.get(what).copied().unwrap_or_default() >= 50;
        assert!(time_checks::COUNTED.into_iter().all(enough), "{counts:?}");
    }
}
