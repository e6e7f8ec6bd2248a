//! What whoever asks the writer of a sale is told, or why there is no answer.

use tokio::sync::oneshot;

use super::answered::Recall;
use super::lots_bid_on::LotsBidOn;
use crate::domain::{AccountId, Answer, Command, LotNo, Money, Paddle, Sale};

/// What a command came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Decided, now or before.
    Answered(Answer),
    /// Its id belongs to another command of the same author: no effect (R0).
    Reused,
    /// Its id was answered in an earlier batch: the answer is in the log. With it the digest of the
    /// command, which may be another one.
    Before(Recall, [u8; 32]),
}

impl Outcome {
    /// What a command comes to whose id has this answer (R0).
    pub(super) fn of_repeat(answer: Answer, command: &Command) -> Self {
        same(answer, command.digest).map_or(Self::Reused, Self::Answered)
    }
}

/// The answer to a command whose id has an answer; `None` if that is the answer to another one.
pub(super) fn same(answer: Answer, digest: [u8; 32]) -> Option<Answer> {
    (answer.digest == digest).then_some(answer)
}

/// Why there is no answer. None of these is a decision by the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// No sale of that id has been created.
    #[error("no such sale")]
    UnknownSale,
    /// The sale's queue is full: try again shortly, with the same id.
    #[error("the sale's queue is full")]
    QueueFull,
    /// The id belongs to another command of the same author.
    #[error("the command id is used by another command")]
    Reused,
    /// The command may have been decided: ask again with the same id.
    #[error("the outcome is unknown")]
    Unknown,
    /// The store has no space: nothing was decided.
    #[error("the store is full")]
    StoreFull,
    /// The store does not say what became of what was decided before: nothing was decided.
    #[error("the store does not answer")]
    StoreAway,
    /// Another engine writes the sale: nothing was decided here.
    #[error("another engine writes the sale")]
    NotOwner,
    /// The writer of the sale has stopped.
    #[error("the sale's writer has stopped")]
    Halted,
}

/// Where whoever waits for the answer to a command is told.
pub(crate) type Reply = oneshot::Sender<Result<Answer, SubmitError>>;

/// What is known of a command id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// The answer that was given.
    Answered(Answer),
    /// Nothing, as of this public revision.
    NotSeen {
        /// Public revision of the sale as it is durable.
        public_revision: u64,
    },
}

/// What only one bidder may know of a sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mine {
    /// As of this public revision.
    pub public_revision: u64,
    /// The own paddle; `None`: not admitted.
    pub paddle: Option<Paddle>,
    /// R13: what the bidder may lead with and buy; `None`: no limit.
    pub limit: Option<Money>,
    /// R13: leading maxima and lots bought.
    pub exposure: Money,
    /// R12a: marked present in the hall, where a clerk may bid for this paddle.
    pub present: bool,
    /// Highest own amount for each lot bid on in its present attempt.
    pub maxima: Vec<(LotNo, Money)>,
}

impl Mine {
    pub(super) fn of(sale: &Sale, lots: &LotsBidOn, account: AccountId) -> Self {
        let paddle = sale.paddles.get(&account).copied();
        let admission = paddle.and_then(|paddle| sale.admissions.get(&paddle));
        let bid_on = paddle.into_iter().flat_map(|paddle| lots.by(paddle));
        let own = |no: LotNo| {
            let bids = sale.lots.get(&no)?.bids.iter();
            let standing = bids.filter(|bid| bid.void.is_none() && Some(bid.paddle) == paddle);
            let maximum = standing.map(|bid| bid.maximum).max()?;
            Some((no, maximum))
        };
        Self {
            public_revision: sale.public_revision,
            paddle,
            limit: admission.and_then(|admission| admission.limit),
            exposure: admission.map_or(Money::ZERO, |admission| admission.exposure),
            present: admission.is_some_and(|admission| admission.present),
            maxima: bid_on.filter_map(own).collect(),
        }
    }
}
