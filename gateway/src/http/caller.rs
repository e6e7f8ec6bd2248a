//! Who asks: a bearer token, or the cookie of a browser; otherwise nobody in particular.

use std::net::{IpAddr, Ipv4Addr};

use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, header, request::Parts};
use mazad_engine::domain::SaleId;
use mazad_office::{Identity, Right, allow};
use mazad_proto::FaultCode;

use crate::faults::Fault;
use crate::gateway::Gateway;
use crate::limits::SECRET_BYTES_MAX;

/// The cookie that holds a browser's token. A page's script cannot read it.
pub(super) const COOKIE: &str = "mazad_session";

/// The same over TLS: browsers take a cookie of this name only from a whole host, and only over TLS,
/// so that neither a neighbour's name nor plain text can set it.
const HOST_COOKIE: &str = "__Host-mazad_session";

/// The name of the cookie.
pub(super) const fn cookie_name(is_secured: bool) -> &'static str {
    if is_secured { HOST_COOKIE } else { COOKIE }
}

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller(pub(crate) Identity);

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

impl Caller {
    /// Goes on only for those who may.
    pub(crate) fn may(&self, right: Right, sale: Option<SaleId>) -> Result<(), Fault> {
        Ok(allow(&self.0, right, sale)?)
    }
}

impl FromRequestParts<Gateway> for Caller {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &Gateway) -> Result<Self, Fault> {
        if let Some(given) = parts.headers.get(header::AUTHORIZATION) {
            // A program that shows a token means to be somebody: a bad one is told.
            let token = given
                .to_str()
                .ok()
                .and_then(|given| given.strip_prefix("Bearer "));
            let identity = token.and_then(|token| identify(state, token));
            return identity
                .ok_or_else(|| FaultCode::NotLoggedIn.into())
                .and_then(in_turn(state));
        }
        // A browser with an old cookie is a watcher, as it was before its login.
        let name = cookie_name(state.origins().are_secured());
        let identity = cookie(&parts.headers, name).and_then(|token| identify(state, token));
        in_turn(state)(identity.unwrap_or(Identity::watcher()))
    }
}

/// An account asks no more often than it may. Watchers are counted by address alone.
fn in_turn(gateway: &Gateway) -> impl Fn(Identity) -> Result<Caller, Fault> {
    move |identity| {
        let is_free = identity.token.is_none() || gateway.crowd().may_read(identity.account);
        is_free
            .then_some(Caller(identity))
            .ok_or_else(|| FaultCode::RateLimited.into())
    }
}

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        let unknown = Self {
            address: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            is_proxy: false,
        };
        Ok(parts.extensions.get::<Self>().copied().unwrap_or(unknown))
    }
}

fn identify(gateway: &Gateway, token: &str) -> Option<Identity> {
    if token.len() > SECRET_BYTES_MAX {
        return None;
    }
    gateway.office().identify(token)
}

/// The token in the cookies; none if there are two, since then somebody else may have set one.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok());
    let mut ours = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='));
    match (ours.next(), ours.next()) {
        (Some(token), None) => Some(token),
        (Some(_), Some(_)) | (None, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_cookie_is_found_among_others_and_only_if_it_is_alone() {
        let found = |lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::COOKIE, HeaderValue::from_static(line));
            }
            cookie(&headers, COOKIE).map(str::to_owned)
        };
        assert_eq!(found(&["mazad_session=abc"]), Some("abc".to_owned()));
        assert_eq!(
            found(&["mazad_lang=ar; mazad_session=abc; x=y"]),
            Some("abc".to_owned())
        );
        assert_eq!(
            found(&["mazad_lang=ar", "mazad_session=abc"]),
            Some("abc".to_owned())
        );
        assert_eq!(found(&["mazad_session=abc; mazad_session=def"]), None);
        assert_eq!(found(&["xmazad_session=abc"]), None);
        assert_eq!(found(&["mazad_session2=abc"]), None);
        assert_eq!(found(&[]), None);
    }

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
