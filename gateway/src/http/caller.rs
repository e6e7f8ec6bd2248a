//! Who asks: a bearer token, or the cookie of a browser; otherwise nobody in particular.

use std::net::{IpAddr, Ipv4Addr};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use mazad_engine::domain::SaleId;

use crate::auth::{Identity, Right, allow};
use crate::faults::FaultCode;
use crate::gateway::Gateway;
use crate::limits::SECRET_BYTES_MAX;

/// The cookie that holds a browser's token. A page's script cannot read it.
pub(super) const COOKIE: &str = "mazad_session";

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller(pub(crate) Identity);

/// From where; set on each request by the listener.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

impl Caller {
    /// Goes on only for those who may.
    pub(crate) fn may(&self, right: Right, sale: Option<SaleId>) -> Result<(), FaultCode> {
        Ok(allow(&self.0, right, sale)?)
    }
}

impl FromRequestParts<Gateway> for Caller {
    type Rejection = FaultCode;

    async fn from_request_parts(parts: &mut Parts, state: &Gateway) -> Result<Self, FaultCode> {
        if let Some(given) = parts.headers.get(header::AUTHORIZATION) {
            // A program that shows a token means to be somebody: a bad one is told.
            let token = given
                .to_str()
                .ok()
                .and_then(|given| given.strip_prefix("Bearer "));
            let identity = token.and_then(|token| identify(state, token));
            return identity.map(Self).ok_or(FaultCode::NotLoggedIn);
        }
        // A browser with an old cookie is a watcher, as it was before its login.
        let identity = cookie(&parts.headers).and_then(|token| identify(state, token));
        Ok(Self(identity.unwrap_or(Identity::watcher())))
    }
}

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = FaultCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, FaultCode> {
        let unknown = Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
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
fn cookie(headers: &HeaderMap) -> Option<&str> {
    let lines = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok());
    let mut ours = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='));
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
            cookie(&headers).map(str::to_owned)
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
}
