//! What a person's browser is answered: a page in words, in the language of its reader, where a program
//! is told a fault in JSON; and the right page, where a link was spoilt on its way.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use mazad_proto::FaultCode;

use super::mended::mended;
use crate::web::Pages;

/// Where programs ask: there a fault is JSON, whoever asks.
const INTERFACE: &str = "/api";

/// Around everything: the interface, the socket, the pages.
pub(super) async fn in_words(
    State(pages): State<Option<Pages>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(pages) = pages.filter(|_| is_of_a_person(&request)) else {
        return next.run(request).await;
    };
    let (uri, headers) = (request.uri().clone(), request.headers().clone());
    let only_asks = matches!(*request.method(), Method::GET | Method::HEAD);
    let answer = next.run(request).await;
    if only_asks
        && answer.status() == StatusCode::NOT_FOUND
        && let Some(led) = led_on(&uri)
    {
        return led;
    }
    let Some(code) = answer.extensions().get::<FaultCode>().copied() else {
        return answer;
    };
    let mut page = (pages.fault)(&uri, &headers, code);
    if let Some(wait) = answer.headers().get(header::RETRY_AFTER) {
        let wait = wait.clone();
        page.headers_mut().insert(header::RETRY_AFTER, wait);
    }
    page
}

/// Whether a browser asks for something that a person will look at.
fn is_of_a_person(request: &Request) -> bool {
    let path = request.uri().path();
    let below = path.strip_prefix(INTERFACE);
    let is_interface = below.is_some_and(|below| below.is_empty() || below.starts_with('/'));
    let kinds = request.headers().get_all(header::ACCEPT).into_iter();
    let takes_pages = kinds
        .filter_map(|kinds| kinds.to_str().ok())
        .any(|kinds| kinds.to_ascii_lowercase().contains("text/html"));
    takes_pages && !is_interface
}

/// To the address that was meant. Nobody keeps it: what an address means may change.
fn led_on(uri: &Uri) -> Option<Response> {
    let meant = mended(uri.path())?;
    let query = uri.query().filter(|_| !meant.contains(['?', '#']));
    let to = query.map_or_else(|| meant.clone(), |query| format!("{meant}?{query}"));
    let to = HeaderValue::from_str(&to).ok()?;
    Some((StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response())
}
