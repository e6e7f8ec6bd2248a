//! R12b: a bid is struck out, in its three effects.

use super::english::{self, LeadOffer, State};
use super::proxy::{Lead, Offer, place};
use crate::domain::decide::Case;
use crate::domain::{
    AppliedEffect, Bid, BidNo, BidVoided, Closed, Code, English, Event, Lot, LotNo, LotOutcome,
    Method, Money, Open, Paddle, Phase, Play, Refusal, StaffId, VoidCause, VoidEffect, VoidRequest,
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
    if request.cause == VoidCause::TypingError && !is_fresh(case, request) {
        return Err(Refusal::new(Code::TooLateForTypingError));
    }
    let Some((officer, second)) = officers(case, request)? else {
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
        let ladder = lapsed_ladder(case, request.lot, Some(request.bid));
        events.extend(offer_lead(
            case,
            request.lot_no,
            terms,
            open,
            ladder.first().copied(),
        ));
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
        VoidEffect::Strict if is_lead => (AppliedEffect::Lapsed, None),
        VoidEffect::Strict => (AppliedEffect::Unchanged, standing),
    };
    let offered = match effect {
        AppliedEffect::Lapsed => lapsed_ladder(case, request.lot, Some(request.bid))
            .first()
            .copied(),
        AppliedEffect::Unchanged | AppliedEffect::Revived | AppliedEffect::WinnerVoided => None,
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
    let is_winner = matches!(closed.outcome, LotOutcome::Sold { .. })
        && lead.is_some_and(|lead| lead.bid == request.bid.no);
    if is_winner {
        AfterVoid {
            effect: AppliedEffect::WinnerVoided,
            lead: None,
            ask,
        }
    } else {
        AfterVoid {
            effect: AppliedEffect::Unchanged,
            lead,
            ask,
        }
    }
}

/// R12b, booklet: the leader if the bid had never been made: the other bids replayed in order.
pub(in crate::domain) fn leader_without(terms: &English, lot: &Lot, void: BidNo) -> Option<Lead> {
    let standing = lot.bids.iter().filter(|bid| !bid.void && bid.no != void);
    standing.fold(None, |lead, bid| {
        if let Some(own) = lead.filter(|lead: &Lead| lead.paddle == bid.paddle) {
            // What was a bid against the void one is now a raise of the own maximum (R2.2).
            let maximum = own.maximum.max(bid.maximum);
            return Some(Lead {
                maximum,
                bid: bid.no,
                ..own
            });
        }
        let state = State {
            lead,
            ..State::default()
        };
        let ask = english::ask(terms, &state);
        let (paddle, amount, kind) = (bid.paddle, bid.maximum, bid.kind);
        let offer = Offer {
            paddle,
            amount,
            kind,
            bid: bid.no,
        };
        Some(place(&terms.increments, lead.as_ref(), ask, offer))
    })
}

/// R12b, strict: who is asked to reaffirm, in turn: each former bidder once, at the own highest
/// amount, highest first, the earlier first on a tie.
fn lapsed_ladder(case: &Case<'_>, lot: &Lot, void: Option<&Bid>) -> Vec<(Paddle, Money)> {
    let counts = |bid: &&Bid| {
        let barred = case
            .sale
            .admissions
            .get(&bid.paddle)
            .is_none_or(|one| one.barred);
        !bid.void && !barred && void.is_none_or(|void| void.no != bid.no)
    };
    let mut bids: Vec<&Bid> = lot.bids.iter().filter(counts).collect();
    bids.sort_by_key(|bid| (std::cmp::Reverse(bid.maximum), bid.no));
    let mut ladder: Vec<(Paddle, Money)> = Vec::new();
    for bid in bids {
        if ladder.iter().all(|(paddle, _)| *paddle != bid.paddle) {
            ladder.push((bid.paddle, bid.maximum));
        }
    }
    ladder
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
    let ladder = lapsed_ladder(case, lot, None);
    let place = ladder
        .iter()
        .position(|(paddle, _)| *paddle == lapsed.paddle);
    let next = place
        .and_then(|at| ladder.get(at.saturating_add(1)))
        .copied();
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
        events.extend(case.end_after_void(lot_no, open));
        return events;
    };
    let until = case.at.after(case.terms.reaffirm_window);
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
    events.extend(case.end_not_before(lot_no, open, until));
    events
}

/// R12b, strict: the former leader takes the lead again, with a new place in the order.
pub(in crate::domain) fn reaffirm(
    case: &Case<'_>,
    lot_no: LotNo,
    lot: &Lot,
    terms: &English,
    open: &Open,
    paddle: Paddle,
) -> Result<Vec<Event>, Refusal> {
    let Play::English(state) = &open.play;
    let offered = state.offer.as_ref().filter(|offer| offer.paddle == paddle);
    let Some(offer) = offered.filter(|offer| case.judged <= offer.until) else {
        return Err(Refusal::new(Code::NothingToReaffirm));
    };
    let (bid, amount) = (lot.next_bid(), offer.amount);
    let ask = super::increment::ask_after(&terms.increments, amount);
    let mut events = vec![Event::LeadReaffirmed {
        lot: lot_no,
        bid,
        paddle,
        amount,
        ask,
    }];
    events.extend(case.end_after_void(lot_no, open));
    Ok(events)
}
