//! How the paper opens, extends, closes and follows: R3, R4, R12c.

use mazad_engine::domain::{
    BidEvent, Closes, DecisionCause, Due, Event, ExtensionCause, LotEvent, LotNo, LotOutcome,
    Opens, Paddle, ReserveOpening, Running, SaleEvent, SoftClose, Span, Time, Undecided,
};

use crate::twin_paper::{LotStage, Over, Paper, Runs, Stage, money};

impl Paper {
    // What falls due

    fn due(&self) -> Vec<(Time, Due)> {
        let terms = self.terms();
        if self.stage == Stage::Announced {
            return terms
                .opens_at
                .map(|at| (at, Due::OpenSale))
                .into_iter()
                .collect();
        }
        if self.stage != Stage::Open {
            return Vec::new();
        }
        let mut due = Vec::new();
        for lot in self.lots.values() {
            let no = LotNo(lot.no);
            match &lot.stage {
                LotStage::Upcoming(at) => due.extend(at.map(|at| (at, Due::OpenLot(no)))),
                LotStage::Open(runs) => {
                    due.extend(lot.held.map(|held| (held.until, Due::LapseFloorBid(no))));
                    due.extend(lot.offer.map(|offer| (offer.until, Due::LapseOffer(no))));
                    due.extend(runs.ends_at.map(|end| (end, Due::CloseLot(no))));
                }
                LotStage::Closed(_) => {}
            }
        }
        if let Some(since) = self.rests_since.filter(|_| terms.ends_itself) {
            due.push((since.after(terms.reopen_window), Due::EndSale));
        }
        if let Some((since, by_staff)) = self.pause {
            // R3.7: a pause does not revive what had ended before it.
            due.retain(|(at, due)| by_staff && matches!(due, Due::CloseLot(_)) && *at <= since);
        }
        due
    }

    /// What the clock brings about by now, in order. Nothing ends or lapses while something stamped
    /// before that is on its way (R0).
    pub(crate) fn timers(&mut self, clock: Time, stamp: Time) -> Vec<(Time, Event)> {
        let mut fired = Vec::new();
        while let Some((time, due)) = self.due().into_iter().min() {
            if time > clock || (due.waits_for_arrivals() && time > stamp) {
                break;
            }
            let at = time.max(self.now);
            let events = self.fire(due, at);
            fired.extend(events.into_iter().map(|event| (at, event)));
        }
        fired
    }

    fn fire(&mut self, due: Due, at: Time) -> Vec<Event> {
        match due {
            Due::OpenSale => self.open_sale(at),
            Due::OpenLot(lot) => self.open_by_clock(lot.0, at),
            Due::LapseFloorBid(lot) => self.lapse_floor_bid(lot.0),
            Due::LapseOffer(lot) => self.decline(lot.0, at),
            Due::CloseLot(lot) => self.close_by_clock(lot.0, at),
            Due::EndSale => {
                self.stage = Stage::Ended;
                self.say(SaleEvent::Ended);
            }
        }
        self.now = at;
        std::mem::take(&mut self.out)
    }

    pub(crate) fn open_sale(&mut self, at: Time) {
        self.stage = Stage::Open;
        self.say(SaleEvent::Opened);
        self.schedule_followers(at);
        // Nobody could open a lot again before that.
        self.rests_since = self.rests_since.map(|_| at);
    }

    pub(crate) fn lapse_floor_bid(&mut self, lot: u32) {
        if self.lot_mut(lot).held.take().is_some() {
            self.say_bid(lot, BidEvent::FloorBidLapsed);
        }
    }

    // Opening

    fn open_by_clock(&mut self, no: u32, at: Time) {
        let lot = self.lot(no);
        let (
            Running::Timed {
                closes, soft_close, ..
            },
            LotStage::Upcoming(planned),
        ) = (lot.running, lot.stage.clone())
        else {
            panic!("a lot of the hall does not open by itself");
        };
        // Up to two seconds late is a busy moment; later it keeps its whole length.
        let late = planned.map_or(Span::ZERO, |planned| at.since(planned));
        let late = if late <= Span::seconds(2) {
            Span::ZERO
        } else {
            late
        };
        let ends_at = match closes {
            Closes::At(end) => end.after(late),
            Closes::After(span) => planned
                .filter(|_| late == Span::ZERO)
                .unwrap_or(at)
                .after(span),
        };
        let stop = soft_close.and_then(|soft| soft.hard_stop);
        // R3.6: those of its group that are open end with it, whoever has the later end.
        let others: Vec<u32> = self
            .linked(no)
            .into_iter()
            .filter(|other| *other != no)
            .collect();
        let theirs = others.iter().filter_map(|other| self.end(*other)).max();
        let ends_at = theirs.map_or(ends_at, |theirs| theirs.max(ends_at));
        self.open_lot(no, at, Some(ends_at), stop.map(|stop| stop.after(late)));
        for other in others {
            if self.end(other).is_some_and(|end| end < ends_at) {
                self.move_end(other, ends_at, ExtensionCause::Outage);
            }
        }
    }

    pub(crate) fn open_lot(
        &mut self,
        no: u32,
        opened_at: Time,
        ends_at: Option<Time>,
        hard_stop: Option<Time>,
    ) {
        let lot = self.lot_mut(no);
        lot.stage = LotStage::Open(Runs {
            opened_at,
            ends_at,
            hard_stop,
            extensions: 0,
            warned: 0,
            warned_at: None,
        });
        let opened = LotEvent::Opened {
            attempt: lot.attempt,
            ask: money(lot.ask()),
            ends_at,
        };
        self.say(opened.of(LotNo(no)));
    }

    // Ends that move

    fn soft_close(&self, no: u32) -> Option<SoftClose> {
        match self.lot(no).running {
            Running::Timed { soft_close, .. } => soft_close,
            Running::Clerked => None,
        }
    }

    /// R3.6: the open lots that end together, this one among them.
    pub(crate) fn linked(&self, no: u32) -> Vec<u32> {
        let group = self.lot(no).running.group();
        let lots = self.lots.values().filter(|lot| lot.is_open());
        let linked = lots.filter(|lot| lot.no != no && group != 0 && lot.running.group() == group);
        [no].into_iter().chain(linked.map(|lot| lot.no)).collect()
    }

    fn end(&self, no: u32) -> Option<Time> {
        self.lot(no).runs().and_then(|runs| runs.ends_at)
    }

    pub(crate) fn move_end(&mut self, no: u32, to: Time, cause: ExtensionCause) {
        self.lot_mut(no).runs_mut().ends_at = Some(to);
        self.say(LotEvent::Extended { ends_at: to, cause }.of(LotNo(no)));
    }

    /// R3.1, R3.4, R3.6.
    pub(crate) fn late_bid(&mut self, no: u32, new_leader: bool, new_price: bool, judged: Time) {
        let (Some(soft), Some(end)) = (self.soft_close(no), self.end(no)) else {
            return;
        };
        let counts = new_leader || (new_price && soft.on_price_change);
        let left = end.since(judged);
        let used = self.lot(no).runs().expect("open").extensions;
        if !counts || left > soft.window || soft.extensions_max == Some(used) {
            return;
        }
        // R3.6: linked lots have one hard stop.
        let stop = self.lot(no).runs().expect("open").hard_stop;
        let wanted = judged.after(soft.extension);
        let to = stop.map_or(wanted, |stop| stop.min(wanted));
        for linked in self.linked(no) {
            if self.end(linked).is_some_and(|end| to > end) {
                self.lot_mut(linked).runs_mut().extensions += 1;
                self.move_end(linked, to, ExtensionCause::SoftClose);
            }
        }
    }

    /// R3.8: at least so long until the end, beyond a hard stop if need be.
    pub(crate) fn correct_end(&mut self, no: u32, at: Time) {
        let at = self.counted_from(at);
        let mut least = at.after(self.terms().correction_minimum);
        if let Some(offer) = self.lot(no).offer {
            // While an offer is open the lot does not end.
            least = least.max(offer.until);
        }
        self.leave_until(no, least, ExtensionCause::Correction);
    }

    fn leave_until(&mut self, no: u32, least: Time, cause: ExtensionCause) {
        for linked in self.linked(no) {
            if self.end(linked).is_some_and(|end| end < least) {
                self.move_end(linked, least, cause);
            }
        }
    }

    // Closing

    fn close_by_clock(&mut self, no: u32, at: Time) {
        let (linked, end) = (self.linked(no), self.end(no));
        let ends_too = |lot: &u32| self.end(*lot) == end;
        assert!(linked.iter().all(ends_too), "linked lots have one end");
        for lot in linked {
            self.close(lot, at, false);
        }
        self.after_closes(at);
    }

    pub(crate) fn after_closes(&mut self, at: Time) {
        self.schedule_followers(at);
        self.look_at_rest(at);
    }

    /// Whether a hammer would sell, and at which price (R4).
    pub(crate) fn sells_at(&self, no: u32) -> Option<i64> {
        let lot = self.lot(no);
        let lead = lot.lead?;
        if lead.price >= lot.base() {
            return Some(lead.price);
        }
        let lifts = self.terms().reserve_lift && lead.maximum >= lot.base();
        lifts.then(|| lot.base())
    }

    /// Closes one lot (R4, R12c).
    pub(crate) fn close(&mut self, no: u32, at: Time, passed: bool) {
        self.lapse_floor_bid(no);
        let outcome = self.outcome(no, passed);
        let lot = self.lot(no);
        let price = lot.lead.map_or(0, |lead| lead.price);
        if let LotOutcome::KnockedDown { price: at, .. } = outcome
            && at.minor() > price
        {
            self.say_bid(no, BidEvent::ReserveLifted { price: at });
        }
        let knocked_down = matches!(outcome, LotOutcome::KnockedDown { .. });
        let opens = knocked_down || self.terms().failed_attempt_opens_base;
        let reserve = self.open_base(no, opens);
        let bidders = self.bidders(no);
        self.say(
            LotEvent::Closed {
                outcome,
                bidders,
                reserve,
            }
            .of(LotNo(no)),
        );
        self.lay_down(no, at, outcome);
    }

    pub(crate) fn open_base(&mut self, no: u32, opens: bool) -> Option<ReserveOpening> {
        let lot = self.lot_mut(no);
        let opening = lot.english.reserve.and_then(|reserve| reserve.opening);
        let opening = opening.filter(|_| opens);
        lot.base_is_open |= opening.is_some();
        opening
    }

    pub(crate) fn lay_down(&mut self, no: u32, at: Time, outcome: LotOutcome) {
        let lot = self.lot_mut(no);
        let (runs, is_voided) = match &lot.stage {
            LotStage::Upcoming(_) => (None, false),
            LotStage::Open(runs) => (Some(*runs), false),
            LotStage::Closed(over) => (over.runs, over.is_voided),
        };
        lot.stage = LotStage::Closed(Over {
            at,
            outcome,
            runs,
            is_voided,
        });
    }

    fn outcome(&self, no: u32, passed: bool) -> LotOutcome {
        let lot = self.lot(no);
        let Some(lead) = lot.lead else {
            let had_bids = lot.book.lines().next().is_some();
            return if had_bids {
                LotOutcome::Lapsed
            } else {
                LotOutcome::NoBid
            };
        };
        if passed {
            return LotOutcome::PassedByClerk;
        }
        let Some(price) = self.sells_at(no) else {
            return LotOutcome::BelowBase;
        };
        if self.is_barred(lead.paddle) {
            return LotOutcome::ForDecision(Undecided {
                cause: DecisionCause::LeaderBarred,
                paddle: Paddle(lead.paddle),
                price: money(lead.price),
                reckoned: None,
            });
        }
        LotOutcome::KnockedDown {
            paddle: Paddle(lead.paddle),
            price: money(price),
        }
    }

    fn bidders(&self, no: u32) -> u32 {
        let lines = self
            .lot(no)
            .book
            .lines()
            .filter(|line| line.void_when.is_none());
        let paddles: std::collections::BTreeSet<u32> = lines.map(|line| line.paddle).collect();
        u32::try_from(paddles.len()).expect("few")
    }

    // R3.6: lots that follow

    /// Gives their hour to lots that follow one that has ended.
    pub(crate) fn schedule_followers(&mut self, at: Time) {
        self.schedule(at, |_| true);
    }

    /// The same for some of them.
    pub(crate) fn schedule(&mut self, at: Time, these: impl Fn(u32) -> bool) {
        if self.stage != Stage::Open {
            return;
        }
        let at = self.counted_from(at);
        for (place, no) in self.order.clone().into_iter().enumerate() {
            if let Some((None, gap)) = self
                .follows(no)
                .filter(|_| self.is_turn(place) && these(no))
            {
                self.set_hour(no, Some(at.after(gap)));
            }
        }
    }

    /// Takes their hour from lots that wait again for the one before.
    pub(crate) fn take_hours_back(&mut self, these: impl Fn(usize) -> bool) {
        for (place, no) in self.order.clone().into_iter().enumerate() {
            let has_hour = matches!(self.follows(no), Some((Some(_), _)));
            if has_hour && !self.is_turn(place) && these(place) && self.stage == Stage::Open {
                self.set_hour(no, None);
            }
        }
    }

    /// The hour and the gap of an upcoming lot that follows the one before.
    fn follows(&self, no: u32) -> Option<(Option<Time>, Span)> {
        let lot = self.lot(no);
        match (&lot.stage, lot.running) {
            (
                LotStage::Upcoming(hour),
                Running::Timed {
                    opens: Opens::AfterPrevious(gap),
                    ..
                },
            ) => Some((*hour, gap)),
            _ => None,
        }
    }

    fn is_turn(&self, place: usize) -> bool {
        let previous = place
            .checked_sub(1)
            .map(|place| self.lot(self.order[place]));
        previous.is_none_or(|lot| matches!(lot.stage, LotStage::Closed(_)))
    }

    fn set_hour(&mut self, no: u32, opens_at: Option<Time>) {
        self.lot_mut(no).stage = LotStage::Upcoming(opens_at);
        self.say(LotEvent::Scheduled { opens_at }.of(LotNo(no)));
    }

    /// R12a: since when no lot is left to run.
    pub(crate) fn look_at_rest(&mut self, at: Time) {
        let mut lots = self.lots.values();
        let rests =
            !self.lots.is_empty() && lots.all(|lot| matches!(lot.stage, LotStage::Closed(_)));
        self.rests_since = match (rests, self.rests_since) {
            (false, _) => None,
            (true, Some(since)) => Some(since),
            (true, None) => Some(self.counted_from(at)),
        };
    }
}
