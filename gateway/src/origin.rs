//! Which pages may talk to this server: its own, and those that the operator listed.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::faults::FaultCode;

/// The pages that may.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origins {
    listed: Vec<String>,
    scheme: &'static str,
}

impl Origins {
    pub(crate) fn new(listed: Vec<String>, tls: Secured) -> Self {
        let scheme = match tls {
            Secured::Yes => "https",
            Secured::No => "http",
        };
        Self { listed, scheme }
    }

    /// Whether this server's own pages come over TLS.
    pub(crate) fn are_secured(&self) -> bool {
        self.scheme == "https"
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
        let is_listed = self.listed.iter().any(|listed| listed.as_bytes() == origin);
        if is_listed || self.is_own(origin, headers.get(header::HOST)) {
            Ok(())
        } else {
            Err(FaultCode::OriginForeign)
        }
    }

    /// The origin is this server as the browser addressed it, port included.
    fn is_own(&self, origin: &[u8], host: Option<&HeaderValue>) -> bool {
        let rest = origin.strip_prefix(self.scheme.as_bytes());
        let authority = rest.and_then(|rest| rest.strip_prefix(b"://"));
        host.is_some_and(|host| authority == Some(host.as_bytes()))
    }
}

/// Whether the listener speaks TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Secured {
    Yes,
    No,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_own_page_and_listed_ones_come_in() {
        let origins = Origins::new(vec!["https://sale.example".to_owned()], Secured::No);
        let check = |origin: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("auction.test:8080"));
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, HeaderValue::from_str(origin).unwrap());
            }
            origins.check(&headers).is_ok()
        };
        assert!(check(None));
        assert!(check(Some("http://auction.test:8080")));
        assert!(check(Some("https://sale.example")));
        for foreign in [
            "null",
            "",
            "http://auction.test",
            "https://auction.test:8080",
            "http://auction.test:8080.evil.test",
            "http://evil.auction.test:8080",
            "http://auction.test:80800",
            "http://AUCTION.test:8080",
            "https://sale.example:443",
            "https://sale.example.evil.test",
            "file://",
        ] {
            assert!(!check(Some(foreign)), "{foreign}");
        }
    }

    #[test]
    fn two_origins_are_none() {
        let origins = Origins::new(Vec::new(), Secured::No);
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("a.test"));
        headers.append(header::ORIGIN, HeaderValue::from_static("http://a.test"));
        headers.append(header::ORIGIN, HeaderValue::from_static("http://a.test"));
        assert_eq!(origins.check(&headers), Err(FaultCode::OriginForeign));
    }
}
