//! Public answers on a poor line: packed, and not sent again to whoever has them.
//!
//! Only the answers that are public are packed. How long a packed answer is tells what is in it: one that
//! had a secret (a ticket, an invitation, somebody's own figures) beside text of somebody else's choice
//! could be guessed letter by letter (BREACH). Those never come here.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use mazad_proto::FaultCode;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

use crate::faults::Fault;
use crate::gateway::Gateway;

/// Kept by the browser that asked, which asks each time whether it is still so: staff are told of drafts.
const ASKED_AGAIN: HeaderValue = HeaderValue::from_static("private, no-cache");
/// What an answer hangs on beside its address.
const BY_READER: HeaderValue = HeaderValue::from_static("authorization, cookie");

/// Routes whose answers are public.
pub(super) fn light(routes: Router<Gateway>) -> Router<Gateway> {
    // Fast: a crowd that opens a large catalogue leaves the bids their core.
    let packed = CompressionLayer::new().quality(CompressionLevel::Fastest);
    routes.layer(from_fn(known)).layer(packed)
}

/// Names an answer by what is in it; who has it already is told so, in a few bytes.
async fn known(request: Request, next: Next) -> Response {
    let held = request.headers().clone();
    let answer = next.run(request).await;
    if answer.status() != StatusCode::OK {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    // Our own answer, which is in memory as it is.
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return Fault::from(FaultCode::Internal).into_response();
    };
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    // Weak: it is the same whether it is packed or not.
    let etag = format!("W/\"{:016x}\"", hasher.finish());
    let is_held = has(&held, &etag);
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        parts.headers.insert(header::ETAG, etag);
    }
    parts.headers.insert(header::CACHE_CONTROL, ASKED_AGAIN);
    parts.headers.insert(header::VARY, BY_READER);
    if is_held {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(body))
}

/// Whether whoever asks has the answer of this name.
fn has(held: &HeaderMap, etag: &str) -> bool {
    let lines = held.get_all(header::IF_NONE_MATCH).into_iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|named| named.trim() == etag)
}
