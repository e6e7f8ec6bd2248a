//! The engine's loop over a store that refuses, does not know, or is full for a while.
#![cfg(test)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mazad_engine::clock::ManualClock;
use mazad_engine::codec::command::of_act;
use mazad_engine::codec::encode;
use mazad_engine::domain::{
    Answer, BidKind, BidResult, Closes, CommandId, LotAct, LotNo, Opens, Paddle, SaleAct,
    SaleEvent, SaleId, Span, Time, Verdict,
};
use mazad_engine::limits::SPACE_LOOK_MS;
use mazad_engine::store::{AppendError, EventStore, Expected, StreamId};
use mazad_engine::testing::{
    Scripted, ScriptedStore, TestEngine, account, lot_terms, sale_terms, timed,
};
use mazad_engine::{SaleHealth, StartError, SubmitError};
use uuid::Uuid;

const START: Time = TestEngine::START;
const LOT: LotNo = LotNo(1);

/// An open lot that ends in ten minutes, and a bid on it.
async fn open() -> TestEngine {
    let house = TestEngine::start().await.unwrap();
    let (opens, closes) = (Opens::At(START), Closes::After(Span::minutes(10)));
    let lots = vec![lot_terms(timed(opens, closes, None))];
    house.open_sale(sale_terms(), lots, &[Paddle(7)]).await;
    bid(&house, 1_000).await.unwrap();
    house
}

async fn bid(house: &TestEngine, minor: i64) -> Result<Answer, SubmitError> {
    house.bid(Paddle(7), LOT, minor, BidKind::Maximum).await
}

/// What is due on a full disk is tried now and then, not without pause, and a stop still ends.
#[tokio::test(start_paused = true)]
async fn closing_on_a_full_disk_is_tried_again_later() {
    let house = open().await;
    house.store.every_append(Scripted::FULL);
    let before = house.store.appends();
    house.clock.advance(Span::minutes(10));
    let looks = 5;
    let span = Duration::from_millis(looks * SPACE_LOOK_MS);
    // The runtime's clock stands still but for this; nothing is slept for real.
    tokio::time::advance(Duration::from_secs(1)).await;
    let _over = tokio::time::timeout(span, std::future::pending::<()>()).await;
    let tried = house.store.appends() - before;
    assert!(
        (1..=usize::try_from(looks).unwrap() + 2).contains(&tried),
        "{tried}"
    );
    assert_eq!(bid(&house, 1_100).await, Err(SubmitError::StoreFull));
    house.store.every_append(Scripted::Answered);
    let _over = tokio::time::timeout(span, std::future::pending::<()>()).await;
    let kinds = house.kinds().await;
    assert_eq!(kinds.last().map(String::as_str), Some("LotClosed"));
    house.engine.stop().await;
}

/// R3.7: without the first event of this process nothing is decided, or a lot that ended in the
/// silence would close silently.
#[tokio::test(start_paused = true)]
async fn sale_that_cannot_note_its_start_decides_nothing() {
    let house = open().await;
    house.engine.stop().await;
    house.clock.advance(Span::minutes(30));
    house.store.next_appends([Scripted::FULL]);
    let house = house.restart().await.unwrap();
    assert_eq!(bid(&house, 1_100).await, Err(SubmitError::StoreFull));
    let pause = Duration::from_millis(2 * SPACE_LOOK_MS);
    let _over = tokio::time::timeout(pause, std::future::pending::<()>()).await;
    bid(&house, 1_200).await.unwrap();
    let kinds = house.kinds().await;
    let after: Vec<&str> = kinds.iter().rev().take(3).map(String::as_str).collect();
    assert_eq!(after, ["MaximumChanged", "LotExtended", "WriterStarted"]);
}

/// An unknown outcome stays unknown, whatever the store says later: the bytes may be on the disk.
#[tokio::test]
async fn outcome_that_was_unknown_once_is_not_told_as_a_no() {
    let house = open().await;
    house.store.next_appends([Scripted::LOST, Scripted::CLOSED]);
    assert_eq!(bid(&house, 1_100).await, Err(SubmitError::Unknown));
}

/// An answer that got lost is asked for again, and the events are there once.
#[tokio::test]
async fn append_whose_answer_was_lost_is_answered_and_not_made_twice() {
    let house = open().await;
    let before = house.kinds().await.len();
    house.store.next_appends([Scripted::AnswerLost]);
    bid(&house, 1_100).await.unwrap();
    assert_eq!(house.kinds().await.len(), before + 1);
}

/// Another writer has been there: this one steps down, reads on, and may write again.
#[tokio::test]
async fn conflict_ends_a_term_and_not_the_sale() {
    let house = open().await;
    let id = CommandId(Uuid::from_u128(77));
    let known = warn(&house, id).await.unwrap();
    // It writes the sale: there is nothing to own, now or later.
    house.engine.own(TestEngine::SALE).unwrap();
    let conflict = AppendError::Conflict { current: None };
    house.store.next_appends([Scripted::Fails(conflict)]);
    assert_eq!(bid(&house, 1_100).await, Err(SubmitError::NotOwner));
    becomes(&house, &SaleHealth::Following).await;
    assert_eq!(bid(&house, 1_200).await, Err(SubmitError::NotOwner));
    assert_eq!(warn(&house, id).await, Ok(known));
    let mine = house.engine.mine(TestEngine::SALE, account(7)).await;
    assert_eq!(mine.unwrap().maxima.len(), 1, "what is durable is told");

    house.engine.own(TestEngine::SALE).unwrap();
    bid(&house, 1_300).await.unwrap();
    assert_eq!(
        house.engine.state(TestEngine::SALE),
        Some(SaleHealth::Running)
    );
    let kinds = house.kinds().await;
    let starts = kinds.iter().filter(|kind| *kind == "WriterStarted");
    assert_eq!(starts.count(), 2, "{kinds:?}");
}

/// A store that is away is asked until it answers. Meanwhile what is known is answered, and whatever is
/// new hears that nothing was decided.
#[tokio::test(start_paused = true)]
async fn store_that_is_away_halts_nothing() {
    let house = Arc::new(open().await);
    let id = CommandId(Uuid::from_u128(77));
    let known = warn(&house, id).await.unwrap();
    let (before, tried) = (house.kinds().await.len(), house.store.appends());
    house.store.every_append(Scripted::LOST);
    let waits = tokio::spawn({
        let house = Arc::clone(&house);
        async move { bid(&house, 1_100).await }
    });
    becomes(&house, &SaleHealth::StoreAway).await;
    for _ in 0..20 {
        assert_eq!(bid(&house, 1_200).await, Err(SubmitError::StoreAway));
        assert_eq!(warn(&house, id).await, Ok(known.clone()));
        let mine = house.engine.mine(TestEngine::SALE, account(7)).await;
        assert_eq!(mine, Err(SubmitError::StoreAway), "it is not durable");
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    let tried = house.store.appends() - tried;
    assert!(
        (20..=40).contains(&tried),
        "with pauses, and no end: {tried}"
    );
    assert_eq!(house.kinds().await.len(), before);

    house.store.next_appends([Scripted::AnswerLost]);
    house.store.every_append(Scripted::Answered);
    let answer = waits.await.unwrap().unwrap();
    assert_eq!(
        answer.verdict,
        Verdict::Accepted(Some(BidResult::MaximumMoved))
    );
    assert_eq!(house.kinds().await.len(), before + 1, "it is there once");
    assert_eq!(
        house.engine.state(TestEngine::SALE),
        Some(SaleHealth::Running)
    );
    bid(&house, 1_200).await.unwrap();
}

/// An engine that is stopped meanwhile ends, and its last asker hears that nobody knows.
#[tokio::test(start_paused = true)]
async fn engine_ends_while_its_store_is_away() {
    let house = Arc::new(open().await);
    house.store.every_append(Scripted::LOST);
    let waits = tokio::spawn({
        let house = Arc::clone(&house);
        async move { bid(&house, 1_100).await }
    });
    becomes(&house, &SaleHealth::StoreAway).await;
    house.engine.stop().await;
    assert_eq!(waits.await.unwrap(), Err(SubmitError::Unknown));
}

async fn warn(house: &TestEngine, id: CommandId) -> Result<Answer, SubmitError> {
    let act = LotAct::Warn.of(LOT);
    house
        .submit(TestEngine::SALE, TestEngine::CLERK, id, act)
        .await
}

async fn becomes(house: &TestEngine, state: &SaleHealth) {
    while house.engine.state(TestEngine::SALE).as_ref() != Some(state) {
        tokio::task::yield_now().await;
    }
}

/// A broken invariant halts the sale in whose writer it was found, and no other.
#[tokio::test]
async fn panic_in_a_writer_halts_its_sale_and_no_other() {
    let house = open().await;
    let other = SaleId(Uuid::from_u128(2));
    let ask = async |act: SaleAct| {
        let id = CommandId(Uuid::new_v4());
        let asked = house.submit(other, TestEngine::CLERK, id, act.into());
        asked.await.unwrap().verdict
    };
    let terms = sale_terms();
    assert_eq!(
        ask(SaleAct::Create { terms }).await,
        Verdict::Accepted(None)
    );
    house.store.next_appends([Scripted::Panics]);
    assert_eq!(bid(&house, 1_100).await, Err(SubmitError::Unknown));
    halted(&house).await;
    assert_eq!(bid(&house, 1_200).await, Err(SubmitError::Halted));
    assert_eq!(house.engine.state(other), Some(SaleHealth::Running));
    let admit = SaleAct::AdmitPaddle {
        paddle: Paddle(7),
        account: Some(account(7)),
        limit: None,
    };
    assert_eq!(ask(admit).await, Verdict::Accepted(None));
    house.engine.stop().await;
}

/// Until the sale of the house has stopped.
async fn halted(house: &TestEngine) {
    while house.engine.state(TestEngine::SALE) == Some(SaleHealth::Running) {
        tokio::task::yield_now().await;
    }
}

/// A log that no engine wrote names the event and ends the start, not the process.
#[tokio::test]
async fn log_that_contradicts_itself_is_not_started() {
    let (store, vault) = (Arc::new(ScriptedStore::new()), TestEngine::vault());
    let stored = |revision: u64, at, act: SaleAct, event: SaleEvent| {
        let id = CommandId(Uuid::from_u128(u128::from(revision) + 1));
        let id = (TestEngine::SALE, id);
        let command = of_act(id, TestEngine::CLERK, Time(at), act.into(), &vault);
        encode(
            (TestEngine::SALE, revision),
            &command,
            Time(at),
            &[event.into()],
            &vault,
        )
        .remove(0)
    };
    let terms = sale_terms();
    let create = SaleAct::Create {
        terms: terms.clone(),
    };
    let created = stored(0, 10, create, SaleEvent::Created { terms });
    let opened = stored(1, 5, SaleAct::Open, SaleEvent::Opened);
    let stream = StreamId::sale(TestEngine::SALE.0);
    let appended = store.append(&stream, Expected::NoStream, vec![created, opened]);
    appended.await.unwrap();
    let refused = TestEngine::over(store, Arc::new(ManualClock::at(START))).await;
    assert!(matches!(
        refused,
        Err(StartError::Contradiction { revision: 1, .. })
    ));
}

/// R0: a queue that never runs dry does not keep a lot open: what was stamped before its end is
/// decided, and then it closes.
#[tokio::test]
async fn flood_of_commands_does_not_keep_a_lot_open() {
    let house = Arc::new(open().await);
    let ended = Arc::new(AtomicBool::new(false));
    let flood: Vec<_> = (0..600)
        .map(|_| {
            let (house, ended) = (Arc::clone(&house), Arc::clone(&ended));
            tokio::spawn(async move {
                // Each sends the next as soon as it has an answer; a bound, should the close not come.
                for _ in 0..200 {
                    house.clerk(LotAct::Warn.of(LOT)).await.unwrap();
                    if ended.load(Ordering::SeqCst) {
                        return true;
                    }
                }
                false
            })
        })
        .collect();
    tokio::task::yield_now().await;
    house.clock.advance(Span::minutes(10));
    for _ in 0..10_000 {
        if house.kinds().await.iter().any(|kind| kind == "LotClosed") {
            ended.store(true, Ordering::SeqCst);
            break;
        }
        tokio::task::yield_now().await;
    }
    let mut met = 0;
    for one in flood {
        met += usize::from(one.await.unwrap());
    }
    assert!(met > 0, "the lot closed while the flood went on");
}
