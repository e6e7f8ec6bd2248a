//! R12a: what a clerk does for the hall while a lot is open.

use super::bid::{Bidding, out_of_range};
use super::{English, HeldFloorBid, void};
use crate::domain::case::{Case, OpenLot};
use crate::domain::rules::increment::{Mode, rises_above};
use crate::domain::rules::limit::within_ceiling;
use crate::domain::{Actor, BidEvent, Code, Event, Figure, Money, Paddle, Refusal};

/// A floor bid has waited too long for a second clerk.
pub(in crate::domain::rules) fn lapses(on: OpenLot<'_>) -> Vec<Event> {
    vec![BidEvent::FloorBidLapsed.of(on.lot.no)]
}

/// R1: the clerk names the next amount, at least one step up.
pub(super) fn set_ask(
    case: &Case<'_>,
    on: OpenLot<'_>,
    english: &English,
    wanted: Money,
) -> Result<Vec<Event>, Refusal> {
    let least = english.least_ask();
    let by_clerk = english.terms.increments.mode == Mode::Clerk;
    case.not_at_end(on.lot)?;
    if wanted > Money::MAX_BID {
        return Err(out_of_range(wanted));
    }
    within_ceiling(on.lot, wanted)?;
    if wanted < least || !by_clerk {
        return Err(Refusal::new(Code::AskBelowStep)
            .with(Figure::Amount, wanted.minor())
            .with(Figure::Ask, least.minor()));
    }
    let mut events = vec![BidEvent::AskSet { ask: wanted }.of(on.lot.no)];
    if english.held.is_some_and(|held| held.amount < wanted) {
        events.push(BidEvent::FloorBidLapsed.of(on.lot.no));
    }
    Ok(events)
}

/// A bid of the hall: what is offered to its paddle (R12b), or a bid like any other. Above the
/// threshold, and for every jump, it waits for a second clerk.
pub(super) fn floor_bid(bidding: &Bidding<'_>) -> Result<Vec<Event>, Refusal> {
    bidding.english.waits()?;
    let (events, needs_second) = if void::is_reaffirmed_by(bidding) {
        // Nobody leads: it rises over where the lot began.
        let from = bidding.english.first_ask();
        (void::reaffirm(bidding)?, rises(bidding, from))
    } else {
        let from = bidding.english.ask();
        (bidding.decide()?, rises(bidding, from) || bidding.is_jump())
    };
    let terms = bidding.case.terms;
    if terms.floor_second_steps == 0 || !needs_second {
        return Ok(events);
    }
    let held = BidEvent::FloorBidHeld {
        held: bidding.english.held_count.saturating_add(1),
        paddle: bidding.paddle,
        amount: bidding.amount,
        until: bidding.case.at.after(terms.floor_confirm_window),
    };
    Ok(vec![held.of(bidding.on.lot.no)])
}

/// R12a: whether it rises above the threshold.
fn rises(bidding: &Bidding<'_>, from: Money) -> bool {
    let increments = &bidding.english.terms.increments;
    let steps = bidding.case.terms.floor_second_steps;
    rises_above(increments, steps, from, bidding.amount)
}

/// The floor bid that waits for a second clerk.
pub(super) fn waiting(english: &English) -> Result<&HeldFloorBid, Refusal> {
    let held = english.held.as_ref();
    held.ok_or_else(|| Refusal::new(Code::NothingWaits))
}

/// The second clerk, who is not the first, confirms. R0: the bid that he names, by its number, paddle
/// and amount, and no other.
pub(super) fn confirmed(
    held: &HeldFloorBid,
    named: (u32, Paddle, Money),
    bidding: &Bidding<'_>,
) -> Result<Vec<Event>, Refusal> {
    let case = bidding.case;
    if case.judged >= held.until {
        return Err(Refusal::new(Code::NothingWaits).with(Figure::Until, held.until.figure()));
    }
    if case.command.actor == Actor::Staff(held.clerk) {
        return Err(Refusal::new(Code::SecondOfficerNeeded));
    }
    if (held.no, held.paddle, held.amount) != named {
        return Err(Refusal::new(Code::BidHasCome)
            .with(Figure::Amount, held.amount.minor())
            .with(Figure::Bid, i64::from(held.no))
            .with(Figure::Paddle, i64::from(held.paddle.0)));
    }
    if void::is_reaffirmed_by(bidding) {
        return void::reaffirm(bidding);
    }
    bidding.is_good()?;
    Ok(bidding.take())
}
