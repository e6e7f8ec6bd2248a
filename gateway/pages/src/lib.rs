//! The pages: public ones rendered here and readable without JavaScript, shells for the rooms, and
//! the files of both. Nothing here decides anything; it shows what `PublicData` tells.

mod assets;
mod bundle;
mod data;
mod headers;
mod layout;
mod pages;
mod rules;
mod visitor;

#[cfg(test)]
mod tests;

use axum::http::{HeaderMap, Uri};
use axum::response::{Redirect, Response};
use axum::{Router, middleware, routing::get};
use mazad_gateway::Pages;
use mazad_proto::FaultCode;

use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

use data::Data;
use visitor::Visitor;

/// The pages of this build, for a server to serve.
pub const PAGES: Pages = Pages {
    router,
    variant,
    fault,
};

/// For search engines: what is public may be found.
const ROBOTS: &str =
    "User-agent: *\nDisallow: /enter\nDisallow: /admin\nDisallow: /device\nDisallow: /api/\n";

/// All pages and their files, to be merged into the server's router. It sets the headers of its own
/// answers (content policy, caching, language) and no fallback; see [`fault`] for one.
fn router(data: Data) -> Router {
    Router::new()
        .route("/", get(pages::home))
        .route("/sales/{sale}", get(pages::sale))
        .route("/sales/{sale}/lots/{lot}", get(pages::lot))
        .route("/enter", get(pages::enter))
        .route("/admin", get(pages::admin))
        .route("/device", get(pages::device))
        .route("/bid/{sale}", get(pages::bidder))
        .route("/clerk/{sale}", get(pages::clerk))
        .route("/hall/{sale}", get(pages::hall))
        .route("/analyst/{sale}", get(pages::analyst))
        .route(
            "/favicon.ico",
            get(|| async { Redirect::temporary(&assets::address("icon.svg")) }),
        )
        .route("/robots.txt", get(|| async { ROBOTS }))
        .with_state(data)
        .layer(middleware::map_response(headers::page))
        .merge(assets::router())
        // Files of the build are packed already, and fonts in themselves.
        .layer(
            CompressionLayer::new()
                .compress_when(DefaultPredicate::new().and(NotForContentType::new("font/"))),
        )
}

/// Language, digits, theme and the place on the page; a search is its reader's alone.
fn variant(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let is_search = uri.query().is_some_and(|query| query.contains("q="));
    (!is_search).then(|| Visitor::of(uri, headers).variant())
}

fn fault(uri: &Uri, headers: &HeaderMap, code: FaultCode) -> Response {
    pages::fault(&Visitor::of(uri, headers), code)
}
