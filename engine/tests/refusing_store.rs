//! The engine's loop over a store that refuses, does not know, or is full for a while.
#![cfg(test)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mazad_engine::clock::{Clock, ManualClock};
use mazad_engine::codec::{Vault, encode};
use mazad_engine::domain::{
    AccountId, Act, Actor, Answer, Band, BidKind, Bilingual, Closes, Command, CommandId, Currency,
    English, Event, Increments, JumpGuard, LotNo, LotTerms, Meta, Method, Mode, Money, Opens,
    Paddle, Running, SaleId, SaleTerms, Span, StaffId, Time,
};
use mazad_engine::limits::SPACE_LOOK_MS;
use mazad_engine::store::{EventStore, Expected, Position, StreamId};
use mazad_engine::testing::{Scripted, ScriptedStore};
use mazad_engine::{Engine, StartError, SubmitError};
use uuid::Uuid;

const START: Time = Time(1_790_000_000_000_000);
const SALE: SaleId = SaleId(Uuid::from_u128(1));
const CLERK: Actor = Actor::Staff(StaffId(Uuid::from_u128(99)));
const BIDDER: Actor = Actor::Bidder(AccountId(Uuid::from_u128(7)));

struct Room {
    store: Arc<ScriptedStore>,
    clock: Arc<ManualClock>,
    engine: Engine,
}

fn money(minor: i64) -> Money {
    Money::new(minor).unwrap()
}

fn lot() -> Box<LotTerms> {
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
        running: Running::Timed {
            opens: Opens::At(START),
            closes: Closes::After(Span::minutes(10)),
            soft_close: None,
            group: 0,
        },
        method: Method::English(English {
            opening: money(1_000),
            increments: Increments::new(Mode::Additive, bands).unwrap(),
            first_bid_above_opening: false,
            jump_guard: JumpGuard::default(),
            reserve: None,
        }),
    })
}

async fn start(store: &Arc<ScriptedStore>, clock: &Arc<ManualClock>) -> Result<Engine, StartError> {
    let store: Arc<dyn EventStore> = Arc::<ScriptedStore>::clone(store);
    let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(clock);
    Engine::start(store, Arc::new(Vault::from_key([7; 32])), clock).await
}

fn terms() -> SaleTerms {
    SaleTerms::preset(Bilingual::both("sale"), Currency::parse("EGP").unwrap())
}

impl Room {
    /// An open lot that ends in ten minutes, and a bid on it.
    async fn open() -> Self {
        let (store, clock) = (
            Arc::new(ScriptedStore::new()),
            Arc::new(ManualClock::at(START)),
        );
        let engine = start(&store, &clock).await.unwrap();
        let room = Self {
            store,
            clock,
            engine,
        };
        let acts = [
            Act::CreateSale { terms: terms() },
            Act::AddLot {
                lot: LotNo(1),
                terms: lot(),
            },
            Act::AdmitPaddle {
                paddle: Paddle(7),
                account: Some(AccountId(Uuid::from_u128(7))),
                limit: None,
            },
            Act::OpenSale,
        ];
        for act in acts {
            room.send(CLERK, act).await.unwrap();
        }
        room.bid(1_000).await.unwrap();
        room
    }

    async fn send(&self, actor: Actor, act: Act) -> Result<Answer, SubmitError> {
        let hold = self.engine.arrive();
        let command = Command {
            id: CommandId(Uuid::new_v4()),
            actor,
            arrived: hold.stamp(),
            digest: [1; 32],
            act,
        };
        self.engine.submit(SALE, command, hold).await
    }

    async fn bid(&self, minor: i64) -> Result<Answer, SubmitError> {
        let act = Act::PlaceBid {
            lot: LotNo(1),
            amount: money(minor),
            kind: BidKind::Maximum,
            confirms: None,
        };
        self.send(BIDDER, act).await
    }

    async fn kinds(&self) -> Vec<String> {
        let all = self.store.read_all(Position(0), 1_000).await.unwrap();
        all.iter().map(|event| event.kind.to_string()).collect()
    }
}

/// What is due on a full disk is tried now and then, not without pause, and a stop still ends.
#[tokio::test(start_paused = true)]
async fn closing_on_a_full_disk_is_tried_again_later() {
    let room = Room::open().await;
    room.store.every_append(Scripted::FULL);
    let before = room.store.appends();
    room.clock.advance(Span::minutes(10));
    let looks = 5;
    let span = Duration::from_millis(looks * SPACE_LOOK_MS);
    // The runtime's clock stands still but for this; nothing is slept for real.
    tokio::time::advance(Duration::from_secs(1)).await;
    let _over = tokio::time::timeout(span, std::future::pending::<()>()).await;
    let tried = room.store.appends() - before;
    assert!(
        (1..=usize::try_from(looks).unwrap() + 2).contains(&tried),
        "{tried}"
    );
    assert_eq!(room.bid(1_100).await, Err(SubmitError::StoreFull));
    room.store.every_append(Scripted::Answered);
    let _over = tokio::time::timeout(span, std::future::pending::<()>()).await;
    assert_eq!(
        room.kinds().await.last().map(String::as_str),
        Some("LotClosed")
    );
    room.engine.stop().await;
}

/// R3.7: without the first event of this process nothing is decided, or a lot that ended in the
/// silence would close silently.
#[tokio::test(start_paused = true)]
async fn sale_that_cannot_note_its_start_decides_nothing() {
    let room = Room::open().await;
    room.engine.stop().await;
    room.clock.advance(Span::minutes(30));
    room.store.next_appends([Scripted::FULL]);
    let engine = start(&room.store, &room.clock).await.unwrap();
    let again = Room { engine, ..room };
    assert_eq!(again.bid(1_100).await, Err(SubmitError::StoreFull));
    let pause = Duration::from_millis(2 * SPACE_LOOK_MS);
    let _over = tokio::time::timeout(pause, std::future::pending::<()>()).await;
    again.bid(1_200).await.unwrap();
    let kinds = again.kinds().await;
    let after: Vec<&str> = kinds.iter().rev().take(3).map(String::as_str).collect();
    assert_eq!(after, ["MaximumChanged", "LotExtended", "WriterStarted"]);
}

/// An unknown outcome stays unknown, whatever the store says later: the bytes may be on the disk.
#[tokio::test]
async fn outcome_that_was_unknown_once_is_not_told_as_a_no() {
    let room = Room::open().await;
    room.store.next_appends([Scripted::LOST, Scripted::CLOSED]);
    assert_eq!(room.bid(1_100).await, Err(SubmitError::Unknown));
}

/// A log that no engine wrote names the event and ends the start, not the process.
#[tokio::test]
async fn log_that_contradicts_itself_is_not_started() {
    let (store, clock) = (
        Arc::new(ScriptedStore::new()),
        Arc::new(ManualClock::at(START)),
    );
    let vault = Vault::from_key([7; 32]);
    let meta = |at, id| Meta {
        at: Time(at),
        arrived: Time(at),
        actor: CLERK,
        command: CommandId(Uuid::from_u128(id)),
        digest: [4; 32],
    };
    let created = encode(
        &meta(10, 1),
        0,
        &Event::SaleCreated { terms: terms() },
        &vault,
    );
    let opened = encode(&meta(5, 2), 0, &Event::SaleOpened, &vault);
    let stream = StreamId::sale(SALE.0);
    let appended = store.append(&stream, Expected::NoStream, vec![created, opened]);
    appended.await.unwrap();
    let refused = start(&store, &clock).await;
    assert!(matches!(
        refused,
        Err(StartError::Contradiction { revision: 1, .. })
    ));
}

/// R0: a queue that never runs dry does not keep a lot open: what was stamped before its end is
/// decided, and then it closes.
#[tokio::test]
async fn flood_of_commands_does_not_keep_a_lot_open() {
    let room = Arc::new(Room::open().await);
    let ended = Arc::new(AtomicUsize::new(0));
    let flood: Vec<_> = (0..600)
        .map(|_| {
            let (room, ended) = (Arc::clone(&room), Arc::clone(&ended));
            tokio::spawn(async move {
                // Each sends the next as soon as it has an answer; a bound, should the close not come.
                for _ in 0..200 {
                    let act = Act::WarnLot { lot: LotNo(1) };
                    room.send(CLERK, act).await.unwrap();
                    if ended.load(Ordering::SeqCst) > 0 {
                        return true;
                    }
                }
                false
            })
        })
        .collect();
    tokio::task::yield_now().await;
    room.clock.advance(Span::minutes(10));
    for _ in 0..10_000 {
        if room.kinds().await.iter().any(|kind| kind == "LotClosed") {
            ended.fetch_add(1, Ordering::SeqCst);
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
