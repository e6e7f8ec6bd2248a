//! What events do to an English lot. It trusts the log: what is recorded has happened.

use super::void::leader_without;
use super::{Confirmation, English, HeldFloorBid, Lead, LeadOffer, MaximumMove};
use crate::domain::{
    Actor, AppliedEffect, Bid, BidAccepted, BidEvent, BidKind, BidNo, BidOrigin, BidVoided, Code,
    Figure, Meta, Money, Paddle, Refusal, Secret, Span, Time,
};

impl English {
    pub(in crate::domain) fn apply(&mut self, meta: &Meta, bids: &mut Vec<Bid>, event: &BidEvent) {
        match *event {
            BidEvent::Accepted(ref bid) => {
                self.take(bid);
                bids.push(accepted(bid, meta.at));
            }
            BidEvent::MaximumChanged { maximum, .. } => self.move_maximum(bids, opened(maximum)),
            BidEvent::AskSet { ask } => self.clerk_ask = Some(ask),
            // R4: the outcome has the lifted price. A lot that is opened again goes on at the bids'.
            BidEvent::ReserveLifted { .. } => {}
            BidEvent::FloorBidHeld {
                paddle,
                amount,
                until,
            } => {
                if let Actor::Staff(clerk) = meta.actor {
                    self.held = Some(HeldFloorBid {
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
                amount,
                until,
                ..
            } => {
                // The ask steps back with the offer, whatever the clerk had asked above the last one.
                self.clerk_ask = None;
                self.offer = Some(LeadOffer {
                    paddle,
                    amount,
                    until,
                });
            }
            BidEvent::LeadReaffirmed {
                bid,
                paddle,
                amount,
                ..
            } => {
                self.reaffirm(bid, paddle, amount);
                bids.push(reaffirmed(bid, paddle, amount, meta));
            }
            BidEvent::ReaffirmEnded { .. } => {
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
        self.confirmations.remove(&bid.paddle);
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
        self.confirmations.remove(&lead.paddle);
    }

    fn reaffirm(&mut self, bid: BidNo, paddle: Paddle, amount: Money) {
        self.offer = None;
        self.clerk_ask = None;
        self.lead = Some(Lead {
            paddle,
            price: amount,
            maximum: amount,
            bid,
            short_step: false,
        });
    }

    /// R1: a jump that was asked about may be confirmed for a while. One for each paddle.
    pub(in crate::domain) fn remember_jump(
        &mut self,
        meta: &Meta,
        asker: Option<Paddle>,
        refusal: &Refusal,
    ) {
        if refusal.code != Code::NeedsConfirmation {
            return;
        }
        let amount = refusal.figure(Figure::Amount).and_then(Money::new);
        let until = refusal
            .figure(Figure::Until)
            .and_then(|until| u64::try_from(until).ok());
        if let (Some(paddle), Some(amount), Some(until)) = (asker, amount, until) {
            let waiting = Confirmation {
                command: meta.command,
                amount,
                until: Time(until),
            };
            self.confirmations.insert(paddle, waiting);
        }
    }

    /// R12b: the lead lapses, or goes to who would have it without the void bid.
    pub(in crate::domain) fn apply_void(&mut self, bids: &[Bid], void: &BidVoided) {
        self.lead = match void.effect {
            AppliedEffect::Unchanged | AppliedEffect::WinnerVoided => return,
            AppliedEffect::Lapsed => None,
            AppliedEffect::Revived => leader_without(self, bids, void.bid),
        };
        self.clerk_ask = None;
    }

    pub(in crate::domain) fn is_lead_void(&self, bids: &[Bid]) -> bool {
        let led = self
            .lead
            .and_then(|lead| bids.iter().find(|bid| bid.no == lead.bid));
        led.is_some_and(|bid| bid.void)
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

fn accepted(bid: &BidAccepted, at: Time) -> Bid {
    Bid {
        no: bid.bid,
        paddle: bid.paddle,
        origin: bid.origin,
        kind: bid.kind,
        maximum: opened(bid.maximum),
        at,
        void: false,
    }
}

fn reaffirmed(no: BidNo, paddle: Paddle, amount: Money, meta: &Meta) -> Bid {
    let origin = match meta.actor {
        Actor::Staff(_) => BidOrigin::Floor,
        Actor::Bidder(_) | Actor::Engine => BidOrigin::Web,
    };
    Bid {
        no,
        paddle,
        origin,
        kind: BidKind::Flat,
        maximum: amount,
        at: meta.at,
        void: false,
    }
}
