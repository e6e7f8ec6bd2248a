//! What is asked of a sale: an intent with its id, its author and its arrival.

use super::{
    AccountId, BidKind, BidNo, CommandId, Due, LotNo, LotTerms, Money, Paddle, Reserve, Running,
    SaleTerms, Span, StaffId, Time, VoidCause,
};

/// One intent. Its time of decision comes from the writer, not from here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Made by the client; a repeat gets the same answer for ever (R0).
    pub id: CommandId,
    /// Who asks. What that person may ask was settled by the gateway.
    pub actor: Actor,
    /// Stamped by the gateway when the last byte of the frame had been read (R0).
    pub arrived: Time,
    /// Keyed digest of the command in its one spelling, to tell a repeat from a reuse of its id.
    pub digest: [u8; 32],
    /// What is asked for, by the one kind of author who may ask it.
    pub act: Act,
}

/// Who asks, as events keep it: a pseudonym, never a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Actor {
    /// The engine itself: timers, its own start.
    Engine,
    /// A member of staff.
    Staff(StaffId),
    /// A bidder, known in the sale by a paddle.
    Bidder(AccountId),
}

/// What is asked, by who may ask it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// By the engine itself: replay never reads a clock.
    Engine(EngineAct),
    /// By a bidder, of one lot; the paddle follows from the account.
    Bidder(LotNo, BidderAct),
    /// By staff, of the sale or of a lot; which of them may was settled by the gateway.
    Staff(StaffAct),
}

/// What the engine asks of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngineAct {
    /// Something is due. Without effect if it is not (any more).
    Timer(Due),
    /// R3.7: a process starts to write this sale.
    StartWriter {
        /// Its number; epochs rise.
        epoch: u64,
    },
    /// R0: a gateway fell silent at a close.
    Outage,
    /// R0: the process stood still for so long, whatever the cause.
    StoodStill {
        /// By a clock that counts sleep.
        gap: Span,
    },
    /// R0: the clock of the machine is so far off from the engine's time, and was not before.
    ClockStepped {
        /// Microseconds; below 0: the machine's clock is behind.
        offset: i64,
    },
}

/// R0: how a lot stood on the screen of whoever acts on it. If anything else stands by now, the act
/// is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The last bid that the sender knew of, over all attempts; 0: none.
    pub bid: BidNo,
    /// Who led at which price.
    pub lead: Option<(Paddle, Money)>,
}

/// What a bidder asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each field is documented in proto/mazad/v1/commands.proto"
)]
pub enum BidderAct {
    /// R1, R2. `confirms` names the command that was answered needs-confirmation.
    PlaceBid {
        amount: Money,
        kind: BidKind,
        confirms: Option<CommandId>,
    },
    /// R12b: a former leader takes the lead again at the amount offered.
    Reaffirm,
}

/// What staff ask: clerks, officers, admins and tools that act for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StaffAct {
    /// Of a sale as a whole.
    Sale(SaleAct),
    /// Of one lot, which the sale must have.
    Lot(LotNo, LotAct),
    /// R12a: for the hall, of one lot that is open.
    Floor(LotNo, FloorAct),
}

/// What staff ask of a sale as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each field is documented in proto/mazad/v1/commands.proto"
)]
pub enum SaleAct {
    Create {
        terms: SaleTerms,
    },
    Amend {
        terms: SaleTerms,
        /// Empty, unless the sale has been published.
        reason: String,
    },
    AddLots {
        lots: Vec<(LotNo, LotTerms)>,
    },
    /// R14: corrects lots that have not opened, all of them or none.
    AmendLots {
        lots: Vec<LotAmendment>,
        /// Empty, unless the sale has been published.
        reason: String,
    },
    ClearLots,
    Publish,
    AdmitPaddle {
        paddle: Paddle,
        account: Option<AccountId>,
        limit: Option<Money>,
    },
    BarPaddle {
        paddle: Paddle,
        reason: String,
    },
    SetLimit {
        paddle: Paddle,
        limit: Option<Money>,
    },
    MarkPresence {
        paddle: Paddle,
        present: bool,
    },
    Open,
    Pause {
        reason: String,
    },
    Resume,
    End,
    ReorderLots {
        order: Vec<LotNo>,
    },
}

/// R14: the terms that a lot is to have in place of those that it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LotAmendment {
    /// Which lot of the sale.
    pub lot: LotNo,
    /// All of its terms, without a base price: what becomes of that is said beside them.
    pub terms: LotTerms,
    /// What becomes of its base price.
    pub base: BaseAmendment,
}

/// R4: what an amendment does to the base price of a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaseAmendment {
    /// It stands, or there is still none.
    Keep,
    /// There is a new one, with a commitment of its own.
    Set(Reserve),
    /// The lot has none any more.
    Remove,
}

/// What staff ask of one lot.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each field is documented in proto/mazad/v1/commands.proto"
)]
pub enum LotAct {
    Open,
    Warn,
    Hammer {
        seen: Seen,
    },
    Pass {
        seen: Seen,
    },
    Withdraw {
        reason: String,
        seen: Seen,
    },
    Reoffer {
        opening: Option<Money>,
        running: Running,
        /// R4: a new base; `None`: the one that was not opened, if there is one.
        reserve: Option<Reserve>,
    },
    Reopen {
        reason: String,
    },
    VoidBid {
        bid: BidNo,
        cause: VoidCause,
        note: String,
        /// R12b: the standing without the bid, as it was shown before.
        leads_to: Option<(Paddle, Money)>,
    },
    RaiseCeiling {
        ceiling: Money,
        reason: String,
    },
}

/// R12a: what a clerk does for the hall while a lot is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each field is documented in proto/mazad/v1/commands.proto"
)]
pub enum FloorAct {
    /// R1: names the next amount.
    SetAsk { ask: Money },
    /// Enters a bid of the hall. `confirms` names the command that was answered needs-confirmation.
    Bid {
        paddle: Paddle,
        amount: Money,
        confirms: Option<CommandId>,
    },
    /// A second clerk confirms the bid that waits, and names it: its number, paddle and amount.
    ConfirmBid {
        held: u32,
        paddle: Paddle,
        amount: Money,
    },
}

impl Act {
    /// The lot that is asked about, if it is one.
    pub fn lot(&self) -> Option<LotNo> {
        match self {
            Self::Bidder(lot, _) | Self::Staff(StaffAct::Lot(lot, _) | StaffAct::Floor(lot, _)) => {
                Some(*lot)
            }
            Self::Engine(_) | Self::Staff(StaffAct::Sale(_)) => None,
        }
    }
}

impl From<EngineAct> for Act {
    fn from(act: EngineAct) -> Self {
        Self::Engine(act)
    }
}

impl From<SaleAct> for Act {
    fn from(act: SaleAct) -> Self {
        Self::Staff(StaffAct::Sale(act))
    }
}

impl LotAmendment {
    /// The terms that the lot would have, of those that it has.
    pub fn amended(&self, before: &LotTerms) -> LotTerms {
        let reserve = match self.base {
            BaseAmendment::Keep => before.method.reserve().copied(),
            BaseAmendment::Set(reserve) => Some(reserve),
            BaseAmendment::Remove => None,
        };
        LotTerms {
            method: self.terms.method.clone().with_reserve(reserve),
            ..self.terms.clone()
        }
    }
}

impl LotAct {
    /// The act on a lot.
    pub const fn of(self, lot: LotNo) -> Act {
        Act::Staff(StaffAct::Lot(lot, self))
    }
}

impl FloorAct {
    /// The act on a lot.
    pub const fn of(self, lot: LotNo) -> Act {
        Act::Staff(StaffAct::Floor(lot, self))
    }
}

impl BidderAct {
    /// The act on a lot.
    pub const fn of(self, lot: LotNo) -> Act {
        Act::Bidder(lot, self)
    }
}
