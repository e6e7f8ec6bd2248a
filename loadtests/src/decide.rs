//! How many bids can one core decide? Without a socket, without a disk: the ceiling of one sale.

use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use mazad_engine::codec::Vault;
use mazad_engine::codec::command::of_act;
use mazad_engine::domain::{
    Act, Actor, AnswerKey, BidEvent, BidKind, BidderAct, Command, CommandId, Event, LotAct,
    LotEvent, LotNo, Mode, Money, Paddle, Running, Sale, SaleAct, SaleId, Time, Verdict, decide,
};
use mazad_engine::limits::BATCH_COMMANDS_MAX;
use mazad_engine::writer::{Outcome, Writer};
use uuid::Uuid;

use crate::figures::{Latencies, Stopwatch, per_second};
use crate::memory_sale::{MemorySale, account};
use crate::scene;

const START: Time = Time(1_790_000_000_000_000);
const PADDLES: u32 = 64;
const STEP: i64 = 100;
const WARM_BATCHES: usize = 40;

const SALE: SaleId = SaleId(Uuid::from_u128(1));

/// A sale in which every lot is open and every paddle may bid.
#[derive(Debug)]
pub struct Floor {
    vault: Arc<Vault>,
    writer: Writer,
    lots: u32,
    serial: u64,
}

impl Floor {
    /// Opens a sale with so many lots.
    ///
    /// # Errors
    /// The engine refuses what it must take.
    pub fn open(lots: u32) -> anyhow::Result<Self> {
        let mut sale = MemorySale::create(scene::sale_terms("decide", "EGP")?, START)?;
        for lot in (1..=lots).map(LotNo) {
            let table = scene::increments(Mode::Additive, &[(0, STEP)])?;
            let terms = scene::lot_terms("lot", scene::money(STEP)?, table, Running::Clerked);
            let lots = vec![(lot, terms)];
            sale.clerk(Act::from(SaleAct::AddLots { lots }))?;
        }
        for paddle in (1..=PADDLES).map(Paddle) {
            sale.admit(paddle)?;
        }
        sale.clerk(Act::from(SaleAct::Publish))?;
        sale.clerk(Act::from(SaleAct::Open))?;
        for lot in (1..=lots).map(LotNo) {
            sale.clerk(LotAct::Open.of(lot))?;
        }
        let vault = Arc::new(Vault::from_key([7; 32]));
        let writer = Writer::with_state(SALE, Arc::clone(&vault), sale.sale().clone());
        Ok(Self {
            vault,
            writer,
            lots,
            serial: 0,
        })
    }

    pub fn sale(&self) -> &Sale {
        self.writer.sale()
    }

    /// The next bid: lots and paddles in turn, always just enough.
    pub fn next_bid(&mut self) -> Command {
        let serial = self.serial;
        self.serial += 1;
        let lot = LotNo(u32::try_from(serial % u64::from(self.lots)).unwrap_or(0) + 1);
        let round = serial / u64::from(self.lots);
        let paddle = Paddle(u32::try_from(round % u64::from(PADDLES)).unwrap_or(0) + 1);
        let minor = i64::try_from(round)
            .unwrap_or(i64::MAX)
            .saturating_add(1)
            .saturating_mul(STEP);
        let amount = Money::new(minor).unwrap_or(Money::MAX_BID);
        let act = BidderAct::PlaceBid {
            amount,
            kind: BidKind::Flat,
            confirms: None,
        }
        .of(lot);
        // Ids as clients make them: random, so that the answers' map is not filled in order.
        let id = (SALE, CommandId(Uuid::new_v4()));
        of_act(id, Actor::Bidder(account(paddle)), START, act, &self.vault)
    }

    /// Decides, encodes and applies a batch, as the writer does before and after its append.
    ///
    /// # Errors
    /// A bid was not accepted: the figure would not be about bids.
    pub fn run_batch(&mut self, mut commands: Vec<(Command, ())>) -> anyhow::Result<u64> {
        let batch = self.writer.prepare(&mut commands, START, Time(u64::MAX));
        ensure!(commands.is_empty(), "the batch fits into one append");
        let mut accepted = 0;
        for ((), outcome) in self.writer.commit(batch) {
            let Outcome::Answered(answer) = outcome else {
                continue;
            };
            accepted += u64::from(matches!(answer.verdict, Verdict::Accepted(_)));
        }
        Ok(accepted)
    }
}

/// Measures for so long each, and says so.
///
/// # Errors
/// The engine refuses what it must take.
pub fn measure(lots: u32, seconds: Duration) -> anyhow::Result<String> {
    let mut text = String::new();
    let _infallible = writeln!(
        text,
        "one core, {lots} lots, {PADDLES} paddles, flat bids one step up"
    );
    let (count, took, latencies) = decide_only(&mut Floor::open(lots)?, seconds)?;
    let rate = per_second(count, took);
    let _infallible = writeln!(
        text,
        "decide               {rate} bids/s; {}",
        latencies.summary()
    );
    let (count, took, latencies) = whole(&mut Floor::open(lots)?, seconds)?;
    let rate = per_second(count, took);
    let each = latencies.summary();
    let _infallible = write!(
        text,
        "decide+encode+apply  {rate} bids/s over {count} bids, answers kept; a batch of {BATCH_COMMANDS_MAX}: {each}"
    );
    Ok(text)
}

/// The decision alone, over and over on one state.
fn decide_only(floor: &mut Floor, span: Duration) -> anyhow::Result<(u64, Duration, Latencies)> {
    // On a state as it is in the middle of a sale.
    for _ in 0..WARM_BATCHES {
        let commands = (0..BATCH_COMMANDS_MAX)
            .map(|_| (floor.next_bid(), ()))
            .collect();
        floor.run_batch(commands)?;
    }
    // The serial stands at a multiple of the lots again, or a bid could meet its own lead.
    while !floor.serial.is_multiple_of(u64::from(floor.lots)) {
        let command = floor.next_bid();
        floor.run_batch(vec![(command, ())])?;
    }
    let bids: Vec<Command> = (0..floor.lots.max(1)).map(|_| floor.next_bid()).collect();
    let mut latencies = Latencies::new()?;
    for bid in bids.iter().cycle().take(100_000) {
        let started = Instant::now();
        let events = black_box(decide::decide(floor.sale(), black_box(bid), START));
        latencies.record(started.elapsed());
        ensure!(
            matches!(
                events.as_slice(),
                [Event::Lot(_, LotEvent::Bid(BidEvent::Accepted(_)))]
            ),
            "the bid is accepted"
        );
    }
    let watch = Stopwatch::start(span);
    let mut count = 0;
    while watch.runs() {
        for bid in bids.iter().cycle().take(1_000) {
            black_box(decide::decide(floor.sale(), black_box(bid), START));
        }
        count += 1_000;
    }
    Ok((count, watch.took(), latencies))
}

/// What the writer does with a batch, the append left out. Making the commands is not counted.
fn whole(floor: &mut Floor, span: Duration) -> anyhow::Result<(u64, Duration, Latencies)> {
    let mut latencies = Latencies::new()?;
    let (mut count, mut took) = (0, Duration::ZERO);
    let mut last = None;
    while took < span {
        let commands: Vec<_> = (0..BATCH_COMMANDS_MAX)
            .map(|_| (floor.next_bid(), ()))
            .collect();
        last = commands
            .last()
            .map(|(command, ())| (command.actor, command.id));
        let wanted = u64::try_from(commands.len())?;
        let started = Instant::now();
        let accepted = floor.run_batch(commands)?;
        let one = started.elapsed();
        ensure!(
            accepted == wanted,
            "{accepted} of {wanted} bids were accepted"
        );
        latencies.record(one);
        took += one;
        count += accepted;
    }
    let (actor, command) = last.context("at least one batch")?;
    let known = floor.writer.recall(AnswerKey { actor, command });
    ensure!(known.is_some(), "what was answered is known");
    Ok((count, took, latencies))
}
