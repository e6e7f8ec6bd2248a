//! What the paper says to the clerks of the hall: R12a, and the ask of R1.

use mazad_engine::domain::{
    BidEvent, BidKind, BidOrigin, BidResult, Code, CommandId, Figure, Mode, Money, Paddle, Refusal,
    StaffId,
};

use crate::twin_paper::{Held, Incoming, No, Paper, figure, money};

use crate::twin_bids::When;

type Answer = Result<Option<BidResult>, Refusal>;

impl Paper {
    /// A bid of the hall.
    pub(crate) fn floor_bid(
        &mut self,
        lot: u32,
        (paddle, amount, confirms): (Paddle, Money, Option<CommandId>),
        clerk: StaffId,
        when: When,
    ) -> Answer {
        let bid = Incoming {
            paddle: paddle.0,
            amount: amount.minor(),
            kind: BidKind::Flat,
            origin: BidOrigin::Floor,
        };
        let mut no = No::default();
        self.no_unless_running(&mut no);
        self.no_unless_open(lot, &mut no);
        self.no_if_held(lot, &mut no);
        self.no_unless_in_hall(bid.paddle, &mut no);
        self.no_if_late(lot, when, &mut no);
        if !self.people.contains_key(&bid.paddle) || !self.takes_bids(lot) {
            return no.first().map(|()| None);
        }
        if self.is_offered(lot, bid) {
            self.no_to_reaffirming(lot, bid.paddle, when, &mut no);
            no.first()?;
            // The threshold holds for reaffirming too: nobody leads, so it rises over the opening.
            if self.rises_far(lot, self.lot(lot).steps().first(), bid) {
                return Ok(Some(self.hold(lot, bid, clerk, when)));
            }
            return Ok(Some(self.lead_again(lot, when)));
        }
        self.no_to(lot, bid, &mut no);
        self.no_unless_meant(lot, bid, confirms, when, &mut no);
        self.settle_question(lot, no, (bid.paddle, bid.amount), when)?;
        if self.is_above_threshold(lot, bid) {
            self.lot_mut(lot).jumps.remove(&when.actor);
            return Ok(Some(self.hold(lot, bid, clerk, when)));
        }
        Ok(Some(self.accept(lot, bid, when)))
    }

    pub(crate) fn no_if_held(&self, lot: u32, no: &mut No) {
        if let Some(held) = self.lots.get(&lot).and_then(|lot| lot.held) {
            let figures = [
                (Figure::Amount, held.amount),
                (Figure::Until, figure(held.until)),
                (Figure::Bid, i64::from(held.no)),
                (Figure::Paddle, i64::from(held.paddle)),
            ];
            no.with(true, Code::FloorBidWaits, &figures);
        }
    }

    pub(crate) fn no_unless_in_hall(&self, paddle: u32, no: &mut No) {
        let Some(person) = self.people.get(&paddle) else {
            no.when(true, Code::PaddleUnknown);
            return;
        };
        no.when(person.is_barred, Code::PaddleBarred);
        no.when(
            person.account.is_some() && !person.is_present,
            Code::NotInHall,
        );
    }

    pub(crate) fn is_above_threshold(&self, no: u32, bid: Incoming) -> bool {
        let asks_for_two = self.terms().floor_second_steps > 0;
        let far = self.rises_far(no, self.lot(no).ask(), bid);
        asks_for_two && (far || self.is_jump(no, bid))
    }

    pub(crate) fn rises_far(&self, no: u32, ask: i64, bid: Incoming) -> bool {
        let steps = i64::from(self.terms().floor_second_steps);
        let reach = ask + steps * self.lot(no).steps().step(ask);
        steps > 0 && bid.amount > reach
    }

    pub(crate) fn hold(&mut self, no: u32, bid: Incoming, clerk: StaffId, when: When) -> BidResult {
        let until = when.at.after(self.terms().floor_confirm_window);
        let lot = self.lot_mut(no);
        lot.held_count += 1;
        let held = Held {
            no: lot.held_count,
            paddle: bid.paddle,
            amount: bid.amount,
            clerk,
            until,
        };
        lot.held = Some(held);
        self.say_bid(
            no,
            BidEvent::FloorBidHeld {
                held: held.no,
                paddle: Paddle(held.paddle),
                amount: money(held.amount),
                until,
            },
        );
        BidResult::Held
    }

    /// A second clerk confirms, naming the bid that waits.
    pub(crate) fn confirm_floor_bid(
        &mut self,
        no_lot: u32,
        named: (u32, Paddle, Money),
        clerk: StaffId,
        when: When,
    ) -> Answer {
        let mut no = No::default();
        self.no_unless_running(&mut no);
        self.no_unless_open(no_lot, &mut no);
        let held = self.lots.get(&no_lot).and_then(|lot| lot.held);
        let Some(held) = held.filter(|_| self.takes_bids(no_lot)) else {
            no.when(true, Code::NothingWaits);
            return no.first().map(|()| None);
        };
        let until = [(Figure::Until, figure(held.until))];
        no.with(when.judged >= held.until, Code::NothingWaits, &until);
        let waits = (held.no, Paddle(held.paddle), money(held.amount));
        let figures = [
            (Figure::Bid, i64::from(held.no)),
            (Figure::Paddle, i64::from(held.paddle)),
            (Figure::Amount, held.amount),
        ];
        no.with(named != waits, Code::BidHasCome, &figures);
        no.when(held.clerk == clerk, Code::SecondOfficerNeeded);
        self.no_unless_in_hall(held.paddle, &mut no);
        self.no_if_late(no_lot, when, &mut no);
        let bid = Incoming {
            paddle: held.paddle,
            amount: held.amount,
            kind: BidKind::Flat,
            origin: BidOrigin::Floor,
        };
        if self.is_offered(no_lot, bid) {
            self.no_to_reaffirming(no_lot, bid.paddle, when, &mut no);
            no.first()?;
            self.lot_mut(no_lot).held = None;
            return Ok(Some(self.lead_again(no_lot, when)));
        }
        self.no_to(no_lot, bid, &mut no);
        no.first()?;
        self.lot_mut(no_lot).held = None;
        Ok(Some(self.accept(no_lot, bid, when)))
    }

    /// R1: a clerk names the ask.
    pub(crate) fn set_ask(&mut self, lot: u32, ask: Money, when: When) -> Answer {
        let mut no = No::default();
        self.no_unless_running(&mut no);
        self.no_unless_open(lot, &mut no);
        self.no_at_end(lot, when.at, &mut no);
        if self.takes_bids(lot) {
            self.no_to_amount(lot, ask.minor(), &mut no);
            let least = self.lot(lot).table_ask();
            let follows = self.lot(lot).steps().mode != Mode::Clerk;
            let figures = [(Figure::Amount, ask.minor()), (Figure::Ask, least)];
            no.with(follows || ask.minor() < least, Code::AskBelowStep, &figures);
        }
        no.first()?;
        self.lot_mut(lot).clerk_ask = Some(ask.minor());
        self.say_bid(lot, BidEvent::AskSet { ask });
        self.overtake(lot);
        Ok(None)
    }
}
