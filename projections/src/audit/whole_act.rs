//! R3: what one act does to the ends of lots, and what must hold once all of it is there.

use std::collections::{BTreeMap, BTreeSet};

use mazad_engine::domain::{
    Actor, AppliedEffect, BidEvent, CommandId, Event, ExtensionCause, LotEvent, LotNo, Meta, Money,
    Recorded, Running, SaleEvent, SoftClose, Time,
};

use super::public_facts::{Wrong, judged};
use crate::live::{LiveSale, LotLive, LotPhase};

/// The events of one command, as far as they have come.
#[derive(Debug)]
pub(super) struct WholeAct {
    actor: Actor,
    command: CommandId,
    at: Time,
    /// The bid that it enters.
    bid: Option<OneBid>,
    /// Lots whose price or leader something other than a bid changes (R3.8).
    corrected: BTreeSet<LotNo>,
    /// Until when the lead of a lot is on offer.
    offered: BTreeMap<LotNo, Time>,
    /// Lots that it opens.
    opened: BTreeSet<LotNo>,
    /// R4: prices lifted to a base.
    lifted: BTreeMap<LotNo, Money>,
    /// Groups whose ends it may have moved.
    groups: BTreeSet<u32>,
    bars: bool,
    /// R3.7: it gives back what a silence has cost.
    starts: bool,
}

/// A bid that may move ends.
#[derive(Debug, Clone, Copy)]
struct OneBid {
    lot: LotNo,
    judged: Time,
    /// R3.1: until when its lot has to be open afterwards; `None`: it is not late, or does not count.
    extends_to: Option<Time>,
    /// R3.4: its hard stop is history that everyone may read, but the pauses have moved it.
    has_stop: bool,
}

impl WholeAct {
    pub(super) const fn new(meta: &Meta) -> Self {
        Self {
            actor: meta.actor,
            command: meta.command,
            at: meta.at,
            bid: None,
            corrected: BTreeSet::new(),
            offered: BTreeMap::new(),
            opened: BTreeSet::new(),
            lifted: BTreeMap::new(),
            groups: BTreeSet::new(),
            bars: false,
            starts: false,
        }
    }

    /// Whether an event is one more of the same command.
    pub(super) fn goes_on(&self, recorded: &Recorded) -> bool {
        (self.actor, self.command) == (recorded.meta.actor, recorded.meta.command)
    }

    /// R4: the price to which a lot was lifted in this act.
    pub(super) fn lifted(&self, lot: LotNo) -> Option<Money> {
        self.lifted.get(&lot).copied()
    }

    /// Takes in one more event, with the sale as it stood before it.
    pub(super) fn note(&mut self, live: &LiveSale, recorded: &Recorded) {
        match &recorded.event {
            Event::Sale(SaleEvent::PaddleBarred { .. }) => self.bars = true,
            Event::Sale(SaleEvent::WriterStarted { .. } | SaleEvent::StoodStill { .. }) => {
                self.starts = true;
            }
            Event::Sale(SaleEvent::Resumed { .. }) => {
                let groups = live.lots().map(|(_, lot)| lot.terms.running.group());
                self.groups.extend(groups);
            }
            Event::Sale(_) | Event::Refused { .. } => {}
            Event::Lot(no, event) => self.note_lot(live, recorded, *no, event),
        }
    }

    fn note_lot(&mut self, live: &LiveSale, recorded: &Recorded, no: LotNo, event: &LotEvent) {
        let Some(lot) = live.lot(no) else {
            return;
        };
        match event {
            LotEvent::Opened { .. } => {
                self.opened.insert(no);
                self.groups.insert(lot.terms.running.group());
            }
            LotEvent::Extended { .. } | LotEvent::Closed { .. } => {
                self.groups.insert(lot.terms.running.group());
            }
            LotEvent::BidVoided(void) if void.effect != AppliedEffect::Unchanged => {
                self.corrected.insert(no);
            }
            LotEvent::Bid(event) => self.note_bid(live, recorded, (no, lot), event),
            LotEvent::Added { .. }
            | LotEvent::Amended { .. }
            | LotEvent::Scheduled { .. }
            | LotEvent::Warned { .. }
            | LotEvent::CeilingRaised { .. }
            | LotEvent::Withdrawn { .. }
            | LotEvent::Reoffered { .. }
            | LotEvent::Reopened { .. }
            | LotEvent::VoidRequested { .. }
            | LotEvent::BidVoided(_) => {}
        }
    }

    fn note_bid(
        &mut self,
        live: &LiveSale,
        recorded: &Recorded,
        (no, lot): (LotNo, &LotLive),
        event: &BidEvent,
    ) {
        let after = match event {
            BidEvent::Accepted(bid) => (Some(bid.leader), Some(bid.price)),
            BidEvent::LeadReaffirmed { paddle, price, .. } => (Some(*paddle), Some(*price)),
            BidEvent::ReaffirmOffered { until, .. } => {
                self.corrected.insert(no);
                self.offered.insert(no, *until);
                return;
            }
            BidEvent::ReaffirmEnded { .. } => {
                self.corrected.insert(no);
                return;
            }
            BidEvent::ReserveLifted { price } => {
                self.lifted.insert(no, *price);
                return;
            }
            BidEvent::MaximumChanged { .. }
            | BidEvent::AskSet { .. }
            | BidEvent::FloorBidHeld { .. }
            | BidEvent::FloorBidLapsed => return,
        };
        // A bid while the lead is on offer ends the offer (R3.8).
        if lot.offer.is_some() {
            self.corrected.insert(no);
        }
        let judged = judged(live, &recorded.meta);
        let soft = soft_close(lot);
        let late = soft.filter(|soft| {
            let counts = after.0 != lot.leader || (soft.on_price_change && after.1 != lot.price);
            let is_late = lot
                .ends_at
                .is_some_and(|end| end.since(judged) <= soft.window);
            let is_capped = soft
                .extensions_max
                .is_some_and(|most| lot.extensions >= most);
            counts && is_late && !is_capped
        });
        self.bid = Some(OneBid {
            lot: no,
            judged,
            extends_to: late.map(|soft| judged.after(soft.extension)),
            has_stop: soft.is_some_and(|soft| soft.hard_stop.is_some()),
        });
    }

    /// R3: an end moves on, for a cause that is there.
    pub(super) fn check_extension(
        &self,
        live: &LiveSale,
        (no, lot): (LotNo, &LotLive),
        ends_at: Time,
        cause: ExtensionCause,
        wrong: &mut Wrong,
    ) {
        let moves_on = lot.ends_at.is_some_and(|before| before < ends_at);
        wrong.must(moves_on, "its end does not move on");
        let is_linked = |other: LotNo| no == other || are_linked(live, no, other);
        let any_linked = |lots: &BTreeSet<LotNo>| lots.iter().any(|other| is_linked(*other));
        let has_cause = match cause {
            ExtensionCause::SoftClose => self.bid.is_some_and(|bid| {
                let to = bid.extends_to.filter(|to| ends_at <= *to);
                is_linked(bid.lot) && to.is_some() && bid.judged < ends_at
            }),
            ExtensionCause::Correction => self.bars || any_linked(&self.corrected),
            ExtensionCause::Outage => self.starts || any_linked(&self.opened),
        };
        wrong.must(has_cause, "its end moves without a cause");
    }

    /// What is wrong now that all of it has been taken in: late bids and corrections leave their
    /// time (R3.1, R3.8), no lot ends over an offer, and linked lots share one end (R3.6).
    pub(super) fn check(&self, live: &LiveSale) -> Vec<String> {
        let mut found = Vec::new();
        let board = live.board();
        let sale_time = board.pause.as_ref().map_or(self.at, |pause| pause.since);
        let minimum = board.terms.as_ref().map(|terms| terms.correction_minimum);
        let corrected = minimum.filter(|_| !self.starts);
        let corrected = corrected.map(|minimum| sale_time.after(minimum));
        let corrected = self
            .corrected
            .iter()
            .filter_map(|lot| Some((*lot, corrected?)));
        let offered = self.offered.iter().map(|(lot, until)| (*lot, *until));
        let bid = self.bid.filter(|bid| !bid.has_stop);
        let bid = bid.and_then(|bid| Some((bid.lot, bid.extends_to?)));
        for (no, least) in corrected.chain(offered).chain(bid) {
            let mut wrong = Wrong::with(Some(no));
            let end = open_end(live, no);
            let is_left = end.is_none_or(|end| end >= least);
            wrong.must(is_left, "less time is left than the rules leave");
            found.extend(wrong.found());
        }
        for group in self.groups.iter().filter(|group| **group != 0) {
            let mut wrong = Wrong::with(None);
            let lots = live.lots();
            let linked = lots.filter(|(_, lot)| lot.terms.running.group() == *group);
            let ends: BTreeSet<Time> = linked.filter_map(|(no, _)| open_end(live, *no)).collect();
            wrong.must(ends.len() <= 1, "linked lots do not end together");
            found.extend(wrong.found());
        }
        found
    }
}

/// The end of a lot that is open and runs by the clock.
fn open_end(live: &LiveSale, no: LotNo) -> Option<Time> {
    let lot = live.lot(no).filter(|lot| lot.phase == LotPhase::Open);
    lot.and_then(|lot| lot.ends_at)
}

fn are_linked(live: &LiveSale, one: LotNo, other: LotNo) -> bool {
    let group = |no| live.lot(no).map_or(0, |lot| lot.terms.running.group());
    group(one) != 0 && group(one) == group(other)
}

const fn soft_close(lot: &LotLive) -> Option<SoftClose> {
    match lot.terms.running {
        Running::Timed { soft_close, .. } => soft_close,
        Running::Clerked => None,
    }
}
