//! The writer and the engine's loop: answers that last, batches, closings, restarts.
#![cfg(test)]

use std::sync::Arc;

use mazad_engine::clock::{Clock, ManualClock};
use mazad_engine::codec::Vault;
use mazad_engine::codec::command::of_act;
use mazad_engine::domain::{
    AccountId, Act, Actor, Answer, AnswerKey, Band, BidKind, BidResult, BidderAct, Bilingual,
    Closes, Code, Command, CommandId, Currency, EnglishTerms, Increments, JumpGuard, LotAct, LotNo,
    LotTerms, MethodTerms, Mode, Money, Opens, Paddle, Running, SaleAct, SaleId, SaleTerms,
    SoftClose, Span, StaffId, Time, Verdict,
};
use mazad_engine::store::{EventStore, MemoryStore, Revision, StreamId};
use mazad_engine::{Engine, Lookup, SubmitError};
use uuid::Uuid;

const START: Time = Time(1_790_000_000_000_000);

struct Room {
    engine: Engine,
    store: Arc<dyn EventStore>,
    vault: Arc<Vault>,
    clock: Arc<ManualClock>,
    sale: SaleId,
    clerk: Actor,
}

fn bidder(number: u128) -> Actor {
    Actor::Bidder(AccountId(Uuid::from_u128(number)))
}

fn money(minor: i64) -> Money {
    Money::new(minor).unwrap()
}

fn lot_terms(running: Running) -> LotTerms {
    let bands = vec![Band {
        from: Money::ZERO,
        step: money(100),
    }];
    LotTerms {
        title: Bilingual::both("lot"),
        description: Bilingual::default(),
        reference: String::new(),
        kind: String::new(),
        unit: String::new(),
        quantity_milli: 0,
        place: None,
        estimate: None,
        running,
        method: MethodTerms::English(EnglishTerms {
            opening: money(1_000),
            increments: Increments::new(Mode::Additive, bands).unwrap(),
            first_bid_above_opening: false,
            jump_guard: JumpGuard::default(),
            reserve: None,
        }),
    }
}

fn timed() -> Running {
    Running::Timed {
        opens: Opens::At(START),
        closes: Closes::After(Span::minutes(10)),
        soft_close: Some(SoftClose {
            window: Span::minutes(2),
            extension: Span::minutes(2),
            on_price_change: false,
            extensions_max: None,
            hard_stop: None,
        }),
        group: 0,
    }
}

impl Room {
    async fn open(running: Running) -> Self {
        let store: Arc<dyn EventStore> = Arc::new(MemoryStore::new());
        let vault = Arc::new(Vault::from_key([7; 32]));
        let clock = Arc::new(ManualClock::at(START));
        let engine = start(&store, &vault, &clock).await;
        let sale = SaleId(Uuid::from_u128(1));
        let clerk = Actor::Staff(StaffId(Uuid::from_u128(99)));
        let room = Self {
            engine,
            store,
            vault,
            clock,
            sale,
            clerk,
        };
        let terms = SaleTerms::preset(Bilingual::both("sale"), Currency::parse("EGP").unwrap());
        room.staff(Act::from(SaleAct::Create { terms })).await;
        let terms = Box::new(lot_terms(running));
        room.staff(Act::from(SaleAct::AddLot {
            lot: LotNo(1),
            terms,
        }))
        .await;
        for number in [7, 8] {
            let account = Some(AccountId(Uuid::from_u128(number)));
            let paddle = Paddle(u32::try_from(number).unwrap());
            room.staff(Act::from(SaleAct::AdmitPaddle {
                paddle,
                account,
                limit: None,
            }))
            .await;
        }
        room.staff(Act::from(SaleAct::Open)).await;
        room
    }

    async fn send(&self, actor: Actor, id: u128, act: Act) -> Result<Answer, SubmitError> {
        let hold = self.engine.arrive();
        let id = (self.sale, CommandId(Uuid::from_u128(id)));
        let command = of_act(id, actor, hold.stamp(), act, &self.vault);
        self.engine.submit(self.sale, command, hold).await
    }

    async fn staff(&self, act: Act) -> Answer {
        let id = Uuid::new_v4().as_u128();
        let answer = self.send(self.clerk, id, act).await.unwrap();
        assert!(matches!(answer.verdict, Verdict::Accepted(_)), "{answer:?}");
        answer
    }

    async fn bid(&self, actor: Actor, id: u128, minor: i64) -> Result<Answer, SubmitError> {
        let (amount, kind) = (money(minor), BidKind::Maximum);
        self.send(
            actor,
            id,
            BidderAct::PlaceBid {
                amount,
                kind,
                confirms: None,
            }
            .of(LotNo(1)),
        )
        .await
    }

    async fn head(&self) -> u64 {
        let head = self.store.head(&StreamId::sale(self.sale.0)).await.unwrap();
        head.unwrap_or(Revision(0)).0
    }
}

async fn start(
    store: &Arc<dyn EventStore>,
    vault: &Arc<Vault>,
    clock: &Arc<ManualClock>,
) -> Engine {
    let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(clock);
    Engine::start(Arc::clone(store), Arc::clone(vault), clock)
        .await
        .unwrap()
}

#[tokio::test]
async fn answer_comes_after_the_event_is_durable() {
    let room = Room::open(Running::Clerked).await;
    room.staff(LotAct::Open.of(LotNo(1))).await;
    let answer = room.bid(bidder(7), 1, 5_000).await.unwrap();
    assert_eq!(answer.verdict, Verdict::Accepted(Some(BidResult::Leading)));
    assert_eq!(
        (answer.price, answer.ask),
        (Some(money(1_000)), Some(money(1_100)))
    );
    assert!(room.head().await >= answer.last);
}

#[tokio::test]
async fn repeated_command_gets_the_same_answer_and_no_event_also_after_a_restart() {
    let room = Room::open(Running::Clerked).await;
    room.staff(LotAct::Open.of(LotNo(1))).await;
    let accepted = room.bid(bidder(7), 1, 5_000).await.unwrap();
    let refused = room.bid(bidder(8), 2, 500).await.unwrap();
    let Verdict::Refused(refusal) = &refused.verdict else {
        panic!("{refused:?}")
    };
    assert_eq!(refusal.code, Code::BelowAsk);
    let head = room.head().await;
    assert_eq!(room.bid(bidder(7), 1, 5_000).await.unwrap(), accepted);
    assert_eq!(room.bid(bidder(8), 2, 500).await.unwrap(), refused);
    assert_eq!(
        room.bid(bidder(7), 1, 6_000).await,
        Err(SubmitError::Reused)
    );
    assert_eq!(room.head().await, head);

    room.engine.stop().await;
    let engine = start(&room.store, &room.vault, &room.clock).await;
    let room = Room { engine, ..room };
    assert_eq!(room.bid(bidder(7), 1, 5_000).await.unwrap(), accepted);
    let key = AnswerKey {
        actor: bidder(8),
        command: CommandId(Uuid::from_u128(2)),
    };
    let known = room.engine.lookup(room.sale, key).await.unwrap();
    assert_eq!(known, Lookup::Answered(refused));
}

#[tokio::test]
async fn lot_closes_at_its_end_and_a_stamp_at_the_end_is_too_late() {
    let room = Room::open(timed()).await;
    room.bid(bidder(7), 1, 5_000).await.unwrap();
    // A frame that was read before the end, still on its way when the end comes.
    room.clock.set(Time(START.0 + Span::minutes(10).0 - 1));
    let hold = room.engine.arrive();
    room.clock.set(START.after(Span::minutes(10)));
    let late = room.bid(bidder(8), 2, 9_000).await.unwrap();
    let Verdict::Refused(refusal) = late.verdict else {
        panic!("{late:?}")
    };
    assert_eq!(refusal.code, Code::TooLate);
    let act = BidderAct::PlaceBid {
        amount: money(6_000),
        kind: BidKind::Maximum,
        confirms: None,
    }
    .of(LotNo(1));
    let (id, digest) = (CommandId(Uuid::from_u128(3)), [3; 32]);
    let command = Command {
        id,
        actor: bidder(8),
        arrived: hold.stamp(),
        digest,
        act,
    };
    let in_time = room.engine.submit(room.sale, command, hold).await.unwrap();
    assert_eq!(in_time.verdict, Verdict::Accepted(Some(BidResult::Leading)));
    let extended = Time(START.0 + Span::minutes(12).0 - 1);
    assert_eq!(in_time.ends_at, Some(extended));
    room.clock.set(extended);
    let closed = room.bid(bidder(7), 4, 20_000).await.unwrap();
    let Verdict::Refused(refusal) = closed.verdict else {
        panic!("{closed:?}")
    };
    assert!([Code::TooLate, Code::LotClosed].contains(&refusal.code));
}

#[tokio::test]
async fn restart_extends_what_would_have_ended_in_the_silence() {
    let room = Room::open(timed()).await;
    room.bid(bidder(7), 1, 5_000).await.unwrap();
    room.engine.stop().await;
    room.clock.set(START.after(Span::minutes(30)));
    let engine = start(&room.store, &room.vault, &room.clock).await;
    let room = Room { engine, ..room };
    let answer = room.bid(bidder(8), 2, 9_000).await.unwrap();
    assert_eq!(answer.verdict, Verdict::Accepted(Some(BidResult::Leading)));
    assert_eq!(answer.ends_at, Some(START.after(Span::minutes(35))));
}

#[tokio::test]
async fn many_commands_at_once_are_each_answered_once() {
    let room = Arc::new(Room::open(Running::Clerked).await);
    room.staff(LotAct::Open.of(LotNo(1))).await;
    let bids = (0..500_u32).map(|number| {
        let room = Arc::clone(&room);
        let id = u128::from(number) + 1_000;
        tokio::spawn(async move {
            room.bid(
                bidder(7 + u128::from(number % 2)),
                id,
                1_000 + i64::from(number) * 100,
            )
            .await
        })
    });
    let before = room.head().await;
    let mut firsts = Vec::new();
    for bid in bids.collect::<Vec<_>>() {
        firsts.push(bid.await.unwrap().unwrap().first);
    }
    firsts.sort_unstable();
    firsts.dedup();
    assert_eq!(firsts.len(), 500);
    assert_eq!(room.head().await, before + 500);
}
