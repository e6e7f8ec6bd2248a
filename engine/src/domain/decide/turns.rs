//! R3.6: the hours of lots that follow others: given when it is their turn, taken back when it is not
//! any more.

use crate::domain::case::Case;
use crate::domain::{Event, LotEvent, LotNo, Opens, Phase, Running, Sale, SalePhase, Time};
use crate::limits::SCHEDULED_AT_ONCE_MAX;

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

/// R3.6: a lot that follows another loses its hour while that one has not ended.
pub(super) fn await_turn(sale: &Sale, before: LotNo, lot: LotNo) -> Option<Event> {
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
/// the sale. `ending` are the lots that end by this same command.
pub(super) fn schedule_chain(case: &Case<'_>, order: &[LotNo], ending: &[LotNo]) -> Vec<Event> {
    let has_ended = |no: &LotNo| {
        let lot = case.sale.lots.get(no);
        ending.contains(no) || lot.is_some_and(|lot| matches!(lot.phase, Phase::Closed(_)))
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
            .filter(|_| turn && !ending.contains(no))
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
