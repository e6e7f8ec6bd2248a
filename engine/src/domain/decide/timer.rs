//! What the clock brings about, as commands like any other (R0): replay never reads a clock.

use super::{Case, lot, outage_reason, sale};
use crate::domain::rules::{english, voiding};
use crate::domain::{
    Closes, Due, Event, ExtensionCause, Lot, LotNo, Method, Opens, PauseCause, Phase, Play,
    Running, Sale, SalePhase, SaleTerms, Time,
};
use crate::limits::{EXTENDED_AT_START_MAX, OPENING_TOLERANCE};

/// What is due happens; what is not (any more) has no effect.
pub(super) fn due(case: &Case<'_>, due: Due) -> Vec<Event> {
    let next = case.sale.next_due();
    if next.is_none_or(|(time, _)| time > case.at) || !is_due(case.sale, due, case.at) {
        return Vec::new();
    }
    match due {
        Due::OpenSale => sale::open(case).unwrap_or_default(),
        Due::OpenLot(no) => open_lot(case, no),
        Due::LapseFloorBid(no) => vec![Event::FloorBidLapsed { lot: no }],
        Due::LapseOffer(no) => lapse_offer(case, no),
        Due::CloseLot(no) => close_lot(case, no),
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
                lot.due(no)
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
        (&lot.terms.running, &lot.phase)
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
    vec![lot::opened(no, lot, Some(ends_at))]
}

fn lapse_offer(case: &Case<'_>, no: LotNo) -> Vec<Event> {
    let Some(lot) = case.sale.lots.get(&no) else {
        return Vec::new();
    };
    let Some(open) = lot.open() else {
        return Vec::new();
    };
    let (Method::English(terms), Play::English(state)) = (&lot.terms.method, &open.play);
    let Some(offer) = &state.offer else {
        return Vec::new();
    };
    voiding::offer_lapsed(case, no, lot, terms, open, offer)
}

fn close_lot(case: &Case<'_>, no: LotNo) -> Vec<Event> {
    let Some(lot) = case.sale.lots.get(&no) else {
        return Vec::new();
    };
    let Some(open) = lot.open() else {
        return Vec::new();
    };
    assert!(
        open.ends_at.is_some_and(|end| end <= case.at),
        "a lot never closes early"
    );
    lot::close(case, no, lot, open, lot::ending(case, lot, open))
}

/// R0: a gateway that does not tell what it still holds is an outage, not an empty queue.
pub(super) fn outage(case: &Case<'_>) -> Vec<Event> {
    if case.sale.phase != SalePhase::Open || case.sale.pause.is_some() {
        return Vec::new();
    }
    vec![Event::SalePaused {
        reason: outage_reason(),
        cause: PauseCause::Outage,
    }]
}

/// R3.7: a process starts to write. Open lots that ended in the silence, or are about to, get the
/// least remainder of a pause: a restart never closes a lot silently.
pub(super) fn start_writer(sale: &Sale, epoch: u64, at: Time) -> Vec<Event> {
    assert!(epoch > sale.epoch(), "epochs rise");
    let mut events = vec![Event::WriterStarted { epoch }];
    let Some(sale_terms) = &sale.terms else {
        return events;
    };
    if sale.phase != SalePhase::Open || sale.pause.is_some() {
        return events;
    }
    let interrupted = |(no, lot)| after_silence(sale_terms, at, no, lot);
    let extended: Vec<Event> = sale.lots.iter().flat_map(interrupted).collect();
    if extended.len() > EXTENDED_AT_START_MAX {
        events.push(Event::SalePaused {
            reason: outage_reason(),
            cause: PauseCause::Outage,
        });
    } else {
        events.extend(extended);
    }
    events
}

/// What the silence cost one lot, given back: the rest of its time, and the whole of an offer to
/// reaffirm (R12b), which the lot does not end over.
fn after_silence(terms: &SaleTerms, at: Time, no: &LotNo, lot: &Lot) -> Vec<Event> {
    let Some(open) = lot.open() else {
        return Vec::new();
    };
    let (Method::English(english), Play::English(state)) = (&lot.terms.method, &open.play);
    let offered = state.offer.as_ref().map(|offer| {
        let until = offer.until.max(at.after(terms.reaffirm_window));
        (offer, until)
    });
    let least = at.after(terms.resume_minimum);
    let least = offered.map_or(least, |(_, until)| least.max(until));
    let extended = open.ends_at.filter(|end| *end < least);
    let extended = extended.map(|_| Event::LotExtended {
        lot: *no,
        ends_at: least,
        cause: ExtensionCause::Outage,
    });
    let offered = offered.map(|(offer, until)| Event::ReaffirmOffered {
        lot: *no,
        paddle: offer.paddle,
        amount: offer.amount,
        until,
        ask: english::ask(english, state),
    });
    extended.into_iter().chain(offered).collect()
}
