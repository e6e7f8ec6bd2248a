//! Runs over random sales, and what was seen in them.

use std::collections::BTreeMap;
use std::fmt::Debug;

use mazad_engine::domain::{Event, LotEvent, LotOutcome};
use mazad_engine::testing::TestSale;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};

/// Whether the run is that of every day: its seed and its size.
pub(crate) fn is_daily() -> bool {
    std::env::var_os("MAZAD_SEED").is_none() && std::env::var_os("MAZAD_CASES").is_none()
}

/// Runs a test on random cases with a seed that is told when it fails.
pub(crate) fn for_all<S>(cases: u32, strategy: &S, test: impl Fn(S::Value))
where
    S: Strategy,
    S::Value: Debug,
{
    let number = |name: &str| std::env::var(name).map_or(1, |word| word.parse().unwrap());
    let seed = number("MAZAD_SEED");
    let times = u32::try_from(number("MAZAD_CASES")).unwrap();
    let config = Config {
        cases: cases * times,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..Config::default()
    };
    if std::env::var_os("NEXTEST").is_some() {
        // Alone in its process: do not tell every step on the way to the smallest failure.
        std::panic::set_hook(Box::new(|_| {}));
    }
    let ran = TestRunner::new(config).run(strategy, |value| {
        test(value);
        Ok(())
    });
    if std::env::var_os("NEXTEST").is_some() {
        drop(std::panic::take_hook());
    }
    match ran {
        Ok(()) => println!("seed {seed}: {} sales", cases * times),
        Err(TestError::Fail(why, value)) => panic!("seed {seed}: {why}\n{value:?}"),
        Err(TestError::Abort(why)) => panic!("seed {seed}: {why}"),
    }
}

/// Names of what happens, beside the refusals: events as they are stored, outcomes, effects.
pub(crate) const WORDS: [&str; 51] = [
    "SaleCreated",
    "SaleAmended",
    "LotsCleared",
    "SalePublished",
    "WriterStarted",
    "SaleOpened",
    "SaleEnded",
    "SalePaused",
    "SaleResumed",
    "PaddleAdmitted",
    "PaddleBarred",
    "LimitSet",
    "PresenceMarked",
    "LotAdded",
    "LotAmended",
    "LotsReordered",
    "LotScheduled",
    "LotOpened",
    "LotWarned",
    "AskSet",
    "LotExtended",
    "CeilingRaised",
    "LotClosed",
    "LotWithdrawn",
    "LotReoffered",
    "LotReopened",
    "ReserveLifted",
    "BidAccepted",
    "MaximumChanged",
    "FloorBidHeld",
    "FloorBidLapsed",
    "VoidRequested",
    "BidVoided",
    "ReaffirmOffered",
    "LeadReaffirmed",
    "ReaffirmEnded",
    "CommandRefused",
    "effect Unchanged",
    "effect Lapsed",
    "effect Revived",
    "effect Repriced",
    "effect ForDecision",
    "outcome KnockedDown",
    "outcome NoBid",
    "outcome BelowBase",
    "outcome PassedByClerk",
    "outcome Lapsed",
    "outcome ForDecision",
    "extended SoftClose",
    "extended Outage",
    "extended Correction",
];

/// Counts what happened.
pub(crate) fn tally(room: &TestSale, seen: &mut BTreeMap<String, u32>) {
    let mut count = |word: String| *seen.entry(word).or_default() += 1;
    for append in room.appends() {
        append
            .iter()
            .for_each(|event| count(event.kind.to_string()));
    }
    for recorded in &room.log {
        match &recorded.event {
            Event::Refused { refusal, .. } => count(refusal.code.as_str().to_owned()),
            Event::Lot(_, LotEvent::BidVoided(void)) => count(format!("effect {:?}", void.effect)),
            Event::Lot(_, LotEvent::Extended { cause, .. }) => count(format!("extended {cause:?}")),
            Event::Lot(_, LotEvent::Closed { outcome, .. }) => count(match outcome {
                LotOutcome::KnockedDown { .. } => "outcome KnockedDown".to_owned(),
                LotOutcome::ForDecision(_) => "outcome ForDecision".to_owned(),
                plain => format!("outcome {plain:?}"),
            }),
            Event::Sale(_) | Event::Lot(..) => {}
        }
    }
}
