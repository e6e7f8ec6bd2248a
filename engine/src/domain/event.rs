//! What happened: facts in the past tense, a contract for ever.
//!
//! Each event carries what a reader needs to show it without knowing the rules: prices, leader and
//! ask *after* it. `docs/EVENTS.md` has the stored form.

use super::{
    AccountId, Actor, BidNo, CommandId, LotNo, LotTerms, Money, Paddle, Refusal, ReserveOpening,
    Running, SaleTerms, Span, StaffId, Time,
};

/// An event with its place and its circumstances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the stream of the sale, from 0.
    pub revision: u64,
    /// Who, when, by which command.
    pub meta: Meta,
    /// What.
    pub event: Event,
}

/// The circumstances of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// Decided at, by the writer; never falls within a sale (R0).
    pub at: Time,
    /// Stamped by the gateway when the last byte of the frame had been read (R0).
    pub arrived: Time,
    /// Who asked.
    pub actor: Actor,
    /// The intent that it answers.
    pub command: CommandId,
    /// Keyed digest of the command, to tell a repeat from a reuse of its id.
    pub digest: [u8; 32],
}

/// A value that only the engine's key opens: a maximum or a reserve.
///
/// Its `Debug` form never shows it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Secret(Option<Money>);

impl Secret {
    /// A value that is known here.
    pub const fn known(amount: Money) -> Self {
        Self(Some(amount))
    }

    /// A value that this reader cannot open.
    pub const fn sealed() -> Self {
        Self(None)
    }

    /// The value, for whoever has opened it.
    pub const fn open(self) -> Option<Money> {
        self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() {
            "Secret(known)"
        } else {
            "Secret(sealed)"
        })
    }
}

/// What happened. The variants are the types of stored events.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each field is documented in proto/mazad/v1/events.proto"
)]
pub enum Event {
    SaleCreated {
        terms: SaleTerms,
    },
    WriterStarted {
        epoch: u64,
    },
    SaleOpened,
    SaleEnded,
    SalePaused {
        reason: String,
        cause: PauseCause,
    },
    SaleResumed {
        shift: Span,
    },
    PaddleAdmitted {
        paddle: Paddle,
        account: Option<AccountId>,
        limit: Option<Money>,
    },
    PaddleBarred {
        paddle: Paddle,
        reason: String,
    },
    LotAdded {
        lot: LotNo,
        terms: Box<LotTerms>,
    },
    LotsReordered {
        order: Vec<LotNo>,
    },
    LotScheduled {
        lot: LotNo,
        opens_at: Option<Time>,
    },
    LotOpened {
        lot: LotNo,
        attempt: u32,
        ask: Money,
        ends_at: Option<Time>,
    },
    LotWarned {
        lot: LotNo,
        warning: u32,
    },
    AskSet {
        lot: LotNo,
        ask: Money,
    },
    LotExtended {
        lot: LotNo,
        ends_at: Time,
        cause: ExtensionCause,
    },
    LotClosed {
        lot: LotNo,
        outcome: LotOutcome,
        bidders: u32,
        reserve: Option<ReserveOpening>,
    },
    LotWithdrawn {
        lot: LotNo,
        reason: String,
    },
    LotReoffered {
        lot: LotNo,
        attempt: u32,
        opening: Money,
        running: Running,
    },
    LotReopened {
        lot: LotNo,
        reason: String,
    },
    ReserveLifted {
        lot: LotNo,
        price: Money,
    },
    BidAccepted(BidAccepted),
    MaximumChanged {
        lot: LotNo,
        paddle: Paddle,
        maximum: Secret,
    },
    FloorBidHeld {
        lot: LotNo,
        paddle: Paddle,
        amount: Money,
        until: Time,
    },
    FloorBidLapsed {
        lot: LotNo,
    },
    VoidRequested {
        lot: LotNo,
        bid: BidNo,
        cause: VoidCause,
    },
    BidVoided(BidVoided),
    ReaffirmOffered {
        lot: LotNo,
        paddle: Paddle,
        amount: Money,
        until: Time,
        ask: Money,
    },
    LeadReaffirmed {
        lot: LotNo,
        bid: BidNo,
        paddle: Paddle,
        amount: Money,
        ask: Money,
    },
    ReaffirmEnded {
        lot: LotNo,
        ask: Money,
    },
    CommandRefused {
        lot: Option<LotNo>,
        refusal: Refusal,
    },
}

/// A bid entered the book of its lot. It may lead or be beaten at once by an earlier maximum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BidAccepted {
    /// The lot.
    pub lot: LotNo,
    /// Its number within the lot.
    pub bid: BidNo,
    /// Who bid.
    pub paddle: Paddle,
    /// From where.
    pub origin: BidOrigin,
    /// A price, or a ceiling.
    pub kind: BidKind,
    /// How far it goes; public once exhausted.
    pub maximum: Secret,
    /// The public part: the price it set if it leads, itself if it was beaten at once.
    pub shown: Money,
    /// The lot's price after it.
    pub price: Money,
    /// The lot's leader after it.
    pub leader: Paddle,
    /// The least next amount after it.
    pub ask: Money,
    /// R2.5: the leader's ceiling left less than a whole step.
    pub short_step: bool,
}

/// R12b: a bid was struck out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BidVoided {
    /// The lot.
    pub lot: LotNo,
    /// Which of its bids.
    pub bid: BidNo,
    /// Why.
    pub cause: VoidCause,
    /// Who decided.
    pub officer: StaffId,
    /// Who confirmed, where the terms ask for two.
    pub second: Option<StaffId>,
    /// The public note.
    pub note: String,
    /// What it did.
    pub effect: AppliedEffect,
    /// The lot's price after it.
    pub price: Option<Money>,
    /// The lot's leader after it.
    pub leader: Option<Paddle>,
    /// The least next amount after it.
    pub ask: Money,
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

/// Who paused a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PauseCause {
    /// A person, with a reason.
    Staff,
    /// The engine: a gateway fell silent at a close, or too much fell due in a silence (R0, R3.7).
    Outage,
}

/// Why an end moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExtensionCause {
    /// R3.1: a late bid.
    SoftClose,
    /// R3.7: it would have ended while the engine was away.
    Outage,
    /// R12b: a void.
    Void,
}

/// How a lot ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LotOutcome {
    /// To the leader at the price.
    Sold {
        /// The buyer.
        paddle: Paddle,
        /// The hammer price.
        price: Money,
    },
    /// Nobody bid.
    PassedNoBids,
    /// R4: the price did not reach the base.
    PassedBelowReserve,
    /// By the clerk, whatever was bid.
    PassedByClerk,
    /// Taken out.
    Withdrawn,
    /// R12b: the winning bid was struck out after the close.
    WinnerVoided,
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

/// What a void did (R12b).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppliedEffect {
    /// The bid bore on neither price nor leader.
    Unchanged,
    /// Strict terms: no leader, former leaders may reaffirm.
    Lapsed,
    /// Booklet terms: as if the bid had never been made.
    Revived,
    /// Found after the close: the winner falls away, nobody takes his place here.
    WinnerVoided,
}

impl Event {
    /// The lot that the event is about, if it is about one.
    pub fn lot(&self) -> Option<LotNo> {
        match self {
            Self::SaleCreated { .. }
            | Self::WriterStarted { .. }
            | Self::SaleOpened
            | Self::SaleEnded
            | Self::SalePaused { .. }
            | Self::SaleResumed { .. }
            | Self::PaddleAdmitted { .. }
            | Self::PaddleBarred { .. }
            | Self::LotsReordered { .. } => None,
            Self::LotAdded { lot, .. }
            | Self::LotScheduled { lot, .. }
            | Self::LotOpened { lot, .. }
            | Self::LotWarned { lot, .. }
            | Self::AskSet { lot, .. }
            | Self::LotExtended { lot, .. }
            | Self::LotClosed { lot, .. }
            | Self::LotWithdrawn { lot, .. }
            | Self::LotReoffered { lot, .. }
            | Self::LotReopened { lot, .. }
            | Self::ReserveLifted { lot, .. }
            | Self::MaximumChanged { lot, .. }
            | Self::FloorBidHeld { lot, .. }
            | Self::FloorBidLapsed { lot }
            | Self::VoidRequested { lot, .. }
            | Self::ReaffirmOffered { lot, .. }
            | Self::LeadReaffirmed { lot, .. }
            | Self::ReaffirmEnded { lot, .. } => Some(*lot),
            Self::BidAccepted(bid) => Some(bid.lot),
            Self::BidVoided(void) => Some(void.lot),
            Self::CommandRefused { lot, .. } => *lot,
        }
    }
}
