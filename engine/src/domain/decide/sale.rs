//! Acts on a whole sale: its lots, its paddles, its phases.

use std::collections::BTreeSet;

use super::amend;
use super::turns::{await_turn, schedule_chain, schedule_next};
use crate::domain::case::{Case, OpenLot, check_reason, too_many};
use crate::domain::rules::closing::{fits_group, group_has_room};
use crate::domain::rules::decisions;
use crate::domain::rules::limit::{covers_exposure, has_limit};
use crate::domain::{
    AccountId, Actor, Admission, Code, Event, Figure, LotEvent, LotNo, LotTerms, Money, Paddle,
    PauseCause, Phase, Refusal, Sale, SaleAct, SaleEvent, SalePhase, SaleTerms,
};
use crate::limits::{
    ACT_EVENTS_MAX, LOTS_AT_ONCE_MAX, LOTS_MAX, LOTS_TEXT_BYTES_MAX, PADDLES_MAX,
    SCHEDULED_AT_ONCE_MAX,
};

pub(super) fn create(sale: &Sale, actor: Actor, terms: &SaleTerms) -> Result<Vec<Event>, Refusal> {
    if sale.terms.is_some() {
        return Err(Refusal::new(Code::SaleExists));
    }
    if !matches!(actor, Actor::Staff(_)) {
        return Err(Refusal::new(Code::NotAllowed));
    }
    terms
        .check()
        .map_err(|_| Refusal::new(Code::TermsInvalid))?;
    let terms = terms.clone();
    Ok(vec![SaleEvent::Created { terms }.into()])
}

pub(super) fn act(case: &Case<'_>, act: &SaleAct) -> Result<Vec<Event>, Refusal> {
    match act {
        SaleAct::ClearLots | SaleAct::Publish => case.is_draft()?,
        SaleAct::Amend { .. } => case.has_not_opened()?,
        SaleAct::Create { .. }
        | SaleAct::AddLots { .. }
        | SaleAct::AmendLots { .. }
        | SaleAct::AdmitPaddle { .. }
        | SaleAct::BarPaddle { .. }
        | SaleAct::SetLimit { .. }
        | SaleAct::MarkPresence { .. }
        | SaleAct::Open
        | SaleAct::Pause { .. }
        | SaleAct::Resume
        | SaleAct::End
        | SaleAct::ReorderLots { .. } => case.not_ended()?,
    }
    match act {
        SaleAct::Create { .. } => Err(Refusal::new(Code::SaleExists)),
        SaleAct::Amend { terms, reason } => amend::sale(case, terms, reason),
        SaleAct::AmendLots { lots, reason } => amend::lots(case, lots, reason),
        SaleAct::AddLots { lots } => add_lots(case, lots),
        SaleAct::ClearLots => Ok(vec![SaleEvent::LotsCleared.into()]),
        SaleAct::Publish => Ok(vec![SaleEvent::Published.into()]),
        SaleAct::AdmitPaddle {
            paddle,
            account,
            limit,
        } => admit(case, *paddle, *account, *limit),
        SaleAct::BarPaddle { paddle, reason } => bar(case, *paddle, reason),
        SaleAct::SetLimit { paddle, limit } => set_limit(case, *paddle, *limit),
        SaleAct::MarkPresence { paddle, present } => mark_presence(case, *paddle, *present),
        SaleAct::Open => open(case),
        SaleAct::Pause { reason } => pause(case, reason),
        SaleAct::Resume => resume(case),
        SaleAct::End => end(case),
        SaleAct::ReorderLots { order } => reorder(case, order),
    }
}

/// All of them or none. A refusal names the lot that it is about.
fn add_lots(case: &Case<'_>, lots: &[(LotNo, LotTerms)]) -> Result<Vec<Event>, Refusal> {
    let texts = lots.iter().map(|(_, terms)| terms.text_bytes());
    let texts = texts.fold(0, usize::saturating_add);
    if lots.is_empty() || lots.len() > LOTS_AT_ONCE_MAX || texts > LOTS_TEXT_BYTES_MAX {
        return Err(too_many(LOTS_AT_ONCE_MAX));
    }
    for (index, (no, terms)) in lots.iter().enumerate() {
        let of_lot = |refusal: Refusal| refusal.with(Figure::Lot, i64::from(no.0));
        let before = lots.get(..index).unwrap_or_default();
        if case.sale.lots.contains_key(no) || before.iter().any(|(other, _)| other == no) {
            return Err(of_lot(Refusal::new(Code::LotExists)));
        }
        if no.0 == 0 || terms.check().is_err() {
            return Err(of_lot(Refusal::new(Code::TermsInvalid)));
        }
        fits_group(case.sale, *no, &terms.running, before)?;
        group_has_room(case.sale, *no, &terms.running, before).map_err(of_lot)?;
    }
    if case.sale.lots.len().saturating_add(lots.len()) > LOTS_MAX {
        return Err(too_many(LOTS_MAX));
    }
    let added = lots.iter().map(|(no, terms)| {
        let terms = Box::new(terms.clone());
        LotEvent::Added { terms }.of(*no)
    });
    // Whatever stands behind the first of them waits for that one.
    let first = lots.first();
    let scheduled = first
        .and_then(|(no, terms)| schedule_next(case, *no, &terms.running, case.sale.order.last()));
    Ok(added.chain(scheduled).collect())
}

fn admit(
    case: &Case<'_>,
    paddle: Paddle,
    account: Option<AccountId>,
    limit: Option<Money>,
) -> Result<Vec<Event>, Refusal> {
    let known = account.is_some_and(|account| case.sale.paddles.contains_key(&account));
    if known || case.sale.admissions.contains_key(&paddle) {
        return Err(Refusal::new(Code::PaddleTaken));
    }
    if paddle.0 == 0 {
        return Err(Refusal::new(Code::TermsInvalid));
    }
    has_limit(case.terms, account, limit)?;
    if case.sale.admissions.len() >= PADDLES_MAX {
        return Err(too_many(PADDLES_MAX));
    }
    let admitted = SaleEvent::PaddleAdmitted {
        paddle,
        account,
        limit,
    };
    Ok(vec![admitted.into()])
}

fn admitted<'a>(case: &Case<'a>, paddle: Paddle) -> Result<&'a Admission, Refusal> {
    let admission = case.sale.admissions.get(&paddle);
    admission.ok_or_else(|| Refusal::new(Code::PaddleUnknown))
}

/// R12b, R12c: whoever is barred bids no more, is offered no lead, and wins nothing by one that still
/// stands.
fn bar(case: &Case<'_>, paddle: Paddle, why: &str) -> Result<Vec<Event>, Refusal> {
    if admitted(case, paddle)?.barred {
        return Err(Refusal::new(Code::PaddleBarred));
    }
    check_reason(why)?;
    let reason = why.to_owned();
    let mut events = vec![SaleEvent::PaddleBarred { paddle, reason }.into()];
    let open = case.sale.lots.values().filter_map(OpenLot::of);
    // What has reached its end is not revived by this; it is for decision (R12c).
    let open = open.filter(|on| case.not_at_end(on.lot).is_ok());
    for on in open.filter(|on| on.lot.method.concerns(paddle)) {
        let more = decisions::barred(case, on, paddle, &events);
        if events.len().saturating_add(more.len()) > ACT_EVENTS_MAX {
            // A lead of a barred paddle is for decision in any case (R12c).
            break;
        }
        events.extend(more);
    }
    Ok(events)
}

/// R13: it holds for the next bid.
fn set_limit(case: &Case<'_>, paddle: Paddle, limit: Option<Money>) -> Result<Vec<Event>, Refusal> {
    let admission = admitted(case, paddle)?;
    has_limit(case.terms, admission.account, limit)?;
    covers_exposure(admission, limit)?;
    Ok(vec![SaleEvent::LimitSet { paddle, limit }.into()])
}

/// R12a: a paddle of the hall is always there.
fn mark_presence(case: &Case<'_>, paddle: Paddle, present: bool) -> Result<Vec<Event>, Refusal> {
    let admission = admitted(case, paddle)?;
    if admission.account.is_none() {
        return Err(Refusal::new(Code::TermsInvalid));
    }
    Ok(vec![SaleEvent::PresenceMarked { paddle, present }.into()])
}

pub(super) fn open(case: &Case<'_>) -> Result<Vec<Event>, Refusal> {
    match case.sale.phase {
        SalePhase::Draft => return Err(Refusal::new(Code::SaleNotPublished)),
        SalePhase::Open | SalePhase::Ended => return Err(Refusal::new(Code::SaleOpen)),
        SalePhase::Announced => {}
    }
    let mut events = vec![SaleEvent::Opened.into()];
    events.extend(schedule_chain(case, &case.sale.order, &[]));
    Ok(events)
}

fn pause(case: &Case<'_>, why: &str) -> Result<Vec<Event>, Refusal> {
    case.running()?;
    check_reason(why)?;
    let paused = SaleEvent::Paused {
        reason: why.to_owned(),
        cause: PauseCause::Staff,
    };
    Ok(vec![paused.into()])
}

fn resume(case: &Case<'_>) -> Result<Vec<Event>, Refusal> {
    let Some(pause) = &case.sale.pause else {
        return Err(Refusal::new(Code::SaleNotPaused));
    };
    let shift = case.at.since(pause.since);
    Ok(vec![SaleEvent::Resumed { shift }.into()])
}

fn end(case: &Case<'_>) -> Result<Vec<Event>, Refusal> {
    case.is_published()?;
    let open = case.sale.lots.values().filter(|lot| lot.open().is_some());
    let open = i64::try_from(open.count()).unwrap_or(i64::MAX);
    if open > 0 {
        return Err(Refusal::new(Code::LotsRemain).with(Figure::Bound, open));
    }
    Ok(vec![SaleEvent::Ended.into()])
}

/// R0: upcoming lots change places among themselves; the others keep theirs.
fn reorder(case: &Case<'_>, order: &[LotNo]) -> Result<Vec<Event>, Refusal> {
    let is_upcoming = |no: &LotNo| {
        let lot = case.sale.lots.get(no);
        lot.is_some_and(|lot| matches!(lot.phase, Phase::Upcoming { .. }))
    };
    let wanted: BTreeSet<LotNo> = order.iter().copied().collect();
    let upcoming: BTreeSet<LotNo> = case
        .sale
        .order
        .iter()
        .copied()
        .filter(is_upcoming)
        .collect();
    if wanted.len() != order.len() || wanted != upcoming {
        let bound = i64::try_from(upcoming.len()).unwrap_or(i64::MAX);
        return Err(Refusal::new(Code::OrderIncomplete).with(Figure::Bound, bound));
    }
    let mut next = order.iter().copied();
    let place = |no: &LotNo| {
        if is_upcoming(no) {
            next.next()
        } else {
            Some(*no)
        }
    };
    let order: Vec<LotNo> = case.sale.order.iter().filter_map(place).collect();
    let reordered = SaleEvent::LotsReordered {
        order: order.clone(),
    };
    let mut events = vec![reordered.into()];
    if case.sale.phase == SalePhase::Open {
        let pairs = order.iter().zip(order.iter().skip(1));
        let waits = pairs.filter_map(|(before, lot)| await_turn(case.sale, *before, *lot));
        events.extend(waits.take(SCHEDULED_AT_ONCE_MAX));
        events.extend(schedule_chain(case, &order, &[]));
    }
    Ok(events)
}
