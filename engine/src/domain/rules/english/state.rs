//! What an English lot remembers, and what follows from it without any act.

use std::collections::BTreeMap;

use super::EnglishTerms;
use super::proxy::Lead;
use crate::domain::rules::increment::ask_after;
use crate::domain::rules::outcome::Ending;
use crate::domain::{
    Actor, BidEvent, BidNo, Code, CommandId, Due, Figure, LotNo, LotOutcome, Money, Paddle,
    Refusal, SaleTerms, StaffId, Time,
};

/// An English lot: its terms, and the state of the present attempt. Once it has closed, the state is
/// that at the close.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct English {
    /// What the booklet says.
    pub terms: EnglishTerms,
    /// Who leads; `None` before the first bid, and while nobody leads after a void.
    pub lead: Option<Lead>,
    /// R1: what the clerk asks; until the next bid.
    pub clerk_ask: Option<Money>,
    /// R12b: the lead is offered to a former leader.
    pub offer: Option<LeadOffer>,
    /// R12a: a floor bid waits for a second clerk.
    pub held: Option<HeldFloorBid>,
    /// R12a: floor bids that were held so far: the number of the last.
    pub held_count: u32,
    /// R1: jumps that wait for confirmation, by who was asked: a bidder, or a clerk for the hall.
    pub confirmations: BTreeMap<Actor, Confirmation>,
    /// R2.2: maxima that leaders moved, in order.
    pub moves: Vec<MaximumMove>,
    /// R12b: where all leads lapsed: the last bid before each, in order.
    pub lapses: Vec<BidNo>,
}

/// R12b: who may take the lead again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeadOffer {
    /// The paddle that would lead without the void bid.
    pub paddle: Paddle,
    /// The reckoned price, at which that paddle would lead; its maximum stays sealed.
    pub price: Money,
    /// When the offer lapses; a pause moves it.
    pub until: Time,
}

/// R12a: a floor bid above the threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldFloorBid {
    /// Counts the lot's held bids from 1, so that a confirmation can name the one it means.
    pub no: u32,
    /// The paddle for which the hall bids.
    pub paddle: Paddle,
    /// The price that it sets if it is confirmed.
    pub amount: Money,
    /// Who entered it: somebody else must confirm.
    pub clerk: StaffId,
    /// When it lapses for want of a second clerk; a pause moves it.
    pub until: Time,
}

/// R1: a jump that was asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirmation {
    /// The command that was answered needs-confirmation: the token.
    pub command: CommandId,
    /// The paddle for which it was bid.
    pub paddle: Paddle,
    /// The amount that may be confirmed.
    pub amount: Money,
    /// The last instant at which it may be confirmed.
    pub until: Time,
}

/// R2.2: a leader moved the own maximum. What it was before is needed to tell how the lot would
/// stand without some other bid (R12b).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaximumMove {
    /// The bid that led.
    pub bid: BidNo,
    /// The last bid of the lot then.
    pub after: BidNo,
    /// The leader's maximum before the move.
    pub from: Money,
    /// The leader's maximum since the move; below `from` where it fell.
    pub to: Money,
}

impl English {
    /// A lot on which nothing has been bid.
    pub const fn new(terms: EnglishTerms) -> Self {
        Self {
            terms,
            lead: None,
            clerk_ask: None,
            offer: None,
            held: None,
            held_count: 0,
            confirmations: BTreeMap::new(),
            moves: Vec::new(),
            lapses: Vec::new(),
        }
    }

    /// The least amount that is taken now (R1).
    pub fn ask(&self) -> Money {
        let least = self.least_ask();
        self.clerk_ask.map_or(least, |asked| asked.max(least))
    }

    /// The same, whatever the clerk asks.
    pub(super) fn least_ask(&self) -> Money {
        self.ask_with(self.lead, self.offer.map(|offer| offer.price))
    }

    /// What would be asked under a lead, or while an amount is offered to a former leader (R12b).
    pub(super) fn ask_with(&self, lead: Option<Lead>, offered: Option<Money>) -> Money {
        match (lead.map(|lead| lead.price), offered) {
            (Some(price), _) => self.ask_after(price),
            (None, Some(amount)) => self.ask_after(amount),
            (None, None) => self.first_ask(),
        }
    }

    /// R1: the least amount after a price.
    pub(super) fn ask_after(&self, price: Money) -> Money {
        ask_after(&self.terms.increments, price)
    }

    /// R1: the least first bid: the opening, or the opening plus a step.
    pub fn first_ask(&self) -> Money {
        if self.terms.first_bid_above_opening {
            self.ask_after(self.terms.opening)
        } else {
            self.terms.opening
        }
    }

    /// R13: what the leader could have to pay.
    pub fn claim(&self) -> Option<(Paddle, Money)> {
        self.lead.map(|lead| (lead.paddle, lead.maximum))
    }

    /// Whether this paddle leads, is asked to reaffirm, or waits for a second clerk.
    pub fn concerns(&self, paddle: Paddle) -> bool {
        let lead = self.lead.map(|lead| lead.paddle);
        let offer = self.offer.map(|offer| offer.paddle);
        let held = self.held.map(|held| held.paddle);
        [lead, offer, held].contains(&Some(paddle))
    }

    /// What lapses by itself.
    pub fn due(&self, lot: LotNo) -> Vec<(Time, Due)> {
        let held = self.held.map(|held| (held.until, Due::LapseFloorBid(lot)));
        let offer = self.offer.map(|offer| (offer.until, Due::LapseOffer(lot)));
        held.into_iter().chain(offer).collect()
    }

    /// R4: how the lot would end now.
    pub fn ending(&self, sale: &SaleTerms, has_bids: bool) -> Ending {
        let reserve = self.terms.reserve.and_then(|reserve| reserve.opening);
        let ending = |outcome, lifted: Option<Money>| {
            let lapsed = self.held.map(|_| BidEvent::FloorBidLapsed);
            let lifted = lifted.map(|price| BidEvent::ReserveLifted { price });
            Ending {
                outcome,
                before: lapsed.into_iter().chain(lifted).collect(),
                reserve,
            }
        };
        let Some(lead) = &self.lead else {
            let none_stands = if has_bids {
                LotOutcome::Lapsed
            } else {
                LotOutcome::NoBid
            };
            return ending(none_stands, None);
        };
        let base = reserve.map_or(Money::ZERO, |reserve| reserve.amount);
        let knocked_down = |price| LotOutcome::KnockedDown {
            paddle: lead.paddle,
            price,
        };
        if lead.price >= base {
            return ending(knocked_down(lead.price), None);
        }
        if sale.reserve_lift && base <= lead.maximum {
            return ending(knocked_down(base), Some(base));
        }
        ending(LotOutcome::BelowBase, None)
    }

    /// R12a: nothing of the hall goes past a floor bid that waits.
    pub fn waits(&self) -> Result<(), Refusal> {
        self.held.as_ref().map_or(Ok(()), |held| {
            Err(Refusal::new(Code::FloorBidWaits)
                .with(Figure::Amount, held.amount.minor())
                .with(Figure::Until, held.until.figure())
                .with(Figure::Bid, i64::from(held.no))
                .with(Figure::Paddle, i64::from(held.paddle.0)))
        })
    }
}
