//! Whether a refusal can have been: what it says of the sale must be so, as far as everyone may
//! know. What was asked is sealed: with the key the decision itself is made again.

use mazad_engine::domain::{
    Actor, Code, Figure, LotNo, Meta, Money, Paddle, Refusal, Running, Time,
};
use mazad_engine::limits::{REASON_BYTES_MAX, WARNINGS_MAX};

use super::public_facts::judged;
use super::roll::Roll;
use crate::live::{BoardPhase, LiveSale, LotLive, LotPhase};

/// Whether the sale, as it stood, can have refused somebody so.
pub(super) fn can_be(
    live: &LiveSale,
    roll: &Roll,
    meta: &Meta,
    lot: Option<LotNo>,
    refusal: &Refusal,
) -> bool {
    RefusalCase {
        live,
        roll,
        meta,
        lot,
        refusal,
    }
    .can_be()
}

#[derive(Debug, Clone, Copy)]
struct RefusalCase<'a> {
    live: &'a LiveSale,
    roll: &'a Roll,
    meta: &'a Meta,
    lot: Option<LotNo>,
    refusal: &'a Refusal,
}

impl RefusalCase<'_> {
    #[expect(clippy::too_many_lines, reason = "one arm for each code")]
    fn can_be(self) -> bool {
        let phase = self.live.board().phase;
        let terms = self.live.board().terms.as_ref();
        // Of several lots at once a refusal names the one that it is about.
        let named = self.lot.or_else(|| self.named_lot());
        let found = named.and_then(|no| self.live.lot(no));
        let stands = |phase| found.is_some_and(|lot| lot.phase == phase);
        let is_running = phase == BoardPhase::Open;
        let open = found.filter(|lot| is_running && lot.phase == LotPhase::Open);
        let is_staff = matches!(self.meta.actor, Actor::Staff(_));
        // R3.7: a pause that came after the end tells nobody no who bid before it.
        let pause = self.live.board().pause.as_ref();
        let had_ended = |lot: &LotLive| {
            let end = lot.ends_at.filter(|_| lot.phase == LotPhase::Open);
            end.is_some_and(|end| pause.is_some_and(|pause| pause.has_ended_before(end)))
        };
        let bidding = open.or_else(|| found.filter(|lot| !is_staff && had_ended(lot)));
        match self.refusal.code {
            Code::SaleUnknown => terms.is_none(),
            Code::SaleExists => is_staff && terms.is_some(),
            // The gateway lets nobody ask for what is not theirs; how it came here is not kept.
            Code::NotAllowed => true,
            Code::SaleNotPublished => phase == BoardPhase::Draft && terms.is_some(),
            Code::SalePublished => {
                is_staff && !matches!(phase, BoardPhase::Draft | BoardPhase::Ended)
            }
            Code::SaleNotOpen => phase == BoardPhase::Announced,
            Code::SaleOpen => is_staff && matches!(phase, BoardPhase::Open | BoardPhase::Paused),
            Code::SaleEnded => phase == BoardPhase::Ended,
            Code::SalePaused => phase == BoardPhase::Paused,
            Code::SaleNotPaused => is_staff && phase != BoardPhase::Paused,
            Code::LotsRemain => {
                let mut lots = self.live.lots();
                is_staff && lots.any(|(_, lot)| lot.phase == LotPhase::Open)
            }
            Code::LotUnknown => named.is_some() && found.is_none(),
            Code::LotExists => is_staff && self.figure(Figure::Lot).is_some(),
            Code::BidHasCome => is_staff && found.is_some_and(|lot| self.has_come(lot)),
            Code::LotNotOpen => stands(LotPhase::Upcoming),
            Code::LotOpen => is_staff && stands(LotPhase::Open),
            // A lot that is offered again has had its end (R14).
            Code::LotClosed => {
                let has_ended = found.is_some_and(|lot| lot.attempt > 1);
                stands(LotPhase::Closed) || (is_staff && stands(LotPhase::Upcoming) && has_ended)
            }
            Code::LotRunsByClock => {
                let by_clock = |lot: &LotLive| matches!(lot.terms.running, Running::Timed { .. });
                is_staff && found.is_some_and(by_clock)
            }
            Code::FloorBidWaits => is_staff && open.is_some_and(|lot| lot.held.is_some()),
            Code::NothingWaits => {
                let waits = |lot: &LotLive| lot.held.is_some_and(|held| self.judged() < held.until);
                is_staff && open.is_some_and(|lot| !waits(lot))
            }
            Code::SecondOfficerNeeded => {
                let is_held = open.is_some_and(|lot| lot.held.is_some());
                is_staff && (is_held || terms.is_some_and(|terms| terms.void_needs_second))
            }
            Code::NotAdmitted => !is_staff && bidding.is_some() && self.paddle().is_none(),
            Code::PaddleTaken => is_staff && !self.roll.admitted.is_empty(),
            Code::PaddleBarred => match self.meta.actor {
                Actor::Bidder(_) => bidding.is_some() && self.is_barred(),
                _ => !self.roll.barred.is_empty(),
            },
            Code::ReopenTooLate => is_staff && is_running && stands(LotPhase::Closed),
            Code::OrderIncomplete => {
                let mut upcoming = 0;
                for (_, lot) in self.live.lots() {
                    upcoming += i64::from(lot.phase == LotPhase::Upcoming);
                }
                is_staff && self.figure(Figure::Bound) == Some(upcoming)
            }
            Code::ReasonMissing => {
                let bound = i64::try_from(REASON_BYTES_MAX).ok();
                is_staff && self.figure(Figure::Bound) == bound
            }
            Code::NotInHall => is_staff && open.is_some() && !self.roll.is_all_in_hall(),
            Code::CeilingNotRaised => {
                let ceiling = found.map(|lot| lot.terms.ceiling);
                is_staff && ceiling.is_some() && self.money(Figure::Ceiling) == ceiling
            }
            Code::LimitNeeded => is_staff && terms.is_some_and(|terms| terms.limit_needed),
            Code::LimitBelowExposure => is_staff && !self.roll.admitted.is_empty(),
            Code::NothingToAmend => is_staff && phase != BoardPhase::Ended,
            Code::BaseNeeded => is_staff && stands(LotPhase::Closed),
            // These rest on what was asked, or on what only the key opens.
            Code::PaddleUnknown | Code::TermsInvalid | Code::TooMany | Code::GroupDiffers => {
                is_staff
            }
            Code::BidUnknown | Code::TooLateForTypingError => is_staff && found.is_some(),
            // A bid is struck out also while the sale is paused.
            Code::TooLate if is_staff => {
                found.is_some_and(|lot| lot.phase == LotPhase::Open && self.is_too_late(lot))
            }
            Code::TooLate
            | Code::NothingToReaffirm
            | Code::OwnLead
            | Code::AboveCeiling
            | Code::BelowAsk
            | Code::MaximumNotRaised
            | Code::MaximumBelowPrice
            | Code::Overflow
            | Code::OverLimit
            | Code::NeedsConfirmation
            | Code::ConfirmationUnknown
            | Code::AskBelowStep
            | Code::NoBids
            | Code::ReserveNotMet
            | Code::WarnFirst
            | Code::WarnedEnough => bidding.is_some_and(|lot| self.of_open_lot(lot)),
            // A ceiling is raised also before the lot opens.
            Code::AmountOutOfRange => match bidding {
                Some(lot) => self.of_open_lot(lot),
                None => is_staff && found.is_some(),
            },
        }
    }

    /// A lot that took bids, in a sale that ran.
    fn of_open_lot(self, lot: &LotLive) -> bool {
        let code = self.refusal.code;
        if let Actor::Bidder(_) = self.meta.actor {
            let in_time = lot.ends_at.is_none_or(|end| self.judged() < end);
            let may_bid = self.paddle().is_some() && !self.is_barred();
            if !may_bid || in_time == (code == Code::TooLate) {
                return false;
            }
        }
        let is_bidder = matches!(self.meta.actor, Actor::Bidder(_));
        let leads = !is_bidder || (self.paddle().is_some() && lot.leader == self.paddle());
        let (amount, ask) = (self.money(Figure::Amount), lot.ask);
        let has_ask = self.money(Figure::Ask) == ask && ask.is_some();
        let has_price = self.money(Figure::Price) == Some(lot.price.unwrap_or(Money::ZERO));
        let below = |least: Option<Money>| amount.is_none() || amount < least;
        match code {
            Code::TooLate => self.is_too_late(lot),
            Code::AmountOutOfRange => self.money(Figure::Bound) == Some(Money::MAX_BID),
            Code::OwnLead => leads && lot.price.is_some() && has_price,
            Code::BelowAsk => has_ask && below(ask),
            Code::MaximumNotRaised => leads && lot.leader.is_some(),
            Code::MaximumBelowPrice => leads && has_price && below(lot.price),
            Code::NeedsConfirmation => {
                let terms = self.live.board().terms.as_ref();
                let until = terms.map(|terms| self.meta.at.after(terms.confirmation_window));
                has_ask && self.time(Figure::Until) == until
            }
            Code::AskBelowStep => !is_bidder && self.money(Figure::Ask) <= ask,
            Code::NoBids => !is_bidder && lot.leader.is_none(),
            Code::ReserveNotMet => !is_bidder && lot.leader.is_some() && has_price,
            Code::WarnFirst => !is_bidder && self.is_to_warn(lot),
            Code::WarnedEnough => !is_bidder && lot.warnings >= WARNINGS_MAX,
            Code::AboveCeiling => {
                let ceiling = lot.terms.ceiling;
                let is_above = amount.is_none_or(|amount| amount > ceiling);
                self.money(Figure::Ceiling) == Some(ceiling) && is_above
            }
            // Limits and offers: the rest is the key's.
            _ => true,
        }
    }

    /// R0: what it names stands: the lot's last bid, or the floor bid that waits.
    fn has_come(self, lot: &LotLive) -> bool {
        let bid = self.figure(Figure::Bid);
        let last = lot.last_bid.map_or(0, |bid| i64::from(bid.0));
        let held = lot.held.map(|held| i64::from(held.held));
        bid == Some(last) || (bid.is_some() && bid == held)
    }

    /// R12a: warnings are missing, or the last of them is too young.
    fn is_to_warn(self, lot: &LotLive) -> bool {
        let Some(terms) = self.live.board().terms.as_ref() else {
            return false;
        };
        let free_at = lot.warned_at.map(|at| at.after(terms.warning_age));
        let needed = i64::from(terms.hammer_warnings);
        let is_missing = lot.warnings < terms.hammer_warnings;
        let is_young = free_at.is_some_and(|free_at| self.meta.at < free_at);
        let says_until = self.time(Figure::Until) == free_at.filter(|_| !is_missing);
        self.figure(Figure::Bound) == Some(needed) && (is_missing || is_young) && says_until
    }

    fn is_too_late(self, lot: &LotLive) -> bool {
        let (judged, ends_at) = (self.time(Figure::JudgedAt), self.time(Figure::EndsAt));
        let is_now = [Some(self.judged()), Some(self.meta.at)].contains(&judged);
        is_now && ends_at == lot.ends_at && judged >= ends_at
    }

    fn paddle(self) -> Option<Paddle> {
        match self.meta.actor {
            Actor::Bidder(account) => self.roll.of_account.get(&account).copied(),
            Actor::Engine | Actor::Staff(_) => None,
        }
    }

    fn is_barred(self) -> bool {
        self.paddle()
            .is_some_and(|paddle| self.roll.barred.contains(&paddle))
    }

    fn judged(self) -> Time {
        judged(self.live, self.meta)
    }

    fn named_lot(self) -> Option<LotNo> {
        let lot = self.figure(Figure::Lot)?;
        u32::try_from(lot).ok().map(LotNo)
    }

    fn figure(self, figure: Figure) -> Option<i64> {
        self.refusal.figure(figure)
    }

    fn money(self, figure: Figure) -> Option<Money> {
        self.figure(figure).and_then(Money::new)
    }

    fn time(self, figure: Figure) -> Option<Time> {
        let micros = self.figure(figure)?;
        u64::try_from(micros).ok().map(Time)
    }
}
