//! Where a server is, and the link that invites somebody to it.

use std::fmt;
use std::net::IpAddr;

use hyper::Uri;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::ClientError;
use crate::limits::WHEREABOUTS_TIME_MAX;

/// Host and port of a server that is spoken to in plain HTTP.
///
/// A client speaks no TLS: a bearer token travels with each of its requests, so it goes to a server of
/// this machine only. A server that speaks TLS, or listens elsewhere, has a listener of its own for the
/// programs of its machine (`server.json` in its folder says where); a program elsewhere brings a
/// tunnel, or says with [`ServerAddress::on_trusted_network`] that nobody listens in between.
///
/// ```
/// use mazad_client::ServerAddress;
///
/// let address = ServerAddress::local("http://127.0.0.1:8080")?;
/// assert_eq!(address.to_string(), "127.0.0.1:8080");
/// assert!(ServerAddress::local("http://192.168.1.5:8080").is_err());
/// assert!(ServerAddress::local("https://localhost:8080").is_err());
/// # Ok::<(), mazad_client::ClientError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ServerAddress {
    host: String,
    port: u16,
}

impl ServerAddress {
    /// A server of this machine, such as `http://127.0.0.1:8080`. Without a port: 80.
    ///
    /// # Errors
    /// [`ClientError::Address`]: not plain HTTP, or not of this machine.
    pub fn local(url: &str) -> Result<Self, ClientError> {
        let address = Self::on_trusted_network(url)?;
        let is_loopback = address
            .host
            .parse()
            .map_or(address.host == "localhost", |ip: IpAddr| ip.is_loopback());
        is_loopback
            .then_some(address)
            .ok_or_else(|| ClientError::Address(url.to_owned()))
    }

    /// A server anywhere, on a network of which the caller is sure: whoever listens in between can read
    /// tokens and bid with them.
    ///
    /// ```
    /// # use mazad_client::ServerAddress;
    /// let hall = ServerAddress::on_trusted_network("http://192.168.1.5:8080/")?;
    /// assert_eq!(hall.to_string(), "192.168.1.5:8080");
    /// # Ok::<(), mazad_client::ClientError>(())
    /// ```
    ///
    /// # Errors
    /// [`ClientError::Address`]: not plain HTTP.
    pub fn on_trusted_network(url: &str) -> Result<Self, ClientError> {
        let wrong = || ClientError::Address(url.to_owned());
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        let authority = uri.authority().ok_or_else(wrong)?;
        let is_plain = uri.scheme_str() == Some("http") && !authority.as_str().contains('@');
        let is_root = uri
            .path_and_query()
            .is_none_or(|path| path.as_str() == "/" || path.as_str().is_empty());
        if !is_plain || !is_root || url.contains('#') {
            return Err(wrong());
        }
        let host = authority.host();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        Ok(Self {
            host: host.to_owned(),
            port: authority.port_u16().unwrap_or(80),
        })
    }

    pub(crate) fn pair(&self) -> (&str, u16) {
        (&self.host, self.port)
    }
}

/// Host and port, as the `Host` header has them.
impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            return write!(f, "[{}]:{}", self.host, self.port);
        }
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// A link that lets one person in, once: `http://127.0.0.1:8080/enter#SECRET`. The secret stands behind
/// `#`, where no browser sends it and no server logs it; this type does not show it either.
///
/// ```
/// use mazad_client::InviteLink;
///
/// let link = InviteLink::parse("http://127.0.0.1:8080/enter#s3cret")?;
/// assert_eq!(link.server(), "http://127.0.0.1:8080");
/// assert_eq!(link.secret(), "s3cret");
/// assert_eq!(format!("{link:?}"), "InviteLink(http://127.0.0.1:8080)");
/// # Ok::<(), mazad_client::ClientError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct InviteLink {
    server: String,
    secret: String,
}

impl InviteLink {
    /// Takes a link apart.
    ///
    /// # Errors
    /// [`ClientError::Link`]: it is not such a link.
    pub fn parse(link: &str) -> Result<Self, ClientError> {
        let (page, secret) = link.split_once('#').ok_or(ClientError::Link)?;
        let server = page.strip_suffix("/enter").ok_or(ClientError::Link)?;
        if secret.is_empty() {
            return Err(ClientError::Link);
        }
        Ok(Self {
            server: server.to_owned(),
            secret: secret.to_owned(),
        })
    }

    /// What the link says that the server is reached at. It may be an address of TLS, for browsers.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// What [`Client::log_in`](crate::Client::log_in) takes.
    pub fn secret(&self) -> &str {
        &self.secret
    }
}

impl fmt::Debug for InviteLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InviteLink({})", self.server)
    }
}

/// Where to look for the server.
#[derive(Debug, Clone)]
pub(crate) enum Whereabouts {
    /// Always there.
    Fixed(ServerAddress),
    /// Somebody finds out, and knows of no server while it is `None`.
    Moving(watch::Receiver<Option<ServerAddress>>),
}

impl Whereabouts {
    /// Where it is now.
    pub(crate) async fn now(&self) -> Result<ServerAddress, ClientError> {
        let mut moving = match self {
            Self::Fixed(address) => return Ok(address.clone()),
            Self::Moving(moving) => moving.clone(),
        };
        let found = timeout(WHEREABOUTS_TIME_MAX, moving.wait_for(Option::is_some)).await;
        let found = found.map_err(|_| nowhere())?.map_err(|_| nowhere())?;
        found.clone().ok_or_else(nowhere)
    }

    /// Comes back when the server is somewhere else. Safe to drop.
    pub(crate) async fn moved_from(&self, before: Option<&ServerAddress>) {
        if let Self::Moving(moving) = self {
            let mut moving = moving.clone();
            let is_elsewhere =
                |now: &Option<ServerAddress>| now.is_some() && now.as_ref() != before;
            if moving.wait_for(is_elsewhere).await.is_ok() {
                return;
            }
        }
        std::future::pending().await
    }
}

fn nowhere() -> ClientError {
    let told = "nobody knows where the server is";
    ClientError::Connect(std::io::Error::new(std::io::ErrorKind::NotConnected, told))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_does_not_leave_this_machine() {
        for url in [
            "http://192.168.1.5:8080",
            "http://example.org",
            "http://localhost.example.org:8080",
            "https://127.0.0.1:8080",
            "127.0.0.1:8080",
            "http://user@example.org:8080",
            "http://user@127.0.0.1:8080",
            "http://127.0.0.1:8080/path",
            "http://127.0.0.1:8080/#secret",
            "",
        ] {
            let refused = ServerAddress::local(url).unwrap_err();
            assert!(
                matches!(&refused, ClientError::Address(told) if told == url),
                "{url}: {refused}"
            );
        }
        for (url, host) in [
            ("http://127.0.0.1:81", "127.0.0.1:81"),
            ("http://[::1]:81", "[::1]:81"),
            ("http://localhost:81/", "localhost:81"),
            ("http://localhost", "localhost:80"),
        ] {
            assert_eq!(ServerAddress::local(url).unwrap().to_string(), host);
        }
    }

    #[test]
    fn a_link_is_a_page_and_a_secret() {
        for link in [
            "http://127.0.0.1:8080/enter",
            "http://127.0.0.1:8080/enter#",
            "http://127.0.0.1:8080/#secret",
            "secret",
        ] {
            assert!(matches!(InviteLink::parse(link), Err(ClientError::Link)));
        }
    }

    #[tokio::test]
    async fn a_server_that_moves_is_found_where_it_is() {
        let address =
            |port: u16| ServerAddress::local(&format!("http://127.0.0.1:{port}")).unwrap();
        let (found, moving) = watch::channel(Some(address(1)));
        let whereabouts = Whereabouts::Moving(moving);
        assert_eq!(whereabouts.now().await.unwrap(), address(1));
        let (one, two) = (address(1), address(2));
        let moved = whereabouts.moved_from(Some(&one));
        found.send_replace(None);
        found.send_replace(Some(two.clone()));
        moved.await;
        assert_eq!(whereabouts.now().await.unwrap(), two);
    }
}
