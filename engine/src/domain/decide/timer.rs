//! What the clock brings about, as commands like any other (R0): replay never reads a clock.

use std::collections::BTreeMap;

use super::{lot, sale};
use crate::domain::case::{Case, OpenLot};
use crate::domain::rules::closing::{end_with_group, ends_after_silence};
use crate::domain::rules::decisions;
use crate::domain::{
    Closes, Due, EngineAct, Event, Lot, LotEvent, LotNo, Opens, Pause, PauseCause, Phase, Running,
    Sale, SaleEvent, SalePhase, SaleTerms, Span, Time,
};
use crate::limits::{ACT_EVENTS_MAX, CLOCK_STEP, OPENING_TOLERANCE};

pub(super) fn act(case: &Case<'_>, act: EngineAct) -> Vec<Event> {
    match act {
        EngineAct::Timer(due) => happen(case, due),
        EngineAct::StartWriter { epoch } => start_writer(case.sale, epoch, case.at),
        EngineAct::Outage => outage(case),
        EngineAct::StoodStill { gap } => stood_still(case, gap),
        EngineAct::ClockStepped { offset } => clock_stepped(case, offset),
    }
}

/// What is due happens; what is not (any more) has no effect.
fn happen(case: &Case<'_>, due: Due) -> Vec<Event> {
    let next = case.sale.next_due();
    if next.is_none_or(|(time, _)| time > case.at) || !is_due(case.sale, due, case.at) {
        return Vec::new();
    }
    match due {
        Due::OpenSale => sale::open(case).unwrap_or_default(),
        Due::OpenLot(no) => open_lot(case, no),
        Due::LapseFloorBid(no) => on_open(case, no, decisions::floor_bid_lapses),
        Due::LapseOffer(no) => on_open(case, no, |on| decisions::offer_lapses(case, on)),
        Due::CloseLot(no) => on_open(case, no, |on| close(case, on)),
        Due::EndSale => vec![SaleEvent::Ended.into()],
    }
}

fn is_due(sale: &Sale, due: Due, at: Time) -> bool {
    match due {
        Due::OpenSale | Due::EndSale => sale
            .next_due()
            .is_some_and(|(time, next)| next == due && time <= at),
        Due::OpenLot(no) | Due::LapseFloorBid(no) | Due::LapseOffer(no) | Due::CloseLot(no) => {
            let lot = sale.lots.get(&no);
            lot.is_some_and(|lot| {
                lot.due()
                    .iter()
                    .any(|(time, its)| *its == due && *time <= at)
            })
        }
    }
}

/// A lot that opens late, because the engine was away, keeps its whole length.
fn open_lot(case: &Case<'_>, no: LotNo) -> Vec<Event> {
    let Some(lot) = case.sale.lots.get(&no) else {
        return Vec::new();
    };
    let (Running::Timed { opens, closes, .. }, Phase::Upcoming { opens_at }) =
        (&lot.running, &lot.phase)
    else {
        return Vec::new();
    };
    let late = opens_at.map(|scheduled| case.at.since(scheduled));
    let late = late.filter(|late| *late > OPENING_TOLERANCE);
    let ends_at = match (opens, closes) {
        (Opens::At(_), Closes::At(end)) => late.map_or(*end, |late| end.after(late)),
        (Opens::AfterPrevious(_), Closes::At(end)) => {
            // In a sequence the fixed end is the latest one; it never leaves no time at all.
            (*end).max(case.at.after(case.terms.resume_minimum))
        }
        (_, Closes::After(span)) => {
            // Measured from the scheduled opening, so that lots that share one share an end (R3.6).
            let from = opens_at.filter(|_| late.is_none()).unwrap_or(case.at);
            from.after(*span)
        }
    };
    let (ends_at, moved) = end_with_group(case.sale, lot, ends_at);
    [lot::opened(lot, Some(ends_at))]
        .into_iter()
        .chain(moved)
        .collect()
}

fn on_open<'a>(
    case: &Case<'a>,
    no: LotNo,
    happens: impl FnOnce(OpenLot<'a>) -> Vec<Event>,
) -> Vec<Event> {
    case.open_lot(no).map(happens).unwrap_or_default()
}

fn close(case: &Case<'_>, on: OpenLot<'_>) -> Vec<Event> {
    assert!(
        on.open.ends_at.is_some_and(|end| end <= case.at),
        "a lot never closes early"
    );
    lot::close(case, on)
}

/// R0: a gateway that does not tell what it still holds is an outage, not an empty queue.
fn outage(case: &Case<'_>) -> Vec<Event> {
    let is_outage = |pause: &Pause| pause.cause != PauseCause::Staff;
    if case.sale.phase != SalePhase::Open || case.sale.pause.as_ref().is_some_and(is_outage) {
        return Vec::new();
    }
    vec![paused(PauseCause::Outage)]
}

/// R0: the process stood still. What ended meanwhile, or would within the least remainder, is given
/// back before anything closes. A sale at rest loses no time.
fn stood_still(case: &Case<'_>, gap: Span) -> Vec<Event> {
    if case.sale.phase != SalePhase::Open {
        return Vec::new();
    }
    let mut events = vec![SaleEvent::StoodStill { gap }.into()];
    if case.sale.pause.is_none() {
        events.extend(given_back(case.sale, case.terms, case.at));
    }
    events
}

/// R0: somebody set the clock of the machine. No lot ends by a time that is in doubt: the sale is at
/// rest until somebody of the staff has looked, or the step has gone.
fn clock_stepped(case: &Case<'_>, offset: i64) -> Vec<Event> {
    let is_known = offset.abs_diff(case.sale.clock_offset) <= CLOCK_STEP.0;
    if case.sale.phase != SalePhase::Open || is_known {
        return Vec::new();
    }
    match &case.sale.pause {
        None => vec![paused(PauseCause::Clock { offset })],
        Some(pause) => match pause.cause {
            PauseCause::Clock { .. } if offset.abs_diff(pause.offset_before) <= CLOCK_STEP.0 => {
                let shift = case.at.since(pause.since);
                vec![SaleEvent::Resumed { shift }.into()]
            }
            PauseCause::Clock { .. } => vec![paused(PauseCause::Clock { offset })],
            // It rests already; it is found again when somebody resumes it.
            PauseCause::Staff | PauseCause::Outage => Vec::new(),
        },
    }
}

/// R3.7: a process starts to write. Open lots that ended in the silence, or are about to, get the
/// least remainder of a pause: a restart never closes a lot silently.
pub(super) fn start_writer(sale: &Sale, epoch: u64, at: Time) -> Vec<Event> {
    assert!(epoch > sale.epoch(), "epochs rise");
    let mut events = vec![SaleEvent::WriterStarted { epoch }.into()];
    let Some(sale_terms) = &sale.terms else {
        return events;
    };
    if sale.phase != SalePhase::Open || sale.pause.is_some() {
        return events;
    }
    events.extend(given_back(sale, sale_terms, at));
    events
}

/// What a silence cost, given back; where that is too much for one append the sale is paused instead.
fn given_back(sale: &Sale, terms: &SaleTerms, at: Time) -> Vec<Event> {
    let extended = after_silence(sale, terms, at);
    if extended.len() > ACT_EVENTS_MAX {
        return vec![paused(PauseCause::Outage)];
    }
    extended
}

/// The pause that the engine itself makes. Its cause says why: pages have the words.
fn paused(cause: PauseCause) -> Event {
    let reason = String::new();
    SaleEvent::Paused { reason, cause }.into()
}

/// R12a: whoever comes back after a silence is warned anew.
fn warnings_taken_back(lot: &Lot) -> Option<Event> {
    let is_warned = lot.open().is_some_and(|open| open.warnings > 0);
    is_warned.then(|| LotEvent::Warned { warning: 0 }.of(lot.no))
}

/// What the silence cost the open lots, given back: the rest of their time, and the whole of an offer
/// to reaffirm (R12b), which its lot does not end over.
fn after_silence(sale: &Sale, terms: &SaleTerms, at: Time) -> Vec<Event> {
    let least = at.after(terms.resume_minimum);
    let open = sale.lots.values().filter(|lot| lot.open().is_some());
    let offer = |lot| decisions::after_silence(lot, at, terms.reaffirm_window);
    let offers: BTreeMap<LotNo, (Event, Time)> = open
        .clone()
        .filter_map(|lot| Some((lot.no, offer(lot)?)))
        .collect();
    let wanted = open.clone().map(|lot| {
        let until = offers.get(&lot.no).map_or(least, |(_, until)| *until);
        (lot, least.max(until))
    });
    let mut extended = ends_after_silence(wanted);
    let given_back = |lot: &Lot| {
        let offered = offers.get(&lot.no).map(|(event, _)| event.clone());
        let extended = extended.remove(&lot.no);
        let unwarned = warnings_taken_back(lot);
        extended.into_iter().chain(offered).chain(unwarned)
    };
    open.flat_map(given_back).collect()
}
