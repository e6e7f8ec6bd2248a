//! From where a request comes: the address that limits count by, also behind a proxy of ours.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};

use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, request::Parts};

/// From where; set on each request by the listener.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    /// The address that limits count by.
    pub(crate) address: IpAddr,
    /// It came through a proxy of ours, whose own connections are not counted by address.
    pub(crate) is_proxy: bool,
}

/// Where proxies write whom they speak for, each after the ones before it.
const FORWARDED: &str = "x-forwarded-for";

impl Peer {
    /// Whom a proxy of ours speaks for: what it wrote itself, last of all. Anybody else's word is not
    /// taken.
    pub(crate) fn behind(self, headers: &HeaderMap) -> Self {
        let said = headers.get_all(FORWARDED).iter().next_back();
        let last = said
            .filter(|_| self.is_proxy)
            .and_then(|said| said.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        Self {
            address: last.map_or(self.address, |last: IpAddr| last.to_canonical()),
            ..self
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let unknown = Self {
            address: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            is_proxy: false,
        };
        Ok(parts.extensions.get::<Self>().copied().unwrap_or(unknown))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_a_proxy_of_ours_says_whom_it_speaks_for() {
        let own = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let behind = |is_proxy: bool, lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(FORWARDED, HeaderValue::from_static(line));
            }
            let address = own;
            Peer { address, is_proxy }.behind(&headers).address
        };
        let seen: IpAddr = "203.0.113.9".parse().unwrap();
        assert_eq!(behind(true, &["203.0.113.9"]), seen);
        assert_eq!(behind(true, &["10.0.0.1, 203.0.113.9"]), seen);
        assert_eq!(
            behind(true, &["10.0.0.1", "10.0.0.2,::ffff:203.0.113.9"]),
            seen
        );
        assert_eq!(behind(true, &["203.0.113.9", "unknown"]), own);
        assert_eq!(behind(true, &["203.0.113.9,"]), own);
        assert_eq!(behind(true, &[]), own);
        assert_eq!(behind(false, &["203.0.113.9"]), own, "forged");
    }
}
