//! The results of a sale: what became of each lot, and what it comes to.

use std::collections::BTreeMap;

use mazad_engine::domain::{LotNo, LotOutcome, Money, Paddle, ReserveOpening, Time, whole_price};

use crate::live::{LiveSale, LotLive, LotPhase};

/// The results of a sale as of a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Results {
    /// The revision that they reflect.
    pub revision: u64,
    /// Lots that have ended, in the order of sale.
    pub lots: Vec<LotResult>,
    /// What they come to.
    pub totals: Totals,
}

/// What became of a lot, in its last attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LotResult {
    pub lot: LotNo,
    /// Which attempt to sell it.
    pub attempt: u32,
    /// How it ended; if it is for decision, why, and what was reckoned since.
    pub outcome: LotOutcome,
    /// The price of the highest bid that stood, knocked down or not.
    pub price: Option<Money>,
    /// The whole price, if it is sold by measure: that price times the quantity.
    pub whole: Option<Money>,
    /// Whose bid that was.
    pub leader: Option<Paddle>,
    /// To whom it was knocked down, if it was.
    pub buyer: Option<Paddle>,
    /// Paddles with a bid that stood at the close.
    pub bidders: u32,
    /// R4: what the commitment was made of, if the base was opened.
    pub reserve: Option<ReserveOpening>,
    pub closed_at: Time,
}

/// What the results come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    pub knocked_down: u32,
    /// Lots offered and not knocked down.
    pub passed: u32,
    pub withdrawn: u32,
    /// Lots about which the committee decides (R12b, R12c).
    pub for_decision: u32,
    /// Lots that run, or have yet to.
    pub ahead: u32,
    /// What was knocked down, by what a price buys (empty: the whole lot, else `year`, `tonne` ...): pounds
    /// and pounds for each year are never added up.
    pub hammer: BTreeMap<String, UnitTotal>,
}

/// The lots that were knocked down at a price for the same unit. Sums are in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UnitTotal {
    pub lots: u32,
    /// Sum of the hammer prices, each for one unit.
    pub price: i128,
    /// Sum of the whole prices; `None`: one of the lots has none, so that a sum would be too small.
    pub whole: Option<i128>,
}

impl Results {
    /// The results as a sale stands.
    pub fn of(live: &LiveSale) -> Self {
        let mut totals = Totals::default();
        let mut lots = Vec::new();
        let in_order = live.board().order.iter();
        for (no, lot) in in_order.filter_map(|no| Some((*no, live.lot(*no)?))) {
            let (LotPhase::Closed, Some(outcome), Some(closed_at)) =
                (lot.phase, lot.outcome, lot.closed_at)
            else {
                totals.ahead = totals.ahead.saturating_add(1);
                continue;
            };
            totals.count(outcome, lot);
            let price = lot.price;
            lots.push(LotResult {
                lot: no,
                attempt: lot.attempt,
                outcome,
                price,
                whole: price.and_then(|price| whole_at(price, lot)),
                leader: lot.leader,
                buyer: lot.buyer,
                bidders: lot.bidders,
                reserve: lot.reserve,
                closed_at,
            });
        }
        Self {
            revision: live.public_revision(),
            lots,
            totals,
        }
    }
}

impl Totals {
    fn count(&mut self, outcome: LotOutcome, lot: &LotLive) {
        let counted = match outcome {
            LotOutcome::KnockedDown { price, .. } => {
                let total = self.hammer.entry(lot.terms.unit.clone()).or_default();
                total.add(price, whole_at(price, lot));
                &mut self.knocked_down
            }
            LotOutcome::NoBid
            | LotOutcome::BelowBase
            | LotOutcome::PassedByClerk
            | LotOutcome::Lapsed => &mut self.passed,
            LotOutcome::Withdrawn => &mut self.withdrawn,
            LotOutcome::ForDecision(_) => &mut self.for_decision,
        };
        *counted = counted.saturating_add(1);
    }
}

impl UnitTotal {
    fn add(&mut self, price: Money, whole: Option<Money>) {
        let so_far = if self.lots == 0 { Some(0) } else { self.whole };
        let whole = whole.map(|whole| i128::from(whole.minor()));
        self.whole = so_far
            .zip(whole)
            .map(|(sum, whole)| sum.saturating_add(whole));
        self.price = self.price.saturating_add(i128::from(price.minor()));
        self.lots = self.lots.saturating_add(1);
    }
}

/// The whole price of a lot as it stands, if it has a price and is sold by measure.
pub fn whole_of(lot: &LotLive) -> Option<Money> {
    whole_at(lot.price?, lot)
}

fn whole_at(price: Money, lot: &LotLive) -> Option<Money> {
    whole_price(price, &lot.terms.unit, lot.terms.quantity_milli)
}
