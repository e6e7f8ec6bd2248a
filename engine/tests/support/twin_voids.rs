//! What the paper does when a bid is struck out or a paddle barred: R12b, R12c.

use std::collections::BTreeSet;

use mazad_engine::domain::{
    AppliedEffect, BidEvent, BidNo, BidResult, BidVoided, Code, DecisionCause, Figure, LotEvent,
    LotNo, LotOutcome, Money, Paddle, Refusal, SaleEvent, StaffId, Time, Undecided, VoidCause,
    VoidEffect,
};

use crate::twin_bids::When;
use crate::twin_book::{Entry, Leads, Line};
use crate::twin_paper::{LotStage, No, Offered, Paper, figure, money, refusal};

/// A void that is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Void<'a> {
    pub(crate) lot: u32,
    pub(crate) bid: u32,
    pub(crate) cause: VoidCause,
    pub(crate) note: &'a str,
    pub(crate) leads_to: Option<(Paddle, Money)>,
}

fn named(lead: Option<Leads>) -> Option<(Paddle, Money)> {
    lead.map(|lead| (Paddle(lead.paddle), money(lead.price)))
}

impl Paper {
    /// R12b: the standing of a lot without some of its bids.
    pub(crate) fn reckoned(&self, no: u32, without: impl Fn(&Line) -> bool) -> Option<Leads> {
        let lot = self.lot(no);
        lot.book.reckoned(&lot.steps(), without, &BTreeSet::new())
    }

    /// R12b: the standing that may be offered: a barred paddle is not asked.
    pub(crate) fn to_offer(&self, no: u32, without: impl Fn(&Line) -> bool) -> Option<Leads> {
        let mut skipped = BTreeSet::new();
        loop {
            let lot = self.lot(no);
            let standing = lot.book.reckoned(&lot.steps(), &without, &skipped)?;
            if !self.is_barred(standing.paddle) {
                return Some(standing);
            }
            skipped.insert(standing.paddle);
        }
    }

    /// What a void leads to, as it must be named.
    pub(crate) fn leads_to(&self, no: u32, bid: u32, whole_paddle: bool) -> Option<Leads> {
        let paddle = self.lot(no).line(bid).expect("a bid").paddle;
        let falls = |line: &Line| line.no == bid || (whole_paddle && line.paddle == paddle);
        let asks = self.terms().void_effect == VoidEffect::Strict;
        let lead_falls = self
            .lot(no)
            .lead
            .is_none_or(|lead| self.lot(no).line(lead.bid).is_some_and(falls));
        if asks && lead_falls && self.lot(no).is_open() {
            return self.to_offer(no, falls);
        }
        let standing = self.reckoned(no, falls);
        let stays = self
            .lot(no)
            .lead
            .filter(|_| !lead_falls && self.lot(no).is_open());
        stays.map_or(standing, |lead| self.lowered(lead, standing))
    }

    /// The leader stays, never at a higher price: steps of the table can make a standing dearer without
    /// a bid that the leader tied with himself.
    pub(crate) fn lowered(&self, lead: Leads, standing: Option<Leads>) -> Option<Leads> {
        let standing = standing.expect("the leading bid stands");
        assert_eq!(standing.paddle, lead.paddle, "the leader stays");
        if standing.price >= lead.price {
            return Some(lead);
        }
        Some(Leads {
            price: standing.price,
            short: standing.short,
            ..lead
        })
    }

    /// What a void leads to, for whoever has to name it.
    pub(crate) fn leads_to_of(
        &self,
        lot: LotNo,
        bid: BidNo,
        cause: VoidCause,
    ) -> Option<(Paddle, Money)> {
        let line = self
            .lots
            .get(&lot.0)?
            .line(bid.0)
            .filter(|line| line.void_when.is_none())?;
        named(self.leads_to(lot.0, line.no, cause == VoidCause::Eligibility))
    }

    pub(crate) fn void(
        &mut self,
        void: Void<'_>,
        officer: StaffId,
        when: When,
    ) -> Result<Option<BidResult>, Refusal> {
        let mut no = No::default();
        let Some(lot) = self.lots.get(&void.lot) else {
            return Err(Refusal::new(Code::LotUnknown));
        };
        let line = lot.line(void.bid).filter(|line| line.void_when.is_none());
        let Some(line) = line.cloned() else {
            no.when(true, Code::BidUnknown);
            no.first()?;
            return Ok(None);
        };
        self.no_at_end(void.lot, when.at, &mut no);
        if void.cause == VoidCause::TypingError {
            let until = line.at.after(self.terms().typing_error_window);
            // Reported in time by another officer, it is confirmed as long as the lot is open.
            let reported = lot.void_asked.is_some_and(|(bid, cause, first)| {
                (bid, cause) == (void.bid, void.cause) && first != officer
            });
            let stale = when.at > until || lot.last_bid() != line.no;
            let late = !lot.is_open() || (stale && !reported);
            let figures = [(Figure::Until, figure(until))];
            no.with(late, Code::TooLateForTypingError, &figures);
        }
        let whole = void.cause == VoidCause::Eligibility;
        let standing = self.leads_to(void.lot, void.bid, whole);
        if void.leads_to != named(standing) {
            let stands = standing.map(|lead| (lead.paddle, lead.price));
            let said = Self::bid_has_come(lot.last_bid(), stands);
            no.with(true, said.code, &said.figures);
        }
        no_reason(void.note, &mut no);
        let asked = lot
            .void_asked
            .filter(|(bid, cause, _)| (*bid, *cause) == (void.bid, void.cause));
        let needs_second = self.terms().void_needs_second;
        let own = asked.is_some_and(|(_, _, first)| first == officer);
        no.when(needs_second && own, Code::SecondOfficerNeeded);
        no.first()?;
        if needs_second && asked.is_none() {
            self.lot_mut(void.lot).void_asked = Some((void.bid, void.cause, officer));
            let (bid, cause) = (BidNo(void.bid), void.cause);
            self.say(LotEvent::VoidRequested { bid, cause }.of(LotNo(void.lot)));
            return Ok(None);
        }
        let officers = match asked {
            Some((_, _, first)) if needs_second => (first, Some(officer)),
            _ => (officer, None),
        };
        self.strike_out(void, whole.then_some(line.paddle), officers, when.at);
        if whole {
            self.shut_out(void, line.paddle, officers, when.at);
        }
        Ok(None)
    }

    /// Lost eligibility: the paddle is barred and falls in every other lot that is open.
    pub(crate) fn shut_out(
        &mut self,
        void: Void<'_>,
        paddle: u32,
        officers: (StaffId, Option<StaffId>),
        at: Time,
    ) {
        if !self.is_barred(paddle) {
            self.people.get_mut(&paddle).expect("known").is_barred = true;
            self.say(SaleEvent::PaddleBarred {
                paddle: Paddle(paddle),
                reason: void.note.to_owned(),
            });
        }
        let lots: Vec<u32> = self.lots.keys().copied().collect();
        for lot in lots.into_iter().filter(|lot| *lot != void.lot) {
            let mut at_end = No::default();
            self.no_at_end(lot, at, &mut at_end);
            if at_end.first().is_err() {
                continue;
            }
            let own = |line: &&Line| line.paddle == paddle && line.void_when.is_none();
            let last = self
                .lot(lot)
                .book
                .lines()
                .rev()
                .find(own)
                .map(|line| line.no);
            let Some(bid) = last.filter(|_| self.lot(lot).is_open()) else {
                self.lapse_held_of(lot, paddle);
                continue;
            };
            let other = Void { lot, bid, ..void };
            self.strike_out(other, Some(paddle), officers, at);
        }
    }

    pub(crate) fn lapse_held_of(&mut self, lot: u32, paddle: u32) {
        let lot = self.lot_mut(lot);
        if lot.is_open() && lot.held.is_some_and(|held| held.paddle == paddle) {
            lot.held = None;
            let no = lot.no;
            self.say_bid(no, BidEvent::FloorBidLapsed);
        }
    }

    /// Strikes out one bid, or all of a paddle.
    pub(crate) fn strike_out(
        &mut self,
        void: Void<'_>,
        paddle: Option<u32>,
        (officer, second): (StaffId, Option<StaffId>),
        at: Time,
    ) {
        let falls = |line: &Line| line.no == void.bid || Some(line.paddle) == paddle;
        let lot = self.lot_mut(void.lot);
        let lead_falls = lot
            .lead
            .is_some_and(|lead| lot.line(lead.bid).is_some_and(falls));
        let last = lot.last_bid();
        for line in lot.book.lines_mut().filter(|line| falls(line)) {
            line.void_when = line.void_when.or(Some(last));
        }
        lot.void_asked = None;
        let effect = if lot.is_open() {
            self.settle_open(void.lot, lead_falls)
        } else {
            self.settle_closed(void.lot, lead_falls)
        };
        let lot = self.lot(void.lot);
        let standing = if lot.is_open() {
            lot.lead
        } else {
            self.reckoned(void.lot, |_| false)
        };
        let ask = match (lot.is_open(), lot.offer, standing) {
            (false, _, Some(lead)) => lot.steps().above(lead.price),
            (false, _, None) => lot.steps().first(),
            (true, ..) => lot.ask(),
        };
        let (leader, price) = named(standing).unzip();
        let voided = LotEvent::BidVoided(BidVoided {
            bid: BidNo(void.bid),
            all_of_paddle: paddle.is_some(),
            cause: void.cause,
            officer,
            second,
            note: void.note.to_owned(),
            effect,
            price,
            leader,
            ask: money(ask),
        });
        self.say(voided.of(LotNo(void.lot)));
        if self.lot(void.lot).is_open() {
            if let Some(paddle) = paddle {
                self.lapse_held_of(void.lot, paddle);
            }
            if effect != AppliedEffect::Unchanged {
                let runs = self.lot_mut(void.lot).runs_mut();
                (runs.warned, runs.warned_at) = (0, None);
                if effect == AppliedEffect::Lapsed {
                    self.offer_next(void.lot, at);
                }
                self.correct_end(void.lot, at);
            }
        }
    }

    pub(crate) fn settle_open(&mut self, no: u32, lead_falls: bool) -> AppliedEffect {
        let strict = self.terms().void_effect == VoidEffect::Strict;
        let next = self.to_offer(no, |_| false);
        let standing = self.reckoned(no, |_| false);
        let lot = self.lot_mut(no);
        match lot.lead {
            Some(_) if strict && lead_falls => {
                lot.book.0.push(Entry::Lapse);
                lot.lead = None;
                lot.clerk_ask = None;
                // Its ask is told beside the void.
                lot.offer = next.map(|next| Offered {
                    paddle: next.paddle,
                    price: next.price,
                    until: Time(0),
                });
                AppliedEffect::Lapsed
            }
            None if strict => {
                let offered = lot.offer.map(|offer| (offer.paddle, offer.price));
                if offered.is_none() || offered == next.map(|next| (next.paddle, next.price)) {
                    return AppliedEffect::Unchanged;
                }
                lot.clerk_ask = None;
                lot.offer = next.map(|next| Offered {
                    paddle: next.paddle,
                    price: next.price,
                    until: Time(0),
                });
                AppliedEffect::Lapsed
            }
            _ if lead_falls => {
                lot.lead = standing;
                lot.clerk_ask = None;
                AppliedEffect::Revived
            }
            // The leader stays, and with him the bid that took the lead.
            Some(before) => {
                let after = self.lowered(before, standing);
                let lot = self.lot_mut(no);
                if after == lot.lead {
                    return AppliedEffect::Unchanged;
                }
                lot.lead = after;
                lot.clerk_ask = None;
                AppliedEffect::Repriced
            }
            None => AppliedEffect::Unchanged,
        }
    }

    /// Found after the close: nobody is revived, no price changes by itself.
    pub(crate) fn settle_closed(&mut self, no: u32, lead_falls: bool) -> AppliedEffect {
        let standing = self.reckoned(no, |_| false);
        let base = self.lot(no).base();
        let lifts = self.terms().reserve_lift;
        let (shown, lead) = (self.lot(no).shown(), self.lot(no).lead);
        let lot = self.lot_mut(no);
        let LotStage::Closed(over) = &mut lot.stage else {
            return AppliedEffect::Unchanged;
        };
        let decided = matches!(
            over.outcome,
            LotOutcome::KnockedDown { .. } | LotOutcome::ForDecision(_)
        );
        let pays = standing.map(|lead| {
            let lifted = lifts && lead.price < base && lead.maximum >= base;
            (lead.paddle, if lifted { base } else { lead.price })
        });
        if !decided {
            if !lead_falls && named(standing) == named(lead) {
                return AppliedEffect::Unchanged;
            }
            // Nobody had won: what is shown is the highest bid that stands.
            over.is_voided = true;
            lot.lead = standing;
            return AppliedEffect::Revived;
        }
        let (paddle, price) = shown.expect("somebody led");
        let cause = match over.outcome {
            LotOutcome::ForDecision(open) if open.cause != DecisionCause::PriceDiffers => {
                open.cause
            }
            _ if lead_falls => DecisionCause::WinnerStruckOut,
            LotOutcome::ForDecision(_) => DecisionCause::PriceDiffers,
            _ if pays == Some((paddle, price)) => {
                // It was lifted to the base, whatever the bids: opened again it would not be.
                over.is_voided |= named(standing) != named(lead);
                return AppliedEffect::Unchanged;
            }
            _ => DecisionCause::PriceDiffers,
        };
        lot.lead = standing;
        over.is_voided = true;
        over.outcome = LotOutcome::ForDecision(Undecided {
            cause,
            paddle: Paddle(paddle),
            price: money(price),
            reckoned: named(standing),
        });
        AppliedEffect::ForDecision
    }

    /// R13: a paddle is barred; what is offered to it or waits for it ends.
    pub(crate) fn bar(&mut self, paddle: u32, reason: &str, at: Time) {
        self.people.get_mut(&paddle).expect("known").is_barred = true;
        self.say(SaleEvent::PaddleBarred {
            paddle: Paddle(paddle),
            reason: reason.to_owned(),
        });
        let open = self.lots.values().filter(|lot| lot.is_open());
        let open: Vec<u32> = open.map(|lot| lot.no).collect();
        for lot in open {
            // What has reached its end is not revived by it; it is for decision.
            let mut at_end = No::default();
            self.no_at_end(lot, at, &mut at_end);
            if at_end.first().is_err() {
                continue;
            }
            self.lapse_held_of(lot, paddle);
            let leads = self.lot(lot).lead.is_some_and(|lead| lead.paddle == paddle);
            if self
                .lot(lot)
                .offer
                .is_some_and(|offer| offer.paddle == paddle)
            {
                self.offer_next(lot, at);
                self.correct_end(lot, at);
            } else if leads {
                self.correct_end(lot, at);
            }
        }
    }
}

/// R12: a public reason, not too long.
pub(crate) fn no_reason(reason: &str, no: &mut No) {
    let good = !reason.trim().is_empty() && reason.len() <= 1024;
    no.with(!good, Code::ReasonMissing, &[(Figure::Bound, 1024)]);
}

/// The refusal of whoever may not ask.
pub(crate) fn not_allowed() -> Refusal {
    refusal(Code::NotAllowed, &[])
}
