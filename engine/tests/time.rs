//! R0, R3.7: the writer's loop under a clock that is set and a process that stands still.
#![cfg(test)]

use std::sync::Arc;

use futures_util::FutureExt;
use mazad_engine::clock::Clock;
use mazad_engine::domain::{
    BidKind, Closes, LotNo, Opens, Paddle, SaleAct, SaleTerms, Span, Time, Verdict,
};
use mazad_engine::testing::{TestEngine, lot_terms, sale_terms, timed};

const LOT: LotNo = LotNo(1);
const HOUR: i64 = 3_600_000_000;

/// A lot that runs for ten minutes, on which paddle 1 leads at 1,000.
async fn open() -> TestEngine {
    let house = TestEngine::start().await.unwrap();
    let (opens, closes) = (
        Opens::At(TestEngine::START),
        Closes::After(Span::minutes(10)),
    );
    let terms = SaleTerms {
        resume_minimum: Span::minutes(1),
        ..sale_terms()
    };
    let lots = vec![lot_terms(timed(opens, closes, None))];
    house.open_sale(terms, lots, &[Paddle(1), Paddle(2)]).await;
    bids(&house, 1, 1_000).await;
    house
}

async fn bids(house: &TestEngine, paddle: u32, minor: i64) {
    let answer = house
        .bid(Paddle(paddle), LOT, minor, BidKind::Flat)
        .await
        .unwrap();
    assert!(matches!(answer.verdict, Verdict::Accepted(_)), "{answer:?}");
}

/// Until an event of this type is durable; the loop looks at its clock once a second.
async fn comes(house: &TestEngine, kind: &str) -> Vec<String> {
    loop {
        let kinds = house.kinds().await;
        if kinds.iter().any(|one| one == kind) {
            return kinds;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn process_that_stood_still_over_an_end_sells_nothing_on_waking() {
    let house = open().await;
    house.clock.stand_still(Span::minutes(11));
    let kinds = comes(&house, "StoodStill").await;
    let from = kinds.iter().position(|kind| kind == "StoodStill").unwrap();
    assert_eq!(kinds[from..], ["StoodStill", "LotExtended"]);
    bids(&house, 2, 1_100).await;
    house.clock.advance(Span::minutes(2));
    let kinds = comes(&house, "LotClosed").await;
    assert_eq!(kinds.last().unwrap(), "LotClosed");
}

#[tokio::test]
async fn bid_that_came_in_while_the_process_stood_still_is_decided_after_what_it_cost() {
    let house = open().await;
    house.clock.stand_still(Span::minutes(11));
    bids(&house, 2, 1_100).await;
    let kinds = house.kinds().await;
    assert!(kinds.ends_with(&[
        "StoodStill".into(),
        "LotExtended".into(),
        "BidAccepted".into()
    ]));
}

#[tokio::test]
async fn clock_that_is_set_rests_the_sale_and_closes_nothing() {
    let house = open().await;
    house.clock.step(HOUR);
    let kinds = comes(&house, "SalePaused").await;
    assert!(!kinds.iter().any(|kind| kind == "LotClosed"));
    let answer = house
        .bid(Paddle(2), LOT, 1_100, BidKind::Flat)
        .await
        .unwrap();
    assert!(matches!(answer.verdict, Verdict::Refused(_)));
    house.accepted(SaleAct::Resume).await;
    bids(&house, 2, 1_100).await;
    assert_eq!(
        house
            .kinds()
            .await
            .iter()
            .filter(|kind| *kind == "SalePaused")
            .count(),
        1
    );
}

#[tokio::test]
async fn step_that_goes_away_lets_the_sale_go_on_by_itself() {
    let house = open().await;
    house.clock.step(-24 * HOUR);
    comes(&house, "SalePaused").await;
    house.clock.step(0);
    comes(&house, "SaleResumed").await;
    bids(&house, 2, 1_100).await;
}

/// A machine whose clock was set back while the engine was off: its time goes on from the log's last, and
/// somebody has to look.
#[tokio::test]
async fn start_under_a_time_before_the_logs_last_rests_the_sale() {
    let house = open().await;
    house.clock.advance(Span::minutes(5));
    bids(&house, 2, 1_100).await;
    let (clock, last) = (Arc::clone(&house.clock), house.clock.now());
    house.engine.stop().await;
    clock.set(Time(last.0 - HOUR.unsigned_abs()));
    let house = TestEngine::over(house.store, clock).await.unwrap();
    assert!(house.clock.now() >= last);
    let kinds = comes(&house, "SalePaused").await;
    assert!(kinds.ends_with(&["WriterStarted".into(), "SalePaused".into()]));
    house.accepted(SaleAct::Resume).await;
    bids(&house, 1, 1_200).await;
}

/// As after an engine that was off: a lot that would end soon has the least remainder, and that is all.
#[tokio::test]
async fn start_a_little_after_the_logs_last_is_nothing() {
    let house = open().await;
    let clock = Arc::clone(&house.clock);
    house.engine.stop().await;
    clock.advance(Span::seconds(40));
    let house = TestEngine::over(house.store, clock).await.unwrap();
    bids(&house, 2, 1_100).await;
    let kinds = house.kinds().await;
    assert!(
        kinds.ends_with(&["WriterStarted".into(), "BidAccepted".into()]),
        "{kinds:?}"
    );
}

/// The first append of a process is away from work like any other.
#[tokio::test]
async fn what_a_start_is_away_over_its_own_append_is_given_back() {
    let house = open().await;
    let (store, clock) = (Arc::clone(&house.store), Arc::clone(&house.clock));
    house.engine.stop().await;
    store.hold();
    let before = store.appends();
    let house = TestEngine::over(store, clock).await.unwrap();
    while house.store.appends() == before {
        tokio::task::yield_now().await;
    }
    house.clock.stand_still(Span::minutes(11));
    house.store.release();
    let kinds = comes(&house, "StoodStill").await;
    assert!(kinds.ends_with(&[
        "WriterStarted".into(),
        "StoodStill".into(),
        "LotExtended".into()
    ]));
}

/// Else nothing would ever be decided over a disk that stalls at each append.
#[tokio::test]
async fn what_waited_through_a_stall_is_decided_in_one_append_with_it() {
    let house = open().await;
    house.store.hold();
    let before = house.store.appends();
    let mut first = Box::pin(house.bid(Paddle(2), LOT, 1_100, BidKind::Flat));
    while house.store.appends() == before {
        assert!((&mut first).now_or_never().is_none());
        tokio::task::yield_now().await;
    }
    let mut second = Box::pin(house.bid(Paddle(1), LOT, 1_200, BidKind::Flat));
    assert!((&mut second).now_or_never().is_none());
    house.clock.stand_still(Span::seconds(3));
    house.store.release();
    first.await.unwrap();
    second.await.unwrap();
    assert_eq!(house.store.appends(), before + 2);
    let kinds = house.kinds().await;
    assert!(
        kinds.ends_with(&["StoodStill".into(), "BidAccepted".into()]),
        "{kinds:?}"
    );
}
