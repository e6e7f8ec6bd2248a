//! What the paper says to the house: of the sale as a whole. R0, R3.6, R13.

use std::collections::BTreeSet;

use mazad_engine::domain::{
    Act, Actor, BidResult, BidderAct, Code, Command, Event, Figure, FloorAct, LotEvent, LotNo,
    LotTerms, Money, Paddle, Refusal, Running, SaleAct, SaleEvent, SaleTerms, StaffAct, Time,
};

use crate::twin_bids::When;
use crate::twin_paper::{LotPaper, LotStage, No, Paper, Person, Stage, figure};
use crate::twin_voids::{no_reason, not_allowed};

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

    pub(crate) fn answer(&mut self, command: &Command, when: When) -> Answer {
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

    pub(crate) fn of_sale(&mut self, act: &SaleAct, at: Time) -> Result<(), Refusal> {
        match act {
            SaleAct::Create { terms } => self.create(terms),
            SaleAct::Amend { terms, reason } => self.amend_sale(terms, reason),
            SaleAct::AmendLots { lots, reason } => self.amend_lots(lots, reason, at),
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

    pub(crate) fn create(&mut self, terms: &SaleTerms) -> Result<(), Refusal> {
        let mut no = No::default();
        no.when(self.terms.is_some(), Code::SaleExists);
        no.when(terms.check().is_err(), Code::TermsInvalid);
        no.first()?;
        self.terms = Some(terms.clone());
        let terms = terms.clone();
        self.say(SaleEvent::Created { terms });
        Ok(())
    }

    pub(crate) fn no_unless_draft(&self, no: &mut No) {
        no.when(self.stage != Stage::Draft, Code::SalePublished);
    }

    pub(crate) fn no_if_ended(&self, no: &mut No) {
        no.when(self.stage == Stage::Ended, Code::SaleEnded);
    }

    pub(crate) fn clear_lots(&mut self) -> Result<(), Refusal> {
        let mut no = No::default();
        self.no_unless_draft(&mut no);
        no.first()?;
        self.lots.clear();
        self.order.clear();
        self.rests_since = None;
        self.say(SaleEvent::LotsCleared);
        Ok(())
    }

    pub(crate) fn publish(&mut self) -> Result<(), Refusal> {
        let mut no = No::default();
        self.no_unless_draft(&mut no);
        no.first()?;
        self.stage = Stage::Announced;
        self.say(SaleEvent::Published);
        Ok(())
    }

    pub(crate) fn add_lots(&mut self, lots: &[(LotNo, LotTerms)], at: Time) -> Result<(), Refusal> {
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
    pub(crate) fn group_differs(
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

    pub(crate) fn admit(
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
    pub(crate) fn no_without_limit(&self, is_web: bool, limit: Option<Money>, no: &mut No) {
        let needs = is_web && self.terms().limit_needed;
        no.when(needs && limit.is_none(), Code::LimitNeeded);
    }

    pub(crate) fn no_unless_known(&self, paddle: u32, no: &mut No) {
        no.when(!self.people.contains_key(&paddle), Code::PaddleUnknown);
    }

    pub(crate) fn bar_by_hand(
        &mut self,
        paddle: u32,
        reason: &str,
        at: Time,
    ) -> Result<(), Refusal> {
        let mut no = No::default();
        self.no_if_ended(&mut no);
        self.no_unless_known(paddle, &mut no);
        self.no_unless_may_bid(Some(paddle), &mut no);
        no_reason(reason, &mut no);
        no.first()?;
        self.bar(paddle, reason, at);
        Ok(())
    }

    pub(crate) fn set_limit(&mut self, paddle: u32, limit: Option<Money>) -> Result<(), Refusal> {
        let mut no = No::default();
        self.no_if_ended(&mut no);
        self.no_unless_known(paddle, &mut no);
        if let Some(person) = self.people.get(&paddle) {
            self.no_without_limit(person.account.is_some(), limit, &mut no);
            let exposure = self.exposure(paddle, None);
            no.when(limit == Some(Money::ZERO), Code::TermsInvalid);
            if let Some(limit) = limit.map(Money::minor) {
                no.with(
                    limit < exposure,
                    Code::LimitBelowExposure,
                    &[(Figure::Limit, limit)],
                );
            }
        }
        no.first()?;
        self.people.get_mut(&paddle).expect("known").limit = limit.map(Money::minor);
        let paddle = Paddle(paddle);
        self.say(SaleEvent::LimitSet { paddle, limit });
        Ok(())
    }

    pub(crate) fn mark_presence(&mut self, paddle: u32, present: bool) -> Result<(), Refusal> {
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

    pub(crate) fn open_by_hand(&mut self, at: Time) -> Result<(), Refusal> {
        let mut no = No::default();
        no.when(self.stage == Stage::Draft, Code::SaleNotPublished);
        no.when(self.stage == Stage::Open, Code::SaleOpen);
        self.no_if_ended(&mut no);
        no.first()?;
        self.open_sale(at);
        Ok(())
    }

    pub(crate) fn end_by_hand(&mut self) -> Result<(), Refusal> {
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

    pub(crate) fn reorder(&mut self, order: &[LotNo], at: Time) -> Result<(), Refusal> {
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
}

/// R3.6: when it is planned to end, and how that end may move.
pub(crate) fn ends(running: &Running) -> (Option<Time>, Option<mazad_engine::domain::SoftClose>) {
    let soft = match running {
        Running::Timed { soft_close, .. } => *soft_close,
        Running::Clerked => None,
    };
    (running.planned_end(), soft)
}
