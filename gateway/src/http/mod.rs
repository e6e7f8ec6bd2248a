//! The HTTP interface: one file for each resource, and around all of them the bounds, the headers
//! and the gate for foreign pages.

mod authenticated;
mod body;
mod browsers;
mod commands;
mod described;
mod events;
mod health;
mod invites;
mod login;
mod lots;
mod mended;
mod openapi;
mod people;
mod public_answers;
mod respond;
mod results;
mod sales;
mod schemas;
mod search;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::{Next, from_fn_with_state, map_response_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use mazad_projections::public::Audience;
use mazad_proto::FaultCode;
use tokio::sync::Semaphore;
use tower::ServiceExt;
use tower_http::catch_panic::CatchPanicLayer;

use authenticated::Reader;

use crate::faults::Fault;
use crate::gateway::Gateway;
use crate::limits::PAGES_AT_ONCE;
use crate::listener::Peer;
use crate::public_data::SalesFor;
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
    let pages_for = |reader: Audience| match site {
        Some(pages) => (pages.router)(Arc::new(SalesFor::new(gateway.clone(), reader))),
        None => Router::new(),
    };
    let turn = PageTurn {
        gateway: gateway.clone(),
        turns: Arc::new(Semaphore::new(PAGES_AT_ONCE)),
        for_staff: pages_for(Audience::Staff),
    };
    let pages = pages_for(Audience::Everyone).layer(from_fn_with_state(turn, page_in_turn));
    described()
        .route("/openapi.json", get(openapi::document_itself))
        .route("/socket", get(upgrade))
        .with_state(gateway.clone())
        .merge(pages)
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
        .route(
            "/api/session",
            post(login::redeem).get(login::who).delete(login::end),
        )
        .route("/api/tickets", post(invites::ticket))
        .route("/api/invites", post(invites::invite))
        .route("/api/people", get(people::list))
        .route("/api/people/revoke", post(people::revoke))
        .route("/api/people/disable", post(people::disable))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
}

/// Before any handler: an address asks no more often than it may, a change asked for by the page of
/// another site is refused, and no request takes longer than allowed.
async fn guard(
    State(gateway): State<Gateway>,
    peer: Peer,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    // The files of the pages are in memory as they are sent; a page asks for dozens of them.
    if !path.starts_with(FILES) && !gateway.connection_limits().may_ask(peer.address) {
        return Fault::from(FaultCode::RateLimited).into_response();
    }
    if !is_text(path) {
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
    let answered = tokio::time::timeout(limit, next.run(request)).await;
    answered.unwrap_or_else(|_| Fault::from(late).into_response())
}

/// Whether an address says something once it is decoded: nothing of ours has a name that does not.
fn is_text(path: &str) -> bool {
    std::str::from_utf8(&mended::decoded(path)).is_ok()
}

/// Pages are told of sales as they are followed: one that has just come to be is waited for. They
/// are rendered one after the other, so that a connection_limits that opens a large catalogue leaves the bids a
/// core.
async fn page_in_turn(State(page): State<PageTurn>, request: Request, next: Next) -> Response {
    if request.uri().path().starts_with(FILES) {
        return next.run(request).await;
    }
    page.gateway.hubs().catch_up().await;
    let _turn = page.turns.acquire().await;
    match Reader::of(request.headers(), &page.gateway).audience() {
        Audience::Everyone => next.run(request).await,
        Audience::Staff => {
            let (mut parts, body) = request.into_parts();
            // Routed again: what the first routing noted of the address would stand there twice.
            parts.extensions.clear();
            let asked = page.for_staff.oneshot(Request::from_parts(parts, body));
            match asked.await {
                Ok(response) => response,
                Err(never) => match never {},
            }
        }
    }
}

/// What a page needs before it is rendered.
#[derive(Debug, Clone)]
struct PageTurn {
    gateway: Gateway,
    turns: Arc<Semaphore>,
    /// The same pages, for those who see drafts too.
    for_staff: Router,
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
