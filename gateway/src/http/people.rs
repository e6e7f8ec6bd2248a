//! `/api/people`: who is known, for an admin, by pseudonym; ending logins and accounts.

use axum::extract::{Query, State, rejection::QueryRejection};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use mazad_engine::codec::wire_id;
use mazad_office::{Person, Right};
use mazad_proto::FaultCode;
use serde::{Deserialize, Serialize};

use super::authenticated::Authenticated;
use super::body::JsonBody;
use super::respond::{fresh, no_store};
use crate::faults::Fault;
use crate::gateway::Gateway;
use crate::limits::PAGE_ROWS_MAX;

/// People, in the order of their ids.
#[derive(Debug, Serialize)]
pub(super) struct People {
    people: Vec<PersonLine>,
    /// Present if there may be more: ask again with this as `after`.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// An account with its open invite and its logins.
#[derive(Debug, Serialize)]
pub(super) struct PersonLine {
    account: String,
    /// `ROLE_BIDDER` and so on.
    role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sale: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paddle: Option<u32>,
    /// What the desk calls it.
    label: String,
    /// Shut out for ever.
    disabled: bool,
    /// The link that nobody has used yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    invite: Option<Until>,
    /// Logins that live, the oldest first.
    tokens: Vec<Until>,
}

/// Something that ends.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Until {
    /// Its public id.
    id: String,
    /// Microseconds since 1970 UTC.
    expires_at: String,
}

/// Which page of people.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PeoplePage {
    /// Only those after this account.
    after: Option<String>,
    /// At most so many; never more than 500.
    limit: Option<usize>,
}

/// What to end.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ending {
    /// Public id of a token or of an invite, or an account.
    id: String,
}

/// People by pseudonym.
pub(super) async fn list(
    State(gateway): State<Gateway>,
    caller: Authenticated,
    page: Result<Query<PeoplePage>, QueryRejection>,
) -> Result<Response, Fault> {
    caller.may(Right::ReadPeople, None)?;
    let Query(page) = page.map_err(|_| FaultCode::Malformed)?;
    let after = page.after.as_deref().map(wire_id::uuid).transpose()?;
    let limit = page.limit.unwrap_or(PAGE_ROWS_MAX).clamp(1, PAGE_ROWS_MAX);
    let people = gateway.office().people(&caller.0, after, limit)?;
    let is_full = people.len() == limit;
    let next = people
        .last()
        .filter(|_| is_full)
        .map(|last| last.account.to_string());
    Ok(fresh(People {
        people: people.into_iter().map(line).collect(),
        next,
    }))
}

/// Ends a login, or withdraws an invite that nobody has used. Its sockets close with 4001.
pub(super) async fn revoke(
    State(gateway): State<Gateway>,
    caller: Authenticated,
    JsonBody(told): JsonBody<Ending>,
) -> Result<Response, Fault> {
    caller.may(Right::EndOthers, None)?;
    gateway
        .office()
        .revoke(&caller.0, wire_id::uuid(&told.id)?)
        .await?;
    Ok(no_store(StatusCode::NO_CONTENT.into_response()))
}

/// Disables an account for ever: all its logins and its open invite end.
pub(super) async fn disable(
    State(gateway): State<Gateway>,
    caller: Authenticated,
    JsonBody(told): JsonBody<Ending>,
) -> Result<Response, Fault> {
    caller.may(Right::EndOthers, None)?;
    gateway
        .office()
        .disable(&caller.0, wire_id::uuid(&told.id)?)
        .await?;
    Ok(no_store(StatusCode::NO_CONTENT.into_response()))
}

fn line(person: Person) -> PersonLine {
    let until = |(id, at): (uuid::Uuid, mazad_engine::domain::Time)| Until {
        id: id.to_string(),
        expires_at: at.to_string(),
    };
    PersonLine {
        account: person.account.to_string(),
        role: person.role.to_proto().as_str_name(),
        sale: person.sale.map(|sale| sale.to_string()),
        paddle: person.paddle.map(|paddle| paddle.0),
        label: person.label,
        disabled: person.disabled,
        invite: person.invite.map(until),
        tokens: person.tokens.into_iter().map(until).collect(),
    }
}
