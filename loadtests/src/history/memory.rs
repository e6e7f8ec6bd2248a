//! A history in this process: one sale, each lot opened when the one before it has ended.

use anyhow::Context;
use mazad_engine::domain::{
    Act, BidKind, BidderAct, LotAct, Paddle, Phase, Running, SaleAct, Time, Verdict, seen,
};

use super::{RecordedLot, Sold, increments, lot_no, paddles, paddles_needed};
use crate::memory_sale::MemorySale;
use crate::scene;

/// Any instant: the history counts from its own opening.
const START: Time = Time(1_000_000_000_000_000);

/// The engine's writer with every lot of a history in its catalogue.
#[derive(Debug)]
pub(super) struct MemoryHouse {
    sale: MemorySale,
    opened: Time,
}

impl MemoryHouse {
    pub(super) fn open(lots: &[RecordedLot]) -> anyhow::Result<Self> {
        let mut sale = MemorySale::create(scene::sale_terms("history", "USD")?, START)?;
        for (index, lot) in lots.iter().enumerate() {
            let terms = scene::lot_terms(&lot.item, lot.opening, increments()?, Running::Clerked);
            let lots = vec![(lot_no(index)?, terms)];
            sale.clerk(Act::from(SaleAct::AddLots { lots }))?;
        }
        for paddle in 1..=paddles_needed(lots) {
            sale.admit(Paddle(paddle))?;
        }
        sale.clerk(Act::from(SaleAct::Publish))?;
        sale.clerk(Act::from(SaleAct::Open))?;
        Ok(Self {
            sale,
            opened: START,
        })
    }

    pub(super) fn run(&mut self, index: usize, recorded: &RecordedLot) -> anyhow::Result<Sold> {
        let (lot, paddles) = (lot_no(index)?, paddles(recorded));
        self.sale.clerk(LotAct::Open.of(lot))?;
        let mut refused = 0;
        let mut last = self.opened;
        for bid in &recorded.bids {
            last = last.max(self.opened.after(bid.after));
            self.sale.at(last);
            let Some(paddle) = paddles.get(bid.bidder.as_str()) else {
                continue;
            };
            let (amount, kind) = (bid.maximum, BidKind::Maximum);
            let act = BidderAct::PlaceBid {
                amount,
                kind,
                confirms: None,
            }
            .of(lot);
            let answer = self.sale.bidder(*paddle, act)?;
            refused += usize::from(matches!(answer.verdict, Verdict::Refused(_)));
        }
        self.opened = last;
        let lead = self.lead(lot);
        let seen = self.sale.sale().lots.get(&lot).map(seen);
        let seen = seen.context("a lot")?;
        let end = if lead.is_some() {
            LotAct::Hammer { seen }.of(lot)
        } else {
            LotAct::Pass { seen }.of(lot)
        };
        self.sale.clerk(end)?;
        Ok(Sold {
            price: self.hammered(lot),
            maximum: lead,
            refused,
        })
    }

    fn lead(&self, lot: mazad_engine::domain::LotNo) -> Option<mazad_engine::domain::Money> {
        let lot = self.sale.sale().lots.get(&lot)?;
        lot.claim().map(|(_, maximum)| maximum)
    }

    fn hammered(&self, lot: mazad_engine::domain::LotNo) -> Option<mazad_engine::domain::Money> {
        match &self.sale.sale().lots.get(&lot)?.phase {
            Phase::Closed(closed) => match closed.outcome {
                mazad_engine::domain::LotOutcome::KnockedDown { price, .. } => Some(price),
                _ => None,
            },
            Phase::Open(_) | Phase::Upcoming { .. } => None,
        }
    }
}
