//! B1, B8, B9: kills the real server at random instants under bidders who never give up, starts it
//! again on the same folder, and compares every answer that anybody holds with the log.

mod ledger;
mod traffic;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use futures_util::future::try_join_all;
use mazad_proto::Encoding;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::bidder::Bidder;
use crate::desk::DeskSale;
use crate::figures::Latencies;
use crate::http::Api;
use crate::line::PATIENCE;
use crate::output;
use crate::process::Served;
use crate::stage::open_sale;
use ledger::Ledger;
use traffic::{Traffic, Word, bid_until_told};

/// Bidders at once, half in each encoding.
const BIDDERS: u32 = 10;
/// Lots that they bid on.
const LOTS: u32 = 4;
/// Answers between a start and the kill, at most: the kill comes at any instant before.
const ANSWERS_MAX: u64 = 60;
/// The kill comes so many microseconds, at most, after the answer that it waits for.
const DELAY_MICROS_MAX: u64 = 3_000;

/// How it went.
#[derive(Debug)]
pub struct Report {
    seed: u64,
    cycles: u32,
    /// Answers that bidders hold.
    pub receipts: usize,
    accepted: usize,
    refused: usize,
    /// Sendings of a command after the first one.
    pub retries: u64,
    events: usize,
    looked_up: u64,
    restarts: Latencies,
    verified: String,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            seed,
            cycles,
            receipts,
            accepted,
            refused,
            retries,
            events,
            looked_up,
            ..
        } = self;
        writeln!(
            f,
            "{cycles} kills, seed {seed}, {BIDDERS} bidders in both encodings, {LOTS} lots"
        )?;
        writeln!(
            f,
            "{receipts} receipts ({accepted} accepted, {refused} refused), {retries} retries"
        )?;
        writeln!(
            f,
            "{looked_up} lookups gave the same bytes; {events} events in the log"
        )?;
        writeln!(f, "start to answering: {}", self.restarts.summary())?;
        writeln!(f, "mazad verify: {}", self.verified)?;
        write!(
            f,
            "kills {cycles} receipts {receipts} lost 0 duplicated 0 moved 0"
        )
    }
}

/// Kills and compares so many times, in an empty folder.
///
/// # Errors
/// An answer was lost, duplicated, moved or changed, or the server did not come back.
pub async fn run(program: &Path, folder: &Path, cycles: u32, seed: u64) -> anyhow::Result<Report> {
    let data = folder.join("data");
    let mut random = StdRng::seed_from_u64(seed);
    let mut rig = Rig::start(program, &data, seed).await?;
    for cycle in 1..=cycles {
        let told = rig.cycle(program, &data, &mut random).await;
        told.with_context(|| format!("cycle {cycle} of seed {seed}"))?;
        if cycle % 10 == 0 {
            output::note(format!("{cycle} of {cycles} kills"));
        }
    }
    rig.finish(program, &data, cycles, seed).await
}

struct Rig {
    /// `None` only between a kill and the next start.
    served: Option<Served>,
    server: watch::Sender<Option<Api>>,
    sale: DeskSale,
    traffic: Arc<Traffic>,
    bidders: JoinSet<anyhow::Result<Bidder>>,
    ledger: Ledger,
    restarts: Latencies,
    /// Receipts that have been compared by lookup.
    looked_up: usize,
    lookups: u64,
    people: Vec<Bidder>,
}

impl Rig {
    async fn start(program: &Path, data: &Path, seed: u64) -> anyhow::Result<Self> {
        let served = Served::start(program, data)?;
        let (server, whereabouts) = watch::channel(Some(served.desk().api().clone()));
        let sale = open_sale(&served.desk(), LOTS).await?;
        let traffic = Arc::new(Traffic::new(LOTS));
        let (mut bidders, mut people) = (JoinSet::new(), Vec::new());
        for paddle in 1..=BIDDERS {
            let api = sale.bidder(paddle).await?;
            let encoding = if paddle % 2 == 0 {
                Encoding::Json
            } else {
                Encoding::Proto
            };
            let bidder = Bidder::new(&api, encoding, whereabouts.clone())?;
            people.push(Bidder::new(&api, encoding, whereabouts.clone())?);
            let (sale, traffic) = (sale.id.clone(), Arc::clone(&traffic));
            bidders.spawn(bid_until_told(bidder, paddle, sale, traffic, seed));
        }
        let ledger = Ledger::new(&sale.id)?;
        let restarts = Latencies::new()?;
        Ok(Self {
            served: Some(served),
            server,
            sale,
            traffic,
            bidders,
            ledger,
            restarts,
            looked_up: 0,
            lookups: 0,
            people,
        })
    }

    /// Lets bidders bid, kills, compares with the log, starts again, compares with the server.
    async fn cycle(
        &mut self,
        program: &Path,
        data: &Path,
        random: &mut StdRng,
    ) -> anyhow::Result<()> {
        self.traffic.say(Word::Bid);
        let more = random.random_range(1..=ANSWERS_MAX);
        self.traffic.wait_for_more(more, &mut self.bidders).await?;
        sleep(Duration::from_micros(
            random.random_range(0..DELAY_MICROS_MAX),
        ))
        .await;
        self.restart(program, data).await?;
        self.compare_by_lookup().await
    }

    async fn restart(&mut self, program: &Path, data: &Path) -> anyhow::Result<()> {
        // Unknown from now on: nobody may take the next process for this one.
        self.server.send_replace(None);
        let (path, folder) = (program.to_owned(), data.to_owned());
        self.served.take().context("a server")?.kill()?;
        if self.traffic.word() == Word::Bid {
            self.traffic.say(Word::Rest);
        }
        // Everything that anybody had been told before the kill is in the log now.
        let held = self.traffic.receipts();
        self.ledger.read_on(data).await?;
        self.ledger.compare(&held)?;
        let started = Instant::now();
        let served = tokio::task::spawn_blocking(move || Served::start(&path, &folder)).await??;
        self.sale = self.sale.at(served.desk().api());
        let snapshot = self.sale.snapshot().await?;
        self.restarts.record(started.elapsed());
        self.server.send_replace(Some(served.desk().api().clone()));
        self.served = Some(served);
        ensure!(!snapshot.lots.is_empty(), "the lots are back");
        Ok(())
    }

    /// Asks for every answer that has come since the last time: the same bytes.
    async fn compare_by_lookup(&mut self) -> anyhow::Result<()> {
        let held = self.traffic.receipts();
        let new = held.get(self.looked_up..).unwrap_or_default();
        self.lookups += look_up(&mut self.people, &self.sale.id, new).await?;
        self.looked_up = held.len();
        Ok(())
    }

    async fn finish(
        mut self,
        program: &Path,
        data: &Path,
        cycles: u32,
        seed: u64,
    ) -> anyhow::Result<Report> {
        self.traffic.say(Word::Leave);
        let mut retries = 0;
        while let Some(ended) = timeout(PATIENCE, self.bidders.join_next()).await? {
            retries += ended??.retries;
        }
        self.restart(program, data).await?;
        let held = self.traffic.receipts();
        self.lookups += look_up(&mut self.people, &self.sale.id, &held).await?;
        self.served.take().context("a server")?.kill()?;
        self.ledger.read_on(data).await?;
        self.ledger.compare(&held)?;
        // Nobody waits for an answer any more: what was decided is what was answered, no more.
        self.ledger.compare_sets(&held)?;
        let accepted = held.iter().filter(|receipt| receipt.is_accepted()).count();
        Ok(Report {
            seed,
            cycles,
            receipts: held.len(),
            accepted,
            refused: held.len() - accepted,
            retries,
            events: self.ledger.len(),
            looked_up: self.lookups,
            restarts: self.restarts,
            verified: verify(program, data)?,
        })
    }
}

/// Has each bidder ask for the answers it holds, all at the same time.
async fn look_up(
    people: &mut [Bidder],
    sale: &str,
    receipts: &[traffic::Receipt],
) -> anyhow::Result<u64> {
    let own = |(paddle, person)| look_up_own(person, sale, receipts, paddle);
    let counts = try_join_all((1..).zip(people).map(own)).await?;
    Ok(counts.into_iter().sum())
}

async fn look_up_own(
    person: &mut Bidder,
    sale: &str,
    receipts: &[traffic::Receipt],
    paddle: u32,
) -> anyhow::Result<u64> {
    let mut count = 0;
    for receipt in receipts.iter().filter(|receipt| receipt.paddle == paddle) {
        let bytes = person.look_up(sale, &receipt.answer.id).await?;
        ensure!(
            bytes == receipt.bytes,
            "the answer to {} has changed",
            receipt.answer.id
        );
        count += 1;
    }
    Ok(count)
}

/// Has the program itself check the folder.
fn verify(program: &Path, data: &Path) -> anyhow::Result<String> {
    let output = std::process::Command::new(program)
        .arg("verify")
        .arg(data)
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let talk = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(
        output.status.success(),
        "mazad verify: {}\n{said}\n{talk}",
        output.status
    );
    Ok(said.lines().last().unwrap_or("said nothing").to_owned())
}
