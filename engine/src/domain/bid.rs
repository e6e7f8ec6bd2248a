//! A bid: whose, from where, and how it may fall.

use super::{BidNo, Money, Paddle, Time};

/// A bid in the book of a lot: it was accepted, whether it led or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bid {
    /// Its number within the lot.
    pub no: BidNo,
    /// The paddle for which it was bid.
    pub paddle: Paddle,
    /// Whether it was sent by the bidder or entered in the hall.
    pub origin: BidOrigin,
    /// A price or a ceiling.
    pub kind: BidKind,
    /// How far it goes, as last moved by its owner.
    pub maximum: Money,
    /// When it was accepted.
    pub at: Time,
    /// R12b: struck out, when the lot's last bid was this one; it stays in the book and counts for
    /// nothing.
    pub void: Option<BidNo>,
    /// R12b: its bidder was asked to reaffirm and did not: it has left the reckoning.
    pub declined: bool,
    /// R12b: it took back a lead that had lapsed.
    pub reaffirms: bool,
    /// R1: what the clerk asked when it was made, if the ask was the clerk's.
    pub clerk_ask: Option<Money>,
}

impl Bid {
    /// Whether the reckoning of a standing takes it (R12b).
    pub const fn counts(&self) -> bool {
        self.void.is_none() && !self.declined
    }
}

/// Where a bid came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BidOrigin {
    /// A bidder's own device.
    Web,
    /// The hall, entered by a clerk (R12a).
    Floor,
}

/// What the amount of a bid means (R2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BidKind {
    /// A price: the hall's normal bid.
    Flat,
    /// A ceiling up to which the engine bids for the bidder, no more than needed.
    Maximum,
}

/// Why a bid is struck out (R12b).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoidCause {
    /// A slip of the finger, reported at once and before any other bid.
    TypingError,
    /// The bidder may not bid (any more).
    Eligibility,
    /// An error that was shown.
    ProvenError,
    /// A court said so.
    CourtOrder,
}
