//! The pages: public ones rendered here and readable without JavaScript, shells for the rooms, and
//! the files of both. Nothing here decides anything; it shows what `PublicData` tells.

mod assets;
mod data;
mod headers;
mod layout;
mod pages;
mod rules;
mod visitor;

#[cfg(test)]
mod tests;

use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use axum::{Router, middleware, routing::get};
use mazad_gateway::Pages;

use data::Data;
use visitor::Visitor;

/// The pages of this build, for a server to serve.
pub const PAGES: Pages = Pages {
    router,
    variant,
    not_found,
};

/// All pages and their files, to be merged into the server's router. It sets the headers of its own
/// answers (content policy, caching, language) and no fallback; see [`not_found`] for one.
fn router(data: Data) -> Router {
    let pages = Router::new()
        .route("/", get(pages::home))
        .route("/sales/{sale}", get(pages::sale))
        .route("/sales/{sale}/lots/{lot}", get(pages::lot))
        .route("/enter", get(pages::enter))
        .route("/bid/{sale}", get(pages::bidder))
        .route("/clerk/{sale}", get(pages::clerk))
        .route("/hall/{sale}", get(pages::hall))
        .route("/analyst/{sale}", get(pages::analyst))
        .with_state(data)
        .layer(middleware::map_response(headers::page))
        .layer(tower_http::compression::CompressionLayer::new());
    pages.merge(assets::router())
}

/// Language, digits, theme and the place on the page; a search is its reader's alone.
fn variant(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let is_search = uri.query().is_some_and(|query| query.contains("q="));
    (!is_search).then(|| Visitor::of(uri, headers).variant())
}

fn not_found(uri: &Uri, headers: &HeaderMap) -> Response {
    pages::not_found(&Visitor::of(uri, headers))
}
