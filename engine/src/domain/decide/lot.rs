//! Acts on one lot: opened, warned, hammered, passed, withdrawn, offered again.

use super::{Case, reason, sale};
use crate::domain::rules::english;
use crate::domain::{
    Act, Closed, Code, Event, Figure, Lot, LotNo, LotOutcome, Method, Money, Open, Phase, Play,
    Refusal, Running, SalePhase,
};

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "acts of others are not allowed to staff"
)]
pub(super) fn act(case: &Case<'_>) -> Result<Vec<Event>, Refusal> {
    match &case.command.act {
        Act::WithdrawLot { lot, reason } => withdraw(case, *lot, reason),
        Act::ReofferLot {
            lot,
            opening,
            running,
        } => reoffer(case, *lot, *opening, *running),
        Act::ReopenLot { lot, reason } => reopen(case, *lot, reason),
        Act::OpenLot { lot } => open_by_hand(case, *lot),
        Act::WarnLot { lot } => warn(case, *lot),
        Act::SetAsk { lot, ask } => {
            case.running()?;
            let (found, open) = case.open_lot(*lot)?;
            let (Method::English(terms), Play::English(state)) = (&found.terms.method, &open.play);
            english::set_ask(*lot, terms, state, *ask)
        }
        Act::HammerLot { lot } => hammer(case, *lot),
        Act::PassLot { lot } => pass(case, *lot),
        _ => Err(Refusal::new(Code::NotAllowed)),
    }
}

fn by_hand(lot: &Lot) -> Result<(), Refusal> {
    match lot.terms.running {
        Running::Clerked => Ok(()),
        Running::Timed { .. } => Err(Refusal::new(Code::LotRunsByClock)),
    }
}

fn open_by_hand(case: &Case<'_>, no: LotNo) -> Result<Vec<Event>, Refusal> {
    case.running()?;
    let lot = case.lot(no)?;
    match lot.phase {
        Phase::Upcoming { .. } => {}
        Phase::Open(_) => return Err(Refusal::new(Code::LotOpen)),
        Phase::Closed(_) => return Err(Refusal::new(Code::LotClosed)),
    }
    by_hand(lot)?;
    Ok(vec![opened(no, lot, None)])
}

/// The event that opens a lot.
pub(super) fn opened(no: LotNo, lot: &Lot, ends_at: Option<crate::domain::Time>) -> Event {
    let Method::English(terms) = &lot.terms.method;
    let ask = english::ask(terms, &english::State::default());
    Event::LotOpened {
        lot: no,
        attempt: lot.attempt,
        ask,
        ends_at,
    }
}

/// R3, by hand: fair warning, once and twice; a bid takes warnings back.
fn warn(case: &Case<'_>, no: LotNo) -> Result<Vec<Event>, Refusal> {
    case.running()?;
    let (lot, open) = case.open_lot(no)?;
    by_hand(lot)?;
    if open.warnings >= 2 {
        let given = i64::from(open.warnings);
        return Err(Refusal::new(Code::WarnedEnough).with(Figure::Bound, given));
    }
    Ok(vec![Event::LotWarned {
        lot: no,
        warning: open.warnings.saturating_add(1),
    }])
}

/// Sells a clerked lot to the leader. R16: never below the reserve by accident.
fn hammer(case: &Case<'_>, no: LotNo) -> Result<Vec<Event>, Refusal> {
    case.running()?;
    let (lot, open) = case.open_lot(no)?;
    by_hand(lot)?;
    let Play::English(state) = &open.play;
    if let Some(held) = &state.held {
        return Err(english::floor_bid_waits(held));
    }
    let ending = ending(case, lot, open);
    match ending.outcome {
        LotOutcome::Sold { .. } => Ok(close(case, no, lot, open, ending)),
        LotOutcome::PassedNoBids => Err(Refusal::new(Code::NoBids)),
        LotOutcome::PassedBelowReserve
        | LotOutcome::PassedByClerk
        | LotOutcome::Withdrawn
        | LotOutcome::WinnerVoided => {
            // The figures never tell the base: it is secret until the result.
            let price = state.lead.map_or(Money::ZERO, |lead| lead.price);
            Err(Refusal::new(Code::ReserveNotMet).with(Figure::Price, price.minor()))
        }
    }
}

fn pass(case: &Case<'_>, no: LotNo) -> Result<Vec<Event>, Refusal> {
    case.running()?;
    let (lot, open) = case.open_lot(no)?;
    by_hand(lot)?;
    let mut ending = ending(case, lot, open);
    if let LotOutcome::Sold { .. } = ending.outcome {
        ending.outcome = LotOutcome::PassedByClerk;
        ending.lifted = None;
    }
    Ok(close(case, no, lot, open, ending))
}

/// How an open lot would end now, by its method.
pub(super) fn ending(case: &Case<'_>, lot: &Lot, open: &Open) -> english::Ending {
    let (Method::English(terms), Play::English(state)) = (&lot.terms.method, &open.play);
    english::ending(case.terms, terms, state)
}

/// The events that end an open lot, and what follows from its end in the sale.
pub(super) fn close(
    case: &Case<'_>,
    no: LotNo,
    lot: &Lot,
    open: &Open,
    ending: english::Ending,
) -> Vec<Event> {
    let Play::English(state) = &open.play;
    let lapsed = state.held.map(|_| Event::FloorBidLapsed { lot: no });
    let lifted = ending
        .lifted
        .map(|price| Event::ReserveLifted { lot: no, price });
    let mut paddles: Vec<_> = lot
        .bids
        .iter()
        .filter(|bid| !bid.void)
        .map(|bid| bid.paddle)
        .collect();
    paddles.sort_unstable();
    paddles.dedup();
    let closed = Event::LotClosed {
        lot: no,
        outcome: ending.outcome,
        bidders: u32::try_from(paddles.len()).unwrap_or(u32::MAX),
        reserve: ending.reserve,
    };
    let mut events: Vec<Event> = lapsed.into_iter().chain(lifted).chain([closed]).collect();
    events.extend(after_end(case, no));
    events
}

/// What the end of a lot brings about: the next in turn is scheduled, or the sale ends.
fn after_end(case: &Case<'_>, no: LotNo) -> Vec<Event> {
    if case.sale.phase != SalePhase::Open {
        return Vec::new();
    }
    let rests =
        |(other, lot): (&LotNo, &Lot)| *other == no || matches!(lot.phase, Phase::Closed(_));
    if case.terms.ends_itself && case.sale.lots.iter().all(rests) {
        return vec![Event::SaleEnded];
    }
    sale::schedule_chain(case, &case.sale.order, Some(no))
}

fn withdraw(case: &Case<'_>, no: LotNo, why: &str) -> Result<Vec<Event>, Refusal> {
    case.not_ended()?;
    let lot = case.lot(no)?;
    if matches!(lot.phase, Phase::Closed(_)) {
        return Err(Refusal::new(Code::LotClosed));
    }
    reason(why)?;
    let mut events = vec![Event::LotWithdrawn {
        lot: no,
        reason: why.to_owned(),
    }];
    events.extend(after_end(case, no));
    Ok(events)
}

/// R4: an unsold lot is offered again; the attempts are counted.
fn reoffer(
    case: &Case<'_>,
    no: LotNo,
    opening: Option<Money>,
    running: Running,
) -> Result<Vec<Event>, Refusal> {
    case.not_ended()?;
    let lot = case.lot(no)?;
    match &lot.phase {
        Phase::Upcoming { .. } => return Err(Refusal::new(Code::LotNotOpen)),
        Phase::Open(_) => return Err(Refusal::new(Code::LotOpen)),
        Phase::Closed(closed) => match closed.outcome {
            LotOutcome::Sold { .. } => return Err(Refusal::new(Code::LotClosed)),
            LotOutcome::PassedNoBids
            | LotOutcome::PassedBelowReserve
            | LotOutcome::PassedByClerk
            | LotOutcome::Withdrawn
            | LotOutcome::WinnerVoided => {}
        },
    }
    let Method::English(terms) = &lot.terms.method;
    let opening = opening.unwrap_or(terms.opening);
    let in_range = !opening.is_zero() && opening <= Money::MAX_BID;
    if running.check().is_err() || !in_range {
        return Err(Refusal::new(Code::TermsInvalid));
    }
    sale::group_has_room(case.sale, no, &running)?;
    let attempt = lot.attempt.saturating_add(1);
    let reoffered = Event::LotReoffered {
        lot: no,
        attempt,
        opening,
        running,
    };
    let place = case.sale.order.iter().position(|other| *other == no);
    let before = place.and_then(|place| case.sale.order.get(place.checked_sub(1)?));
    let scheduled = sale::schedule_next(case, no, &running, before);
    Ok([reoffered].into_iter().chain(scheduled).collect())
}

/// R12a: a clerked lot is opened again with its bids, before the next one opens.
fn reopen(case: &Case<'_>, no: LotNo, why: &str) -> Result<Vec<Event>, Refusal> {
    case.running()?;
    let lot = case.lot(no)?;
    let closed = match &lot.phase {
        Phase::Upcoming { .. } => return Err(Refusal::new(Code::LotNotOpen)),
        Phase::Open(_) => return Err(Refusal::new(Code::LotOpen)),
        Phase::Closed(closed) => closed,
    };
    by_hand(lot)?;
    let by_clerk = match closed.outcome {
        LotOutcome::Sold { .. }
        | LotOutcome::PassedNoBids
        | LotOutcome::PassedBelowReserve
        | LotOutcome::PassedByClerk => closed.open.is_some(),
        LotOutcome::Withdrawn | LotOutcome::WinnerVoided => false,
    };
    // R12b: a lead that was struck out after the close does not come back with the lot.
    let lead_is_void = closed.open.as_deref().is_some_and(|open| {
        let Play::English(state) = &open.play;
        let led = state.lead.and_then(|lead| lot.bid(lead.bid));
        led.is_some_and(|bid| bid.void)
    });
    if !by_clerk || lead_is_void || case.sale.last_opened != Some(no) {
        return Err(Refusal::new(Code::ReopenTooLate));
    }
    reason(why)?;
    let mut events = vec![Event::LotReopened {
        lot: no,
        reason: why.to_owned(),
    }];
    events.extend(offer_goes_on(case, no, lot, closed));
    let place = case.sale.order.iter().position(|other| *other == no);
    let next = place.and_then(|place| case.sale.order.get(place.saturating_add(1)));
    events.extend(next.and_then(|next| sale::takes_back_hour(case.sale, *next)));
    Ok(events)
}

/// R12b: who was asked to reaffirm when the lot closed has what was left of the time.
fn offer_goes_on(case: &Case<'_>, no: LotNo, lot: &Lot, closed: &Closed) -> Option<Event> {
    let (Method::English(terms), Play::English(state)) =
        (&lot.terms.method, &closed.open.as_ref()?.play);
    let offer = state.offer.as_ref()?;
    Some(Event::ReaffirmOffered {
        lot: no,
        paddle: offer.paddle,
        amount: offer.amount,
        until: case.at.after(offer.until.since(closed.at)),
        ask: english::ask(terms, state),
    })
}
