//! What happened: facts in the past tense, a contract for ever.
//!
//! Each event carries what a reader needs to show it without knowing the rules: prices, leader and
//! ask *after* it. `docs/EVENTS.md` has the stored form.

use super::{
    AccountId, Actor, BidKind, BidNo, BidOrigin, Command, CommandId, LotNo, LotTerms, Money,
    Paddle, Refusal, Reserve, ReserveOpening, Running, SaleTerms, Span, StaffId, Time, VoidCause,
};

/// An event with its place and its circumstances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the stream of the sale, from 0.
    pub revision: u64,
    /// Who, when, by which command.
    pub meta: Meta,
    /// What happened, with its secrets opened or still sealed.
    pub event: Event,
}

/// The circumstances of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// Decided at, by the writer; never falls within a sale (R0).
    pub at: Time,
    /// Stamped by the gateway when the last byte of the frame had been read (R0).
    pub arrived: Time,
    /// Who asked for what came of it; the engine for what fell due.
    pub actor: Actor,
    /// The intent that it answers.
    pub command: CommandId,
    /// Keyed digest of the command, to tell a repeat from a reuse of its id.
    pub digest: [u8; 32],
}

impl Meta {
    /// Of what follows from a command decided at an instant.
    pub const fn of(command: &Command, at: Time) -> Self {
        Self {
            at,
            arrived: command.arrived,
            actor: command.actor,
            command: command.id,
            digest: command.digest,
        }
    }
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

/// What happened, by what it is about. The name of a stored event is that of its message in
/// `proto/mazad/v1/events.proto`: `LotOpened` for [`LotEvent::Opened`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// To the sale as a whole.
    Sale(SaleEvent),
    /// To one lot, by its number in the catalogue.
    Lot(LotNo, LotEvent),
    /// `CommandRefused`: nothing but the answer no (R0).
    Refused {
        /// The lot that was asked about.
        lot: Option<LotNo>,
        /// The rule that forbade it, and the figures it was judged by.
        refusal: Refusal,
    },
}

/// What happened to a sale as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each field is documented in proto/mazad/v1/events.proto"
)]
pub enum SaleEvent {
    Created {
        terms: SaleTerms,
    },
    Amended {
        terms: SaleTerms,
        /// Those that stood until then.
        before: Box<SaleTerms>,
        reason: String,
    },
    LotsCleared,
    Published,
    WriterStarted {
        epoch: u64,
    },
    Opened,
    Ended,
    Paused {
        reason: String,
        cause: PauseCause,
    },
    Resumed {
        shift: Span,
    },
    StoodStill {
        gap: Span,
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
    LimitSet {
        paddle: Paddle,
        limit: Option<Money>,
    },
    PresenceMarked {
        paddle: Paddle,
        present: bool,
    },
    LotsReordered {
        order: Vec<LotNo>,
    },
}

/// What happened to one lot.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each field is documented in proto/mazad/v1/events.proto"
)]
pub enum LotEvent {
    Added {
        terms: Box<LotTerms>,
    },
    Amended {
        terms: Box<LotTerms>,
        /// Those that stood until then, without an opened base.
        before: Box<LotTerms>,
        reason: String,
    },
    Scheduled {
        opens_at: Option<Time>,
    },
    Opened {
        attempt: u32,
        ask: Money,
        ends_at: Option<Time>,
    },
    Warned {
        /// How many have been given since the last bid; 0: taken back, after a silence of the engine
        /// (R12a).
        warning: u32,
    },
    Extended {
        ends_at: Time,
        cause: ExtensionCause,
    },
    Closed {
        outcome: LotOutcome,
        bidders: u32,
        reserve: Option<ReserveOpening>,
    },
    CeilingRaised {
        ceiling: Money,
        reason: String,
    },
    Withdrawn {
        reason: String,
        reserve: Option<ReserveOpening>,
    },
    Reoffered {
        attempt: u32,
        opening: Money,
        running: Running,
        reserve: Option<Reserve>,
        ceiling: Money,
    },
    Reopened {
        reason: String,
    },
    VoidRequested {
        bid: BidNo,
        cause: VoidCause,
    },
    BidVoided(BidVoided),
    /// What the method of sale takes in while the lot is open.
    Bid(BidEvent),
}

/// What happened to the bids of an open lot.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each field is documented in proto/mazad/v1/events.proto"
)]
pub enum BidEvent {
    Accepted(BidAccepted),
    MaximumChanged {
        paddle: Paddle,
        maximum: Secret,
    },
    AskSet {
        ask: Money,
    },
    ReserveLifted {
        price: Money,
    },
    FloorBidHeld {
        held: u32,
        paddle: Paddle,
        amount: Money,
        until: Time,
    },
    FloorBidLapsed,
    ReaffirmOffered {
        paddle: Paddle,
        price: Money,
        until: Time,
        ask: Money,
    },
    LeadReaffirmed {
        bid: BidNo,
        paddle: Paddle,
        price: Money,
        ask: Money,
    },
    ReaffirmEnded {
        ask: Money,
    },
}

/// A bid entered the book of its lot. It may lead or be beaten at once by an earlier maximum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BidAccepted {
    /// Counts the lot's accepted bids from 1, over all attempts to sell it.
    pub bid: BidNo,
    /// The paddle for which it was bid.
    pub paddle: Paddle,
    /// Whether it was sent by the bidder or entered in the hall.
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
    /// Which of the lot's bids.
    pub bid: BidNo,
    /// Lost eligibility: every bid of its paddle in this attempt falls with it.
    pub all_of_paddle: bool,
    /// Why it may not stand.
    pub cause: VoidCause,
    /// The officer who asked for it, the first of two where two are needed.
    pub officer: StaffId,
    /// Who confirmed, where the terms ask for two.
    pub second: Option<StaffId>,
    /// The note that everyone may read beside the bid.
    pub note: String,
    /// What it did to the lot.
    pub effect: AppliedEffect,
    /// The lot's price after it; of a lot that has closed: as reckoned without the bid.
    pub price: Option<Money>,
    /// The lot's leader after it; of a lot that has closed: as reckoned without the bid.
    pub leader: Option<Paddle>,
    /// The least next amount after it.
    pub ask: Money,
}

/// Who paused a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PauseCause {
    /// A person, with a reason.
    Staff,
    /// The engine: a gateway fell silent at a close, or too much fell due in a silence (R0, R3.7).
    Outage,
    /// The engine: the clock of the machine was set. It goes on when somebody who has looked resumes
    /// it, or when the clock is set back (R0).
    Clock {
        /// How far that clock is off from the engine's time, in microseconds.
        offset: i64,
    },
}

/// Why an end moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExtensionCause {
    /// R3.1: a late bid.
    SoftClose,
    /// R3.7: it would have ended while the engine was away.
    Outage,
    /// R3.8: something other than a bid changed price or leader: a void, a bar, an offer to
    /// reaffirm.
    Correction,
}

/// How a lot ended (R12c), as the law names it. What follows, from a recommendation to a contract, is
/// not in it: the hammer's word is not the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LotOutcome {
    /// رسا المزاد: to the leader at the price.
    KnockedDown {
        /// The paddle that led when the hammer fell.
        paddle: Paddle,
        /// The hammer price, in minor units of the sale's currency.
        price: Money,
    },
    /// Nobody bid.
    NoBid,
    /// R4: the price did not reach the base.
    BelowBase,
    /// By the clerk, whatever was bid.
    PassedByClerk,
    /// Bids were made, and none stands.
    Lapsed,
    /// Taken out of the sale by staff, before, while or after it ran: it is not offered again with
    /// the same base.
    Withdrawn,
    /// The committee decides, with a reason on record.
    ForDecision(Undecided),
}

/// A lot about which the committee decides (R12b, R12c).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undecided {
    /// Why.
    pub cause: DecisionCause,
    /// Who led at the close.
    pub paddle: Paddle,
    /// The price at the close, in minor units.
    pub price: Money,
    /// Who would have led at which price without the bids that were struck out since.
    pub reckoned: Option<(Paddle, Money)>,
}

/// Why a committee decides about a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecisionCause {
    /// R12c: the leader had been barred before the close.
    LeaderBarred,
    /// R12b: the winning bid was struck out after the close.
    WinnerStruckOut,
    /// R12b: a bid that raised the winner's price was struck out after the close.
    PriceDiffers,
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
    /// The leader stays, the price falls to the reckoned one.
    Repriced,
    /// Found after the close: nobody takes the winner's place here, and no price changes by itself.
    ForDecision,
}

impl Event {
    /// Whether it changes what everyone may see. A refusal is its asker's; who may bid, up to what and
    /// from where is nobody else's business; an own maximum is its bidder's, and a void that only one
    /// officer wants the officers'. A new process, and a silence, change nothing by themselves.
    pub fn is_public(&self) -> bool {
        match self {
            Self::Refused { .. } => false,
            Self::Sale(event) => match event {
                SaleEvent::Created { .. }
                | SaleEvent::Amended { .. }
                | SaleEvent::LotsCleared
                | SaleEvent::Published
                | SaleEvent::Opened
                | SaleEvent::Ended
                | SaleEvent::Paused { .. }
                | SaleEvent::Resumed { .. }
                | SaleEvent::LotsReordered { .. } => true,
                SaleEvent::WriterStarted { .. }
                | SaleEvent::StoodStill { .. }
                | SaleEvent::PaddleAdmitted { .. }
                | SaleEvent::PaddleBarred { .. }
                | SaleEvent::LimitSet { .. }
                | SaleEvent::PresenceMarked { .. } => false,
            },
            Self::Lot(_, event) => match event {
                LotEvent::Added { .. }
                | LotEvent::Amended { .. }
                | LotEvent::Scheduled { .. }
                | LotEvent::Opened { .. }
                | LotEvent::Warned { .. }
                | LotEvent::Extended { .. }
                | LotEvent::Closed { .. }
                | LotEvent::CeilingRaised { .. }
                | LotEvent::Withdrawn { .. }
                | LotEvent::Reoffered { .. }
                | LotEvent::Reopened { .. }
                | LotEvent::BidVoided(_) => true,
                LotEvent::Bid(event) => !matches!(event, BidEvent::MaximumChanged { .. }),
                LotEvent::VoidRequested { .. } => false,
            },
        }
    }

    /// The lot that the event is about, if it is about one.
    pub fn lot(&self) -> Option<LotNo> {
        match self {
            Self::Sale(_) => None,
            Self::Lot(lot, _) => Some(*lot),
            Self::Refused { lot, .. } => *lot,
        }
    }
}

impl From<SaleEvent> for Event {
    fn from(event: SaleEvent) -> Self {
        Self::Sale(event)
    }
}

impl LotEvent {
    /// The event of a lot.
    pub const fn of(self, lot: LotNo) -> Event {
        Event::Lot(lot, self)
    }
}

impl BidEvent {
    /// The event of a lot.
    pub const fn of(self, lot: LotNo) -> Event {
        LotEvent::Bid(self).of(lot)
    }
}
