//! A sale as JSON lines or CSV, for whoever takes the record elsewhere.
//!
//! Amounts come as decimal text by the currency's exponent and as minor units beside it; times are
//! RFC 3339 in UTC with microseconds. Every row, of either format, names its sale, and carries
//! `as_of_revision` or is itself an event with its revision.
//!
//! A CSV begins with the mark by which spreadsheets know UTF-8, has its line of names even without a
//! row, and no text of people in it is taken for a formula (`rows`).

mod rows;

use std::borrow::Cow;
use std::io::{self, Write};

use mazad_engine::codec::{DecodeError, decode};
use mazad_engine::domain::{Currency, LotNo, Money, Paddle, SaleId, Time};
use mazad_engine::store::RecordedEvent;
use serde::Serialize;

use self::rows::{Rows, cell};
use crate::bids::{BidBook, BidEntry};
use crate::export_text::{decimal, quantity, rfc3339};
use crate::live::{LiveSale, LotLive, undecided};
use crate::public::{Audience, WITHHELD, body};
use crate::results::whole_of;
use crate::words;

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object in each line.
    JsonLines,
    /// Comma-separated values with a line of names.
    Csv,
}

/// Why an export stopped.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Nobody takes the bytes any more.
    #[error("export cannot be written: {0}")]
    Io(#[from] io::Error),
    /// A stored event is not one that this program understands.
    #[error("revision {revision}: {error}")]
    Decode {
        revision: u64,
        /// What is wrong with it.
        error: DecodeError,
    },
}

/// Writes a sale's events as they come, each with how its lot stood after it.
#[derive(Debug)]
pub struct EventExport<W: Write> {
    rows: Rows<W, EventLine>,
    audience: Audience,
    live: LiveSale,
}

impl<W: Write> EventExport<W> {
    /// Begins an export; the first event is revision 0.
    pub fn new(out: W, format: Format, sale: SaleId, audience: Audience) -> Self {
        Self {
            rows: Rows::new(out, format),
            audience,
            live: LiveSale::new(sale),
        }
    }

    /// Writes the next event of the sale.
    ///
    /// # Errors
    /// [`ExportError`].
    pub fn write(&mut self, stored: &RecordedEvent) -> Result<(), ExportError> {
        let (sale, revision) = (self.live.board().sale, stored.revision.0);
        let failed = |error| ExportError::Decode { revision, error };
        let recorded = decode(stored, None).map_err(failed)?;
        let body = body(stored, self.audience).map_err(failed)?;
        let touched = self.live.apply(&recorded);
        let at = rfc3339(recorded.meta.at);
        let Some(body) = body else {
            let withheld = EventLine::new(sale, revision, at, WITHHELD);
            return self.rows.row(&withheld);
        };
        let code = body.get("code").and_then(serde_json::Value::as_str);
        let lot = recorded.event.lot();
        let after = lot.filter(|lot| touched.lots.contains(lot));
        let after = after.and_then(|lot| self.live.lot(lot));
        let money = Amounts::of(&self.live);
        let line = EventLine {
            lot: lot.map(|lot| lot.0),
            actor: Some(words::actor(recorded.meta.actor)),
            code: code.map(str::to_owned),
            price: after.and_then(|lot| money.text(lot.price)),
            price_minor: after.and_then(|lot| lot.price).map(Money::minor),
            leader: after.and_then(|lot| lot.leader).map(|paddle| paddle.0),
            ask: after.and_then(|lot| money.text(lot.ask)),
            ask_minor: after.and_then(|lot| lot.ask).map(Money::minor),
            ends_at: after.and_then(|lot| lot.ends_at).map(rfc3339),
            // A cell holds no object: in a CSV the body is its JSON as text.
            body: Some(match self.rows.format() {
                Format::JsonLines => body,
                Format::Csv => serde_json::Value::String(body.to_string()),
            }),
            ..EventLine::new(sale, revision, at, &stored.kind)
        };
        self.rows.row(&line)
    }

    /// Ends the export and gives back the revision it reflects; `None` if there was no event.
    ///
    /// # Errors
    /// [`ExportError::Io`].
    pub fn finish(mut self) -> Result<Option<u64>, ExportError> {
        let revision = self.live.next_revision().checked_sub(1);
        self.rows.flush()?;
        Ok(revision)
    }
}

/// Writes the lots of a sale as they stand, in the order of sale.
///
/// # Errors
/// [`ExportError::Io`].
pub fn lots(out: impl Write, format: Format, live: &LiveSale) -> Result<(), ExportError> {
    let mut rows = Rows::new(out, format);
    for no in &live.board().order {
        if let Some(lot) = live.lot(*no) {
            rows.row(&LotRow::new(live, *no, lot, format))?;
        }
    }
    rows.flush()
}

/// Writes every accepted bid of a sale, by lot and number, the void ones too.
///
/// # Errors
/// [`ExportError::Io`].
pub fn bids(
    out: impl Write,
    format: Format,
    live: &LiveSale,
    book: &BidBook,
) -> Result<(), ExportError> {
    let mut rows = Rows::new(out, format);
    for bid in book.bids() {
        rows.row(&BidRow::new(live, bid, format))?;
    }
    rows.flush()
}

/// Amounts as decimal text, once the sale's currency is known.
#[derive(Debug, Clone, Copy)]
struct Amounts(Option<Currency>);

impl Amounts {
    fn of(live: &LiveSale) -> Self {
        Self(live.board().terms.as_ref().map(|terms| terms.currency))
    }

    fn text(self, amount: Option<Money>) -> Option<String> {
        Some(decimal(amount?, self.0?))
    }

    fn currency(self) -> String {
        self.0
            .map_or_else(String::new, |currency| currency.code().to_owned())
    }
}

#[derive(Debug, Clone, Default, Serialize)]
struct EventLine {
    sale: String,
    revision: u64,
    at: String,
    kind: String,
    lot: Option<u32>,
    actor: Option<&'static str>,
    code: Option<String>,
    price: Option<String>,
    price_minor: Option<i64>,
    leader: Option<u32>,
    ask: Option<String>,
    ask_minor: Option<i64>,
    ends_at: Option<String>,
    body: Option<serde_json::Value>,
}

impl EventLine {
    fn new(sale: SaleId, revision: u64, at: String, kind: &str) -> Self {
        Self {
            sale: sale.to_string(),
            revision,
            at,
            kind: kind.to_owned(),
            lot: None,
            actor: None,
            code: None,
            price: None,
            price_minor: None,
            leader: None,
            ask: None,
            ask_minor: None,
            ends_at: None,
            body: None,
        }
    }
}

#[derive(Debug, Clone, Default, Serialize)]
struct LotRow<'a> {
    as_of_revision: u64,
    sale: String,
    currency: String,
    lot: u32,
    /// Its number in the printed catalogue; empty: the lot's own.
    label: Cow<'a, str>,
    reference: Cow<'a, str>,
    kind: Cow<'a, str>,
    unit: Cow<'a, str>,
    /// Of a lot that is sold by measure, in units.
    quantity: Option<String>,
    title_ar: Cow<'a, str>,
    title_en: Cow<'a, str>,
    opening: Option<String>,
    opening_minor: i64,
    estimate_low: Option<String>,
    estimate_low_minor: Option<i64>,
    estimate_high: Option<String>,
    estimate_high_minor: Option<i64>,
    phase: &'static str,
    attempt: u32,
    outcome: Option<&'static str>,
    decision: Option<&'static str>,
    price: Option<String>,
    price_minor: Option<i64>,
    /// Price times quantity, of a lot that is sold by measure.
    whole_price: Option<String>,
    whole_price_minor: Option<i64>,
    leader: Option<u32>,
    buyer: Option<u32>,
    reckoned: Option<String>,
    reckoned_minor: Option<i64>,
    reckoned_leader: Option<u32>,
    bids: u32,
    bidders: u32,
    reserve: Option<String>,
    reserve_minor: Option<i64>,
    ceiling: Option<String>,
    ceiling_minor: i64,
    opens_at: Option<String>,
    ends_at: Option<String>,
    closed_at: Option<String>,
    extensions: u32,
    note: Cow<'a, str>,
}

impl<'a> LotRow<'a> {
    fn new(live: &LiveSale, no: LotNo, lot: &'a LotLive, format: Format) -> Self {
        let (terms, money) = (&lot.terms, Amounts::of(live));
        let (low, high) = terms.estimate.unzip();
        let opening = terms.method.opening();
        let reserve = lot.reserve.map(|reserve| reserve.amount);
        let whole = whole_of(lot);
        let undecided = lot.outcome.and_then(undecided);
        let reckoned = undecided.and_then(|undecided| undecided.reckoned);
        let (reckoned_leader, reckoned) = reckoned.unzip();
        let text = |at: Option<Time>| at.map(rfc3339);
        Self {
            as_of_revision: live.head(),
            sale: live.board().sale.to_string(),
            currency: money.currency(),
            lot: no.0,
            label: cell(&terms.label, format),
            reference: cell(&terms.reference, format),
            kind: cell(&terms.kind, format),
            unit: cell(&terms.unit, format),
            quantity: (terms.quantity_milli > 0).then(|| quantity(terms.quantity_milli)),
            title_ar: cell(&terms.title.ar, format),
            title_en: cell(&terms.title.en, format),
            opening: money.text(Some(opening)),
            opening_minor: opening.minor(),
            estimate_low: money.text(low),
            estimate_low_minor: low.map(Money::minor),
            estimate_high: money.text(high),
            estimate_high_minor: high.map(Money::minor),
            phase: words::lot_phase(lot.phase),
            attempt: lot.attempt,
            outcome: lot.outcome.map(words::outcome),
            decision: undecided.map(|undecided| words::decision(undecided.cause)),
            price: money.text(lot.price),
            price_minor: lot.price.map(Money::minor),
            whole_price: money.text(whole),
            whole_price_minor: whole.map(Money::minor),
            leader: lot.leader.map(|paddle| paddle.0),
            buyer: lot.buyer.map(|paddle| paddle.0),
            reckoned: money.text(reckoned),
            reckoned_minor: reckoned.map(Money::minor),
            reckoned_leader: reckoned_leader.map(|paddle: Paddle| paddle.0),
            bids: lot.bids,
            bidders: lot.bidders,
            reserve: money.text(reserve),
            reserve_minor: reserve.map(Money::minor),
            ceiling: money.text(Some(terms.ceiling)),
            ceiling_minor: terms.ceiling.minor(),
            opens_at: text(lot.opens_at),
            ends_at: text(lot.ends_at),
            closed_at: text(lot.closed_at),
            extensions: lot.extensions,
            note: cell(&lot.note, format),
        }
    }
}

#[derive(Debug, Clone, Default, Serialize)]
struct BidRow<'a> {
    as_of_revision: u64,
    sale: String,
    currency: String,
    lot: u32,
    bid: u32,
    attempt: u32,
    revision: u64,
    at: String,
    paddle: u32,
    origin: &'static str,
    shown: Option<String>,
    shown_minor: i64,
    price: Option<String>,
    price_minor: i64,
    leader: u32,
    void_at: Option<String>,
    void_cause: Option<&'static str>,
    void_effect: Option<&'static str>,
    void_note: Option<Cow<'a, str>>,
}

impl<'a> BidRow<'a> {
    fn new(live: &LiveSale, bid: &'a BidEntry, format: Format) -> Self {
        let (void, money) = (bid.void.as_ref(), Amounts::of(live));
        Self {
            as_of_revision: live.head(),
            sale: live.board().sale.to_string(),
            currency: money.currency(),
            lot: bid.lot.0,
            bid: bid.bid.0,
            attempt: bid.attempt,
            revision: bid.revision,
            at: rfc3339(bid.at),
            paddle: bid.paddle.0,
            origin: words::origin(bid.origin),
            shown: money.text(Some(bid.shown)),
            shown_minor: bid.shown.minor(),
            price: money.text(Some(bid.price)),
            price_minor: bid.price.minor(),
            leader: bid.leader.0,
            void_at: void.map(|void| rfc3339(void.at)),
            void_cause: void.map(|void| words::void_cause(void.cause)),
            void_effect: void.map(|void| words::effect(void.effect)),
            void_note: void.map(|void| cell(&void.note, format)),
        }
    }
}
