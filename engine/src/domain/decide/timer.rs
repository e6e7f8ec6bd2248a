//! What the clock brings about, as commands like any other (R0): replay never reads a clock.

use super::{lot, sale};
use crate::domain::case::{Case, OpenLot};
use crate::domain::rules::closing::end_not_before;
use crate::domain::rules::decisions;
use crate::domain::{
    Closes, Due, EngineAct, Event, ExtensionCause, Lot, LotNo, Opens, PauseCause, Phase, Running,
    Sale, SaleEvent, SalePhase, SaleTerms, Time,
};
use crate::limits::{EXTENDED_AT_START_MAX, OPENING_TOLERANCE};

pub(super) fn act(case: &Case<'_>, act: EngineAct) -> Vec<Event> {
    match act {
        EngineAct::Timer(due) => happen(case, due),
        EngineAct::StartWriter { epoch } => start_writer(case.sale, epoch, case.at),
        EngineAct::Outage => outage(case),
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
    }
}

fn is_due(sale: &Sale, due: Due, at: Time) -> bool {
    match due {
        Due::OpenSale => sale
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
    vec![lot::opened(lot, Some(ends_at))]
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
    lot::close(case, on.lot, on.lot.method.ending(case.terms))
}

/// R0: a gateway that does not tell what it still holds is an outage, not an empty queue.
fn outage(case: &Case<'_>) -> Vec<Event> {
    if case.sale.phase != SalePhase::Open || case.sale.pause.is_some() {
        return Vec::new();
    }
    vec![paused()]
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
    let interrupted = |lot| after_silence(sale_terms, at, lot);
    let extended: Vec<Event> = sale.lots.values().flat_map(interrupted).collect();
    if extended.len() > EXTENDED_AT_START_MAX {
        events.push(paused());
    } else {
        events.extend(extended);
    }
    events
}

/// The pause that the engine itself makes. Its cause says why: pages have the words.
fn paused() -> Event {
    SaleEvent::Paused {
        reason: String::new(),
        cause: PauseCause::Outage,
    }
    .into()
}

/// What the silence cost one lot, given back: the rest of its time, and the whole of an offer to
/// reaffirm (R12b), which the lot does not end over.
fn after_silence(terms: &SaleTerms, at: Time, lot: &Lot) -> Vec<Event> {
    let Some(open) = lot.open() else {
        return Vec::new();
    };
    let offered = decisions::after_silence(lot, at, terms.reaffirm_window);
    let least = at.after(terms.resume_minimum);
    let least = offered
        .as_ref()
        .map_or(least, |(_, until)| least.max(*until));
    let extended = end_not_before(lot.no, open.ends_at, least, ExtensionCause::Outage);
    let offered = offered.map(|(event, _)| event);
    extended.into_iter().chain(offered).collect()
}
