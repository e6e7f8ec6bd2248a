//! R12b: may this bid be struck out, by this officer, now? What follows is the method's.

use crate::domain::case::{Case, OpenLot, VoidCase, check_reason, has_come};
use crate::domain::rules::decisions;
use crate::domain::{
    Bid, BidNo, Code, Event, Figure, Lot, LotEvent, LotNo, Money, Paddle, Refusal, SaleEvent,
    StaffId, VoidCause, VoidRequest,
};
use crate::limits::ACT_EVENTS_MAX;

/// What an officer asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct VoidAct<'a> {
    pub(super) bid: BidNo,
    pub(super) cause: VoidCause,
    pub(super) note: &'a str,
    pub(super) leads_to: Option<(Paddle, Money)>,
    pub(super) officer: StaffId,
}

/// Strikes a bid out, or asks for the second officer, or says why not. Also when the sale has ended:
/// what makes a bid void is often found after the close.
pub(super) fn void(case: &Case<'_>, no: LotNo, asked: VoidAct<'_>) -> Result<Vec<Event>, Refusal> {
    let lot = case.lot(no)?;
    let standing = lot.bid(asked.bid).filter(|bid| bid.void.is_none());
    let bid = standing.ok_or_else(|| Refusal::new(Code::BidUnknown))?;
    let officers = officers(case, lot, asked)?;
    let VoidAct { cause, note, .. } = asked;
    let void = VoidCase {
        lot,
        bid,
        all_of_paddle: cause == VoidCause::Eligibility,
        cause,
        note,
        officer: asked.officer,
        second: None,
    };
    let reckoned = decisions::reckoned(case, &void);
    if reckoned != asked.leads_to {
        return Err(has_come(lot.last_bid(), reckoned));
    }
    case.not_at_end(lot)?;
    let in_time = is_fresh(case, lot, bid) || is_reported(lot, asked);
    if cause == VoidCause::TypingError && !(lot.open().is_some() && in_time) {
        let until = bid.at.after(case.terms.typing_error_window);
        return Err(Refusal::new(Code::TooLateForTypingError).with(Figure::Until, until.figure()));
    }
    check_reason(asked.note)?;
    let Some((officer, second)) = officers else {
        let bid = bid.no;
        return Ok(vec![LotEvent::VoidRequested { bid, cause }.of(no)]);
    };
    let void = VoidCase {
        officer,
        second,
        ..void
    };
    if void.all_of_paddle {
        return Ok(shut_out(case, &void));
    }
    Ok(decisions::void(case, &void, &[]))
}

/// Lost eligibility: the paddle is barred, and its bids fall on every lot that is open.
fn shut_out(case: &Case<'_>, void: &VoidCase<'_>) -> Vec<Event> {
    let paddle = void.bid.paddle;
    let mut events = decisions::void(case, void, &[]);
    let admission = case.sale.admissions.get(&paddle);
    if admission.is_some_and(|admission| !admission.barred) {
        let reason = void.note.to_owned();
        events.push(SaleEvent::PaddleBarred { paddle, reason }.into());
    }
    let others = case.sale.lots.values().filter(|lot| lot.no != void.lot.no);
    for on in others.filter_map(OpenLot::of) {
        let lot = on.lot;
        if case.not_at_end(lot).is_err() {
            // Its leader is barred before the close (R12c).
            continue;
        }
        let standing = |bid: &&Bid| bid.paddle == paddle && bid.void.is_none();
        let more = match lot.bids.iter().rfind(standing) {
            Some(bid) => decisions::void(case, &VoidCase { lot, bid, ..*void }, &events),
            // It may still wait there for a second clerk.
            None => decisions::barred(case, on, paddle, &events),
        };
        if events.len().saturating_add(more.len()) > ACT_EVENTS_MAX {
            break;
        }
        events.extend(more);
    }
    events
}

/// A typing error is reported within the window and before any other bid.
fn is_fresh(case: &Case<'_>, lot: &Lot, bid: &Bid) -> bool {
    let age = case.at.since(bid.at);
    let is_last = lot.bids.last().is_some_and(|last| last.no == bid.no);
    is_last && age <= case.terms.typing_error_window
}

/// Another officer has reported it, in time: the second confirms.
fn is_reported(lot: &Lot, asked: VoidAct<'_>) -> bool {
    lot.void_request.is_some_and(|first| {
        (first.bid, first.cause) == (asked.bid, asked.cause) && first.officer != asked.officer
    })
}

/// Who decides; `None` if this request only begins to ask.
fn officers(
    case: &Case<'_>,
    lot: &Lot,
    asked: VoidAct<'_>,
) -> Result<Option<(StaffId, Option<StaffId>)>, Refusal> {
    if !case.terms.void_needs_second {
        return Ok(Some((asked.officer, None)));
    }
    let same = |first: &VoidRequest| first.bid == asked.bid && first.cause == asked.cause;
    match lot.void_request.filter(same) {
        None => Ok(None),
        Some(first) if first.officer == asked.officer => {
            Err(Refusal::new(Code::SecondOfficerNeeded))
        }
        Some(first) => Ok(Some((first.officer, Some(asked.officer)))),
    }
}
