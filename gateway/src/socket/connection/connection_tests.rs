//! One session over a pipe of known size, in a time that stands still unless everybody waits.

use std::sync::Arc;

use futures_util::SinkExt;
use mazad_engine::Engine;
use mazad_engine::clock::SystemClock;
use mazad_engine::codec::Vault;
use mazad_engine::codec::command::of_act;
use mazad_engine::domain::{
    AccountId, Act, Actor, Answer, BidKind, BidderAct, Bilingual, CommandId, EnglishTerms, LotAct,
    LotNo, LotTerms, Mode, Paddle, Running, SaleAct, SaleTerms, StaffId,
};
use mazad_engine::store::EventStore;
use mazad_engine::testing::{self, ScriptedStore, english_terms, increments, money};
use mazad_office::{Logins, NewInvite, Office};
use mazad_proto::v1::client_frame::Body as Said;
use mazad_proto::{decode, encode, v1};
use tokio::io::{AsyncReadExt, DuplexStream, duplex};
use tokio::task::JoinHandle;
use tokio::time::advance;
use tokio_tungstenite::tungstenite::protocol::Role as Side;
use uuid::Uuid;

use super::*;
use crate::gateway::Backend;
use crate::limits::{Limits, REPLIES_MAX};
use crate::listener::{Origins, Secured};
use crate::metrics::Gauges;
use crate::socket::upgrade::config;

const SALE: SaleId = SaleId(Uuid::from_u128(0x5a1e));
const CLERK: Actor = Actor::Staff(StaffId(Uuid::from_u128(1)));

struct PipedSale {
    gateway: Gateway,
    store: Arc<ScriptedStore>,
    bidder: Caller,
}

impl PipedSale {
    async fn open() -> Self {
        let store = Arc::new(ScriptedStore::new());
        let (vault, clock) = (
            Arc::new(Vault::from_key([3; 32])),
            Arc::new(SystemClock::new()),
        );
        let events: Arc<dyn EventStore> = Arc::<ScriptedStore>::clone(&store);
        let engine = Engine::start(Arc::clone(&events), vault, Arc::clone(&clock) as _)
            .await
            .unwrap();
        let office = Office::open(events, clock).await.unwrap();
        let origins = Origins::new(Vec::new(), "http://test", Secured::No);
        let url = "http://test".to_owned();
        let backend = Backend {
            engine,
            office,
            model: None,
            pages: None,
            folder: None,
        };
        let gateway = Gateway::new(backend, Limits::default(), origins, url);
        let stage = Self {
            gateway,
            store,
            bidder: Caller::watcher(),
        };
        stage
            .act(
                CLERK,
                Act::from(SaleAct::Create {
                    terms: sale_terms(),
                }),
            )
            .await;
        let add = testing::add_lot(LotNo(1), lot_terms());
        stage.act(CLERK, add.into()).await;
        stage.act(CLERK, SaleAct::Publish.into()).await;
        stage.act(CLERK, Act::from(SaleAct::Open)).await;
        stage.act(CLERK, LotAct::Open.of(LotNo(1))).await;
        let bidder = stage.admit(7).await;
        Self { bidder, ..stage }
    }

    async fn admit(&self, paddle: u32) -> Caller {
        let new = NewInvite {
            role: Role::Bidder,
            sale: Some(SALE),
            paddle: Some(Paddle(paddle)),
            account: None,
            label: String::new(),
            valid_for: None,
            logins: Logins::Keep,
        };
        let office = self.gateway.office();
        let invited = office.invite(None, new).await.unwrap();
        let (paddle, account) = (Paddle(paddle), Some(AccountId(invited.account)));
        self.act(
            CLERK,
            Act::from(SaleAct::AdmitPaddle {
                paddle,
                account,
                limit: None,
            }),
        )
        .await;
        office.redeem(invited.secret.as_str()).await.unwrap().caller
    }

    async fn act(&self, actor: Actor, act: Act) -> Answer {
        let engine = self.gateway.engine();
        let hold = engine.arrive();
        let id = CommandId(Uuid::new_v4());
        let command = of_act((SALE, id), actor, hold.stamp(), act, engine.vault());
        engine.submit(SALE, command, hold).await.unwrap()
    }

    /// The next bid that takes the lead, by one of two in turn.
    async fn bid(&self, bidder: &Caller, amount: i64) -> Answer {
        let amount = money(amount);
        let (lot, kind) = (LotNo(1), BidKind::Flat);
        let act = BidderAct::PlaceBid {
            amount,
            kind,
            confirms: None,
        }
        .of(lot);
        self.act(bidder.actor().unwrap(), act).await
    }

    /// A session over a pipe that holds so many bytes.
    async fn connect(&self, pipe: usize) -> (Client, JoinHandle<()>) {
        let (ours, theirs) = duplex(pipe);
        let socket = WebSocketStream::from_raw_socket(ours, Side::Server, Some(config())).await;
        let session = Connection::new(self.gateway.clone(), socket, Encoding::Json, None);
        let task = tokio::spawn(session.run());
        let ws = WebSocketStream::from_raw_socket(theirs, Side::Client, None).await;
        (Client { ws, revision: 0 }, task)
    }

    fn cuts(&self, word: &str) -> bool {
        let gauges = Gauges {
            connections: 0,
            sockets: 0,
            sales: 0,
            hubs: 0,
            queued: 0,
            durable: 0,
            read_model: None,
        };
        let text = self.gateway.metrics().text(gauges).unwrap();
        text.contains(&format!("mazad_cuts_total{{reason=\"{word}\"}} 1"))
    }
}

struct Client {
    ws: WebSocketStream<DuplexStream>,
    revision: u64,
}

impl Client {
    async fn say(&mut self, said: Said) {
        let frame = v1::ClientFrame { body: Some(said) };
        let bytes = encode(&frame, Encoding::Json).unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        self.ws.send(Message::text(text)).await.unwrap();
    }

    async fn join(&mut self) {
        self.say(Said::Join(v1::Join {
            sale: SALE.to_string(),
            cursor: None,
        }))
        .await;
        while self.revision == 0 {
            self.next().await.unwrap();
        }
    }

    /// The next frame, applied by the rules of the protocol; the code if the socket closes.
    async fn next(&mut self) -> Result<Body, u16> {
        loop {
            let text = match self.ws.next().await {
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Close(Some(frame)))) => return Err(frame.code.into()),
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => return Err(1006),
            };
            let frame: v1::ServerFrame = decode(text.as_bytes(), Encoding::Json).unwrap();
            let body = frame.body.unwrap();
            match &body {
                Body::Snapshot(all) => self.revision = all.cursor.unwrap().revision,
                Body::Update(update) => {
                    assert!(update.from <= self.revision, "a gap: {update:?}");
                    assert!(update.to > self.revision, "a repeat: {update:?}");
                    self.revision = update.to;
                }
                _ => {}
            }
            return Ok(body);
        }
    }

    async fn closed(&mut self) -> u16 {
        loop {
            if let Err(code) = self.next().await {
                return code;
            }
        }
    }
}

fn sale_terms() -> SaleTerms {
    SaleTerms {
        title: Bilingual {
            ar: "بيع".to_owned(),
            en: "Sale".to_owned(),
        },
        ..testing::sale_terms()
    }
}

fn lot_terms() -> LotTerms {
    // Steps of one, so that a test can bid as often as it likes.
    let english = EnglishTerms {
        opening: money(1),
        increments: increments(Mode::Additive, &[(0, 1)]),
        ..english_terms()
    };
    LotTerms {
        title: Bilingual {
            ar: "أرض".to_owned(),
            en: "Land".to_owned(),
        },
        kind: "site".to_owned(),
        ..testing::english_lot(Running::Clerked, english)
    }
}

/// So many bids, each of which moves the price; the last revision.
async fn busy(stage: &PipedSale, rival: &Caller, bids: i64) -> u64 {
    let mut last = 0;
    for amount in 1..=bids {
        let bidder = if amount % 2 == 0 {
            &stage.bidder
        } else {
            rival
        };
        last = stage.bid(bidder, amount).await.public_revision;
    }
    last
}

/// Lets everybody else do what they can without time passing.
async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_is_cut_after_ten_seconds() {
    let stage = PipedSale::open().await;
    let rival = stage.admit(8).await;
    let (mut client, task) = stage.connect(2048).await;
    client.join().await;
    busy(&stage, &rival, 100).await;
    settle().await;
    advance(Duration::from_millis(9_900)).await;
    settle().await;
    assert!(!stage.cuts("slow-reader"));
    advance(Duration::from_millis(200)).await;
    settle().await;
    assert!(stage.cuts("slow-reader"));
    assert_eq!(
        client.closed().await,
        4002,
        "told, should it read after all"
    );
    task.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_stalls_gets_fewer_and_larger_updates_and_misses_nothing() {
    let stage = PipedSale::open().await;
    let rival = stage.admit(8).await;
    let (mut client, _task) = stage.connect(2048).await;
    client.join().await;
    let head = busy(&stage, &rival, 300).await;
    advance(Duration::from_secs(5)).await;
    let mut updates = 0;
    let mut price = 0;
    while client.revision < head {
        if let Body::Update(update) = client.next().await.unwrap() {
            updates += 1;
            price = update.lots[0].price;
        }
    }
    assert_eq!(price, 300);
    assert!(updates < 60, "{updates} updates for 300 bids");
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_takes_a_little_all_the_time_is_not_cut() {
    let stage = PipedSale::open().await;
    for lot in 2..=2_000 {
        let add = testing::add_lot(LotNo(lot), lot_terms());
        stage.act(CLERK, add.into()).await;
    }
    let (mut client, _task) = stage.connect(2048).await;
    client
        .say(Said::Join(v1::Join {
            sale: SALE.to_string(),
            cursor: None,
        }))
        .await;
    settle().await;
    let mut taken = 0;
    let mut bytes = [0; 2048];
    for _ in 0..50 {
        advance(Duration::from_millis(500)).await;
        settle().await;
        let count = client.ws.get_mut().read(&mut bytes).await.unwrap();
        assert!(count > 0, "it had something to take all the time");
        taken += count;
        settle().await;
        assert!(!stage.cuts("slow-reader"), "after {taken} bytes");
    }
}

#[tokio::test(start_paused = true)]
async fn a_command_over_the_rate_is_named() {
    let stage = PipedSale::open().await;
    let (mut client, _task) = stage.connect(64 * 1024).await;
    let command = |id: &str| {
        Said::Command(v1::Command {
            id: id.to_owned(),
            sale: SALE.to_string(),
            act: Some(v1::command::Act::HammerLot(v1::HammerLot {
                lot: 1,
                seen: None,
            })),
        })
    };
    // The burst first; what comes in meanwhile is used up by asking on.
    let burst = 2 * stage.gateway.limits().frames_per_second.get();
    for number in 0..burst {
        let id = Uuid::from_u128(number.into()).to_string();
        client.say(command(&id)).await;
        while !matches!(client.next().await.unwrap(), Body::Fault(_)) {}
    }
    let id = Uuid::from_u128(u128::MAX).to_string();
    let fault = loop {
        client.say(command(&id)).await;
        if let Body::Fault(fault) = client.next().await.unwrap()
            && fault.code == "rate-limited"
        {
            break fault;
        }
    };
    assert_eq!(fault.id, id);
}

#[tokio::test(start_paused = true)]
async fn commands_of_an_account_are_bounded_over_its_sockets() {
    let stage = PipedSale::open().await;
    let mut clients = Vec::new();
    for _ in 0..2 {
        let (mut client, _task) = stage.connect(64 * 1024).await;
        let office = stage.gateway.office();
        let ticket = office.ticket(&stage.bidder).as_str().to_owned();
        client.say(Said::Hello(v1::Hello { ticket })).await;
        clients.push(client);
    }
    stage.store.hold();
    let place = |amount: i64| {
        Said::Command(v1::Command {
            id: Uuid::new_v4().to_string(),
            sale: SALE.to_string(),
            act: Some(v1::command::Act::PlaceBid(v1::PlaceBid {
                lot: 1,
                amount,
                kind: v1::BidKind::Maximum.into(),
                confirms: String::new(),
            })),
        })
    };
    for amount in 1..=8 {
        clients[usize::from(amount % 2 == 0)]
            .say(place(amount))
            .await;
        settle().await;
    }
    clients[0].say(place(9)).await;
    let fault = loop {
        if let Body::Fault(fault) = clients[0].next().await.unwrap() {
            break fault;
        }
    };
    assert_eq!(fault.code, "too-many-in-flight");
    stage.store.release();
    while !matches!(clients[1].next().await.unwrap(), Body::Answer(_)) {}
}

#[tokio::test(start_paused = true)]
async fn a_silent_peer_is_cut_after_thirty_seconds() {
    let stage = PipedSale::open().await;
    let (mut client, task) = stage.connect(64 * 1024).await;
    settle().await;
    seconds_pass(29).await;
    assert!(!stage.cuts("silent"));
    seconds_pass(1).await;
    assert!(stage.cuts("silent"));
    assert_eq!(client.closed().await, 4003);
    task.await.unwrap();
}

/// Second by second, as for a process that is at work.
async fn seconds_pass(count: u32) {
    for _ in 0..count {
        advance(Duration::from_secs(1)).await;
        settle().await;
    }
}

/// R0: whoever is asked for a sign of life is asked by a process that can hear it.
#[tokio::test(start_paused = true)]
async fn nobody_is_silent_because_the_process_stood_still() {
    for worked in [0, 15, 21, 29] {
        let stage = PipedSale::open().await;
        let (mut client, task) = stage.connect(64 * 1024).await;
        settle().await;
        seconds_pass(worked).await;
        // All timers of the silence have run out, and come late by more or by less.
        for stopped in [2_500, 9_500, 35_000] {
            advance(Duration::from_millis(stopped)).await;
            settle().await;
            assert!(!stage.cuts("silent"), "{stopped} ms after {worked} s");
        }
        seconds_pass(9).await;
        assert!(
            !stage.cuts("silent"),
            "a heartbeat is left after {worked} s"
        );
        seconds_pass(1).await;
        assert!(stage.cuts("silent"), "after {worked} s");
        assert_eq!(client.closed().await, 4003);
        task.await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn what_came_while_the_process_stood_still_is_read_before_anybody_is_silent() {
    let stage = PipedSale::open().await;
    let (mut client, task) = stage.connect(64 * 1024).await;
    settle().await;
    seconds_pass(25).await;
    client.say(Said::Ping(v1::Ping { echo: 7 })).await;
    // Late by less than counts as standing still: the last heartbeat has run out over it.
    advance(Duration::from_millis(6_500)).await;
    settle().await;
    seconds_pass(15).await;
    assert!(!stage.cuts("silent"));
    while !matches!(client.next().await.unwrap(), Body::Pong(_)) {}
    task.abort();
}

/// R0: what a peer took while the process stood still counts for it.
#[tokio::test(start_paused = true)]
async fn nobody_is_a_slow_reader_because_the_process_stood_still() {
    for _ in 0..20 {
        let stage = PipedSale::open().await;
        let rival = stage.admit(8).await;
        let (mut client, task) = stage.connect(2048).await;
        client.join().await;
        busy(&stage, &rival, 100).await;
        settle().await;
        // The pipe is full. Everything is taken out of it before the process goes on.
        let mut bytes = vec![0; 64 * 1024];
        let taken = client.ws.get_mut().read(&mut bytes).await.unwrap();
        assert!(taken > 0);
        advance(Duration::from_millis(10_500)).await;
        settle().await;
        assert!(!stage.cuts("slow-reader"));
        task.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_answers_pings_stays() {
    let stage = PipedSale::open().await;
    let (mut client, task) = stage.connect(64 * 1024).await;
    let listen = async {
        // The library answers each ping while it is read from.
        while client.next().await.is_ok() {}
    };
    let reason = tokio::time::timeout(Duration::from_secs(300), listen).await;
    assert!(reason.is_err(), "reason");
    assert!(!stage.cuts("silent"));
    task.abort();
}

#[tokio::test(start_paused = true)]
async fn answers_that_nobody_reads_close_the_socket() {
    let stage = PipedSale::open().await;
    let (mut client, task) = stage.connect(512).await;
    for echo in 0..=REPLIES_MAX as u64 + 20 {
        let ping = v1::ClientFrame {
            body: Some(Said::Ping(v1::Ping { echo })),
        };
        let text = serde_json::to_string(&ping).unwrap();
        // Past the reason nobody takes it any more.
        if client.ws.feed(Message::text(text)).await.is_err() {
            break;
        }
        if client.ws.flush().now_or_never().is_none() {
            settle().await;
            if client.ws.flush().now_or_never().is_none() {
                break;
            }
        }
    }
    settle().await;
    assert!(stage.cuts("overflow"));
    assert_eq!(client.closed().await, 4004);
    task.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_connection_has_so_many_commands_under_way_and_all_are_answered() {
    let stage = PipedSale::open().await;
    let (mut client, _task) = stage.connect(64 * 1024).await;
    let ticket = stage
        .gateway
        .office()
        .ticket(&stage.bidder)
        .as_str()
        .to_owned();
    client.say(Said::Hello(v1::Hello { ticket })).await;
    stage.store.hold();
    let mut ids = Vec::new();
    for amount in 1..=9 {
        let place = v1::PlaceBid {
            lot: 1,
            amount,
            kind: v1::BidKind::Maximum.into(),
            confirms: String::new(),
        };
        let id = Uuid::new_v4().to_string();
        ids.push(id.clone());
        let act = Some(v1::command::Act::PlaceBid(place));
        client
            .say(Said::Command(v1::Command {
                id,
                sale: SALE.to_string(),
                act,
            }))
            .await;
    }
    let fault = loop {
        if let Body::Fault(fault) = client.next().await.unwrap() {
            break fault;
        }
    };
    assert_eq!(
        (fault.code.as_str(), fault.id),
        ("too-many-in-flight", ids.pop().unwrap())
    );
    stage.store.release();
    while !ids.is_empty() {
        if let Body::Answer(answer) = client.next().await.unwrap() {
            ids.retain(|id| *id != answer.id);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn sockets_of_a_sale_that_cannot_be_followed_are_told() {
    let stage = PipedSale::open().await;
    let (mut client, task) = stage.connect(64 * 1024).await;
    client.join().await;
    stage.store.close();
    assert_eq!(client.closed().await, 4005);
    task.await.unwrap();
}

#[tokio::test]
async fn those_who_join_together_share_one_snapshot_and_one_update() {
    let stage = PipedSale::open().await;
    let hub = stage.gateway.hubs().of(SALE).await.unwrap();
    let (first, second) = (hub.snapshot(), hub.snapshot());
    assert!(Arc::ptr_eq(&first, &second));
    let (Frame::Text(a), Frame::Text(b)) =
        (first.frame(Encoding::Json), second.frame(Encoding::Json))
    else {
        panic!("text")
    };
    assert_eq!(a.as_str().as_ptr(), b.as_str().as_ptr(), "one encoding");
    let last = stage.bid(&stage.bidder, 1).await.public_revision;
    let mut progress = hub.progress();
    progress
        .wait_for(|now| now.published >= last)
        .await
        .unwrap();
    let next = || match hub.after(first.revision) {
        crate::hub::Next::Shared(updates) => updates,
        other => panic!("{other:?}"),
    };
    let (a, b) = (next(), next());
    assert_eq!(a.len(), 1);
    assert!(Arc::ptr_eq(&a[0], &b[0]));
}
