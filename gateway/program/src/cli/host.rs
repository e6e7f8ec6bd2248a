//! A server on a data folder: everything that `serve` and `demo` start, and stop in order.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use mazad_engine::Engine;
use mazad_engine::clock::SystemClock;
use mazad_engine::store::EventStore;
use mazad_engine::store::log::EmbeddedStore;
use mazad_gateway::auth::{InviteRequest, LocalAccess, invite, link};
use mazad_gateway::{Limits, Parts, ReadModel, ServeConfig, ServeError, Tls, listen, serve};
use mazad_office::{Identity, NewInvite, Office, Role};
use mazad_pages::PAGES;
use mazad_projections::sql;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::exit::{Exit, Failure};
use super::folder::OwnFolder;
use super::rebuild::model_file;

/// How soon it is noticed that the server has ended by itself.
const ENDED_POLL: Duration = Duration::from_millis(200);

/// How a server is started.
#[derive(Debug)]
pub(crate) struct HostOptions {
    /// Where it listens.
    pub(crate) listen: SocketAddr,
    /// Pages of other sites that may talk to it.
    pub(crate) origins: Vec<String>,
    /// Plain text or TLS.
    pub(crate) tls: Tls,
    /// Where people reach it, if not at the listener's address.
    pub(crate) public_url: Option<String>,
    /// What it allows.
    pub(crate) limits: Limits,
    /// Why this machine takes a folder over from another one.
    pub(crate) adopt: Option<String>,
}

/// A server that runs.
#[derive(Debug)]
pub(crate) struct Host {
    folder: OwnFolder,
    office: Office,
    address: SocketAddr,
    url: String,
    access: LocalAccess,
    /// A signal has asked the process to stop.
    asked: CancellationToken,
    shutdown: CancellationToken,
    server: JoinHandle<Result<(), ServeError>>,
    keeper: JoinHandle<()>,
    kept: CancellationToken,
}

impl Host {
    /// Opens the folder and serves it.
    ///
    /// # Errors
    /// With the number that says what to do about it.
    pub(crate) async fn start(dir: &Path, options: HostOptions) -> Result<Self, Failure> {
        let HostOptions {
            listen: wanted,
            origins,
            tls,
            public_url,
            limits,
            adopt,
        } = options;
        // First, so that a port that is taken costs no recovery.
        let listener = listen(wanted).with_context(|| format!("listening on {wanted}"))?;
        let address = listener.local_addr()?;
        let is_plain = matches!(tls, Tls::Off);
        let scheme = if is_plain { "http" } else { "https" };
        let own_url = format!("{scheme}://{}", reachable(address));
        // Tools bring a token, which never leaves this machine: where the listener is none for
        // them, they have one of their own.
        let local = match is_plain && reachable(address).ip().is_loopback() {
            true => None,
            false => Some(listen((Ipv4Addr::LOCALHOST, 0).into()).context("listening for tools")?),
        };
        let tools_url = match &local {
            Some(local) => format!("http://{}", local.local_addr()?),
            None => own_url.clone(),
        };
        let url = public_url.unwrap_or(own_url);
        let folder = OwnFolder::open(dir, adopt).await?;
        let events: Arc<dyn EventStore> = Arc::<EmbeddedStore>::clone(&folder.store);
        let office = Office::open(Arc::clone(&events), Arc::new(SystemClock))
            .await
            .map_err(|error| Failure::new(Exit::Damaged, error))?;
        // Whatever becomes of the query model, the sale does not wait for it.
        let (kept, (reflects, reflected)) = (CancellationToken::new(), watch::channel(0));
        let model = ReadModel::new(model_file(dir), reflected);
        let keeper = tokio::spawn({
            let (file, kept) = (model_file(dir), kept.clone());
            async move { sql::keep(file, events, &reflects, kept).await }
        });
        let config = ServeConfig {
            listener,
            local,
            origins,
            tls,
            public_url: Some(url.clone()),
            limits,
        };
        let parts = Parts {
            engine: folder.engine.clone(),
            office: office.clone(),
            model: Some(model),
            pages: Some(PAGES),
        };
        let shutdown = CancellationToken::new();
        let server = tokio::spawn(serve(config, parts, shutdown.clone()));
        let token = office.local_session().token;
        let access = LocalAccess::write(dir, &tools_url, token.as_str())?;
        Ok(Self {
            folder,
            office,
            address,
            url,
            access,
            asked: stop_signal()?,
            shutdown,
            server,
            keeper,
            kept,
        })
    }

    /// Where people reach it.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Where it listens.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Decides.
    pub(crate) const fn engine(&self) -> &Engine {
        &self.folder.engine
    }

    /// The log.
    pub(crate) fn store(&self) -> Arc<dyn EventStore> {
        Arc::<EmbeddedStore>::clone(&self.folder.store)
    }

    /// Makes a link that lets somebody in, as the desk does; a bidder is also admitted.
    ///
    /// # Errors
    /// The office or the sale says no.
    pub(crate) async fn invite(&self, request: &InviteRequest) -> Result<String, Failure> {
        let operator = Identity::operator(None);
        let reply = invite(&self.office, self.engine(), &operator, request, &self.url).await?;
        Ok(reply.link)
    }

    /// Takes a link for a program of this process: its bearer token.
    ///
    /// # Errors
    /// The link is not one of this office.
    pub(crate) async fn redeem(&self, link: &str) -> Result<String, Failure> {
        let secret = link.rsplit_once('#').map_or(link, |(_, secret)| secret);
        Ok(self.office.redeem(secret).await?.token.as_str().to_owned())
    }

    /// A link for an admin, if no admin can come in: at the first start, or when all are out.
    ///
    /// # Errors
    /// The office cannot write it.
    pub(crate) async fn admin_link(&self) -> Result<Option<String>, Failure> {
        let (operator, mut after, mut known) = (Identity::operator(None), None, None);
        loop {
            let people = self.office.people(&operator, after, usize::MAX)?;
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
        };
        let issued = self.office.invite(None, new).await?;
        Ok(Some(link(&self.url, &issued.secret)))
    }

    /// Waits until asked to stop: by a signal, by `stop`, or because the server has ended.
    pub(crate) async fn wait(&self, stop: impl Future<Output = ()>) {
        tokio::select! {
            // Nothing is lost by dropping the others: they stay as they are.
            () = stop => {}
            () = self.asked.cancelled() => {}
            () = ended(&self.server) => {}
        }
    }

    /// Stops in order: no new work, answers to all work begun, goodbye, then the folder.
    ///
    /// # Errors
    /// Something was still busy, or the log had failed.
    pub(crate) async fn stop(self) -> Result<(), Failure> {
        self.shutdown.cancel();
        let served = self.server.await;
        self.kept.cancel();
        if let Err(error) = self.keeper.await {
            tracing::warn!(%error, "the query model was not kept any more");
        }
        self.access.remove()?;
        self.folder.close().await?;
        match served {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(error.into()),
            Err(panicked) => Err(Failure::new(Exit::Internal, panicked)),
        }
    }
}

/// The server has ended by itself: a bug, or a listener that broke.
async fn ended(server: &JoinHandle<Result<(), ServeError>>) {
    while !server.is_finished() {
        tokio::time::sleep(ENDED_POLL).await;
    }
}

/// An address that a browser of this machine can open.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// Cancelled by Ctrl-C, or by a service manager's request to stop. Heard from now on, whoever waits
/// for it when: a server that is asked to stop as soon as it has told its address stops in order.
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
