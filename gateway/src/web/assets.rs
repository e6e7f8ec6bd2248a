//! The files of the pages. All of them stand under one address that names their contents, so that a
//! browser keeps them for ever and a new build is never mixed with an old one; modules import each
//! other by relative paths and so stay within their build.

use std::sync::LazyLock;

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use mazad_texts::{Lang, Texts};
use memory_serve::{CacheControl, MemoryServe};
use sha2::{Digest, Sha256};

/// Files read from the disk may change under the same address.
const EMBEDDED: bool = !cfg!(debug_assertions);
const FOR_EVER: &str = "public, max-age=31536000, immutable";

static BASE: LazyLock<String> = LazyLock::new(|| format!("/static/{}", version(files())));

/// Where the files are; without a slash at its end.
pub(super) fn base() -> &'static str {
    &BASE
}

/// The address of a file.
pub(super) fn address(file: &str) -> String {
    format!("{}/{file}", base())
}

fn files() -> MemoryServe {
    let cache = if EMBEDDED {
        CacheControl::Custom(FOR_EVER)
    } else {
        CacheControl::NoCache
    };
    memory_serve::load!().index_file(None).cache_control(cache)
}

/// A digest over every file and text: short, since it only has to differ.
fn version(files: MemoryServe) -> String {
    let hashed = files.enable_hashed_routes(true).manifest();
    let mut names: Vec<&str> = hashed.iter().map(|(_, name)| name).collect();
    names.sort_unstable();
    let mut digest = Sha256::new();
    for name in names {
        digest.update(name);
    }
    for lang in [Lang::Ar, Lang::En] {
        digest.update(Texts::file(lang));
    }
    digest
        .finalize()
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

async fn text_file(lang: Lang) -> Response {
    let cache = if EMBEDDED { FOR_EVER } else { "no-cache" };
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, cache),
    ];
    (headers, Texts::file(lang)).into_response()
}

/// A page that was open before the server was renewed still asks for its files: it gets today's, but
/// nothing keeps them under the old name.
async fn honest(request: Request, next: Next) -> Response {
    let is_current = request.uri().path().starts_with(base());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    if !is_current {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// Serves them.
pub(super) fn router() -> Router {
    let texts = Router::new()
        .route("/locales/ar.ftl", get(|| text_file(Lang::Ar)))
        .route("/locales/en.ftl", get(|| text_file(Lang::En)))
        .layer(tower_http::compression::CompressionLayer::new());
    let all = files().into_router().merge(texts);
    Router::new()
        .nest("/static/{build}", all)
        .layer(middleware::from_fn(honest))
}
