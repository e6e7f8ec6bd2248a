//! The one way to start a server: bind the address, open what is to be served, serve it, stop it.
//! The product, the demo, tests and load runs all do so.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use mazad_engine::Engine;
use mazad_office::Office;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::gateway::{Backend, Gateway};
use crate::limits::{Limits, REFUSALS_AT_ONCE};
use crate::listener::{
    Origins, Secured, ServeError, ServedCertificate, Serving, Tls, TlsError, connections, listen,
};

/// How a server is reached, and what it allows.
#[derive(Debug)]
pub struct ServerOptions {
    /// Where to listen; port 0: any that is free.
    pub listen: SocketAddr,
    /// Pages of other sites that may talk to it, such as `https://sale.example`.
    pub origins: Vec<String>,
    /// Plain text or TLS.
    pub tls: Tls,
    /// Where people reach it, for links; `None`: the listener's own address.
    pub public_url: Option<String>,
    /// The tools of this machine reach it too, see [`Server::tools_url`].
    pub serves_tools: bool,
    pub limits: Limits,
}

impl Default for ServerOptions {
    /// On a free port of this machine, in plain text, with the product's limits.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            origins: Vec::new(),
            tls: Tls::Off,
            public_url: None,
            serves_tools: false,
            limits: Limits::default(),
        }
    }
}

/// A server that listens and does not answer yet: whoever connects waits in the backlog. An address
/// that is taken is known before anything is opened.
#[derive(Debug)]
pub struct BoundServer {
    listener: TcpListener,
    tools: Option<TcpListener>,
    tls: Tls,
    origins: Vec<String>,
    limits: Limits,
    address: SocketAddr,
    url: String,
    tools_url: String,
}

/// A server that runs. Dropping it without [`Server::stop`] tells it to stop and does not wait.
#[derive(Debug)]
pub struct Server {
    gateway: Gateway,
    certificate: Option<Arc<ServedCertificate>>,
    address: SocketAddr,
    tools_url: String,
    shutdown: DropGuard,
    ended: CancellationToken,
    task: JoinHandle<Result<(), ServeError>>,
}

/// Renews the certificate of a server that runs.
#[derive(Debug, Clone)]
pub struct CertificateRenewal(Arc<ServedCertificate>);

impl CertificateRenewal {
    /// Reads the certificate and its key again, and serves what they hold from the next connection on.
    /// Whether that is another certificate than before. Reads files.
    ///
    /// # Errors
    /// They are of no use, or do not fit together (yet): what was served goes on being served.
    pub fn renew(&self) -> Result<bool, TlsError> {
        self.0.renew()
    }
}

impl BoundServer {
    /// Listens.
    ///
    /// # Errors
    /// The address is taken, the certificate of no use, or there are too few files.
    pub fn bind(options: ServerOptions) -> Result<Self, ServeError> {
        let mut limits = options.limits;
        if matches!(options.tls, Tls::Files { .. }) {
            // Whoever is asked to serve them hears at once that they are of no use.
            options.tls.load()?;
        }
        let listener = listen(options.listen)?;
        let address = listener.local_addr()?;
        let is_plain = matches!(options.tls, Tls::Off);
        let scheme = if is_plain { "http" } else { "https" };
        let own_url = format!("{scheme}://{}", reachable(address));
        // Tools bring a token, which never leaves this machine: where the listener is none for
        // them, they have one of their own.
        let is_for_tools = is_plain && reachable(address).ip().is_loopback();
        let tools = match options.serves_tools && !is_for_tools {
            true => Some(listen((Ipv4Addr::LOCALHOST, 0).into())?),
            false => None,
        };
        let tools_url = match &tools {
            Some(tools) => format!("http://{}", tools.local_addr()?),
            None => own_url.clone(),
        };
        limits.connections = connections(limits.connections)?;
        tracing::info!(connections = limits.connections, "room for connections");
        if is_plain && !address.ip().is_loopback() && limits.trusted_proxies.is_empty() {
            tracing::warn!(%address, "plain text on the network: anybody on it can read along");
        }
        let url = options.public_url.unwrap_or(own_url);
        Ok(Self {
            listener,
            tools,
            tls: options.tls,
            origins: options.origins,
            limits,
            address,
            url: url.trim_end_matches('/').to_owned(),
            tools_url,
        })
    }

    /// Answers from now on, once every sale has been read.
    ///
    /// # Errors
    /// The certificate is of no use.
    pub fn serve(self, backend: Backend) -> Result<Server, ServeError> {
        let certificate = self.tls.serve()?.map(Arc::new);
        let secured = match &certificate {
            Some(_) => Secured::Yes,
            None => Secured::No,
        };
        let origins = Origins::new(self.origins, &self.url, secured);
        let gateway = Gateway::new(backend, self.limits, origins, self.url);
        let serving = Serving {
            gateway: gateway.clone(),
            listener: self.listener,
            tools: self.tools,
            certificate: certificate.clone(),
            refusals: Arc::new(Semaphore::new(REFUSALS_AT_ONCE)),
        };
        let (shutdown, ended) = (CancellationToken::new(), CancellationToken::new());
        let task = tokio::spawn({
            let (shutdown, ends) = (shutdown.clone(), ended.clone().drop_guard());
            async move {
                let _told_at_the_end = ends;
                serving.run(shutdown).await
            }
        });
        Ok(Server {
            gateway,
            certificate,
            address: self.address,
            tools_url: self.tools_url,
            shutdown: shutdown.drop_guard(),
            ended,
            task,
        })
    }
}

impl Server {
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where people reach it.
    pub fn url(&self) -> &str {
        self.gateway.public_url()
    }

    /// Where the tools of this machine reach it, if they were asked for: in plain text, on loopback.
    pub fn tools_url(&self) -> &str {
        &self.tools_url
    }

    pub fn engine(&self) -> &Engine {
        self.gateway.engine()
    }

    pub fn office(&self) -> &Office {
        self.gateway.office()
    }

    /// What connections and handlers share.
    pub const fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// What renews its certificate; `None` if it speaks plain text.
    pub fn certificate(&self) -> Option<CertificateRenewal> {
        self.certificate.clone().map(CertificateRenewal)
    }

    /// Waits until it has ended by itself: a bug, or a listener that broke.
    pub async fn ended(&self) {
        self.ended.cancelled().await;
    }

    /// Stops it as a service would be stopped, and waits: it accepts no more, lets the writers answer
    /// what they have, and closes every socket with 1012.
    ///
    /// # Errors
    /// [`ServeError::Late`], or [`ServeError::Bug`] if it had panicked.
    pub async fn stop(self) -> Result<(), ServeError> {
        drop(self.shutdown);
        self.task.await?
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
