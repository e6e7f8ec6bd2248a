//! The only place that changes state. It trusts the log: what is recorded has happened.

use super::rules::english::{Confirmation, HeldFloorBid, LeadOffer, State};
use super::rules::proxy::Lead;
use super::{
    Actor, Admission, Answer, AnswerKey, AppliedEffect, Bid, BidAccepted, BidKind, BidOrigin,
    BidResult, BidVoided, Closed, Closes, Code, Epoch, Event, ExtensionCause, Figure, Lot, LotNo,
    LotOutcome, MaximumMove, Meta, Method, Money, Open, Opens, Paddle, Pause, Phase, Play,
    Recorded, Refusal, Running, Sale, SalePhase, Span, Time, Verdict, VoidRequest,
};

impl Sale {
    /// Applies the next event of the stream, with every secret opened.
    pub fn apply(&mut self, recorded: &Recorded) {
        let Recorded {
            revision,
            meta,
            event,
        } = recorded;
        assert!(
            *revision == self.next_revision,
            "events come in order, none left out"
        );
        assert!(meta.at >= self.now, "time never falls within a sale");
        self.now = meta.at;
        self.next_revision = revision.saturating_add(1);
        match event.lot().filter(|no| self.lots.contains_key(no)) {
            Some(no) => self.apply_to_lot(no, meta, event),
            None => self.apply_to_sale(*revision, event),
        }
        self.note_answer(*revision, meta, event);
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each event")]
    fn apply_to_sale(&mut self, revision: u64, event: &Event) {
        match event {
            Event::SaleCreated { terms } => self.terms = Some(terms.clone()),
            Event::WriterStarted { epoch } => {
                self.epochs.push(Epoch {
                    epoch: *epoch,
                    first: revision,
                });
            }
            Event::SaleOpened => self.phase = SalePhase::Open,
            Event::SaleEnded => self.phase = SalePhase::Ended,
            Event::SalePaused { reason, cause } => {
                self.pause = Some(Pause {
                    since: self.now,
                    reason: reason.clone(),
                    cause: *cause,
                });
            }
            Event::SaleResumed { shift } => self.resume(*shift),
            Event::PaddleAdmitted {
                paddle,
                account,
                limit,
            } => {
                let (account, limit) = (*account, *limit);
                let admission = Admission {
                    account,
                    limit,
                    exposure: Money::ZERO,
                    barred: false,
                };
                self.admissions.insert(*paddle, admission);
                self.paddles
                    .extend(account.map(|account| (account, *paddle)));
            }
            Event::PaddleBarred { paddle, .. } => {
                if let Some(admission) = self.admissions.get_mut(paddle) {
                    admission.barred = true;
                }
            }
            Event::LotAdded { lot: no, terms } => {
                let opens_at = match terms.running {
                    Running::Timed {
                        opens: Opens::At(at),
                        ..
                    } => Some(at),
                    Running::Timed {
                        opens: Opens::AfterPrevious(_),
                        ..
                    }
                    | Running::Clerked => None,
                };
                let lot = Lot {
                    terms: (**terms).clone(),
                    attempt: 1,
                    phase: Phase::Upcoming { opens_at },
                    bids: Vec::new(),
                    bids_before: 0,
                    moves: Vec::new(),
                    void_request: None,
                };
                self.due.extend(lot.due(*no));
                self.lots.insert(*no, lot);
                self.order.push(*no);
            }
            Event::LotsReordered { order } => self.order.clone_from(order),
            Event::CommandRefused { .. } => {}
            Event::LotScheduled { .. }
            | Event::LotOpened { .. }
            | Event::LotWarned { .. }
            | Event::AskSet { .. }
            | Event::LotExtended { .. }
            | Event::LotClosed { .. }
            | Event::LotWithdrawn { .. }
            | Event::LotReoffered { .. }
            | Event::LotReopened { .. }
            | Event::ReserveLifted { .. }
            | Event::BidAccepted(_)
            | Event::MaximumChanged { .. }
            | Event::FloorBidHeld { .. }
            | Event::FloorBidLapsed { .. }
            | Event::VoidRequested { .. }
            | Event::BidVoided(_)
            | Event::ReaffirmOffered { .. }
            | Event::LeadReaffirmed { .. }
            | Event::ReaffirmEnded { .. } => unreachable!("an event of a lot that was never added"),
        }
    }

    /// Applies an event to its lot and keeps what follows from lots: timers and exposures.
    fn apply_to_lot(&mut self, no: LotNo, meta: &Meta, event: &Event) {
        if let Event::LotOpened { .. } = event {
            self.last_opened = Some(no);
        }
        let asker = self.asker(meta.actor);
        let Some(lot) = self.lots.get_mut(&no) else {
            return;
        };
        let (due_before, claim_before) = (lot.due(no), lot.claim());
        lot.apply(meta, asker, event);
        let (due_after, claim_after) = (lot.due(no), lot.claim());
        if due_before != due_after {
            for due in &due_before {
                self.due.remove(due);
            }
            self.due.extend(due_after);
        }
        if claim_before != claim_after {
            self.move_claim(claim_before, claim_after);
        }
    }

    /// The paddle of the bidder who asked.
    fn asker(&self, actor: Actor) -> Option<Paddle> {
        match actor {
            Actor::Bidder(account) => self.paddles.get(&account).copied(),
            Actor::Engine | Actor::Staff(_) => None,
        }
    }

    /// R13: exposure is the sum of the lots' claims.
    fn move_claim(&mut self, before: Option<(Paddle, Money)>, after: Option<(Paddle, Money)>) {
        if let Some((paddle, claim)) = before
            && let Some(admission) = self.admissions.get_mut(&paddle)
        {
            admission.exposure = admission.exposure.saturating_sub(claim);
        }
        if let Some((paddle, claim)) = after
            && let Some(admission) = self.admissions.get_mut(&paddle)
        {
            admission.exposure = admission.exposure.saturating_add(claim);
        }
    }

    /// R3.7: everything still ahead moves by the length of the pause; an open lot keeps at least
    /// the least remainder.
    fn resume(&mut self, shift: Span) {
        self.pause = None;
        let least = self
            .terms
            .as_ref()
            .map_or(Span::ZERO, |terms| terms.resume_minimum);
        let least = self.now.after(least);
        self.due.clear();
        for (no, lot) in &mut self.lots {
            match &mut lot.phase {
                Phase::Upcoming { opens_at } => {
                    *opens_at = opens_at.map(|at| at.after(shift));
                    lot.terms.running = lot.terms.running.shifted(shift);
                }
                Phase::Open(open) => open.shift(shift, least),
                Phase::Closed(_) => {}
            }
            self.due.extend(lot.due(*no));
        }
    }

    /// R0: remembers the answer to whoever asked; the engine's own timers are not asked again.
    fn note_answer(&mut self, revision: u64, meta: &Meta, event: &Event) {
        if meta.actor == Actor::Engine {
            return;
        }
        let key = AnswerKey {
            actor: meta.actor,
            command: meta.command,
        };
        let answer = self.answers.entry(key).or_insert_with(|| Answer {
            digest: meta.digest,
            lot: event.lot(),
            verdict: verdict(event),
            first: revision,
            last: revision,
            arrived: meta.arrived,
            at: meta.at,
            price: None,
            leader: None,
            ask: None,
            ends_at: None,
        });
        answer.last = revision;
        if let Some(lot) = answer.lot.and_then(|no| self.lots.get(&no)) {
            let standing = lot.standing();
            (answer.price, answer.leader) = (standing.price, standing.leader);
            (answer.ask, answer.ends_at) = (standing.ask, standing.ends_at);
        }
    }
}

fn verdict(event: &Event) -> Verdict {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "every other fact is a plain yes"
    )]
    match event {
        Event::CommandRefused { refusal, .. } => Verdict::Refused(refusal.clone()),
        Event::BidAccepted(bid) if bid.leader == bid.paddle => {
            Verdict::Accepted(Some(BidResult::Leading))
        }
        Event::BidAccepted(_) => Verdict::Accepted(Some(BidResult::Outbid)),
        Event::LeadReaffirmed { .. } => Verdict::Accepted(Some(BidResult::Leading)),
        Event::MaximumChanged { .. } => Verdict::Accepted(Some(BidResult::MaximumMoved)),
        Event::FloorBidHeld { .. } => Verdict::Accepted(Some(BidResult::Held)),
        _ => Verdict::Accepted(None),
    }
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
                    ask: Some(super::rules::english::ask(terms, state)),
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

    fn apply(&mut self, meta: &Meta, asker: Option<Paddle>, event: &Event) {
        match event {
            Event::LotScheduled { opens_at, .. } => {
                self.phase = Phase::Upcoming {
                    opens_at: Some(*opens_at),
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
                let opens_at = match running {
                    Running::Timed {
                        opens: Opens::At(at),
                        ..
                    } => Some(*at),
                    Running::Timed {
                        opens: Opens::AfterPrevious(gap),
                        ..
                    } => Some(meta.at.after(*gap)),
                    Running::Clerked => None,
                };
                self.phase = Phase::Upcoming { opens_at };
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
            Event::ReserveLifted { price, .. } => {
                if let Some(lead) = &mut state.lead {
                    lead.price = *price;
                }
            }
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
                state.offer = Some(LeadOffer {
                    paddle,
                    amount,
                    until,
                });
            }
            Event::ReaffirmEnded { .. } => state.offer = None,
            Event::CommandRefused { refusal, .. } => state.remember_jump(meta, asker, refusal),
            _ => {}
        }
    }

    fn open_at(&mut self, at: Time, ends_at: Option<Time>) {
        let hard_stop = match &self.terms.running {
            Running::Timed { soft_close, .. } => soft_close.and_then(|soft| soft.hard_stop),
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
                super::rules::voiding::leader_without(terms, self, void.bid)
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

    fn shift(&mut self, shift: Span, least: Time) {
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
    /// The same schedule, later.
    fn shifted(self, shift: Span) -> Self {
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
