//! The only place that changes state. It trusts the log: what is recorded has happened.

mod lot;

use super::{
    Actor, Admission, Epoch, Event, Lot, LotEvent, LotNo, LotTerms, Meta, Method, Money, Paddle,
    Pause, PauseCause, Phase, Recorded, Refusal, Sale, SaleEvent, SalePhase, Span, Time,
};

use lot::offered;

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
        self.public_revision = self
            .public_revision
            .saturating_add(u64::from(event.is_public()));
        let end_due = self.end_due();
        match event {
            Event::Sale(event) => self.apply_to_sale(*revision, meta.actor, event),
            Event::Lot(no, LotEvent::Added { terms }) => self.add_lot(*no, terms),
            Event::Lot(no, event) => self.apply_to_lot(*no, meta, event),
            Event::Refused { lot, refusal } => self.apply_refusal(*lot, meta, refusal),
        }
        if ends_or_revives(event) {
            self.keep_rest();
        }
        if let Some(before) = end_due {
            self.due.remove(&before);
        }
        self.due.extend(self.end_due());
    }

    fn apply_to_sale(&mut self, revision: u64, actor: Actor, event: &SaleEvent) {
        match event {
            SaleEvent::Created { terms } | SaleEvent::Amended { terms, .. } => {
                self.terms = Some(terms.clone());
            }
            SaleEvent::LotsCleared => {
                self.lots.clear();
                self.order.clear();
                self.due.clear();
            }
            SaleEvent::Published => self.phase = SalePhase::Announced,
            SaleEvent::WriterStarted { epoch } => {
                self.come_back();
                // A process has an anchor of its own.
                self.clock_offset = 0;
                self.epochs.push(Epoch {
                    epoch: *epoch,
                    first: revision,
                });
            }
            SaleEvent::Opened => self.phase = SalePhase::Open,
            SaleEvent::Ended => self.phase = SalePhase::Ended,
            SaleEvent::Paused { reason, cause } => {
                // An outage may fall into a pause that staff asked for: the clock stands since that.
                let before = self.pause.as_ref();
                let since = before.map_or(self.now, |pause| pause.since);
                let offset_before = before.map_or(self.clock_offset, |pause| pause.offset_before);
                if let PauseCause::Clock { offset } = cause {
                    self.clock_offset = *offset;
                }
                self.pause = Some(Pause {
                    offset_before,
                    since,
                    reason: reason.clone(),
                    cause: *cause,
                });
            }
            SaleEvent::Resumed { shift } => self.resume(*shift, actor),
            // What it cost is given back by events of its own.
            SaleEvent::StoodStill { .. } => self.come_back(),
            SaleEvent::PaddleAdmitted {
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
                    present: false,
                };
                self.admissions.insert(*paddle, admission);
                self.paddles
                    .extend(account.map(|account| (account, *paddle)));
            }
            SaleEvent::PaddleBarred { paddle, .. } => {
                if let Some(admission) = self.admissions.get_mut(paddle) {
                    admission.barred = true;
                }
            }
            SaleEvent::LimitSet { paddle, limit } => {
                if let Some(admission) = self.admissions.get_mut(paddle) {
                    admission.limit = *limit;
                }
            }
            SaleEvent::PresenceMarked { paddle, present } => {
                if let Some(admission) = self.admissions.get_mut(paddle) {
                    admission.present = *present;
                }
            }
            SaleEvent::LotsReordered { order } => self.order.clone_from(order),
        }
    }

    /// R12a: after a silence the whole time is left to open the last lot again.
    fn come_back(&mut self) {
        self.rests_since = self.rests_since.map(|_| self.sale_time());
    }

    /// R12a: since when no lot is left to run. Kept by the events that end a lot or bring one back;
    /// a sale that ends itself waits from then on.
    fn keep_rest(&mut self) {
        let has_ended = |lot: &Lot| matches!(lot.phase, Phase::Closed(_));
        let rests = self.phase == SalePhase::Open
            && !self.lots.is_empty()
            && self.lots.values().all(has_ended);
        let since = self.rests_since.unwrap_or_else(|| self.sale_time());
        self.rests_since = rests.then_some(since);
    }

    /// R3.7: what is set during a pause is reckoned from its beginning, and moves with the rest.
    fn sale_time(&self) -> Time {
        self.pause.as_ref().map_or(self.now, |pause| pause.since)
    }

    fn add_lot(&mut self, no: LotNo, terms: &LotTerms) {
        let opens_at = terms.running.opens_at();
        let lot = Lot {
            no,
            terms: offered(terms),
            running: terms.running,
            method: Method::new(terms.method.clone()),
            attempt: 1,
            phase: Phase::Upcoming { opens_at },
            bids: Vec::new(),
            bids_before: 0,
            void_request: None,
            ceiling: terms.ceiling,
            base_open: false,
        };
        self.due.extend(lot.due());
        let before = self.lots.insert(no, lot);
        assert!(before.is_none(), "a lot is added once");
        self.order.push(no);
    }

    /// Applies an event to its lot and keeps what follows from lots: timers and exposures.
    fn apply_to_lot(&mut self, no: LotNo, meta: &Meta, event: &LotEvent) {
        let Some(lot) = self.lots.get_mut(&no) else {
            unreachable!("an event of a lot that was never added");
        };
        let (due_before, claim_before) = (lot.due(), lot.claim());
        lot.apply(meta, event);
        let (due_after, claim_after) = (lot.due(), lot.claim());
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

    /// A refusal changes nothing, but a method may remember what it asked (R1).
    fn apply_refusal(&mut self, lot: Option<LotNo>, meta: &Meta, refusal: &Refusal) {
        if let Some(lot) = lot.and_then(|no| self.lots.get_mut(&no))
            && let Phase::Open(_) = lot.phase
        {
            lot.method.apply_refusal(meta, refusal);
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
    fn resume(&mut self, shift: Span, actor: Actor) {
        let Some(pause) = self.pause.take() else {
            unreachable!("only a pause ends");
        };
        if actor == Actor::Engine {
            // R0: the step has gone. Whoever of the staff resumes has taken it for right.
            self.clock_offset = pause.offset_before;
        }
        let least = self
            .terms
            .as_ref()
            .map_or(Span::ZERO, |terms| terms.resume_minimum);
        let least = self.now.after(least);
        self.due.clear();
        for lot in self.lots.values_mut() {
            match &mut lot.phase {
                Phase::Upcoming { opens_at } => {
                    *opens_at = opens_at.map(|at| at.after(shift));
                    lot.running = lot.running.shifted(shift);
                }
                Phase::Open(open) => {
                    open.shift(&pause, shift, least);
                    lot.method.shift(shift);
                }
                Phase::Closed(_) => {}
            }
            self.due.extend(lot.due());
        }
        self.rests_since = self.rests_since.map(|since| since.after(shift));
    }
}

/// Whether it may have ended the last lot that was left to run, or brought one back.
const fn ends_or_revives(event: &Event) -> bool {
    match event {
        Event::Sale(event) => matches!(
            event,
            SaleEvent::Opened | SaleEvent::Ended | SaleEvent::LotsCleared
        ),
        Event::Lot(_, event) => matches!(
            event,
            LotEvent::Added { .. }
                | LotEvent::Closed { .. }
                | LotEvent::Withdrawn { .. }
                | LotEvent::Reoffered { .. }
                | LotEvent::Reopened { .. }
        ),
        Event::Refused { .. } => false,
    }
}
