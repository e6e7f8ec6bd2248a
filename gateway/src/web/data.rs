//! What the pages need to know of the sales: a window on the read models, nothing else.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use mazad_engine::domain::{LotTerms, SaleTerms};
pub use mazad_projections::live::Amendment;
use mazad_proto::v1;
use uuid::Uuid;

/// The sales as anyone may see them; for staff, who have a window of their own, drafts are among them.
/// Answers are snapshots taken at the moment of the call.
pub trait PublicData: Send + Sync + 'static {
    /// Every sale, those that run first, then those announced, then those that have ended.
    fn sales(&self) -> Vec<SaleSummary>;
    /// One sale with the first page of its catalogue, in the order of sale.
    fn sale(&self, id: Uuid) -> Option<SalePage> {
        self.page_of_sale(id, 1)
    }
    /// One sale with a page of its catalogue, from 1. A page past the end is the last one.
    fn page_of_sale(&self, id: Uuid, page: usize) -> Option<SalePage>;
    /// One lot of a sale, with its neighbours.
    fn lot(&self, sale: Uuid, lot: u32) -> Option<LotPage>;
    /// What a room begins with: the lot that is asked for, else the one that runs, else the next.
    fn first(&self, sale: Uuid, asked: Option<u32>) -> Option<LotPage>;
    /// The first lots whose catalogue text has every word; `None`: not at this moment.
    fn search(&self, text: String) -> BoxFuture<'_, Option<Vec<LotPage>>>;
}

/// A sale in a list.
#[derive(Debug, Clone)]
pub struct SaleSummary {
    pub id: Uuid,
    /// Its title in both languages.
    pub title: v1::Bilingual,
    pub phase: v1::SalePhase,
    /// When it opens, microseconds UTC; 0: by hand.
    pub opens_at: u64,
    /// IANA name, for display.
    pub time_zone: String,
    /// When the first of the open lots ends, microseconds UTC; 0: none of them has an end.
    pub next_ends_at: u64,
    /// Lots in the catalogue.
    pub lots: u32,
    /// Lots knocked down so far.
    pub sold: u32,
}

/// A lot: what is offered and where it stands.
#[derive(Debug, Clone)]
pub struct LotEntry {
    /// Its terms; the reserve in them is sealed and never shown.
    pub terms: v1::LotTerms,
    /// Its state; the number of the lot is in it.
    pub view: v1::LotView,
    /// When this attempt ended, microseconds UTC; 0: it has not.
    pub closed_at: u64,
    /// R4: the base, once it has been opened.
    pub base: Option<OpenedBase>,
}

/// What a published commitment to a base was made of: whoever has it can make the commitment again.
#[derive(Debug, Clone)]
pub struct OpenedBase {
    /// Minor units.
    pub amount: i64,
    pub salt: [u8; 32],
}

/// A sale with a page of its catalogue.
#[derive(Debug, Clone)]
pub struct SalePage {
    pub id: Uuid,
    pub terms: v1::SaleTerms,
    pub board: v1::SaleView,
    /// The lots of this page, in the order of sale.
    pub lots: Vec<LotEntry>,
    /// Which part of the catalogue that is.
    pub part: CataloguePart,
    /// What was knocked down, by what a price buys.
    pub sold: Vec<SoldTotal>,
    /// R14: how its terms have changed since everyone can see them, oldest first.
    pub amendments: Vec<Arc<Amendment<SaleTerms>>>,
}

/// A page of a catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CataloguePart {
    /// Which page, from 1.
    pub page: usize,
    /// How many there are; at least one.
    pub pages: usize,
    /// Lots on the pages before it.
    pub before: usize,
    /// Lots on all pages.
    pub lots: usize,
}

/// The lots that were knocked down at a price for the same unit. Sums are in minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoldTotal {
    /// Empty: the whole lot.
    pub unit: String,
    pub lots: u32,
    /// Sum of the hammer prices, each for one unit.
    pub price: i128,
    /// Sum of prices times quantities; `None`: one of the lots is not sold by measure.
    pub whole: Option<i128>,
}

/// A lot with its sale.
#[derive(Debug, Clone)]
pub struct LotPage {
    pub sale: Uuid,
    pub terms: v1::SaleTerms,
    /// Where the sale stands.
    pub board: v1::SaleView,
    pub lot: LotEntry,
    /// R14: how its terms have changed since everyone can see them, oldest first.
    pub amendments: Vec<Arc<Amendment<LotTerms>>>,
    /// The lot before it in the order of sale.
    pub previous: Option<u32>,
    /// The lot after it.
    pub following: Option<u32>,
    /// Where the socket goes on from what this page shows.
    pub cursor: v1::Cursor,
}
