//! Who asks: a bearer token, or the cookie of a browser; otherwise nobody in particular.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, HeaderValue, header, request::Parts};
use mazad_engine::domain::SaleId;
use mazad_office::{Caller, Right, allow};
use mazad_projections::public::Audience;
use mazad_proto::FaultCode;

use crate::commands::audience;
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

#[derive(Debug, Clone, Copy)]
pub(crate) struct Authenticated(pub(crate) Caller);

/// Who reads what is public: nobody is turned away, and staff see drafts too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader(Caller);

impl Reader {
    /// Who it is, or a watcher.
    pub(crate) const fn caller(self) -> Caller {
        self.0
    }

    /// What there is for this reader.
    pub(crate) fn audience(self) -> Audience {
        audience(&self.0)
    }
}

impl FromRequestParts<Gateway> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &Gateway) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers, state))
    }
}

impl Reader {
    /// The same for whoever has only the headers of a request.
    pub(crate) fn of(headers: &HeaderMap, gateway: &Gateway) -> Self {
        let bearer = headers.get(header::AUTHORIZATION).map(bearer);
        let token =
            bearer.unwrap_or_else(|| cookie(headers, cookie_name(gateway.origins().are_secured())));
        let caller = token.and_then(|token| identify(gateway, token));
        Self(caller.unwrap_or(Caller::watcher()))
    }
}

fn bearer(given: &HeaderValue) -> Option<&str> {
    given.to_str().ok()?.strip_prefix("Bearer ")
}

impl Authenticated {
    /// The same as a reader of what is public.
    pub(crate) const fn reader(&self) -> Reader {
        Reader(self.0)
    }

    /// Goes on only for those who may.
    pub(crate) fn may(&self, right: Right, sale: Option<SaleId>) -> Result<(), Fault> {
        Ok(allow(&self.0, right, sale)?)
    }
}

impl FromRequestParts<Gateway> for Authenticated {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &Gateway) -> Result<Self, Fault> {
        if let Some(given) = parts.headers.get(header::AUTHORIZATION) {
            // A program that shows a token means to be somebody: a bad one is told.
            let caller = bearer(given).and_then(|token| identify(state, token));
            return caller
                .map(Authenticated)
                .ok_or_else(|| FaultCode::NotLoggedIn.into());
        }
        // A browser with an old cookie is a watcher, as it was before its login.
        let name = cookie_name(state.origins().are_secured());
        let caller = cookie(&parts.headers, name).and_then(|token| identify(state, token));
        Ok(Self(caller.unwrap_or(Caller::watcher())))
    }
}

fn identify(gateway: &Gateway, token: &str) -> Option<Caller> {
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
}
