//! What a method of sale decides: from an act or a timer to events, or to a refusal. The counterpart
//! of [`Method`]'s dispatch for whatever needs the whole case.

use super::english::{acts, floor, void};
use super::method::Method;
use crate::domain::case::{Case, OpenLot, VoidCase};
use crate::domain::{BidderAct, Event, FloorAct, Lot, Money, Paddle, Refusal, Span, Time};

/// A bidder's act on an open lot (R1, R2, R12b).
pub(in crate::domain) fn by_bidder(
    case: &Case<'_>,
    on: OpenLot<'_>,
    act: &BidderAct,
) -> Result<Vec<Event>, Refusal> {
    match &on.lot.method {
        Method::English(english) => acts::by_bidder(case, on, english, act),
    }
}

/// A clerk's act for the hall on an open lot (R12a).
pub(in crate::domain) fn by_floor(
    case: &Case<'_>,
    on: OpenLot<'_>,
    act: &FloorAct,
) -> Result<Vec<Event>, Refusal> {
    match &on.lot.method {
        Method::English(english) => acts::by_clerk(case, on, english, act),
    }
}

/// R12b: what follows from a bid that is struck out. `before` are the events of the same act.
pub(in crate::domain) fn void(
    case: &Case<'_>,
    void: &VoidCase<'_>,
    before: &[Event],
) -> Vec<Event> {
    match &void.lot.method {
        Method::English(english) => void::struck_out(case, void, english, before),
    }
}

/// R12b: the standing that a void leads to; under strict terms the one that would be offered.
pub(in crate::domain) fn reckoned(case: &Case<'_>, void: &VoidCase<'_>) -> Option<(Paddle, Money)> {
    match &void.lot.method {
        Method::English(english) => void::leads_to(case, void, english),
    }
}

/// R12b, R12c: what follows on an open lot from a paddle that is barred. `before` are the events of
/// the same act.
pub(in crate::domain) fn barred(
    case: &Case<'_>,
    on: OpenLot<'_>,
    paddle: Paddle,
    before: &[Event],
) -> Vec<Event> {
    match &on.lot.method {
        Method::English(english) => void::barred(case, on, english, paddle, before),
    }
}

/// R12a: a floor bid has waited too long.
pub(in crate::domain) fn floor_bid_lapses(on: OpenLot<'_>) -> Vec<Event> {
    match &on.lot.method {
        Method::English(_) => floor::lapses(on),
    }
}

/// R12b: an offer to reaffirm has run out.
pub(in crate::domain) fn offer_lapses(case: &Case<'_>, on: OpenLot<'_>) -> Vec<Event> {
    match &on.lot.method {
        Method::English(english) => void::offer_lapses(case, on, english),
    }
}

/// R12a: what a lot that is opened again owes, since it closed at an instant.
pub(in crate::domain) fn reopened(case: &Case<'_>, lot: &Lot, closed_at: Time) -> Vec<Event> {
    match &lot.method {
        Method::English(english) => void::offer_goes_on(case, lot, english, closed_at),
    }
}

/// R3.7: what a silence of the engine owes whoever was asked something, and until when the lot must
/// not end over it.
pub(in crate::domain) fn after_silence(lot: &Lot, at: Time, window: Span) -> Option<(Event, Time)> {
    match &lot.method {
        Method::English(english) => void::offer_after_silence(lot, english, at, window),
    }
}
