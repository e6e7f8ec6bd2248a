//! R12b: a bid is struck out, in its three effects, and who may take the lead after it.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::bid::Bidding;
use super::proxy::{Incoming, Lead, place};
use super::{English, LeadOffer};
use crate::domain::case::{Case, OpenLot, VoidCase};
use crate::domain::rules::closing::{end_after_void, end_not_before, in_time};
use crate::domain::rules::limit::admission;
use crate::domain::{
    AppliedEffect, Bid, BidEvent, BidNo, BidVoided, Code, Event, ExtensionCause, Figure, Lot,
    LotEvent, LotOutcome, Money, Paddle, Phase, Refusal, Span, Time, VoidEffect,
};

/// What follows from a bid that is struck out.
pub(in crate::domain::rules) fn struck_out(
    case: &Case<'_>,
    void: &VoidCase<'_>,
    english: &English,
) -> Vec<Event> {
    let after = after_void(case, void, english);
    let voided = LotEvent::BidVoided(BidVoided {
        bid: void.bid.no,
        cause: void.cause,
        officer: void.officer,
        second: void.second,
        note: void.note.to_owned(),
        effect: after.effect,
        price: after.lead.map(|lead| lead.price),
        leader: after.lead.map(|lead| lead.paddle),
        ask: after.ask,
    });
    let mut events = vec![voided.of(void.lot.no)];
    if let (AppliedEffect::Lapsed, Phase::Open(open)) = (after.effect, &void.lot.phase) {
        let next = next_lapsed(case, void.lot, Last::StruckOut(void.bid));
        let on = OpenLot {
            lot: void.lot,
            open,
        };
        events.extend(offer_lead(case, on, english, next));
    }
    events
}

struct AfterVoid {
    effect: AppliedEffect,
    lead: Option<Lead>,
    ask: Money,
}

fn after_void(case: &Case<'_>, void: &VoidCase<'_>, english: &English) -> AfterVoid {
    let bid = void.bid;
    let standing = english.lead;
    let is_lead = standing.is_some_and(|lead| lead.bid == bid.no);
    match &void.lot.phase {
        Phase::Open(_) => {}
        Phase::Closed(closed) => {
            let is_sold = matches!(closed.outcome, LotOutcome::Sold { .. });
            return after_void_of_closed(english, is_lead, is_sold);
        }
        Phase::Upcoming { .. } => unreachable!("a lot that has not opened has no bids"),
    }
    let is_offered = english
        .offer
        .is_some_and(|offer| (offer.paddle, offer.amount) == (bid.paddle, bid.maximum));
    let (effect, lead) = match case.terms.void_effect {
        VoidEffect::Booklet => {
            let revived = leader_without(english, &void.lot.bids, bid.no);
            let effect = if revived == standing {
                AppliedEffect::Unchanged
            } else {
                AppliedEffect::Revived
            };
            (effect, revived)
        }
        VoidEffect::Strict if is_lead || is_offered => (AppliedEffect::Lapsed, None),
        VoidEffect::Strict => (AppliedEffect::Unchanged, standing),
    };
    let ask = match effect {
        AppliedEffect::Lapsed => {
            let next = next_lapsed(case, void.lot, Last::StruckOut(bid));
            english.ask_with(lead, next.map(|(_, amount)| amount))
        }
        AppliedEffect::Revived => english.ask_with(lead, None),
        AppliedEffect::Unchanged | AppliedEffect::WinnerVoided => english.ask(),
    };
    AfterVoid { effect, lead, ask }
}

/// R12b: found after the close, the winner falls away; nobody is revived.
fn after_void_of_closed(english: &English, is_lead: bool, is_sold: bool) -> AfterVoid {
    let effect = if is_lead && is_sold {
        AppliedEffect::WinnerVoided
    } else {
        AppliedEffect::Unchanged
    };
    AfterVoid {
        effect,
        lead: english.lead.filter(|_| !is_lead),
        ask: english.ask_with(english.lead, None),
    }
}

/// R12b, booklet: the leader if the bid had never been made: the other bids, and the maxima that
/// their bidders moved since, again in order.
pub(super) fn leader_without(english: &English, bids: &[Bid], void: BidNo) -> Option<Lead> {
    let mut lead = None;
    let mut moves = english.moves.iter().peekable();
    for bid in bids {
        if bid.no != void && !bid.void {
            lead = Some(taken_again(english, lead, bid));
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
fn taken_again(english: &English, lead: Option<Lead>, bid: &Bid) -> Lead {
    let first_move = english.moves.iter().find(|moved| moved.bid == bid.no);
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
    let ask = english.ask_with(lead, None);
    let incoming = Incoming {
        paddle: bid.paddle,
        amount,
        kind: bid.kind,
        bid: bid.no,
    };
    place(&english.terms.increments, lead.as_ref(), ask, incoming)
}

/// Where a bid stands among lapsed ones: the highest first, the earlier first on a tie.
type Rank = (Reverse<Money>, BidNo);

fn rank_of(bid: &Bid) -> Rank {
    (Reverse(bid.maximum), bid.no)
}

/// R12b, strict: who is asked to reaffirm after `last`, which is struck out or was offered in vain:
/// each former bidder counts once, at the own highest amount; a barred one does not.
fn next_lapsed(case: &Case<'_>, lot: &Lot, last: Last<'_>) -> Option<(Paddle, Money)> {
    // A bidder of the same amount is asked too, though a reaffirmation had put the void bid behind.
    let rank = match last {
        Last::StruckOut(bid) => (Reverse(bid.maximum), BidNo(0)),
        Last::Declined(bid) => rank_of(bid),
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
    bids.sort_by_key(|bid| rank_of(bid));
    let mut counted = BTreeSet::new();
    let mut ladder = bids.into_iter().filter(|bid| counted.insert(bid.paddle));
    let next = ladder.find(|bid| rank_of(bid) > rank)?;
    Some((next.paddle, next.maximum))
}

/// After which bid the ladder goes on.
#[derive(Debug, Clone, Copy)]
enum Last<'a> {
    StruckOut(&'a Bid),
    Declined(&'a Bid),
}

/// R12b, strict: the offer lapsed; the next in turn is asked, down to the opening.
pub(in crate::domain::rules) fn offer_lapses(
    case: &Case<'_>,
    on: OpenLot<'_>,
    english: &English,
) -> Vec<Event> {
    let Some(lapsed) = &english.offer else {
        return Vec::new();
    };
    let offered = |bid: &&Bid| (bid.paddle, bid.maximum) == (lapsed.paddle, lapsed.amount);
    let bid = on.lot.bids.iter().find(offered);
    let next = bid.and_then(|bid| next_lapsed(case, on.lot, Last::Declined(bid)));
    offer_lead(case, on, english, next)
}

fn offer_lead(
    case: &Case<'_>,
    on: OpenLot<'_>,
    english: &English,
    next: Option<(Paddle, Money)>,
) -> Vec<Event> {
    let (lot, ends_at) = (on.lot.no, on.open.ends_at);
    let Some((paddle, amount)) = next else {
        let ask = english.first_ask();
        let mut events = vec![BidEvent::ReaffirmEnded { ask }.of(lot)];
        events.extend(end_after_void(case, lot, ends_at));
        return events;
    };
    let until = case.sale_time().after(case.terms.reaffirm_window);
    let offered = BidEvent::ReaffirmOffered {
        paddle,
        amount,
        until,
        ask: english.ask_with(None, Some(amount)),
    };
    let mut events = vec![offered.of(lot)];
    // The lot does not end over an open offer.
    events.extend(end_not_before(lot, ends_at, until, ExtensionCause::Void));
    events
}

/// R12b with R12a: a clerk enters the amount that is offered to a paddle of the hall.
pub(super) fn is_reaffirmed_by(bidding: &Bidding<'_>) -> bool {
    let offer = bidding.english.offer;
    offer.is_some_and(|offer| (offer.paddle, offer.amount) == (bidding.paddle, bidding.amount))
}

/// R12b, strict: the former leader takes the lead again, with a new place in the order. R13 holds
/// as for any bid: the limit may have gone elsewhere meanwhile.
pub(super) fn reaffirm(bidding: &Bidding<'_>) -> Result<Vec<Event>, Refusal> {
    let case = bidding.case;
    let admission = admission(case, bidding.paddle)?;
    in_time(case, bidding.on.open)?;
    let own = bidding
        .english
        .offer
        .filter(|offer| offer.paddle == bidding.paddle)
        .filter(|offer| case.judged < offer.until);
    let amount = own.map(|offer| offer.amount).ok_or_else(|| {
        Refusal::new(Code::NothingToReaffirm).with(Figure::JudgedAt, case.judged.figure())
    })?;
    Bidding { amount, ..*bidding }.within_limit(admission)?;
    let reaffirmed = BidEvent::LeadReaffirmed {
        bid: bidding.on.lot.next_bid(),
        paddle: bidding.paddle,
        amount,
        ask: bidding.english.ask_after(amount),
    };
    let mut events = vec![reaffirmed.of(bidding.on.lot.no)];
    events.extend(bidding.ends_moved(true, true));
    Ok(events)
}

/// R12a: who was asked to reaffirm when the lot closed has what was left of the time.
pub(in crate::domain::rules) fn offer_goes_on(
    case: &Case<'_>,
    lot: &Lot,
    english: &English,
    closed_at: Time,
) -> Vec<Event> {
    let again = |offer: LeadOffer| {
        let until = case.at.after(offer.until.since(closed_at));
        offered_again(lot, english, offer, until)
    };
    english.offer.map(again).into_iter().collect()
}

/// R3.7: a silence gives an open offer its whole time again, and the lot does not end over it.
pub(in crate::domain::rules) fn offer_after_silence(
    lot: &Lot,
    english: &English,
    at: Time,
    window: Span,
) -> Option<(Event, Time)> {
    let offer = english.offer?;
    let until = offer.until.max(at.after(window));
    Some((offered_again(lot, english, offer, until), until))
}

fn offered_again(lot: &Lot, english: &English, offer: LeadOffer, until: Time) -> Event {
    let offered = BidEvent::ReaffirmOffered {
        paddle: offer.paddle,
        amount: offer.amount,
        until,
        ask: english.ask(),
    };
    offered.of(lot.no)
}
