//! What must hold at every event of a sale, checked from the public facts, and with the engine's
//! key from the sealed ones too.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use mazad_engine::codec::{event_id, state_digest};
use mazad_engine::domain::{
    Actor, AnswerKey, BidAccepted, CommandId, Event, LotNo, LotOutcome, Meta, Method, Money,
    Paddle, Recorded, ReserveOpening, Sale, SaleId, Time,
};
use mazad_engine::proof::reserve_commitment;
use mazad_projections::live::{LiveSale, LotPhase};
use mazad_projections::results::Results;
use serde::Serialize;
use uuid::Uuid;

use super::again::Again;

/// Findings that are listed; one broken rule tends to break many.
const LISTED_MAX: usize = 50;

/// Something that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    /// The event.
    pub(crate) revision: u64,
    /// What is wrong there.
    pub(crate) what: String,
}

/// How much was checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Counts {
    /// Events.
    pub(crate) events: u64,
    /// Accepted bids.
    pub(crate) bids: u64,
    /// Refused commands.
    pub(crate) refusals: u64,
    /// Answers, one for each command of a person.
    pub(crate) answers: u64,
    /// Lots that ended.
    pub(crate) closings: u64,
    /// Reserves that opened to what was committed.
    pub(crate) reserves: u64,
    /// Decisions that were made again and came out the same.
    pub(crate) decided_again: u64,
}

/// The audit of one sale: give it every event in order.
#[derive(Debug)]
pub(crate) struct Audit {
    sale: SaleId,
    live: LiveSale,
    /// The engine's own state: with the key only.
    state: Option<Sale>,
    again: Again,
    at: Time,
    next: u64,
    admitted: BTreeSet<Paddle>,
    barred: BTreeSet<Paddle>,
    commitments: BTreeMap<LotNo, [u8; 32]>,
    group: Option<(Actor, CommandId)>,
    ordinal: usize,
    answered: BTreeMap<AnswerKey, ([u8; 32], u64)>,
    counts: Counts,
    findings: Vec<Finding>,
    found: usize,
}

/// What an audit came to.
#[derive(Debug)]
pub(crate) struct Audited {
    /// The sale as everyone may see it.
    pub(crate) live: LiveSale,
    /// SHA-256 of the engine's state, if the key was there.
    pub(crate) digest: Option<[u8; 32]>,
    /// How much was checked.
    pub(crate) counts: Counts,
    /// What is wrong, the first of it.
    pub(crate) findings: Vec<Finding>,
    /// How much is wrong.
    pub(crate) found: usize,
}

impl Audit {
    /// An audit that has seen nothing yet; `opened` if events come with their secrets.
    pub(crate) fn new(sale: SaleId, opened: bool) -> Self {
        Self {
            sale,
            live: LiveSale::new(sale),
            state: opened.then(Sale::default),
            again: Again::default(),
            at: Time::default(),
            next: 0,
            admitted: BTreeSet::new(),
            barred: BTreeSet::new(),
            commitments: BTreeMap::new(),
            group: None,
            ordinal: 0,
            answered: BTreeMap::new(),
            counts: Counts::default(),
            findings: Vec::new(),
            found: 0,
        }
    }

    /// Notes something that is wrong.
    pub(crate) fn find(&mut self, revision: u64, what: impl Into<String>) {
        self.found = self.found.saturating_add(1);
        if self.findings.len() < LISTED_MAX {
            let what = what.into();
            self.findings.push(Finding { revision, what });
        }
    }

    /// Checks the next event, stored under this id, against everything before it. `false`: what
    /// follows cannot be judged.
    pub(crate) fn take(&mut self, id: Uuid, recorded: &Recorded) -> bool {
        let revision = recorded.revision;
        if revision != self.next {
            self.find(revision, format!("revision {} is missing", self.next));
            return false;
        }
        if recorded.meta.at < self.at {
            self.find(revision, "time falls");
            return false;
        }
        (self.next, self.at) = (revision.saturating_add(1), recorded.meta.at);
        self.counts.events = self.counts.events.saturating_add(1);
        self.check_answer(recorded);
        self.check_id(id, recorded);
        self.check_event(recorded);
        self.decide_again(recorded);
        let folded = catch_unwind(AssertUnwindSafe(|| {
            self.live.apply(recorded);
            if let Some(state) = &mut self.state {
                state.apply(recorded);
            }
        }));
        if folded.is_err() {
            self.find(revision, "cannot follow on what was before it");
            return false;
        }
        self.check_state(recorded);
        true
    }

    /// The outcome of the audit.
    pub(crate) fn finish(mut self) -> Audited {
        let (live, sold) = (&self.live, Results::of(&self.live).totals.sold);
        let buyers = live.lots().filter(|(_, lot)| lot.buyer.is_some()).count();
        if usize::try_from(sold).ok() != Some(buyers) {
            self.find(
                self.next,
                "a lot is sold without a buyer, or bought without a sale",
            );
        }
        self.counts.answers = self.answered.len() as u64;
        self.counts.decided_again = self.again.agreed();
        Audited {
            digest: self.state.as_ref().map(state_digest),
            live: self.live,
            counts: self.counts,
            findings: self.findings,
            found: self.found,
        }
    }

    /// R0: one answer for each command, given at once, to one command.
    fn check_answer(&mut self, recorded: &Recorded) {
        let Meta {
            actor,
            command,
            digest,
            ..
        } = recorded.meta;
        if actor == Actor::Engine {
            return;
        }
        let key = AnswerKey { actor, command };
        let earlier = self.answered.insert(key, (digest, recorded.revision));
        match earlier {
            None => {}
            Some((first, _)) if first != digest => {
                self.find(
                    recorded.revision,
                    "a command id answers two different commands",
                );
            }
            Some((_, last)) if last.saturating_add(1) != recorded.revision => {
                self.find(recorded.revision, "a command is answered twice");
            }
            Some(_) => {}
        }
    }

    /// Ids follow from the command and the place among its events.
    fn check_id(&mut self, id: Uuid, recorded: &Recorded) {
        let Meta { actor, command, .. } = recorded.meta;
        self.ordinal = match self.group {
            Some(group) if group == (actor, command) => self.ordinal.saturating_add(1),
            _ => 0,
        };
        self.group = Some((actor, command));
        if event_id(actor, command, self.ordinal) != id {
            self.find(
                recorded.revision,
                "the event's id is not that of its command",
            );
        }
    }

    fn check_event(&mut self, recorded: &Recorded) {
        let revision = recorded.revision;
        match &recorded.event {
            Event::PaddleAdmitted { paddle, .. } => self.check_admitted(revision, *paddle),
            Event::PaddleBarred { paddle, .. } => {
                self.barred.insert(*paddle);
            }
            Event::LotAdded { lot, terms } => {
                let Method::English(english) = &terms.method;
                if let Some(reserve) = &english.reserve {
                    self.commitments.insert(*lot, reserve.commitment);
                    if let Some(opening) = reserve.opening {
                        self.check_reserve(revision, *lot, opening);
                    }
                }
            }
            Event::BidAccepted(bid) => self.check_bid(recorded, bid),
            Event::LotExtended { lot, ends_at, .. } => {
                let before = self.live.lot(*lot).and_then(|lot| lot.ends_at);
                if before.is_some_and(|before| before > *ends_at) {
                    self.find(revision, format!("the end of lot {lot} moves back"));
                }
            }
            Event::LotClosed {
                lot,
                outcome,
                reserve,
                ..
            } => self.check_close(recorded, *lot, *outcome, *reserve),
            Event::CommandRefused { .. } => {
                self.counts.refusals = self.counts.refusals.saturating_add(1);
            }
            _ => {}
        }
    }

    fn check_admitted(&mut self, revision: u64, paddle: Paddle) {
        if !self.admitted.insert(paddle) {
            self.find(revision, format!("paddle {paddle} is admitted twice"));
        }
    }

    /// R1, R2, R0: an admitted paddle, in time, at least the ask; the price does not fall.
    fn check_bid(&mut self, recorded: &Recorded, bid: &BidAccepted) {
        self.counts.bids = self.counts.bids.saturating_add(1);
        let (revision, lot) = (recorded.revision, bid.lot);
        for paddle in [bid.paddle, bid.leader] {
            if !self.admitted.contains(&paddle) {
                self.find(
                    revision,
                    format!("lot {lot}: paddle {paddle} is not admitted"),
                );
            }
        }
        if self.barred.contains(&bid.paddle) {
            self.find(
                revision,
                format!("lot {lot}: paddle {} is barred", bid.paddle),
            );
        }
        let Some(before) = self.live.lot(lot) else {
            return self.find(revision, format!("lot {lot} is not in the catalogue"));
        };
        let window = self
            .live
            .board()
            .terms
            .as_ref()
            .map(|terms| terms.timeliness_window);
        let Meta { at, arrived, .. } = recorded.meta;
        let judged = match window {
            Some(window) if arrived.distance(at) <= window => arrived,
            _ => at,
        };
        let (open, ends_at) = (before.phase == LotPhase::Open, before.ends_at);
        let (price, ask) = (before.price, before.ask);
        if !open {
            self.find(
                revision,
                format!("lot {lot}: a bid on a lot that is not open"),
            );
        }
        if ends_at.is_some_and(|end| judged >= end) {
            self.find(revision, format!("lot {lot}: a bid at or after the end"));
        }
        if price.is_some_and(|price| bid.price < price) {
            self.find(revision, format!("lot {lot}: the price falls by a bid"));
        }
        if ask.is_some_and(|ask| bid.shown < ask) {
            self.find(revision, format!("lot {lot}: a bid below the least amount"));
        }
        if bid
            .maximum
            .open()
            .is_some_and(|maximum| maximum < bid.shown)
        {
            self.find(revision, format!("lot {lot}: more is shown than was bid"));
        }
    }

    /// R3, R4: not before the end, to the leader at the price, and the reserve as committed.
    fn check_close(
        &mut self,
        recorded: &Recorded,
        lot: LotNo,
        outcome: LotOutcome,
        reserve: Option<ReserveOpening>,
    ) {
        self.counts.closings = self.counts.closings.saturating_add(1);
        let revision = recorded.revision;
        let Some(before) = self.live.lot(lot) else {
            return self.find(revision, format!("lot {lot} is not in the catalogue"));
        };
        let early = before.ends_at.is_some_and(|end| end > recorded.meta.at);
        let (price, leader) = (before.price, before.leader);
        if early && recorded.meta.actor == Actor::Engine {
            self.find(revision, format!("lot {lot} closes before its end"));
        }
        if let LotOutcome::Sold {
            paddle,
            price: hammer,
        } = outcome
        {
            if leader != Some(paddle) || price != Some(hammer) {
                self.find(
                    revision,
                    format!("lot {lot} is not sold to its leader at its price"),
                );
            }
            if reserve.is_some_and(|reserve| hammer < reserve.amount) {
                self.find(revision, format!("lot {lot} is sold below its reserve"));
            }
        }
        if let Some(opening) = reserve {
            self.check_reserve(revision, lot, opening);
        }
    }

    fn check_reserve(&mut self, revision: u64, lot: LotNo, opening: ReserveOpening) {
        let ReserveOpening { amount, salt } = opening;
        let commitment = reserve_commitment(self.sale, lot, amount, &salt);
        if self.commitments.get(&lot) == Some(&commitment) {
            self.counts.reserves = self.counts.reserves.saturating_add(1);
        } else {
            self.find(
                revision,
                format!("lot {lot}: the reserve is not the one committed to"),
            );
        }
    }

    /// With the key: what was recorded is what the rules decide again.
    fn decide_again(&mut self, recorded: &Recorded) {
        if let Some(state) = &self.state
            && let Some(what) = self.again.take(state, recorded)
        {
            self.find(recorded.revision, what);
        }
    }

    /// R13, R2: with the key, limits hold and no price passes its leader's maximum.
    fn check_state(&mut self, recorded: &Recorded) {
        let Some(state) = &self.state else {
            return;
        };
        let Some(lot) = recorded.event.lot().and_then(|no| state.lots.get(&no)) else {
            return;
        };
        let Some((paddle, claim)) = lot.claim() else {
            return;
        };
        let shown = recorded.event.lot().and_then(|no| self.live.lot(no)?.price);
        let over_limit = state.admissions.get(&paddle).is_some_and(|admission| {
            admission
                .limit
                .is_some_and(|limit| admission.exposure > limit)
        });
        let over_maximum = shown.is_some_and(|price: Money| price > claim);
        if over_limit {
            self.find(
                recorded.revision,
                format!("paddle {paddle} leads past its limit"),
            );
        }
        if over_maximum {
            self.find(recorded.revision, "the price passes the leader's maximum");
        }
    }
}
