//! Acts on one lot: opened, warned, hammered, passed, withdrawn, offered again.

use super::sale;
use super::void::{VoidAct, void};
use crate::domain::case::{Case, check_reason};
use crate::domain::rules::decisions;
use crate::domain::rules::outcome::Ending;
use crate::domain::{
    BidEvent, Code, Event, Figure, Lot, LotAct, LotEvent, LotNo, LotOutcome, Money, Phase, Refusal,
    Running, SaleEvent, SalePhase, StaffId, Time,
};

pub(super) fn act(
    case: &Case<'_>,
    no: LotNo,
    officer: StaffId,
    act: &LotAct,
) -> Result<Vec<Event>, Refusal> {
    match act {
        LotAct::Open => open_by_hand(case, no),
        LotAct::Warn => warn(case, no),
        LotAct::Hammer => hammer(case, no),
        LotAct::Pass => pass(case, no),
        LotAct::Withdraw { reason } => withdraw(case, no, reason),
        LotAct::Reoffer { opening, running } => reoffer(case, no, *opening, *running),
        LotAct::Reopen { reason } => reopen(case, no, reason),
        LotAct::VoidBid { bid, cause, note } => {
            let (bid, cause) = (*bid, *cause);
            let asked = VoidAct {
                bid,
                cause,
                note,
                officer,
            };
            void(case, no, asked)
        }
    }
}

fn by_hand(lot: &Lot) -> Result<(), Refusal> {
    match lot.running {
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
    Ok(vec![opened(lot, None)])
}

/// The event that opens a lot.
pub(super) fn opened(lot: &Lot, ends_at: Option<Time>) -> Event {
    let opened = LotEvent::Opened {
        attempt: lot.attempt,
        ask: lot.method.first_ask(),
        ends_at,
    };
    opened.of(lot.no)
}

/// R3, by hand: fair warning, once and twice; a bid takes warnings back.
fn warn(case: &Case<'_>, no: LotNo) -> Result<Vec<Event>, Refusal> {
    case.running()?;
    let on = case.open_lot(no)?;
    by_hand(on.lot)?;
    if on.open.warnings >= 2 {
        let given = i64::from(on.open.warnings);
        return Err(Refusal::new(Code::WarnedEnough).with(Figure::Bound, given));
    }
    let warned = LotEvent::Warned {
        warning: on.open.warnings.saturating_add(1),
    };
    Ok(vec![warned.of(no)])
}

/// Sells a clerked lot to the leader. R16: never below the reserve by accident.
fn hammer(case: &Case<'_>, no: LotNo) -> Result<Vec<Event>, Refusal> {
    case.running()?;
    let on = case.open_lot(no)?;
    by_hand(on.lot)?;
    on.lot.method.waits()?;
    let ending = on.lot.method.ending(case.terms);
    match ending.outcome {
        LotOutcome::Sold { .. } => Ok(close(case, on.lot, ending)),
        LotOutcome::PassedNoBids => Err(Refusal::new(Code::NoBids)),
        LotOutcome::PassedBelowReserve
        | LotOutcome::PassedByClerk
        | LotOutcome::Withdrawn
        | LotOutcome::WinnerVoided => {
            // The figures never tell the base: it is secret until the result.
            let price = on.lot.method.lead().map_or(Money::ZERO, |(_, price)| price);
            Err(Refusal::new(Code::ReserveNotMet).with(Figure::Price, price.minor()))
        }
    }
}

fn pass(case: &Case<'_>, no: LotNo) -> Result<Vec<Event>, Refusal> {
    case.running()?;
    let on = case.open_lot(no)?;
    by_hand(on.lot)?;
    let mut ending = on.lot.method.ending(case.terms);
    if let LotOutcome::Sold { .. } = ending.outcome {
        ending.outcome = LotOutcome::PassedByClerk;
        ending
            .before
            .retain(|event| !matches!(event, BidEvent::ReserveLifted { .. }));
    }
    Ok(close(case, on.lot, ending))
}

/// The events that end an open lot, and what follows from its end in the sale.
pub(super) fn close(case: &Case<'_>, lot: &Lot, ending: Ending) -> Vec<Event> {
    let standing = lot.bids.iter().filter(|bid| !bid.void);
    let mut paddles: Vec<_> = standing.map(|bid| bid.paddle).collect();
    paddles.sort_unstable();
    paddles.dedup();
    let closed = LotEvent::Closed {
        outcome: ending.outcome,
        bidders: u32::try_from(paddles.len()).unwrap_or(u32::MAX),
        reserve: ending.reserve,
    };
    let before = ending.before.into_iter().map(|event| event.of(lot.no));
    let mut events: Vec<Event> = before.chain([closed.of(lot.no)]).collect();
    events.extend(after_end(case, lot.no));
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
        return vec![SaleEvent::Ended.into()];
    }
    sale::schedule_chain(case, &case.sale.order, Some(no))
}

fn withdraw(case: &Case<'_>, no: LotNo, why: &str) -> Result<Vec<Event>, Refusal> {
    case.not_ended()?;
    let lot = case.lot(no)?;
    if matches!(lot.phase, Phase::Closed(_)) {
        return Err(Refusal::new(Code::LotClosed));
    }
    check_reason(why)?;
    let reason = why.to_owned();
    let mut events = vec![LotEvent::Withdrawn { reason }.of(no)];
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
    let opening = opening.unwrap_or_else(|| lot.method.opening());
    let in_range = !opening.is_zero() && opening <= Money::MAX_BID;
    if running.check().is_err() || !in_range {
        return Err(Refusal::new(Code::TermsInvalid));
    }
    sale::group_has_room(case.sale, no, &running)?;
    let attempt = lot.attempt.saturating_add(1);
    let reoffered = LotEvent::Reoffered {
        attempt,
        opening,
        running,
    };
    let place = case.sale.order.iter().position(|other| *other == no);
    let before = place.and_then(|place| case.sale.order.get(place.checked_sub(1)?));
    let scheduled = sale::schedule_next(case, no, &running, before);
    Ok([reoffered.of(no)].into_iter().chain(scheduled).collect())
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
    let lead_is_void = closed.open.is_some() && lot.method.is_lead_void(&lot.bids);
    if !by_clerk || lead_is_void || case.sale.last_opened != Some(no) {
        return Err(Refusal::new(Code::ReopenTooLate));
    }
    check_reason(why)?;
    let reason = why.to_owned();
    let mut events = vec![LotEvent::Reopened { reason }.of(no)];
    events.extend(decisions::reopened(case, lot, closed.at));
    let place = case.sale.order.iter().position(|other| *other == no);
    let next = place.and_then(|place| case.sale.order.get(place.saturating_add(1)));
    events.extend(next.and_then(|next| sale::takes_back_hour(case.sale, *next)));
    Ok(events)
}
