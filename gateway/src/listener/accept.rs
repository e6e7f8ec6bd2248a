//! The loop that accepts, and the order in which everything stops.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use mazad_proto::FaultCode;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{interval, sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::connection::{HttpConnection, refuse};
use super::error::ServeError;
use super::peer::Peer;
use super::tls::ServedCertificate;
use crate::gateway::Gateway;
use crate::http;
use crate::limits::{ACCEPT_PAUSE, FORGET_PERIOD};

/// A gateway with its listeners, before and while it runs.
pub(crate) struct Serving {
    pub(crate) gateway: Gateway,
    pub(crate) listener: TcpListener,
    /// For the tools of this machine, always in plain text.
    pub(crate) tools: Option<TcpListener>,
    /// For those who are being told that there is no room.
    pub(crate) refusals: Arc<Semaphore>,
    pub(crate) certificate: Option<Arc<ServedCertificate>>,
}

impl Serving {
    pub(crate) async fn run(self, shutdown: CancellationToken) -> Result<(), ServeError> {
        let gateway = self.gateway.clone();
        gateway.hubs().catch_up().await;
        // Ends with the gateway: every task is in a tracker that is waited for below.
        let keeping = TaskTracker::new();
        let kept = CancellationToken::new();
        keeping.spawn(gateway.office().clone().keep_time(kept.clone()));
        keeping.spawn(forget_idle(gateway.clone(), kept.clone()));
        let router = http::router(&gateway);
        let connections = TaskTracker::new();
        tokio::select! {
            // Safe to drop: an accepted connection is handed over before the next is awaited.
            () = self.accept_all(&self.listener, self.certificate.as_deref(), &router, &connections) => {}
            // As above.
            () = self.accept_tools(&router, &connections) => {}
            // Safe to drop: it stays cancelled.
            () = shutdown.cancelled() => {}
        }
        let limit = gateway.limits().stop;
        drop((self.listener, self.tools));
        timeout(limit, stop(&gateway, &connections, &keeping, &kept))
            .await
            .map_err(|_| ServeError::Late(limit))
    }

    async fn accept_tools(&self, router: &Router, connections: &TaskTracker) {
        match &self.tools {
            Some(listener) => self.accept_all(listener, None, router, connections).await,
            None => std::future::pending().await,
        }
    }

    async fn accept_all(
        &self,
        listener: &TcpListener,
        certificate: Option<&ServedCertificate>,
        router: &Router,
        connections: &TaskTracker,
    ) {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    // Prices are small and wanted at once.
                    let _old_kernel = stream.set_nodelay(true);
                    let tls = certificate.map(ServedCertificate::acceptor);
                    match self.admit(peer, router) {
                        Ok(connection) => {
                            connections.spawn(serve_one(connection, stream, tls));
                        }
                        Err(code) => self.refuse(code, stream, tls, connections),
                    }
                }
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

    fn admit(&self, peer: SocketAddr, router: &Router) -> Result<HttpConnection, FaultCode> {
        let address = peer.ip().to_canonical();
        let is_proxy = self.gateway.limits().trusted_proxies.contains(&address);
        let counted = (!is_proxy).then_some(address);
        let permit = self.gateway.connection_limits().admit_connection(counted)?;
        Ok(HttpConnection {
            gateway: self.gateway.clone(),
            router: router.clone(),
            peer: Peer { address, is_proxy },
            permit: Arc::new(permit),
        })
    }

    /// Tells a connection in words why it is not let in. Where so many are being told that this itself
    /// would be a burden, it is closed.
    fn refuse(
        &self,
        code: FaultCode,
        stream: TcpStream,
        tls: Option<TlsAcceptor>,
        connections: &TaskTracker,
    ) {
        self.gateway.metrics().refused(code.as_str());
        let Ok(told) = Arc::clone(&self.refusals).try_acquire_owned() else {
            return;
        };
        let limit = self.gateway.limits().handshake;
        connections.spawn(async move {
            let _late = timeout(limit, refuse(code, stream, tls)).await;
            drop(told);
        });
    }
}

/// Serves a connection until it ends, or until it is let go.
async fn serve_one(connection: HttpConnection, stream: TcpStream, tls: Option<TlsAcceptor>) {
    let dropping = connection.gateway.dropping().clone();
    let run = async move {
        let turn = connection.handshake_turn();
        if timeout(connection.gateway.limits().handshake, turn)
            .await
            .is_err()
        {
            let code = FaultCode::RateLimited;
            connection.gateway.metrics().refused(code.as_str());
            let told = refuse(code, stream, tls);
            let _late = timeout(connection.gateway.limits().handshake, told).await;
            return;
        }
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
            _ = ticks.tick() => gateway.connection_limits().forget_idle(),
            // Safe to drop: it stays cancelled.
            () = stop.cancelled() => return,
        }
    }
}
