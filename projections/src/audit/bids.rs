//! R1, R2, R12: bids, what they come to, and what is left when one is struck out, by public facts.

use std::collections::BTreeSet;

use mazad_engine::domain::rules::increment::ask_after;
use mazad_engine::domain::{
    Actor, AppliedEffect, BidAccepted, BidEvent, BidKind, BidNo, BidOrigin, BidVoided,
    DecisionCause, Increments, LotNo, LotOutcome, Meta, MethodTerms, Money, Paddle, Running,
    VoidCause, VoidEffect,
};

use super::public_facts::{Wrong, judged};
use super::roll::Roll;
use crate::bids::{BidBook, BidEntry};
use crate::live::{BoardPhase, LiveSale, LotLive, LotPhase};

/// An event of a lot, with how everything stood before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct BidFacts<'a> {
    pub(super) live: &'a LiveSale,
    pub(super) roll: &'a Roll,
    pub(super) book: &'a BidBook,
    pub(super) meta: &'a Meta,
    pub(super) no: LotNo,
    pub(super) lot: &'a LotLive,
}

/// Whether a bid falls by a void.
fn strikes(void: &BidVoided, whose: Option<Paddle>, bid: &BidEntry) -> bool {
    bid.bid == void.bid || (void.all_of_paddle && Some(bid.paddle) == whose)
}

impl BidFacts<'_> {
    /// What the method of sale takes in while the lot is open.
    pub(super) fn check(self, event: &BidEvent, wrong: &mut Wrong) {
        match *event {
            BidEvent::Accepted(ref bid) => self.check_bid(bid, wrong),
            BidEvent::MaximumChanged { paddle, .. } => {
                let is_own = self.lot.leader == Some(paddle) && self.roll.may_bid(paddle);
                wrong.must(is_own, "somebody moves a maximum who does not lead");
            }
            BidEvent::AskSet { ask } => {
                wrong.must(ask <= self.lot.terms.ceiling, ABOVE_CEILING);
            }
            BidEvent::ReserveLifted { price } => self.check_lift(price, wrong),
            BidEvent::FloorBidHeld { paddle, amount, .. } => {
                self.check_bidder(paddle, BidOrigin::Floor, wrong);
                wrong.must(self.lot.held.is_none(), "two bids of the hall wait");
                wrong.must(amount <= self.lot.terms.ceiling, ABOVE_CEILING);
            }
            BidEvent::FloorBidLapsed => {
                wrong.must(self.lot.held.is_some(), "a bid lapses that did not wait");
            }
            BidEvent::ReaffirmOffered { paddle, price, .. } => {
                wrong.must(self.lot.leader.is_none(), "a lead is offered that is taken");
                wrong.must(
                    self.roll.may_bid(paddle),
                    "the lead is offered to who is barred",
                );
                self.check_reckoned(None, Some((paddle, price)), wrong);
            }
            BidEvent::LeadReaffirmed {
                bid,
                paddle,
                price,
                ask,
            } => {
                let origin = match self.meta.actor {
                    Actor::Staff(_) => BidOrigin::Floor,
                    Actor::Bidder(_) | Actor::Engine => BidOrigin::Web,
                };
                self.check_bidder(paddle, origin, wrong);
                self.check_place(bid, wrong);
                let offer = self.lot.offer;
                let is_offered = offer.is_some_and(|offer| {
                    (offer.paddle, offer.price) == (paddle, price)
                        && judged(self.live, self.meta) < offer.until
                });
                wrong.must(is_offered, "a lead is taken that was not offered so");
                self.check_ask(price, ask, wrong);
            }
            BidEvent::ReaffirmEnded { .. } => {
                wrong.must(self.lot.leader.is_none(), "an offer ends that was not made");
            }
        }
    }

    /// R13, R12a: whoever bids is admitted, not barred, and in the hall if a clerk bids.
    fn check_bidder(self, paddle: Paddle, origin: BidOrigin, wrong: &mut Wrong) {
        let is_admitted = self.roll.admitted.contains(&paddle);
        wrong.must(is_admitted, "a bid of a paddle that is not admitted");
        let may_bid = !self.roll.barred.contains(&paddle);
        wrong.must(may_bid, "a bid of a paddle that is barred");
        let is_there = origin == BidOrigin::Web || self.roll.is_in_hall(paddle);
        wrong.must(is_there, "a clerk bids for somebody who is not in the hall");
    }

    /// R0: in its place among the lot's bids, while it took bids.
    fn check_place(self, bid: BidNo, wrong: &mut Wrong) {
        let last = self.lot.last_bid.map_or(0, |last| last.0);
        wrong.must(bid.0 == last.saturating_add(1), "a bid is left out");
        let in_time = self
            .lot
            .ends_at
            .is_none_or(|end| judged(self.live, self.meta) < end);
        wrong.must(in_time, "a bid at or after the end");
        let board = self.live.board();
        let pause = board.pause.as_ref();
        let had_ended = |end| pause.is_some_and(|pause| pause.has_ended_before(end));
        let runs = board.phase == BoardPhase::Open || self.lot.ends_at.is_some_and(had_ended);
        wrong.must(runs, "a bid in a sale that does not run");
    }

    /// R1, R2: at least the ask, at most the ceiling; the price does not fall.
    fn check_bid(self, bid: &BidAccepted, wrong: &mut Wrong) {
        let (before, ceiling) = (self.lot, self.lot.terms.ceiling);
        self.check_bidder(bid.paddle, bid.origin, wrong);
        self.check_place(bid.bid, wrong);
        let is_leader = [Some(bid.paddle), before.leader].contains(&Some(bid.leader));
        wrong.must(is_leader, "a bid gives the lead to somebody else");
        let is_other = before.leader != Some(bid.paddle);
        wrong.must(is_other, "the leader bids against himself");
        let rises = before.price.is_none_or(|price| bid.price >= price);
        wrong.must(rises, "the price falls by a bid");
        wrong.must(bid.shown.max(bid.price) <= ceiling, ABOVE_CEILING);
        // R2.5: a maximum that takes the lead is shown at what it pays. Where steps fall that may
        // be below the ask, never below the price. What was asked is sealed: the key tells.
        let takes_lead = bid.kind == BidKind::Maximum && bid.leader == bid.paddle;
        let least = before.price.filter(|_| takes_lead).or(before.ask);
        let enough = least.is_none_or(|least| bid.shown >= least);
        wrong.must(enough, "a bid below the least amount");
        let maximum = bid.maximum.open();
        let covered = maximum.is_none_or(|maximum| maximum >= bid.shown);
        wrong.must(covered, "more is shown than was bid");
        let bounded = maximum.is_none_or(|maximum| maximum <= ceiling);
        wrong.must(bounded, ABOVE_CEILING);
        self.check_ask(bid.price, bid.ask, wrong);
    }

    /// R1: what is asked follows from the price and the table.
    fn check_ask(self, price: Money, ask: Money, wrong: &mut Wrong) {
        let follows = ask == ask_after(self.increments(), price);
        wrong.must(follows, "the ask does not follow from the price");
    }

    fn increments(&self) -> &Increments {
        match &self.lot.terms.method {
            MethodTerms::English(english) => &english.increments,
        }
    }

    /// R12b: what a void may do, and by whom.
    pub(super) fn check_void(self, void: &BidVoided, wrong: &mut Wrong) {
        let lot = self.lot;
        let terms = self.live.board().terms.as_ref();
        wrong.must(lot.is_void(void.bid) == Some(false), "no such bid stands");
        let is_whole = void.all_of_paddle == (void.cause == VoidCause::Eligibility);
        wrong.must(
            is_whole,
            "lost eligibility is of all bids of a paddle, and nothing else is",
        );
        let needs_second = terms.is_some_and(|terms| terms.void_needs_second);
        let is_agreed = void
            .second
            .map_or(!needs_second, |second| second != void.officer);
        wrong.must(is_agreed, "a void is not agreed upon");
        let after = (void.leader, void.price);
        let (before, is_open) = ((lot.leader, lot.price), lot.phase == LotPhase::Open);
        let is_booklet = terms.is_some_and(|terms| terms.void_effect == VoidEffect::Booklet);
        let fits = match void.effect {
            AppliedEffect::Unchanged => !self.lead_falls(void) && (!is_open || after == before),
            AppliedEffect::Lapsed => is_open && !is_booklet && after == (None, None),
            AppliedEffect::Revived => !is_open || is_booklet,
            AppliedEffect::Repriced => is_open && after.0 == before.0 && after.1 < before.1,
            AppliedEffect::ForDecision => lot.outcome.is_some_and(is_hammered),
        };
        wrong.must(fits, "a void has another effect than the terms have");
        self.check_reckoned(Some(void), void.leader.zip(void.price), wrong);
    }

    /// Whether the bid by which the lot is led falls: whoever leads has made it last.
    fn lead_falls(self, void: &BidVoided) -> bool {
        let of_lot = || self.book.of_lot(self.no);
        let whose = of_lot().find(|bid| bid.bid == void.bid);
        let whose = whose.map(|bid| bid.paddle);
        let stands = |bid: &&BidEntry| bid.attempt == self.lot.attempt && bid.void.is_none();
        let of_leader = of_lot()
            .filter(stands)
            .filter(|bid| Some(bid.paddle) == self.lot.leader);
        of_leader
            .last()
            .is_some_and(|bid| strikes(void, whose, bid))
    }

    /// R12b: nobody is charged more than the bids that stand have brought about. Their maxima are
    /// sealed; but the price after the last of them is public, and without the void ones it was no
    /// higher. Where steps fall it may have been: there only the key tells.
    fn check_reckoned(
        self,
        void: Option<&BidVoided>,
        lead: Option<(Paddle, Money)>,
        wrong: &mut Wrong,
    ) {
        let of_lot = || self.book.of_lot(self.no);
        let whose = void.and_then(|void| of_lot().find(|bid| bid.bid == void.bid));
        let whose = whose.map(|bid| bid.paddle);
        let stands = |bid: &&BidEntry| {
            let falls = void.is_some_and(|void| strikes(void, whose, bid));
            bid.attempt == self.lot.attempt && bid.void.is_none() && !falls
        };
        let Some((leader, price)) = lead else {
            return;
        };
        let bids = || of_lot().filter(stands);
        let has_bid = bids().any(|bid| bid.paddle == leader);
        wrong.must(has_bid, "somebody would lead without a bid that stands");
        let steps = self.increments().bands();
        if steps.is_sorted_by_key(|band| band.step) {
            let most = bids().map(|bid| bid.price).max();
            wrong.must(
                Some(price) <= most,
                "a void leaves more to pay than the bids that stand",
            );
        }
    }

    /// R4: the price rises to the base at the close, by the terms.
    pub(super) fn check_lift(self, price: Money, wrong: &mut Wrong) {
        let terms = self.live.board().terms.as_ref();
        let may_be = terms.is_some_and(|terms| terms.reserve_lift);
        let rises = self.lot.price.is_some_and(|before| before < price);
        wrong.must(
            may_be && rises,
            "a price is lifted that the terms do not lift",
        );
    }

    /// R3, R4, R12a, R12c: not before the end or the warnings, and as the bids have it.
    pub(super) fn check_close(
        self,
        outcome: LotOutcome,
        (bidders, lifted): (u32, Option<Money>),
        wrong: &mut Wrong,
    ) {
        let lot = self.lot;
        wrong.must(lot.phase == LotPhase::Open, "it ends and was not open");
        let by_clock = matches!(lot.terms.running, Running::Timed { .. });
        let has_ended = lot.ends_at.is_some_and(|end| end <= self.meta.at);
        let is_engine = self.meta.actor == Actor::Engine;
        wrong.must(
            by_clock == is_engine,
            "it ends by another hand than its own",
        );
        wrong.must(!by_clock || has_ended, "it closes before its end");
        let stood = self.book.of_lot(self.no);
        let stood = stood.filter(|bid| bid.attempt == lot.attempt && bid.void.is_none());
        let paddles: BTreeSet<Paddle> = stood.map(|bid| bid.paddle).collect();
        let is_counted = u32::try_from(paddles.len()) == Ok(bidders);
        wrong.must(is_counted, "its bidders are counted otherwise");
        let lead = lot.leader.zip(lifted.or(lot.price));
        let is_barred = |paddle| self.roll.barred.contains(&paddle);
        match outcome {
            LotOutcome::KnockedDown { paddle, price } => {
                let is_lead = lead == Some((paddle, price));
                wrong.must(is_lead, "it is not knocked down to its leader at its price");
                wrong.must(!is_barred(paddle), "it is knocked down to who is barred");
                wrong.must(price <= lot.terms.ceiling, ABOVE_CEILING);
                self.check_hammer(wrong);
            }
            LotOutcome::ForDecision(undecided) => {
                let is_lead = lead == Some((undecided.paddle, undecided.price));
                let because = undecided.cause == DecisionCause::LeaderBarred;
                let is_due = is_lead && because && is_barred(undecided.paddle);
                wrong.must(is_due, "it is left for decision without a cause");
                self.check_hammer(wrong);
            }
            LotOutcome::NoBid => {
                wrong.must(
                    !lot.has_had_bids(),
                    "it ends without a bid, and there were some",
                );
            }
            LotOutcome::Lapsed => {
                let lapsed = lot.has_had_bids() && lead.is_none();
                wrong.must(lapsed, "its bids have lapsed, and one stands");
            }
            LotOutcome::BelowBase => {
                let has_base = lot.terms.method.reserve().is_some();
                wrong.must(
                    has_base && lead.is_some(),
                    "it fails below a base and has none",
                );
            }
            LotOutcome::PassedByClerk => {
                wrong.must(!by_clock && lead.is_some(), "no clerk can have passed it");
            }
            LotOutcome::Withdrawn => wrong.must(false, "it is withdrawn by another event"),
        }
    }

    /// R12a: after the warnings that the terms ask for, since the last bid, none of them just now.
    fn check_hammer(self, wrong: &mut Wrong) {
        let by_hand = self.lot.terms.running == Running::Clerked;
        let Some(terms) = self.live.board().terms.as_ref().filter(|_| by_hand) else {
            return;
        };
        let needed = terms.hammer_warnings;
        let free_at = self.lot.warned_at.map(|at| at.after(terms.warning_age));
        let is_warned = self.lot.warnings >= needed
            && (needed == 0 || free_at.is_some_and(|free_at| free_at <= self.meta.at));
        wrong.must(is_warned, "the hammer falls before its warnings");
    }
}

const fn is_hammered(outcome: LotOutcome) -> bool {
    match outcome {
        LotOutcome::KnockedDown { .. } | LotOutcome::ForDecision(_) => true,
        LotOutcome::NoBid
        | LotOutcome::BelowBase
        | LotOutcome::PassedByClerk
        | LotOutcome::Lapsed
        | LotOutcome::Withdrawn => false,
    }
}

const ABOVE_CEILING: &str = "more than may be bid for it at all";
