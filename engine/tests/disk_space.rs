//! A store that runs out of space: what begins is refused by name, what ends goes on.
#![cfg(test)]

use mazad_engine::SubmitError;
use mazad_engine::domain::{
    Act, Answer, BidKind, BidNo, Closes, CommandId, LotAct, LotNo, Opens, Paddle, Running, SaleAct,
    SaleId, Seen, Span, Time,
};
use mazad_engine::store::{DiskSpace, EventStore};
use mazad_engine::testing::{TestEngine, add_lot, lot_terms, money, sale_terms, timed};
use uuid::Uuid;

const START: Time = TestEngine::START;

/// One lot under the hammer, one that closes in ten minutes, one not opened yet.
const CLERKED: LotNo = LotNo(1);
const TIMED: LotNo = LotNo(2);
const UPCOMING: LotNo = LotNo(3);

async fn open() -> TestEngine {
    let house = TestEngine::start().await.unwrap();
    let (opens, closes) = (Opens::At(START), Closes::After(Span::minutes(10)));
    let runs = [
        Running::Clerked,
        timed(opens, closes, None),
        Running::Clerked,
    ];
    let lots = runs.map(lot_terms).to_vec();
    house.open_sale(sale_terms(), lots, &[Paddle(7)]).await;
    house.accepted(LotAct::Open.of(CLERKED)).await;
    house
}

fn create() -> Act {
    let terms = sale_terms();
    SaleAct::Create { terms }.into()
}

fn add(number: u32) -> Act {
    add_lot(LotNo(number), lot_terms(Running::Clerked)).into()
}

async fn bid(house: &TestEngine, lot: LotNo) -> Result<Answer, SubmitError> {
    house.bid(Paddle(7), lot, 1_000, BidKind::Flat).await
}

/// On the one bid of [`bid`].
fn hammer() -> Act {
    let seen = Seen {
        bid: BidNo(1),
        lead: Some((Paddle(7), money(1_000))),
    };
    LotAct::Hammer { seen }.of(CLERKED)
}

fn events(house: &TestEngine) -> u64 {
    *house.store.durable().borrow()
}

async fn check_nothing_begins(house: &TestEngine) {
    let before = events(house);
    let begins = [
        add(9),
        SaleAct::Open.into(),
        LotAct::Open.of(UPCOMING),
        LotAct::Reoffer {
            opening: None,
            running: Running::Clerked,
            reserve: None,
        }
        .of(CLERKED),
    ];
    for act in begins {
        let told = format!("{act:?}");
        let answer = house.clerk(act).await;
        assert_eq!(answer, Err(SubmitError::StoreFull), "{told}");
    }
    let (other, id) = (SaleId(Uuid::from_u128(2)), CommandId(Uuid::new_v4()));
    let answer = house.submit(other, TestEngine::CLERK, id, create()).await;
    assert_eq!(answer, Err(SubmitError::StoreFull));
    assert_eq!(
        house.engine.sales(),
        [TestEngine::SALE],
        "no sale was begun"
    );
    let after = events(house);
    assert_eq!(after, before, "a refusal before entry is no event");
}

#[tokio::test]
async fn short_of_space_nothing_begins_and_bids_go_on() {
    let house = open().await;
    house.store.set_disk_space(DiskSpace::Short);
    check_nothing_begins(&house).await;
    bid(&house, CLERKED).await.unwrap();
    bid(&house, TIMED).await.unwrap();
    house.store.set_disk_space(DiskSpace::Plenty);
    house.accepted(add(9)).await;
}

#[tokio::test]
async fn out_of_space_bids_go_on_only_where_the_end_is_near() {
    let house = open().await;
    house.store.set_disk_space(DiskSpace::Out);
    check_nothing_begins(&house).await;
    let before = events(&house);
    let full = Err(SubmitError::StoreFull);
    assert_eq!(bid(&house, TIMED).await, full, "ten minutes are left");
    assert_eq!(bid(&house, UPCOMING).await, full);
    assert_eq!(bid(&house, LotNo(77)).await, full);
    assert_eq!(events(&house), before);
    bid(&house, CLERKED).await.unwrap();
    house.clock.set(Time(START.after(Span::minutes(5)).0 - 1));
    assert_eq!(bid(&house, TIMED).await, full, "a little more than five");
    house.clock.set(START.after(Span::minutes(5)));
    bid(&house, TIMED).await.unwrap();
}

#[tokio::test]
async fn out_of_space_everything_can_be_ended() {
    let house = open().await;
    bid(&house, CLERKED).await.unwrap();
    house.store.set_disk_space(DiskSpace::Out);
    let reason = "the disk is full".to_owned();
    house.accepted(SaleAct::Pause { reason }).await;
    house.accepted(SaleAct::Resume).await;
    house.accepted(hammer()).await;
    let before = events(&house);
    house.clock.set(START.after(Span::minutes(10)));
    while events(&house) == before {
        tokio::task::yield_now().await;
    }
    let reason = "not today".to_owned();
    let seen = Seen {
        bid: BidNo(0),
        lead: None,
    };
    let withdraw = LotAct::Withdraw { reason, seen };
    house.accepted(withdraw.of(UPCOMING)).await;
    house.accepted(SaleAct::End).await;
}

#[tokio::test]
async fn repeat_is_answered_also_without_space() {
    let house = open().await;
    let id = CommandId(Uuid::new_v4());
    let ask = || house.submit(TestEngine::SALE, TestEngine::CLERK, id, add(4));
    let first = ask().await;
    house.store.set_disk_space(DiskSpace::Out);
    assert_eq!(ask().await, first);
}

#[tokio::test]
async fn each_closing_of_a_lot_is_marked() {
    let house = open().await;
    bid(&house, CLERKED).await.unwrap();
    assert_eq!(house.store.marks(), 0);
    house.accepted(hammer()).await;
    while house.store.marks() != 1 {
        tokio::task::yield_now().await;
    }
}
