//! `/api/tickets` and `/api/invites`: how people get onto the socket, and into the sale.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use mazad_engine::domain::Refusal;
use mazad_office::{Right, Role};
use mazad_proto::{Expected, v1};
use serde::Serialize;

use super::authenticated::Authenticated;
use super::body::JsonBody;
use super::described::{Described, Field};
use super::respond::fresh;
use crate::auth;
use crate::auth::{InviteError, InviteRequest};
use crate::faults::Fault;
use crate::gateway::Gateway;

/// A one-use ticket.
#[derive(Debug, Serialize)]
pub(super) struct Ticket {
    /// What `Hello` says on the socket, within 30 s.
    ticket: String,
}

impl Described for InviteRequest {
    fn fields() -> Vec<Field> {
        vec![
            Field::required("role", Role::expected()),
            Field::optional("sale", Expected::Uuid),
            Field::optional("paddle", Expected::NumberFromOne),
            Field::optional("limit", Expected::Money),
            Field::optional("account", Expected::Uuid),
            Field::optional("label", Expected::Text),
            Field::optional("validMinutes", Expected::Number),
            Field::optional("endLogins", Expected::Boolean),
        ]
    }
}

/// A one-use ticket for the socket.
pub(super) async fn ticket(
    State(gateway): State<Gateway>,
    caller: Authenticated,
) -> Result<Response, Fault> {
    caller.may(Right::TakeTicket, None)?;
    let ticket = gateway.office().ticket(&caller.0).as_str().to_owned();
    Ok(fresh(Ticket { ticket }))
}

/// A link with which the same person comes in on another device too.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeviceLinkReply {
    /// Works once, within ten minutes.
    link: String,
    /// The same as a picture to photograph.
    qr_svg: String,
    /// Until when it can be taken, microseconds since 1970 UTC.
    expires_at: String,
}

/// A link for another device of one's own. Nothing is written before it is taken.
pub(super) async fn device(
    State(gateway): State<Gateway>,
    caller: Authenticated,
) -> Result<Response, Fault> {
    let made = gateway.office().device_link(&caller.0)?;
    let link = auth::link(gateway.public_url(), &made.secret);
    Ok(fresh(DeviceLinkReply {
        qr_svg: auth::qr_svg(&link),
        link,
        expires_at: made.expires_at.to_string(),
    }))
}

/// Invites somebody. A bidder is admitted to the sale by the same act, in the name of whoever
/// invites.
pub(super) async fn invite(
    State(gateway): State<Gateway>,
    caller: Authenticated,
    JsonBody(told): JsonBody<InviteRequest>,
) -> Response {
    let (office, engine) = (gateway.office(), gateway.engine());
    match auth::invite(office, engine, &caller.0, &told, gateway.public_url()).await {
        Ok(reply) => fresh(reply),
        Err(InviteError::Office(error)) => Fault::from(error).into_response(),
        Err(InviteError::Submit(error)) => Fault::from(error).into_response(),
        Err(InviteError::Refused(refusal)) => refused(&refusal),
    }
}

/// The sale said no: its code and its sentence, as a fault.
pub(super) fn refused(refusal: &Refusal) -> Response {
    let fault = v1::Fault {
        code: refusal.code.as_str().to_owned(),
        message: Some(mazad_texts::refusal(refusal, None)),
        ..v1::Fault::default()
    };
    (StatusCode::CONFLICT, fresh(fault)).into_response()
}
