//! What every session and every HTTP handler shares.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mazad_engine::clock::Clock;
use mazad_engine::codec::Vault;
use mazad_engine::store::EventStore;
use mazad_engine::{Engine, StartError};
use mazad_office::{Office, OfficeError};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::connection_limits::ConnectionLimits;
use crate::hub::Hubs;
use crate::limits::{IMPORTS_LANE, Limits};
use crate::listener::Origins;
use crate::metrics::Metrics;
use crate::read_model::ReadModel;
use crate::turns::Turns;
use crate::web::Pages;

/// What a gateway serves.
#[derive(Debug, Clone)]
pub struct Backend {
    pub engine: Engine,
    pub office: Office,
    /// Answers searches; `None`: nobody keeps one.
    pub model: Option<ReadModel>,
    /// What browsers are shown; `None`: it is for programs only.
    pub pages: Option<Pages>,
    /// The data folder, for what tools leave in it to be read; `None`: there is none.
    pub folder: Option<PathBuf>,
}

/// Why there is nothing to serve.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    /// The sales cannot be read.
    #[error(transparent)]
    Engine(#[from] StartError),
    /// The office cannot be read.
    #[error(transparent)]
    Office(#[from] OfficeError),
}

impl Backend {
    /// Starts the engine and opens the office on a store. Nobody keeps a query model then, and
    /// there are no pages.
    ///
    /// # Errors
    /// [`BackendError`].
    pub async fn open(
        store: Arc<dyn EventStore>,
        vault: Arc<Vault>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, BackendError> {
        let engine = Engine::start(Arc::clone(&store), vault, Arc::clone(&clock)).await?;
        let office = Office::open(store, clock).await?;
        Ok(Self {
            engine,
            office,
            model: None,
            pages: None,
            folder: None,
        })
    }
}

/// A running gateway. Cheap to clone: all clones are one.
#[derive(Debug, Clone)]
pub struct Gateway {
    shared: Arc<GatewayInner>,
}

#[derive(Debug)]
struct GatewayInner {
    engine: Engine,
    office: Office,
    model: Option<ReadModel>,
    pages: Option<Pages>,
    folder: Option<PathBuf>,
    /// Tables are read one after the other.
    imports: Turns<Uuid>,
    hubs: Hubs,
    limits: Limits,
    metrics: Metrics,
    connection_limits: Arc<ConnectionLimits>,
    origins: Origins,
    public_url: String,
    sockets: TaskTracker,
    /// No new sockets; answers still leave.
    stopping: CancellationToken,
    /// Every socket says goodbye.
    closing: CancellationToken,
    /// Connections that are still there are let go.
    dropping: CancellationToken,
}

impl Gateway {
    pub(crate) fn new(
        backend: Backend,
        limits: Limits,
        origins: Origins,
        public_url: String,
    ) -> Self {
        let Backend {
            engine,
            office,
            model,
            pages,
            folder,
        } = backend;
        let shared = GatewayInner {
            hubs: Hubs::new(engine.clone()),
            connection_limits: ConnectionLimits::new(&limits),
            engine,
            office,
            model,
            pages,
            folder,
            imports: Turns::new(IMPORTS_LANE),
            limits,
            metrics: Metrics::new(),
            origins,
            public_url,
            sockets: TaskTracker::new(),
            stopping: CancellationToken::new(),
            closing: CancellationToken::new(),
            dropping: CancellationToken::new(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// The engine that decides.
    pub fn engine(&self) -> &Engine {
        &self.shared.engine
    }

    /// The office that knows people.
    pub fn office(&self) -> &Office {
        &self.shared.office
    }

    /// The query model, if this process keeps one.
    pub(crate) fn model(&self) -> Option<&ReadModel> {
        self.shared.model.as_ref()
    }

    /// What browsers are shown.
    pub(crate) fn pages(&self) -> Option<Pages> {
        self.shared.pages
    }

    /// The data folder, if there is one.
    pub(crate) fn folder(&self) -> Option<&Path> {
        self.shared.folder.as_deref()
    }

    /// The lane in which tables are read.
    pub(crate) fn imports(&self) -> &Turns<Uuid> {
        &self.shared.imports
    }

    /// The sales, as everyone may see them.
    pub fn hubs(&self) -> &Hubs {
        &self.shared.hubs
    }

    /// What this gateway allows.
    pub fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    /// Where people reach this server, without a slash at the end: for links.
    pub fn public_url(&self) -> &str {
        &self.shared.public_url
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.shared.metrics
    }

    pub(crate) fn connection_limits(&self) -> &Arc<ConnectionLimits> {
        &self.shared.connection_limits
    }

    pub(crate) fn origins(&self) -> &Origins {
        &self.shared.origins
    }

    pub(crate) fn sockets(&self) -> &TaskTracker {
        &self.shared.sockets
    }

    pub(crate) fn stopping(&self) -> &CancellationToken {
        &self.shared.stopping
    }

    pub(crate) fn closing(&self) -> &CancellationToken {
        &self.shared.closing
    }

    pub(crate) fn dropping(&self) -> &CancellationToken {
        &self.shared.dropping
    }
}
