//! Recorded auctions: `../shared/data/README.md` describes the columns.

use std::path::Path;

use anyhow::{Context, ensure};
use mazad_engine::domain::{Money, Span};
use serde::Deserialize;

use crate::scene::money;

/// One finished auction of the recorded history.
#[derive(Debug, Clone)]
pub struct RecordedLot {
    /// Its name in the file.
    pub name: String,
    pub item: String,
    pub opening: Money,
    /// The price it ended at.
    pub price: Money,
    /// Bids in the order of time.
    pub bids: Vec<RecordedBid>,
}

/// One bid of a finished auction.
#[derive(Debug, Clone)]
pub struct RecordedBid {
    /// When, since the opening.
    pub after: Span,
    pub bidder: String,
    /// How far it went.
    pub maximum: Money,
}

#[derive(Debug, Deserialize)]
struct Row {
    lot: String,
    item: String,
    opening_minor: i64,
    final_minor: i64,
    at_seconds: String,
    bidder: String,
    maximum_minor: i64,
}

/// Reads a file of recorded bids.
///
/// # Errors
/// The file cannot be read, or a row is not as described.
pub fn read(file: &Path) -> anyhow::Result<Vec<RecordedLot>> {
    let mut reader = csv::Reader::from_path(file).with_context(|| file.display().to_string())?;
    let mut lots: Vec<RecordedLot> = Vec::new();
    for row in reader.deserialize() {
        let row: Row = row?;
        let bid = RecordedBid {
            after: span(&row.at_seconds)?,
            bidder: row.bidder,
            maximum: money(row.maximum_minor)?,
        };
        match lots.last_mut() {
            Some(lot) if lot.name == row.lot => lot.bids.push(bid),
            _ => lots.push(RecordedLot {
                name: row.lot,
                item: row.item,
                opening: money(row.opening_minor)?,
                price: money(row.final_minor)?,
                bids: vec![bid],
            }),
        }
    }
    ensure!(!lots.is_empty(), "{} has no bids", file.display());
    Ok(lots)
}

/// Seconds with a fraction, to the microsecond, without floats.
fn span(text: &str) -> anyhow::Result<Span> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let micros = format!("{fraction:0<6}");
    let micros = micros.get(..6).context("fraction")?;
    let seconds: u64 = whole.parse().with_context(|| format!("seconds {text}"))?;
    let micros: u64 = micros.parse().with_context(|| format!("seconds {text}"))?;
    Ok(Span(
        seconds.saturating_mul(1_000_000).saturating_add(micros),
    ))
}
