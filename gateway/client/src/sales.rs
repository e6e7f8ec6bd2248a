//! What the HTTP interface tells of sales. The messages within are those of the schema.

use mazad_proto::v1;
use serde::Deserialize;

use crate::numbers;

/// A sale in a list.
///
/// ```no_run
/// # async fn list() -> Result<(), mazad_client::ClientError> {
/// let client = mazad_client::Client::new("http://127.0.0.1:8080")?;
/// for sale in client.sales().await? {
///     println!("{} {}: {} of {} lots knocked down", sale.sale, sale.title.en, sale.knocked_down, sale.lots);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SaleLine {
    /// Its id.
    pub sale: String,
    /// Its name in both languages.
    pub title: v1::Bilingual,
    /// ISO 4217.
    pub currency: String,
    /// IANA name, for display.
    pub time_zone: String,
    /// How far it is.
    pub phase: v1::SalePhase,
    /// Microseconds since 1970 UTC; 0: by hand.
    #[serde(deserialize_with = "numbers::read")]
    pub opens_at: u64,
    /// When the first of the open lots ends; 0: none of them has an end.
    #[serde(deserialize_with = "numbers::read")]
    pub next_ends_at: u64,
    /// Lots in the catalogue.
    pub lots: usize,
    /// Lots that take bids now.
    pub open: usize,
    /// Lots knocked down so far.
    pub knocked_down: usize,
    /// Last durable revision that this line reflects.
    #[serde(deserialize_with = "numbers::read")]
    pub revision: u64,
}

#[derive(Deserialize)]
pub(crate) struct Sales {
    pub(crate) sales: Vec<SaleLine>,
}

/// A sale with its catalogue: what is fixed. What moves is in a [`SalePicture`](crate::SalePicture).
///
/// ```no_run
/// # async fn catalogue(client: &mazad_client::Client, sale: &str) -> Result<(), mazad_client::ClientError> {
/// let book = client.sale(sale).await?;
/// for lot in &book.lots {
///     println!("{}: {}", lot.lot, lot.terms.title.as_ref().map_or("", |title| &title.en));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SaleBook {
    /// Its id.
    pub sale: String,
    /// What holds in it.
    pub terms: v1::SaleTerms,
    /// Where it stands.
    pub board: v1::SaleView,
    /// In the order of sale.
    pub lots: Vec<BookLot>,
    /// Last durable revision that this reflects.
    #[serde(deserialize_with = "numbers::read")]
    pub revision: u64,
}

/// A lot of a catalogue.
///
/// ```
/// fn kind(lot: &mazad_client::BookLot) -> &str {
///     &lot.terms.kind
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct BookLot {
    /// Its number.
    pub lot: u32,
    /// How it opens, closes and is sold. No secret.
    pub terms: v1::LotTerms,
}

/// One lot: what is offered and how it stands.
///
/// ```no_run
/// # async fn look(client: &mazad_client::Client, sale: &str) -> Result<(), mazad_client::ClientError> {
/// let lot = client.lot(sale, 7).await?;
/// println!("{} bids, the next is {} at least", lot.view.bids, lot.view.ask);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct LotBook {
    /// Id of its sale.
    pub sale: String,
    /// Its number.
    pub lot: u32,
    /// How it opens, closes and is sold. No secret.
    pub terms: v1::LotTerms,
    /// How it stands.
    pub view: v1::LotView,
    /// Last durable revision that this reflects.
    #[serde(deserialize_with = "numbers::read")]
    pub revision: u64,
}

/// The results of a sale as it stands.
///
/// ```no_run
/// # async fn results(client: &mazad_client::Client, sale: &str) -> Result<(), mazad_client::ClientError> {
/// let results = client.results(sale).await?;
/// for sum in &results.totals.hammer {
///     println!("{} {} {}", sum.amount, results.currency, sum.unit);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct SaleResults {
    /// Id of the sale.
    pub sale: String,
    /// ISO 4217.
    pub currency: String,
    /// Lots that have ended, in the order of sale.
    pub lots: Vec<LotResult>,
    /// What they come to.
    pub totals: Totals,
    /// Last durable revision that this reflects.
    #[serde(deserialize_with = "numbers::read")]
    pub revision: u64,
}

/// What became of a lot.
///
/// ```
/// use mazad_client::{LotResult, v1};
///
/// fn is_knocked_down(result: &LotResult) -> bool {
///     result.outcome == v1::LotOutcome::KnockedDown
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LotResult {
    /// Its number.
    pub lot: u32,
    /// Its name in both languages.
    pub title: v1::Bilingual,
    /// What the price buys; empty for the whole lot.
    pub unit: String,
    /// Which attempt to sell it.
    pub attempt: u32,
    /// How much of it was offered, in thousandths of the unit; 0: one whole.
    #[serde(deserialize_with = "numbers::read")]
    pub quantity_milli: i64,
    /// Knocked down, passed, withdrawn or left for decision.
    pub outcome: v1::LotOutcome,
    /// Of a lot that is for decision: why.
    pub decision: v1::DecisionCause,
    /// Of a lot that is for decision: its standing without the bids that were struck out since.
    #[serde(default)]
    pub reckoned: Option<v1::LeadsTo>,
    /// Price of the highest bid that stood, knocked down or not, in minor units; 0: none did.
    #[serde(deserialize_with = "numbers::read")]
    pub price: i64,
    /// Paddle of that bid; 0: none stood.
    pub leader: u32,
    /// Paddle that it was knocked down to; 0: none.
    pub buyer: u32,
    /// Paddles with a bid that stood at the close.
    pub bidders: u32,
    /// The base price in minor units, opened with the result; 0: there was none, or it stays
    /// sealed.
    #[serde(deserialize_with = "numbers::read")]
    pub reserve: i64,
    /// When it ended, microseconds since 1970 UTC.
    #[serde(deserialize_with = "numbers::read")]
    pub closed_at: u64,
}

/// What the results come to.
///
/// ```
/// fn is_over(totals: &mazad_client::Totals) -> bool {
///     totals.ahead == 0
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// Lots that were knocked down.
    pub knocked_down: u32,
    /// Lots that were offered and were not.
    pub passed: u32,
    /// Lots that were taken out.
    pub withdrawn: u32,
    /// Lots about which the committee decides.
    pub for_decision: u32,
    /// Lots that run, or have yet to.
    pub ahead: u32,
    /// Sums of the hammer prices by what a price buys: never added up over different units.
    pub hammer: Vec<Sum>,
}

/// A sum of hammer prices.
///
/// ```
/// let sum = mazad_client::Sum { unit: "feddan".to_owned(), amount: 120_000 };
/// assert_eq!(sum.amount / 100, 1_200, "in pounds");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Sum {
    /// What the prices buy; empty for whole lots.
    pub unit: String,
    /// In minor units.
    #[serde(deserialize_with = "numbers::read")]
    pub amount: i128,
}
