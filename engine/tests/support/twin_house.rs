//! What the paper says to the house: the sale as a whole, and lots by hand. R0, R3.7, R4, R12a, R13.

use std::collections::BTreeSet;

use mazad_engine::domain::{
    Act, Actor, BidEvent, BidResult, BidderAct, Code, Command, Event, ExtensionCause, Figure,
    FloorAct, LotAct, LotEvent, LotNo, LotOutcome, LotTerms, MethodTerms, Money, Opens, Paddle,
    PauseCause, Refusal, Reserve, Running, SaleAct, SaleEvent, SaleTerms, Seen, StaffAct, StaffId,
    Time,
};

use crate::twin_bids::When;
use crate::twin_book::Book;
use crate::twin_paper::{LotPaper, LotStage, No, Offered, Paper, Person, Stage, figure, money};
use crate::twin_voids::{Void, no_reason, not_allowed};

type Answer = Result<Option<BidResult>, Refusal>;

impl Paper {
    /// Judges one act of a person: what happens, and what is answered.
    pub(crate) fn judge(&mut self, command: &Command, at: Time) -> (Vec<Event>, Answer) {
        let at = at.max(self.now);
        let when = self.when(command, at);
        let answer = self.answer(command, when);
        if let Err(said) = &answer {
            assert!(self.out.is_empty(), "a refusal does nothing else");
            self.out
                .push(Self::refused(command.act.lot(), said.clone()));
        }
        self.now = at;
        (std::mem::take(&mut self.out), answer)
    }

    fn answer(&mut self, command: &Command, when: When) -> Answer {
        let creates = matches!(
            &command.act,
            Act::Staff(StaffAct::Sale(SaleAct::Create { .. }))
        );
        if self.terms.is_none() && !creates {
            return Err(Refusal::new(Code::SaleUnknown));
        }
        match (&command.act, command.actor) {
            (Act::Bidder(lot, act), Actor::Bidder(_)) => match *act {
                BidderAct::PlaceBid {
                    amount,
                    kind,
                    confirms,
                } => self.web_bid(lot.0, (amount, kind, confirms), when),
                BidderAct::Reaffirm => self.reaffirm(lot.0, when),
            },
            (Act::Staff(StaffAct::Floor(lot, act)), Actor::Staff(clerk)) => match *act {
                FloorAct::SetAsk { ask } => self.set_ask(lot.0, ask, when),
                FloorAct::Bid {
                    paddle,
                    amount,
                    confirms,
                } => self.floor_bid(lot.0, (paddle, amount, confirms), clerk, when),
                FloorAct::ConfirmBid {
                    held,
                    paddle,
                    amount,
                } => self.confirm_floor_bid(lot.0, (held, paddle, amount), clerk, when),
            },
            (Act::Staff(StaffAct::Lot(lot, act)), Actor::Staff(who)) => {
                self.of_lot(lot.0, act, who, when)
            }
            (Act::Staff(StaffAct::Sale(act)), Actor::Staff(_)) => {
                self.of_sale(act, when.at).map(|()| None)
            }
            _ => Err(not_allowed()),
        }
    }

    // The sale

    fn of_sale(&mut self, act: &SaleAct, at: Time) -> Result<(), Refusal> {
        match act {
            SaleAct::Create { terms } => self.create(terms),
            SaleAct::ChangeTerms { terms } => self.change_terms(terms),
            SaleAct::AddLots { lots } => self.add_lots(lots, at),
            SaleAct::ClearLots => self.clear_lots(),
            SaleAct::Publish => self.publish(),
            SaleAct::AdmitPaddle {
                paddle,
                account,
                limit,
            } => self.admit(paddle.0, *account, *limit),
            SaleAct::BarPaddle { paddle, reason } => self.bar_by_hand(paddle.0, reason, at),
            SaleAct::SetLimit { paddle, limit } => self.set_limit(paddle.0, *limit),
            SaleAct::MarkPresence { paddle, present } => self.mark_presence(paddle.0, *present),
            SaleAct::Open => self.open_by_hand(at),
            SaleAct::Pause { reason } => self.pause_by_hand(reason, at),
            SaleAct::Resume => self.resume(at),
            SaleAct::End => self.end_by_hand(),
            SaleAct::ReorderLots { order } => self.reorder(order, at),
        }
    }

    fn create(&mut self, terms: &SaleTerms) -> Result<(), Refusal> {
        let mut no = No::default();
        no.when(self.terms.is_some(), Code::SaleExists);
        no.when(terms.check().is_err(), Code::TermsInvalid);
        no.first()?;
        self.terms = Some(terms.clone());
        let terms = terms.clone();
        self.say(SaleEvent::Created { terms });
        Ok(())
    }

    fn change_terms(&mut self, terms: &SaleTerms) -> Result<(), Refusal> {
        let mut no = No::default();
        self.no_unless_draft(&mut no);
        no.when(terms.check().is_err(), Code::TermsInvalid);
        no.first()?;
        self.terms = Some(terms.clone());
        let terms = terms.clone();
        self.say(SaleEvent::TermsChanged { terms });
        Ok(())
    }

    fn no_unless_draft(&self, no: &mut No) {
        no.when(self.stage != Stage::Draft, Code::SalePublished);
    }

    fn no_if_ended(&self, no: &mut No) {
        no.when(self.stage == Stage::Ended, Code::SaleEnded);
    }

    fn clear_lots(&mut self) -> Result<(), Refusal> {
        let mut no = No::default();
        self.no_unless_draft(&mut no);
        no.first()?;
        self.lots.clear();
        self.order.clear();
        self.rests_since = None;
        self.say(SaleEvent::LotsCleared);
        Ok(())
    }

    fn publish(&mut self) -> Result<(), Refusal> {
        let mut no = No::default();
        self.no_unless_draft(&mut no);
        no.first()?;
        self.stage = Stage::Announced;
        self.say(SaleEvent::Published);
        Ok(())
    }

    fn add_lots(&mut self, lots: &[(LotNo, LotTerms)], at: Time) -> Result<(), Refusal> {
        let mut no = No::default();
        self.no_if_ended(&mut no);
        let mut named = BTreeSet::new();
        for (lot, terms) in lots {
            let known = self.lots.contains_key(&lot.0) || !named.insert(*lot);
            let figures = [(Figure::Lot, i64::from(lot.0))];
            no.with(known, Code::LotExists, &figures);
            no.with(
                lot.0 == 0 || terms.check().is_err(),
                Code::TermsInvalid,
                &figures,
            );
            let others = lots.iter().filter(|(other, _)| other < lot);
            let running = others.map(|(_, terms)| terms.running);
            let differs = self.group_differs(lot.0, &terms.running, running);
            let end = terms.running.planned_end().map_or(0, figure);
            let figures = [figures[0], (Figure::EndsAt, end)];
            no.with(differs, Code::GroupDiffers, &figures);
        }
        no.first()?;
        for (lot, terms) in lots {
            self.lots.insert(lot.0, LotPaper::new(lot.0, terms));
            self.order.push(lot.0);
            let terms = Box::new(terms.clone());
            self.say(LotEvent::Added { terms }.of(*lot));
        }
        self.after_closes(at);
        Ok(())
    }

    /// R3.6: linked lots have one planned end and one hard stop.
    fn group_differs(
        &self,
        no: u32,
        running: &Running,
        others: impl Iterator<Item = Running>,
    ) -> bool {
        let group = running.group();
        let here = self
            .lots
            .values()
            .filter(|lot| lot.no != no && !matches!(lot.stage, LotStage::Closed(_)));
        let mut all = here.map(|lot| lot.running).chain(others);
        group != 0 && all.any(|other| other.group() == group && ends(&other) != ends(running))
    }

    fn admit(
        &mut self,
        paddle: u32,
        account: Option<mazad_engine::domain::AccountId>,
        limit: Option<Money>,
    ) -> Result<(), Refusal> {
        let mut no = No::default();
        self.no_if_ended(&mut no);
        let mut people = self.people.values();
        let taken = account.is_some() && people.any(|person| person.account == account);
        no.when(
            taken || self.people.contains_key(&paddle),
            Code::PaddleTaken,
        );
        no.when(paddle == 0, Code::TermsInvalid);
        self.no_without_limit(account.is_some(), limit, &mut no);
        no.first()?;
        let person = Person {
            account,
            limit: limit.map(Money::minor),
            is_barred: false,
            is_present: false,
        };
        self.people.insert(paddle, person);
        let paddle = Paddle(paddle);
        self.say(SaleEvent::PaddleAdmitted {
            paddle,
            account,
            limit,
        });
        Ok(())
    }

    /// R13: a web paddle needs a limit unless the terms ask for none.
    fn no_without_limit(&self, is_web: bool, limit: Option<Money>, no: &mut No) {
        let needs = is_web && self.terms().limit_needed;
        no.when(needs && limit.is_none(), Code::LimitNeeded);
    }

    fn no_unless_known(&self, paddle: u32, no: &mut No) {
        no.when(!self.people.contains_key(&paddle), Code::PaddleUnknown);
    }

    fn bar_by_hand(&mut self, paddle: u32, reason: &str, at: Time) -> Result<(), Refusal> {
        let mut no = No::default();
        self.no_if_ended(&mut no);
        self.no_unless_known(paddle, &mut no);
        no_reason(reason, &mut no);
        no.first()?;
        self.bar(paddle, reason, at);
        Ok(())
    }

    fn set_limit(&mut self, paddle: u32, limit: Option<Money>) -> Result<(), Refusal> {
        let mut no = No::default();
        self.no_if_ended(&mut no);
        self.no_unless_known(paddle, &mut no);
        if let Some(person) = self.people.get(&paddle) {
            self.no_without_limit(person.account.is_some(), limit, &mut no);
            let exposure = self.exposure(paddle, None);
            no.when(limit == Some(Money::ZERO), Code::TermsInvalid);
            if let Some(limit) = limit.map(Money::minor) {
                let figures = [(Figure::Limit, limit), (Figure::Exposure, exposure)];
                no.with(limit < exposure, Code::LimitBelowExposure, &figures);
            }
        }
        no.first()?;
        self.people.get_mut(&paddle).expect("known").limit = limit.map(Money::minor);
        let paddle = Paddle(paddle);
        self.say(SaleEvent::LimitSet { paddle, limit });
        Ok(())
    }

    fn mark_presence(&mut self, paddle: u32, present: bool) -> Result<(), Refusal> {
        let mut no = No::default();
        self.no_if_ended(&mut no);
        self.no_unless_known(paddle, &mut no);
        let of_hall = self
            .people
            .get(&paddle)
            .is_some_and(|person| person.account.is_none());
        no.when(of_hall, Code::TermsInvalid);
        no.first()?;
        self.people.get_mut(&paddle).expect("known").is_present = present;
        let paddle = Paddle(paddle);
        self.say(SaleEvent::PresenceMarked { paddle, present });
        Ok(())
    }

    fn open_by_hand(&mut self, at: Time) -> Result<(), Refusal> {
        let mut no = No::default();
        no.when(self.stage == Stage::Draft, Code::SaleNotPublished);
        no.when(self.stage == Stage::Open, Code::SaleOpen);
        self.no_if_ended(&mut no);
        no.first()?;
        self.open_sale(at);
        Ok(())
    }

    fn pause_by_hand(&mut self, reason: &str, at: Time) -> Result<(), Refusal> {
        let mut no = No::default();
        self.no_unless_running(&mut no);
        no_reason(reason, &mut no);
        no.first()?;
        self.pause = Some((at, true));
        self.say(SaleEvent::Paused {
            reason: reason.to_owned(),
            cause: PauseCause::Staff,
        });
        Ok(())
    }

    /// R3.7: a gateway fell silent at a close.
    pub(crate) fn outage(&mut self, at: Time) -> Vec<Event> {
        // Also while staff have paused it: what had ended before does not close any more.
        if self.stage == Stage::Open && self.pause.is_none_or(|(_, by_staff)| by_staff) {
            self.now = at.max(self.now);
            let since = self.counted_from(self.now);
            self.pause = Some((since, false));
            self.say(SaleEvent::Paused {
                reason: String::new(),
                cause: PauseCause::Outage,
            });
        }
        std::mem::take(&mut self.out)
    }

    /// R3.7: a process starts to write. Nothing closes silently, who was asked has the whole time again.
    pub(crate) fn restart(&mut self, epoch: u64, at: Time) -> Vec<Event> {
        let at = at.max(self.now);
        self.now = at;
        self.say(SaleEvent::WriterStarted { epoch });
        // The whole time is left to open the last lot again.
        self.rests_since = self.rests_since.map(|_| self.counted_from(at));
        if self.stage == Stage::Open && self.pause.is_none() {
            let least = at.after(self.terms().resume_minimum);
            let open = self.lots.values().filter(|lot| lot.is_open());
            let open: Vec<u32> = open.map(|lot| lot.no).collect();
            // A lot does not end over an offer, and linked lots end together.
            let window = self.terms().reaffirm_window;
            let until = |no: &u32| {
                let offer = self.lot(*no).offer;
                offer.map(|offer| offer.until.max(at.after(window)))
            };
            let leasts: Vec<Time> = open
                .iter()
                .map(|no| {
                    self.linked(*no)
                        .iter()
                        .filter_map(until)
                        .fold(least, Time::max)
                })
                .collect();
            for (no, least) in open.into_iter().zip(leasts) {
                self.give_back(no, at, least);
            }
        }
        std::mem::take(&mut self.out)
    }

    fn give_back(&mut self, no: u32, at: Time, least: Time) {
        let end = self.lot(no).runs().and_then(|runs| runs.ends_at);
        if end.is_some_and(|end| end < least) {
            self.move_end(no, least, ExtensionCause::Outage);
        }
        if let Some(offer) = self.lot(no).offer {
            let until = offer.until.max(at.after(self.terms().reaffirm_window));
            self.lot_mut(no).offer = Some(Offered { until, ..offer });
            let ask = money(self.lot(no).ask());
            self.say_bid(
                no,
                BidEvent::ReaffirmOffered {
                    paddle: Paddle(offer.paddle),
                    price: money(offer.price),
                    until,
                    ask,
                },
            );
        }
    }

    /// R3.7: everything ahead moves by the length of the pause, an end to five minutes at least.
    fn resume(&mut self, at: Time) -> Result<(), Refusal> {
        let mut no = No::default();
        self.no_if_ended(&mut no);
        no.when(self.pause.is_none(), Code::SaleNotPaused);
        no.first()?;
        let (since, by_staff) = self.pause.take().expect("paused");
        let shift = at.since(since);
        let least = at.after(self.terms().resume_minimum);
        for lot in self.lots.values_mut() {
            if let Some(offer) = &mut lot.offer {
                offer.until = offer.until.after(shift);
            }
            if let Some(held) = &mut lot.held {
                held.until = held.until.after(shift);
            }
            match &mut lot.stage {
                LotStage::Upcoming(hour) => {
                    *hour = hour.map(|hour| hour.after(shift));
                    lot.running = later(lot.running, shift);
                }
                // What had ended before is not revived.
                LotStage::Open(runs)
                    if by_staff && runs.ends_at.is_some_and(|end| end <= since) => {}
                LotStage::Open(runs) => {
                    runs.ends_at = runs.ends_at.map(|end| end.after(shift).max(least));
                    runs.hard_stop = runs.hard_stop.map(|stop| stop.after(shift));
                    (runs.warned, runs.warned_at) = (0, None);
                }
                LotStage::Closed(_) => {}
            }
        }
        self.rests_since = self.rests_since.map(|since| since.after(shift));
        self.say(SaleEvent::Resumed { shift });
        Ok(())
    }

    fn end_by_hand(&mut self) -> Result<(), Refusal> {
        let mut no = No::default();
        no.when(self.stage == Stage::Draft, Code::SaleNotPublished);
        self.no_if_ended(&mut no);
        let open = self.lots.values().filter(|lot| lot.is_open()).count();
        let figures = [(Figure::Bound, i64::try_from(open).expect("few"))];
        no.with(open > 0, Code::LotsRemain, &figures);
        no.first()?;
        self.stage = Stage::Ended;
        self.say(SaleEvent::Ended);
        Ok(())
    }

    fn reorder(&mut self, order: &[LotNo], at: Time) -> Result<(), Refusal> {
        let mut no = No::default();
        self.no_if_ended(&mut no);
        let upcoming = |lot: &u32| matches!(self.lots[lot].stage, LotStage::Upcoming(_));
        let waiting: BTreeSet<u32> = self.order.iter().copied().filter(upcoming).collect();
        let named: BTreeSet<u32> = order.iter().map(|lot| lot.0).collect();
        let bound = i64::try_from(waiting.len()).expect("few");
        let complete = named == waiting && named.len() == order.len();
        no.with(!complete, Code::OrderIncomplete, &[(Figure::Bound, bound)]);
        no.first()?;
        // They change places among themselves; the others keep theirs.
        let mut next = order.iter().map(|lot| lot.0);
        let place = |lot: &u32| {
            if waiting.contains(lot) {
                next.next().expect("as many")
            } else {
                *lot
            }
        };
        self.order = self.order.iter().map(place).collect();
        let order = self.order.iter().copied().map(LotNo).collect();
        self.say(SaleEvent::LotsReordered { order });
        self.take_hours_back(|_| true);
        self.schedule_followers(at);
        Ok(())
    }

    // Lots

    fn of_lot(&mut self, lot: u32, act: &LotAct, who: StaffId, when: When) -> Answer {
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

    fn stage_of(&self, lot: u32) -> Option<&LotStage> {
        self.lots.get(&lot).map(|lot| &lot.stage)
    }

    fn no_if_by_clock(&self, lot: u32, no: &mut No) {
        let by_clock = self.lots.get(&lot).is_some_and(|lot| !lot.is_clerked());
        no.when(by_clock, Code::LotRunsByClock);
    }

    fn open_lot_by_hand(&mut self, lot: u32, at: Time) -> Result<(), Refusal> {
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

    fn by_hand(&self, lot: u32) -> No {
        let mut no = No::default();
        self.no_unless_running(&mut no);
        self.no_unless_open(lot, &mut no);
        self.no_if_by_clock(lot, &mut no);
        no
    }

    fn warn(&mut self, lot: u32, at: Time) -> Result<(), Refusal> {
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
    fn no_unless_seen(&self, lot: u32, seen: Seen, no: &mut No) {
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

    fn hammer(&mut self, lot: u32, seen: Seen, at: Time) -> Result<(), Refusal> {
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

    fn pass(&mut self, lot: u32, seen: Seen, at: Time) -> Result<(), Refusal> {
        let mut no = self.by_hand(lot);
        self.no_unless_seen(lot, seen, &mut no);
        no.first()?;
        self.close(lot, at, true);
        self.after_closes(at);
        Ok(())
    }

    fn withdraw(&mut self, lot: u32, reason: &str, seen: Seen, at: Time) -> Result<(), Refusal> {
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
        self.lot_mut(lot).held = None;
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

    fn raise_ceiling(&mut self, lot: u32, ceiling: Money, reason: &str) -> Result<(), Refusal> {
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
    fn reoffer(
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
    fn next_has_opened(&self, lot: u32, closed_at: Time) -> bool {
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
    fn reopen(&mut self, lot: u32, reason: &str, at: Time) -> Result<(), Refusal> {
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

/// R3.6: when it is planned to end, and how that end may move.
fn ends(running: &Running) -> (Option<Time>, Option<mazad_engine::domain::SoftClose>) {
    let soft = match running {
        Running::Timed { soft_close, .. } => *soft_close,
        Running::Clerked => None,
    };
    (running.planned_end(), soft)
}

/// R3.7: the same hours, later.
fn later(running: Running, shift: mazad_engine::domain::Span) -> Running {
    use mazad_engine::domain::Closes;
    let Running::Timed {
        opens,
        closes,
        soft_close,
        group,
    } = running
    else {
        return running;
    };
    Running::Timed {
        opens: match opens {
            Opens::At(at) => Opens::At(at.after(shift)),
            Opens::AfterPrevious(gap) => Opens::AfterPrevious(gap),
        },
        closes: match closes {
            Closes::At(at) => Closes::At(at.after(shift)),
            Closes::After(length) => Closes::After(length),
        },
        soft_close: soft_close.map(|mut soft| {
            soft.hard_stop = soft.hard_stop.map(|stop| stop.after(shift));
            soft
        }),
        group,
    }
}
