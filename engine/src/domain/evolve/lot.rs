//! What events do to one lot, whatever the method of sale.

use crate::domain::rules::closing::hard_stop_at_opening;
use crate::domain::{
    Actor, AppliedEffect, BidEvent, BidVoided, Closed, Lot, LotEvent, LotOutcome, Meta, Money,
    Open, Paddle, Phase, Running, Time, VoidRequest,
};

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
                let (leader, price) = self.method.lead().unzip();
                Standing {
                    price,
                    leader,
                    ask: Some(self.method.ask()),
                    ends_at: open.ends_at,
                }
            }
            Phase::Closed(closed) => match closed.outcome {
                LotOutcome::Sold { paddle, price } => Standing {
                    price: Some(price),
                    leader: Some(paddle),
                    ..Standing::default()
                },
                LotOutcome::PassedNoBids
                | LotOutcome::PassedBelowReserve
                | LotOutcome::PassedByClerk
                | LotOutcome::Withdrawn
                | LotOutcome::WinnerVoided => Standing::default(),
            },
        }
    }

    pub(super) fn apply(&mut self, meta: &Meta, event: &LotEvent) {
        match event {
            LotEvent::Added { .. } => unreachable!("a lot is added once"),
            LotEvent::Scheduled { opens_at } => {
                self.phase = Phase::Upcoming {
                    opens_at: *opens_at,
                };
            }
            LotEvent::Opened { ends_at, .. } => self.open_at(meta.at, *ends_at),
            LotEvent::Warned { warning } => self.opened().warnings = *warning,
            LotEvent::Extended { ends_at, cause } => self.opened().extend(*ends_at, *cause),
            LotEvent::Closed { outcome, .. } => self.close(meta.at, *outcome),
            LotEvent::Withdrawn { .. } => self.close(meta.at, LotOutcome::Withdrawn),
            LotEvent::Reoffered {
                attempt,
                opening,
                running,
            } => self.offer_again(*attempt, *opening, *running),
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
            open.warnings = 0;
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
        });
    }

    fn close(&mut self, at: Time, outcome: LotOutcome) {
        let before = std::mem::replace(&mut self.phase, Phase::Upcoming { opens_at: None });
        let open = match before {
            Phase::Open(open) => Some(open),
            Phase::Upcoming { .. } => None,
            Phase::Closed(_) => unreachable!("a closed lot is not closed again"),
        };
        self.phase = Phase::Closed(Closed { at, outcome, open });
    }

    /// L12: another attempt to sell it.
    fn offer_again(&mut self, attempt: u32, opening: Money, running: Running) {
        let used = u32::try_from(self.bids.len()).unwrap_or(u32::MAX);
        self.bids_before = self.bids_before.saturating_add(used);
        self.bids.clear();
        self.attempt = attempt;
        self.running = running;
        self.method.offer_again(opening);
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
                ..open
            });
        }
    }

    fn void(&mut self, void: &BidVoided) {
        self.void_request = None;
        if let Some(bid) = self.bids.iter_mut().find(|bid| bid.no == void.bid) {
            bid.void = true;
        }
        match (&mut self.phase, void.effect) {
            (Phase::Open(open), AppliedEffect::Lapsed | AppliedEffect::Revived) => {
                open.warnings = 0;
                self.method.apply_void(&self.bids, void);
            }
            (Phase::Closed(closed), AppliedEffect::WinnerVoided) => {
                closed.outcome = LotOutcome::WinnerVoided;
            }
            (Phase::Upcoming { .. } | Phase::Open(_) | Phase::Closed(_), _) => {}
        }
    }
}
