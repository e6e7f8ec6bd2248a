//! Kills the real server at random instants under bidders and a clerk who never give up,
//! starts it again on the same folder, and compares every answer that anybody holds, and everything
//! that a watcher was shown, with the log.
//!
//! A killed process leaves the kernel's cache behind, so a sync that is missing is not found here: the
//! engine's tests find it, on a disk that forgets what was not synced.

mod ledger;
mod report;
mod traffic;
mod watcher;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use futures_util::future::try_join_all;
use mazad_client::{Client, Encoding, InviteLink, JoinedSale, NewInvite, OnDoubt, ServerAddress};
use mazad_engine::domain::{Closes, LotNo, Mode, Opens, Running, Span, Time};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::figures::Latencies;
use crate::process::Served;
use crate::test_admin::{AdminSale, TestAdmin};
use crate::{PATIENCE, output, scene};
use ledger::Ledger;
pub use report::Report;
use traffic::{Receipt, Traffic, Word, ask_until_told};
use watcher::{SeenUpdates, watch_on};

/// Bidders at once, half in each encoding.
const BIDDERS: u32 = 10;
/// Lots that they bid on, opened by hand and never ended.
const LOTS: u32 = 4;
/// Lots that end by themselves one after the other, so that some end is always near.
const TIMED_LOTS: u32 = 4;
/// How long each of them runs longer than the one before.
const TIMED_STEP: Span = Span::seconds(2);
/// R3.7: what is left of a timed lot after a restart, at least.
const REMAINS: Span = Span::seconds(1);
/// Answers between a start and the kill, at most: the kill comes at any instant before.
const ANSWERS_MAX: u64 = 60;
/// The kill comes so many microseconds, at most, after the answer that it waits for.
const DELAY_MICROS_MAX: u64 = 3_000;

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
    server: watch::Sender<Option<ServerAddress>>,
    sale: AdminSale,
    traffic: Arc<Traffic>,
    bidders: JoinSet<anyhow::Result<JoinedSale>>,
    ledger: Ledger,
    restarts: Latencies,
    /// Receipts that have been compared by lookup.
    looked_up: usize,
    lookups: u64,
    /// For lookups: the clerk, then the bidders by paddle.
    people: Vec<JoinedSale>,
    watcher: JoinSet<anyhow::Result<()>>,
    seen: Arc<SeenUpdates>,
    shown: usize,
    invites: u32,
}

/// Lots for bidders, and lots that end by themselves.
async fn open_sale(admin: &TestAdmin) -> anyhow::Result<AdminSale> {
    let mut terms = scene::sale_terms("kill", "EGP")?;
    terms.resume_minimum = REMAINS;
    let mut sale = admin.sale(&terms).await?;
    for number in 1..=LOTS + TIMED_LOTS {
        let table = scene::increments(Mode::Additive, &[(0, 100)])?;
        let running = match number.checked_sub(LOTS + 1) {
            None => Running::Clerked,
            Some(before) => Running::Timed {
                opens: Opens::At(Time(1)),
                closes: Closes::After(Span(TIMED_STEP.0 * u64::from(before + 1))),
                soft_close: None,
                group: 0,
            },
        };
        let opening = scene::money(1_000)?;
        sale.lot(&scene::lot_terms("lot", opening, table, running))
            .await?;
    }
    sale.open().await?;
    for lot in 1..=LOTS {
        sale.open_lot(lot).await?;
    }
    Ok(sale)
}

impl Rig {
    async fn start(program: &Path, data: &Path, seed: u64) -> anyhow::Result<Self> {
        let served = Served::start(program, data)?;
        let (server, whereabouts) = watch::channel(Some(served.address().clone()));
        let sale = open_sale(&served.admin()).await?;
        let traffic = Arc::new(Traffic::new(LOTS));
        let (mut bidders, mut people) = (JoinSet::new(), Vec::new());
        for paddle in 0..=BIDDERS {
            let known = match paddle {
                0 => served.admin().staff("clerk").await?,
                _ => sale.bidder(paddle).await?,
            };
            let encoding = if paddle % 2 == 0 {
                Encoding::Json
            } else {
                Encoding::Proto
            };
            let token = known.token().context("somebody who has entered")?;
            let known = Client::to_moving(whereabouts.clone()).with_token(token);
            let join = || known.join(&sale.id, encoding).on_doubt(OnDoubt::Repeat);
            people.push(join());
            let traffic = Arc::clone(&traffic);
            bidders.spawn(ask_until_told(join(), paddle, traffic, seed));
        }
        let seen = Arc::new(SeenUpdates::new());
        let mut watcher = JoinSet::new();
        watcher.spawn(watch_on(
            sale.id.clone(),
            server.subscribe(),
            Arc::clone(&seen),
        ));
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
            watcher,
            seen,
            shown: 0,
            invites: 0,
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
        // What the office says counts as well: whoever was given a link gets in afterwards.
        let link = match random.random_bool(0.5) {
            true => Some(self.invite().await?),
            false => None,
        };
        // Any instant: between two answers too.
        sleep(Duration::from_micros(
            random.random_range(0..DELAY_MICROS_MAX),
        ))
        .await;
        self.restart(program, data).await?;
        if let Some(link) = link {
            let entered = self.admin()?.client().log_in(link.secret()).await;
            entered.context("an invite that was given out")?;
            self.invites += 1;
        }
        self.compare_by_lookup().await
    }

    fn admin(&self) -> anyhow::Result<TestAdmin> {
        Ok(self.served.as_ref().context("a server")?.admin())
    }

    async fn invite(&self) -> anyhow::Result<InviteLink> {
        let new = NewInvite::staff("analyst");
        let invite = self.admin()?.client().invite(&new).await?;
        Ok(InviteLink::parse(&invite.link)?)
    }

    /// Everything that anybody has been told or shown is in the log.
    fn compare(&mut self, held: &[Receipt]) -> anyhow::Result<()> {
        if let Some(ended) = self.watcher.try_join_next() {
            ended?.context("the watcher")?;
        }
        let shown = self.seen.take();
        self.ledger.compare_heard(&shown)?;
        self.shown += shown.len();
        self.ledger.compare(held)
    }

    /// Waits until every timed lot has been seen to end.
    async fn wait_for_ends(&mut self) -> anyhow::Result<()> {
        let mut closed = self.seen.closed();
        let is_over = |closed: &BTreeSet<u32>| closed.len() == TIMED_LOTS as usize;
        tokio::select! {
            waited = timeout(PATIENCE, closed.wait_for(is_over)) => {
                waited.context("a timed lot never ends")??;
                Ok(())
            }
            Some(ended) = self.watcher.join_next() => {
                ended?.context("the watcher")?;
                anyhow::bail!("the watcher stopped")
            }
        }
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
        self.compare(&held)?;
        let started = Instant::now();
        let served = tokio::task::spawn_blocking(move || Served::start(&path, &folder)).await??;
        self.sale = self.sale.at(&served.admin());
        let snapshot = self.sale.snapshot().await?;
        self.restarts.record(started.elapsed());
        self.server.send_replace(Some(served.address().clone()));
        self.served = Some(served);
        ensure!(!snapshot.lots.is_empty(), "the lots are back");
        Ok(())
    }

    /// Asks for every answer that has come since the last time: the same bytes.
    async fn compare_by_lookup(&mut self) -> anyhow::Result<()> {
        let held = self.traffic.receipts();
        let new = held.get(self.looked_up..).unwrap_or_default();
        self.lookups += look_up(&mut self.people, new).await?;
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
            retries += u64::from(ended??.counts().repeats);
        }
        self.restart(program, data).await?;
        let held = self.traffic.receipts();
        self.lookups += look_up(&mut self.people, &held).await?;
        self.wait_for_ends().await?;
        self.served.take().context("a server")?.kill()?;
        self.ledger.read_on(data).await?;
        self.compare(&held)?;
        for lot in LOTS + 1..=LOTS + TIMED_LOTS {
            self.ledger.ended_in_time(LotNo(lot))?;
        }
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
            shown: self.shown,
            invites: self.invites,
            restarts: self.restarts,
            verified: verify(program, data)?,
        })
    }
}

/// Has everybody ask for the answers it holds, all at the same time.
async fn look_up(people: &mut [JoinedSale], receipts: &[Receipt]) -> anyhow::Result<u64> {
    let own = |(paddle, person)| look_up_own(person, receipts, paddle);
    let counts = try_join_all((0..).zip(people).map(own)).await?;
    Ok(counts.into_iter().sum())
}

async fn look_up_own(
    person: &mut JoinedSale,
    receipts: &[Receipt],
    paddle: u32,
) -> anyhow::Result<u64> {
    let mut count = 0;
    for receipt in receipts.iter().filter(|receipt| receipt.paddle == paddle) {
        let (_, bytes) = person.look_up(&receipt.answer.id).await?.answer()?;
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
