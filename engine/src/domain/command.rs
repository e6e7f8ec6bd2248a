//! What is asked of a sale: an intent with its id, its author and its arrival.

use super::{
    AccountId, BidKind, BidNo, CommandId, Due, LotNo, LotTerms, Money, Paddle, Running, SaleTerms,
    StaffId, Time, VoidCause,
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
    /// Keyed digest of the command as sent, to tell a repeat from a reuse of its id.
    pub digest: [u8; 32],
    /// What is asked.
    pub act: Act,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Actor {
    /// The engine itself: timers, its own start.
    Engine,
    /// A member of staff.
    Staff(StaffId),
    /// A bidder, known in the sale by a paddle.
    Bidder(AccountId),
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each field is documented in proto/mazad/v1/socket.proto"
)]
pub enum Act {
    CreateSale {
        terms: SaleTerms,
    },
    AddLot {
        lot: LotNo,
        terms: Box<LotTerms>,
    },
    AdmitPaddle {
        paddle: Paddle,
        account: Option<AccountId>,
        limit: Option<Money>,
    },
    BarPaddle {
        paddle: Paddle,
        reason: String,
    },
    OpenSale,
    PauseSale {
        reason: String,
    },
    ResumeSale,
    EndSale,
    ReorderLots {
        order: Vec<LotNo>,
    },

    OpenLot {
        lot: LotNo,
    },
    WarnLot {
        lot: LotNo,
    },
    SetAsk {
        lot: LotNo,
        ask: Money,
    },
    HammerLot {
        lot: LotNo,
    },
    PassLot {
        lot: LotNo,
    },
    WithdrawLot {
        lot: LotNo,
        reason: String,
    },
    ReofferLot {
        lot: LotNo,
        opening: Option<Money>,
        running: Running,
    },
    ReopenLot {
        lot: LotNo,
        reason: String,
    },

    /// By a bidder; the paddle follows from the account. `confirms` names the command that was
    /// answered needs-confirmation (R1).
    PlaceBid {
        lot: LotNo,
        amount: Money,
        kind: BidKind,
        confirms: Option<CommandId>,
    },
    /// R12b: a former leader takes the lead again at the amount offered.
    Reaffirm {
        lot: LotNo,
    },
    /// R12a: a clerk enters a bid of the hall.
    FloorBid {
        lot: LotNo,
        paddle: Paddle,
        amount: Money,
    },
    /// R12a: a second clerk confirms the floor bid that waits.
    ConfirmFloorBid {
        lot: LotNo,
    },
    VoidBid {
        lot: LotNo,
        bid: BidNo,
        cause: VoidCause,
        note: String,
    },

    /// By the engine: something is due. Without effect if it is not (any more).
    Timer(Due),
    /// By the engine: a process starts to write this sale (R3.7).
    StartWriter {
        epoch: u64,
    },
    /// By the engine: a gateway fell silent at a close (R0).
    Outage,
}

impl Act {
    /// The lot that is asked about, if it is one.
    pub fn lot(&self) -> Option<LotNo> {
        match self {
            Self::AddLot { lot, .. }
            | Self::OpenLot { lot }
            | Self::WarnLot { lot }
            | Self::SetAsk { lot, .. }
            | Self::HammerLot { lot }
            | Self::PassLot { lot }
            | Self::WithdrawLot { lot, .. }
            | Self::ReofferLot { lot, .. }
            | Self::ReopenLot { lot, .. }
            | Self::PlaceBid { lot, .. }
            | Self::Reaffirm { lot }
            | Self::FloorBid { lot, .. }
            | Self::ConfirmFloorBid { lot }
            | Self::VoidBid { lot, .. } => Some(*lot),
            Self::CreateSale { .. }
            | Self::AdmitPaddle { .. }
            | Self::BarPaddle { .. }
            | Self::OpenSale
            | Self::PauseSale { .. }
            | Self::ResumeSale
            | Self::EndSale
            | Self::ReorderLots { .. }
            | Self::Timer(_)
            | Self::StartWriter { .. }
            | Self::Outage => None,
        }
    }
}
