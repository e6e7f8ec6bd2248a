//! What events do to an English lot. It trusts the log: what is recorded has happened.

use super::reckoning::{maximum_on_offer, reckon};
use super::{Confirmation, English, HeldFloorBid, Lead, LeadOffer, MaximumMove};
use crate::domain::{
    Actor, AppliedEffect, Bid, BidAccepted, BidEvent, BidKind, BidNo, BidOrigin, BidVoided, Code,
    Figure, Meta, Money, Paddle, Refusal, Secret, Span, Time,
};

impl English {
    pub(in crate::domain) fn apply(&mut self, meta: &Meta, bids: &mut Vec<Bid>, event: &BidEvent) {
        match *event {
            BidEvent::Accepted(ref bid) => {
                bids.push(accepted(bid, meta.at, self.clerk_ask));
                self.take(bid);
                self.confirmations.remove(&meta.actor);
            }
            BidEvent::MaximumChanged { maximum, .. } => {
                self.move_maximum(bids, opened(maximum));
                self.confirmations.remove(&meta.actor);
            }
            BidEvent::AskSet { ask } => self.clerk_ask = Some(ask),
            // R4: the outcome has the lifted price. A lot that is opened again goes on at the bids'.
            BidEvent::ReserveLifted { .. } => {}
            BidEvent::FloorBidHeld {
                held,
                paddle,
                amount,
                until,
            } => {
                self.held_count = held;
                self.confirmations.remove(&meta.actor);
                if let Actor::Staff(clerk) = meta.actor {
                    self.held = Some(HeldFloorBid {
                        no: held,
                        paddle,
                        amount,
                        clerk,
                        until,
                    });
                }
            }
            BidEvent::FloorBidLapsed => self.held = None,
            BidEvent::ReaffirmOffered {
                paddle,
                price,
                until,
                ..
            } => {
                self.pass_over(bids, Some(paddle));
                // The ask steps back with the offer, whatever the clerk had asked above the last one.
                let last = self.offer.map(|offer| (offer.paddle, offer.price));
                self.clerk_ask = self.clerk_ask.filter(|_| last == Some((paddle, price)));
                self.offer = Some(LeadOffer {
                    paddle,
                    price,
                    until,
                });
            }
            BidEvent::LeadReaffirmed {
                bid, paddle, price, ..
            } => {
                let maximum = maximum_on_offer(self, bids, paddle, price);
                self.reaffirm(bid, paddle, price, maximum);
                if let Actor::Staff(_) = meta.actor {
                    // The one that a second clerk confirmed. Whatever else waits lapses by its event.
                    self.held = self.held.filter(|held| held.paddle != paddle);
                }
                bids.push(reaffirmed(bid, paddle, maximum, meta));
            }
            BidEvent::ReaffirmEnded { .. } => {
                self.pass_over(bids, None);
                self.offer = None;
                self.clerk_ask = None;
            }
        }
    }

    /// A bid entered the book: it leads, or the leader's price moved.
    fn take(&mut self, bid: &BidAccepted) {
        let lead = match (bid.leader == bid.paddle, self.lead) {
            (false, Some(lead)) => Lead {
                price: bid.price,
                short_step: bid.short_step,
                ..lead
            },
            _ => Lead {
                paddle: bid.paddle,
                price: bid.price,
                maximum: opened(bid.maximum),
                bid: bid.bid,
                short_step: bid.short_step,
            },
        };
        self.lead = Some(lead);
        self.clerk_ask = None;
        self.offer = None;
        if bid.origin == BidOrigin::Floor {
            self.held = self.held.filter(|held| held.paddle != bid.paddle);
        }
    }

    fn move_maximum(&mut self, bids: &mut [Bid], to: Money) {
        let Some(lead) = &mut self.lead else {
            unreachable!("only a leader moves a maximum");
        };
        self.moves.push(MaximumMove {
            bid: lead.bid,
            after: bids.last().map_or(lead.bid, |last| last.no),
            from: lead.maximum,
            to,
        });
        lead.maximum = to;
        if let Some(bid) = bids.iter_mut().find(|bid| bid.no == lead.bid) {
            bid.maximum = to;
        }
    }

    fn reaffirm(&mut self, bid: BidNo, paddle: Paddle, price: Money, maximum: Money) {
        self.offer = None;
        self.clerk_ask = None;
        self.lead = Some(Lead {
            paddle,
            price,
            maximum,
            bid,
            short_step: false,
        });
    }

    /// R12b: whoever would have been asked before `next` was asked in vain, or is barred and is not
    /// asked: the bids of such a paddle leave the reckoning.
    fn pass_over(&self, bids: &mut [Bid], next: Option<Paddle>) {
        let before = |bids: &[Bid]| {
            let lead = reckon(self, bids, |_| false, |_| false);
            lead.map(|lead| lead.paddle)
                .filter(|paddle| Some(*paddle) != next)
        };
        while let Some(passed) = before(bids) {
            for bid in bids.iter_mut().filter(|bid| bid.paddle == passed) {
                bid.declined = true;
            }
        }
    }

    /// R1: a jump that was asked about may be confirmed for a while. One for each asker.
    pub(in crate::domain) fn remember_jump(&mut self, meta: &Meta, refusal: &Refusal) {
        if refusal.code != Code::NeedsConfirmation {
            return;
        }
        let amount = refusal.figure(Figure::Amount).and_then(Money::new);
        let until = refusal
            .figure(Figure::Until)
            .and_then(|until| u64::try_from(until).ok());
        let paddle = refusal
            .figure(Figure::Paddle)
            .and_then(|paddle| u32::try_from(paddle).ok());
        if let (Some(paddle), Some(amount), Some(until)) = (paddle, amount, until) {
            let waiting = Confirmation {
                command: meta.command,
                paddle: Paddle(paddle),
                amount,
                until: Time(until),
            };
            self.confirmations.insert(meta.actor, waiting);
        }
    }

    /// R12b: the lead lapses, goes to who would have it without the void bid, or stays at a lower
    /// price. The bid is marked already.
    pub(in crate::domain) fn apply_void(&mut self, bids: &[Bid], void: &BidVoided) {
        match void.effect {
            AppliedEffect::Unchanged => return,
            AppliedEffect::Lapsed => {
                self.lead = None;
                self.lapses.extend(bids.last().map(|last| last.no));
            }
            AppliedEffect::Revived | AppliedEffect::ForDecision => {
                self.lead = reckon(self, bids, |_| false, |_| false);
            }
            AppliedEffect::Repriced => {
                if let (Some(lead), Some(price)) = (&mut self.lead, void.price) {
                    lead.price = price;
                }
            }
        }
        self.clerk_ask = None;
    }

    pub(in crate::domain) fn shift(&mut self, shift: Span) {
        if let Some(offer) = &mut self.offer {
            offer.until = offer.until.after(shift);
        }
        if let Some(held) = &mut self.held {
            held.until = held.until.after(shift);
        }
    }
}

fn opened(secret: Secret) -> Money {
    let Some(amount) = secret.open() else {
        unreachable!("the writer opens its own secrets");
    };
    amount
}

fn accepted(bid: &BidAccepted, at: Time, clerk_ask: Option<Money>) -> Bid {
    Bid {
        no: bid.bid,
        paddle: bid.paddle,
        origin: bid.origin,
        kind: bid.kind,
        maximum: opened(bid.maximum),
        at,
        void: None,
        declined: false,
        reaffirms: false,
        clerk_ask,
    }
}

fn reaffirmed(no: BidNo, paddle: Paddle, maximum: Money, meta: &Meta) -> Bid {
    let origin = match meta.actor {
        Actor::Staff(_) => BidOrigin::Floor,
        Actor::Bidder(_) | Actor::Engine => BidOrigin::Web,
    };
    Bid {
        no,
        paddle,
        origin,
        kind: BidKind::Maximum,
        maximum,
        at: meta.at,
        void: None,
        declined: false,
        reaffirms: true,
        clerk_ask: None,
    }
}
