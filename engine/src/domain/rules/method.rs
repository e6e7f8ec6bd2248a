//! A method of sale as a value of its lot: terms and state together, behind one dispatch. Whoever is
//! not a method's own folder asks here and names no method.

use super::english::English;
use super::method_terms::MethodTerms;
use super::outcome::Ending;
use super::reserve::Reserve;
use crate::domain::{
    Bid, BidEvent, BidNo, BidVoided, Due, LotNo, Meta, Money, Paddle, Refusal, SaleTerms, Span,
    Time,
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

    /// R4: another attempt, with another opening, and with another base if there is a new one.
    pub(in crate::domain) fn offer_again(&mut self, opening: Money, reserve: Option<Reserve>) {
        match self {
            Self::English(english) => {
                english.terms.opening = opening;
                english.terms.reserve = reserve.or(english.terms.reserve);
                // R12a: a held bid keeps its number, so that a confirmation cannot mean another one.
                *english = English {
                    held_count: english.held_count,
                    ..English::new(english.terms.clone())
                };
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

    /// The bid by which somebody leads.
    pub(in crate::domain) fn leading_bid(&self) -> Option<BidNo> {
        match self {
            Self::English(english) => english.lead.map(|lead| lead.bid),
        }
    }

    /// R13: what the leader could have to pay.
    pub fn claim(&self) -> Option<(Paddle, Money)> {
        match self {
            Self::English(english) => english.claim(),
        }
    }

    /// The paddle for which the hall waits, if it waits for a second clerk.
    pub fn waiting_paddle(&self) -> Option<Paddle> {
        match self {
            Self::English(english) => english.held.map(|held| held.paddle),
        }
    }

    /// R4: takes the base out of a copy; false if there was none.
    pub(in crate::domain) const fn forget_reserve(&mut self) -> bool {
        match self {
            Self::English(english) => english.terms.reserve.take().is_some(),
        }
    }

    /// What is on offer to a former leader (R12b): to whom, at which price, until when.
    pub fn offer(&self) -> Option<(Paddle, Money, Time)> {
        match self {
            Self::English(english) => {
                let offer = english.offer;
                offer.map(|offer| (offer.paddle, offer.price, offer.until))
            }
        }
    }

    /// What falls due by itself while the lot is open, the end of the lot apart.
    pub fn due(&self, lot: LotNo) -> Vec<(Time, Due)> {
        match self {
            Self::English(english) => english.due(lot),
        }
    }

    /// R4: how the lot would end now.
    pub fn ending(&self, sale: &SaleTerms, bids: &[Bid]) -> Ending {
        match self {
            Self::English(english) => english.ending(sale, !bids.is_empty()),
        }
    }

    /// Whether this paddle leads, is asked to reaffirm, or waits for a second clerk.
    pub(in crate::domain) fn concerns(&self, paddle: Paddle) -> bool {
        match self {
            Self::English(english) => english.concerns(paddle),
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
    pub(in crate::domain) fn apply_refusal(&mut self, meta: &Meta, refusal: &Refusal) {
        match self {
            Self::English(english) => english.remember_jump(meta, refusal),
        }
    }

    /// R12b: takes in that a bid was struck out. The bid is marked already.
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
