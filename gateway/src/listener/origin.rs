//! Which pages may talk to this server: its own, and those that the operator listed.

use std::net::IpAddr;

use axum::http::{HeaderMap, header, uri::Uri};
use mazad_proto::FaultCode;

/// The pages that may.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origins {
    /// As browsers spell them.
    listed: Vec<String>,
    /// Of the listener itself.
    scheme: &'static str,
    is_secured: bool,
}

impl Origins {
    /// The origins that the operator listed, and that of the address where people reach this server.
    pub(crate) fn new(listed: Vec<String>, public_url: &str, tls: Secured) -> Self {
        let scheme = match tls {
            Secured::Yes => "https",
            Secured::No => "http",
        };
        let mut listed = listed;
        listed.extend(origin_of(public_url));
        Self {
            listed,
            scheme,
            is_secured: tls == Secured::Yes || public_url.starts_with("https://"),
        }
    }

    /// Whether this server's own pages come over TLS, its own or that of a proxy in front.
    pub(crate) fn are_secured(&self) -> bool {
        self.is_secured
    }

    /// Whether a request may come in. Browsers send the origin of the page with every upgrade and
    /// every change; a request without one is a program's, which has no cookies to steal.
    pub(crate) fn check(&self, headers: &HeaderMap) -> Result<(), FaultCode> {
        let mut given = headers.get_all(header::ORIGIN).iter();
        let origin = match (given.next(), given.next()) {
            (None, _) => return Ok(()),
            (Some(_), Some(_)) => return Err(FaultCode::OriginForeign),
            (Some(origin), None) => origin.as_bytes(),
        };
        let host = headers.get(header::HOST).map(|host| host.as_bytes());
        let is_listed = self.listed.iter().any(|listed| listed.as_bytes() == origin);
        if is_listed || self.is_own(origin, host.unwrap_or_default()) {
            Ok(())
        } else {
            Err(FaultCode::OriginForeign)
        }
    }

    /// The origin is this server as the browser addressed it, port included, by an address or as this
    /// machine. Anybody can make a name of theirs point here, and then both headers say that name:
    /// names count only if the operator gave them.
    fn is_own(&self, origin: &[u8], host: &[u8]) -> bool {
        let rest = origin.strip_prefix(self.scheme.as_bytes());
        let authority = rest.and_then(|rest| rest.strip_prefix(b"://"));
        authority == Some(host) && is_address(host)
    }
}

/// An address, or the name of this machine for itself, with or without a port.
fn is_address(authority: &[u8]) -> bool {
    let Ok(authority) = std::str::from_utf8(authority) else {
        return false;
    };
    let (host, port) = match authority.rsplit_once(':') {
        // The colons of an address without a port are inside of its brackets.
        Some((host, port)) if !port.ends_with(']') => (host, port),
        Some(_) | None => (authority, "80"),
    };
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let is_host = match bare {
        Some(bare) => bare.parse().is_ok_and(|ip: IpAddr| ip.is_ipv6()),
        None => host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_ipv4()),
    };
    is_host && port.parse::<u16>().is_ok()
}

/// The origin of an address, as browsers spell it: without a path, and without the scheme's own port.
fn origin_of(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    let scheme = uri.scheme_str()?;
    let host = uri.host()?.to_ascii_lowercase();
    let usual = if scheme == "https" { 443 } else { 80 };
    let port = uri.port_u16().filter(|port| *port != usual);
    Some(match port {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    })
}

/// Whether the listener speaks TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Secured {
    Yes,
    No,
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn may(origins: &Origins, host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_str(origin).unwrap());
        }
        origins.check(&headers).is_ok()
    }

    #[test]
    fn only_the_own_page_and_listed_ones_come_in() {
        let listed = vec!["https://sale.example".to_owned()];
        let origins = Origins::new(listed, "http://192.0.2.7:8080", Secured::No);
        let check = |origin| may(&origins, "192.0.2.7:8080", origin);
        assert!(check(None));
        assert!(check(Some("http://192.0.2.7:8080")));
        assert!(check(Some("https://sale.example")));
        for foreign in [
            "null",
            "",
            "http://192.0.2.7",
            "https://192.0.2.7:8080",
            "http://192.0.2.7:8080.evil.test",
            "http://evil.test:8080",
            "http://192.0.2.7:80800",
            "https://sale.example:443",
            "https://sale.example.evil.test",
            "file://",
        ] {
            assert!(!check(Some(foreign)), "{foreign}");
        }
    }

    #[test]
    fn a_name_that_anybody_points_here_is_not_this_server() {
        let origins = Origins::new(Vec::new(), "http://127.0.0.1:8080", Secured::No);
        for (host, is_own) in [
            ("127.0.0.1:8080", true),
            ("127.0.0.1", true),
            ("192.168.1.5:8080", true),
            ("localhost:8080", true),
            ("[::1]:8080", true),
            ("[2001:db8::1]", true),
            ("evil.test", false),
            ("evil.test:8080", false),
            ("localhost.evil.test:8080", false),
            ("127.0.0.1.evil.test:8080", false),
            ("127.0.0.1:8080:80", false),
            ("[::1].evil.test", false),
            ("[127.0.0.1]:80", false),
            ("localhost:", false),
            ("", false),
        ] {
            let origin = format!("http://{host}");
            assert_eq!(may(&origins, host, Some(&origin)), is_own, "{host}");
        }
    }

    #[test]
    fn the_address_where_people_reach_it_is_its_own_behind_a_proxy_too() {
        for (url, origin) in [
            ("https://mazad.example", "https://mazad.example"),
            ("https://Mazad.example:443/", "https://mazad.example"),
            ("https://mazad.example:8443/x", "https://mazad.example:8443"),
            ("http://mazad.example:80", "http://mazad.example"),
        ] {
            let origins = Origins::new(Vec::new(), url, Secured::No);
            assert!(may(&origins, "mazad.example", Some(origin)), "{url}");
            assert!(!may(&origins, "evil.test", Some("http://evil.test")));
            assert_eq!(origins.are_secured(), url.starts_with("https"), "{url}");
        }
    }

    #[test]
    fn two_origins_are_none() {
        let origins = Origins::new(Vec::new(), "", Secured::No);
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("127.0.0.1"));
        headers.append(header::ORIGIN, HeaderValue::from_static("http://127.0.0.1"));
        headers.append(header::ORIGIN, HeaderValue::from_static("http://127.0.0.1"));
        assert_eq!(origins.check(&headers), Err(FaultCode::OriginForeign));
    }
}
