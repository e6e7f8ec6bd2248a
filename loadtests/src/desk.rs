//! An administrator's desk at any server, in this process or elsewhere: makes sales, lots and people
//! through the HTTP interface, as the tools do.

use anyhow::{Context, bail, ensure};
use mazad_engine::codec::terms::{lot_terms_to_proto, sale_terms_to_proto};
use mazad_engine::domain::{LotTerms, SaleTerms};
use mazad_proto::v1;
use mazad_proto::v1::command::Act;
use serde_json::json;
use uuid::Uuid;

use crate::http::Api;
use crate::line::Line;
use mazad_proto::Encoding;

/// A command with a new id.
pub fn command(sale: &str, act: Act) -> v1::Command {
    v1::Command {
        id: Uuid::new_v4().to_string(),
        sale: sale.to_owned(),
        act: Some(act),
    }
}

/// A bid up to an amount.
pub fn bid(lot: u32, amount: i64) -> Act {
    bid_as(lot, amount, v1::BidKind::Maximum)
}

/// A bid of exactly an amount.
pub fn flat_bid(lot: u32, amount: i64) -> Act {
    bid_as(lot, amount, v1::BidKind::Flat)
}

fn bid_as(lot: u32, amount: i64, kind: v1::BidKind) -> Act {
    let confirms = String::new();
    Act::PlaceBid(v1::PlaceBid {
        lot,
        amount,
        kind: kind.into(),
        confirms,
    })
}

/// Somebody who may make sales.
#[derive(Debug, Clone)]
pub struct Desk {
    api: Api,
}

/// A sale that a desk made.
#[derive(Debug, Clone)]
pub struct DeskSale {
    api: Api,
    /// Its id.
    pub id: String,
    lots: u32,
}

impl Desk {
    /// A desk of an administrator.
    pub fn new(api: Api) -> Self {
        Self { api }
    }

    /// Who asks.
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// Invites a member of staff, and enters as that person.
    ///
    /// # Errors
    /// The server does not do it.
    pub async fn staff(&self, role: &str) -> anyhow::Result<Api> {
        self.api
            .invite(&json!({ "role": role, "label": role }))
            .await
    }

    /// Makes a sale.
    ///
    /// # Errors
    /// The server does not do it.
    pub async fn sale(&self, terms: &SaleTerms) -> anyhow::Result<DeskSale> {
        let id = Uuid::new_v4().to_string();
        let sale = DeskSale {
            api: self.api.clone(),
            id,
            lots: 0,
        };
        let terms = Some(sale_terms_to_proto(terms));
        sale.act(Act::CreateSale(v1::CreateSale { terms })).await?;
        Ok(sale)
    }
}

impl DeskSale {
    /// The same sale at a server that was started again.
    #[must_use]
    pub fn at(&self, admin: &Api) -> Self {
        Self {
            api: admin.clone(),
            ..self.clone()
        }
    }

    /// Puts the next lot into the catalogue; answers its number.
    ///
    /// # Errors
    /// The server does not do it.
    pub async fn lot(&mut self, terms: &LotTerms) -> anyhow::Result<u32> {
        let lot = self.lots.saturating_add(1);
        let terms = Some(lot_terms_to_proto(terms));
        self.act(Act::AddLot(v1::AddLot {
            lot,
            terms,
            reserve: 0,
        }))
        .await?;
        self.lots = lot;
        Ok(lot)
    }

    /// Opens the sale.
    ///
    /// # Errors
    /// The server does not do it.
    pub async fn open(&self) -> anyhow::Result<()> {
        self.act(Act::OpenSale(v1::OpenSale {})).await
    }

    /// Opens a lot by hand.
    ///
    /// # Errors
    /// The server does not do it.
    pub async fn open_lot(&self, lot: u32) -> anyhow::Result<()> {
        self.act(Act::OpenLot(v1::OpenLot { lot })).await
    }

    /// Invites a bidder without a limit, and enters as that bidder.
    ///
    /// # Errors
    /// The server does not do it.
    pub async fn bidder(&self, paddle: u32) -> anyhow::Result<Api> {
        let label = format!("paddle {paddle}");
        let request = json!({
            "role": "bidder", "sale": self.id, "paddle": paddle, "label": label,
        });
        self.api.invite(&request).await
    }

    /// Does something that must succeed.
    ///
    /// # Errors
    /// It is refused, or the server does not do it.
    pub async fn act(&self, act: Act) -> anyhow::Result<()> {
        self.asked(act).await.map(drop)
    }

    /// Does something that must succeed, and gives the answer.
    ///
    /// # Errors
    /// It is refused, or the server does not do it.
    pub async fn asked(&self, act: Act) -> anyhow::Result<v1::Answer> {
        let answer = self.api.command(&command(&self.id, act)).await?;
        match answer.verdict() {
            v1::Verdict::Accepted => Ok(answer),
            v1::Verdict::Refused | v1::Verdict::Unspecified => {
                bail!(
                    "refused {} ({}) {:?}",
                    answer.code,
                    answer.rule,
                    answer.figures
                )
            }
        }
    }

    /// The sale as everyone may see it.
    ///
    /// # Errors
    /// The server does not do it.
    pub async fn snapshot(&self) -> anyhow::Result<v1::Snapshot> {
        self.api
            .get(&format!("/api/sales/{}/snapshot", self.id))
            .await
    }
}

/// Connects as somebody.
///
/// # Errors
/// The server does not do it, or takes the caller for somebody else.
pub async fn line_of(api: &Api, encoding: Encoding) -> anyhow::Result<Line> {
    let ticket = api.ticket().await.context("ticket")?;
    let mut line = Line::open(api.address(), encoding).await?;
    let role = line.hello(ticket).await?;
    ensure!(role != v1::Role::Watcher, "still a watcher after hello");
    Ok(line)
}
