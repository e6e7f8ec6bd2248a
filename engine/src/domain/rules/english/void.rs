//! R12b: a bid is struck out, what follows from it, and who may take the lead after it. A void only ever
//! offers or applies the reckoned standing, so it tells no maximum and charges nobody more.

use std::collections::BTreeSet;

use super::bid::Bidding;
use super::proxy::Lead;
use super::reckoning::{maximum_on_offer, reckon};
use super::{English, LeadOffer};
use crate::domain::case::{Case, OpenLot, VoidCase};
use crate::domain::rules::closing::{corrected, in_time};
use crate::domain::{
    AppliedEffect, Bid, BidEvent, BidVoided, Code, Event, Figure, Lot, LotEvent, LotOutcome, Money,
    Paddle, Phase, Refusal, Span, Time, VoidEffect,
};

/// Whether the act strikes this bid out.
fn is_struck(void: &VoidCase<'_>, bid: &Bid) -> bool {
    bid.no == void.bid.no || (void.all_of_paddle && bid.paddle == void.bid.paddle)
}

/// R12b, strict: the standing that is offered. `passed` was asked in vain, or is being barred. A barred
/// paddle is not asked: where it would lead, it is passed over too; its lower bids stand.
fn offered(
    case: &Case<'_>,
    lot: &Lot,
    english: &English,
    is_struck: impl Fn(&Bid) -> bool,
    passed: Option<Paddle>,
) -> Option<Lead> {
    let is_barred = |paddle: Paddle| {
        let admission = case.sale.admissions.get(&paddle);
        admission.is_none_or(|admission| admission.barred)
    };
    let mut passed: BTreeSet<Paddle> = passed.into_iter().collect();
    loop {
        let has_left = |bid: &Bid| passed.contains(&bid.paddle);
        let lead = reckon(english, &lot.bids, &is_struck, has_left)?;
        if !is_barred(lead.paddle) {
            return Some(lead);
        }
        passed.insert(lead.paddle);
    }
}

/// What a void does to its lot.
struct AfterVoid {
    effect: AppliedEffect,
    /// Who leads after it.
    lead: Option<Lead>,
    /// To whom the lead is offered.
    offer: Option<Lead>,
}

impl AfterVoid {
    fn unchanged(lead: Option<Lead>) -> Self {
        Self {
            effect: AppliedEffect::Unchanged,
            lead,
            offer: None,
        }
    }
}

fn after_void(case: &Case<'_>, void: &VoidCase<'_>, english: &English) -> AfterVoid {
    let reckoned = || {
        reckon(
            english,
            &void.lot.bids,
            |bid| is_struck(void, bid),
            |_| false,
        )
    };
    let outcome = match &void.lot.phase {
        Phase::Open(_) => None,
        Phase::Closed(closed) => Some(closed.outcome),
        Phase::Upcoming { .. } => unreachable!("a lot that has not opened has no bids"),
    };
    let leads = |bid: &&Bid| english.lead.is_some_and(|lead| lead.bid == bid.no);
    let lead_falls = void
        .lot
        .bids
        .iter()
        .find(leads)
        .is_some_and(|bid| is_struck(void, bid));
    if let Some(outcome) = outcome {
        return after_void_of_closed(case, english, outcome, (reckoned(), lead_falls));
    }
    match (english.lead, case.terms.void_effect) {
        (Some(lead), _) if !lead_falls => repriced(lead, reckoned()),
        (Some(_), VoidEffect::Booklet) => AfterVoid {
            effect: AppliedEffect::Revived,
            lead: reckoned(),
            offer: None,
        },
        (Some(_), VoidEffect::Strict) => lapsed(case, void, english),
        (None, _) => match english.offer {
            None => AfterVoid::unchanged(None),
            Some(open) => {
                let after = lapsed(case, void, english);
                if pair(after.offer) == Some((open.paddle, open.price)) {
                    let effect = AppliedEffect::Unchanged;
                    AfterVoid { effect, ..after }
                } else {
                    after
                }
            }
        },
    }
}

/// The leader stays, at the reckoned price where that is lower: a void never raises it, whatever the
/// steps of the table.
fn repriced(lead: Lead, reckoned: Option<Lead>) -> AfterVoid {
    let lower =
        reckoned.filter(|reckoned| reckoned.paddle == lead.paddle && reckoned.price < lead.price);
    lower.map_or_else(
        || AfterVoid::unchanged(Some(lead)),
        |reckoned| AfterVoid {
            effect: AppliedEffect::Repriced,
            lead: Some(Lead {
                price: reckoned.price,
                short_step: reckoned.short_step,
                ..lead
            }),
            offer: None,
        },
    )
}

/// Strict terms: lower bids stay lapsed, nobody leads, and the reckoned standing is offered.
fn lapsed(case: &Case<'_>, void: &VoidCase<'_>, english: &English) -> AfterVoid {
    AfterVoid {
        effect: AppliedEffect::Lapsed,
        lead: None,
        offer: offered(case, void.lot, english, |bid| is_struck(void, bid), None),
    }
}

/// Found after the close: nobody is revived. If the winning bid falls, or if the lot would not have been
/// knocked down as it was, the committee decides.
fn after_void_of_closed(
    case: &Case<'_>,
    english: &English,
    outcome: LotOutcome,
    (reckoned, lead_falls): (Option<Lead>, bool),
) -> AfterVoid {
    let as_reckoned = English {
        lead: reckoned,
        ..english.clone()
    };
    let effect = match outcome {
        LotOutcome::KnockedDown { .. }
            if !lead_falls && as_reckoned.ending(case.terms, true).outcome == outcome =>
        {
            AppliedEffect::Unchanged
        }
        LotOutcome::KnockedDown { .. } | LotOutcome::ForDecision(_) => AppliedEffect::ForDecision,
        LotOutcome::NoBid
        | LotOutcome::BelowBase
        | LotOutcome::PassedByClerk
        | LotOutcome::Lapsed
        | LotOutcome::Withdrawn => {
            if !lead_falls && pair(reckoned) == pair(english.lead) {
                AppliedEffect::Unchanged
            } else {
                AppliedEffect::Revived
            }
        }
    };
    AfterVoid {
        effect,
        lead: reckoned,
        offer: None,
    }
}

/// R12b: the standing that a void leads to: who leads after it, or to whom the lead is offered.
pub(in crate::domain::rules) fn leads_to(
    case: &Case<'_>,
    void: &VoidCase<'_>,
    english: &English,
) -> Option<(Paddle, Money)> {
    let after = after_void(case, void, english);
    pair(after.lead.or(after.offer))
}

fn pair(lead: Option<Lead>) -> Option<(Paddle, Money)> {
    lead.map(|lead| (lead.paddle, lead.price))
}

/// What follows from a bid that is struck out.
pub(in crate::domain::rules) fn struck_out(
    case: &Case<'_>,
    void: &VoidCase<'_>,
    english: &English,
    before: &[Event],
) -> Vec<Event> {
    let after = after_void(case, void, english);
    let no = void.lot.no;
    let offered = after.offer.map(|offer| offer.price);
    let voided = LotEvent::BidVoided(BidVoided {
        bid: void.bid.no,
        all_of_paddle: void.all_of_paddle,
        cause: void.cause,
        officer: void.officer,
        second: void.second,
        note: void.note.to_owned(),
        effect: after.effect,
        price: after.lead.map(|lead| lead.price),
        leader: after.lead.map(|lead| lead.paddle),
        ask: match (after.effect, &void.lot.phase) {
            (AppliedEffect::Unchanged, Phase::Open(_)) => english.ask(),
            (
                AppliedEffect::Unchanged
                | AppliedEffect::Lapsed
                | AppliedEffect::Revived
                | AppliedEffect::Repriced
                | AppliedEffect::ForDecision,
                _,
            ) => english.ask_with(after.lead, offered),
        },
    });
    let mut events = vec![voided.of(no)];
    let Some(on) = OpenLot::of(void.lot) else {
        return events;
    };
    if void.all_of_paddle {
        events.extend(held_lapses(on, english, void.bid.paddle));
    }
    match after.effect {
        AppliedEffect::Lapsed => events.extend(offer_lead(case, on, english, after.offer, before)),
        AppliedEffect::Revived | AppliedEffect::Repriced => {
            events.extend(corrected(case, on.lot, None, before));
        }
        AppliedEffect::Unchanged | AppliedEffect::ForDecision => {}
    }
    events
}

/// R12b, R12c: a paddle is barred. A lead of it stands and wins nothing; an offer to it ends.
pub(in crate::domain::rules) fn barred(
    case: &Case<'_>,
    on: OpenLot<'_>,
    english: &English,
    paddle: Paddle,
    before: &[Event],
) -> Vec<Event> {
    let mut events: Vec<Event> = held_lapses(on, english, paddle).into_iter().collect();
    if english.offer.is_some_and(|offer| offer.paddle == paddle) {
        let next = offered(case, on.lot, english, |_| false, Some(paddle));
        events.extend(offer_lead(case, on, english, next, before));
    } else if english.lead.is_some_and(|lead| lead.paddle == paddle) {
        events.extend(corrected(case, on.lot, None, before));
    }
    events
}

fn held_lapses(on: OpenLot<'_>, english: &English, paddle: Paddle) -> Option<Event> {
    let held = english.held.filter(|held| held.paddle == paddle);
    held.map(|_| BidEvent::FloorBidLapsed.of(on.lot.no))
}

/// R12b, strict: the offer lapsed; the standing without that paddle is offered, down to the opening.
pub(in crate::domain::rules) fn offer_lapses(
    case: &Case<'_>,
    on: OpenLot<'_>,
    english: &English,
) -> Vec<Event> {
    let Some(lapsed) = english.offer else {
        return Vec::new();
    };
    let next = offered(case, on.lot, english, |_| false, Some(lapsed.paddle));
    offer_lead(case, on, english, next, &[])
}

fn offer_lead(
    case: &Case<'_>,
    on: OpenLot<'_>,
    english: &English,
    next: Option<Lead>,
    before: &[Event],
) -> Vec<Event> {
    let lot = on.lot;
    let Some(Lead { paddle, price, .. }) = next else {
        let ask = english.first_ask();
        let mut events = vec![BidEvent::ReaffirmEnded { ask }.of(lot.no)];
        events.extend(corrected(case, lot, None, before));
        return events;
    };
    let until = case.sale_time().after(case.terms.reaffirm_window);
    let offered = BidEvent::ReaffirmOffered {
        paddle,
        price,
        until,
        ask: english.ask_with(None, Some(price)),
    };
    let mut events = vec![offered.of(lot.no)];
    // The lot does not end over an open offer.
    events.extend(corrected(case, lot, Some(until), before));
    events
}

/// R12b with R12a: a clerk enters the price that is offered to a paddle of the hall.
pub(super) fn is_reaffirmed_by(bidding: &Bidding<'_>) -> bool {
    let offer = bidding.english.offer;
    offer.is_some_and(|offer| (offer.paddle, offer.price) == (bidding.paddle, bidding.amount))
}

/// R12b, strict: the former leader takes the lead again, at the price on offer and with a new place in
/// the order, his maximum in force again. R13 holds as for any bid: the limit may have gone elsewhere
/// meanwhile.
pub(super) fn reaffirm(bidding: &Bidding<'_>) -> Result<Vec<Event>, Refusal> {
    let case = bidding.case;
    let admission = bidding.may_bid()?;
    in_time(case, bidding.on.open)?;
    let own = bidding
        .english
        .offer
        .filter(|offer| offer.paddle == bidding.paddle)
        .filter(|offer| case.judged < offer.until);
    let price = own.map(|offer| offer.price).ok_or_else(|| {
        Refusal::new(Code::NothingToReaffirm).with(Figure::JudgedAt, case.judged.figure())
    })?;
    let maximum = maximum_on_offer(bidding.english, &bidding.on.lot.bids, bidding.paddle, price);
    let amount = maximum;
    Bidding { amount, ..*bidding }.within_limit(admission)?;
    let reaffirmed = BidEvent::LeadReaffirmed {
        bid: bidding.on.lot.next_bid(),
        paddle: bidding.paddle,
        price,
        ask: bidding.english.ask_after(price),
    };
    let mut events = vec![reaffirmed.of(bidding.on.lot.no)];
    events.extend(bidding.overtaken(price));
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
        price: offer.price,
        until,
        ask: english.ask(),
    };
    offered.of(lot.no)
}
