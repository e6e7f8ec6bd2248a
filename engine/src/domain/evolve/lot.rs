//! What events do to one lot, whatever the method of sale.

use std::sync::Arc;

use crate::domain::rules::closing::hard_stop_at_opening;
use crate::domain::{
    Actor, AppliedEffect, Bid, BidEvent, BidVoided, Closed, DecisionCause, Lot, LotEvent,
    LotOutcome, LotTerms, Meta, Method, Money, Open, Paddle, Phase, Running, Time, Undecided,
    VoidRequest,
};

/// What a lot keeps of its terms beside what may move: its base is the method's.
pub(super) fn offered(terms: &LotTerms) -> Arc<LotTerms> {
    let method = terms.method.clone().with_reserve(None);
    Arc::new(LotTerms {
        method,
        ..terms.clone()
    })
}

/// What everyone may see of a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// `None`: no bid stands.
    pub price: Option<Money>,
    /// Who leads, or bought it.
    pub leader: Option<Paddle>,
    /// The least next amount; `None`: it takes none.
    pub ask: Option<Money>,
    /// R3.5: the effective end; `None`: closed, not scheduled, or until the hammer.
    pub ends_at: Option<Time>,
}

impl Lot {
    /// What everyone may see of it now.
    pub fn standing(&self) -> Standing {
        match &self.phase {
            Phase::Upcoming { .. } => Standing::default(),
            Phase::Open(open) => {
                let (leader, price) = self.lead().unzip();
                Standing {
                    price,
                    leader,
                    ask: Some(self.method.ask()),
                    ends_at: open.ends_at,
                }
            }
            Phase::Closed(_) => {
                let (leader, price) = self.lead().unzip();
                Standing {
                    price,
                    leader,
                    ..Standing::default()
                }
            }
        }
    }

    pub(super) fn apply(&mut self, meta: &Meta, event: &LotEvent) {
        match event {
            LotEvent::Added { .. } => unreachable!("a lot is added once"),
            LotEvent::Amended { terms, .. } => self.amend(terms),
            LotEvent::Scheduled { opens_at } => {
                self.phase = Phase::Upcoming {
                    opens_at: *opens_at,
                };
            }
            LotEvent::Opened { ends_at, .. } => self.open_at(meta.at, *ends_at),
            LotEvent::Warned { warning } => {
                let open = self.opened();
                let is_warned = *warning > 0;
                (open.warnings, open.warned_at) = (*warning, is_warned.then_some(meta.at));
            }
            LotEvent::Extended { ends_at, cause } => self.opened().extend(*ends_at, *cause),
            LotEvent::Closed {
                outcome, reserve, ..
            } => {
                self.base_open |= reserve.is_some();
                self.close(meta.at, *outcome);
            }
            LotEvent::Withdrawn { reserve, .. } => {
                self.base_open |= reserve.is_some();
                self.close(meta.at, LotOutcome::Withdrawn);
            }
            LotEvent::CeilingRaised { ceiling, .. } => self.ceiling = *ceiling,
            LotEvent::Reoffered {
                attempt,
                opening,
                running,
                reserve,
                ceiling,
            } => {
                self.ceiling = *ceiling;
                self.base_open &= reserve.is_none();
                self.method.offer_again(*opening, *reserve);
                self.offer_again(*attempt, *running);
            }
            LotEvent::Reopened { .. } => self.reopen(),
            LotEvent::VoidRequested { bid, cause } => {
                if let Actor::Staff(officer) = meta.actor {
                    self.void_request = Some(VoidRequest {
                        bid: *bid,
                        cause: *cause,
                        officer,
                    });
                }
            }
            LotEvent::BidVoided(void) => self.void(void),
            LotEvent::Bid(event) => self.take(meta, event),
        }
    }

    /// R14: before it opens, so that nothing has come of the terms that stood.
    fn amend(&mut self, terms: &LotTerms) {
        let Phase::Upcoming { opens_at } = self.phase else {
            unreachable!("only an upcoming lot is amended")
        };
        self.phase = Phase::Upcoming {
            opens_at: terms.running.hour_after_amendment(&self.running, opens_at),
        };
        self.terms = offered(terms);
        self.running = terms.running;
        self.method = Method::new(terms.method.clone());
        self.ceiling = terms.ceiling;
    }

    /// The lot while it takes bids.
    fn opened(&mut self) -> &mut Open {
        match &mut self.phase {
            Phase::Open(open) => open,
            Phase::Upcoming { .. } | Phase::Closed(_) => {
                unreachable!("only an open lot takes bids")
            }
        }
    }

    fn take(&mut self, meta: &Meta, event: &BidEvent) {
        let open = self.opened();
        // A bid takes warnings back.
        if let BidEvent::Accepted(_) | BidEvent::LeadReaffirmed { .. } = event {
            open.take_warnings_back();
        }
        self.method.apply(meta, &mut self.bids, event);
    }

    fn open_at(&mut self, at: Time, ends_at: Option<Time>) {
        let scheduled = match self.phase {
            Phase::Upcoming { opens_at } => opens_at,
            Phase::Open(_) | Phase::Closed(_) => None,
        };
        self.phase = Phase::Open(Open {
            opened_at: at,
            ends_at,
            hard_stop: hard_stop_at_opening(&self.running, scheduled, at, ends_at),
            extensions: 0,
            warnings: 0,
            warned_at: None,
        });
    }

    fn close(&mut self, at: Time, outcome: LotOutcome) {
        let (open, voided) = match &self.phase {
            Phase::Open(open) => (Some(*open), false),
            Phase::Upcoming { .. } => (None, false),
            // R4: an unsold lot that is withdrawn, so that it is not offered again.
            Phase::Closed(closed) => (closed.open, closed.voided),
        };
        self.phase = Phase::Closed(Closed {
            at,
            outcome,
            open,
            voided,
        });
    }

    /// R4: another attempt to sell it.
    fn offer_again(&mut self, attempt: u32, running: Running) {
        let used = u32::try_from(self.bids.len()).unwrap_or(u32::MAX);
        self.bids_before = self.bids_before.saturating_add(used);
        self.bids.clear();
        self.void_request = None;
        self.attempt = attempt;
        self.running = running;
        self.phase = Phase::Upcoming {
            opens_at: running.opens_at(),
        };
    }

    /// R12a: the lot goes on as it stood.
    fn reopen(&mut self) {
        if let Phase::Closed(Closed {
            open: Some(open), ..
        }) = self.phase
        {
            self.phase = Phase::Open(Open {
                warnings: 0,
                warned_at: None,
                ..open
            });
        }
    }

    fn void(&mut self, void: &BidVoided) {
        self.void_request = None;
        let last = self.bids.last().map_or(void.bid, |last| last.no);
        let struck = self.bid(void.bid).map(|bid| bid.paddle);
        let with_it = struck.filter(|_| void.all_of_paddle);
        let falls = |bid: &&mut Bid| {
            bid.void.is_none() && (bid.no == void.bid || Some(bid.paddle) == with_it)
        };
        for bid in self.bids.iter_mut().filter(falls) {
            bid.void = Some(last);
        }
        if void.effect == AppliedEffect::Unchanged {
            // R12b: a price that was lifted to the base is the same without the bid; opened again, the
            // lot would not go on at what the bids say.
            let is_as_reckoned = self.method.lead() == void.leader.zip(void.price);
            if let Phase::Closed(closed) = &mut self.phase {
                closed.voided |= !is_as_reckoned;
            }
            return;
        }
        let leads = |bid: &&Bid| self.method.leading_bid() == Some(bid.no);
        let keeps_winner = self
            .bids
            .iter()
            .find(leads)
            .is_some_and(|bid| bid.void.is_none());
        match &mut self.phase {
            Phase::Open(open) => open.take_warnings_back(),
            Phase::Closed(closed) => closed.void(void, keeps_winner),
            Phase::Upcoming { .. } => {}
        }
        self.method.apply_void(&self.bids, void);
    }
}

impl Open {
    /// R12a: warnings count since the last bid, and since anything else that moved the price.
    pub(in crate::domain) fn take_warnings_back(&mut self) {
        (self.warnings, self.warned_at) = (0, None);
    }
}

impl Closed {
    /// R12b: found after the close. What was knocked down is for decision; nobody takes the winner's
    /// place here.
    fn void(&mut self, void: &BidVoided, keeps_winner: bool) {
        self.voided = true;
        let reckoned = void.leader.zip(void.price);
        let (before, paddle, price) = match self.outcome {
            LotOutcome::KnockedDown { paddle, price } => (None, paddle, price),
            LotOutcome::ForDecision(before) => (Some(before.cause), before.paddle, before.price),
            LotOutcome::NoBid
            | LotOutcome::BelowBase
            | LotOutcome::PassedByClerk
            | LotOutcome::Lapsed
            | LotOutcome::Withdrawn => return,
        };
        let cause = match before {
            Some(DecisionCause::LeaderBarred) => DecisionCause::LeaderBarred,
            None | Some(DecisionCause::PriceDiffers) if keeps_winner => DecisionCause::PriceDiffers,
            None | Some(DecisionCause::PriceDiffers | DecisionCause::WinnerStruckOut) => {
                DecisionCause::WinnerStruckOut
            }
        };
        self.outcome = LotOutcome::ForDecision(Undecided {
            cause,
            paddle,
            price,
            reckoned,
        });
    }
}
