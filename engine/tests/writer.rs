//! The writer and the engine's loop: answers that last, batches, closings, restarts.
#![cfg(test)]

use std::sync::Arc;

use mazad_engine::domain::{
    Answer, AnswerKey, BidKind, BidResult, BidderAct, Closes, Code, CommandId, LotAct, LotNo,
    Opens, Paddle, Running, Span, Time, Verdict,
};
use mazad_engine::store::{EventStore, Revision, StreamId};
use mazad_engine::testing::{TestEngine, bidder, lot_terms, money, sale_terms, soft_close, timed};
use mazad_engine::{Lookup, SubmitError};
use uuid::Uuid;

const START: Time = TestEngine::START;
const LOT: LotNo = LotNo(1);

fn ten_minutes() -> Running {
    let (opens, closes) = (Opens::At(START), Closes::After(Span::minutes(10)));
    timed(opens, closes, Some(soft_close(2)))
}

async fn open(running: Running) -> TestEngine {
    let house = TestEngine::start().await.unwrap();
    let lots = vec![lot_terms(running)];
    house
        .open_sale(sale_terms(), lots, &[Paddle(7), Paddle(8)])
        .await;
    house
}

/// A lot under the hammer.
async fn called() -> TestEngine {
    let house = open(Running::Clerked).await;
    house.accepted(LotAct::Open.of(LOT)).await;
    house
}

/// A bid under an id that the test knows.
async fn bid(house: &TestEngine, paddle: u32, id: u128, minor: i64) -> Result<Answer, SubmitError> {
    let act = BidderAct::PlaceBid {
        amount: money(minor),
        kind: BidKind::Maximum,
        confirms: None,
    };
    let (actor, id) = (bidder(Paddle(paddle)), CommandId(Uuid::from_u128(id)));
    let hold = house.engine.arrive();
    house
        .submit_held(TestEngine::SALE, (actor, id), act.of(LOT), hold)
        .await
}

async fn head(house: &TestEngine) -> u64 {
    let stream = StreamId::sale(TestEngine::SALE.0);
    let head = house.store.head(&stream).await.unwrap();
    head.unwrap_or(Revision(0)).0
}

fn code(answer: &Answer) -> Option<Code> {
    match &answer.verdict {
        Verdict::Accepted(_) => None,
        Verdict::Refused(refusal) => Some(refusal.code),
    }
}

#[tokio::test]
async fn answer_comes_after_the_event_is_durable() {
    let house = called().await;
    let answer = bid(&house, 7, 1, 5_000).await.unwrap();
    assert_eq!(answer.verdict, Verdict::Accepted(Some(BidResult::Leading)));
    assert_eq!(
        (answer.standing.price, answer.standing.ask),
        (Some(money(1_000)), Some(money(1_100)))
    );
    assert!(head(&house).await >= answer.last);
}

#[tokio::test]
async fn repeated_command_gets_the_same_answer_and_no_event_also_after_a_restart() {
    let house = called().await;
    let accepted = bid(&house, 7, 1, 5_000).await.unwrap();
    let refused = bid(&house, 8, 2, 500).await.unwrap();
    assert_eq!(code(&refused), Some(Code::BelowAsk));
    let before = head(&house).await;
    assert_eq!(bid(&house, 7, 1, 5_000).await.unwrap(), accepted);
    assert_eq!(bid(&house, 8, 2, 500).await.unwrap(), refused);
    let other = bid(&house, 7, 1, 6_000).await;
    assert_eq!(other, Err(SubmitError::Reused));
    assert_eq!(head(&house).await, before);

    let house = house.restart().await.unwrap();
    assert_eq!(bid(&house, 7, 1, 5_000).await.unwrap(), accepted);
    let key = AnswerKey {
        actor: bidder(Paddle(8)),
        command: CommandId(Uuid::from_u128(2)),
    };
    let known = house.engine.lookup(TestEngine::SALE, key).await.unwrap();
    assert_eq!(known, Lookup::Answered(refused));
}

#[tokio::test]
async fn lot_closes_at_its_end_and_a_stamp_at_the_end_is_too_late() {
    let house = open(ten_minutes()).await;
    bid(&house, 7, 1, 5_000).await.unwrap();
    // A frame that was read before the end, still on its way when the end comes.
    house.clock.set(Time(START.0 + Span::minutes(10).0 - 1));
    let hold = house.engine.arrive();
    house.clock.set(START.after(Span::minutes(10)));
    let late = bid(&house, 8, 2, 9_000).await.unwrap();
    assert_eq!(code(&late), Some(Code::TooLate));
    let act = BidderAct::PlaceBid {
        amount: money(6_000),
        kind: BidKind::Maximum,
        confirms: None,
    };
    let whose = (bidder(Paddle(8)), CommandId(Uuid::from_u128(3)));
    let in_time = house.submit_held(TestEngine::SALE, whose, act.of(LOT), hold);
    let in_time = in_time.await.unwrap();
    assert_eq!(in_time.verdict, Verdict::Accepted(Some(BidResult::Leading)));
    let extended = Time(START.0 + Span::minutes(12).0 - 1);
    assert_eq!(in_time.standing.ends_at, Some(extended));
    house.clock.set(extended);
    let closed = bid(&house, 7, 4, 20_000).await.unwrap();
    assert!([Some(Code::TooLate), Some(Code::LotClosed)].contains(&code(&closed)));
}

#[tokio::test]
async fn restart_extends_what_would_have_ended_in_the_silence() {
    let house = open(ten_minutes()).await;
    bid(&house, 7, 1, 5_000).await.unwrap();
    house.engine.stop().await;
    house.clock.set(START.after(Span::minutes(30)));
    let house = house.restart().await.unwrap();
    let answer = bid(&house, 8, 2, 9_000).await.unwrap();
    assert_eq!(answer.verdict, Verdict::Accepted(Some(BidResult::Leading)));
    assert_eq!(
        answer.standing.ends_at,
        Some(START.after(Span::minutes(35)))
    );
}

#[tokio::test]
async fn many_commands_at_once_are_each_answered_once() {
    let house = Arc::new(called().await);
    let bids = (0..500_u32).map(|number| {
        let house = Arc::clone(&house);
        let id = u128::from(number) + 1_000;
        let amount = 1_000 + i64::from(number) * 100;
        tokio::spawn(async move { bid(&house, 7 + number % 2, id, amount).await })
    });
    let before = head(&house).await;
    let mut firsts = Vec::new();
    for bid in bids.collect::<Vec<_>>() {
        firsts.push(bid.await.unwrap().unwrap().first);
    }
    firsts.sort_unstable();
    firsts.dedup();
    assert_eq!(firsts.len(), 500);
    assert_eq!(head(&house).await, before + 500);
}
