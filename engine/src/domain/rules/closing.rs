//! R3: all of soft close. One effective end for each lot, read by everybody and moved here only: by
//! late bids (R3.1-R3.6), by pauses and silences (R3.7), by whatever else changes price or leader
//! (R3.8). Linked lots move together, whatever moves them (R3.6).

use std::collections::BTreeMap;

use crate::domain::case::{Case, OpenLot, too_many};
use crate::domain::{
    Closes, Code, Event, ExtensionCause, Figure, Lot, LotEvent, LotNo, LotTerms, Open, Pause,
    Phase, Refusal, Running, Sale, SoftClose, Span, Time,
};
use crate::limits::GROUP_LOTS_MAX;

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
        ..
    } = &on.lot.running
    else {
        return Vec::new();
    };
    let counts = leader_changed || (soft.on_price_change && price_changed);
    let Some(end) = extended_end(soft, on.open, case.judged).filter(|_| counts) else {
        return Vec::new();
    };
    // R3.4: a late bid carries nobody past the hard stop, which linked lots share (R3.6).
    let stop = on.open.hard_stop;
    let end = stop.map_or(end, |stop| end.min(stop));
    move_ends(case.sale, on.lot, end, ExtensionCause::SoftClose, None)
}

/// R3.6: the open lots that end with this one: itself, and those of its group.
pub(in crate::domain) fn linked<'a>(sale: &'a Sale, lot: &'a Lot) -> impl Iterator<Item = &'a Lot> {
    let group = lot.running.group();
    let is_other = move |other: &&Lot| other.no != lot.no && other.running.group() == group;
    let others = (group != 0).then(|| sale.lots.values().filter(is_other));
    let lots = [lot].into_iter().chain(others.into_iter().flatten());
    lots.filter(|lot| lot.open().is_some())
}

/// Moves the end of a lot, and of those that are linked with it, where it is nearer than `wanted`; an
/// end that is not set stays so. `moved` is where this same act has moved them before.
fn move_ends(
    sale: &Sale,
    lot: &Lot,
    wanted: Time,
    cause: ExtensionCause,
    moved: Option<Time>,
) -> Vec<Event> {
    let ends = linked(sale, lot).filter_map(|lot| Some((lot.no, lot.open()?.ends_at?)));
    let nearer = ends.filter(|(_, end)| moved.map_or(*end, |moved| moved.max(*end)) < wanted);
    nearer.map(|(no, _)| extended(no, wanted, cause)).collect()
}

const fn extended(lot: LotNo, ends_at: Time, cause: ExtensionCause) -> Event {
    LotEvent::Extended { ends_at, cause }.of(lot)
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

/// R3.8: something other than a bid has changed price or leader, or offers the lead to somebody until
/// `least`. `before` are the events of this same act.
pub(in crate::domain) fn corrected(
    case: &Case<'_>,
    lot: &Lot,
    least: Option<Time>,
    before: &[Event],
) -> Vec<Event> {
    let own = before.iter().rev().find_map(|event| match event {
        Event::Lot(no, LotEvent::Extended { ends_at, .. }) if *no == lot.no => Some(*ends_at),
        Event::Lot(..) | Event::Sale(_) | Event::Refused { .. } => None,
    });
    let minimum = case.sale_time().after(case.terms.correction_minimum);
    let wanted = least.map_or(minimum, |least| least.max(minimum));
    move_ends(case.sale, lot, wanted, ExtensionCause::Correction, own)
}

/// R3.7: the ends that a silence of the engine brought too near, each at least where it is wanted, and
/// those of one group together (R3.6).
pub(in crate::domain) fn ends_after_silence<'a>(
    wanted: impl Iterator<Item = (&'a Lot, Time)> + Clone,
) -> BTreeMap<LotNo, Event> {
    let mut of_group = BTreeMap::new();
    for (lot, least) in wanted.clone().filter(|(lot, _)| lot.running.group() != 0) {
        let latest = of_group.entry(lot.running.group()).or_insert(least);
        *latest = least.max(*latest);
    }
    let extended = wanted.filter_map(|(lot, own)| {
        let least = of_group.get(&lot.running.group()).copied().unwrap_or(own);
        let is_nearer = lot.open()?.ends_at? < least;
        is_nearer.then(|| (lot.no, extended(lot.no, least, ExtensionCause::Outage)))
    });
    extended.collect()
}

/// R3.6: a lot that opens ends with those of its group that are open, whoever has the later end; the
/// first is its end, the second are theirs where they move.
pub(in crate::domain) fn end_with_group(sale: &Sale, lot: &Lot, own: Time) -> (Time, Vec<Event>) {
    let theirs = linked(sale, lot)
        .filter_map(|lot| lot.open()?.ends_at)
        .max();
    let end = theirs.map_or(own, |theirs| theirs.max(own));
    let moved = move_ends(sale, lot, end, ExtensionCause::Outage, None);
    (end, moved)
}

/// R3.6: linked lots have one planned end and one hard stop, from the moment that they are added.
/// `beside` are lots of the same act, as they are to be.
pub(in crate::domain) fn fits_group(
    sale: &Sale,
    no: LotNo,
    running: &Running,
    beside: &[(LotNo, LotTerms)],
) -> Result<(), Refusal> {
    let group = running.group();
    if group == 0 {
        return Ok(());
    }
    let known = in_group(sale, group, beside);
    let known = known.filter(|lot| lot.no != no && !matches!(lot.phase, Phase::Closed(_)));
    let known = known.map(|lot| &lot.running);
    let beside = beside.iter().filter(|(other, _)| *other != no);
    let beside = beside.map(|(_, terms)| &terms.running);
    let mut linked = known.chain(beside.filter(|other| other.group() == group));
    if linked.any(|other| !other.ends_with(running)) {
        let end = running.planned_end().map_or(0, Time::figure);
        return Err(Refusal::new(Code::GroupDiffers)
            .with(Figure::Lot, i64::from(no.0))
            .with(Figure::EndsAt, end));
    }
    Ok(())
}

/// R3.6: one act moves or ends every lot of a group in one append.
pub(in crate::domain) fn group_has_room(
    sale: &Sale,
    lot: LotNo,
    running: &Running,
    beside: &[(LotNo, LotTerms)],
) -> Result<(), Refusal> {
    let group = running.group();
    if group == 0 {
        return Ok(());
    }
    let known = in_group(sale, group, beside).filter(|other| other.no != lot);
    let beside = beside
        .iter()
        .filter(|(other, terms)| *other != lot && terms.running.group() == group);
    if known.count().saturating_add(beside.count()) >= GROUP_LOTS_MAX {
        return Err(too_many(GROUP_LOTS_MAX));
    }
    Ok(())
}

/// The lots that are in a group, but for those that an act is about itself.
fn in_group<'a>(
    sale: &'a Sale,
    group: u32,
    but: &'a [(LotNo, LotTerms)],
) -> impl Iterator<Item = &'a Lot> {
    let lots = sale.lots.values();
    let lots = lots.filter(move |lot| lot.running.group() == group);
    lots.filter(|lot| !but.iter().any(|(other, _)| *other == lot.no))
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
            ExtensionCause::Outage | ExtensionCause::Correction => {
                // The cap is for late bids; what the house brings about moves it along.
                self.hard_stop = self.hard_stop.map(|stop| stop.max(ends_at));
            }
        }
    }

    /// R3.7: after a pause the end has moved by its length, and is at least so far away. What had
    /// ended before the pause was asked for is not revived.
    pub(in crate::domain) fn shift(&mut self, pause: &Pause, shift: Span, least: Time) {
        if self.ends_at.is_some_and(|end| pause.has_ended_before(end)) {
            return;
        }
        // Who comes back after a pause is warned anew.
        self.take_warnings_back();
        self.ends_at = self.ends_at.map(|end| end.after(shift).max(least));
        let end = self.ends_at;
        self.hard_stop = self
            .hard_stop
            .map(|stop| stop.after(shift))
            .max(end.filter(|_| self.hard_stop.is_some()));
    }
}
