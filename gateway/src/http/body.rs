//! Bodies on their way in: bounded, JSON, and spelled in the one canonical way.

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use bytes::Bytes;
use mazad_proto::{Expected, FaultCode, Unreadable};

use super::described::{Described, explain_body};
use crate::faults::Fault;
use crate::gateway::Gateway;
use crate::limits::BODY_BYTES_MAX;
use crate::listener::patience::timeout;

/// A small JSON body of a request about people and logins. Unknown fields are refused.
#[derive(Debug)]
pub(super) struct JsonBody<T>(pub(super) T);

impl<T: Described> FromRequest<Gateway> for JsonBody<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &Gateway) -> Result<Self, Fault> {
        let bytes = read(state, request, BODY_BYTES_MAX).await?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|_| explain_body::<T>(&bytes).into())
    }
}

/// The whole body of a JSON request. A page of another site cannot send that type unasked. One that
/// comes too slowly is not waited for: nothing was decided then.
pub(super) async fn read(
    gateway: &Gateway,
    request: Request,
    bytes_max: usize,
) -> Result<Bytes, Fault> {
    read_as("application/json", gateway, request, bytes_max).await
}

/// The same of another kind, which no form of another site can send unasked either.
pub(super) async fn read_as(
    kind: &str,
    gateway: &Gateway,
    request: Request,
    bytes_max: usize,
) -> Result<Bytes, Fault> {
    let is_kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|given| {
            let said = given
                .to_str()
                .unwrap_or_default()
                .split(';')
                .next()
                .unwrap_or_default();
            said.trim().eq_ignore_ascii_case(kind)
        });
    if !is_kind {
        return Err(FaultCode::WrongEncoding.into());
    }
    let said = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|said| said.to_str().ok());
    if said
        .and_then(|said| said.parse().ok())
        .is_some_and(|said: u64| said > bytes_max as u64)
    {
        return Err(too_large(bytes_max));
    }
    // The one other way to fail is a peer that went away, who hears nothing.
    timeout(
        gateway.limits().request,
        to_bytes(request.into_body(), bytes_max),
    )
    .await
    .map_err(|_| FaultCode::Timeout)?
    .map_err(|_| too_large(bytes_max))
}

fn too_large(bytes_max: usize) -> Fault {
    let most = Expected::BytesAtMost(bytes_max as u64);
    Fault::from(FaultCode::TooLarge).at(Unreadable::new("", most))
}
