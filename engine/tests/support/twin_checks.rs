//! What must hold in every sale after every command.

use std::collections::{BTreeMap, BTreeSet};

use mazad_engine::domain::{
    Act, Actor, AppliedEffect, BidEvent, BidderAct, Code, Command, Event, ExtensionCause, FloorAct,
    Lot, LotEvent, LotNo, LotOutcome, Method, Money, Paddle, Sale, StaffAct, Time,
};

/// A command with what it did.
pub(crate) struct Happened<'a> {
    pub(crate) before: &'a Sale,
    pub(crate) after: &'a Sale,
    pub(crate) command: Option<&'a Command>,
    pub(crate) events: &'a [Event],
}

pub(crate) fn check(happened: &Happened<'_>) {
    due_follows_from_the_lots(happened.after);
    exposure_follows_from_the_lots(happened.after);
    refusals_change_nothing(happened);
    for (no, after) in &happened.after.lots {
        let Some(before) = happened.before.lots.get(no) else {
            continue;
        };
        ends_never_move_back(before, after);
        prices_fall_only_by_voids(happened, *no, before, after);
        the_highest_standing_bid_leads(after);
        events_tell_the_ask(happened, *no, after);
    }
    for event in happened.events {
        hard_stops_hold(happened, event);
        nothing_is_sold_below_its_base(happened, event);
        limits_hold(happened, event);
    }
    own_acts_cost_nothing(happened);
}

fn due_follows_from_the_lots(sale: &Sale) {
    let lots = sale.lots.iter();
    let of_lots = lots.flat_map(|(_, lot)| lot.due());
    let due: BTreeSet<_> = of_lots.chain(sale.end_due()).collect();
    assert_eq!(sale.due, due);
}

fn exposure_follows_from_the_lots(sale: &Sale) {
    let mut sums: BTreeMap<Paddle, i64> = BTreeMap::new();
    for (paddle, claim) in sale.lots.values().filter_map(Lot::claim) {
        *sums.entry(paddle).or_default() += claim.minor();
    }
    for (paddle, admission) in &sale.admissions {
        let sum = sums.get(paddle).copied().unwrap_or_default();
        assert_eq!(admission.exposure.minor(), sum, "exposure of p{paddle}");
    }
}

/// R0, R3.2: a refusal leaves a revision, a time and, for a jump, what may be confirmed.
fn refusals_change_nothing(happened: &Happened<'_>) {
    let [Event::Refused { refusal, .. }] = happened.events else {
        return;
    };
    let mut before = happened.before.clone();
    let mut after = happened.after.clone();
    before.now = after.now;
    before.next_revision = after.next_revision;
    if refusal.code == Code::NeedsConfirmation {
        forget_jumps(&mut before);
        forget_jumps(&mut after);
    }
    assert!(before == after, "a refusal changed the sale");
}

fn forget_jumps(sale: &mut Sale) {
    for lot in sale.lots.values_mut() {
        let Method::English(english) = &mut lot.method;
        english.confirmations.clear();
    }
}

fn end(lot: &Lot) -> Option<Time> {
    lot.open().and_then(|open| open.ends_at)
}

fn ends_never_move_back(before: &Lot, after: &Lot) {
    if let (Some(before), Some(after)) = (end(before), end(after)) {
        assert!(
            before <= after,
            "an end moved back from {before} to {after}"
        );
    }
}

fn prices_fall_only_by_voids(happened: &Happened<'_>, no: LotNo, before: &Lot, after: &Lot) {
    let voided =
        |event: &Event| matches!(event, Event::Lot(lot, LotEvent::BidVoided(_)) if *lot == no);
    if happened.events.iter().any(voided) || before.open().is_none() || after.open().is_none() {
        return;
    }
    let (before, after) = (before.standing(), after.standing());
    assert!(before.price <= after.price, "the price of lot {no} fell");
    assert!(
        before.leader.is_none() || after.leader.is_some(),
        "lot {no} lost its leader"
    );
}

/// Under the strict terms only bids since the last lapse count; they follow the highest place in the
/// book that still leads, so the leader's own bid is compared with those that came after it.
fn the_highest_standing_bid_leads(lot: &Lot) {
    let Method::English(english) = &lot.method;
    let Some(lead) = english.lead.filter(|_| lot.open().is_some()) else {
        return;
    };
    assert!(lead.price <= lead.maximum, "nobody pays above the maximum");
    let of_leader = lot.bid(lead.bid).expect("the lead has its bid");
    assert!(of_leader.counts(), "a void bid leads");
    assert_eq!(of_leader.paddle, lead.paddle);
    let later = lot
        .bids
        .iter()
        .filter(|bid| bid.no > lead.bid && bid.counts());
    for bid in later {
        assert!(
            bid.maximum <= lead.maximum,
            "a later bid is higher than the lead"
        );
    }
}

/// Each event tells price, leader and ask after it: the last one must agree with the lot.
fn events_tell_the_ask(happened: &Happened<'_>, no: LotNo, lot: &Lot) {
    if lot.open().is_none() {
        return;
    }
    let mut told = happened.events.iter().filter_map(|event| match event {
        Event::Lot(lot, LotEvent::Bid(BidEvent::Accepted(bid))) if *lot == no => Some(bid.ask),
        Event::Lot(lot, LotEvent::BidVoided(void)) if *lot == no => Some(void.ask),
        Event::Lot(lot, LotEvent::Opened { ask, .. })
        | Event::Lot(lot, LotEvent::Bid(BidEvent::AskSet { ask }))
        | Event::Lot(lot, LotEvent::Bid(BidEvent::ReaffirmOffered { ask, .. }))
        | Event::Lot(lot, LotEvent::Bid(BidEvent::LeadReaffirmed { ask, .. }))
        | Event::Lot(lot, LotEvent::Bid(BidEvent::ReaffirmEnded { ask }))
            if *lot == no =>
        {
            Some(*ask)
        }
        _ => None,
    });
    if let Some(ask) = told.next_back() {
        assert_eq!(
            Some(ask),
            lot.standing().ask,
            "the ask of lot {no} after it"
        );
    }
    let seen = lot.standing();
    for event in happened.events {
        match event {
            Event::Lot(lot, LotEvent::Bid(BidEvent::Accepted(bid))) if *lot == no => {
                assert_eq!(
                    (Some(bid.price), Some(bid.leader)),
                    (seen.price, seen.leader)
                );
            }
            Event::Lot(lot, LotEvent::BidVoided(void)) if *lot == no => {
                assert_eq!((void.price, void.leader), (seen.price, seen.leader));
                assert!(void.effect != AppliedEffect::ForDecision);
            }
            _ => {}
        }
    }
}

fn hard_stops_hold(happened: &Happened<'_>, event: &Event) {
    let Event::Lot(
        lot,
        LotEvent::Extended {
            ends_at,
            cause: ExtensionCause::SoftClose,
        },
    ) = event
    else {
        return;
    };
    let open = happened.before.lots.get(lot).and_then(Lot::open);
    let stop = open.and_then(|open| open.hard_stop);
    assert!(
        stop.is_none_or(|stop| *ends_at <= stop),
        "past the hard stop"
    );
}

fn nothing_is_sold_below_its_base(happened: &Happened<'_>, event: &Event) {
    let Event::Lot(
        lot,
        LotEvent::Closed {
            outcome: LotOutcome::KnockedDown { paddle, price },
            ..
        },
    ) = event
    else {
        return;
    };
    let before = &happened.before.lots[lot];
    let terms = before.method.terms();
    let opening = terms.reserve().and_then(|reserve| reserve.opening);
    let base = opening.map_or(Money::ZERO, |opening| opening.amount);
    assert!(*price >= base, "lot {lot} was sold below its base");
    let seen = before.standing();
    assert_eq!(seen.leader, Some(*paddle));
    let is_lifted = |event: &Event| matches!(event, Event::Lot(lifted, LotEvent::Bid(BidEvent::ReserveLifted { .. })) if lifted == lot);
    if happened.events.iter().any(is_lifted) {
        assert_eq!(*price, base);
        assert!(
            happened
                .after
                .terms
                .as_ref()
                .is_some_and(|terms| terms.reserve_lift)
        );
    } else {
        assert_eq!(seen.price, Some(*price));
    }
}

/// R13: no bid takes a bidder past the limit. (What the house brings about may: a revival, a
/// reopening.)
fn limits_hold(happened: &Happened<'_>, event: &Event) {
    let paddle = match event {
        Event::Lot(_, LotEvent::Bid(BidEvent::Accepted(bid))) if bid.leader == bid.paddle => {
            bid.paddle
        }
        Event::Lot(_, LotEvent::Bid(BidEvent::MaximumChanged { paddle, .. }))
        | Event::Lot(_, LotEvent::Bid(BidEvent::LeadReaffirmed { paddle, .. })) => *paddle,
        _ => return,
    };
    let admission = &happened.after.admissions[&paddle];
    let before = happened.before.admissions[&paddle].exposure;
    let within = |limit: Money| admission.exposure <= limit;
    assert!(
        admission.exposure <= before || admission.limit.is_none_or(within),
        "p{paddle} passed the limit"
    );
    assert!(!admission.barred, "p{paddle} is barred");
}

/// R2.2, R16: a leader never pays more by an own act.
fn own_acts_cost_nothing(happened: &Happened<'_>) {
    let Some(command) = happened.command else {
        return;
    };
    let (lot, paddle) = match (&command.act, command.actor) {
        (Act::Bidder(lot, BidderAct::PlaceBid { .. }), Actor::Bidder(account)) => {
            (lot, happened.before.paddles.get(&account).copied())
        }
        (Act::Staff(StaffAct::Floor(lot, FloorAct::Bid { paddle, .. })), _) => (lot, Some(*paddle)),
        _ => return,
    };
    let Some(before) = happened.before.lots.get(lot).map(Lot::standing) else {
        return;
    };
    if before.leader.is_some() && before.leader == paddle {
        let after = happened.after.lots[lot].standing();
        assert_eq!(before.price, after.price, "an own act cost the leader");
    }
}
