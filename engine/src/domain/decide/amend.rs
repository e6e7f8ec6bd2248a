//! R14: terms are amended until a sale, or a lot, opens: an event with the old terms, the new ones and
//! the reason, so that nothing that was published changes silently.

use super::turns::schedule_next;
use crate::domain::case::{Case, check_reason, too_many};
use crate::domain::rules::closing::{fits_group, group_has_room};
use crate::domain::rules::limit::has_limit;
use crate::domain::{
    Code, Event, Figure, Lot, LotAmendment, LotEvent, LotNo, LotTerms, Phase, Refusal, SaleEvent,
    SalePhase, SaleTerms,
};
use crate::limits::{LOTS_AT_ONCE_MAX, LOTS_TEXT_BYTES_MAX};

/// A lot with the terms that it is to have.
type Amended = (LotNo, LotTerms);

/// The terms of the sale as a whole.
pub(super) fn sale(
    case: &Case<'_>,
    terms: &SaleTerms,
    reason: &str,
) -> Result<Vec<Event>, Refusal> {
    // Whatever was published is in its currency: estimates, openings, limits.
    let currency_stands =
        case.sale.phase == SalePhase::Draft || terms.currency == case.terms.currency;
    if terms.check().is_err() || !currency_stands {
        return Err(Refusal::new(Code::TermsInvalid));
    }
    if terms == case.terms {
        return Err(Refusal::new(Code::NothingToAmend));
    }
    // R13: who was let in without a limit under other terms needs one first.
    for admission in case.sale.admissions.values() {
        has_limit(terms, admission.account, admission.limit)?;
    }
    has_reason(case, reason)?;
    let amended = SaleEvent::Amended {
        terms: terms.clone(),
        before: Box::new(case.terms.clone()),
        reason: reason.to_owned(),
    };
    Ok(vec![amended.into()])
}

/// Of lots that have not opened: all of them or none. A refusal names the lot that it is about.
pub(super) fn lots(
    case: &Case<'_>,
    lots: &[LotAmendment],
    reason: &str,
) -> Result<Vec<Event>, Refusal> {
    if lots.is_empty() || lots.len() > LOTS_AT_ONCE_MAX {
        return Err(too_many(LOTS_AT_ONCE_MAX));
    }
    let mut amended: Vec<Amended> = Vec::with_capacity(lots.len());
    let mut events: Vec<Event> = Vec::with_capacity(lots.len());
    let mut text_bytes = 0_usize;
    for amendment in lots {
        let no = amendment.lot;
        let of_lot = |refusal: Refusal| refusal.with(Figure::Lot, i64::from(no.0));
        let lot = case.lot(no).map_err(of_lot)?;
        has_not_opened(lot).map_err(of_lot)?;
        let before = lot.terms();
        let terms = amendment.amended(&before);
        let is_named_twice = amended.iter().any(|(other, _)| *other == no);
        if is_named_twice || terms.check().is_err() {
            return Err(of_lot(Refusal::new(Code::TermsInvalid)));
        }
        if terms == before {
            return Err(of_lot(Refusal::new(Code::NothingToAmend)));
        }
        for text in [terms.text_bytes(), before.text_bytes()] {
            text_bytes = text_bytes.saturating_add(text);
        }
        events.push(amends(no, &terms, &before, reason));
        amended.push((no, terms));
    }
    for (no, terms) in &amended {
        fits_group(case.sale, *no, &terms.running, &amended)?;
        group_has_room(case.sale, *no, &terms.running, &amended)
            .map_err(|refusal| refusal.with(Figure::Lot, i64::from(no.0)))?;
    }
    has_reason(case, reason)?;
    // Old and new terms stand in the events, the new ones also in the act that is kept.
    if text_bytes > LOTS_TEXT_BYTES_MAX {
        return Err(too_many(LOTS_AT_ONCE_MAX));
    }
    events.extend(new_hours(case, &amended));
    Ok(events)
}

/// An upcoming lot that has had no attempt: nothing has come of its terms yet.
fn has_not_opened(lot: &Lot) -> Result<(), Refusal> {
    match lot.phase {
        Phase::Upcoming { .. } if lot.attempt == 1 => Ok(()),
        Phase::Open(_) => Err(Refusal::new(Code::LotOpen)),
        Phase::Upcoming { .. } | Phase::Closed(_) => Err(Refusal::new(Code::LotClosed)),
    }
}

fn amends(no: LotNo, terms: &LotTerms, before: &LotTerms, reason: &str) -> Event {
    let before = LotTerms {
        method: before.method.clone().public(),
        ..before.clone()
    };
    let amended = LotEvent::Amended {
        terms: Box::new(terms.clone()),
        before: Box::new(before),
        reason: reason.to_owned(),
    };
    amended.of(no)
}

/// R3.6: the hours of lots that follow another one now, and did not, or at another distance, if it is
/// their turn.
fn new_hours(case: &Case<'_>, amended: &[Amended]) -> Vec<Event> {
    let hour = |(no, terms): &Amended| {
        let lot = case.sale.lots.get(no)?;
        let Phase::Upcoming { opens_at } = lot.phase else {
            return None;
        };
        let kept = terms.running.hour_after_amendment(&lot.running, opens_at);
        let place = case.sale.order.iter().position(|other| other == no)?;
        let before = place
            .checked_sub(1)
            .and_then(|before| case.sale.order.get(before));
        match kept {
            Some(_) => None,
            None => schedule_next(case, *no, &terms.running, before),
        }
    };
    amended.iter().filter_map(hour).collect()
}

/// What everybody has seen is amended with a reason for everybody; a draft may be without one.
fn has_reason(case: &Case<'_>, reason: &str) -> Result<(), Refusal> {
    if case.sale.phase == SalePhase::Draft && reason.is_empty() {
        return Ok(());
    }
    check_reason(reason)
}
