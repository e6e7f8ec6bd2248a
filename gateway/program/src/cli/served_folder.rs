//! A server on a data folder: what `serve` and `demo` start, and stop in order.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mazad_engine::Engine;
use mazad_engine::clock::{SystemClock, is_synchronised};
use mazad_engine::store::EventStore;
use mazad_engine::store::log::EmbeddedStore;
use mazad_gateway::auth::{InviteRequest, LocalAccess, invite, link};
use mazad_gateway::{
    Backend, BoundServer, CertificateRenewal, ReadModel, ServeError, Server, ServerOptions,
};
use mazad_office::{Caller, Logins, NewInvite, Office, Role};
use mazad_pages::PAGES;
use mazad_projections::sql;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::doctor::CLOCK_ALONE;
use super::exit::{Exit, Failure};
use super::folder::{OwnFolder, office_failure};

/// A folder with its server, which runs.
#[derive(Debug)]
pub(crate) struct ServedFolder {
    folder: OwnFolder,
    server: Server,
    /// How tools of this machine reach it; `None`: the file could not be written.
    access: Option<LocalAccess>,
    /// A signal has asked the process to stop.
    asked: CancellationToken,
    model: ModelKeeper,
}

/// The task that keeps the query model of a folder.
#[derive(Debug)]
struct ModelKeeper {
    task: JoinHandle<()>,
    stop: CancellationToken,
}

impl ModelKeeper {
    async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.task.await {
            tracing::warn!(%error, "the query model was not kept any more");
        }
    }
}

impl ServedFolder {
    /// Opens the folder and serves it, to the tools of this machine too, with the query model in a file
    /// of its own. `adopt`: why this machine
    /// takes it over from another one.
    ///
    /// # Errors
    /// With the number that says what to do about it.
    pub(crate) async fn start(
        dir: &Path,
        model: PathBuf,
        options: ServerOptions,
        adopt: Option<String>,
    ) -> Result<Self, Failure> {
        let asked = stop_signal()?;
        let wanted = options.listen;
        // Before the folder, so that a port that is taken costs no recovery.
        let bound = BoundServer::bind(ServerOptions {
            serves_tools: true,
            ..options
        });
        let bound = bound.map_err(|error| bind_failure(error, wanted))?;
        let folder = OwnFolder::open(dir, adopt).await?;
        let events: Arc<dyn EventStore> = Arc::<EmbeddedStore>::clone(&folder.store);
        let office = Office::open(Arc::clone(&events), Arc::new(SystemClock::new()))
            .await
            .map_err(office_failure)?;
        let (model, keeper) = keep_model(model, events);
        let served = bound.serve(Backend {
            engine: folder.engine.clone(),
            office,
            model: Some(model),
            pages: Some(PAGES),
            folder: Some(dir.to_owned()),
        });
        let server = match served {
            Ok(server) => server,
            Err(error) => {
                keeper.stop().await;
                folder.close().await?;
                return Err(error.into());
            }
        };
        let token = server.office().local_login().token;
        // Nothing beside the log keeps a sale from going on, a full disk least of all.
        let access = LocalAccess::write(dir, server.tools_url(), token.as_str())
            .inspect_err(|error| tracing::warn!(%error, "tools of this machine cannot reach it"))
            .ok();
        Ok(Self {
            folder,
            server,
            access,
            asked,
            model: keeper,
        })
    }

    /// What of this machine one does not expect under a log, in the log of the process.
    pub(crate) fn warn_of_the_machine(&self) {
        if let Some(found) = &self.folder.store.report().file_system
            && let Some(follows) = found.kind.follows()
        {
            tracing::warn!(file_system = found.name, "the file system {follows}");
        }
        if is_synchronised() == Some(false) {
            tracing::warn!("{CLOCK_ALONE}");
        }
    }

    /// Whether what is promised from now on can be kept.
    ///
    /// # Errors
    /// The store has stopped itself.
    pub(crate) fn must_be_written(&self) -> Result<(), Failure> {
        self.folder.must_be_written()
    }

    /// Where people reach it.
    pub(crate) fn url(&self) -> &str {
        self.server.url()
    }

    /// Where programs of this machine reach it.
    pub(crate) fn tools_url(&self) -> &str {
        self.server.tools_url()
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.server.address()
    }

    pub(crate) const fn engine(&self) -> &Engine {
        &self.folder.engine
    }

    pub(crate) fn store(&self) -> Arc<dyn EventStore> {
        Arc::<EmbeddedStore>::clone(&self.folder.store)
    }

    /// What renews its certificate, if it has one.
    pub(crate) fn certificate(&self) -> Option<CertificateRenewal> {
        self.server.certificate()
    }

    /// Makes a link that lets somebody in, as the desk does; a bidder is also admitted.
    ///
    /// # Errors
    /// The office or the sale says no.
    pub(crate) async fn invite(&self, request: &InviteRequest) -> Result<String, Failure> {
        let operator = Caller::operator(None);
        let reply = invite(
            self.server.office(),
            self.engine(),
            &operator,
            request,
            self.url(),
        )
        .await?;
        Ok(reply.link)
    }

    /// Takes a link for a program of this process: its bearer token.
    ///
    /// # Errors
    /// The link is not one of this office.
    pub(crate) async fn redeem(&self, link: &str) -> Result<String, Failure> {
        let secret = link.rsplit_once('#').map_or(link, |(_, secret)| secret);
        Ok(self
            .server
            .office()
            .redeem(secret)
            .await?
            .token
            .as_str()
            .to_owned())
    }

    /// A link for an admin, if no admin can come in: at the first start, or when all are out.
    ///
    /// # Errors
    /// The office cannot write it.
    pub(crate) async fn admin_link(&self) -> Result<Option<String>, Failure> {
        let (operator, mut after, mut known) = (Caller::operator(None), None, None);
        loop {
            let people = self.server.office().people(&operator, after, usize::MAX)?;
            let Some(last) = people.last() else { break };
            after = Some(last.account);
            for person in people {
                if person.role != Role::Admin || person.disabled {
                    continue;
                }
                if !person.tokens.is_empty() || person.invite.is_some() {
                    return Ok(None);
                }
                known = Some(person.account);
            }
        }
        let new = NewInvite {
            role: Role::Admin,
            sale: None,
            paddle: None,
            account: known,
            label: "first admin".to_owned(),
            valid_for: None,
            logins: Logins::Keep,
        };
        let issued = self.server.office().invite(None, new).await?;
        Ok(Some(link(self.url(), &issued.secret)))
    }

    /// Waits until asked to stop: by a signal, by `stop`, or because the server has ended.
    pub(crate) async fn wait(&self, stop: impl Future<Output = ()>) {
        tokio::select! {
            // Nothing is lost by dropping the others: they stay as they are.
            () = stop => {}
            () = self.asked.cancelled() => {}
            () = self.server.ended() => {}
        }
    }

    /// Stops in order: no new work, answers to all work begun, goodbye, then the folder.
    ///
    /// # Errors
    /// Something was still busy, or the log had failed.
    pub(crate) async fn stop(self) -> Result<(), Failure> {
        let served = self.server.stop().await;
        self.model.stop().await;
        if let Some(Err(error)) = self.access.map(LocalAccess::remove) {
            tracing::warn!(%error, "server.json stays behind");
        }
        self.folder.close().await?;
        served.map_err(|error| match error {
            ServeError::Bug(_) => Failure::new(Exit::Internal, error),
            ServeError::Listen(_)
            | ServeError::Tls(_)
            | ServeError::Files(_)
            | ServeError::Late(_) => error.into(),
        })
    }
}

/// What stands in the way of listening.
fn bind_failure(error: ServeError, wanted: SocketAddr) -> Failure {
    match error {
        ServeError::Listen(error) => {
            let told = anyhow::Error::new(error);
            told.context(format!("listening on {wanted}")).into()
        }
        ServeError::Tls(_) | ServeError::Files(_) | ServeError::Late(_) | ServeError::Bug(_) => {
            error.into()
        }
    }
}

/// Keeps the query model in a file. Whatever becomes of it, the sale does not wait for it.
fn keep_model(file: PathBuf, events: Arc<dyn EventStore>) -> (ReadModel, ModelKeeper) {
    let (stop, (reflects, reflected)) = (CancellationToken::new(), watch::channel(0));
    let model = ReadModel::new(file.clone(), reflected);
    let task = tokio::spawn({
        let stop = stop.clone();
        async move { sql::keep(file, events, &reflects, stop).await }
    });
    (model, ModelKeeper { task, stop })
}

/// Cancelled by Ctrl-C, or by a service manager's request to stop. Heard from now on, whoever waits
/// for it when: a server that is asked to stop while it starts stops in order as soon as it has.
fn stop_signal() -> std::io::Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let asked = CancellationToken::new();
    // Ends with the process: a signal is for the whole of it.
    tokio::spawn({
        let asked = asked.clone();
        async move {
            tokio::select! {
                // Safe to drop either: one is enough.
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            asked.cancel();
        }
    });
    Ok(asked)
}
