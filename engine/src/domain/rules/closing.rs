//! R3: all of soft close. One effective end for each lot, read by everybody and moved here only: by
//! late bids (R3.1-R3.6), by pauses and silences (R3.7), by voids (R12b).

use crate::domain::case::{Case, OpenLot};
use crate::domain::{
    Closes, Code, Event, ExtensionCause, Figure, Lot, LotEvent, LotNo, Open, Refusal, Running,
    SoftClose, Span, Time,
};

/// R0: in time means judged strictly before the effective end.
pub(in crate::domain) fn in_time(case: &Case<'_>, open: &Open) -> Result<(), Refusal> {
    match open.ends_at {
        Some(end) if case.judged >= end => Err(Refusal::new(Code::TooLate)
            .with(Figure::JudgedAt, case.judged.figure())
            .with(Figure::EndsAt, end.figure())),
        _ => Ok(()),
    }
}

/// R3.1, R3.6: where ends move for an accepted bid: this lot's, and those of its group.
pub(in crate::domain) fn late_bid(
    case: &Case<'_>,
    on: OpenLot<'_>,
    leader_changed: bool,
    price_changed: bool,
) -> Vec<Event> {
    let Running::Timed {
        soft_close: Some(soft),
        group,
        ..
    } = &on.lot.running
    else {
        return Vec::new();
    };
    let counts = leader_changed || (soft.on_price_change && price_changed);
    let Some(end) = extended_end(soft, on.open, case.judged).filter(|_| counts) else {
        return Vec::new();
    };
    if *group == 0 {
        return moved_to(on.lot, end).into_iter().collect();
    }
    let linked = |lot: &&Lot| lot.no == on.lot.no || lot.running.group() == *group;
    let lots = case.sale.lots.values().filter(linked);
    lots.filter_map(|lot| moved_to(lot, end)).collect()
}

/// The end that a bid judged at `judged` calls for; `None` if it is not late, or if the count of
/// extensions binds (R3.4).
///
/// R3.1: measured from the bid, never added to the old end.
fn extended_end(soft: &SoftClose, open: &Open, judged: Time) -> Option<Time> {
    let end = open.ends_at?;
    let is_late = end.since(judged) <= soft.window;
    let is_capped = soft
        .extensions_max
        .is_some_and(|most| open.extensions >= most);
    (is_late && !is_capped).then(|| judged.after(soft.extension))
}

/// R3.4: no lot is carried past its own hard stop, not even by its group (R3.6).
fn moved_to(lot: &Lot, end: Time) -> Option<Event> {
    let open = lot.open()?;
    let ends_at = open.hard_stop.map_or(end, |stop| end.min(stop));
    let is_earlier = open.ends_at.is_some_and(|theirs| theirs < ends_at);
    let cause = ExtensionCause::SoftClose;
    is_earlier.then(|| LotEvent::Extended { ends_at, cause }.of(lot.no))
}

/// R12b: when reaffirmation finishes the end is at least so far away.
pub(in crate::domain) fn end_after_void(
    case: &Case<'_>,
    lot: LotNo,
    ends_at: Option<Time>,
) -> Option<Event> {
    let least = case.sale_time().after(case.terms.reaffirm_end_minimum);
    end_not_before(lot, ends_at, least, ExtensionCause::Void)
}

/// Moves an end that something brought too near; an end that is not set stays so.
pub(in crate::domain) fn end_not_before(
    lot: LotNo,
    ends_at: Option<Time>,
    least: Time,
    cause: ExtensionCause,
) -> Option<Event> {
    let is_nearer = ends_at.is_some_and(|end| end < least);
    let extended = LotEvent::Extended {
        ends_at: least,
        cause,
    };
    is_nearer.then(|| extended.of(lot))
}

/// R3.4: the hard stop of a lot that opens at an instant. One that opens late takes it along by as
/// much as its end.
pub(in crate::domain) fn hard_stop_at_opening(
    running: &Running,
    scheduled: Option<Time>,
    opened_at: Time,
    ends_at: Option<Time>,
) -> Option<Time> {
    let Running::Timed {
        soft_close, closes, ..
    } = running
    else {
        return None;
    };
    let planned = match closes {
        Closes::At(end) => *end,
        Closes::After(span) => scheduled.unwrap_or(opened_at).after(*span),
    };
    let late = ends_at.map_or(Span::ZERO, |end| end.since(planned));
    let stop = soft_close.and_then(|soft| soft.hard_stop);
    stop.map(|stop| stop.after(late))
}

impl Open {
    /// Moves the end, for a cause that was decided above.
    pub(in crate::domain) fn extend(&mut self, ends_at: Time, cause: ExtensionCause) {
        assert!(
            self.ends_at.is_some_and(|end| end <= ends_at),
            "an end never moves back"
        );
        self.ends_at = Some(ends_at);
        match cause {
            ExtensionCause::SoftClose => self.extensions = self.extensions.saturating_add(1),
            ExtensionCause::Outage | ExtensionCause::Void => {
                // The cap is for late bids; what the house brings about moves it along.
                self.hard_stop = self.hard_stop.map(|stop| stop.max(ends_at));
            }
        }
    }

    /// R3.7: after a pause the end has moved by its length, and is at least so far away.
    pub(in crate::domain) fn shift(&mut self, shift: Span, least: Time) {
        self.ends_at = self.ends_at.map(|end| end.after(shift).max(least));
        let end = self.ends_at;
        self.hard_stop = self
            .hard_stop
            .map(|stop| stop.after(shift))
            .max(end.filter(|_| self.hard_stop.is_some()));
    }
}
