//! The HTTP interface: one file for each resource, and around all of them the lanes, the bounds, the
//! headers and the gate for foreign pages.

mod authenticated;
mod backup;
mod body;
mod browsers;
mod commands;
mod described;
mod events;
mod health;
mod import;
mod invites;
mod lanes;
mod login;
mod lots;
mod mended;
mod openapi;
mod page_cache;
mod people;
mod public_answers;
mod respond;
mod results;
mod sales;
mod schemas;
mod search;
mod site;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::{Next, from_fn_with_state, map_response_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use mazad_proto::FaultCode;
use tower_http::catch_panic::CatchPanicLayer;

use authenticated::Reader;
use lanes::{Asker, Lanes, read_in_turn};

use crate::connection_limits::ConnectionPermit;
use crate::faults::Fault;
use crate::gateway::Gateway;
use crate::listener::Peer;
use crate::listener::patience::timeout;
use crate::socket::upgrade;
use crate::web::HEADERS;

#[cfg(test)]
pub(crate) use openapi::routes as described_routes;

/// Over TLS: for half a year browsers come back only so. Not for other names under this one.
const ONLY_TLS: HeaderValue = HeaderValue::from_static("max-age=15552000");

/// Where the files of the pages are.
const FILES: &str = "/static/";

/// Everything that the server answers: the interface, the socket and the pages.
pub(crate) fn router(gateway: &Gateway) -> Router {
    let site = gateway.pages();
    let lanes = Arc::new(Lanes::new());
    described()
        .layer(from_fn_with_state(Arc::clone(&lanes), read_in_turn))
        .route("/openapi.json", get(openapi::document_itself))
        .route("/socket", get(upgrade))
        .route("/enter", post(login::enter))
        .with_state(gateway.clone())
        .merge(site::router(gateway, lanes))
        .method_not_allowed_fallback(|| async { Fault::from(FaultCode::MethodNotAllowed) })
        .fallback(|| async { Fault::from(FaultCode::NotFound) })
        .layer(CatchPanicLayer::custom(|_| {
            Fault::from(FaultCode::Internal).into_response()
        }))
        .layer(from_fn_with_state(gateway.clone(), guard))
        .layer(from_fn_with_state(site, browsers::in_words))
        .layer(map_response_with_state(gateway.clone(), secure))
}

/// The interface as it is described: `openapi.json` has each of these and nothing else.
fn described() -> Router<Gateway> {
    let public = Router::new()
        .route("/api/sales", get(sales::list))
        .route("/api/sales/{sale}", get(sales::one))
        .route("/api/sales/{sale}/snapshot", get(sales::snapshot))
        .route("/api/sales/{sale}/lots/{lot}", get(lots::one))
        .route("/api/sales/{sale}/lots/{lot}/history", get(lots::history))
        .route("/api/search", get(search::lots))
        .route("/api/sales/{sale}/results", get(results::list));
    public_answers::light(public)
        .route("/api/sales/{sale}/events", get(events::list))
        .route("/api/sales/{sale}/mine", get(commands::mine))
        .route("/api/sales/{sale}/commands", post(commands::send))
        .route("/api/sales/{sale}/answers/{id}", get(commands::answer))
        .route("/api/v1/preview", post(commands::preview))
        .route("/api/v1/invitation", post(login::look))
        .route(
            "/api/session",
            post(login::redeem).get(login::who).delete(login::end),
        )
        .route("/api/tickets", post(invites::ticket))
        .route("/api/invites", post(invites::invite))
        .route("/api/v1/device", post(invites::device))
        .route("/api/v1/import", post(import::import))
        .route("/api/v1/backup", get(backup::state))
        .route("/api/people", get(people::list))
        .route("/api/people/revoke", post(people::revoke))
        .route("/api/people/disable", post(people::disable))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
}

/// Before any handler: nobody asks more often than they may, a change asked for by the page of another
/// site is refused, and no request takes longer than allowed.
async fn guard(
    State(gateway): State<Gateway>,
    peer: Peer,
    mut request: Request,
    next: Next,
) -> Response {
    let asker = Asker::new(
        &Reader::of(request.headers(), &gateway).caller(),
        peer.address,
    );
    if let Some(permit) = request.extensions().get::<Arc<ConnectionPermit>>() {
        permit.identify(asker.account());
    }
    if !has_turn(&gateway, asker, peer, &request) {
        return Fault::from(FaultCode::RateLimited).into_response();
    }
    request.extensions_mut().insert(asker);
    if !is_text(request.uri().path()) {
        return Fault::from(FaultCode::NotFound).into_response();
    }
    let is_change = !matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if is_change && let Err(code) = gateway.origins().check(request.headers()) {
        return Fault::from(code).into_response();
    }
    // Once for the body, which has its own end before that, and once for the answer.
    let limit = gateway.limits().request.saturating_mul(2);
    let late = if is_change {
        FaultCode::OutcomeUnknown
    } else {
        FaultCode::Timeout
    };
    let answered = timeout(limit, next.run(request)).await;
    answered.unwrap_or_else(|_| Fault::from(late).into_response())
}

/// Whether somebody may ask now: people who are known by their account, all others by their address.
fn has_turn(gateway: &Gateway, asker: Asker, peer: Peer, request: &Request) -> bool {
    let path = request.uri().path();
    // The files of the pages are in memory as they are sent; a page asks for dozens of them. A login has
    // a rate of its own, which counts what is wrong alone.
    let is_free = path.starts_with(FILES) || login::brings_invite(request.method(), path);
    let limits = gateway.connection_limits();
    is_free
        || match asker {
            Asker::Known(account) => limits.may_read(account),
            Asker::Nobody(_) => limits.may_ask(peer.address),
        }
}

/// Whether an address says something once it is decoded: nothing of ours has a name that does not.
fn is_text(path: &str) -> bool {
    std::str::from_utf8(&mended::decoded(path)).is_ok()
}

async fn secure(State(gateway): State<Gateway>, mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(value);
    }
    if gateway.origins().are_secured() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, ONLY_TLS);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_text_or_nothing() {
        for (path, said) in [
            ("/", true),
            ("/api/sales/x", true),
            ("/sales/%D8%A8%D9%8A%D8%B9", true),
            ("/sales/%", true),
            ("/sales/%zz", true),
            ("/sales/%f", true),
            ("/sales/%ff", false),
            ("/api/sales/%C3%28", false),
            ("/%D8", false),
        ] {
            assert_eq!(is_text(path), said, "{path}");
        }
    }
}
