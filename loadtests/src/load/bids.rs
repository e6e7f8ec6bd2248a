//! How many bids a second are answered, each durable before its answer, through the real socket?
//!
//! Closed loop by default: each bidder sends the next bid when the last one is answered. With a rate
//! the loop is open: bids are sent by a schedule, and latency counts from the scheduled time, so a
//! stall is felt by every bid behind it.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use mazad_client::{Connection, Encoding, bid, command, v1};
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::server::{Loaded, Used};
use crate::figures::{Latencies, per_second};
use crate::stage::open_sale;
use crate::test_admin::connect;

/// How many bids to send, from whom and how fast.
#[derive(Debug, Clone, Copy)]
pub struct BidLoad {
    /// Bidders, each on an own socket.
    pub clients: u32,
    /// Lots: 1 is a hot lot.
    pub lots: u32,
    pub seconds: u64,
    /// Bids a second of all together; 0: as fast as they are answered.
    pub rate: u32,
    pub encoding: Encoding,
}

#[derive(Debug)]
struct LoadTally {
    accepted: u64,
    refused: u64,
    latencies: Latencies,
}

impl LoadTally {
    fn new() -> anyhow::Result<Self> {
        Ok(Self {
            accepted: 0,
            refused: 0,
            latencies: Latencies::new()?,
        })
    }

    fn add(&mut self, other: &Self) -> anyhow::Result<()> {
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.latencies.add(&other.latencies)
    }

    fn count(&self) -> u64 {
        self.accepted + self.refused
    }
}

/// Runs the load and tells the figures.
///
/// # Errors
/// The server cannot be started or reached, or answers with a fault.
pub async fn run(load: BidLoad, elsewhere: Option<(&str, &str)>) -> anyhow::Result<String> {
    let server = Loaded::start(elsewhere).await?;
    let sale = open_sale(&server.admin(), load.lots).await?;
    let mut connections = Vec::new();
    for paddle in 1..=load.clients {
        let bidder = sale.bidder(paddle).await?;
        connections.push(connect(&bidder, load.encoding).await?);
    }
    let amounts: Arc<Vec<AtomicI64>> =
        Arc::new((0..load.lots).map(|_| AtomicI64::new(1_000)).collect());
    let ready = Arc::new(Barrier::new(connections.len() + 1));
    let mut bidders = JoinSet::new();
    for (number, connection) in (0..).zip(connections) {
        let client = LoadClient {
            connection,
            sale: sale.id.clone(),
            number,
            load,
            amounts: Arc::clone(&amounts),
        };
        bidders.spawn(client.run(Arc::clone(&ready)));
    }
    let before = server.used()?;
    ready.wait().await;
    let started = Instant::now();
    let mut tally = LoadTally::new()?;
    while let Some(done) = bidders.join_next().await {
        tally.add(&done??)?;
    }
    let took = started.elapsed();
    let after = server.used()?;
    Ok(told(&load, server.told(), &tally, took, before.zip(after)))
}

struct LoadClient {
    connection: Connection,
    sale: String,
    number: u32,
    load: BidLoad,
    amounts: Arc<Vec<AtomicI64>>,
}

impl LoadClient {
    async fn run(mut self, ready: Arc<Barrier>) -> anyhow::Result<LoadTally> {
        let mut tally = LoadTally::new()?;
        ready.wait().await;
        let started = Instant::now();
        let end = started + Duration::from_secs(self.load.seconds);
        for round in 0_u32.. {
            let intended = match self.scheduled(round) {
                None => Instant::now(),
                Some(offset) => started + offset,
            };
            if intended >= end {
                break;
            }
            sleep_until(intended).await;
            let verdict = self.one_bid(round).await?;
            tally.latencies.record(intended.elapsed());
            match verdict {
                v1::Verdict::Accepted => tally.accepted += 1,
                v1::Verdict::Refused | v1::Verdict::Unspecified => tally.refused += 1,
            }
        }
        Ok(tally)
    }

    /// When a bid of an open loop is due: the bidders' turns are spread evenly.
    fn scheduled(&self, round: u32) -> Option<Duration> {
        let gap = Duration::from_secs(1).checked_div(self.load.rate)?;
        let turn = round
            .saturating_mul(self.load.clients)
            .saturating_add(self.number);
        Some(gap.saturating_mul(turn))
    }

    /// A maximum above all that were sent before: the lead changes with nearly each.
    async fn one_bid(&mut self, round: u32) -> anyhow::Result<v1::Verdict> {
        let index = (u64::from(self.number) + u64::from(round)) % u64::from(self.load.lots);
        let lot = u32::try_from(index)?.saturating_add(1);
        let amount = self.amounts.get(usize::try_from(index)?).context("a lot")?;
        let amount = amount.fetch_add(1_000, Ordering::Relaxed);
        let sent = command(&self.sale, bid(lot, amount));
        let (answer, _) = self.connection.ask(sent).await?.answer()?;
        Ok(answer.verdict())
    }
}

fn told(
    load: &BidLoad,
    server: &str,
    tally: &LoadTally,
    took: Duration,
    used: Option<(Used, Used)>,
) -> String {
    let BidLoad {
        clients,
        lots,
        rate,
        encoding,
        ..
    } = load;
    let mut text = String::new();
    let pace = match rate {
        0 => "each as fast as it is answered".to_owned(),
        rate => format!("{rate} bids/s by schedule"),
    };
    let _infallible = writeln!(text, "server   {server}");
    let encoding = encoding.subprotocol();
    let _infallible = writeln!(
        text,
        "load     {clients} bidders, {lots} lots, {encoding}, {pace}"
    );
    let count = tally.count();
    let rate = per_second(count, took);
    let (accepted, refused) = (tally.accepted, tally.refused);
    let _infallible = writeln!(
        text,
        "answers  {rate} durable/s: {accepted} accepted, {refused} refused"
    );
    let _infallible = write!(text, "latency  {}", tally.latencies.summary());
    if let Some((before, after)) = used {
        let syncs = after.batches.saturating_sub(before.batches);
        let (server, client) = after.cpu_since(&before, count);
        let thousandths = syncs * 1_000 / count.max(1);
        let (whole, part) = (thousandths / 1_000, thousandths % 1_000);
        let _infallible = write!(
            text,
            "\ncost     {whole}.{part:03} syncs a bid ({syncs}), {server} us of server CPU a bid; \
             {client} us of the load's own"
        );
    }
    text
}

impl BidLoad {
    /// Checks the numbers.
    ///
    /// # Errors
    /// One of them is zero.
    pub fn check(self) -> anyhow::Result<Self> {
        ensure!(
            self.clients > 0 && self.lots > 0 && self.seconds > 0,
            "nothing to do"
        );
        Ok(self)
    }
}
