//! Acts on a whole sale: its lots, its paddles, its phases.

use std::collections::BTreeSet;

use crate::domain::case::{Case, check_reason};
use crate::domain::{
    AccountId, Actor, Code, Event, Figure, Lot, LotEvent, LotNo, LotTerms, Money, Opens, Paddle,
    PauseCause, Phase, Refusal, Running, Sale, SaleAct, SaleEvent, SalePhase, SaleTerms, Time,
};
use crate::limits::{GROUP_LOTS_MAX, LOTS_MAX, PADDLES_MAX, SCHEDULED_AT_ONCE_MAX};

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
    case.not_ended()?;
    match act {
        SaleAct::Create { .. } => Err(Refusal::new(Code::SaleExists)),
        SaleAct::AddLot { lot, terms } => add_lot(case, *lot, terms),
        SaleAct::AdmitPaddle {
            paddle,
            account,
            limit,
        } => admit(case, *paddle, *account, *limit),
        SaleAct::BarPaddle { paddle, reason } => bar(case, *paddle, reason),
        SaleAct::Open => open(case),
        SaleAct::Pause { reason } => pause(case, reason),
        SaleAct::Resume => resume(case),
        SaleAct::End => end(case),
        SaleAct::ReorderLots { order } => reorder(case, order),
    }
}

fn add_lot(case: &Case<'_>, lot: LotNo, terms: &LotTerms) -> Result<Vec<Event>, Refusal> {
    if case.sale.lots.contains_key(&lot) {
        return Err(Refusal::new(Code::LotExists));
    }
    if lot.0 == 0 || terms.check().is_err() {
        return Err(Refusal::new(Code::TermsInvalid));
    }
    group_has_room(case.sale, lot, &terms.running)?;
    if case.sale.lots.len() >= LOTS_MAX {
        return Err(too_many(LOTS_MAX));
    }
    let added = LotEvent::Added {
        terms: Box::new(terms.clone()),
    };
    let scheduled = schedule_next(case, lot, &terms.running, case.sale.order.last());
    Ok([added.of(lot)].into_iter().chain(scheduled).collect())
}

/// R3.6: a late bid moves every lot of a group in one append.
pub(super) fn group_has_room(sale: &Sale, lot: LotNo, running: &Running) -> Result<(), Refusal> {
    let group = running.group();
    let is_linked = |(no, other): &(&LotNo, &Lot)| **no != lot && other.running.group() == group;
    if group != 0 && sale.lots.iter().filter(is_linked).count() >= GROUP_LOTS_MAX {
        return Err(too_many(GROUP_LOTS_MAX));
    }
    Ok(())
}

fn too_many(bound: usize) -> Refusal {
    let bound = i64::try_from(bound).unwrap_or(i64::MAX);
    Refusal::new(Code::TooMany).with(Figure::Bound, bound)
}

/// R3.6: the hour of a lot that comes in behind one that has ended, or begins a sale that is open.
pub(super) fn schedule_next(
    case: &Case<'_>,
    lot: LotNo,
    running: &Running,
    before: Option<&LotNo>,
) -> Option<Event> {
    let Running::Timed {
        opens: Opens::AfterPrevious(gap),
        ..
    } = running
    else {
        return None;
    };
    let before = before.and_then(|no| case.sale.lots.get(no));
    let is_turn = before.is_none_or(|lot| matches!(lot.phase, Phase::Closed(_)));
    (is_turn && case.sale.phase == SalePhase::Open)
        .then(|| scheduled(lot, Some(case.sale_time().after(*gap))))
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
    if paddle.0 == 0 || limit == Some(Money::ZERO) {
        return Err(Refusal::new(Code::TermsInvalid));
    }
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

fn bar(case: &Case<'_>, paddle: Paddle, why: &str) -> Result<Vec<Event>, Refusal> {
    if !case.sale.admissions.contains_key(&paddle) {
        return Err(Refusal::new(Code::PaddleUnknown));
    }
    check_reason(why)?;
    let reason = why.to_owned();
    Ok(vec![SaleEvent::PaddleBarred { paddle, reason }.into()])
}

pub(super) fn open(case: &Case<'_>) -> Result<Vec<Event>, Refusal> {
    if case.sale.phase == SalePhase::Open {
        return Err(Refusal::new(Code::SaleOpen));
    }
    let mut events = vec![SaleEvent::Opened.into()];
    let mut lots = case.sale.lots.values().peekable();
    let has_lots = lots.peek().is_some();
    if case.terms.ends_itself && has_lots && lots.all(|lot| matches!(lot.phase, Phase::Closed(_))) {
        // Every lot was withdrawn before: none is left whose end would end the sale.
        events.push(SaleEvent::Ended.into());
        return Ok(events);
    }
    events.extend(schedule_chain(case, &case.sale.order, None));
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
        events.extend(schedule_chain(case, &order, None));
    }
    Ok(events)
}

/// R3.6: a lot that follows another loses its hour while that one has not ended.
fn await_turn(sale: &Sale, before: LotNo, lot: LotNo) -> Option<Event> {
    let has_ended =
        |no| matches!(sale.lots.get(no), Some(lot) if matches!(lot.phase, Phase::Closed(_)));
    (!has_ended(&before))
        .then(|| takes_back_hour(sale, lot))
        .flatten()
}

/// The hour of a lot that follows another, taken back; nothing if it has none, or one of its own.
pub(super) fn takes_back_hour(sale: &Sale, lot: LotNo) -> Option<Event> {
    let found = sale.lots.get(&lot)?;
    let follows = matches!(
        found.running,
        Running::Timed {
            opens: Opens::AfterPrevious(_),
            ..
        }
    );
    let has_hour = matches!(found.phase, Phase::Upcoming { opens_at: Some(_) });
    (follows && has_hour).then(|| scheduled(lot, None))
}

const fn scheduled(lot: LotNo, opens_at: Option<Time>) -> Event {
    LotEvent::Scheduled { opens_at }.of(lot)
}

/// Schedules the timed lots whose turn it is: those that follow a lot that has ended, or begin
/// the sale. `ending` is the lot that ends by this same command.
pub(super) fn schedule_chain(
    case: &Case<'_>,
    order: &[LotNo],
    ending: Option<LotNo>,
) -> Vec<Event> {
    let has_ended = |no: &LotNo| {
        let lot = case.sale.lots.get(no);
        ending == Some(*no) || lot.is_some_and(|lot| matches!(lot.phase, Phase::Closed(_)))
    };
    let mut events = Vec::new();
    let mut before: Option<LotNo> = None;
    for no in order {
        let turn = before.as_ref().is_none_or(has_ended);
        before = Some(*no);
        let Some(lot) = case
            .sale
            .lots
            .get(no)
            .filter(|_| turn && ending != Some(*no))
        else {
            continue;
        };
        let Running::Timed {
            opens: Opens::AfterPrevious(gap),
            ..
        } = lot.running
        else {
            continue;
        };
        if let Phase::Upcoming { opens_at: None } = lot.phase {
            events.push(scheduled(*no, Some(case.sale_time().after(gap))));
        }
    }
    events.truncate(SCHEDULED_AT_ONCE_MAX);
    events
}
