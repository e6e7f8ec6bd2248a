//! How long until everyone who watches a hot lot has heard of a bid, and what does one hearing cost?
//!
//! Bids are placed by a schedule; latency counts from the scheduled time of the bid to the moment at
//! which a watcher has read the price that it made: way in, decision, sync and way out together.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::{Context, ensure};
use mazad_client::{Body, Connection, Encoding, command, flat_bid, v1};
use prost::Message;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use super::server::{Loaded, Used};
use crate::PATIENCE;
use crate::figures::{Latencies, per_second};
use crate::stage::open_sale;
use crate::test_admin::connect;

const OPENING: i64 = 1_000;
const STEP: i64 = 100;

/// What to send, and to how many.
#[derive(Debug, Clone, Copy)]
pub struct FanoutLoad {
    pub watchers: u32,
    /// Bids a second, by schedule.
    pub rate: u32,
    pub seconds: u32,
    /// The encoding of the watchers.
    pub encoding: Encoding,
}

/// When the bids are due.
#[derive(Debug, Clone, Copy)]
struct Schedule {
    started: Instant,
    gap: Duration,
}

impl Schedule {
    fn due(&self, bid: u32) -> Instant {
        self.started + self.gap.saturating_mul(bid)
    }
}

/// Whether there is a schedule already, and whether the last bid has been answered.
#[derive(Debug, Clone, Copy)]
struct FanoutProgress {
    schedule: Option<Schedule>,
    /// The last price that will be made, once it has been.
    last: Option<i64>,
}

/// Runs the load and tells the figures.
///
/// # Errors
/// The server cannot be started or reached, or a bid is refused.
pub async fn run(load: FanoutLoad, elsewhere: Option<(&str, &str)>) -> anyhow::Result<String> {
    ensure!(
        load.rate > 0 && load.seconds > 0 && load.watchers > 0,
        "nothing to do"
    );
    let server = Loaded::start(elsewhere).await?;
    let admin = server.admin();
    let sale = open_sale(&admin, 1).await?;
    let mut bidders = Vec::new();
    for paddle in [1, 2] {
        bidders.push(connect(&sale.bidder(paddle).await?, Encoding::Proto).await?);
    }
    let (progress, seen) = watch::channel(FanoutProgress {
        schedule: None,
        last: None,
    });
    let (mut watchers, anybody) = (JoinSet::new(), admin.client().without_token());
    for _ in 0..load.watchers {
        let mut connection = anybody.connect(load.encoding).await?;
        connection.join_from_nothing(&sale.id).await?;
        watchers.spawn(watch_on(connection, seen.clone()));
    }
    let before = server.used()?;
    let gap = Duration::from_secs(1) / load.rate;
    let schedule = Schedule {
        started: Instant::now() + gap,
        gap,
    };
    progress.send_modify(|progress| progress.schedule = Some(schedule));
    let bids = load.rate.saturating_mul(load.seconds);
    let last = place_all(&mut bidders, &sale.id, bids, schedule).await?;
    progress.send_modify(|progress| progress.last = Some(last));
    let (mut deliveries, mut latencies) = (0, Latencies::new()?);
    while let Some(done) = watchers.join_next().await {
        let (heard, own) = done??;
        deliveries += heard;
        latencies.add(&own)?;
    }
    let took = schedule.started.elapsed();
    let after = server.used()?;
    let heard = Heard {
        bids,
        deliveries,
        latencies,
        took,
    };
    Ok(told(&load, server.told(), &heard, before.zip(after)))
}

#[derive(Debug)]
struct Heard {
    bids: u32,
    deliveries: u64,
    latencies: Latencies,
    took: Duration,
}

/// Places every bid at its time, by two bidders in turn, each a step above the other's.
async fn place_all(
    bidders: &mut [Connection],
    sale: &str,
    bids: u32,
    schedule: Schedule,
) -> anyhow::Result<i64> {
    let mut price = OPENING;
    for bid in 0..bids {
        sleep_until(schedule.due(bid)).await;
        price = OPENING + STEP * i64::from(bid);
        let turn = usize::try_from(bid % 2)?;
        let bidder = bidders.get_mut(turn).context("two bidders")?;
        let reply = bidder.ask(command(sale, flat_bid(1, price))).await?;
        let (answer, _) = reply.answer().with_context(|| format!("bid {bid}"))?;
        let is_accepted = answer.verdict() == v1::Verdict::Accepted;
        ensure!(is_accepted, "bid {bid}: {answer:?}");
    }
    Ok(price)
}

/// Reads every update until the last price.
async fn watch_on(
    mut connection: Connection,
    mut progress: watch::Receiver<FanoutProgress>,
) -> anyhow::Result<(u64, Latencies)> {
    let (mut heard, mut latencies) = (0, Latencies::new()?);
    let is_set = |progress: &FanoutProgress| progress.schedule.is_some();
    let schedule = progress
        .wait_for(is_set)
        .await?
        .schedule
        .context("a schedule")?;
    let (mut newest, mut next) = (0, 0);
    loop {
        let last = progress.borrow().last;
        if last.is_some_and(|last| newest >= last) {
            return Ok((heard, latencies));
        }
        let bytes = tokio::select! {
            // Both are safe to drop: frames stay in the socket, a change stays marked.
            bytes = timeout(PATIENCE, connection.hear_bytes()) => bytes.context("no update for long")??,
            _ = progress.changed(), if last.is_none() => continue,
        };
        let at = Instant::now();
        let Some(price) = price_in(&bytes, connection.encoding())? else {
            continue;
        };
        if price <= newest {
            continue;
        }
        newest = price;
        heard += 1;
        // Prices that were joined into this one are heard with it, and have waited longer.
        let bid = u32::try_from((price - OPENING) / STEP)?;
        for bid in next..=bid {
            latencies.record(at.saturating_duration_since(schedule.due(bid)));
        }
        next = bid.saturating_add(1);
    }
}

/// The price in an update. Not checked for its one spelling: thousands of watchers share a core here.
fn price_in(bytes: &[u8], encoding: Encoding) -> anyhow::Result<Option<i64>> {
    let frame: v1::ServerFrame = match encoding {
        Encoding::Json => serde_json::from_slice(bytes)?,
        Encoding::Proto => v1::ServerFrame::decode(bytes)?,
    };
    match frame.body {
        Some(Body::Update(update)) => Ok(update.lots.first().map(|lot| lot.price)),
        _ => Ok(None),
    }
}

fn told(load: &FanoutLoad, server: &str, heard: &Heard, used: Option<(Used, Used)>) -> String {
    let FanoutLoad {
        watchers,
        rate,
        encoding,
        ..
    } = load;
    let Heard {
        bids,
        deliveries,
        latencies,
        took,
    } = heard;
    let mut text = String::new();
    let encoding = encoding.subprotocol();
    let _infallible = writeln!(text, "server   {server}");
    let _infallible = writeln!(
        text,
        "load     {watchers} watchers of one lot in {encoding}, {rate} bids/s"
    );
    let per_second = per_second(*deliveries, *took);
    let whole = u64::from(*watchers) * u64::from(*bids);
    let joined = whole.saturating_sub(*deliveries);
    let _infallible = writeln!(
        text,
        "heard    {deliveries} deliveries of {bids} bids, {per_second}/s; {joined} prices joined into later ones"
    );
    let _infallible = write!(
        text,
        "latency  {}, joined prices from their own time on",
        latencies.summary()
    );
    if let Some((before, after)) = used {
        let (server, client) = after.cpu_since(&before, *deliveries);
        let _infallible = write!(
            text,
            "\ncost     {server} us of server CPU a delivery, bids included; {client} us of the load's own"
        );
    }
    text
}
