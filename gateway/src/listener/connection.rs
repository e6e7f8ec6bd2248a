//! One connection of HTTP/1.1, until it ends or becomes a socket.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::IntoResponse;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use mazad_proto::FaultCode;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tower::Service;

use super::patience::{PatientTimer, timeout};
use super::peer::Peer;
use super::write_timeout::WriteTimeout;
use crate::connection_limits::ConnectionPermit;
use crate::faults::Fault;
use crate::gateway::Gateway;
use crate::limits::HEAD_BYTES_MAX;
use crate::web::HEADERS;

/// One connection of HTTP/1.1, until it ends or becomes a socket.
pub(super) struct HttpConnection {
    pub(super) gateway: Gateway,
    pub(super) router: Router,
    pub(super) peer: Peer,
    /// Shared with the socket that the connection may become.
    pub(super) permit: Arc<ConnectionPermit>,
}

impl HttpConnection {
    /// Waits until its address may open one more.
    pub(super) async fn handshake_turn(&self) {
        if !self.peer.is_proxy {
            let limits = self.gateway.connection_limits();
            limits.handshake_turn(self.peer.address).await;
        }
    }

    pub(super) async fn run_tls(self, tls: TlsAcceptor, stream: TcpStream) {
        let limit = self.gateway.limits().handshake;
        match timeout(limit, tls.accept(stream)).await {
            Ok(Ok(stream)) => self.run(stream).await,
            Ok(Err(_)) | Err(_) => self.gateway.metrics().refused("tls"),
        }
    }

    pub(super) async fn run<S>(self, stream: S)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Self {
            gateway,
            router,
            peer,
            permit,
        } = self;
        let service = service_fn(move |request: Request<Incoming>| {
            let (mut router, permit) = (router.clone(), Arc::clone(&permit));
            let mut request = request.map(Body::new);
            let peer = peer.behind(request.headers());
            request.extensions_mut().insert(peer);
            request.extensions_mut().insert(Arc::clone(&permit));
            async move {
                let Ok(mut response) = router.call(request).await;
                // One answer for each connection, while others wait for a place.
                if response.status() != StatusCode::SWITCHING_PROTOCOLS
                    && permit.ends_after_answer()
                {
                    let close = HeaderValue::from_static("close");
                    response.headers_mut().insert(header::CONNECTION, close);
                }
                Ok::<_, Infallible>(response)
            }
        });
        let stream = WriteTimeout::new(stream, gateway.limits().silence);
        let connection = http1::Builder::new()
            .timer(PatientTimer)
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

/// Answers whatever is asked with why there is no room, once.
pub(super) async fn refuse(code: FaultCode, stream: TcpStream, tls: Option<TlsAcceptor>) {
    match tls {
        None => refuse_on(code, stream).await,
        Some(tls) => {
            if let Ok(stream) = tls.accept(stream).await {
                refuse_on(code, stream).await;
            }
        }
    }
}

async fn refuse_on<S>(code: FaultCode, stream: S)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |_: Request<Incoming>| async move {
        let mut response = Fault::from(code).into_response();
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
        for (name, value) in HEADERS {
            response.headers_mut().insert(name, value);
        }
        Ok::<_, Infallible>(response)
    });
    let mut http = http1::Builder::new();
    http.keep_alive(false).max_buf_size(HEAD_BYTES_MAX);
    // It is gone already, or has heard it.
    let _gone = http.serve_connection(TokioIo::new(stream), service).await;
}
