//! What events do to one lot.

use crate::domain::rules::english::{Confirmation, HeldFloorBid, LeadOffer, State};
use crate::domain::rules::proxy::Lead;
use crate::domain::{
    Actor, AppliedEffect, Bid, BidAccepted, BidKind, BidOrigin, BidVoided, Closed, Closes, Code,
    Event, ExtensionCause, Figure, Lot, LotOutcome, MaximumMove, Meta, Method, Money, Open, Opens,
    Paddle, Phase, Play, Refusal, Running, Span, Time, VoidRequest,
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
    /// The effective end.
    pub ends_at: Option<Time>,
}

impl Lot {
    /// What everyone may see of it now.
    pub fn standing(&self) -> Standing {
        match &self.phase {
            Phase::Upcoming { .. } => Standing::default(),
            Phase::Open(open) => {
                let (Method::English(terms), Play::English(state)) =
                    (&self.terms.method, &open.play);
                Standing {
                    price: state.lead.map(|lead| lead.price),
                    leader: state.lead.map(|lead| lead.paddle),
                    ask: Some(crate::domain::rules::english::ask(terms, state)),
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

    pub(super) fn apply(&mut self, meta: &Meta, asker: Option<Paddle>, event: &Event) {
        match event {
            Event::LotScheduled { opens_at, .. } => {
                self.phase = Phase::Upcoming {
                    opens_at: *opens_at,
                };
            }
            Event::LotOpened { ends_at, .. } => self.open_at(meta.at, *ends_at),
            Event::LotClosed { outcome, .. } => self.close(meta.at, *outcome),
            Event::LotWithdrawn { .. } => self.close(meta.at, LotOutcome::Withdrawn),
            Event::LotReoffered {
                attempt,
                opening,
                running,
                ..
            } => {
                let used = u32::try_from(self.bids.len()).unwrap_or(u32::MAX);
                self.bids_before = self.bids_before.saturating_add(used);
                self.bids.clear();
                self.moves.clear();
                self.attempt = *attempt;
                self.terms.running = *running;
                let Method::English(terms) = &mut self.terms.method;
                terms.opening = *opening;
                self.phase = Phase::Upcoming {
                    opens_at: running.opens_at(),
                };
            }
            Event::LotReopened { .. } => self.reopen(),
            Event::VoidRequested { bid, cause, .. } => {
                if let Actor::Staff(officer) = meta.actor {
                    self.void_request = Some(VoidRequest {
                        bid: *bid,
                        cause: *cause,
                        officer,
                    });
                }
            }
            Event::BidVoided(void) => self.void(void),
            Event::BidAccepted(_)
            | Event::LeadReaffirmed { .. }
            | Event::MaximumChanged { .. }
            | Event::LotWarned { .. }
            | Event::AskSet { .. }
            | Event::LotExtended { .. }
            | Event::ReserveLifted { .. }
            | Event::FloorBidHeld { .. }
            | Event::FloorBidLapsed { .. }
            | Event::ReaffirmOffered { .. }
            | Event::ReaffirmEnded { .. }
            | Event::CommandRefused { .. } => self.apply_while_open(meta, asker, event),
            Event::LotAdded { .. }
            | Event::SaleCreated { .. }
            | Event::WriterStarted { .. }
            | Event::SaleOpened
            | Event::SaleEnded
            | Event::SalePaused { .. }
            | Event::SaleResumed { .. }
            | Event::PaddleAdmitted { .. }
            | Event::PaddleBarred { .. }
            | Event::LotsReordered { .. } => {}
        }
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each event")]
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "`apply` lists every event and sends only those of an open lot here"
    )]
    fn apply_while_open(&mut self, meta: &Meta, asker: Option<Paddle>, event: &Event) {
        let Phase::Open(open) = &mut self.phase else {
            let is_refusal = matches!(event, Event::CommandRefused { .. });
            assert!(is_refusal, "only an open lot takes bids");
            return;
        };
        let Play::English(state) = &mut open.play;
        match event {
            Event::BidAccepted(bid) => {
                open.warnings = 0;
                state.take(bid);
                self.bids.push(accepted(bid, meta.at));
            }
            Event::LeadReaffirmed {
                bid,
                paddle,
                amount,
                ..
            } => {
                open.warnings = 0;
                state.offer = None;
                state.clerk_ask = None;
                let (bid, paddle, maximum) = (*bid, *paddle, *amount);
                let lead = Lead {
                    paddle,
                    price: maximum,
                    maximum,
                    bid,
                    short_step: false,
                };
                state.lead = Some(lead);
                let origin = match meta.actor {
                    Actor::Staff(_) => BidOrigin::Floor,
                    Actor::Bidder(_) | Actor::Engine => BidOrigin::Web,
                };
                let kind = BidKind::Flat;
                let at = meta.at;
                self.bids.push(Bid {
                    no: bid,
                    paddle,
                    origin,
                    kind,
                    maximum,
                    at,
                    void: false,
                });
            }
            Event::MaximumChanged { maximum, .. } => {
                let (Some(lead), Some(maximum)) = (&mut state.lead, maximum.open()) else {
                    unreachable!("the writer opens its own secrets");
                };
                let after = self.bids.last().map_or(lead.bid, |last| last.no);
                let (bid, from, to) = (lead.bid, lead.maximum, maximum);
                self.moves.push(MaximumMove {
                    bid,
                    after,
                    from,
                    to,
                });
                lead.maximum = maximum;
                if let Some(bid) = self.bids.iter_mut().find(|bid| bid.no == lead.bid) {
                    bid.maximum = maximum;
                }
                state.confirmations.remove(&lead.paddle);
            }
            Event::LotWarned { warning, .. } => open.warnings = *warning,
            Event::AskSet { ask, .. } => state.clerk_ask = Some(*ask),
            Event::LotExtended { ends_at, cause, .. } => open.extend(*ends_at, *cause),
            // R4: the outcome has the lifted price. A lot that is opened again goes on at the bids'.
            Event::ReserveLifted { .. } => {}
            Event::FloorBidHeld {
                paddle,
                amount,
                until,
                ..
            } => {
                if let Actor::Staff(clerk) = meta.actor {
                    let (paddle, amount, until) = (*paddle, *amount, *until);
                    state.held = Some(HeldFloorBid {
                        paddle,
                        amount,
                        clerk,
                        until,
                    });
                }
            }
            Event::FloorBidLapsed { .. } => state.held = None,
            Event::ReaffirmOffered {
                paddle,
                amount,
                until,
                ..
            } => {
                let (paddle, amount, until) = (*paddle, *amount, *until);
                // The ask steps back with the offer, whatever the clerk had asked above the last one.
                state.clerk_ask = None;
                state.offer = Some(LeadOffer {
                    paddle,
                    amount,
                    until,
                });
            }
            Event::ReaffirmEnded { .. } => {
                state.offer = None;
                state.clerk_ask = None;
            }
            Event::CommandRefused { refusal, .. } => state.remember_jump(meta, asker, refusal),
            _ => {}
        }
    }

    fn open_at(&mut self, at: Time, ends_at: Option<Time>) {
        // R3.4: a lot that opens late takes its hard stop along by as much as its end.
        let hard_stop = match &self.terms.running {
            Running::Timed {
                soft_close, closes, ..
            } => {
                let scheduled = match self.phase {
                    Phase::Upcoming { opens_at } => opens_at,
                    Phase::Open(_) | Phase::Closed(_) => None,
                };
                let planned = match closes {
                    Closes::At(end) => *end,
                    Closes::After(span) => scheduled.unwrap_or(at).after(*span),
                };
                let late = ends_at.map_or(Span::ZERO, |end| end.since(planned));
                let stop = soft_close.and_then(|soft| soft.hard_stop);
                stop.map(|stop| stop.after(late))
            }
            Running::Clerked => None,
        };
        let play = match &self.terms.method {
            Method::English(_) => Play::English(State::default()),
        };
        let (extensions, warnings) = (0, 0);
        let open = Open {
            opened_at: at,
            ends_at,
            hard_stop,
            extensions,
            warnings,
            play,
        };
        self.phase = Phase::Open(open);
    }

    fn close(&mut self, at: Time, outcome: LotOutcome) {
        let before = std::mem::replace(&mut self.phase, Phase::Upcoming { opens_at: None });
        let open = match before {
            Phase::Open(open) => Some(Box::new(open)),
            Phase::Upcoming { .. } => None,
            Phase::Closed(_) => unreachable!("a closed lot is not closed again"),
        };
        self.phase = Phase::Closed(Closed { at, outcome, open });
    }

    /// R12a: the lot goes on as it stood.
    fn reopen(&mut self) {
        if let Phase::Closed(Closed {
            open: Some(open), ..
        }) = &self.phase
        {
            let mut open = (**open).clone();
            open.warnings = 0;
            self.phase = Phase::Open(open);
        }
    }

    fn void(&mut self, void: &BidVoided) {
        self.void_request = None;
        if let Some(bid) = self.bids.iter_mut().find(|bid| bid.no == void.bid) {
            bid.void = true;
        }
        let revived = match (&self.terms.method, void.effect) {
            (Method::English(terms), AppliedEffect::Revived) => {
                crate::domain::rules::voiding::leader_without(terms, self, void.bid)
            }
            (
                Method::English(_),
                AppliedEffect::Unchanged | AppliedEffect::Lapsed | AppliedEffect::WinnerVoided,
            ) => None,
        };
        match (&mut self.phase, void.effect) {
            (Phase::Open(open), AppliedEffect::Lapsed | AppliedEffect::Revived) => {
                let Play::English(state) = &mut open.play;
                state.lead = revived;
                state.clerk_ask = None;
                open.warnings = 0;
            }
            (Phase::Closed(closed), AppliedEffect::WinnerVoided) => {
                closed.outcome = LotOutcome::WinnerVoided;
            }
            (Phase::Upcoming { .. } | Phase::Open(_) | Phase::Closed(_), _) => {}
        }
    }
}

fn accepted(bid: &BidAccepted, at: Time) -> Bid {
    let Some(maximum) = bid.maximum.open() else {
        unreachable!("the writer opens its own secrets");
    };
    let BidAccepted {
        bid: no,
        paddle,
        origin,
        kind,
        ..
    } = *bid;
    Bid {
        no,
        paddle,
        origin,
        kind,
        maximum,
        at,
        void: false,
    }
}

impl State {
    /// A bid entered the book: it leads, or the leader's price moved.
    fn take(&mut self, bid: &BidAccepted) {
        let maximum = match (bid.leader == bid.paddle, self.lead) {
            (false, Some(lead)) => Lead {
                price: bid.price,
                short_step: bid.short_step,
                ..lead
            },
            _ => {
                let Some(maximum) = bid.maximum.open() else {
                    unreachable!("the writer opens its own secrets");
                };
                let BidAccepted {
                    paddle,
                    price,
                    bid: no,
                    short_step,
                    ..
                } = *bid;
                Lead {
                    paddle,
                    price,
                    maximum,
                    bid: no,
                    short_step,
                }
            }
        };
        self.lead = Some(maximum);
        self.clerk_ask = None;
        self.offer = None;
        self.confirmations.remove(&bid.paddle);
        if bid.origin == BidOrigin::Floor {
            self.held = self.held.filter(|held| held.paddle != bid.paddle);
        }
    }

    /// R1: a jump that was asked about may be confirmed for a while. One for each paddle.
    fn remember_jump(&mut self, meta: &Meta, asker: Option<Paddle>, refusal: &Refusal) {
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
}

impl Open {
    fn extend(&mut self, ends_at: Time, cause: ExtensionCause) {
        assert!(
            self.ends_at.is_some_and(|end| end <= ends_at),
            "an end never moves back"
        );
        self.ends_at = Some(ends_at);
        match cause {
            ExtensionCause::SoftClose => self.extensions = self.extensions.saturating_add(1),
            ExtensionCause::Outage | ExtensionCause::Void => {
                // The cap is for late bids; what the house brings about moves it along.
                self.hard_stop = self.hard_stop.map(|stop| stop.max(ends_at));
            }
        }
    }

    pub(super) fn shift(&mut self, shift: Span, least: Time) {
        self.ends_at = self.ends_at.map(|end| end.after(shift).max(least));
        let end = self.ends_at;
        self.hard_stop = self
            .hard_stop
            .map(|stop| stop.after(shift))
            .max(end.filter(|_| self.hard_stop.is_some()));
        let Play::English(state) = &mut self.play;
        if let Some(offer) = &mut state.offer {
            offer.until = offer.until.after(shift);
        }
        if let Some(held) = &mut state.held {
            held.until = held.until.after(shift);
        }
    }
}

impl Running {
    /// When it opens by itself, if that is known from the start.
    pub(super) const fn opens_at(&self) -> Option<Time> {
        match self {
            Self::Timed {
                opens: Opens::At(at),
                ..
            } => Some(*at),
            Self::Timed {
                opens: Opens::AfterPrevious(_),
                ..
            }
            | Self::Clerked => None,
        }
    }

    /// The same schedule, later.
    pub(super) fn shifted(self, shift: Span) -> Self {
        let Self::Timed {
            opens,
            closes,
            soft_close,
            group,
        } = self
        else {
            return self;
        };
        let opens = match opens {
            Opens::At(at) => Opens::At(at.after(shift)),
            Opens::AfterPrevious(gap) => Opens::AfterPrevious(gap),
        };
        let closes = match closes {
            Closes::At(at) => Closes::At(at.after(shift)),
            Closes::After(span) => Closes::After(span),
        };
        let soft_close = soft_close.map(|mut soft| {
            soft.hard_stop = soft.hard_stop.map(|stop| stop.after(shift));
            soft
        });
        Self::Timed {
            opens,
            closes,
            soft_close,
            group,
        }
    }
}
