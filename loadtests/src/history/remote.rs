//! A history through a running server: over the socket as bidders, over HTTP as an administrator.

use anyhow::Context;
use mazad_client::{Act, Client, Encoding, JoinedSale, OnDoubt, ServerAddress, bid, command, v1};
use mazad_engine::domain::{Money, Paddle, Running};

use super::{RecordedLot, Sold, increments, lot_no, paddles, paddles_needed};
use crate::scene::{self, money};
use crate::test_admin::{AdminSale, TestAdmin};

/// A running server with every lot of a history in the catalogue of a new sale.
#[derive(Debug)]
pub struct RemoteHouse {
    sale: AdminSale,
    /// By paddle, from 1.
    bidders: Vec<JoinedSale>,
}

impl RemoteHouse {
    pub(super) async fn open(lots: &[RecordedLot], url: &str, token: &str) -> anyhow::Result<Self> {
        let admin = Client::to(ServerAddress::on_trusted_network(url)?).with_token(token);
        let mut sale = TestAdmin::new(admin)
            .sale(&scene::sale_terms("history", "USD")?)
            .await?;
        for lot in lots {
            let table = increments()?;
            let terms = scene::lot_terms(&lot.item, lot.opening, table, Running::Clerked);
            sale.lot(&terms).await?;
        }
        sale.open().await?;
        let mut bidders = Vec::new();
        for paddle in 1..=paddles_needed(lots) {
            let bidder = sale.bidder(paddle).await?.join(&sale.id, Encoding::Proto);
            bidders.push(bidder.on_doubt(OnDoubt::Repeat));
        }
        Ok(Self { sale, bidders })
    }

    pub(super) async fn run(
        &mut self,
        index: usize,
        recorded: &RecordedLot,
    ) -> anyhow::Result<Sold> {
        let (lot, paddles) = (lot_no(index)?.0, paddles(recorded));
        self.sale.open_lot(lot).await?;
        let (mut refused, mut leader, mut seen) = (0, 0, v1::Seen::default());
        for one in &recorded.bids {
            let paddle = paddles.get(one.bidder.as_str()).context("a paddle")?;
            let sent = command(&self.sale.id, bid(lot, one.maximum.minor()));
            let answer = self.bidder(*paddle)?.settle(sent).await?.answer;
            refused += usize::from(answer.verdict() == v1::Verdict::Refused);
            leader = answer.leader;
            seen.bid += u32::from(answer.result() != v1::BidResult::Unspecified)
                - u32::from(answer.result() == v1::BidResult::MaximumMoved);
            (seen.leader, seen.price) = (leader, answer.price);
        }
        let seen = Some(seen);
        let maximum = self.maximum(lot, leader).await?;
        let end = match leader {
            0 => Act::PassLot(v1::PassLot { lot, seen }),
            _ => Act::HammerLot(v1::HammerLot { lot, seen }),
        };
        let hammered = self.sale.asked(end).await?.price;
        let price = Some(hammered)
            .filter(|price| *price > 0)
            .map(money)
            .transpose()?;
        Ok(Sold {
            price,
            maximum,
            refused,
        })
    }

    fn bidder(&mut self, paddle: Paddle) -> anyhow::Result<&mut JoinedSale> {
        let index = usize::try_from(paddle.0)?
            .checked_sub(1)
            .context("a paddle")?;
        self.bidders.get_mut(index).context("a bidder")
    }

    /// The leader's maximum, as only the leader is told.
    async fn maximum(&mut self, lot: u32, leader: u32) -> anyhow::Result<Option<Money>> {
        if leader == 0 {
            return Ok(None);
        }
        let sale = self.sale.id.clone();
        let bidder = self.bidder(Paddle(leader))?.client();
        let mine = bidder.mine(&sale).await?;
        let own = mine.maxima.iter().find(|own| own.lot == lot);
        own.map(|own| money(own.maximum)).transpose()
    }
}
