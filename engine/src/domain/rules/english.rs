//! The English sale: ascending open bids with increments (R1), proxy maxima (R2), floor bids
//! (R12a) and a secret reserve (R4).

use std::collections::BTreeMap;

use super::increment::{ask_after, first_ask, is_jump};
use super::proxy::{Lead, Offer, place};
use crate::domain::decide::Case;
use crate::domain::{
    Actor, Admission, BidAccepted, BidKind, BidOrigin, Code, CommandId, English, Event, Figure,
    Lot, LotNo, LotOutcome, Mode, Money, Open, Paddle, Refusal, ReserveOpening, SaleTerms, Secret,
    StaffId, Time,
};

/// What an English lot remembers while it is open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct State {
    /// Who leads; `None` before the first bid, and while nobody leads after a void.
    pub lead: Option<Lead>,
    /// R1: what the clerk asks; until the next bid.
    pub clerk_ask: Option<Money>,
    /// R12b: the lead is offered to a former leader.
    pub offer: Option<LeadOffer>,
    /// R12a: a floor bid waits for a second clerk.
    pub held: Option<HeldFloorBid>,
    /// R1: jumps that wait for their bidder's confirmation.
    pub confirmations: BTreeMap<Paddle, Confirmation>,
}

/// R12b: who may take the lead again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadOffer {
    /// Who is asked.
    pub paddle: Paddle,
    /// The amount at which that paddle would lead.
    pub amount: Money,
    /// Until when.
    pub until: Time,
}

/// R12a: a floor bid above the threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldFloorBid {
    /// Whose.
    pub paddle: Paddle,
    /// How much.
    pub amount: Money,
    /// Who entered it: somebody else must confirm.
    pub clerk: StaffId,
    /// Until when.
    pub until: Time,
}

/// R1: a jump that was asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirmation {
    /// The command that was answered needs-confirmation: the token.
    pub command: CommandId,
    /// The amount that may be confirmed.
    pub amount: Money,
    /// Until when.
    pub until: Time,
}

/// How an English lot would end now (R4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// Sold, or why not.
    pub outcome: LotOutcome,
    /// R4: the booklet's clause lifts the price to the base.
    pub lifted: Option<Money>,
    /// R4: what is opened with the result.
    pub reserve: Option<ReserveOpening>,
}

/// The least amount that is taken now (R1).
pub fn ask(terms: &English, state: &State) -> Money {
    let increments = &terms.increments;
    let least = match (&state.lead, &state.offer) {
        (Some(lead), _) => ask_after(increments, lead.price),
        (None, Some(offer)) => ask_after(increments, offer.amount),
        (None, None) => first_ask(terms),
    };
    state.clerk_ask.map_or(least, |asked| asked.max(least))
}

/// R1: the clerk names the next amount, at least one step up.
pub(in crate::domain) fn set_ask(
    lot_no: LotNo,
    terms: &English,
    state: &State,
    wanted: Money,
) -> Result<Vec<Event>, Refusal> {
    let least = ask(
        terms,
        &State {
            clerk_ask: None,
            ..state.clone()
        },
    );
    let by_clerk = terms.increments.mode == Mode::Clerk;
    if wanted > Money::MAX_BID {
        return Err(out_of_range(wanted));
    }
    if wanted < least || !by_clerk {
        return Err(Refusal::new(Code::AskBelowStep)
            .with(Figure::Amount, wanted.minor())
            .with(Figure::Ask, least.minor()));
    }
    Ok(vec![Event::AskSet {
        lot: lot_no,
        ask: wanted,
    }])
}

/// A bid on its way into the book.
#[derive(Debug, Clone, Copy)]
pub(in crate::domain) struct Bidding<'a> {
    pub(in crate::domain) case: &'a Case<'a>,
    pub(in crate::domain) lot_no: LotNo,
    pub(in crate::domain) lot: &'a Lot,
    pub(in crate::domain) open: &'a Open,
    pub(in crate::domain) terms: &'a English,
    pub(in crate::domain) state: &'a State,
    pub(in crate::domain) paddle: Paddle,
    pub(in crate::domain) amount: Money,
    pub(in crate::domain) kind: BidKind,
    pub(in crate::domain) origin: BidOrigin,
    /// R1: the command whose confirmation this is.
    pub(in crate::domain) confirms: Option<CommandId>,
}

impl Bidding<'_> {
    /// R0, R1, R2, R13: takes the bid or says why not. The checks stand in the order of [`Code`].
    pub(in crate::domain) fn decide(&self) -> Result<Vec<Event>, Refusal> {
        let admission = self.admission()?;
        self.in_time()?;
        if self.amount.is_zero() || self.amount > Money::MAX_BID {
            return Err(out_of_range(self.amount));
        }
        let ask = ask(self.terms, self.state);
        let own_lead = self
            .state
            .lead
            .as_ref()
            .filter(|lead| lead.paddle == self.paddle);
        match own_lead {
            Some(lead) => self.may_move_maximum(lead)?,
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
        self.not_a_slip(ask)?;
        if own_lead.is_some() {
            let maximum = Secret::known(self.amount);
            let (lot, paddle) = (self.lot_no, self.paddle);
            return Ok(vec![Event::MaximumChanged {
                lot,
                paddle,
                maximum,
            }]);
        }
        Ok(self.accept(ask))
    }

    /// R13: the paddle is admitted and not barred.
    pub(in crate::domain) fn admission(&self) -> Result<&Admission, Refusal> {
        let unknown = || Refusal::new(Code::PaddleUnknown);
        let admission = self
            .case
            .sale
            .admissions
            .get(&self.paddle)
            .ok_or_else(unknown)?;
        if admission.barred {
            return Err(Refusal::new(Code::PaddleBarred));
        }
        Ok(admission)
    }

    /// R0: in time means judged strictly before the effective end.
    pub(in crate::domain) fn in_time(&self) -> Result<(), Refusal> {
        match self.open.ends_at {
            Some(end) if self.case.judged >= end => Err(Refusal::new(Code::TooLate)
                .with(Figure::JudgedAt, micros(self.case.judged))
                .with(Figure::EndsAt, micros(end))),
            _ => Ok(()),
        }
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

    /// R13: what a bidder leads with and has bought never passes the limit.
    pub(in crate::domain) fn within_limit(&self, admission: &Admission) -> Result<(), Refusal> {
        let here = self
            .lot
            .claim()
            .filter(|(paddle, _)| *paddle == self.paddle);
        let elsewhere = admission
            .exposure
            .saturating_sub(here.map_or(Money::ZERO, |(_, claim)| claim));
        let Some(wanted) = elsewhere.checked_add(self.amount) else {
            return Err(Refusal::new(Code::Overflow)
                .with(Figure::Amount, self.amount.minor())
                .with(Figure::Exposure, elsewhere.minor()));
        };
        let Some(limit) = admission.limit.filter(|limit| wanted > *limit) else {
            return Ok(());
        };
        Err(Refusal::new(Code::OverLimit)
            .with(Figure::Amount, self.amount.minor())
            .with(Figure::Limit, limit.minor())
            .with(Figure::Exposure, elsewhere.minor())
            .with(Figure::Missing, wanted.saturating_sub(limit).minor()))
    }

    /// R1: an improbable jump is not a bid until its bidder confirms it. Floor bids are entered by
    /// a clerk who heard them; those have R12a's second clerk instead.
    fn not_a_slip(&self, ask: Money) -> Result<(), Refusal> {
        if self.origin == BidOrigin::Floor {
            return Ok(());
        }
        if let Some(token) = self.confirms {
            let waiting = self.state.confirmations.get(&self.paddle);
            let fits = waiting.is_some_and(|waiting| {
                waiting.command == token
                    && waiting.amount == self.amount
                    && self.case.judged <= waiting.until
            });
            let unknown = Refusal::new(Code::ConfirmationUnknown)
                .with(Figure::Amount, self.amount.minor())
                .with(Figure::JudgedAt, micros(self.case.judged));
            return if fits { Ok(()) } else { Err(unknown) };
        }
        if !is_jump(
            &self.terms.increments,
            self.terms.jump_guard,
            ask,
            self.amount,
        ) {
            return Ok(());
        }
        let until = self.case.at.after(self.case.terms.confirmation_window);
        Err(Refusal::new(Code::NeedsConfirmation)
            .with(Figure::Amount, self.amount.minor())
            .with(Figure::Ask, ask.minor())
            .with(Figure::Until, micros(until)))
    }

    fn accept(&self, ask: Money) -> Vec<Event> {
        let before = self.state.lead.as_ref();
        let bid = self.lot.next_bid();
        let offer = Offer {
            paddle: self.paddle,
            amount: self.amount,
            kind: self.kind,
            bid,
        };
        let after = place(&self.terms.increments, before, ask, offer);
        assert!(
            before.is_none_or(|lead| after.price >= lead.price),
            "the price never falls"
        );
        assert!(
            after.price <= after.maximum,
            "nobody pays above the own maximum"
        );

        let leads = after.paddle == self.paddle;
        let accepted = Event::BidAccepted(BidAccepted {
            lot: self.lot_no,
            bid,
            paddle: self.paddle,
            origin: self.origin,
            kind: self.kind,
            maximum: Secret::known(self.amount),
            shown: if leads { after.price } else { self.amount },
            price: after.price,
            leader: after.paddle,
            ask: ask_after(&self.terms.increments, after.price),
            short_step: after.short_step,
        });
        let leader_changed = before.is_none_or(|lead| lead.paddle != after.paddle);
        let price_changed = before.is_none_or(|lead| lead.price != after.price);
        let mut events = vec![accepted];
        events.extend(self.ends_moved(leader_changed, price_changed));
        events
    }

    /// Where ends move: for a late bid (R3.1), and for the end of a reaffirmation (R12b).
    pub(in crate::domain) fn ends_moved(
        &self,
        leader_changed: bool,
        price_changed: bool,
    ) -> Vec<Event> {
        let (case, no) = (self.case, self.lot_no);
        let mut events = case.late_bid(self.lot, self.open, leader_changed, price_changed);
        if self.state.offer.is_some() {
            let own = events.iter().find_map(|event| {
                let Event::LotExtended { lot, ends_at, .. } = event else {
                    return None;
                };
                (*lot == no).then_some(*ends_at)
            });
            events.extend(case.end_after_void(no, own.or(self.open.ends_at)));
        }
        events
    }
}

/// R12a: a bid of the hall; above the threshold it waits for a second clerk.
pub(in crate::domain) fn floor_bid(bidding: &Bidding<'_>) -> Result<Vec<Event>, Refusal> {
    if let Some(held) = &bidding.state.held {
        return Err(floor_bid_waits(held));
    }
    let events = bidding.decide()?;
    let terms = bidding.case.terms;
    if terms
        .floor_confirm_above
        .is_some_and(|above| bidding.amount > above)
    {
        let until = bidding.case.at.after(terms.floor_confirm_window);
        let (lot, paddle, amount) = (bidding.lot_no, bidding.paddle, bidding.amount);
        return Ok(vec![Event::FloorBidHeld {
            lot,
            paddle,
            amount,
            until,
        }]);
    }
    Ok(events)
}

/// R12a: nothing of the hall goes past a floor bid that waits.
pub(in crate::domain) fn floor_bid_waits(held: &HeldFloorBid) -> Refusal {
    Refusal::new(Code::FloorBidWaits)
        .with(Figure::Amount, held.amount.minor())
        .with(Figure::Until, micros(held.until))
}

/// R12a: the second clerk, who is not the first, confirms.
pub(in crate::domain) fn confirmed_floor_bid(
    held: &HeldFloorBid,
    actor: Actor,
    bidding: &Bidding<'_>,
) -> Result<Vec<Event>, Refusal> {
    if bidding.case.judged >= held.until {
        return Err(Refusal::new(Code::NothingWaits).with(Figure::Until, micros(held.until)));
    }
    if actor == Actor::Staff(held.clerk) {
        return Err(Refusal::new(Code::SecondOfficerNeeded));
    }
    bidding.decide()
}

/// R4: how the lot would end now.
pub fn ending(sale: &SaleTerms, terms: &English, state: &State) -> Ending {
    let reserve = terms.reserve.and_then(|reserve| reserve.opening);
    let Some(lead) = &state.lead else {
        return Ending {
            outcome: LotOutcome::PassedNoBids,
            lifted: None,
            reserve,
        };
    };
    let base = reserve.map_or(Money::ZERO, |reserve| reserve.amount);
    let sold = |price| LotOutcome::Sold {
        paddle: lead.paddle,
        price,
    };
    if lead.price >= base {
        return Ending {
            outcome: sold(lead.price),
            lifted: None,
            reserve,
        };
    }
    if sale.reserve_lift && base <= lead.maximum {
        return Ending {
            outcome: sold(base),
            lifted: Some(base),
            reserve,
        };
    }
    Ending {
        outcome: LotOutcome::PassedBelowReserve,
        lifted: None,
        reserve,
    }
}

fn out_of_range(amount: Money) -> Refusal {
    Refusal::new(Code::AmountOutOfRange)
        .with(Figure::Amount, amount.minor())
        .with(Figure::Bound, Money::MAX_BID.minor())
}

/// A time as a figure of a refusal.
pub(in crate::domain) fn micros(time: Time) -> i64 {
    i64::try_from(time.0).unwrap_or(i64::MAX)
}
