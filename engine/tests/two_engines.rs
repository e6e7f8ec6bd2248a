//! Two engines over one store: of those that begin at the same event one writes, and whatever either
//! answers is what the log says.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use mazad_engine::codec::meta_of;
use mazad_engine::domain::{
    Act, Answer, BidKind, BidderAct, CommandId, LotAct, LotNo, Paddle, Running,
};
use mazad_engine::limits::UNKNOWN_PAUSE;
use mazad_engine::store::{EventStore, Revision, StreamId};
use mazad_engine::testing::{Scripted, TestEngine, bidder, lot_terms, money, sale_terms};
use mazad_engine::{Lookup, SaleHealth, SubmitError};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use uuid::Uuid;

/// The ids of an engine's own events are its own: the store must not take those of the second for a
/// repeat of the first one's, or both would answer. The second begins anew behind the first, and ends
/// its term.
#[tokio::test]
async fn of_two_that_start_from_the_same_event_the_second_writes() {
    let (one, other) = crossing().await;
    while starts(&one).await.len() < 3 {
        tokio::task::yield_now().await;
    }
    let told = [
        one.clerk(LotAct::Open.of(LotNo(1))).await,
        other.clerk(LotAct::Open.of(LotNo(1))).await,
    ];
    let states = [&one, &other].map(|engine| engine.engine.state(TestEngine::SALE).unwrap());
    let running = states.iter().filter(|state| **state == SaleHealth::Running);
    assert_eq!(running.count(), 1, "{states:?}");
    assert!(states.contains(&SaleHealth::Following), "{states:?}");
    assert_eq!(
        told.iter().filter(|answer| answer.is_ok()).count(),
        1,
        "{told:?}"
    );
    assert!(told.contains(&Err(SubmitError::NotOwner)), "{told:?}");

    let ids: BTreeSet<CommandId> = starts(&one).await.into_iter().collect();
    assert_eq!(ids.len(), 3, "each term has a beginning of its own");
}

/// Two engines that take the sale from one another over a store that loses answers: whatever was
/// answered once is answered so by both, and stands in the log once.
#[tokio::test(start_paused = true)]
async fn two_engines_answer_as_the_log_does() {
    for seed in 0..20 {
        let mut random = SmallRng::seed_from_u64(seed);
        let (one, other) = crossing().await;
        let houses = [&one, &other];
        let mut told: BTreeMap<CommandId, (Act, Paddle, Answer)> = BTreeMap::new();
        let open = LotAct::Open.of(LotNo(1));
        houses[0].engine.own(TestEngine::SALE).unwrap();
        while houses[0].clerk(open.clone()).await.is_err() {
            tokio::time::advance(UNKNOWN_PAUSE).await;
        }
        for step in 1..=60_i64 {
            let script = [Scripted::Answered, Scripted::AnswerLost, Scripted::LOST];
            one.store
                .next_appends([script[random.random_range(0..3)].clone()]);
            if random.random_ratio(1, 6) {
                houses[random.random_range(0..2)]
                    .engine
                    .own(TestEngine::SALE)
                    .unwrap();
            }
            let paddle = Paddle(random.random_range(1..=2));
            let act = BidderAct::PlaceBid {
                amount: money(1_000 + 100 * step + random.random_range(0..300)),
                kind: BidKind::Maximum,
                confirms: None,
            };
            let (id, act) = (CommandId(Uuid::new_v4()), act.of(LotNo(1)));
            // Whoever hears of no answer asks again, here or there.
            let answer = loop {
                let house = houses[random.random_range(0..2)];
                let asked = house.submit(TestEngine::SALE, bidder(paddle), id, act.clone());
                match asked.await {
                    Ok(answer) => break answer,
                    Err(SubmitError::NotOwner | SubmitError::StoreAway | SubmitError::Unknown) => {
                        if random.random_ratio(1, 8) {
                            house.engine.own(TestEngine::SALE).unwrap();
                        }
                        tokio::time::advance(UNKNOWN_PAUSE).await;
                    }
                    Err(error) => panic!("seed {seed}, step {step}: {error}"),
                }
            };
            told.insert(id, (act, paddle, answer));
        }
        let log = one
            .store
            .read(&stream(), Revision(0), usize::MAX)
            .await
            .unwrap();
        for house in houses {
            for (id, (act, paddle, answer)) in &told {
                let again = house.submit(TestEngine::SALE, bidder(*paddle), *id, act.clone());
                let again = loop_until_known(house, again.await, (*id, *paddle)).await;
                assert_eq!(again, *answer, "seed {seed}");
                let of = log
                    .iter()
                    .filter(|event| meta_of(event).unwrap().command == *id);
                let places: Vec<u64> = of.map(|event| event.revision.0).collect();
                let claimed: Vec<u64> = (answer.first..=answer.last).collect();
                assert_eq!(places, claimed, "seed {seed}: once, where it says");
            }
        }
        let replayed = TestEngine::over(Arc::clone(&one.store), Arc::clone(&one.clock)).await;
        assert!(replayed.is_ok(), "seed {seed}: the log folds");
    }
}

/// An engine that was deposed without having noticed does not know the newest answers at first.
async fn loop_until_known(
    house: &TestEngine,
    mut told: Result<Answer, SubmitError>,
    (id, paddle): (CommandId, Paddle),
) -> Answer {
    loop {
        match told {
            Ok(answer) => return answer,
            Err(SubmitError::NotOwner | SubmitError::StoreAway) => {
                tokio::time::advance(UNKNOWN_PAUSE).await;
            }
            Err(error) => panic!("{error}"),
        }
        let key = mazad_engine::domain::AnswerKey {
            actor: bidder(paddle),
            command: id,
        };
        told = match house.engine.lookup(TestEngine::SALE, key).await {
            Ok(Lookup::Answered(answer)) => Ok(answer),
            Ok(Lookup::NotSeen { .. }) => Err(SubmitError::NotOwner),
            Err(error) => Err(error),
        };
    }
}

/// Two engines that have started over the same open sale at the same time.
async fn crossing() -> (TestEngine, TestEngine) {
    let first = TestEngine::start().await.unwrap();
    let lots = vec![lot_terms(Running::Clerked)];
    first
        .open_sale(sale_terms(), lots, &[Paddle(1), Paddle(2)])
        .await;
    first.engine.stop().await;
    let over = || TestEngine::over(Arc::clone(&first.store), Arc::clone(&first.clock));
    let (one, other) = tokio::join!(over(), over());
    (one.unwrap(), other.unwrap())
}

/// The commands with which the terms began.
async fn starts(house: &TestEngine) -> Vec<CommandId> {
    let log = house
        .store
        .read(&stream(), Revision(0), usize::MAX)
        .await
        .unwrap();
    let starts = log.iter().filter(|event| &*event.kind == "WriterStarted");
    starts
        .map(|event| meta_of(event).unwrap().command)
        .collect()
}

fn stream() -> StreamId {
    StreamId::sale(TestEngine::SALE.0)
}
