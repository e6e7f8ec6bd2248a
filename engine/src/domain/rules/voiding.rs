//! R12b: a bid is struck out, in its three effects.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::english::{self, Bidding, LeadOffer, State, micros};
use super::proxy::{Lead, Offer, place};
use crate::domain::decide::{Case, reason};
use crate::domain::{
    AppliedEffect, Bid, BidNo, BidVoided, Closed, Code, English, Event, Figure, Lot, LotNo,
    LotOutcome, Method, Money, Open, Paddle, Phase, Play, Refusal, StaffId, VoidCause, VoidEffect,
    VoidRequest,
};

/// What an officer asks for.
#[derive(Debug, Clone, Copy)]
pub(in crate::domain) struct Request<'a> {
    pub(in crate::domain) lot_no: LotNo,
    pub(in crate::domain) lot: &'a Lot,
    pub(in crate::domain) bid: &'a Bid,
    pub(in crate::domain) cause: VoidCause,
    pub(in crate::domain) note: &'a str,
    pub(in crate::domain) officer: StaffId,
}

/// Strikes a bid out, or asks for the second officer, or says why not.
pub(in crate::domain) fn void(
    case: &Case<'_>,
    request: &Request<'_>,
) -> Result<Vec<Event>, Refusal> {
    let officers = officers(case, request)?;
    if let Some(end) = request.lot.open().and_then(|open| open.ends_at)
        && case.sale_time() >= end
    {
        // It has ended but for the bids that are on their way: strike it out after the close.
        return Err(Refusal::new(Code::TooLate)
            .with(Figure::JudgedAt, micros(case.at))
            .with(Figure::EndsAt, micros(end)));
    }
    if request.cause == VoidCause::TypingError && !is_fresh(case, request) {
        let until = request.bid.at.after(case.terms.typing_error_window);
        return Err(Refusal::new(Code::TooLateForTypingError).with(Figure::Until, micros(until)));
    }
    reason(request.note)?;
    let Some((officer, second)) = officers else {
        let Request {
            lot_no, bid, cause, ..
        } = *request;
        return Ok(vec![Event::VoidRequested {
            lot: lot_no,
            bid: bid.no,
            cause,
        }]);
    };
    let Method::English(terms) = &request.lot.terms.method;
    let after = after_void(case, request, terms);
    let voided = Event::BidVoided(BidVoided {
        lot: request.lot_no,
        bid: request.bid.no,
        cause: request.cause,
        officer,
        second,
        note: request.note.to_owned(),
        effect: after.effect,
        price: after.lead.map(|lead| lead.price),
        leader: after.lead.map(|lead| lead.paddle),
        ask: after.ask,
    });
    let mut events = vec![voided];
    if let (AppliedEffect::Lapsed, Some(open)) = (after.effect, request.lot.open()) {
        let next = next_lapsed(case, request.lot, Last::StruckOut(request.bid));
        events.extend(offer_lead(case, request.lot_no, terms, open, next));
    }
    Ok(events)
}

/// R12b: a typing error is reported within the window and before any other bid, on an open lot.
fn is_fresh(case: &Case<'_>, request: &Request<'_>) -> bool {
    let age = case.at.since(request.bid.at);
    let is_last = request
        .lot
        .bids
        .last()
        .is_some_and(|last| last.no == request.bid.no);
    request.lot.open().is_some() && is_last && age <= case.terms.typing_error_window
}

/// Who decides; `None` if this request only begins to ask.
fn officers(
    case: &Case<'_>,
    request: &Request<'_>,
) -> Result<Option<(StaffId, Option<StaffId>)>, Refusal> {
    if !case.terms.void_needs_second {
        return Ok(Some((request.officer, None)));
    }
    let asked = request.lot.void_request;
    let same = |asked: &VoidRequest| asked.bid == request.bid.no && asked.cause == request.cause;
    match asked.filter(same) {
        None => Ok(None),
        Some(first) if first.officer == request.officer => {
            Err(Refusal::new(Code::SecondOfficerNeeded))
        }
        Some(first) => Ok(Some((first.officer, Some(request.officer)))),
    }
}

struct AfterVoid {
    effect: AppliedEffect,
    lead: Option<Lead>,
    ask: Money,
}

fn after_void(case: &Case<'_>, request: &Request<'_>, terms: &English) -> AfterVoid {
    let open = match &request.lot.phase {
        Phase::Open(open) => open,
        Phase::Closed(closed) => return after_void_of_closed(request, terms, closed),
        Phase::Upcoming { .. } => unreachable!("a lot that has not opened has no bids"),
    };
    let Play::English(state) = &open.play;
    let standing = state.lead;
    let is_lead = standing.is_some_and(|lead| lead.bid == request.bid.no);
    let is_offered = state.offer.as_ref().is_some_and(|offer| {
        (offer.paddle, offer.amount) == (request.bid.paddle, request.bid.maximum)
    });
    let (effect, lead) = match case.terms.void_effect {
        VoidEffect::Booklet => {
            let revived = leader_without(terms, request.lot, request.bid.no);
            let unchanged = revived == standing;
            let effect = if unchanged {
                AppliedEffect::Unchanged
            } else {
                AppliedEffect::Revived
            };
            (effect, revived)
        }
        VoidEffect::Strict if is_lead || is_offered => (AppliedEffect::Lapsed, None),
        VoidEffect::Strict => (AppliedEffect::Unchanged, standing),
    };
    let offered = match effect {
        AppliedEffect::Lapsed => next_lapsed(case, request.lot, Last::StruckOut(request.bid)),
        AppliedEffect::Revived => None,
        AppliedEffect::Unchanged | AppliedEffect::WinnerVoided => {
            let ask = english::ask(terms, state);
            return AfterVoid { effect, lead, ask };
        }
    };
    let offer = offered.map(|(paddle, amount)| LeadOffer {
        paddle,
        amount,
        until: case.at,
    });
    let ask = english::ask(
        terms,
        &State {
            lead,
            offer,
            ..State::default()
        },
    );
    AfterVoid { effect, lead, ask }
}

/// R12b: found after the close, the winner falls away; nobody is revived.
fn after_void_of_closed(request: &Request<'_>, terms: &English, closed: &Closed) -> AfterVoid {
    let state = closed.open.as_ref().map(|open| {
        let Play::English(state) = &open.play;
        state.clone()
    });
    let lead = state.and_then(|state| state.lead);
    let ask = english::ask(
        terms,
        &State {
            lead,
            ..State::default()
        },
    );
    let was_leader = lead.is_some_and(|lead| lead.bid == request.bid.no);
    let was_sold = matches!(closed.outcome, LotOutcome::Sold { .. });
    let effect = if was_leader && was_sold {
        AppliedEffect::WinnerVoided
    } else {
        AppliedEffect::Unchanged
    };
    let lead = lead.filter(|_| !was_leader);
    AfterVoid { effect, lead, ask }
}

/// R12b, booklet: the leader if the bid had never been made: the other bids, and the maxima that
/// their bidders moved since, again in order.
pub(in crate::domain) fn leader_without(terms: &English, lot: &Lot, void: BidNo) -> Option<Lead> {
    let stands = |no: BidNo| no != void && lot.bid(no).is_some_and(|bid| !bid.void);
    let mut lead = None;
    let mut moves = lot.moves.iter().peekable();
    for bid in &lot.bids {
        if stands(bid.no) {
            lead = Some(taken_again(terms, lot, lead, bid));
        }
        while let Some(moved) = moves.next_if(|moved| moved.after <= bid.no) {
            if let Some(own) = lead.as_mut().filter(|own: &&mut Lead| own.bid == moved.bid) {
                own.maximum = moved.to.max(own.price);
            }
        }
    }
    lead
}

/// A bid once more, at the maximum that it was made with.
fn taken_again(terms: &English, lot: &Lot, lead: Option<Lead>, bid: &Bid) -> Lead {
    let first_move = lot.moves.iter().find(|moved| moved.bid == bid.no);
    let amount = first_move.map_or(bid.maximum, |moved| moved.from);
    if let Some(own) = lead.filter(|lead| lead.paddle == bid.paddle) {
        // What was a bid against the void one is now a raise of the own maximum (R2.2).
        let maximum = own.maximum.max(amount);
        return Lead {
            maximum,
            bid: bid.no,
            ..own
        };
    }
    let state = State {
        lead,
        ..State::default()
    };
    let ask = english::ask(terms, &state);
    let offer = Offer {
        paddle: bid.paddle,
        amount,
        kind: bid.kind,
        bid: bid.no,
    };
    place(&terms.increments, lead.as_ref(), ask, offer)
}

/// Where a bid stands among lapsed ones: the highest first, the earlier first on a tie.
type Place = (Reverse<Money>, BidNo);

fn place_of(bid: &Bid) -> Place {
    (Reverse(bid.maximum), bid.no)
}

/// R12b, strict: who is asked to reaffirm after `last`, which is struck out or was offered in vain:
/// each former bidder counts once, at the own highest amount; a barred one does not.
fn next_lapsed(case: &Case<'_>, lot: &Lot, last: Last<'_>) -> Option<(Paddle, Money)> {
    // A bidder of the same amount is asked too, though a reaffirmation had put the void bid behind.
    let place = match last {
        Last::StruckOut(bid) => (Reverse(bid.maximum), BidNo(0)),
        Last::Declined(bid) => place_of(bid),
    };
    let may_bid = |bid: &&Bid| {
        let admission = case.sale.admissions.get(&bid.paddle);
        admission.is_some_and(|one| !one.barred)
    };
    let stands = |bid: &&Bid| match last {
        // The amount that falls with a reaffirmation is not offered to its bidder once more.
        Last::StruckOut(void) => {
            !bid.void && (bid.paddle, bid.maximum) != (void.paddle, void.maximum)
        }
        Last::Declined(_) => !bid.void,
    };
    let mut bids: Vec<&Bid> = lot.bids.iter().filter(stands).filter(may_bid).collect();
    bids.sort_by_key(|bid| place_of(bid));
    let mut counted = BTreeSet::new();
    let mut ladder = bids.into_iter().filter(|bid| counted.insert(bid.paddle));
    let next = ladder.find(|bid| place_of(bid) > place)?;
    Some((next.paddle, next.maximum))
}

/// After which bid the ladder goes on.
#[derive(Debug, Clone, Copy)]
enum Last<'a> {
    StruckOut(&'a Bid),
    Declined(&'a Bid),
}

/// R12b, strict: the offer lapsed; the next in turn is asked, down to the opening.
pub(in crate::domain) fn offer_lapsed(
    case: &Case<'_>,
    lot_no: LotNo,
    lot: &Lot,
    terms: &English,
    open: &Open,
    lapsed: &LeadOffer,
) -> Vec<Event> {
    let offered = |bid: &&Bid| (bid.paddle, bid.maximum) == (lapsed.paddle, lapsed.amount);
    let bid = lot.bids.iter().find(offered);
    let next = bid.and_then(|bid| next_lapsed(case, lot, Last::Declined(bid)));
    offer_lead(case, lot_no, terms, open, next)
}

fn offer_lead(
    case: &Case<'_>,
    lot_no: LotNo,
    terms: &English,
    open: &Open,
    next: Option<(Paddle, Money)>,
) -> Vec<Event> {
    let Some((paddle, amount)) = next else {
        let ask = english::ask(terms, &State::default());
        let mut events = vec![Event::ReaffirmEnded { lot: lot_no, ask }];
        events.extend(case.end_after_void(lot_no, open.ends_at));
        return events;
    };
    let until = case.sale_time().after(case.terms.reaffirm_window);
    let offer = Some(LeadOffer {
        paddle,
        amount,
        until,
    });
    let ask = english::ask(
        terms,
        &State {
            offer,
            ..State::default()
        },
    );
    let mut events = vec![Event::ReaffirmOffered {
        lot: lot_no,
        paddle,
        amount,
        until,
        ask,
    }];
    // The lot does not end over an open offer.
    events.extend(case.end_not_before(lot_no, open.ends_at, until));
    events
}

/// R12b with R12a: a clerk enters the amount that is offered to a paddle of the hall.
pub(in crate::domain) fn is_reaffirmed_by(bidding: &Bidding<'_>) -> bool {
    let offer = bidding.state.offer.as_ref();
    offer.is_some_and(|offer| (offer.paddle, offer.amount) == (bidding.paddle, bidding.amount))
}

/// R12b, strict: the former leader takes the lead again, with a new place in the order. R13 holds
/// as for any bid: the limit may have gone elsewhere meanwhile.
pub(in crate::domain) fn reaffirm(bidding: &Bidding<'_>) -> Result<Vec<Event>, Refusal> {
    let case = bidding.case;
    let admission = bidding.admission()?;
    bidding.in_time()?;
    let offer = bidding.state.offer.as_ref();
    let own = offer
        .filter(|offer| offer.paddle == bidding.paddle)
        .filter(|offer| case.judged < offer.until);
    let amount = own.map(|offer| offer.amount).ok_or_else(|| {
        Refusal::new(Code::NothingToReaffirm).with(Figure::JudgedAt, micros(case.judged))
    })?;
    Bidding { amount, ..*bidding }.within_limit(admission)?;
    let mut events = vec![Event::LeadReaffirmed {
        lot: bidding.lot_no,
        bid: bidding.lot.next_bid(),
        paddle: bidding.paddle,
        amount,
        ask: super::increment::ask_after(&bidding.terms.increments, amount),
    }];
    events.extend(bidding.ends_moved(true, true));
    Ok(events)
}
