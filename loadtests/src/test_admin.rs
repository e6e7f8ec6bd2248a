//! An administrator at any server, in this process or elsewhere: makes sales, lots and people through
//! the HTTP interface, as the tools do.

use anyhow::{bail, ensure};
use mazad_client::{Act, Client, Connection, Encoding, InviteLink, NewInvite, command, v1};
use mazad_engine::codec::terms::{lot_terms_to_proto, sale_terms_to_proto};
use mazad_engine::domain::{LotTerms, SaleTerms};
use uuid::Uuid;

/// Lots without texts that fit into one request.
const LOTS_IN_ONE_ACT: u32 = 50;

/// Somebody who may make sales.
#[derive(Debug, Clone)]
pub struct TestAdmin {
    client: Client,
}

/// A sale that an administrator made.
#[derive(Debug, Clone)]
pub struct AdminSale {
    client: Client,
    pub id: String,
    lots: u32,
}

impl TestAdmin {
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Invites a member of staff, and enters as that person.
    ///
    /// # Errors
    /// The server does not do it.
    pub async fn staff(&self, role: &str) -> anyhow::Result<Client> {
        invited(&self.client, &NewInvite::staff(role)).await
    }

    /// Makes a sale.
    ///
    /// # Errors
    /// The server does not do it.
    pub async fn sale(&self, terms: &SaleTerms) -> anyhow::Result<AdminSale> {
        let id = Uuid::new_v4().to_string();
        let sale = AdminSale {
            client: self.client.clone(),
            id,
            lots: 0,
        };
        let terms = Some(sale_terms_to_proto(terms));
        sale.act(Act::CreateSale(v1::CreateSale { terms })).await?;
        Ok(sale)
    }
}

impl AdminSale {
    /// The same sale at a server that was started again.
    #[must_use]
    pub fn at(&self, admin: &TestAdmin) -> Self {
        Self {
            client: admin.client.clone(),
            ..self.clone()
        }
    }

    /// Puts the next lot into the catalogue; answers its number.
    ///
    /// # Errors
    /// The server does not do it.
    pub async fn lot(&mut self, terms: &LotTerms) -> anyhow::Result<u32> {
        self.alike(1, terms).await?;
        Ok(self.lots)
    }

    /// The same of a lot with a secret base, in minor units.
    ///
    /// # Errors
    /// The server does not do it.
    pub async fn lot_with_base(&mut self, terms: &LotTerms, base: i64) -> anyhow::Result<u32> {
        self.add(1, terms, base).await?;
        Ok(self.lots)
    }

    /// Puts so many lots of the same terms into the catalogue.
    ///
    /// # Errors
    /// The server does not do it.
    pub async fn alike(&mut self, count: u32, terms: &LotTerms) -> anyhow::Result<()> {
        self.add(count, terms, 0).await
    }

    async fn add(&mut self, count: u32, terms: &LotTerms, reserve: i64) -> anyhow::Result<()> {
        let terms = lot_terms_to_proto(terms);
        let new = |lot| v1::NewLot {
            lot,
            terms: Some(terms.clone()),
            reserve,
        };
        let last = self.lots.saturating_add(count);
        while self.lots < last {
            let until = last.min(self.lots.saturating_add(LOTS_IN_ONE_ACT));
            let lots = (self.lots.saturating_add(1)..=until).map(new).collect();
            self.act(Act::AddLots(v1::AddLots { lots })).await?;
            self.lots = until;
        }
        Ok(())
    }

    /// Makes the draft public.
    ///
    /// # Errors
    /// The server does not do it.
    pub async fn publish(&self) -> anyhow::Result<()> {
        self.act(Act::PublishSale(v1::PublishSale {})).await
    }

    /// Publishes the sale and opens it.
    ///
    /// # Errors
    /// The server does not do it.
    pub async fn open(&self) -> anyhow::Result<()> {
        self.publish().await?;
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
    pub async fn bidder(&self, paddle: u32) -> anyhow::Result<Client> {
        invited(&self.client, &NewInvite::bidder(&self.id, paddle)).await
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
        let answer = self.client.command(&command(&self.id, act)).await?;
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
        Ok(self.client.snapshot(&self.id).await?)
    }
}

async fn invited(admin: &Client, new: &NewInvite) -> anyhow::Result<Client> {
    let link = admin.invite(new).await?.link;
    Ok(admin.log_in(InviteLink::parse(&link)?.secret()).await?)
}

/// Connects as somebody.
///
/// # Errors
/// The server does not do it, or takes the caller for somebody else.
pub async fn connect(client: &Client, encoding: Encoding) -> anyhow::Result<Connection> {
    let connection = client.connect(encoding).await?;
    let is_known = connection.role() != v1::Role::Watcher;
    ensure!(is_known, "still a watcher after hello");
    Ok(connection)
}
