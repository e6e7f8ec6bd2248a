//! R0, R1, R2, R13: a bid, from an act to the events that follow.

use super::English;
use super::proxy::{Incoming, Lead, place};
use crate::domain::case::{Case, OpenLot};
use crate::domain::rules::closing::{corrected, in_time, late_bid};
use crate::domain::rules::increment::{is_improbable_maximum, is_jump};
use crate::domain::rules::limit::{admission, is_in_hall, within_ceiling, within_limit};
use crate::domain::{
    Actor, Admission, BidAccepted, BidEvent, BidKind, BidOrigin, Code, CommandId, Event, Figure,
    Money, Paddle, Refusal, Secret,
};

/// A bid on its way into the book.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bidding<'a> {
    pub(super) case: &'a Case<'a>,
    pub(super) on: OpenLot<'a>,
    pub(super) english: &'a English,
    pub(super) paddle: Paddle,
    pub(super) amount: Money,
    pub(super) kind: BidKind,
    pub(super) origin: BidOrigin,
    /// R1: the command whose confirmation this is.
    pub(super) confirms: Option<CommandId>,
}

impl<'a> Bidding<'a> {
    /// With the defaults of the hall: flat, confirming nothing.
    pub(super) fn new(
        case: &'a Case<'a>,
        on: OpenLot<'a>,
        english: &'a English,
        paddle: Paddle,
        amount: Money,
    ) -> Self {
        let origin = match case.command.actor {
            Actor::Bidder(_) => BidOrigin::Web,
            Actor::Staff(_) | Actor::Engine => BidOrigin::Floor,
        };
        Self {
            case,
            on,
            english,
            paddle,
            amount,
            kind: BidKind::Flat,
            origin,
            confirms: None,
        }
    }

    /// R0, R1, R2, R13: takes the bid or says why not. The checks stand in the order of [`Code`].
    pub(super) fn decide(&self) -> Result<Vec<Event>, Refusal> {
        self.is_good()?;
        self.not_a_slip()?;
        Ok(self.take())
    }

    /// R13, R12a: the paddle is admitted, not barred, and in the hall if a clerk bids for it.
    pub(super) fn may_bid(&self) -> Result<&'a Admission, Refusal> {
        let admission = admission(self.case, self.paddle)?;
        match self.origin {
            BidOrigin::Web => {}
            BidOrigin::Floor => is_in_hall(admission)?,
        }
        Ok(admission)
    }

    /// Whether it could be taken as it stands, a slip or not.
    pub(super) fn is_good(&self) -> Result<(), Refusal> {
        let admission = self.may_bid()?;
        in_time(self.case, self.on.open)?;
        if self.amount.is_zero() || self.amount > Money::MAX_BID {
            return Err(out_of_range(self.amount));
        }
        within_ceiling(self.on.lot, self.amount)?;
        let ask = self.english.ask();
        let own_lead = self.own_lead();
        match own_lead {
            Some(lead) => self.may_move_maximum(&lead)?,
            None if self.amount < ask => {
                return Err(Refusal::new(Code::BelowAsk)
                    .with(Figure::Amount, self.amount.minor())
                    .with(Figure::Ask, ask.minor()));
            }
            None => {}
        }
        // R13: who lowers the own maximum claims no more than before.
        if own_lead.is_none_or(|lead| self.amount > lead.maximum) {
            self.within_limit(admission)?;
        }
        Ok(())
    }

    fn own_lead(&self) -> Option<Lead> {
        self.english.lead.filter(|lead| lead.paddle == self.paddle)
    }

    /// What a bid that is good brings about.
    pub(super) fn take(&self) -> Vec<Event> {
        if self.own_lead().is_some() {
            let changed = BidEvent::MaximumChanged {
                paddle: self.paddle,
                maximum: Secret::known(self.amount),
            };
            return vec![changed.of(self.on.lot.no)];
        }
        self.accept(self.english.ask())
    }

    /// R2.2: the leader may raise the own maximum; lower it only by the terms, never below P.
    fn may_move_maximum(&self, lead: &Lead) -> Result<(), Refusal> {
        if self.kind == BidKind::Flat {
            return Err(Refusal::new(Code::OwnLead).with(Figure::Price, lead.price.minor()));
        }
        let may_fall = self.case.terms.maximum_may_fall && self.amount < lead.maximum;
        if self.amount <= lead.maximum && !may_fall {
            return Err(Refusal::new(Code::MaximumNotRaised)
                .with(Figure::Amount, self.amount.minor())
                .with(Figure::Maximum, lead.maximum.minor()));
        }
        if self.amount < lead.price {
            return Err(Refusal::new(Code::MaximumBelowPrice)
                .with(Figure::Amount, self.amount.minor())
                .with(Figure::Price, lead.price.minor()));
        }
        Ok(())
    }

    /// R13: as the sale reckons it. What a bidder leads with is sealed, elsewhere and on a lot that he takes
    /// again: a clerk who bids for him learns that it is too much, and no figure.
    pub(super) fn within_limit(&self, admission: &Admission) -> Result<(), Refusal> {
        let checked = within_limit(self.on.lot, self.paddle, self.amount, admission);
        checked.map_err(|refusal| match self.origin {
            BidOrigin::Web => refusal,
            BidOrigin::Floor => Refusal::new(refusal.code),
        })
    }

    /// R1: an improbable jump is not a bid until whoever asks confirms it, in the hall too.
    fn not_a_slip(&self) -> Result<(), Refusal> {
        if let Some(token) = self.confirms {
            let waiting = self.english.confirmations.get(&self.case.command.actor);
            let fits = waiting.is_some_and(|waiting| {
                waiting.command == token
                    && (waiting.paddle, waiting.amount) == (self.paddle, self.amount)
                    && self.case.judged <= waiting.until
            });
            let unknown = Refusal::new(Code::ConfirmationUnknown)
                .with(Figure::Amount, self.amount.minor())
                .with(Figure::JudgedAt, self.case.judged.figure());
            return if fits { Ok(()) } else { Err(unknown) };
        }
        if !self.is_jump() {
            return Ok(());
        }
        let until = self.case.at.after(self.case.terms.confirmation_window);
        Err(Refusal::new(Code::NeedsConfirmation)
            .with(Figure::Amount, self.amount.minor())
            .with(Figure::Ask, self.english.ask().minor())
            .with(Figure::Until, until.figure())
            .with(Figure::Paddle, i64::from(self.paddle.0)))
    }

    /// R1: whether it is improbable.
    pub(super) fn is_jump(&self) -> bool {
        let (terms, ask) = (&self.english.terms, self.english.ask());
        match self.kind {
            BidKind::Flat => is_jump(&terms.increments, terms.jump_guard, ask, self.amount),
            BidKind::Maximum => {
                let worth = self.on.lot.estimate_high();
                is_improbable_maximum(terms.jump_guard, ask, worth, self.amount)
            }
        }
    }

    fn accept(&self, ask: Money) -> Vec<Event> {
        let before = self.english.lead.as_ref();
        let bid = self.on.lot.next_bid();
        let incoming = Incoming {
            paddle: self.paddle,
            amount: self.amount,
            kind: self.kind,
            bid,
        };
        let after = place(&self.english.terms.increments, before, ask, incoming);
        assert!(
            before.is_none_or(|lead| after.price >= lead.price),
            "the price never falls"
        );
        assert!(
            after.price <= after.maximum,
            "nobody pays above the own maximum"
        );

        let leads = after.paddle == self.paddle;
        let accepted = BidEvent::Accepted(BidAccepted {
            bid,
            paddle: self.paddle,
            origin: self.origin,
            kind: self.kind,
            maximum: Secret::known(self.amount),
            shown: if leads { after.price } else { self.amount },
            price: after.price,
            leader: after.paddle,
            ask: self.english.ask_after(after.price),
            short_step: after.short_step,
        });
        let accepted = accepted.of(self.on.lot.no);
        let leader_changed = before.is_none_or(|lead| lead.paddle != after.paddle);
        let price_changed = before.is_none_or(|lead| lead.price != after.price);
        let mut events = vec![accepted];
        events.extend(self.overtaken(after.price));
        events.extend(self.ends_moved(leader_changed, price_changed));
        events
    }

    /// R12a: a floor bid that waits and has been overtaken lapses at once: it blocks nothing. Only a bid
    /// of the web overtakes it: one of the hall waits for it, or is the one that was confirmed.
    pub(super) fn overtaken(&self, price: Money) -> Option<Event> {
        let ask = self.english.ask_after(price);
        let held = self.english.held.filter(|_| self.origin == BidOrigin::Web);
        let held = held.filter(|held| held.amount < ask);
        held.map(|_| BidEvent::FloorBidLapsed.of(self.on.lot.no))
    }

    /// Where ends move: for a late bid (R3.1), and for the end of an offer to reaffirm (R3.8).
    pub(super) fn ends_moved(&self, leader_changed: bool, price_changed: bool) -> Vec<Event> {
        let (case, lot) = (self.case, self.on.lot);
        let mut events = late_bid(case, self.on, leader_changed, price_changed);
        if self.english.offer.is_some() {
            let more = corrected(case, lot, None, &events);
            events.extend(more);
        }
        events
    }
}

pub(super) fn out_of_range(amount: Money) -> Refusal {
    Refusal::new(Code::AmountOutOfRange)
        .with(Figure::Amount, amount.minor())
        .with(Figure::Bound, Money::MAX_BID.minor())
}
