//! The results of a sale: what became of each lot, and what it comes to.

use std::collections::BTreeMap;

use mazad_engine::domain::{LotNo, LotOutcome, Money, Paddle, ReserveOpening, Time};

use crate::live::{LiveSale, LotPhase};

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
    /// Sum of the hammer prices by what a price buys (empty: the whole lot, else `year`, `tonne`
    /// ...), in minor units: pounds and pounds for each year are never added up.
    pub hammer: BTreeMap<String, i128>,
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
            totals.count(outcome, &lot.terms.unit);
            lots.push(LotResult {
                lot: no,
                attempt: lot.attempt,
                outcome,
                price: lot.price,
                leader: lot.leader,
                buyer: lot.buyer,
                bidders: lot.bidders,
                reserve: lot.reserve,
                closed_at,
            });
        }
        Self {
            revision: live.head(),
            lots,
            totals,
        }
    }
}

impl Totals {
    fn count(&mut self, outcome: LotOutcome, unit: &str) {
        let counted = match outcome {
            LotOutcome::KnockedDown { price, .. } => {
                let sum = self.hammer.entry(unit.to_owned()).or_default();
                *sum = sum.saturating_add(i128::from(price.minor()));
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
