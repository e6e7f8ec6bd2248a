//! What the paper says to a bid, R1, R2, R13.

use mazad_engine::domain::{
    Actor, BidAccepted, BidEvent, BidKind, BidNo, BidOrigin, BidResult, Code, Command, CommandId,
    Event, Figure, LotNo, Mode, Money, Paddle, Refusal, Secret, Time,
};

use crate::twin_book::{Entry, Leads, Line, place};
use crate::twin_paper::{
    Incoming, Jump, LotStage, No, Paper, Stage, figure, judged, money, refusal,
};

/// When and by whom something is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct When {
    pub(crate) at: Time,
    pub(crate) judged: Time,
    pub(crate) actor: Actor,
    pub(crate) command: CommandId,
}

type Answer = Result<Option<BidResult>, Refusal>;

impl Paper {
    pub(crate) fn when(&self, command: &Command, at: Time) -> When {
        let judged = self
            .terms
            .as_ref()
            .map_or(at, |terms| judged(terms, at, command.arrived));
        When {
            at,
            judged,
            actor: command.actor,
            command: command.id,
        }
    }

    /// The sale must be open and not paused.
    pub(crate) fn no_unless_running(&self, no: &mut No) {
        no.when(self.stage == Stage::Draft, Code::SaleNotPublished);
        no.when(self.stage == Stage::Announced, Code::SaleNotOpen);
        no.when(self.stage == Stage::Ended, Code::SaleEnded);
        no.when(self.pause.is_some(), Code::SalePaused);
    }

    /// The lot must be open.
    pub(crate) fn no_unless_open(&self, lot: u32, no: &mut No) {
        let Some(lot) = self.lots.get(&lot) else {
            no.when(true, Code::LotUnknown);
            return;
        };
        match &lot.stage {
            LotStage::Upcoming(opens_at) => {
                let at: Vec<_> = opens_at
                    .iter()
                    .map(|at| (Figure::OpensAt, figure(*at)))
                    .collect();
                no.with(true, Code::LotNotOpen, &at);
            }
            LotStage::Open(_) => {}
            LotStage::Closed(_) => no.when(true, Code::LotClosed),
        }
    }

    /// Between the end and the close only bids that are on their way are judged. During a pause the
    /// clock of the sale stands still.
    pub(crate) fn no_at_end(&self, lot: u32, at: Time, no: &mut No) {
        let runs = self.lots.get(&lot).and_then(|lot| lot.runs());
        if let Some(end) = runs.and_then(|runs| runs.ends_at) {
            let figures = [
                (Figure::JudgedAt, figure(at)),
                (Figure::EndsAt, figure(end)),
            ];
            let has_ended = match self.pause {
                Some((since, by_staff)) => by_staff && end <= since,
                None => at >= end,
            };
            no.with(has_ended, Code::TooLate, &figures);
        }
    }

    /// R3.7: the sale must be open and not paused, unless the lot had ended before that pause.
    pub(crate) fn no_unless_bid_on(&self, lot: u32, no: &mut No) {
        let end = self.lots.get(&lot).and_then(|lot| lot.runs()?.ends_at);
        let before =
            |(since, by_staff): (Time, bool)| by_staff && end.is_some_and(|end| end <= since);
        if !self.pause.is_some_and(before) {
            self.no_unless_running(no);
        }
    }

    pub(crate) fn no_if_late(&self, lot: u32, when: When, no: &mut No) {
        let runs = self.lots.get(&lot).and_then(|lot| lot.runs());
        if let Some(end) = runs.and_then(|runs| runs.ends_at) {
            let figures = [
                (Figure::JudgedAt, figure(when.judged)),
                (Figure::EndsAt, figure(end)),
            ];
            no.with(when.judged >= end, Code::TooLate, &figures);
        }
    }

    pub(crate) fn no_unless_may_bid(&self, paddle: Option<u32>, no: &mut No) {
        let person = paddle.and_then(|paddle| self.people.get(&paddle));
        no.when(
            person.is_some_and(|person| person.is_barred),
            Code::PaddleBarred,
        );
    }

    /// A bid of the web.
    pub(crate) fn web_bid(
        &mut self,
        lot: u32,
        (amount, kind, confirms): (Money, BidKind, Option<CommandId>),
        when: When,
    ) -> Answer {
        let mut no = No::default();
        self.no_unless_bid_on(lot, &mut no);
        self.no_unless_open(lot, &mut no);
        let paddle = self.paddle_of(when.actor);
        no.when(paddle.is_none(), Code::NotAdmitted);
        self.no_unless_may_bid(paddle, &mut no);
        self.no_if_late(lot, when, &mut no);
        if let (Some(paddle), true) = (paddle, self.takes_bids(lot)) {
            let incoming = Incoming {
                paddle,
                amount: amount.minor(),
                kind,
                origin: BidOrigin::Web,
            };
            self.no_to(lot, incoming, &mut no);
            self.no_unless_meant(lot, incoming, confirms, when, &mut no);
            self.settle_question(lot, no, (paddle, amount.minor()), when)?;
            return Ok(Some(self.accept(lot, incoming, when)));
        }
        no.first().map(|()| None)
    }

    pub(crate) fn paddle_of(&self, actor: Actor) -> Option<u32> {
        let Actor::Bidder(account) = actor else {
            return None;
        };
        let mut people = self.people.iter();
        let own = people.find(|(_, person)| person.account == Some(account));
        own.map(|(paddle, _)| *paddle)
    }

    pub(crate) fn takes_bids(&self, lot: u32) -> bool {
        self.lots.get(&lot).is_some_and(|lot| lot.is_open())
    }

    /// Says what the list says; a jump is remembered, and one that was meant is forgotten (R1).
    pub(crate) fn settle_question(
        &mut self,
        lot: u32,
        no: No,
        (paddle, amount): (u32, i64),
        when: When,
    ) -> Result<(), Refusal> {
        let said = no.first();
        if said
            .as_ref()
            .is_err_and(|said| said.code == Code::NeedsConfirmation)
        {
            let until = when.at.after(self.terms().confirmation_window);
            let jump = Jump {
                command: when.command,
                paddle,
                amount,
                until,
            };
            self.lot_mut(lot).jumps.insert(when.actor, jump);
        }
        said
    }

    /// What the amount alone says no to: R0, R1, R2, R13.
    pub(crate) fn no_to(&self, no_lot: u32, bid: Incoming, no: &mut No) {
        let lot = self.lot(no_lot);
        let (amount, ask) = (bid.amount, lot.ask());
        self.no_to_amount(no_lot, amount, no);
        let lead = lot.lead.filter(|lead| lead.paddle == bid.paddle);
        match lead {
            Some(lead) if bid.kind == BidKind::Flat => {
                no.with(true, Code::OwnLead, &[(Figure::Price, lead.price)]);
            }
            Some(lead) => {
                let falls = amount < lead.maximum && self.terms().maximum_may_fall;
                let own = [(Figure::Amount, amount), (Figure::Maximum, lead.maximum)];
                no.with(
                    amount <= lead.maximum && !falls,
                    Code::MaximumNotRaised,
                    &own,
                );
                let price = [(Figure::Amount, amount), (Figure::Price, lead.price)];
                no.with(amount < lead.price, Code::MaximumBelowPrice, &price);
            }
            None => {
                let figures = [(Figure::Amount, amount), (Figure::Ask, ask)];
                no.with(amount < ask, Code::BelowAsk, &figures);
            }
        }
        // R13: who lowers the own maximum claims no more than before.
        if lead.is_none_or(|lead| amount > lead.maximum) {
            self.no_past_limit(no_lot, bid.paddle, (amount, bid.origin), no);
        }
    }

    pub(crate) fn no_to_amount(&self, lot: u32, amount: i64, no: &mut No) {
        let most = Money::MAX_BID.minor();
        let figures = [(Figure::Amount, amount), (Figure::Bound, most)];
        no.with(
            amount == 0 || amount > most,
            Code::AmountOutOfRange,
            &figures,
        );
        let ceiling = self.lot(lot).ceiling;
        let figures = [(Figure::Amount, amount), (Figure::Ceiling, ceiling)];
        no.with(amount > ceiling, Code::AboveCeiling, &figures);
    }

    /// R13. A clerk who bids for somebody is told no figure of it.
    pub(crate) fn no_past_limit(
        &self,
        lot: u32,
        paddle: u32,
        (amount, origin): (i64, BidOrigin),
        no: &mut No,
    ) {
        let exposure = self.exposure(paddle, Some(lot));
        if let Some(limit) = self.people[&paddle].limit {
            let figures = [
                (Figure::Amount, amount),
                (Figure::Limit, limit),
                (Figure::Exposure, exposure),
                (Figure::Missing, exposure + amount - limit),
            ];
            let told = match origin {
                BidOrigin::Web => figures.as_slice(),
                BidOrigin::Floor => &[],
            };
            no.with(exposure + amount > limit, Code::OverLimit, told);
        }
    }

    /// R1: an improbable jump.
    pub(crate) fn is_jump(&self, lot: u32, bid: Incoming) -> bool {
        let lot = self.lot(lot);
        let guard = lot.english.jump_guard;
        let (times, steps) = (i64::from(guard.times), i64::from(guard.steps));
        let (ask, amount) = (lot.ask(), bid.amount);
        match bid.kind {
            BidKind::Flat => {
                let reach = ask + steps * lot.steps().step(ask);
                (times > 0 && amount > times * ask) || (steps > 0 && amount > reach)
            }
            BidKind::Maximum => times > 0 && amount > times * ask.max(lot.estimate_high),
        }
    }

    pub(crate) fn no_unless_meant(
        &self,
        no_lot: u32,
        bid: Incoming,
        confirms: Option<CommandId>,
        when: When,
        no: &mut No,
    ) {
        let lot = self.lot(no_lot);
        let Some(confirms) = confirms else {
            let until = when.at.after(self.terms().confirmation_window);
            let figures = [
                (Figure::Amount, bid.amount),
                (Figure::Ask, lot.ask()),
                (Figure::Until, figure(until)),
                (Figure::Paddle, i64::from(bid.paddle)),
            ];
            no.with(self.is_jump(no_lot, bid), Code::NeedsConfirmation, &figures);
            return;
        };
        let waits = lot.jumps.get(&when.actor).is_some_and(|jump| {
            let same = jump.command == confirms && jump.paddle == bid.paddle;
            same && jump.amount == bid.amount && when.judged <= jump.until
        });
        let figures = [
            (Figure::Amount, bid.amount),
            (Figure::JudgedAt, figure(when.judged)),
        ];
        no.with(!waits, Code::ConfirmationUnknown, &figures);
    }

    /// Takes a bid that nothing says no to.
    pub(crate) fn accept(&mut self, no: u32, bid: Incoming, when: When) -> BidResult {
        let lot = self.lot_mut(no);
        lot.jumps.remove(&when.actor);
        if let Some(lead) = lot.lead.as_mut().filter(|lead| lead.paddle == bid.paddle) {
            lead.maximum = bid.amount;
            let (bid_no, to) = (lead.bid, bid.amount);
            lot.book.0.push(Entry::Moved { bid: bid_no, to });
            self.say_bid(
                no,
                BidEvent::MaximumChanged {
                    paddle: Paddle(bid.paddle),
                    maximum: Secret::known(money(bid.amount)),
                },
            );
            return BidResult::MaximumMoved;
        }
        let line = Line {
            no: lot.last_bid() + 1,
            paddle: bid.paddle,
            amount: bid.amount,
            flat: bid.kind == BidKind::Flat,
            at: when.at,
            asked: lot.clerk_ask.filter(|_| lot.steps().mode == Mode::Clerk),
            reaffirms: false,
            void_when: None,
            declined: false,
        };
        let before = lot.lead;
        let after = place(&lot.steps(), before, lot.ask(), &line);
        let leads = after.bid == line.no;
        let (line_no, amount) = (line.no, bid.amount);
        lot.book.0.push(Entry::Bid(line));
        lot.lead = Some(after);
        lot.clerk_ask = None;
        let was_offered = lot.offer.take().is_some();
        let runs = lot.runs_mut();
        (runs.warned, runs.warned_at) = (0, None);
        let ask = lot.ask();
        self.say_bid(
            no,
            BidEvent::Accepted(BidAccepted {
                bid: BidNo(line_no),
                paddle: Paddle(bid.paddle),
                origin: bid.origin,
                kind: bid.kind,
                maximum: Secret::known(money(amount)),
                shown: money(if leads { after.price } else { amount }),
                price: money(after.price),
                leader: Paddle(after.paddle),
                ask: money(ask),
                short_step: after.short,
            }),
        );
        self.overtake(no);
        self.after_new_lead(no, before, after, was_offered, when);
        if leads {
            BidResult::Leading
        } else {
            BidResult::Outbid
        }
    }

    /// R12a: a held bid that a higher one has overtaken lapses at once.
    pub(crate) fn overtake(&mut self, no: u32) {
        let lot = self.lot_mut(no);
        if lot.held.is_some_and(|held| held.amount < lot.ask()) {
            lot.held = None;
            self.say_bid(no, BidEvent::FloorBidLapsed);
        }
    }

    /// R3.1 for bids, R3.8 where an offer is settled.
    pub(crate) fn after_new_lead(
        &mut self,
        no: u32,
        before: Option<Leads>,
        after: Leads,
        was_offered: bool,
        when: When,
    ) {
        let new_leader = before.map(|lead| lead.paddle) != Some(after.paddle);
        let new_price = before.map(|lead| lead.price) != Some(after.price);
        self.late_bid(no, new_leader, new_price, when.judged);
        if was_offered {
            self.correct_end(no, when.at);
        }
    }

    pub(crate) fn say_bid(&mut self, lot: u32, event: BidEvent) {
        self.out.push(event.of(LotNo(lot)));
    }

    pub(crate) fn say(&mut self, event: impl Into<Event>) {
        self.out.push(event.into());
    }

    /// What a refusal is, if it is about a lot.
    pub(crate) fn refused(lot: Option<LotNo>, said: Refusal) -> Event {
        Event::Refused { lot, refusal: said }
    }

    /// R0: what stands, for whoever answered something older.
    pub(crate) fn bid_has_come(bid: u32, stands: Option<(u32, i64)>) -> Refusal {
        let mut figures = vec![(Figure::Bid, i64::from(bid))];
        if let Some((paddle, price)) = stands {
            figures.extend([(Figure::Paddle, i64::from(paddle)), (Figure::Price, price)]);
        }
        refusal(Code::BidHasCome, &figures)
    }
}
