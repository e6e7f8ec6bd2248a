//! R12a: what a clerk does for the hall while a lot is open.

use super::bid::{Bidding, out_of_range};
use super::{English, HeldFloorBid};
use crate::domain::case::OpenLot;
use crate::domain::rules::increment::Mode;
use crate::domain::{Actor, BidEvent, Code, Event, Figure, Money, Refusal};

/// A floor bid has waited too long for a second clerk.
pub(in crate::domain::rules) fn lapses(on: OpenLot<'_>) -> Vec<Event> {
    vec![BidEvent::FloorBidLapsed.of(on.lot.no)]
}

/// R1: the clerk names the next amount, at least one step up.
pub(super) fn set_ask(
    on: OpenLot<'_>,
    english: &English,
    wanted: Money,
) -> Result<Vec<Event>, Refusal> {
    let least = english.least_ask();
    let by_clerk = english.terms.increments.mode == Mode::Clerk;
    if wanted > Money::MAX_BID {
        return Err(out_of_range(wanted));
    }
    if wanted < least || !by_clerk {
        return Err(Refusal::new(Code::AskBelowStep)
            .with(Figure::Amount, wanted.minor())
            .with(Figure::Ask, least.minor()));
    }
    Ok(vec![BidEvent::AskSet { ask: wanted }.of(on.lot.no)])
}

/// A bid of the hall; above the threshold it waits for a second clerk.
pub(super) fn floor_bid(bidding: &Bidding<'_>) -> Result<Vec<Event>, Refusal> {
    bidding.english.waits()?;
    let events = bidding.decide()?;
    let terms = bidding.case.terms;
    if terms
        .floor_confirm_above
        .is_some_and(|above| bidding.amount > above)
    {
        let held = BidEvent::FloorBidHeld {
            paddle: bidding.paddle,
            amount: bidding.amount,
            until: bidding.case.at.after(terms.floor_confirm_window),
        };
        return Ok(vec![held.of(bidding.on.lot.no)]);
    }
    Ok(events)
}

/// The floor bid that waits for a second clerk.
pub(super) fn waiting(english: &English) -> Result<&HeldFloorBid, Refusal> {
    let held = english.held.as_ref();
    held.ok_or_else(|| Refusal::new(Code::NothingWaits))
}

/// The second clerk, who is not the first, confirms.
pub(super) fn confirmed(held: &HeldFloorBid, bidding: &Bidding<'_>) -> Result<Vec<Event>, Refusal> {
    let case = bidding.case;
    if case.judged >= held.until {
        return Err(Refusal::new(Code::NothingWaits).with(Figure::Until, held.until.figure()));
    }
    if case.command.actor == Actor::Staff(held.clerk) {
        return Err(Refusal::new(Code::SecondOfficerNeeded));
    }
    bidding.decide()
}
