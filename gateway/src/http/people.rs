//! `/api/people`: who is known, for an admin, by pseudonym; ending logins and accounts.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use mazad_engine::codec::wire_id;
use mazad_office::Right;
use mazad_proto::Expected;
use serde::{Deserialize, Serialize};

use super::authenticated::Authenticated;
use super::body::JsonBody;
use super::described::{Asked, Described, Field};
use super::respond::{fresh, no_store};
use crate::auth::PersonLine;
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

/// Which page of people.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PeoplePage {
    /// Only those after this account.
    after: Option<String>,
    /// At most so many; never more than 500.
    limit: Option<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ending {
    /// Public id of a token or of an invite, or an account.
    id: String,
}

impl Described for PeoplePage {
    fn fields() -> Vec<Field> {
        vec![
            Field::optional("after", Expected::Uuid),
            Field::optional("limit", Expected::Number),
        ]
    }
}

impl Described for Ending {
    fn fields() -> Vec<Field> {
        vec![Field::required("id", Expected::Uuid)]
    }
}

/// People by pseudonym.
pub(super) async fn list(
    State(gateway): State<Gateway>,
    caller: Authenticated,
    Asked(page): Asked<PeoplePage>,
) -> Result<Response, Fault> {
    caller.may(Right::ReadPeople, None)?;
    let after = page.after.as_deref();
    let after = after.map(|id| wire_id::uuid(id, "after")).transpose()?;
    let limit = page.limit.unwrap_or(PAGE_ROWS_MAX).clamp(1, PAGE_ROWS_MAX);
    let people = gateway.office().people(&caller.0, after, limit)?;
    let is_full = people.len() == limit;
    let next = people
        .last()
        .filter(|_| is_full)
        .map(|last| last.account.to_string());
    Ok(fresh(People {
        people: people.into_iter().map(PersonLine::from).collect(),
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
        .revoke(&caller.0, wire_id::uuid(&told.id, "id")?)
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
        .disable(&caller.0, wire_id::uuid(&told.id, "id")?)
        .await?;
    Ok(no_store(StatusCode::NO_CONTENT.into_response()))
}
