//! What every session and every HTTP handler shares.

use std::sync::Arc;

use mazad_engine::Engine;
use mazad_office::Office;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::crowd::Crowd;
use crate::hub::Hubs;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::origin::Origins;
use crate::read_model::ReadModel;
use crate::serve::Parts;
use crate::web::Pages;

/// A running gateway. Cheap to clone: all clones are one.
#[derive(Debug, Clone)]
pub struct Gateway {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    engine: Engine,
    office: Office,
    model: Option<ReadModel>,
    pages: Option<Pages>,
    hubs: Hubs,
    limits: Limits,
    metrics: Metrics,
    crowd: Arc<Crowd>,
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
    pub(crate) fn new(parts: Parts, limits: Limits, origins: Origins, public_url: String) -> Self {
        let Parts {
            engine,
            office,
            model,
            pages,
        } = parts;
        let shared = Shared {
            hubs: Hubs::new(engine.clone()),
            crowd: Crowd::new(&limits),
            engine,
            office,
            model,
            pages,
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

    pub(crate) fn crowd(&self) -> &Arc<Crowd> {
        &self.shared.crowd
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
