//! The answer to a command: kept for the life of the sale, so that a repeat gets the same (R0).

use super::{Actor, CommandId, LotNo, Money, Paddle, Refusal, Time};

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
    /// When it arrived at the gateway.
    pub arrived: Time,
    /// When it was decided.
    pub at: Time,
    /// The lot's price after it; `None`: no bid stands.
    pub price: Option<Money>,
    /// The lot's leader after it.
    pub leader: Option<Paddle>,
    /// The least next amount after it; `None`: the lot takes none.
    pub ask: Option<Money>,
    /// The lot's effective end after it.
    pub ends_at: Option<Time>,
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

/// What is known of a command id before a command is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prior<'a> {
    /// Never seen: decide it.
    New,
    /// The same command: this is its answer.
    Answered(&'a Answer),
    /// Another command had this id: no effect, now or ever.
    Reused,
}
