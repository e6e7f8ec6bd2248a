//! What a desk does when it invites somebody: the link, and for a bidder the paddle in the sale.
//!
//! Office and sale are two streams, and no decision needs both: the invite is issued first, the
//! paddle admitted second, the link given out last. If the sale refuses the paddle, the invite is
//! withdrawn before anybody has seen it; if the process dies in between, the next invite for that
//! paddle finds the same account again.

use mazad_engine::codec::command::of_act;
use mazad_engine::codec::wire_id::canonical_uuid;
use mazad_engine::domain::{
    AccountId, Actor, Code, CommandId, Money, Paddle, Refusal, SaleAct, SaleId, Span, Verdict,
};
use mazad_engine::{Engine, SubmitError};
use mazad_office::{
    Caller, Denied, IssuedInvite, Logins, NewInvite, Office, OfficeError, Right, Role, allow,
};
use mazad_proto::{Expected, Unreadable, v1};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::link::{link, link_with, qr_svg};

/// The body of `POST /api/invites`. What does not apply is left out, or empty, or `0`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InviteRequest {
    /// `ROLE_BIDDER` and so on, or `bidder`.
    pub role: String,
    /// For a bidder: the sale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sale: Option<String>,
    /// For a bidder: the paddle. Invited before: the same bidder gets another link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paddle: Option<u32>,
    /// For a bidder: R13, how far all bids together may go, in minor units. Left out where
    /// the sale's terms ask for none; else the answer is `limit-needed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// For staff who are known: the account that gets another link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// What the desk calls it, never a person's name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// How long the link is good; without it, three days for bidders and one for staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_minutes: Option<u32>,
    /// For somebody who is known: those who are logged in to the account are logged out at once, in
    /// place of when the link is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_logins: Option<bool>,
}

/// The answer to it. The link is shown once and kept nowhere.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InviteReply {
    /// Works once.
    pub link: String,
    /// The same as a picture to photograph.
    pub qr_svg: String,
    /// The pseudonym of the invited.
    pub account: String,
    /// Public id of the invite, with which an admin can withdraw it.
    pub invite: String,
    /// Until when it can be taken, microseconds since 1970 UTC.
    pub expires_at: String,
}

impl std::fmt::Debug for InviteReply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InviteReply({})", self.invite)
    }
}

/// Why there is no link.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    /// The office did not do it.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// The sale did not answer.
    #[error(transparent)]
    Submit(#[from] SubmitError),
    /// The sale refused the paddle.
    #[error("the sale refused the paddle: {}", .0.code.as_str())]
    Refused(Refusal),
}

/// Invites somebody; a bidder is also admitted to the sale.
///
/// # Errors
/// [`InviteError`]; no link was given out then.
pub async fn invite(
    office: &Office,
    engine: &Engine,
    by: &Caller,
    request: &InviteRequest,
    base_url: &str,
) -> Result<InviteReply, InviteError> {
    let (new, limit) = request.read()?;
    allow(by, Right::to_invite(new.role), new.sale).map_err(OfficeError::from)?;
    if new.sale.is_some_and(|sale| engine.state(sale).is_none()) {
        return Err(SubmitError::UnknownSale.into());
    }
    if let Some(bidder) = new.sale.zip(new.paddle)
        && let Some(known) = office.account_of_paddle(bidder)
    {
        // Before the office issues anything: a no must not end the link that the bidder holds.
        is_admitted(engine, known, bidder, limit).await?;
    }
    let issued = office.invite(Some(by), new).await?;
    if let Some(bidder) = issued.sale.zip(issued.paddle)
        && let Err(error) = admit(engine, by, &issued, bidder, limit).await
    {
        return match office.withdraw(by, issued.invite).await {
            // Not found: another desk's link has taken its place in the meantime.
            Ok(()) | Err(OfficeError::NotFound) => Err(error),
            Err(worse) => Err(worse.into()),
        };
    }
    Ok(InviteReply::new(&issued, base_url))
}

impl InviteRequest {
    fn read(&self) -> Result<(NewInvite, Option<Money>), OfficeError> {
        let of_schema = v1::Role::from_str_name(&self.role).and_then(Role::from_proto);
        let role = of_schema.or_else(|| Role::of_name(&self.role));
        let role = role.ok_or_else(|| malformed("role", Role::expected()))?;
        let limit = given(&self.limit)
            .filter(|limit| *limit != "0")
            .map(read_limit)
            .transpose()?;
        if limit.is_some() && role != Role::Bidder {
            return Err(malformed("limit", Expected::LeftOut));
        }
        let valid_minutes = self.valid_minutes.filter(|minutes| *minutes != 0);
        let new = NewInvite {
            role,
            sale: given(&self.sale)
                .map(|id| read_id(id, "sale"))
                .transpose()?
                .map(SaleId),
            paddle: self.paddle.filter(|paddle| *paddle != 0).map(Paddle),
            account: given(&self.account)
                .map(|id| read_id(id, "account"))
                .transpose()?,
            label: self.label.clone(),
            valid_for: valid_minutes.map(|minutes| Span::minutes(minutes.into())),
            logins: match self.end_logins {
                Some(true) => Logins::End,
                Some(false) | None => Logins::Keep,
            },
        };
        Ok((new, limit))
    }
}

fn given(field: &Option<String>) -> Option<&str> {
    field.as_deref().filter(|text| !text.is_empty())
}

/// An id in its one spelling.
fn read_id(text: &str, field: &'static str) -> Result<Uuid, OfficeError> {
    canonical_uuid(text).ok_or_else(|| malformed(field, Expected::Uuid))
}

/// An amount of minor units in its one spelling.
fn read_limit(text: &str) -> Result<Money, OfficeError> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if !is_plain {
        return Err(malformed("limit", Expected::Money));
    }
    let amount = text.parse().ok().and_then(Money::new);
    let most = Money::MAX_BID.minor().unsigned_abs();
    amount
        .filter(|amount| *amount <= Money::MAX_BID)
        .ok_or_else(|| malformed("limit", Expected::AtMost(most)))
}

fn malformed(field: &str, expected: Expected) -> OfficeError {
    OfficeError::Malformed(Unreadable::new(field, expected))
}

async fn admit(
    engine: &Engine,
    by: &Caller,
    issued: &IssuedInvite,
    bidder: (SaleId, Paddle),
    limit: Option<Money>,
) -> Result<(), InviteError> {
    if is_admitted(engine, issued.account, bidder, limit).await? {
        return Ok(());
    }
    let (sale, paddle) = bidder;
    let Some(actor @ Actor::Staff(_)) = by.actor() else {
        return Err(OfficeError::Denied(Denied::RightMissing).into());
    };
    let hold = engine.arrive();
    let account = Some(AccountId(issued.account));
    let id = CommandId(Uuid::new_v5(&issued.invite, b"admit"));
    let act = SaleAct::AdmitPaddle {
        paddle,
        account,
        limit,
    };
    let vault = engine.vault();
    let command = of_act((sale, id), actor, hold.stamp(), act.into(), vault);
    match engine.submit(sale, command, hold).await?.verdict {
        Verdict::Accepted(_) => Ok(()),
        // Two desks at once: the other one has admitted the same account.
        Verdict::Refused(refusal) => {
            match is_admitted(engine, issued.account, bidder, limit).await? {
                true => Ok(()),
                false => Err(InviteError::Refused(refusal)),
            }
        }
    }
}

/// Whether the account holds the paddle already; its limit is not changed by another link.
async fn is_admitted(
    engine: &Engine,
    account: Uuid,
    (sale, paddle): (SaleId, Paddle),
    limit: Option<Money>,
) -> Result<bool, InviteError> {
    let mine = engine.mine(sale, AccountId(account)).await?;
    let is_admitted = mine.paddle == Some(paddle);
    if is_admitted && limit.is_some() && limit != mine.limit {
        return Err(InviteError::Refused(Refusal::new(Code::PaddleTaken)));
    }
    Ok(is_admitted)
}

impl InviteReply {
    /// The same link for people who reach the server at another address.
    #[must_use]
    pub fn reached_at(mut self, base_url: &str) -> Self {
        if let Some((_, secret)) = self.link.rsplit_once('#') {
            self.link = link_with(base_url, secret);
            self.qr_svg = qr_svg(&self.link);
        }
        self
    }

    fn new(issued: &IssuedInvite, base_url: &str) -> Self {
        let link = link(base_url, &issued.secret);
        Self {
            qr_svg: qr_svg(&link),
            link,
            account: issued.account.to_string(),
            invite: issued.invite.to_string(),
            expires_at: issued.expires_at.0.to_string(),
        }
    }
}

#[cfg(test)]
#[path = "invites_tests.rs"]
mod tests;
