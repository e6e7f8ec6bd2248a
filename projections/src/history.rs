//! The public history of one lot: which events are in it, and how the lot stood after each.
//!
//! What happened is the event itself, as [`crate::public`] lets everyone see it. An event is in the
//! history of the lot that it changed; a pause and its end are in that of every lot that was open.
//! Refusals and private facts are in none.

use mazad_engine::domain::{Event, LotNo, LotOutcome, Money, Paddle, Recorded, SaleEvent, Time};

use crate::live::{BoardPhase, LiveSale, LotPhase, Touched};

/// How a lot stood after an event of its history. Small, since it is kept for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    pub phase: LotPhase,
    /// Whether the sale was at rest.
    pub paused: bool,
    /// Which attempt to sell it.
    pub attempt: u32,
    /// The price of the highest bid that stood, after the close too; `None`: none did.
    pub price: Option<Money>,
    /// Whose bid that was.
    pub leader: Option<Paddle>,
    /// The least amount that was taken next; `None`: it took none.
    pub ask: Option<Money>,
    /// The effective end (R3.5), where there is one.
    pub ends_at: Option<Time>,
    /// Bids that stood in this attempt.
    pub bids: u32,
    /// Extensions by late bids.
    pub extensions: u32,
    /// Warnings given since the last bid.
    pub warnings: u32,
    /// How it had ended.
    pub outcome: Option<LotOutcome>,
}

impl After {
    /// How a lot stands now; `None` if the sale has no such lot.
    pub fn of(live: &LiveSale, no: LotNo) -> Option<Self> {
        let lot = live.lot(no)?;
        Some(Self {
            phase: lot.phase,
            paused: live.board().phase == BoardPhase::Paused,
            attempt: lot.attempt,
            price: lot.price,
            leader: lot.leader,
            ask: lot.ask,
            ends_at: lot.ends_at,
            bids: lot.bids,
            extensions: lot.extensions,
            warnings: lot.warnings,
            outcome: lot.outcome,
        })
    }
}

/// The lots in whose history an event is, and how each stood after it. `live` has just applied the
/// event, and `touched` is what that changed.
pub fn lines(recorded: &Recorded, touched: &Touched, live: &LiveSale) -> Vec<(LotNo, After)> {
    let lots: Vec<LotNo> = match &recorded.event {
        Event::Sale(SaleEvent::Paused { .. }) | Event::Sale(SaleEvent::Resumed { .. }) => live
            .lots()
            .filter(|(_, lot)| lot.phase == LotPhase::Open)
            .map(|(no, _)| *no)
            .collect(),
        event => event
            .lot()
            .filter(|no| touched.lots.contains(no))
            .into_iter()
            .collect(),
    };
    let after = |no| Some((no, After::of(live, no)?));
    lots.into_iter().filter_map(after).collect()
}
