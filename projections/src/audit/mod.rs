//! The audit of a sale from its log alone: what must hold at every event by the public facts, and
//! with the engine's key every decision made again.

mod amendments;
mod bases;
mod bids;
mod ends;
mod public_facts;
mod redecide;
mod refusals;
mod roll;
mod whole_act;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use mazad_engine::codec::{Vault, decode, event_id};
use mazad_engine::domain::{
    Actor, AnswerKey, BidEvent, Event, LotEvent, Meta, Money, Paddle, Recorded, SaleId, Time,
};
use mazad_engine::store::RecordedEvent;
use serde::Serialize;
use uuid::Uuid;

use self::public_facts::PublicFacts;
use self::redecide::Redecide;
use crate::limits::FINDINGS_LISTED_MAX;
use crate::live::LiveSale;
use crate::results::Results;

/// Something that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub revision: u64,
    /// What is wrong there.
    pub what: String,
}

/// How much was checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Events.
    pub events: u64,
    /// Accepted bids.
    pub bids: u64,
    /// Refused commands.
    pub refusals: u64,
    /// Answers, one for each command of a person.
    pub answers: u64,
    /// Times that a lot ended.
    pub closings: u64,
    /// Lots whose base was opened to what was committed.
    pub reserves: u64,
    /// Commands, of people and of the engine: one for each decision.
    pub commands: u64,
    /// With the key: commands that were opened, and are what was sent.
    pub opened: u64,
    /// With the key: decisions that were made again and came out the same.
    pub decided_again: u64,
}

/// The audit of one sale: give it every event in order.
#[derive(Debug)]
pub struct Audit {
    facts: PublicFacts,
    /// With the key only.
    redecide: Option<Redecide>,
    vault: Option<Arc<Vault>>,
    at: Time,
    next: u64,
    group: Option<Group>,
    answered: BTreeMap<AnswerKey, u64>,
    counts: Counts,
    findings: Vec<Finding>,
    found: usize,
}

/// The events of one command.
#[derive(Debug)]
struct Group {
    meta: Meta,
    ordinal: usize,
    is_refusal: bool,
}

/// What an audit came to.
#[derive(Debug)]
pub struct Audited {
    /// The sale as everyone may see it.
    pub live: LiveSale,
    /// SHA-256 of the engine's state, if the key was there.
    pub digest: Option<[u8; 32]>,
    /// How much was checked.
    pub counts: Counts,
    /// What is wrong, the first of it.
    pub findings: Vec<Finding>,
    /// How much is wrong.
    pub found: usize,
}

impl Audit {
    /// An audit that has seen nothing yet. With the vault events come with their secrets.
    pub fn new(sale: SaleId, vault: Option<Arc<Vault>>) -> Self {
        Self {
            facts: PublicFacts::new(sale),
            redecide: vault.clone().map(|vault| Redecide::new(sale, vault)),
            vault,
            at: Time::default(),
            next: 0,
            group: None,
            answered: BTreeMap::new(),
            counts: Counts::default(),
            findings: Vec::new(),
            found: 0,
        }
    }

    /// Notes something that is wrong.
    fn find(&mut self, revision: u64, what: impl Into<String>) {
        self.found = self.found.saturating_add(1);
        if self.findings.len() < FINDINGS_LISTED_MAX {
            let what = what.into();
            self.findings.push(Finding { revision, what });
        }
    }

    /// Checks the next event against everything before it. `false`: what follows cannot be judged.
    pub fn take(&mut self, event: &RecordedEvent) -> bool {
        let revision = event.revision.0;
        let recorded = match decode(event, self.vault.as_deref()) {
            Ok(recorded) => recorded,
            Err(error) => {
                self.find(revision, format!("cannot be read: {error}"));
                return false;
            }
        };
        let recorded = &recorded;
        if revision != self.next {
            self.find(revision, format!("revision {} is missing", self.next));
            return false;
        }
        if recorded.meta.at < self.at {
            self.find(revision, "time falls");
            return false;
        }
        (self.next, self.at) = (revision.saturating_add(1), recorded.meta.at);
        self.count(&recorded.event);
        self.check_command(event.id, recorded);
        let mut wrong = self.facts.check(recorded);
        if let Some(redecide) = &mut self.redecide {
            wrong.extend(redecide.take(event, recorded));
        }
        let folded = catch_unwind(AssertUnwindSafe(|| {
            self.facts.apply(recorded);
            if let Some(redecide) = &mut self.redecide {
                redecide.apply(recorded);
            }
        }));
        for what in wrong {
            self.find(revision, what);
        }
        if folded.is_err() {
            self.find(revision, "cannot follow on what was before it");
            return false;
        }
        self.check_state(recorded);
        true
    }

    /// The outcome of the audit.
    pub fn finish(mut self) -> Audited {
        for what in self.facts.end_act() {
            self.find(self.next, what);
        }
        let (live, down) = (
            &self.facts.live,
            Results::of(&self.facts.live).totals.knocked_down,
        );
        let buyers = live.lots().filter(|(_, lot)| lot.buyer.is_some()).count();
        if usize::try_from(down).ok() != Some(buyers) {
            self.find(
                self.next,
                "a lot is knocked down to nobody, or bought without a hammer",
            );
        }
        let mut digest = None;
        if let Some(redecide) = self.redecide.take() {
            let (wrong, redecided, of_state) = redecide.finish();
            for what in wrong {
                self.find(self.next, what);
            }
            digest = Some(of_state);
            self.counts.opened = redecided.opened;
            self.counts.decided_again = redecided.decided;
        }
        self.counts.answers = self.answered.len() as u64;
        self.counts.reserves = self.facts.reserves_opened();
        Audited {
            digest,
            live: self.facts.live,
            counts: self.counts,
            findings: self.findings,
            found: self.found,
        }
    }

    fn count(&mut self, event: &Event) {
        let counts = &mut self.counts;
        counts.events = counts.events.saturating_add(1);
        let counted = match event {
            Event::Lot(_, LotEvent::Bid(BidEvent::Accepted(_))) => &mut counts.bids,
            Event::Lot(_, LotEvent::Closed { .. }) => &mut counts.closings,
            Event::Refused { .. } => &mut counts.refusals,
            Event::Lot(..) | Event::Sale(_) => return,
        };
        *counted = counted.saturating_add(1);
    }

    /// R0: one answer for each command, given at once; ids follow from the command and the place
    /// among its events.
    fn check_command(&mut self, id: Uuid, recorded: &Recorded) {
        let (revision, meta) = (recorded.revision, &recorded.meta);
        let is_refusal = matches!(recorded.event, Event::Refused { .. });
        let before = self
            .group
            .take()
            .filter(|group| (group.meta.actor, group.meta.command) == (meta.actor, meta.command));
        let ordinal = match &before {
            Some(before) => {
                if before.meta != *meta {
                    self.find(revision, "one command has events of two");
                }
                if before.is_refusal || is_refusal {
                    self.find(revision, "a refused command had effects");
                }
                before.ordinal.saturating_add(1)
            }
            None => {
                self.counts.commands = self.counts.commands.saturating_add(1);
                0
            }
        };
        if event_id(meta.actor, meta.command, ordinal) != id {
            self.find(revision, "the event's id is not that of its command");
        }
        let key = AnswerKey {
            actor: meta.actor,
            command: meta.command,
        };
        if meta.actor != Actor::Engine
            && self.answered.insert(key, revision).is_some()
            && before.is_none()
        {
            self.find(revision, "a command is answered twice");
        }
        self.group = Some(Group {
            meta: meta.clone(),
            ordinal,
            is_refusal,
        });
    }

    /// R13, R2: with the key, limits hold and no price passes its leader's maximum.
    fn check_state(&mut self, recorded: &Recorded) {
        let Some(state) = self.redecide.as_ref().map(Redecide::state) else {
            return;
        };
        let Some((no, lot)) = recorded
            .event
            .lot()
            .and_then(|no| Some((no, state.lots.get(&no)?)))
        else {
            return;
        };
        let Some((leader, claim)) = lot.claim() else {
            return;
        };
        // What the house brings about (a revival, a reopening) may leave a bidder above the limit
        // (RULES.md, decision 15); no act of the bidder's own does.
        let lowered = lot.method.is_maximum_lowered()
            && matches!(
                recorded.event,
                Event::Lot(_, LotEvent::Bid(BidEvent::MaximumChanged { .. }))
            );
        let over_limit = !lowered
            && own_act(&recorded.event) == Some(leader)
            && state.admissions.get(&leader).is_some_and(|admission| {
                let limit = admission.limit;
                limit.is_some_and(|limit| admission.exposure > limit)
            });
        let shown = self.facts.live.lot(no).and_then(|lot| lot.price);
        let over_ceiling = lot.open().is_some() && claim > lot.ceiling;
        let over_maximum = shown.is_some_and(|price: Money| price > claim);
        if over_limit {
            let what = format!("paddle {leader} leads past its limit");
            self.find(recorded.revision, what);
        }
        if over_ceiling {
            self.find(recorded.revision, "a maximum passes the ceiling of its lot");
        }
        if over_maximum {
            self.find(recorded.revision, "the price passes the leader's maximum");
        }
    }
}

/// Whose own act adds to what that paddle leads with.
fn own_act(event: &Event) -> Option<Paddle> {
    let Event::Lot(_, LotEvent::Bid(event)) = event else {
        return None;
    };
    match event {
        BidEvent::Accepted(bid) => Some(bid.paddle),
        BidEvent::MaximumChanged { paddle, .. } | BidEvent::LeadReaffirmed { paddle, .. } => {
            Some(*paddle)
        }
        BidEvent::AskSet { .. }
        | BidEvent::ReserveLifted { .. }
        | BidEvent::FloorBidHeld { .. }
        | BidEvent::FloorBidLapsed
        | BidEvent::ReaffirmOffered { .. }
        | BidEvent::ReaffirmEnded { .. } => None,
    }
}
