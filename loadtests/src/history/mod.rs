//! Runs recorded proxy bids through the engine and compares the final prices with the recorded
//! ones: are our rules those of the house that the bids come from?

mod file;
mod memory;
mod remote;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use anyhow::Context;
use mazad_engine::domain::{Increments, Mode, Money, Paddle};

pub use file::{RecordedBid, RecordedLot, read};
pub use remote::RemoteHouse;

use crate::scene;
use memory::MemoryHouse;

/// Steps of the recorded house in those years, by the current price, in cents.
const BANDS: [(i64, i64); 10] = [
    (0, 5),
    (100, 25),
    (500, 50),
    (2_500, 100),
    (10_000, 250),
    (25_000, 500),
    (50_000, 1_000),
    (100_000, 2_500),
    (250_000, 5_000),
    (500_000, 10_000),
];

/// The increment table of the recorded house.
///
/// # Errors
/// None: the table is a valid one.
pub fn increments() -> anyhow::Result<Increments> {
    scene::increments(Mode::Additive, &BANDS)
}

/// How the lot came out here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sold {
    /// The price; `None`: nobody bid enough.
    pub price: Option<Money>,
    /// How far the leader would have gone; `None` without a leader.
    pub maximum: Option<Money>,
    /// Bids that were refused.
    pub refused: usize,
}

/// A recorded lot beside ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// The same price to the cent.
    Exact,
    /// The recorded price lies above ours and within the leader's maximum, as a secret reserve does.
    Reserve,
    Unexplained,
}

/// How the history compares.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    pub lots: usize,
    /// Lots that ended at the recorded price.
    pub exact: usize,
    /// A secret reserve explains the price.
    pub reserve: usize,
    /// What differs, a line for each lot.
    pub unexplained: Vec<String>,
}

impl Comparison {
    fn take(&mut self, lot: &RecordedLot, sold: Sold) {
        self.lots += 1;
        match find(lot, sold) {
            Finding::Exact => self.exact += 1,
            Finding::Reserve => self.reserve += 1,
            Finding::Unexplained => self.unexplained.push(difference(lot, sold)),
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.unexplained {
            writeln!(f, "{line}")?;
        }
        let Self {
            lots,
            exact,
            reserve,
            unexplained,
        } = self;
        let unexplained = unexplained.len();
        write!(
            f,
            "lots {lots} exact {exact} reserve {reserve} unexplained {unexplained}"
        )
    }
}

/// Runs a history in this process, in its recorded time.
///
/// # Errors
/// The file cannot be read, or the engine refuses what it must take.
pub fn in_memory(file: &Path) -> anyhow::Result<Comparison> {
    let lots = read(file)?;
    let mut house = MemoryHouse::open(&lots)?;
    let mut comparison = Comparison::default();
    for (index, lot) in lots.iter().enumerate() {
        let sold = house.run(index, lot).with_context(|| lot.name.clone())?;
        comparison.take(lot, sold);
    }
    Ok(comparison)
}

/// Runs a history through a running server: the same bids in the same order, as bidders.
///
/// # Errors
/// The file cannot be read, or the server refuses what it must take.
pub async fn through_server(file: &Path, url: &str, token: &str) -> anyhow::Result<Comparison> {
    let lots = read(file)?;
    let mut house = RemoteHouse::open(&lots, url, token).await?;
    let mut comparison = Comparison::default();
    for (index, lot) in lots.iter().enumerate() {
        let sold = house
            .run(index, lot)
            .await
            .with_context(|| lot.name.clone())?;
        comparison.take(lot, sold);
    }
    Ok(comparison)
}

fn find(lot: &RecordedLot, sold: Sold) -> Finding {
    let within_maximum = sold.maximum.is_some_and(|maximum| lot.price <= maximum);
    match sold.price {
        Some(price) if price == lot.price => Finding::Exact,
        Some(price) if price < lot.price && within_maximum => Finding::Reserve,
        _ => Finding::Unexplained,
    }
}

fn difference(lot: &RecordedLot, sold: Sold) -> String {
    let shown = |amount: Option<Money>| amount.map_or_else(|| "none".to_owned(), |a| a.to_string());
    format!(
        "{} ({}): recorded {} ours {} leader's maximum {} bids {} refused {}",
        lot.name,
        lot.item,
        lot.price,
        shown(sold.price),
        shown(sold.maximum),
        lot.bids.len(),
        sold.refused,
    )
}

/// Paddles by bidder within one lot: the same few paddles serve every lot.
fn paddles(lot: &RecordedLot) -> BTreeMap<&str, Paddle> {
    let mut paddles = BTreeMap::new();
    for bid in &lot.bids {
        let next = u32::try_from(paddles.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        paddles.entry(bid.bidder.as_str()).or_insert(Paddle(next));
    }
    paddles
}

/// How many paddles a history needs.
fn paddles_needed(lots: &[RecordedLot]) -> u32 {
    let most = lots.iter().map(|lot| paddles(lot).len()).max();
    most.and_then(|most| u32::try_from(most).ok()).unwrap_or(0)
}

/// The number of a lot by its place in the file.
fn lot_no(index: usize) -> anyhow::Result<mazad_engine::domain::LotNo> {
    Ok(mazad_engine::domain::LotNo(
        u32::try_from(index)?.saturating_add(1),
    ))
}
