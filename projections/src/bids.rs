//! Every accepted bid of a sale, over all attempts, with what became of it.

use std::collections::BTreeMap;

use mazad_engine::domain::{
    AppliedEffect, BidEvent, BidNo, BidOrigin, BidVoided, Event, LotEvent, LotNo, Money, Paddle,
    Recorded, Time, VoidCause,
};

use crate::live::{LiveSale, LotLive};

/// An accepted bid, as everyone may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BidEntry {
    pub lot: LotNo,
    /// Its number within the lot.
    pub bid: BidNo,
    /// Which attempt to sell the lot it was made in.
    pub attempt: u32,
    pub paddle: Paddle,
    pub origin: BidOrigin,
    /// The price it set, or itself if it was beaten at once.
    pub shown: Money,
    /// The lot's price after it.
    pub price: Money,
    /// The lot's leader after it.
    pub leader: Paddle,
    /// When it was accepted.
    pub at: Time,
    /// Its place in the stream of the sale.
    pub revision: u64,
    /// R12b: how it was struck out.
    pub void: Option<Struck>,
}

/// R12b: how a bid was struck out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Struck {
    pub at: Time,
    pub cause: VoidCause,
    /// What became of price and leader.
    pub effect: AppliedEffect,
    /// The officer's words, for everybody to read.
    pub note: String,
}

/// The bids of a sale, by lot and number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BidBook {
    bids: BTreeMap<(LotNo, BidNo), BidEntry>,
}

impl BidBook {
    /// Applies an event that `live` has just applied.
    pub fn apply(&mut self, recorded: &Recorded, live: &LiveSale) {
        if let Some(entry) = entry(recorded, live) {
            self.bids.insert((entry.lot, entry.bid), entry);
        }
        if let Event::Lot(lot, LotEvent::BidVoided(void)) = &recorded.event {
            self.strike(recorded.meta.at, *lot, void);
        }
    }

    /// The bid, and with it, for lost eligibility, whatever else of its paddle stands in the attempt.
    fn strike(&mut self, at: Time, lot: LotNo, void: &BidVoided) {
        let Some(struck) = self.bids.get(&(lot, void.bid)) else {
            return;
        };
        let (attempt, paddle) = (struck.attempt, struck.paddle);
        let falls = |entry: &&mut BidEntry| {
            let falls_with_it = void.all_of_paddle && entry.paddle == paddle;
            entry.void.is_none()
                && entry.attempt == attempt
                && (entry.bid == void.bid || falls_with_it)
        };
        let of_lot = (lot, BidNo(0))..=(lot, BidNo(u32::MAX));
        let fallen = self.bids.range_mut(of_lot).map(|(_, entry)| entry);
        for entry in fallen.filter(falls) {
            entry.void = Some(Struck {
                at,
                cause: void.cause,
                effect: void.effect,
                note: void.note.clone(),
            });
        }
    }

    /// The bids of a lot, by number, over all attempts.
    pub fn of_lot(&self, lot: LotNo) -> impl Iterator<Item = &BidEntry> {
        let of_lot = (lot, BidNo(0))..=(lot, BidNo(u32::MAX));
        self.bids.range(of_lot).map(|(_, entry)| entry)
    }

    /// The bids, by lot and number.
    pub fn bids(&self) -> impl Iterator<Item = &BidEntry> {
        self.bids.values()
    }
}

/// The bid that an event enters, if it enters one; `live` has just applied it.
pub fn entry(recorded: &Recorded, live: &LiveSale) -> Option<BidEntry> {
    let is_bid = matches!(
        recorded.event,
        Event::Lot(_, LotEvent::Bid(BidEvent::Accepted(_)))
            | Event::Lot(_, LotEvent::Bid(BidEvent::LeadReaffirmed { .. }))
    );
    let no = recorded.event.lot().filter(|_| is_bid)?;
    let lot: &LotLive = live.lot(no)?;
    let line = lot.last?;
    Some(BidEntry {
        lot: no,
        bid: line.bid,
        attempt: lot.attempt,
        paddle: line.paddle,
        origin: line.origin,
        shown: line.shown,
        price: lot.price?,
        leader: lot.leader?,
        at: line.at,
        revision: recorded.revision,
        void: None,
    })
}
