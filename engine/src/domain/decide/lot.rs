//! Acts on one lot: opened, warned, hammered, passed, withdrawn, offered again.

use super::turns;
use super::void::{VoidAct, void};
use crate::domain::case::{Case, OpenLot, check_reason};
use crate::domain::rules::closing::{fits_group, group_has_room, linked};
use crate::domain::rules::decisions;
use crate::domain::rules::outcome::Ending;
use crate::domain::{
    Admission, BidEvent, Code, DecisionCause, Event, Figure, Lot, LotAct, LotEvent, LotNo,
    LotOutcome, Money, Open, Phase, Refusal, Reserve, Running, Sale, SalePhase, SaleTerms, Seen,
    StaffId, Time, Undecided, preset_ceiling,
};
use crate::limits::WARNINGS_MAX;

pub(super) fn act(
    case: &Case<'_>,
    no: LotNo,
    officer: StaffId,
    act: &LotAct,
) -> Result<Vec<Event>, Refusal> {
    match act {
        LotAct::Open => open_by_hand(case, no),
        LotAct::Warn => warn(case, no),
        LotAct::Hammer { seen } => hammer(case, no, *seen),
        LotAct::Pass { seen } => pass(case, no, *seen),
        LotAct::Withdraw { reason, seen } => withdraw(case, no, reason, *seen),
        LotAct::Reoffer {
            opening,
            running,
            reserve,
        } => reoffer(case, no, (*opening, *running, *reserve)),
        LotAct::Reopen { reason } => reopen(case, no, reason),
        LotAct::RaiseCeiling { ceiling, reason } => raise_ceiling(case, no, *ceiling, reason),
        LotAct::VoidBid {
            bid,
            cause,
            note,
            leads_to,
        } => {
            let (bid, cause, leads_to) = (*bid, *cause, *leads_to);
            let asked = VoidAct {
                bid,
                cause,
                note,
                leads_to,
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
    if on.open.warnings >= WARNINGS_MAX {
        let given = i64::from(on.open.warnings);
        return Err(Refusal::new(Code::WarnedEnough).with(Figure::Bound, given));
    }
    let warned = LotEvent::Warned {
        warning: on.open.warnings.saturating_add(1),
    };
    Ok(vec![warned.of(no)])
}

/// R12a: the hammer falls after the warnings that the terms ask for, since the last bid, none of
/// them just now.
fn is_warned(case: &Case<'_>, open: &Open) -> Result<(), Refusal> {
    let needed = case.terms.hammer_warnings;
    let refusal = Refusal::new(Code::WarnFirst).with(Figure::Bound, i64::from(needed));
    if open.warnings < needed {
        return Err(refusal);
    }
    let free_at = open.warned_at.filter(|_| needed > 0);
    let free_at = free_at.map(|at| at.after(case.terms.warning_age));
    match free_at.filter(|free_at| case.at < *free_at) {
        Some(free_at) => Err(refusal.with(Figure::Until, free_at.figure())),
        None => Ok(()),
    }
}

/// Knocks a clerked lot down to the leader that the clerk saw. R16: never below the reserve by
/// accident.
fn hammer(case: &Case<'_>, no: LotNo, seen: Seen) -> Result<Vec<Event>, Refusal> {
    case.running()?;
    let on = case.open_lot(no)?;
    by_hand(on.lot)?;
    on.lot.method.waits()?;
    case.is_as_seen(on.lot, seen)?;
    let ending = ending(case, on.lot);
    match ending.outcome {
        LotOutcome::KnockedDown { .. } | LotOutcome::ForDecision(_) => {
            is_warned(case, on.open)?;
            Ok(end_lots(case, vec![(on.lot, ending)]))
        }
        LotOutcome::NoBid | LotOutcome::Lapsed => Err(Refusal::new(Code::NoBids)),
        LotOutcome::BelowBase | LotOutcome::PassedByClerk | LotOutcome::Withdrawn => {
            is_warned(case, on.open)?;
            // The figures never tell the base: it is secret until the result.
            let price = on.lot.lead().map_or(Money::ZERO, |(_, price)| price);
            Err(Refusal::new(Code::ReserveNotMet).with(Figure::Price, price.minor()))
        }
    }
}

/// R12c: the clerk does not knock it down; what waits in the hall is answered first, as before a hammer.
fn pass(case: &Case<'_>, no: LotNo, seen: Seen) -> Result<Vec<Event>, Refusal> {
    case.running()?;
    let on = case.open_lot(no)?;
    by_hand(on.lot)?;
    on.lot.method.waits()?;
    case.is_as_seen(on.lot, seen)?;
    let mut ending = ending(case, on.lot);
    match ending.outcome {
        // R4: whatever the base: that a lead is below it would tell where it lies.
        LotOutcome::KnockedDown { .. } | LotOutcome::ForDecision(_) | LotOutcome::BelowBase => {
            ending.outcome = LotOutcome::PassedByClerk;
            not_lifted(&mut ending);
        }
        LotOutcome::NoBid
        | LotOutcome::Lapsed
        | LotOutcome::PassedByClerk
        | LotOutcome::Withdrawn => {}
    }
    Ok(end_lots(case, vec![(on.lot, ending)]))
}

/// How a lot would end now. R12c: nothing is knocked down to a leader who was barred.
fn ending(case: &Case<'_>, lot: &Lot) -> Ending {
    let mut ending = lot.method.ending(case.terms, &lot.bids);
    if let LotOutcome::KnockedDown { .. } = ending.outcome
        && let Some((paddle, price)) = lot.lead()
        && let Some(Admission { barred: true, .. }) = case.sale.admissions.get(&paddle)
    {
        // R4: nothing is lifted that is not knocked down: it would tell the base.
        not_lifted(&mut ending);
        ending.outcome = LotOutcome::ForDecision(Undecided {
            cause: DecisionCause::LeaderBarred,
            paddle,
            price,
            reckoned: None,
        });
    }
    ending
}

fn not_lifted(ending: &mut Ending) {
    let before = &mut ending.before;
    before.retain(|event| !matches!(event, BidEvent::ReserveLifted { .. }));
}

/// R3.6: a lot that has reached its end, and those that are linked with it, end in one act.
pub(super) fn close(case: &Case<'_>, on: OpenLot<'_>) -> Vec<Event> {
    let has_ended = |lot: &&Lot| {
        let end = lot.open().and_then(|open| open.ends_at);
        end.is_some_and(|end| end <= case.at)
    };
    let lots = linked(case.sale, on.lot).filter(has_ended);
    end_lots(case, lots.map(|lot| (lot, ending(case, lot))).collect())
}

/// The events that end open lots, and what follows from their end in the sale.
fn end_lots(case: &Case<'_>, endings: Vec<(&Lot, Ending)>) -> Vec<Event> {
    let ended: Vec<LotNo> = endings.iter().map(|(lot, _)| lot.no).collect();
    let mut events: Vec<Event> = Vec::new();
    for (lot, ending) in endings {
        let standing = lot.bids.iter().filter(|bid| bid.void.is_none());
        let mut paddles: Vec<_> = standing.map(|bid| bid.paddle).collect();
        paddles.sort_unstable();
        paddles.dedup();
        let closed = LotEvent::Closed {
            outcome: ending.outcome,
            bidders: u32::try_from(paddles.len()).unwrap_or(u32::MAX),
            reserve: ending
                .reserve
                .filter(|_| opens_base(case.terms, ending.outcome)),
        };
        events.extend(ending.before.into_iter().map(|event| event.of(lot.no)));
        events.push(closed.of(lot.no));
    }
    events.extend(after_end(case, &ended));
    events
}

/// R4: the base is opened when the lot is disposed of. After an attempt that failed the next would
/// bid against a known base, so only terms that say so open it then.
const fn opens_base(terms: &SaleTerms, outcome: LotOutcome) -> bool {
    match outcome {
        LotOutcome::KnockedDown { .. } | LotOutcome::Withdrawn => true,
        LotOutcome::NoBid
        | LotOutcome::BelowBase
        | LotOutcome::PassedByClerk
        | LotOutcome::Lapsed
        | LotOutcome::ForDecision(_) => terms.failed_attempt_opens_base,
    }
}

/// What the end of lots brings about: the next in turn is scheduled.
fn after_end(case: &Case<'_>, ended: &[LotNo]) -> Vec<Event> {
    if case.sale.phase == SalePhase::Open {
        turns::schedule_chain(case, &case.sale.order, ended)
    } else {
        Vec::new()
    }
}

/// Also of a lot that closed and was not knocked down: it is not offered again, so its base is opened
/// (R4).
fn withdraw(case: &Case<'_>, no: LotNo, why: &str, seen: Seen) -> Result<Vec<Event>, Refusal> {
    case.is_published()?;
    let lot = case.lot(no)?;
    let has_closed = match &lot.phase {
        Phase::Upcoming { .. } | Phase::Open(_) => {
            case.not_ended()?;
            false
        }
        Phase::Closed(closed) => match closed.outcome {
            LotOutcome::KnockedDown { .. } | LotOutcome::Withdrawn => {
                return Err(Refusal::new(Code::LotClosed));
            }
            LotOutcome::NoBid
            | LotOutcome::BelowBase
            | LotOutcome::PassedByClerk
            | LotOutcome::Lapsed
            | LotOutcome::ForDecision(_) => true,
        },
    };
    case.is_as_seen(lot, seen)?;
    case.not_at_end(lot)?;
    check_reason(why)?;
    let reserve = lot
        .method
        .terms()
        .reserve()
        .and_then(|reserve| reserve.opening);
    let reason = why.to_owned();
    let waiting = OpenLot::of(lot).filter(|on| on.lot.method.waits().is_err());
    let mut events = waiting.map_or_else(Vec::new, decisions::floor_bid_lapses);
    events.push(LotEvent::Withdrawn { reason, reserve }.of(no));
    if !has_closed {
        events.extend(after_end(case, &[no]));
    }
    Ok(events)
}

/// R1: with a reason that everybody may read.
fn raise_ceiling(
    case: &Case<'_>,
    no: LotNo,
    ceiling: Money,
    why: &str,
) -> Result<Vec<Event>, Refusal> {
    case.not_ended()?;
    let lot = case.lot(no)?;
    if let Phase::Closed(_) = lot.phase {
        return Err(Refusal::new(Code::LotClosed));
    }
    if ceiling > Money::MAX_BID {
        return Err(Refusal::new(Code::AmountOutOfRange)
            .with(Figure::Amount, ceiling.minor())
            .with(Figure::Bound, Money::MAX_BID.minor()));
    }
    if ceiling <= lot.ceiling {
        return Err(Refusal::new(Code::CeilingNotRaised).with(Figure::Ceiling, lot.ceiling.minor()));
    }
    check_reason(why)?;
    let reason = why.to_owned();
    Ok(vec![LotEvent::CeilingRaised { ceiling, reason }.of(no)])
}

/// R4: an unsold lot is offered again; the attempts are counted.
fn reoffer(
    case: &Case<'_>,
    no: LotNo,
    (opening, running, reserve): (Option<Money>, Running, Option<Reserve>),
) -> Result<Vec<Event>, Refusal> {
    case.not_ended()?;
    let lot = case.lot(no)?;
    match &lot.phase {
        Phase::Upcoming { .. } => return Err(Refusal::new(Code::LotNotOpen)),
        Phase::Open(_) => return Err(Refusal::new(Code::LotOpen)),
        Phase::Closed(closed) => match closed.outcome {
            LotOutcome::KnockedDown { .. } => return Err(Refusal::new(Code::LotClosed)),
            LotOutcome::NoBid
            | LotOutcome::BelowBase
            | LotOutcome::PassedByClerk
            | LotOutcome::Lapsed
            | LotOutcome::Withdrawn
            | LotOutcome::ForDecision(_) => {}
        },
    }
    let opening = opening.unwrap_or_else(|| lot.method.opening());
    // R1: what may be bid stays as it was, unless the new opening is above it. It never follows from
    // the base, which it would tell (R4).
    let ceiling = if opening <= lot.ceiling {
        lot.ceiling
    } else {
        preset_ceiling(opening, lot.estimate_high())
    };
    let base = reserve.map(|reserve| reserve.opening.map_or(Money::ZERO, |base| base.amount));
    let in_range = |amount: Money| !amount.is_zero() && amount <= Money::MAX_BID;
    let is_kept = |base: Money| in_range(base) && base <= ceiling;
    if running.check().is_err() || !in_range(opening) || !base.is_none_or(is_kept) {
        return Err(Refusal::new(Code::TermsInvalid));
    }
    group_has_room(case.sale, no, &running, &[])?;
    fits_group(case.sale, no, &running, &[])?;
    if lot.base_open && reserve.is_none() {
        return Err(Refusal::new(Code::BaseNeeded));
    }
    let reoffered = LotEvent::Reoffered {
        attempt: lot.attempt.saturating_add(1),
        opening,
        running,
        reserve,
        ceiling,
    };
    let place = case.sale.order.iter().position(|other| *other == no);
    let before = place.and_then(|place| case.sale.order.get(place.checked_sub(1)?));
    let scheduled = turns::schedule_next(case, no, &running, before);
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
        LotOutcome::KnockedDown { .. }
        | LotOutcome::NoBid
        | LotOutcome::BelowBase
        | LotOutcome::PassedByClerk
        | LotOutcome::Lapsed
        | LotOutcome::ForDecision(_) => closed.open.is_some(),
        LotOutcome::Withdrawn => false,
    };
    // R12b: what was struck out after the close bore on the result; it never revives anybody.
    if !by_clerk || closed.voided || next_has_opened(case.sale, no, closed.at) {
        return Err(Refusal::new(Code::ReopenTooLate));
    }
    check_reason(why)?;
    let reason = why.to_owned();
    let mut events = vec![LotEvent::Reopened { reason }.of(no)];
    events.extend(decisions::reopened(case, lot, closed.at));
    let place = case.sale.order.iter().position(|other| *other == no);
    let next = place.and_then(|place| case.sale.order.get(place.saturating_add(1)));
    events.extend(next.and_then(|next| turns::takes_back_hour(case.sale, *next)));
    Ok(events)
}

/// R12a: whether the next lot in the clerk's order of clerked lots has opened since this one closed.
/// A lot that the clock opens takes nobody's right away, nor does one that had opened before.
fn next_has_opened(sale: &Sale, no: LotNo, closed_at: Time) -> bool {
    let opened_at = |lot: &Lot| match &lot.phase {
        Phase::Upcoming { .. } => None,
        Phase::Open(open) => Some(open.opened_at),
        Phase::Closed(closed) => closed.open.map(|open| open.opened_at),
    };
    let later = sale.order.iter().skip_while(|other| **other != no).skip(1);
    let later = later.filter_map(|no| sale.lots.get(no));
    let mut clerked = later
        .filter(|lot| lot.running == Running::Clerked)
        .filter(|lot| {
            let was_withdrawn =
                matches!(&lot.phase, Phase::Closed(closed) if closed.open.is_none());
            !was_withdrawn && opened_at(lot).is_none_or(|at| at >= closed_at)
        });
    clerked.next().is_some_and(|next| opened_at(next).is_some())
}
