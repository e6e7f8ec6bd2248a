//! What the paper says to the clerk of a lot: R0, R4, R12a.

use mazad_engine::domain::{
    BidEvent, BidResult, Code, Figure, LotAct, LotEvent, LotNo, LotOutcome, MethodTerms, Money,
    Paddle, Refusal, Reserve, Running, Seen, StaffId, Time,
};

use crate::twin_bids::When;
use crate::twin_book::Book;
use crate::twin_paper::{LotStage, No, Offered, Paper, Stage, figure, money};
use crate::twin_voids::{Void, no_reason};

type Answer = Result<Option<BidResult>, Refusal>;

impl Paper {
    pub(crate) fn of_lot(&mut self, lot: u32, act: &LotAct, who: StaffId, when: When) -> Answer {
        match act {
            LotAct::Open => self.open_lot_by_hand(lot, when.at),
            LotAct::Warn => self.warn(lot, when.at),
            LotAct::Hammer { seen } => self.hammer(lot, *seen, when.at),
            LotAct::Pass { seen } => self.pass(lot, *seen, when.at),
            LotAct::Withdraw { reason, seen } => self.withdraw(lot, reason, *seen, when.at),
            LotAct::Reoffer {
                opening,
                running,
                reserve,
            } => self.reoffer(lot, *opening, *running, *reserve, when.at),
            LotAct::Reopen { reason } => self.reopen(lot, reason, when.at),
            LotAct::VoidBid {
                bid,
                cause,
                note,
                leads_to,
            } => {
                let void = Void {
                    lot,
                    bid: bid.0,
                    cause: *cause,
                    note,
                    leads_to: *leads_to,
                };
                return self.void(void, who, when);
            }
            LotAct::RaiseCeiling { ceiling, reason } => self.raise_ceiling(lot, *ceiling, reason),
        }
        .map(|()| None)
    }

    pub(crate) fn stage_of(&self, lot: u32) -> Option<&LotStage> {
        self.lots.get(&lot).map(|lot| &lot.stage)
    }

    pub(crate) fn no_if_by_clock(&self, lot: u32, no: &mut No) {
        let by_clock = self.lots.get(&lot).is_some_and(|lot| !lot.is_clerked());
        no.when(by_clock, Code::LotRunsByClock);
    }

    pub(crate) fn open_lot_by_hand(&mut self, lot: u32, at: Time) -> Result<(), Refusal> {
        let mut no = No::default();
        self.no_unless_running(&mut no);
        no.when(self.stage_of(lot).is_none(), Code::LotUnknown);
        no.when(
            matches!(self.stage_of(lot), Some(LotStage::Open(_))),
            Code::LotOpen,
        );
        no.when(
            matches!(self.stage_of(lot), Some(LotStage::Closed(_))),
            Code::LotClosed,
        );
        self.no_if_by_clock(lot, &mut no);
        no.first()?;
        self.open_lot(lot, at, None, None);
        Ok(())
    }

    pub(crate) fn by_hand(&self, lot: u32) -> No {
        let mut no = No::default();
        self.no_unless_running(&mut no);
        self.no_unless_open(lot, &mut no);
        self.no_if_by_clock(lot, &mut no);
        no
    }

    pub(crate) fn warn(&mut self, lot: u32, at: Time) -> Result<(), Refusal> {
        let mut no = self.by_hand(lot);
        let runs = self.lots.get(&lot).and_then(|lot| lot.runs());
        let enough = runs.is_some_and(|runs| runs.warned >= 2);
        no.with(enough, Code::WarnedEnough, &[(Figure::Bound, 2)]);
        no.first()?;
        let runs = self.lot_mut(lot).runs_mut();
        runs.warned += 1;
        runs.warned_at = Some(at);
        let warning = runs.warned;
        self.say(LotEvent::Warned { warning }.of(LotNo(lot)));
        Ok(())
    }

    /// R0: what the sender saw must still stand.
    pub(crate) fn no_unless_seen(&self, lot: u32, seen: Seen, no: &mut No) {
        let Some(known) = self.lots.get(&lot) else {
            return;
        };
        let named = (
            seen.bid.0,
            seen.lead.map(|(paddle, price)| (paddle.0, price.minor())),
        );
        if named != (known.last_bid(), known.shown()) {
            let said = Self::bid_has_come(known.last_bid(), known.shown());
            no.with(true, said.code, &said.figures);
        }
    }

    pub(crate) fn hammer(&mut self, lot: u32, seen: Seen, at: Time) -> Result<(), Refusal> {
        let mut no = self.by_hand(lot);
        self.no_unless_seen(lot, seen, &mut no);
        if let Some(runs) = self.lots.get(&lot).and_then(|lot| lot.runs()).copied() {
            self.no_if_held(lot, &mut no);
            let lead = self.lot(lot).lead;
            no.when(lead.is_none(), Code::NoBids);
            let terms = self.terms();
            let needed = terms.hammer_warnings;
            let ripe = runs.warned_at.map(|warned| warned.after(terms.warning_age));
            let mut figures = vec![(Figure::Bound, i64::from(needed))];
            if let Some(ripe) = ripe.filter(|_| runs.warned >= needed) {
                figures.push((Figure::Until, figure(ripe)));
            }
            let young = runs.warned < needed || ripe.is_some_and(|ripe| at < ripe);
            no.with(needed > 0 && young, Code::WarnFirst, &figures);
            if let Some(lead) = lead {
                let figures = [(Figure::Price, lead.price)];
                no.with(self.sells_at(lot).is_none(), Code::ReserveNotMet, &figures);
            }
        }
        no.first()?;
        self.close(lot, at, false);
        self.after_closes(at);
        Ok(())
    }

    pub(crate) fn pass(&mut self, lot: u32, seen: Seen, at: Time) -> Result<(), Refusal> {
        let mut no = self.by_hand(lot);
        self.no_unless_seen(lot, seen, &mut no);
        if self.lots.get(&lot).is_some_and(|lot| lot.runs().is_some()) {
            self.no_if_held(lot, &mut no);
        }
        no.first()?;
        self.close(lot, at, true);
        self.after_closes(at);
        Ok(())
    }

    pub(crate) fn withdraw(
        &mut self,
        lot: u32,
        reason: &str,
        seen: Seen,
        at: Time,
    ) -> Result<(), Refusal> {
        let mut no = No::default();
        no.when(self.stage == Stage::Draft, Code::SaleNotPublished);
        no.when(self.stage_of(lot).is_none(), Code::LotUnknown);
        if let Some(LotStage::Upcoming(_) | LotStage::Open(_)) = self.stage_of(lot) {
            self.no_if_ended(&mut no);
        }
        if let Some(LotStage::Closed(over)) = self.stage_of(lot) {
            let gone = matches!(
                over.outcome,
                LotOutcome::KnockedDown { .. } | LotOutcome::Withdrawn
            );
            no.when(gone, Code::LotClosed);
        }
        self.no_unless_seen(lot, seen, &mut no);
        self.no_at_end(lot, at, &mut no);
        no_reason(reason, &mut no);
        no.first()?;
        self.lapse_floor_bid(lot);
        let reserve = self.open_base(lot, true);
        self.say(
            LotEvent::Withdrawn {
                reason: reason.to_owned(),
                reserve,
            }
            .of(LotNo(lot)),
        );
        self.lay_down(lot, at, LotOutcome::Withdrawn);
        self.after_closes(at);
        Ok(())
    }

    pub(crate) fn raise_ceiling(
        &mut self,
        lot: u32,
        ceiling: Money,
        reason: &str,
    ) -> Result<(), Refusal> {
        let mut no = No::default();
        self.no_if_ended(&mut no);
        no.when(self.stage_of(lot).is_none(), Code::LotUnknown);
        no.when(
            matches!(self.stage_of(lot), Some(LotStage::Closed(_))),
            Code::LotClosed,
        );
        let most = Money::MAX_BID.minor();
        let figures = [(Figure::Amount, ceiling.minor()), (Figure::Bound, most)];
        no.with(ceiling > Money::MAX_BID, Code::AmountOutOfRange, &figures);
        if let Some(lot) = self.lots.get(&lot) {
            let figures = [(Figure::Ceiling, lot.ceiling)];
            no.with(
                ceiling.minor() <= lot.ceiling,
                Code::CeilingNotRaised,
                &figures,
            );
        }
        no_reason(reason, &mut no);
        no.first()?;
        self.lot_mut(lot).ceiling = ceiling.minor();
        let reason = reason.to_owned();
        self.say(LotEvent::CeilingRaised { ceiling, reason }.of(LotNo(lot)));
        Ok(())
    }

    /// R4: another attempt.
    pub(crate) fn reoffer(
        &mut self,
        lot: u32,
        opening: Option<Money>,
        running: Running,
        reserve: Option<Reserve>,
        at: Time,
    ) -> Result<(), Refusal> {
        let mut no = No::default();
        self.no_if_ended(&mut no);
        no.when(self.stage_of(lot).is_none(), Code::LotUnknown);
        no.when(
            matches!(self.stage_of(lot), Some(LotStage::Upcoming(_))),
            Code::LotNotOpen,
        );
        no.when(
            matches!(self.stage_of(lot), Some(LotStage::Open(_))),
            Code::LotOpen,
        );
        let Some(LotStage::Closed(over)) = self.stage_of(lot).cloned() else {
            return no.first();
        };
        let sold = matches!(over.outcome, LotOutcome::KnockedDown { .. });
        no.when(sold, Code::LotClosed);
        let known = self.lot(lot);
        let mut english = known.english.clone();
        english.opening = opening.unwrap_or(english.opening);
        english.reserve = reserve.or(english.reserve);
        let worth = known.estimate_high.max(english.opening.minor());
        let ceiling = if known.ceiling < english.opening.minor() {
            100 * worth
        } else {
            known.ceiling
        };
        let above = english
            .reserve
            .and_then(|reserve| reserve.opening)
            .is_some_and(|base| base.amount.minor() > ceiling);
        let bad = above
            || MethodTerms::English(english.clone()).check().is_err()
            || running.check().is_err();
        no.when(bad, Code::TermsInvalid);
        let differs = self.group_differs(lot, &running, std::iter::empty());
        let end = running.planned_end().map_or(0, figure);
        let figures = [(Figure::Lot, i64::from(lot)), (Figure::EndsAt, end)];
        no.with(differs, Code::GroupDiffers, &figures);
        let stale = known.base_is_open && known.english.reserve.is_some() && reserve.is_none();
        no.when(stale, Code::BaseNeeded);
        no.first()?;
        let lot_no = lot;
        let lot = self.lot_mut(lot);
        lot.bids_before = lot.last_bid();
        lot.book = Book::default();
        lot.attempt += 1;
        lot.english = english;
        lot.running = running;
        lot.stage = LotStage::Upcoming(running.opens_at());
        lot.lead = None;
        lot.offer = None;
        lot.clerk_ask = None;
        lot.jumps.clear();
        lot.void_asked = None;
        lot.base_is_open &= reserve.is_none();
        if lot.ceiling < lot.english.opening.minor() {
            // What was bounded by the old opening is bounded by the preset of the new one.
            let worth = lot.estimate_high.max(lot.english.opening.minor());
            lot.ceiling = (100 * worth).min(Money::MAX_BID.minor());
        }
        let reoffered = LotEvent::Reoffered {
            attempt: lot.attempt,
            opening: lot.english.opening,
            running,
            reserve,
            ceiling: money(lot.ceiling),
        };
        self.say(reoffered.of(LotNo(lot_no)));
        self.schedule(at, |no| no == lot_no);
        self.look_at_rest(at);
        Ok(())
    }

    /// R12a: whether the next lot in the clerk's own order of clerked lots has opened since.
    pub(crate) fn next_has_opened(&self, lot: u32, closed_at: Time) -> bool {
        let place = self
            .order
            .iter()
            .position(|no| *no == lot)
            .expect("in the order");
        for no in &self.order[place + 1..] {
            let next = self.lot(*no);
            let opened_at = match &next.stage {
                LotStage::Upcoming(_) => None,
                LotStage::Open(runs) => Some(runs.opened_at),
                LotStage::Closed(over) => match &over.runs {
                    Some(runs) => Some(runs.opened_at),
                    None => continue,
                },
            };
            // One that had opened before takes nobody's right away.
            if next.is_clerked() && opened_at.is_none_or(|at| at >= closed_at) {
                return opened_at.is_some();
            }
        }
        false
    }

    /// R12a: a lot run by hand goes on, with all its bids.
    pub(crate) fn reopen(&mut self, lot: u32, reason: &str, at: Time) -> Result<(), Refusal> {
        let mut no = No::default();
        self.no_unless_running(&mut no);
        no.when(self.stage_of(lot).is_none(), Code::LotUnknown);
        no.when(
            matches!(self.stage_of(lot), Some(LotStage::Upcoming(_))),
            Code::LotNotOpen,
        );
        no.when(
            matches!(self.stage_of(lot), Some(LotStage::Open(_))),
            Code::LotOpen,
        );
        self.no_if_by_clock(lot, &mut no);
        no_reason(reason, &mut no);
        let Some(LotStage::Closed(over)) = self.stage_of(lot).cloned() else {
            return no.first();
        };
        let withdrawn = over.outcome == LotOutcome::Withdrawn;
        let gone = withdrawn || over.is_voided || over.runs.is_none();
        no.when(
            gone || self.next_has_opened(lot, over.at),
            Code::ReopenTooLate,
        );
        no.first()?;
        let lot_no = LotNo(lot);
        let lot = self.lot_mut(lot);
        let mut runs = over.runs.expect("it ran");
        (runs.warned, runs.warned_at) = (0, None);
        lot.stage = LotStage::Open(runs);
        let reason = reason.to_owned();
        self.say(LotEvent::Reopened { reason }.of(lot_no));
        // An offer has what it had left.
        if let Some(offer) = self.lot(lot_no.0).offer {
            let until = at.after(offer.until.since(over.at));
            let offer = Offered { until, ..offer };
            self.lot_mut(lot_no.0).offer = Some(offer);
            let ask = money(self.lot(lot_no.0).ask());
            self.say_bid(
                lot_no.0,
                BidEvent::ReaffirmOffered {
                    paddle: Paddle(offer.paddle),
                    price: money(offer.price),
                    until,
                    ask,
                },
            );
        }
        // It keeps its follower waiting until it ends once more.
        let place = self
            .order
            .iter()
            .position(|no| *no == lot_no.0)
            .expect("in the order");
        self.take_hours_back(|other| other == place + 1);
        self.look_at_rest(at);
        Ok(())
    }
}
