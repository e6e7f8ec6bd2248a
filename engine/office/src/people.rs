//! The list of people, for an admin: pseudonyms, and what the desk calls them.

use std::ops::Bound;

use mazad_engine::domain::{Paddle, SaleId, Time};
use uuid::Uuid;

use crate::Role;
use crate::fold::Fold;
use crate::limits::PEOPLE_LISTED_MAX;

/// An account with its open invite and its logins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub account: Uuid,
    pub role: Role,
    /// For a bidder: the sale.
    pub sale: Option<SaleId>,
    /// For a bidder: the paddle.
    pub paddle: Option<Paddle>,
    /// What the desk calls it.
    pub label: String,
    /// Shut out for ever.
    pub disabled: bool,
    /// The link that nobody has used yet, and its end.
    pub invite: Option<(Uuid, Time)>,
    /// The logins that live, and their ends, the oldest first.
    pub tokens: Vec<(Uuid, Time)>,
}

pub(crate) fn list(fold: &Fold, after: Option<Uuid>, limit: usize) -> Vec<Person> {
    let from = after.map_or(Bound::Unbounded, Bound::Excluded);
    let accounts = fold.accounts().range((from, Bound::Unbounded));
    let person = |(id, account): (&Uuid, &crate::fold::Account)| {
        let invite = account
            .invite
            .and_then(|id| Some((id, fold.invite(id)?.expires_at)));
        let token = |id: &Uuid| Some((*id, fold.token(*id)?.expires_at));
        Person {
            account: *id,
            role: account.role,
            sale: account.sale,
            paddle: account.paddle,
            label: account.label.clone(),
            disabled: account.disabled,
            invite,
            tokens: account.tokens.iter().filter_map(token).collect(),
        }
    };
    accounts
        .take(limit.min(PEOPLE_LISTED_MAX))
        .map(person)
        .collect()
}
