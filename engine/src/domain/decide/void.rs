//! R12b: may this bid be struck out, by this officer, now? What follows is the method's.

use crate::domain::case::{Case, VoidCase, check_reason};
use crate::domain::rules::decisions;
use crate::domain::{
    Bid, BidNo, Code, Event, Figure, Lot, LotEvent, LotNo, Refusal, StaffId, VoidCause, VoidRequest,
};

/// What an officer asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct VoidAct<'a> {
    pub(super) bid: BidNo,
    pub(super) cause: VoidCause,
    pub(super) note: &'a str,
    pub(super) officer: StaffId,
}

/// Strikes a bid out, or asks for the second officer, or says why not. Also when the sale has ended:
/// what makes a bid void is often found after the close.
pub(super) fn void(case: &Case<'_>, no: LotNo, asked: VoidAct<'_>) -> Result<Vec<Event>, Refusal> {
    let lot = case.lot(no)?;
    let standing = lot.bid(asked.bid).filter(|bid| !bid.void);
    let bid = standing.ok_or_else(|| Refusal::new(Code::BidUnknown))?;
    let officers = officers(case, lot, asked)?;
    if let Some(end) = lot.open().and_then(|open| open.ends_at)
        && case.sale_time() >= end
    {
        // It has ended but for the bids that are on their way: strike it out after the close.
        return Err(Refusal::new(Code::TooLate)
            .with(Figure::JudgedAt, case.at.figure())
            .with(Figure::EndsAt, end.figure()));
    }
    if asked.cause == VoidCause::TypingError && !is_fresh(case, lot, bid) {
        let until = bid.at.after(case.terms.typing_error_window);
        return Err(Refusal::new(Code::TooLateForTypingError).with(Figure::Until, until.figure()));
    }
    check_reason(asked.note)?;
    let VoidAct {
        bid: number,
        cause,
        note,
        ..
    } = asked;
    let Some((officer, second)) = officers else {
        return Ok(vec![LotEvent::VoidRequested { bid: number, cause }.of(no)]);
    };
    let void = VoidCase {
        lot,
        bid,
        cause,
        note,
        officer,
        second,
    };
    Ok(decisions::void(case, &void))
}

/// A typing error is reported within the window and before any other bid, on an open lot.
fn is_fresh(case: &Case<'_>, lot: &Lot, bid: &Bid) -> bool {
    let age = case.at.since(bid.at);
    let is_last = lot.bids.last().is_some_and(|last| last.no == bid.no);
    lot.open().is_some() && is_last && age <= case.terms.typing_error_window
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
