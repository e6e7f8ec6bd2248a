//! The answer to a command: it follows from the events of the command and from how its lot stood after
//! them, so that a repeat gets the same for ever (R0).

use super::{
    Actor, BidEvent, Command, CommandId, Event, LotEvent, LotNo, Recorded, Refusal, Sale, Standing,
    Time,
};

/// Ids of commands belong to whoever made them: two people may pick the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AnswerKey {
    /// Who asked: the engine has ids of its own, and so has each person.
    pub actor: Actor,
    /// The id that they gave the command.
    pub command: CommandId,
}

/// What was answered, with every fact that a receipt needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Keyed digest of the command.
    pub digest: [u8; 32],
    /// The lot it was about.
    pub lot: Option<LotNo>,
    /// Yes with what came of it, or no with its rule.
    pub verdict: Verdict,
    /// Revision of the first event that answers it.
    pub first: u64,
    /// Revision of the last one.
    pub last: u64,
    /// Public revision of the sale after it.
    pub public_revision: u64,
    /// When it arrived at the gateway.
    pub arrived: Time,
    /// When it was decided.
    pub at: Time,
    /// How the lot stood after it; of no lot, nothing.
    pub standing: Standing,
}

/// How things stand after a command, as its author is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    /// How the lot stands; of no lot, nothing.
    pub standing: Standing,
    /// Public revision of the sale.
    pub public_revision: u64,
}

/// Yes with what came of it, or no with its rule. Both are answers and neither is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Done; for a bid, with what became of it.
    Accepted(Option<BidResult>),
    /// Not done: the rule that forbids it, and its figures.
    Refused(Refusal),
}

/// What became of an accepted bid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BidResult {
    /// It leads, at the price beside this answer.
    Leading,
    /// An earlier maximum beat it at once.
    Outbid,
    /// The leader moved an own maximum: nothing public changed.
    MaximumMoved,
    /// R12a: it waits for a second clerk.
    Held,
}

impl AnswerKey {
    /// Under which a command is answered.
    pub const fn of(command: &Command) -> Self {
        Self {
            actor: command.actor,
            command: command.id,
        }
    }
}

impl Answer {
    /// The answer to a command, from its first event, the revision of its last one, and how things
    /// stood after that.
    pub fn of(first: &Recorded, last: u64, told: Told) -> Self {
        Self {
            digest: first.meta.digest,
            lot: first.event.lot(),
            verdict: verdict(&first.event),
            first: first.revision,
            last,
            public_revision: told.public_revision,
            arrived: first.meta.arrived,
            at: first.meta.at,
            standing: told.standing,
        }
    }

    /// How things stood after the command.
    pub const fn told(&self) -> Told {
        Told {
            standing: self.standing,
            public_revision: self.public_revision,
        }
    }
}

impl Sale {
    /// How things stand, as whoever acted on a lot, or on none, is told.
    pub fn told(&self, lot: Option<LotNo>) -> Told {
        let lot = lot.and_then(|no| self.lots.get(&no));
        Told {
            standing: lot.map(|lot| lot.standing()).unwrap_or_default(),
            public_revision: self.public_revision,
        }
    }
}

fn verdict(event: &Event) -> Verdict {
    match event {
        Event::Refused { refusal, .. } => Verdict::Refused(refusal.clone()),
        Event::Lot(_, LotEvent::Bid(bid)) => Verdict::Accepted(bid_result(bid)),
        Event::Lot(..) | Event::Sale(_) => Verdict::Accepted(None),
    }
}

fn bid_result(event: &BidEvent) -> Option<BidResult> {
    match event {
        BidEvent::Accepted(bid) if bid.leader == bid.paddle => Some(BidResult::Leading),
        BidEvent::Accepted(_) => Some(BidResult::Outbid),
        BidEvent::LeadReaffirmed { .. } => Some(BidResult::Leading),
        BidEvent::MaximumChanged { .. } => Some(BidResult::MaximumMoved),
        BidEvent::FloorBidHeld { .. } => Some(BidResult::Held),
        BidEvent::AskSet { .. }
        | BidEvent::ReserveLifted { .. }
        | BidEvent::FloorBidLapsed
        | BidEvent::ReaffirmOffered { .. }
        | BidEvent::ReaffirmEnded { .. } => None,
    }
}
