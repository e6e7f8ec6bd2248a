//! R0, R3.7: the writer's loop under a clock that is set and a process that stands still.
#![cfg(test)]

use mazad_engine::domain::{
    BidKind, Closes, LotNo, Opens, Paddle, SaleAct, SaleTerms, Span, Verdict,
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

/// A machine whose clock was set back while the engine was off: its time goes on from the log's last.
#[tokio::test]
async fn time_does_not_begin_before_what_the_log_has() {
    let house = open().await;
    house.clock.advance(Span::minutes(5));
    bids(&house, 2, 1_100).await;
    let last = house.clock.clone();
    let now = mazad_engine::clock::Clock::now(&*last);
    house.engine.stop().await;
    last.set(TestEngine::START);
    let house = TestEngine::over(house.store, last).await.unwrap();
    assert!(mazad_engine::clock::Clock::now(&*house.clock) >= now);
    bids(&house, 1, 1_200).await;
}
