//! The listener and everything that it owns, from the first connection to the last goodbye.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use mazad_engine::Engine;
use mazad_office::Office;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{interval, sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service;

use crate::crowd::Place;
use crate::files::TooFewFiles;
use crate::gateway::Gateway;
use crate::http::Peer;
use crate::limits::{
    ACCEPT_BACKLOG, ACCEPT_PAUSE, FORGET_PERIOD, HEAD_BYTES_MAX, KERNEL_SEND_BYTES, Limits,
};
use crate::origin::{Origins, Secured};
use crate::patience::Patient;
use crate::read_model::ReadModel;
use crate::tls::{Tls, TlsError};
use crate::web::Pages;
use crate::{files, http};

/// How a gateway listens.
#[derive(Debug)]
pub struct ServeConfig {
    /// From [`listen`]; port 0 in tests.
    pub listener: TcpListener,
    /// Another one on loopback, always in plain text: for the tools of this machine, where they
    /// cannot use the first.
    pub local: Option<TcpListener>,
    /// Pages of other sites that may talk to this server, such as `https://sale.example`.
    pub origins: Vec<String>,
    /// Plain text or TLS.
    pub tls: Tls,
    /// Where people reach this server, for links; `None`: the listener's own address.
    pub public_url: Option<String>,
    /// What it allows.
    pub limits: Limits,
}

/// What a gateway serves.
#[derive(Debug, Clone)]
pub struct Parts {
    /// Decides.
    pub engine: Engine,
    /// Knows people.
    pub office: Office,
    /// Answers searches; `None`: nobody keeps one.
    pub model: Option<ReadModel>,
    /// What browsers are shown; `None`: it is for programs only.
    pub pages: Option<Pages>,
}

/// Why a gateway does not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("listening: {0}")]
    Listen(#[from] io::Error),
    /// The certificate is of no use.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Sockets and the log would not fit into one process.
    #[error(transparent)]
    Files(#[from] TooFewFiles),
    /// Something was still busy when everything should have ended.
    #[error("not everything ended within {0:?}")]
    Late(Duration),
}

/// A listener with the options that this server wants.
///
/// # Errors
/// What the operating system says of the address.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.set_reuseaddr(true)?;
    // Accepted connections inherit it: what a slow reader can hide in the kernel is bounded.
    socket.set_send_buffer_size(KERNEL_SEND_BYTES)?;
    socket.bind(address)?;
    socket.listen(ACCEPT_BACKLOG)
}

/// Serves until told to stop; then stops accepting, lets the writers answer what they have, and
/// closes every socket with 1012.
///
/// # Errors
/// [`ServeError`].
pub async fn serve(
    config: ServeConfig,
    parts: Parts,
    shutdown: CancellationToken,
) -> Result<(), ServeError> {
    let served = Serving::new(config, parts)?;
    served.run(shutdown).await
}

/// A gateway with its listener, before and while it runs.
pub(crate) struct Serving {
    pub(crate) gateway: Gateway,
    listener: TcpListener,
    local: Option<TcpListener>,
    tls: Option<TlsAcceptor>,
    connections: TaskTracker,
}

impl Serving {
    pub(crate) fn new(config: ServeConfig, parts: Parts) -> Result<Self, ServeError> {
        let ServeConfig {
            listener,
            local,
            origins,
            tls,
            public_url,
            mut limits,
        } = config;
        limits.connections = files::connections(limits.connections)?;
        tracing::info!(connections = limits.connections, "room for connections");
        let tls = tls.config()?.map(TlsAcceptor::from);
        let (secured, scheme) = match &tls {
            Some(_) => (Secured::Yes, "https"),
            None => (Secured::No, "http"),
        };
        let address = listener.local_addr()?;
        if tls.is_none() && !address.ip().is_loopback() && limits.trusted_proxies.is_empty() {
            tracing::warn!(%address, "plain text on the network: anybody on it can read along");
        }
        let public_url = public_url.unwrap_or_else(|| format!("{scheme}://{address}"));
        let public_url = public_url.trim_end_matches('/').to_owned();
        let origins = Origins::new(origins, &public_url, secured);
        let gateway = Gateway::new(parts, limits, origins, public_url);
        Ok(Self {
            gateway,
            listener,
            local,
            tls,
            connections: TaskTracker::new(),
        })
    }

    pub(crate) async fn run(self, shutdown: CancellationToken) -> Result<(), ServeError> {
        let gateway = self.gateway.clone();
        gateway.hubs().catch_up().await;
        // Ends with the gateway: every task is in a tracker that is waited for below.
        let keeping = TaskTracker::new();
        let kept = CancellationToken::new();
        keeping.spawn(gateway.office().clone().keep_time(kept.clone()));
        keeping.spawn(forget_idle(gateway.clone(), kept.clone()));
        let router = http::router(&gateway);
        tokio::select! {
            // Safe to drop: an accepted connection is handed over before the next is awaited.
            () = self.accept_all(&self.listener, self.tls.as_ref(), &router) => {}
            // As above.
            () = self.accept_local(&router) => {}
            // Safe to drop: it stays cancelled.
            () = shutdown.cancelled() => {}
        }
        let limit = gateway.limits().stop;
        let (connections, listeners) = (self.connections, (self.listener, self.local));
        drop(listeners);
        timeout(limit, stop(&gateway, &connections, &keeping, &kept))
            .await
            .map_err(|_| ServeError::Late(limit))
    }

    async fn accept_local(&self, router: &Router) {
        match &self.local {
            Some(listener) => self.accept_all(listener, None, router).await,
            None => std::future::pending().await,
        }
    }

    async fn accept_all(&self, listener: &TcpListener, tls: Option<&TlsAcceptor>, router: &Router) {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => self.admit(stream, tls.cloned(), peer, router),
                // No file handles left, or a peer that was gone at once. Waiting a moment lets
                // others finish, and keeps this from spinning.
                Err(error) => {
                    tracing::warn!(%error, "not accepted");
                    self.gateway.metrics().refused("accept-failed");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    /// Hands a connection to its task. One that its address may not have is closed at once: saying
    /// more would cost more than it asks for.
    fn admit(
        &self,
        stream: TcpStream,
        tls: Option<TlsAcceptor>,
        peer: SocketAddr,
        router: &Router,
    ) {
        let address = peer.ip().to_canonical();
        let is_proxy = self.gateway.limits().trusted_proxies.contains(&address);
        let counted = (!is_proxy).then_some(address);
        let Some(place) = self.gateway.crowd().connect(counted) else {
            self.gateway.metrics().refused("too-many-connections");
            return;
        };
        // Prices are small and wanted at once.
        let _old_kernel = stream.set_nodelay(true);
        let connection = Connection {
            gateway: self.gateway.clone(),
            router: router.clone(),
            peer: Peer { address, is_proxy },
            place: Arc::new(place),
        };
        let dropping = self.gateway.dropping().clone();
        self.connections.spawn(async move {
            let run = async move {
                match tls {
                    None => connection.run(stream).await,
                    Some(tls) => connection.run_tls(tls, stream).await,
                }
            };
            tokio::select! {
                () = run => {}
                // What is dropped had its chance to end by itself.
                () = dropping.cancelled() => {}
            }
        });
    }
}

/// One connection of HTTP/1.1, until it ends or becomes a socket.
struct Connection {
    gateway: Gateway,
    router: Router,
    peer: Peer,
    /// Shared with the socket that the connection may become.
    place: Arc<Place>,
}

impl Connection {
    async fn run_tls(self, tls: TlsAcceptor, stream: TcpStream) {
        let limit = self.gateway.limits().handshake;
        match timeout(limit, tls.accept(stream)).await {
            Ok(Ok(stream)) => self.run(stream).await,
            Ok(Err(_)) | Err(_) => self.gateway.metrics().refused("tls"),
        }
    }

    async fn run<S>(self, stream: S)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Self {
            gateway,
            router,
            peer,
            place,
        } = self;
        let crowd = Arc::clone(gateway.crowd());
        let service = service_fn(move |request: Request<Incoming>| {
            let (mut router, place) = (router.clone(), Arc::clone(&place));
            let crowd = Arc::clone(&crowd);
            let mut request = request.map(Body::new);
            let peer = peer.behind(request.headers());
            request.extensions_mut().insert(peer);
            request.extensions_mut().insert(place);
            async move {
                let Ok(mut response) = router.call(request).await;
                // One answer for each connection, while others wait for a place.
                if response.status() != StatusCode::SWITCHING_PROTOCOLS && crowd.is_crowded() {
                    let close = HeaderValue::from_static("close");
                    response.headers_mut().insert(header::CONNECTION, close);
                }
                Ok::<_, Infallible>(response)
            }
        });
        let stream = Patient::new(stream, gateway.limits().silence);
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(gateway.limits().handshake)
            .max_buf_size(HEAD_BYTES_MAX)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        tokio::pin!(connection);
        let ended = tokio::select! {
            // The connection is finished gracefully below, or it has ended.
            ended = connection.as_mut() => ended,
            // Safe to drop: it stays cancelled.
            () = gateway.stopping().cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "connection ended early");
        }
    }
}

/// In this order: no new work, answers to all work begun, goodbye to everybody.
async fn stop(
    gateway: &Gateway,
    connections: &TaskTracker,
    keeping: &TaskTracker,
    kept: &CancellationToken,
) {
    gateway.stopping().cancel();
    gateway.engine().stop().await;
    gateway.closing().cancel();
    gateway.sockets().close();
    gateway.sockets().wait().await;
    connections.close();
    // Whoever reads an answer may finish it, but not hold up the stop.
    let patience = gateway.limits().closing;
    if timeout(patience, connections.wait()).await.is_err() {
        gateway.dropping().cancel();
        connections.wait().await;
    }
    gateway.hubs().stop().await;
    kept.cancel();
    keeping.close();
    keeping.wait().await;
}

/// Once a second, so that the tables of rates hold only those who come often.
async fn forget_idle(gateway: Gateway, stop: CancellationToken) {
    let mut ticks = interval(FORGET_PERIOD);
    loop {
        tokio::select! {
            // Dropping a tick loses one look.
            _ = ticks.tick() => gateway.crowd().forget_idle(),
            // Safe to drop: it stays cancelled.
            () = stop.cancelled() => return,
        }
    }
}
