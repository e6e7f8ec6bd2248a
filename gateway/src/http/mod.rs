//! The HTTP interface: one file for each resource, and around all of them the bounds, the headers
//! and the gate for foreign pages.

mod body;
mod caller;
mod commands;
mod events;
mod health;
mod invites;
mod lots;
mod openapi;
mod people;
mod respond;
mod results;
mod sales;
mod schemas;
mod search;
mod session;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::{Next, from_fn_with_state, map_response_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::faults::FaultCode;
use crate::gateway::Gateway;
use crate::upgrade::upgrade;
use crate::web;

pub(crate) use caller::Peer;

/// Over TLS: for half a year browsers come back only so. Not for other names under this one.
const ONLY_TLS: HeaderValue = HeaderValue::from_static("max-age=15552000");

/// Everything that the server answers: the interface, the socket and the pages.
pub(crate) fn router(gateway: &Gateway) -> Router {
    let (routes, document) = documented().split_for_parts();
    let document = Arc::new(openapi::finish(&document));
    let serve_document = move || {
        let document = Arc::clone(&document);
        async move { respond::fresh(document.as_ref()) }
    };
    let pages = web::router(Arc::new(gateway.clone()));
    routes
        .route("/openapi.json", get(serve_document))
        .route("/socket", get(upgrade))
        .with_state(gateway.clone())
        .merge(pages)
        .method_not_allowed_fallback(|| async { FaultCode::MethodNotAllowed })
        .fallback(nothing_here)
        .layer(CatchPanicLayer::custom(|_| {
            FaultCode::Internal.into_response()
        }))
        .layer(from_fn_with_state(gateway.clone(), guard))
        .layer(map_response_with_state(gateway.clone(), secure))
}

fn documented() -> OpenApiRouter<Gateway> {
    OpenApiRouter::with_openapi(openapi::document())
        .routes(routes!(sales::list))
        .routes(routes!(sales::one))
        .routes(routes!(sales::snapshot))
        .routes(routes!(lots::one))
        .routes(routes!(lots::history))
        .routes(routes!(search::lots))
        .routes(routes!(events::list))
        .routes(routes!(results::list))
        .routes(routes!(commands::mine))
        .routes(routes!(commands::send))
        .routes(routes!(commands::answer))
        .routes(routes!(session::redeem, session::who, session::end))
        .routes(routes!(invites::ticket))
        .routes(routes!(invites::invite))
        .routes(routes!(people::list))
        .routes(routes!(people::revoke))
        .routes(routes!(people::disable))
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(health::metrics))
}

/// Before any handler: a change asked for by the page of another site is refused, and no request
/// takes longer than allowed, however slowly its body comes.
async fn guard(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    let is_change = !matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if is_change && let Err(code) = gateway.origins().check(request.headers()) {
        return code.into_response();
    }
    let answered = tokio::time::timeout(gateway.limits().request, next.run(request)).await;
    answered.unwrap_or_else(|_| FaultCode::Timeout.into_response())
}

async fn secure(State(gateway): State<Gateway>, mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in web::HEADERS {
        headers.entry(name).or_insert(value);
    }
    if gateway.origins().are_secured() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, ONLY_TLS);
    }
    response
}

/// Programs are told in JSON; people get a page.
async fn nothing_here(request: Request) -> Response {
    let path = request.uri().path();
    let wants_page = request.headers().get(header::ACCEPT).is_some_and(|kinds| {
        kinds
            .to_str()
            .is_ok_and(|kinds| kinds.contains("text/html"))
    });
    if wants_page && !path.starts_with("/api/") {
        let reader = web::Reader::of(request.uri(), request.headers());
        return web::not_found(&reader);
    }
    FaultCode::NotFound.into_response()
}
