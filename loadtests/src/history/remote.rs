//! A history through a running server: over the socket as bidders, over HTTP as an administrator.

use anyhow::Context;
use mazad_engine::domain::{Money, Paddle, Running};
use mazad_proto::v1::command::Act;
use mazad_proto::{Encoding, v1};
use tokio::sync::watch;

use super::{RecordedLot, Sold, increments, lot_no, paddles, paddles_needed};
use crate::bidder::Bidder;
use crate::desk::{Desk, DeskSale, bid, command};
use crate::http::Api;
use crate::scene::{self, money};

/// A running server with every lot of a history in the catalogue of a new sale.
#[derive(Debug)]
pub struct RemoteHouse {
    sale: DeskSale,
    /// By paddle, from 1.
    bidders: Vec<(Api, Bidder)>,
    _server: watch::Sender<Option<Api>>,
}

impl RemoteHouse {
    pub(super) async fn open(lots: &[RecordedLot], url: &str, token: &str) -> anyhow::Result<Self> {
        let admin = Api::new(url)?.with_token(token);
        let mut sale = Desk::new(admin.clone())
            .sale(&scene::sale_terms("history", "USD")?)
            .await?;
        for lot in lots {
            let table = increments()?;
            let terms = scene::lot_terms(&lot.item, lot.opening, table, Running::Clerked);
            sale.lot(&terms).await?;
        }
        sale.open().await?;
        let (server, whereabouts) = watch::channel(Some(admin));
        let mut bidders = Vec::new();
        for paddle in 1..=paddles_needed(lots) {
            let api = sale.bidder(paddle).await?;
            let bidder = Bidder::new(&api, Encoding::Proto, whereabouts.clone())?;
            bidders.push((api, bidder));
        }
        Ok(Self {
            sale,
            bidders,
            _server: server,
        })
    }

    pub(super) async fn run(
        &mut self,
        index: usize,
        recorded: &RecordedLot,
    ) -> anyhow::Result<Sold> {
        let (lot, paddles) = (lot_no(index)?.0, paddles(recorded));
        self.sale.open_lot(lot).await?;
        let (mut refused, mut leader) = (0, 0);
        for one in &recorded.bids {
            let paddle = paddles.get(one.bidder.as_str()).context("a paddle")?;
            let sent = command(&self.sale.id, bid(lot, one.maximum.minor()));
            let (answer, _) = self.bidder(*paddle)?.1.settle(&sent).await?;
            refused += usize::from(answer.verdict() == v1::Verdict::Refused);
            leader = answer.leader;
        }
        let maximum = self.maximum(lot, leader).await?;
        let end = match leader {
            0 => Act::PassLot(v1::PassLot { lot }),
            _ => Act::HammerLot(v1::HammerLot { lot }),
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

    fn bidder(&mut self, paddle: Paddle) -> anyhow::Result<&mut (Api, Bidder)> {
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
        let path = format!("/api/sales/{}/mine", self.sale.id);
        let mine: v1::Mine = self.bidder(Paddle(leader))?.0.get(&path).await?;
        let own = mine.maxima.iter().find(|own| own.lot == lot);
        own.map(|own| money(own.maximum)).transpose()
    }
}
