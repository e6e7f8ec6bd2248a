//! A person as JSON: what `GET /api/people` and `mazad admin list` say alike.

use mazad_engine::domain::Time;
use mazad_office::Person;
use serde::Serialize;
use uuid::Uuid;

/// An account with its open invite and its logins.
#[derive(Debug, Serialize)]
pub struct PersonLine {
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
    invite: Option<Expiring>,
    /// Logins that live, the oldest first.
    tokens: Vec<Expiring>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Expiring {
    id: String,
    /// Microseconds since 1970 UTC.
    expires_at: String,
}

impl From<Person> for PersonLine {
    fn from(person: Person) -> Self {
        let until = |(id, at): (Uuid, Time)| Expiring {
            id: id.to_string(),
            expires_at: at.to_string(),
        };
        Self {
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
}
