//! On which lots each paddle has bid: so that telling a bidder what is theirs costs what they have, and
//! not what the sale has.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{BidEvent, Event, LotEvent, LotNo, Paddle, Sale};

/// The lots on which each paddle has a bid, or had one in an earlier attempt. Follows from the events.
#[derive(Debug)]
pub(crate) struct LotsBidOn(BTreeMap<Paddle, BTreeSet<LotNo>>);

impl LotsBidOn {
    /// As the books of the lots tell it.
    pub(super) fn of(sale: &Sale) -> Self {
        let mut lots = Self(BTreeMap::new());
        for lot in sale.lots.values() {
            for bid in &lot.bids {
                lots.add(bid.paddle, lot.no);
            }
        }
        lots
    }

    /// Takes in the next event.
    pub(super) fn apply(&mut self, event: &Event) {
        if let Event::Lot(lot, LotEvent::Bid(BidEvent::Accepted(bid))) = event {
            self.add(bid.paddle, *lot);
        }
    }

    /// In the order of the catalogue.
    pub(super) fn by(&self, paddle: Paddle) -> impl Iterator<Item = LotNo> {
        self.0.get(&paddle).into_iter().flatten().copied()
    }

    fn add(&mut self, paddle: Paddle, lot: LotNo) {
        self.0.entry(paddle).or_default().insert(lot);
    }
}
