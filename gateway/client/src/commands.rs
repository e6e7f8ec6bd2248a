//! Commands and lookups of commands: what to ask, and what is said of it.

use bytes::Bytes;
use mazad_proto::v1;
use mazad_proto::v1::command::Act;
use uuid::Uuid;

use crate::{ClientError, Fault};

/// A command with a new id. The id stands for one intent: on any doubt the same command is sent again,
/// never a new one.
///
/// ```
/// use mazad_client::{bid, command};
///
/// let once = command("0f0e0d0c-0b0a-4908-8706-050403020100", bid(7, 120_000));
/// assert_ne!(once.id, command(&once.sale, bid(7, 120_000)).id);
/// ```
pub fn command(sale: &str, act: Act) -> v1::Command {
    v1::Command {
        id: Uuid::new_v4().to_string(),
        sale: sale.to_owned(),
        act: Some(act),
    }
}

/// A bid up to an amount in minor units: the engine bids for its bidder, no more than needed.
///
/// ```
/// use mazad_client::{Act, bid, v1};
///
/// let Act::PlaceBid(place) = bid(7, 120_000) else { unreachable!() };
/// assert_eq!(place.kind(), v1::BidKind::Maximum);
/// ```
pub fn bid(lot: u32, amount: i64) -> Act {
    bid_as(lot, amount, v1::BidKind::Maximum)
}

/// A bid of exactly an amount in minor units.
///
/// ```
/// use mazad_client::{Act, flat_bid, v1};
///
/// let Act::PlaceBid(place) = flat_bid(7, 120_000) else { unreachable!() };
/// assert_eq!((place.kind(), place.amount), (v1::BidKind::Flat, 120_000));
/// ```
pub fn flat_bid(lot: u32, amount: i64) -> Act {
    bid_as(lot, amount, v1::BidKind::Flat)
}

fn bid_as(lot: u32, amount: i64, kind: v1::BidKind) -> Act {
    Act::PlaceBid(v1::PlaceBid {
        lot,
        amount,
        kind: kind.into(),
        confirms: String::new(),
    })
}

/// A command that was answered: it is decided, for ever.
///
/// ```
/// use mazad_client::{Answered, v1};
///
/// fn told(answered: &Answered) -> String {
///     let answer = &answered.answer;
///     match answered.is_accepted() {
///         true => format!("lot {} stands at {}", answer.lot, answer.price),
///         false => format!("refused by rule {}: {}", answer.rule, answer.code),
///     }
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// The command; `None` if it was only asked about.
    pub command: Option<v1::Command>,
    /// Accepted, or refused by a rule of the sale.
    pub answer: v1::Answer,
    /// The frame in which the answer came: for the same command the same bytes for ever, in one
    /// encoding. A receipt, though not a signed one.
    pub bytes: Bytes,
}

impl Answered {
    /// Whether it was accepted.
    pub fn is_accepted(&self) -> bool {
        self.answer.verdict() == v1::Verdict::Accepted
    }
}

/// What is said of a command on one connection.
///
/// ```
/// use mazad_client::{CommandReply, v1};
///
/// let reply = CommandReply::NotSeen(v1::NotSeen { id: "x".to_owned(), ..v1::NotSeen::default() });
/// assert!(reply.answer().is_err());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum CommandReply {
    /// It was decided.
    Answer(Box<v1::Answer>, Bytes),
    /// Nothing was decided, unless it is `outcome-unknown`.
    Fault(Box<Fault>),
    /// Nobody has seen it.
    NotSeen(v1::NotSeen),
}

impl CommandReply {
    /// The answer, with the frame in which it came.
    ///
    /// # Errors
    /// There is none.
    pub fn answer(self) -> Result<(v1::Answer, Bytes), ClientError> {
        match self {
            Self::Answer(answer, bytes) => Ok((*answer, bytes)),
            Self::Fault(fault) => Err(ClientError::Fault(fault)),
            Self::NotSeen(not_seen) => Err(ClientError::NotSeen(not_seen.id)),
        }
    }
}
