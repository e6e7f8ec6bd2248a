//! A whole server inside a process: for tests, the demo and load runs.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use mazad_engine::clock::{Clock, SystemClock};
use mazad_engine::codec::Vault;
use mazad_engine::store::{EventStore, MemoryStore};
use mazad_engine::{Engine, StartError};
use mazad_office::{Office, OfficeError};
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::gateway::Gateway;
use crate::limits::Limits;
use crate::serve::{Parts, ServeConfig, ServeError, Serving, listen};
use crate::tls::Tls;
use crate::web::Pages;

/// What to start.
#[derive(Debug)]
pub struct ServerOptions {
    /// Where events are kept.
    pub store: Arc<dyn EventStore>,
    /// The engine's key.
    pub vault: Arc<Vault>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where to listen; port 0: any that is free.
    pub listen: SocketAddr,
    /// Pages of other sites that may talk to it.
    pub origins: Vec<String>,
    /// Plain text or TLS.
    pub tls: Tls,
    /// Where people reach it, if not at the listener's address.
    pub public_url: Option<String>,
    /// What browsers are shown; `None`: it is for programs only.
    pub pages: Option<Pages>,
    /// What it allows.
    pub limits: Limits,
}

impl Default for ServerOptions {
    /// In memory, on a free port of this machine, with the product's limits.
    fn default() -> Self {
        Self {
            store: Arc::new(MemoryStore::new()),
            vault: Arc::new(Vault::from_key([7; 32])),
            clock: Arc::new(SystemClock),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            origins: Vec::new(),
            tls: Tls::Off,
            public_url: None,
            pages: None,
            limits: Limits::default(),
        }
    }
}

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The sales cannot be read.
    #[error(transparent)]
    Engine(#[from] StartError),
    /// The office cannot be read.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// The listener.
    #[error(transparent)]
    Serve(#[from] ServeError),
}

/// A server that runs. Dropping it without [`Server::stop`] tells it to stop and does not wait.
#[derive(Debug)]
pub struct Server {
    gateway: Gateway,
    address: SocketAddr,
    shutdown: DropGuard,
    task: JoinHandle<Result<(), ServeError>>,
}

impl Server {
    /// Starts engine, office and gateway.
    ///
    /// # Errors
    /// [`ServerError`].
    pub async fn start(options: ServerOptions) -> Result<Self, ServerError> {
        let ServerOptions {
            store,
            vault,
            clock,
            listen: address,
            ..
        } = options;
        let engine = Engine::start(Arc::clone(&store), vault, Arc::clone(&clock)).await?;
        let office = Office::open(store, clock).await?;
        let listener = listen(address).map_err(ServeError::from)?;
        let address = listener.local_addr().map_err(ServeError::from)?;
        let config = ServeConfig {
            listener,
            local: None,
            origins: options.origins,
            tls: options.tls,
            public_url: options.public_url,
            limits: options.limits,
        };
        let parts = Parts {
            engine,
            office,
            model: None,
            pages: options.pages,
        };
        let serving = Serving::new(config, parts)?;
        let gateway = serving.gateway.clone();
        // Whoever connects now waits in the backlog until every sale has been read.
        let shutdown = CancellationToken::new();
        let task = tokio::spawn(serving.run(shutdown.clone()));
        Ok(Self {
            gateway,
            address,
            shutdown: shutdown.drop_guard(),
            task,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where people reach it.
    pub fn url(&self) -> &str {
        self.gateway.public_url()
    }

    /// Decides.
    pub fn engine(&self) -> &Engine {
        self.gateway.engine()
    }

    /// Knows people.
    pub fn office(&self) -> &Office {
        self.gateway.office()
    }

    /// What sessions and handlers share.
    pub fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// Stops it as a service would be stopped, and waits.
    ///
    /// # Errors
    /// [`ServeError::Late`]; a panic of the server comes through as one of the caller.
    pub async fn stop(self) -> Result<(), ServeError> {
        drop(self.shutdown);
        match self.task.await {
            Ok(ended) => ended,
            Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
        }
    }
}
