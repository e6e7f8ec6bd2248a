//! The public history of one lot: what happened, and how it stood after each line.
//!
//! A line is made for each event that touched the lot, and for pauses of the sale while the lot was
//! open. Refusals and private facts make none.

use mazad_engine::domain::{
    AppliedEffect, BidNo, Event, ExtensionCause, LotNo, LotOutcome, Money, Paddle, PauseCause,
    Recorded, ReserveOpening, SaleId, Time, VoidCause,
};

use crate::live::{BidLine, Held, LiveSale, LotLive, LotPhase, Offer};

/// One line of a lot's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryLine {
    /// Place of its event in the stream of the sale.
    pub revision: u64,
    /// When it was decided.
    pub at: Time,
    /// What happened.
    pub what: What,
    /// How the lot stood then.
    pub after: After,
}

/// How a lot stood after a line of its history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    /// Where it stood.
    pub phase: LotPhase,
    /// Which attempt to sell it.
    pub attempt: u32,
    /// The price; `None`: no bid stood.
    pub price: Option<Money>,
    /// Who led, or bought it.
    pub leader: Option<Paddle>,
    /// The least amount that was taken next; `None`: it took none.
    pub ask: Option<Money>,
    /// The effective end.
    pub ends_at: Option<Time>,
    /// Bids that stood in this attempt.
    pub bids: u32,
}

/// What happened to a lot.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the fields are those of the events in proto/mazad/v1/events.proto"
)]
pub enum What {
    Added,
    Scheduled {
        opens_at: Time,
    },
    Opened,
    Warned {
        warning: u32,
    },
    AskSet,
    Bid(BidLine),
    Reaffirmed(BidLine),
    Voided {
        bid: BidNo,
        cause: VoidCause,
        effect: AppliedEffect,
        note: String,
    },
    Extended {
        cause: ExtensionCause,
    },
    FloorBidHeld(Held),
    FloorBidLapsed,
    ReaffirmOffered(Offer),
    ReaffirmEnded,
    ReserveLifted,
    Closed {
        outcome: LotOutcome,
        bidders: u32,
        reserve: Option<ReserveOpening>,
    },
    Withdrawn {
        reason: String,
    },
    Reoffered {
        opening: Money,
    },
    Reopened {
        reason: String,
    },
    SalePaused {
        reason: String,
        cause: PauseCause,
    },
    SaleResumed,
}

/// The whole public history of a lot, oldest first, from the events of its sale.
pub fn history<'a>(
    sale: SaleId,
    lot: LotNo,
    events: impl IntoIterator<Item = &'a Recorded>,
) -> Vec<HistoryLine> {
    let mut live = LiveSale::new(sale);
    let mut lines = Vec::new();
    for recorded in events {
        let touched = live.apply(recorded);
        if touched.lots.contains(&lot) {
            lines.extend(line(recorded, lot, &live));
        }
    }
    lines
}

/// The line that an event makes in a lot's history; `live` has just applied it.
pub fn line(recorded: &Recorded, no: LotNo, live: &LiveSale) -> Option<HistoryLine> {
    let lot = live.lot(no)?;
    let is_own = recorded.event.lot() == Some(no);
    if !is_own && lot.phase != LotPhase::Open {
        return None;
    }
    Some(HistoryLine {
        revision: recorded.revision,
        at: recorded.meta.at,
        what: what(&recorded.event, lot)?,
        after: After::of(lot),
    })
}

impl After {
    /// How a lot stands now.
    pub fn of(lot: &LotLive) -> Self {
        Self {
            phase: lot.phase,
            attempt: lot.attempt,
            price: lot.price,
            leader: lot.leader,
            ask: lot.ask,
            ends_at: lot.ends_at,
            bids: lot.bids,
        }
    }
}

/// What an event tells of a lot that has just applied it; `None` for what is not public.
fn what(event: &Event, lot: &LotLive) -> Option<What> {
    Some(match event {
        Event::LotAdded { .. } => What::Added,
        Event::LotScheduled { opens_at, .. } => What::Scheduled {
            opens_at: *opens_at,
        },
        Event::LotOpened { .. } => What::Opened,
        Event::LotWarned { warning, .. } => What::Warned { warning: *warning },
        Event::AskSet { .. } => What::AskSet,
        Event::LotExtended { cause, .. } => What::Extended { cause: *cause },
        Event::LotClosed {
            outcome,
            bidders,
            reserve,
            ..
        } => {
            let (outcome, bidders, reserve) = (*outcome, *bidders, *reserve);
            What::Closed {
                outcome,
                bidders,
                reserve,
            }
        }
        Event::LotWithdrawn { reason, .. } => What::Withdrawn {
            reason: reason.clone(),
        },
        Event::LotReoffered { opening, .. } => What::Reoffered { opening: *opening },
        Event::LotReopened { reason, .. } => What::Reopened {
            reason: reason.clone(),
        },
        Event::ReserveLifted { .. } => What::ReserveLifted,
        // What was just taken is the last line that stands, the offer and the hold are the new ones.
        Event::BidAccepted(_) => What::Bid(lot.last?),
        Event::LeadReaffirmed { .. } => What::Reaffirmed(lot.last?),
        Event::FloorBidHeld { .. } => What::FloorBidHeld(lot.held?),
        Event::ReaffirmOffered { .. } => What::ReaffirmOffered(lot.offer?),
        Event::FloorBidLapsed { .. } => What::FloorBidLapsed,
        Event::ReaffirmEnded { .. } => What::ReaffirmEnded,
        Event::BidVoided(void) => What::Voided {
            bid: void.bid,
            cause: void.cause,
            effect: void.effect,
            note: void.note.clone(),
        },
        Event::SalePaused { reason, cause } => What::SalePaused {
            reason: reason.clone(),
            cause: *cause,
        },
        Event::SaleResumed { .. } => What::SaleResumed,
        Event::MaximumChanged { .. }
        | Event::VoidRequested { .. }
        | Event::CommandRefused { .. }
        | Event::SaleCreated { .. }
        | Event::WriterStarted { .. }
        | Event::SaleOpened
        | Event::SaleEnded
        | Event::PaddleAdmitted { .. }
        | Event::PaddleBarred { .. }
        | Event::LotsReordered { .. } => return None,
    })
}
