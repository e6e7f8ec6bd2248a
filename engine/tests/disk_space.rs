//! A store that runs out of space: what begins is refused by name, what ends goes on.
#![cfg(test)]

use std::sync::Arc;

use mazad_engine::clock::{Clock, ManualClock};
use mazad_engine::codec::Vault;
use mazad_engine::domain::{
    AccountId, Act, Actor, Answer, Band, BidKind, Bilingual, Closes, Command, CommandId, Currency,
    English, Increments, JumpGuard, LotNo, LotTerms, Method, Mode, Money, Opens, Paddle, Running,
    SaleId, SaleTerms, Span, StaffId, Time, Verdict,
};
use mazad_engine::store::{DiskSpace, EventStore};
use mazad_engine::testing::ScriptedStore;
use mazad_engine::{Engine, SubmitError};
use uuid::Uuid;

const START: Time = Time(1_790_000_000_000_000);
const SALE: SaleId = SaleId(Uuid::from_u128(1));
const CLERK: Actor = Actor::Staff(StaffId(Uuid::from_u128(99)));
const BIDDER: Actor = Actor::Bidder(AccountId(Uuid::from_u128(7)));

/// One lot under the hammer, one that closes in ten minutes, one not opened yet.
const CLERKED: LotNo = LotNo(1);
const TIMED: LotNo = LotNo(2);
const UPCOMING: LotNo = LotNo(3);

struct Hall {
    engine: Engine,
    store: Arc<ScriptedStore>,
    clock: Arc<ManualClock>,
}

fn money(minor: i64) -> Money {
    Money::new(minor).unwrap()
}

fn lot_terms(running: Running) -> Box<LotTerms> {
    let bands = vec![Band {
        from: Money::ZERO,
        step: money(100),
    }];
    Box::new(LotTerms {
        title: Bilingual::both("lot"),
        description: Bilingual::default(),
        reference: String::new(),
        kind: String::new(),
        unit: String::new(),
        quantity_milli: 0,
        place: None,
        estimate: None,
        running,
        method: Method::English(English {
            opening: money(1_000),
            increments: Increments::new(Mode::Additive, bands).unwrap(),
            first_bid_above_opening: false,
            jump_guard: JumpGuard::default(),
            reserve: None,
        }),
    })
}

fn timed() -> Running {
    Running::Timed {
        opens: Opens::At(START),
        closes: Closes::After(Span::minutes(10)),
        soft_close: None,
        group: 0,
    }
}

fn create() -> Act {
    let currency = Currency::parse("EGP").unwrap();
    let terms = SaleTerms::preset(Bilingual::both("sale"), currency);
    Act::CreateSale { terms }
}

fn add(number: u32) -> Act {
    Act::AddLot {
        lot: LotNo(number),
        terms: lot_terms(Running::Clerked),
    }
}

impl Hall {
    async fn open() -> Self {
        let store = Arc::new(ScriptedStore::new());
        let clock = Arc::new(ManualClock::at(START));
        let engine = Engine::start(
            Arc::<ScriptedStore>::clone(&store),
            Arc::new(Vault::from_key([7; 32])),
            Arc::<ManualClock>::clone(&clock) as Arc<dyn Clock>,
        );
        let hall = Self {
            engine: engine.await.unwrap(),
            store,
            clock,
        };
        hall.accepted(create()).await;
        for (lot, running) in [
            (CLERKED, Running::Clerked),
            (TIMED, timed()),
            (UPCOMING, Running::Clerked),
        ] {
            let terms = lot_terms(running);
            hall.accepted(Act::AddLot { lot, terms }).await;
        }
        hall.accepted(Act::AdmitPaddle {
            paddle: Paddle(7),
            account: Some(AccountId(Uuid::from_u128(7))),
            limit: None,
        })
        .await;
        hall.accepted(Act::OpenSale).await;
        hall.accepted(Act::OpenLot { lot: CLERKED }).await;
        hall
    }

    async fn submit(
        &self,
        sale: SaleId,
        actor: Actor,
        id: Uuid,
        act: Act,
    ) -> Result<Answer, SubmitError> {
        let hold = self.engine.arrive();
        let command = Command {
            id: CommandId(id),
            actor,
            arrived: hold.stamp(),
            digest: [1; 32],
            act,
        };
        self.engine.submit(sale, command, hold).await
    }

    async fn clerk(&self, act: Act) -> Result<Answer, SubmitError> {
        self.submit(SALE, CLERK, Uuid::new_v4(), act).await
    }

    async fn accepted(&self, act: Act) {
        let answer = self.clerk(act).await.unwrap();
        assert!(matches!(answer.verdict, Verdict::Accepted(_)), "{answer:?}");
    }

    async fn bid(&self, lot: LotNo, minor: i64) -> Result<Answer, SubmitError> {
        let act = Act::PlaceBid {
            lot,
            amount: money(minor),
            kind: BidKind::Flat,
            confirms: None,
        };
        self.submit(SALE, BIDDER, Uuid::new_v4(), act).await
    }

    fn events(&self) -> u64 {
        *self.store.durable().borrow()
    }

    async fn check_nothing_begins(&self) {
        let before = self.events();
        let begins = [
            add(9),
            Act::OpenSale,
            Act::OpenLot { lot: UPCOMING },
            Act::ReofferLot {
                lot: CLERKED,
                opening: None,
                running: Running::Clerked,
            },
        ];
        for act in begins {
            let told = format!("{act:?}");
            let answer = self.clerk(act).await;
            assert_eq!(answer, Err(SubmitError::StoreFull), "{told}");
        }
        let other = SaleId(Uuid::from_u128(2));
        let answer = self.submit(other, CLERK, Uuid::new_v4(), create()).await;
        assert_eq!(answer, Err(SubmitError::StoreFull));
        assert_eq!(self.engine.sales(), [SALE], "no sale was begun");
        assert_eq!(self.events(), before, "a refusal before entry is no event");
    }
}

#[tokio::test]
async fn short_of_space_nothing_begins_and_bids_go_on() {
    let hall = Hall::open().await;
    hall.store.set_disk_space(DiskSpace::Short);
    hall.check_nothing_begins().await;
    hall.bid(CLERKED, 1_000).await.unwrap();
    hall.bid(TIMED, 1_000).await.unwrap();
    hall.store.set_disk_space(DiskSpace::Plenty);
    hall.accepted(add(9)).await;
}

#[tokio::test]
async fn out_of_space_bids_go_on_only_where_the_end_is_near() {
    let hall = Hall::open().await;
    hall.store.set_disk_space(DiskSpace::Out);
    hall.check_nothing_begins().await;
    let before = hall.events();
    let full = Err(SubmitError::StoreFull);
    assert_eq!(hall.bid(TIMED, 1_000).await, full, "ten minutes are left");
    assert_eq!(hall.bid(UPCOMING, 1_000).await, full);
    assert_eq!(hall.bid(LotNo(77), 1_000).await, full);
    assert_eq!(hall.events(), before);
    hall.bid(CLERKED, 1_000).await.unwrap();
    hall.clock.set(Time(START.after(Span::minutes(5)).0 - 1));
    assert_eq!(
        hall.bid(TIMED, 1_000).await,
        full,
        "a little more than five"
    );
    hall.clock.set(START.after(Span::minutes(5)));
    hall.bid(TIMED, 1_000).await.unwrap();
}

#[tokio::test]
async fn out_of_space_everything_can_be_ended() {
    let hall = Hall::open().await;
    hall.bid(CLERKED, 1_000).await.unwrap();
    hall.store.set_disk_space(DiskSpace::Out);
    let reason = "the disk is full".to_owned();
    hall.accepted(Act::PauseSale { reason }).await;
    hall.accepted(Act::ResumeSale).await;
    hall.accepted(Act::HammerLot { lot: CLERKED }).await;
    let before = hall.events();
    hall.clock.set(START.after(Span::minutes(10)));
    while hall.events() == before {
        tokio::task::yield_now().await;
    }
    let reason = "not today".to_owned();
    hall.accepted(Act::WithdrawLot {
        lot: UPCOMING,
        reason,
    })
    .await;
    hall.accepted(Act::EndSale).await;
}

#[tokio::test]
async fn repeat_is_answered_also_without_space() {
    let hall = Hall::open().await;
    let id = Uuid::new_v4();
    let first = hall.submit(SALE, CLERK, id, add(4)).await;
    hall.store.set_disk_space(DiskSpace::Out);
    assert_eq!(hall.submit(SALE, CLERK, id, add(4)).await, first);
}

#[tokio::test]
async fn each_closing_of_a_lot_is_marked() {
    let hall = Hall::open().await;
    let marks = || hall.store.marks();
    hall.bid(CLERKED, 1_000).await.unwrap();
    assert_eq!(marks(), 0);
    hall.accepted(Act::HammerLot { lot: CLERKED }).await;
    while marks() != 1 {
        tokio::task::yield_now().await;
    }
}
