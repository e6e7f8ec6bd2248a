//! The headers of every page, beside those of every answer.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use mazad_gateway::web::HEADERS;

const PAGE: [(HeaderName, HeaderValue); 3] = [
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    ),
    (
        header::VARY,
        HeaderValue::from_static("accept-language, cookie"),
    ),
];

pub(super) async fn page(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in HEADERS.into_iter().chain(PAGE) {
        headers.entry(name).or_insert(value);
    }
    response
}
