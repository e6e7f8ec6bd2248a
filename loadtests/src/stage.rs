//! A whole server in this process, on a free port, for tests and load.

use std::path::Path;
use std::sync::Arc;

use mazad_client::{Client, ServerAddress};
use mazad_engine::clock::SystemClock;
use mazad_engine::codec::Vault;
use mazad_engine::domain::{Mode, Running};
use mazad_engine::store::log::{EmbeddedStore, OpenOptions};
use mazad_engine::store::{EventStore, MemoryStore};
use mazad_gateway::{Backend, BoundServer, Limits, Server, ServerOptions};
use mazad_pages::PAGES;

use crate::scene;
use crate::test_admin::{AdminSale, TestAdmin};

/// A server of this process, which anybody may push as hard as they can unless it is told otherwise.
#[derive(Debug)]
pub struct Stage {
    server: Server,
    admin: TestAdmin,
    address: ServerAddress,
}

impl Stage {
    /// Starts over a store in memory.
    ///
    /// # Errors
    /// The server does not start.
    pub async fn in_memory() -> anyhow::Result<Self> {
        Self::with_limits(Limits::unhindered()).await
    }

    /// Starts over a store in memory, with limits.
    ///
    /// # Errors
    /// The server does not start.
    pub async fn with_limits(limits: Limits) -> anyhow::Result<Self> {
        Self::start(Arc::new(MemoryStore::new()), limits).await
    }

    /// Starts over a store in a folder, and gives the store too.
    ///
    /// # Errors
    /// The store does not open, or the server does not start.
    pub async fn on_disk(dir: &Path) -> anyhow::Result<(Self, Arc<EmbeddedStore>)> {
        let store = Arc::new(EmbeddedStore::open(dir, OpenOptions::new())?);
        let stage = Self::over(Arc::<EmbeddedStore>::clone(&store)).await?;
        Ok((stage, store))
    }

    /// Starts over any store.
    ///
    /// # Errors
    /// The server does not start.
    pub async fn over(store: Arc<dyn EventStore>) -> anyhow::Result<Self> {
        Self::start(store, Limits::unhindered()).await
    }

    async fn start(store: Arc<dyn EventStore>, limits: Limits) -> anyhow::Result<Self> {
        let bound = BoundServer::bind(ServerOptions {
            limits,
            ..ServerOptions::default()
        })?;
        let vault = Arc::new(Vault::from_key([7; 32]));
        let backend = Backend {
            pages: Some(PAGES),
            ..Backend::open(store, vault, Arc::new(SystemClock::new())).await?
        };
        let server = bound.serve(backend)?;
        let login = server.office().local_login();
        let address = ServerAddress::local(server.url())?;
        let admin = Client::to(address.clone()).with_token(login.token.as_str());
        Ok(Self {
            server,
            admin: TestAdmin::new(admin),
            address,
        })
    }

    pub fn server(&self) -> &Server {
        &self.server
    }

    pub fn admin(&self) -> &TestAdmin {
        &self.admin
    }

    pub fn address(&self) -> &ServerAddress {
        &self.address
    }

    /// Stops it as a service would be stopped.
    ///
    /// # Errors
    /// Something was busy for too long.
    pub async fn stop(self) -> anyhow::Result<()> {
        Ok(self.server.stop().await?)
    }
}

/// An open sale of lots that a clerk opens and ends by hand, each open, all alike: opening 1,000,
/// steps of 100.
///
/// # Errors
/// The server does not do it.
pub async fn open_sale(admin: &TestAdmin, lots: u32) -> anyhow::Result<AdminSale> {
    let mut sale = admin.sale(&scene::sale_terms("sale", "EGP")?).await?;
    let table = scene::increments(Mode::Additive, &[(0, 100)])?;
    let opening = scene::money(1_000)?;
    let terms = scene::lot_terms("lot", opening, table, Running::Clerked);
    sale.alike(lots, &terms).await?;
    sale.open().await?;
    for lot in 1..=lots {
        sale.open_lot(lot).await?;
    }
    Ok(sale)
}
