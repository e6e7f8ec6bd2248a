//! What a sale costs as it grows: how long an honest bid waits for its answer, alone and beside a flood
//! of refused commands, and how much memory the engine takes, at each power of ten of commands.
//!
//! The engine runs in this process over an embedded log, with snapshots and with every sync. Bids are
//! offered to it past socket and gateway, whose rates would not let one paddle flood.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use futures_util::future::try_join_all;
use mazad_engine::clock::SystemClock;
use mazad_engine::codec::Vault;
use mazad_engine::codec::command::of_act;
use mazad_engine::domain::{
    AccountId, Act, Actor, BidKind, BidderAct, CommandId, LotAct, LotNo, Mode, Paddle, Running,
    SaleAct, SaleId, StaffId, Verdict,
};
use mazad_engine::store::EventStore;
use mazad_engine::store::log::{EmbeddedStore, OpenOptions, SnapshotStore};
use mazad_engine::{EmbeddedSnapshots, Engine, Snapshots};
use uuid::Uuid;

use crate::figures::{Latencies, per_second, resident_kilobytes};
use crate::scene;

const SALE: SaleId = SaleId(Uuid::from_u128(0x9));
const CLERK: Actor = Actor::Staff(StaffId(Uuid::from_u128(0x57)));

/// Commands that the flood has under way at once: what 40 connections with eight each have.
const FLOOD: usize = 320;

/// Bids of the honest bidder for each figure alone.
const HONEST_BIDS: u32 = 500;

/// How long the honest bidder rests between two bids beside the flood.
const HONEST_PAUSE: Duration = Duration::from_millis(5);

/// The sale at one size.
#[derive(Debug)]
pub struct Row {
    commands: u64,
    alone: Latencies,
    beside: Option<Latencies>,
    flood_per_second: u64,
    resident_kilobytes: u64,
}

/// The curve, and the start after it.
#[derive(Debug)]
pub struct Growth {
    rows: Vec<Row>,
    log_bytes: u64,
    snapshot_bytes: u64,
    start: Duration,
    started_kilobytes: u64,
}

/// Lets a sale grow to so many commands, a tenth first, and so on.
///
/// # Errors
/// The folder cannot be written, or a command is answered otherwise than the rules say.
pub async fn run(folder: &Path, commands: u64) -> anyhow::Result<Growth> {
    let house = House::open(folder).await?;
    house.prepare().await?;
    let mut rows = Vec::new();
    let mut size = 100;
    while size <= commands {
        rows.push(house.grow_to(size).await?);
        size *= 10;
    }
    house.engine.stop().await;
    drop(house);
    let begun = Instant::now();
    let again = House::open(folder).await?;
    let start = begun.elapsed();
    ensure!(again.engine.sales() == [SALE], "the sale is there again");
    Ok(Growth {
        rows,
        log_bytes: bytes_in(&folder.join("log"))?,
        snapshot_bytes: bytes_in(&folder.join("snapshots"))?,
        start,
        started_kilobytes: resident_kilobytes()?,
    })
}

fn bytes_in(folder: &Path) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes)
}

struct House {
    engine: Engine,
    vault: Arc<Vault>,
    sent: AtomicU64,
    amount: AtomicU64,
}

impl House {
    async fn open(folder: &Path) -> anyhow::Result<Self> {
        let vault = Arc::new(Vault::from_key([7; 32]));
        let store = Arc::new(EmbeddedStore::open(folder, OpenOptions::new())?);
        let files = SnapshotStore::open(folder)?;
        let snapshots = EmbeddedSnapshots::new(Arc::clone(&store), files, Arc::clone(&vault));
        let snapshots: Arc<dyn Snapshots> = Arc::new(snapshots);
        let events: Arc<dyn EventStore> = store;
        let clock = Arc::new(SystemClock::new());
        let started = Engine::start_with(events, Arc::clone(&vault), clock, Some(snapshots));
        Ok(Self {
            engine: started.await?,
            vault,
            sent: AtomicU64::new(0),
            amount: AtomicU64::new(1_000),
        })
    }

    async fn prepare(&self) -> anyhow::Result<()> {
        let terms = scene::sale_terms("growth", "EGP")?;
        self.accepted(CLERK, SaleAct::Create { terms }).await?;
        for lot in [LotNo(1), LotNo(2)] {
            let table = scene::increments(Mode::Additive, &[(0, 1)])?;
            let opening = scene::money(1_000)?;
            let terms = scene::lot_terms("lot", opening, table, Running::Clerked);
            let lots = vec![(lot, terms)];
            self.accepted(CLERK, SaleAct::AddLots { lots }).await?;
        }
        for paddle in [Paddle(1), Paddle(2)] {
            let admit = SaleAct::AdmitPaddle {
                paddle,
                account: Some(account(paddle)),
                limit: None,
            };
            self.accepted(CLERK, admit).await?;
        }
        self.accepted(CLERK, SaleAct::Publish).await?;
        self.accepted(CLERK, SaleAct::Open).await?;
        for lot in [LotNo(1), LotNo(2)] {
            self.accepted(CLERK, LotAct::Open.of(lot)).await?;
        }
        Ok(())
    }

    async fn grow_to(&self, commands: u64) -> anyhow::Result<Row> {
        let missing = commands.saturating_sub(self.sent.load(Ordering::Relaxed));
        let (mut flood_per_second, mut beside) = (0, None);
        if missing > 0 {
            let begun = Instant::now();
            let is_over = tokio::sync::watch::Sender::new(false);
            let flood = async {
                let flooded = try_join_all((0..FLOOD).map(|_| self.flood(commands))).await;
                is_over.send_replace(true);
                flooded
            };
            let (flooded, honest) = tokio::join!(flood, self.honest_until(is_over.subscribe()));
            flooded?;
            flood_per_second = per_second(missing, begun.elapsed());
            beside = Some(honest?);
        }
        let mut alone = Latencies::new()?;
        for _ in 0..HONEST_BIDS {
            alone.record(self.honest().await?);
        }
        Ok(Row {
            commands,
            alone,
            beside: beside.filter(|latencies| latencies.count() > 0),
            flood_per_second,
            resident_kilobytes: resident_kilobytes()?,
        })
    }

    /// Bids below the opening until so many commands were sent.
    async fn flood(&self, commands: u64) -> anyhow::Result<()> {
        while self.sent.load(Ordering::Relaxed) < commands {
            let verdict = self.bid(Paddle(1), LotNo(1), 5, BidKind::Flat).await?;
            let is_refused = matches!(verdict, Verdict::Refused(_));
            ensure!(is_refused, "a bid below the opening is refused");
        }
        Ok(())
    }

    async fn honest_until(
        &self,
        mut is_over: tokio::sync::watch::Receiver<bool>,
    ) -> anyhow::Result<Latencies> {
        let mut latencies = Latencies::new()?;
        while !*is_over.borrow() {
            latencies.record(self.honest().await?);
            // Over or not: the next turn looks.
            let _elapsed = tokio::time::timeout(HONEST_PAUSE, is_over.changed()).await;
        }
        Ok(latencies)
    }

    /// One honest bid: how long its answer took.
    async fn honest(&self) -> anyhow::Result<Duration> {
        let amount = self.amount.fetch_add(1, Ordering::Relaxed);
        let begun = Instant::now();
        let bid = self.bid(Paddle(2), LotNo(2), amount, BidKind::Maximum);
        let verdict = bid.await?;
        let took = begun.elapsed();
        let is_accepted = matches!(verdict, Verdict::Accepted(_));
        ensure!(is_accepted, "an honest bid is accepted: {verdict:?}");
        Ok(took)
    }

    async fn bid(
        &self,
        paddle: Paddle,
        lot: LotNo,
        amount: u64,
        kind: BidKind,
    ) -> anyhow::Result<Verdict> {
        let act = BidderAct::PlaceBid {
            amount: scene::money(i64::try_from(amount)?)?,
            kind,
            confirms: None,
        };
        self.ask(Actor::Bidder(account(paddle)), act.of(lot)).await
    }

    async fn ask(&self, actor: Actor, act: Act) -> anyhow::Result<Verdict> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let hold = self.engine.arrive();
        let id = (SALE, CommandId(Uuid::new_v4()));
        let command = of_act(id, actor, hold.stamp(), act, &self.vault);
        let answered = self.engine.submit(SALE, command, hold).await;
        Ok(answered.context("an answer")?.verdict)
    }

    async fn accepted(&self, actor: Actor, act: impl Into<Act>) -> anyhow::Result<()> {
        let verdict = self.ask(actor, act.into()).await?;
        ensure!(matches!(verdict, Verdict::Accepted(_)), "{verdict:?}");
        Ok(())
    }
}

fn account(paddle: Paddle) -> AccountId {
    AccountId(Uuid::from_u128(u128::from(paddle.0)))
}

impl fmt::Display for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.rows {
            let Row {
                commands,
                alone,
                beside,
                flood_per_second,
                resident_kilobytes,
            } = row;
            let memory = resident_kilobytes / 1024;
            writeln!(f, "{commands} commands, {memory} MiB")?;
            writeln!(f, "  alone  {}", alone.summary())?;
            if let Some(beside) = beside {
                let (count, summary) = (beside.count(), beside.summary());
                writeln!(
                    f,
                    "  beside {flood_per_second}/s refused: {count} bids, {summary}"
                )?;
            }
        }
        let mebibytes = |bytes: u64| bytes / 1024 / 1024;
        write!(
            f,
            "log {} MiB, snapshots {} MiB; started again in {} ms, {} MiB",
            mebibytes(self.log_bytes),
            mebibytes(self.snapshot_bytes),
            self.start.as_millis(),
            self.started_kilobytes / 1024
        )
    }
}
