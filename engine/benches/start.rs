//! Which question: how long does the engine take to start on a log of 200,000 events, when its 200
//! sales ran one after another, and when they ran at once and share their batches? And what does it
//! gain by one pass over the log, against reading the stream of each sale for itself?
//!
//! The fastest of five, files in the page cache; opening the store (walking and checking every byte)
//! is timed apart. `MAZAD_BENCH_DIR` chooses the disk.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a bench that cannot go on may panic, and its table is for eyes"
)]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use mazad_engine::Engine;
use mazad_engine::clock::ManualClock;
use mazad_engine::codec::Vault;
use mazad_engine::codec::command::of_act;
use mazad_engine::domain::{
    AccountId, Act, Actor, BidKind, BidderAct, Command, CommandId, LotAct, LotNo, Paddle, Running,
    SaleAct, SaleId, StaffId, Time,
};
use mazad_engine::store::log::{EmbeddedStore, OpenOptions};
use mazad_engine::store::{EventStore, Revision, StreamId, Subscription};
use mazad_engine::testing::{add_lot, lot_terms, money, sale_terms};
use mazad_engine::writer::{PreparedBatch, Writer};
use uuid::Uuid;

const START: Time = Time(1_790_000_000_000_000);
const SALES: u128 = 200;
const EVENTS: u64 = 1_000;
const BIDS: u64 = 8;

/// A sale of which a batch of bids can be had again and again.
struct Busy {
    writer: Writer,
    vault: Arc<Vault>,
    stream: StreamId,
    commands: u64,
}

impl Busy {
    fn new(sale: u128, vault: &Arc<Vault>) -> Self {
        let sale = SaleId(Uuid::from_u128(sale));
        Self {
            writer: Writer::new(sale, Arc::clone(vault)),
            stream: StreamId::sale(sale.0),
            vault: Arc::clone(vault),
            commands: 0,
        }
    }

    fn command(&mut self, actor: Actor, act: Act) -> (Command, ()) {
        self.commands += 1;
        let id = CommandId(Uuid::from_u128(u128::from(self.commands)));
        let id = (self.writer.id(), id);
        (of_act(id, actor, START, act, &self.vault), ())
    }

    fn prepare(&mut self) -> PreparedBatch<()> {
        let mut commands = if self.commands == 0 {
            self.opening()
        } else {
            (0..BIDS).map(|_| self.bid()).collect()
        };
        let (now, watermark) = (START, Time(u64::MAX));
        self.writer.prepare(&mut commands, now, watermark)
    }

    fn opening(&mut self) -> Vec<(Command, ())> {
        let terms = sale_terms();
        let lot = LotNo(1);
        let admit = |number| {
            Act::from(SaleAct::AdmitPaddle {
                paddle: Paddle(number),
                account: Some(AccountId(Uuid::from_u128(u128::from(number)))),
                limit: None,
            })
        };
        let acts = [
            Act::from(SaleAct::Create { terms }),
            Act::from(add_lot(lot, lot_terms(Running::Clerked))),
            admit(1),
            admit(2),
            Act::from(SaleAct::Publish),
            Act::from(SaleAct::Open),
            LotAct::Open.of(lot),
        ];
        let clerk = Actor::Staff(StaffId(Uuid::from_u128(9)));
        acts.map(|act| self.command(clerk, act)).into()
    }

    fn bid(&mut self) -> (Command, ()) {
        let account = AccountId(Uuid::from_u128(1 + u128::from(self.commands % 2)));
        let amount = money(900 + i64::try_from(self.commands).unwrap() * 100);
        let act = BidderAct::PlaceBid {
            amount,
            kind: BidKind::Flat,
            confirms: None,
        }
        .of(LotNo(1));
        self.command(Actor::Bidder(account), act)
    }

    /// Appends one batch; whether the sale has all its events now.
    async fn go_on(&mut self, store: &EmbeddedStore) -> bool {
        let mut batch = self.prepare();
        let events = std::mem::take(&mut batch.events);
        store
            .append(&self.stream, batch.expected, events)
            .await
            .unwrap();
        self.writer.commit(batch);
        self.writer.sale().next_revision >= EVENTS
    }
}

async fn fill(dir: &Path, vault: &Arc<Vault>, at_once: usize) {
    let store = EmbeddedStore::open(dir, OpenOptions::new()).unwrap();
    let mut sales: Vec<_> = (1..=SALES).map(|sale| Busy::new(sale, vault)).collect();
    for together in sales.chunks_mut(at_once) {
        loop {
            let going = together.iter_mut().map(|sale| sale.go_on(&store));
            if join_all(going).await.iter().all(|done| *done) {
                break;
            }
        }
    }
}

/// Opens the store, folds stream by stream, starts the engine.
async fn start(dir: &Path, vault: &Arc<Vault>) -> [Duration; 3] {
    let before = Instant::now();
    let store = Arc::new(EmbeddedStore::open(dir, OpenOptions::new()).unwrap());
    let opened = before.elapsed();
    let before = Instant::now();
    fold_each(&store, vault).await;
    let each = before.elapsed();
    let before = Instant::now();
    let clock = Arc::new(ManualClock::at(START));
    let engine = Engine::start(store, Arc::clone(vault), clock);
    let engine = engine.await.unwrap();
    let started = before.elapsed();
    engine.stop().await;
    [opened, each, started]
}

async fn fold_each(store: &Arc<EmbeddedStore>, vault: &Arc<Vault>) {
    for sale in (1..=SALES).map(Uuid::from_u128) {
        let mut writer = Writer::new(SaleId(sale), Arc::clone(vault));
        let store: Arc<dyn EventStore> = Arc::<EmbeddedStore>::clone(store);
        let mut events = Subscription::stream(store, StreamId::sale(sale), Revision(0));
        loop {
            let batch = events.ready_batch().await.unwrap();
            if batch.is_empty() {
                break;
            }
            for event in &batch {
                writer.recover(event).unwrap();
            }
        }
    }
}

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for (name, at_once) in [("one after another", 1), ("at once", 200)] {
        let dir = match std::env::var_os("MAZAD_BENCH_DIR") {
            Some(dir) => tempfile::tempdir_in(dir).unwrap(),
            None => tempfile::tempdir().unwrap(),
        };
        let vault = Arc::new(Vault::from_key([7; 32]));
        runtime.block_on(fill(dir.path(), &vault, at_once));
        let mut fastest = [u128::MAX; 3];
        for _ in 0..5 {
            let times = runtime.block_on(start(dir.path(), &vault));
            for (fastest, time) in fastest.iter_mut().zip(times) {
                *fastest = time.as_millis().min(*fastest);
            }
        }
        let [opened, each, started] = fastest;
        eprintln!(
            "{SALES} sales {name}: store open {opened} ms, stream by stream {each} ms, \
             engine start {started} ms"
        );
    }
}
