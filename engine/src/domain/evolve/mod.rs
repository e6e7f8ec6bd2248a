//! The only place that changes state. It trusts the log: what is recorded has happened.

mod lot;

use super::{
    Actor, Admission, Answer, AnswerKey, BidResult, Epoch, Event, Lot, LotNo, Meta, Money, Paddle,
    Pause, Phase, Recorded, Sale, SalePhase, Span, Verdict,
};

pub use lot::Standing;

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
                let opens_at = terms.running.opens_at();
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
