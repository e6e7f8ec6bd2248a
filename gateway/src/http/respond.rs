//! Answers: JSON by the wire's mapping, and faults with a fitting status.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use mazad_proto::v1::{ServerFrame, server_frame::Body};
use serde::Serialize;

use crate::faults::Fault;

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let code = self.code.status();
        let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self.to_wire())).into_response();
        let seconds = self.code.retry_ms().div_ceil(1000);
        if seconds > 0 {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        // For those who are told in words.
        response.extensions_mut().insert(self.code);
        no_store(response)
    }
}

/// An answer that depends on who asks or on when: never kept by anybody.
pub(super) fn fresh(body: impl Serialize) -> Response {
    no_store(Json(body).into_response())
}

/// The same, spelled already.
pub(super) fn json(body: Bytes) -> Response {
    let kind = HeaderValue::from_static("application/json");
    no_store(([(header::CONTENT_TYPE, kind)], body).into_response())
}

/// A frame of the socket as the body of an answer: the message alone.
pub(super) fn message(body: Body) -> Response {
    match body {
        Body::Answer(answer) => fresh(answer),
        Body::NotSeen(not_seen) => fresh(not_seen),
        Body::Mine(mine) => fresh(mine),
        other => fresh(ServerFrame { body: Some(other) }),
    }
}

pub(super) fn no_store(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
