//! A method of sale as a value of its lot: terms and state together, behind one dispatch. Whoever is
//! not a method's own folder asks here and names no method.

use super::english::English;
use super::method_terms::MethodTerms;
use super::outcome::Ending;
use crate::domain::{
    Bid, BidEvent, BidVoided, Due, LotNo, Meta, Money, Paddle, Refusal, SaleTerms, Span, Time,
};

/// How a lot is sold, with what has come of it in the present attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Method {
    /// Ascending open bids with proxy maxima (R1, R2).
    English(English),
}

impl Method {
    /// A lot on which nothing has been bid.
    pub fn new(terms: MethodTerms) -> Self {
        match terms {
            MethodTerms::English(terms) => Self::English(English::new(terms)),
        }
    }

    /// What the booklet says, as last changed.
    pub fn terms(&self) -> MethodTerms {
        match self {
            Self::English(english) => english.terms.clone().into(),
        }
    }

    /// Where bidding begins: the least first bid, in minor units.
    pub const fn opening(&self) -> Money {
        match self {
            Self::English(english) => english.terms.opening,
        }
    }

    /// R4: another attempt, with another opening.
    pub(in crate::domain) fn offer_again(&mut self, opening: Money) {
        match self {
            Self::English(english) => {
                english.terms.opening = opening;
                *english = English::new(english.terms.clone());
            }
        }
    }

    /// The least amount that is taken now (R1).
    pub fn ask(&self) -> Money {
        match self {
            Self::English(english) => english.ask(),
        }
    }

    /// The least amount that is taken when the lot opens (R1).
    pub fn first_ask(&self) -> Money {
        match self {
            Self::English(english) => english.first_ask(),
        }
    }

    /// Who leads, and at what price.
    pub fn lead(&self) -> Option<(Paddle, Money)> {
        match self {
            Self::English(english) => english.lead.map(|lead| (lead.paddle, lead.price)),
        }
    }

    /// R13: what the leader could have to pay.
    pub fn claim(&self) -> Option<(Paddle, Money)> {
        match self {
            Self::English(english) => english.claim(),
        }
    }

    /// What falls due by itself while the lot is open, the end of the lot apart.
    pub fn due(&self, lot: LotNo) -> Vec<(Time, Due)> {
        match self {
            Self::English(english) => english.due(lot),
        }
    }

    /// R4: how the lot would end now.
    pub fn ending(&self, sale: &SaleTerms) -> Ending {
        match self {
            Self::English(english) => english.ending(sale),
        }
    }

    /// R12a: whether something of the hall waits that the hammer must not pass by.
    ///
    /// # Errors
    /// What waits.
    pub fn waits(&self) -> Result<(), Refusal> {
        match self {
            Self::English(english) => english.waits(),
        }
    }

    /// Whether the bid that leads has been struck out after the close (R12b).
    pub fn is_lead_void(&self, bids: &[Bid]) -> bool {
        match self {
            Self::English(english) => english.is_lead_void(bids),
        }
    }

    /// R2.2: whether the last maximum that a leader moved went down.
    pub fn is_maximum_lowered(&self) -> bool {
        match self {
            Self::English(english) => {
                let last = english.moves.last();
                last.is_some_and(|moved| moved.to < moved.from)
            }
        }
    }

    /// Takes in what happened to the bids of its open lot.
    pub(in crate::domain) fn apply(&mut self, meta: &Meta, bids: &mut Vec<Bid>, event: &BidEvent) {
        match self {
            Self::English(english) => english.apply(meta, bids, event),
        }
    }

    /// Takes in that somebody was told no while the lot was open.
    pub(in crate::domain) fn apply_refusal(
        &mut self,
        meta: &Meta,
        asker: Option<Paddle>,
        refusal: &Refusal,
    ) {
        match self {
            Self::English(english) => english.remember_jump(meta, asker, refusal),
        }
    }

    /// R12b: takes in that a bid of its open lot was struck out. The bid is marked already.
    pub(in crate::domain) fn apply_void(&mut self, bids: &[Bid], void: &BidVoided) {
        match self {
            Self::English(english) => english.apply_void(bids, void),
        }
    }

    /// R3.7: whatever runs out goes on after a pause with what was left of it.
    pub(in crate::domain) fn shift(&mut self, shift: Span) {
        match self {
            Self::English(english) => english.shift(shift),
        }
    }
}
