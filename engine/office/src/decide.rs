//! What the office answers to each request, and which facts follow: pure functions of the fold.

use mazad_engine::domain::{Actor, Paddle, SaleId, Span, StaffId, Time, is_hidden};
use mazad_proto::{Expected, Unreadable};
use uuid::Uuid;

use crate::fact::{Fact, InviteIssued};
use crate::fold::{Account, Fold};
use crate::limits::{
    ACCOUNTS_MAX, DEVICES_MAX, INVITE_VALID_BIDDER, INVITE_VALID_MAX, INVITE_VALID_STAFF,
    INVITES_OPEN_MAX, LABEL_BYTES_MAX, TOKEN_VALID_BIDDER, TOKEN_VALID_STAFF, TOKENS_MAX,
};
use crate::login::{Login, LoginEnd};
use crate::secret::{Digest, Secret};
use crate::{Caller, OfficeError, Right, Role, allow};

/// What a change comes to: the facts to append, who did it, and what to answer once they are
/// durable.
#[derive(Debug)]
pub(crate) struct Decision<T> {
    pub(crate) facts: Vec<Fact>,
    pub(crate) actor: Actor,
    pub(crate) answer: T,
}

/// Whom to invite, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvite {
    pub role: Role,
    /// For a bidder, and only then: the sale.
    pub sale: Option<SaleId>,
    /// For a bidder, and only then: the paddle. Invited before: the same bidder gets another link.
    pub paddle: Option<Paddle>,
    /// A member of staff who is known already and gets another link.
    pub account: Option<Uuid>,
    /// What the desk calls it, never a person's name.
    pub label: String,
    /// How long the link is good; `None`: as `limits.rs` says for the role.
    pub valid_for: Option<Span>,
    /// What becomes of those who are logged in to the account.
    pub logins: Logins,
}

/// What a further link does to the logins of its account, before anybody takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Logins {
    /// They live until the link is taken: it may be for the same person's next device.
    #[default]
    Keep,
    /// They end at once: somebody else may hold them.
    End,
}

/// A link that has just been made, for whoever hands it over.
#[derive(Debug, Clone)]
pub struct IssuedInvite {
    /// Its public id, with which it can be withdrawn.
    pub invite: Uuid,
    /// What the link carries. Shown once, kept nowhere.
    pub secret: Secret,
    /// The pseudonym of the invited.
    pub account: Uuid,
    pub role: Role,
    /// For a bidder: the sale.
    pub sale: Option<SaleId>,
    /// For a bidder: the paddle.
    pub paddle: Option<Paddle>,
    /// What the desk calls it.
    pub label: String,
    /// Until when it can be taken.
    pub expires_at: Time,
}

impl NewInvite {
    /// Checks in the order of [`OfficeError`].
    pub(crate) fn decide(
        &self,
        by: &Caller,
        fold: &Fold,
        now: Time,
    ) -> Result<Decision<IssuedInvite>, OfficeError> {
        allow(by, Right::to_invite(self.role), self.sale)?;
        let valid_for = self.check()?;
        let account = self.account_in(fold)?;
        if fold.invites_open() >= INVITES_OPEN_MAX {
            return Err(OfficeError::Full("open invites"));
        }
        let (invite, secret) = (Uuid::new_v4(), Secret::random());
        let expires_at = now.after(valid_for);
        let issued = InviteIssued {
            invite,
            secret: secret.digest(),
            role: self.role,
            account,
            sale: self.sale,
            paddle: self.paddle,
            expires_at,
            label: self.label.clone(),
        };
        let Self {
            role,
            sale,
            paddle,
            label,
            ..
        } = self.clone();
        let known = fold.accounts().get(&account);
        let ended = known.filter(|_| self.logins == Logins::End);
        let ended = ended.into_iter().flat_map(|known| &known.tokens);
        let mut facts: Vec<Fact> = ended
            .map(|token| revoked(*token, LoginEnd::Ended))
            .collect();
        // An earlier link of the account ends by this very fact (`fold.rs`).
        facts.push(Fact::InviteIssued(issued));
        Ok(Decision {
            facts,
            actor: actor(by),
            answer: IssuedInvite {
                invite,
                secret,
                account,
                role,
                sale,
                paddle,
                label,
                expires_at,
            },
        })
    }

    /// Checks the request alone; answers how long the link is good.
    fn check(&self) -> Result<Span, OfficeError> {
        let is_bidder = self.role == Role::Bidder;
        let has_paddle = self.paddle.is_some_and(|paddle| paddle.0 != 0);
        let malformed =
            |field, expected| Err(OfficeError::Malformed(Unreadable::new(field, expected)));
        let of_bidder = |expected| {
            if is_bidder {
                expected
            } else {
                Expected::LeftOut
            }
        };
        if self.role == Role::Watcher {
            return malformed("role", Role::expected());
        }
        if self.sale.is_some() != is_bidder {
            return malformed("sale", of_bidder(Expected::Uuid));
        }
        if has_paddle != is_bidder || self.paddle.is_some() != is_bidder {
            return malformed("paddle", of_bidder(Expected::NumberFromOne));
        }
        if is_bidder && self.account.is_some() {
            return malformed("account", Expected::LeftOut);
        }
        if self.label.len() > LABEL_BYTES_MAX || self.label.contains(is_hidden) {
            return malformed("label", Expected::TextAtMost(LABEL_BYTES_MAX as u64));
        }
        let usual = if is_bidder {
            INVITE_VALID_BIDDER
        } else {
            INVITE_VALID_STAFF
        };
        let valid_for = self.valid_for.unwrap_or(usual);
        if valid_for == Span::ZERO || valid_for > INVITE_VALID_MAX {
            let most = INVITE_VALID_MAX.0.checked_div(Span::minutes(1).0);
            return malformed("validMinutes", Expected::AtMost(most.unwrap_or_default()));
        }
        Ok(valid_for)
    }

    /// The account that is invited: a known one, or a new pseudonym.
    fn account_in(&self, fold: &Fold) -> Result<Uuid, OfficeError> {
        let of_paddle = self.sale.zip(self.paddle);
        let known = match of_paddle {
            Some((sale, paddle)) => fold.account_of_paddle(sale, paddle),
            None => self.account,
        };
        match known.map(|id| (id, fold.accounts().get(&id))) {
            Some((_, Some(account))) if account.disabled => Err(OfficeError::Disabled),
            Some((id, Some(account))) if account.role == self.role => Ok(id),
            // A role is not changed: the account is disabled, and the person invited anew.
            Some(_) => Err(OfficeError::NotFound),
            None if fold.accounts().len() >= ACCOUNTS_MAX => Err(OfficeError::Full("accounts")),
            None => Ok(Uuid::new_v4()),
        }
    }
}

/// Takes the invite with this secret. Whoever held the account before, on whatever devices, is out and
/// sees that at once, so that nobody becomes somebody else in silence: a further device of the same person
/// comes in by [`add_device`].
pub(crate) fn redeem(
    secret: Digest,
    fold: &Fold,
    now: Time,
) -> Result<Decision<Login>, OfficeError> {
    let (invite, open) = fold
        .invite_of(secret, now)
        .ok_or(OfficeError::InviteInvalid)?;
    let account = fold
        .accounts()
        .get(&open.account)
        .filter(|account| !account.disabled);
    let account = account.ok_or(OfficeError::InviteInvalid)?;
    if account.tokens.is_empty() && fold.tokens_live() >= TOKENS_MAX {
        return Err(OfficeError::Full("logins"));
    }
    let earlier = account.tokens.iter();
    let mut facts: Vec<Fact> = earlier
        .map(|token| revoked(*token, LoginEnd::Replaced))
        .collect();
    let (id, token) = (Uuid::new_v4(), Secret::random());
    let is_bidder = account.role == Role::Bidder;
    let expires_at = now.after(if is_bidder {
        TOKEN_VALID_BIDDER
    } else {
        TOKEN_VALID_STAFF
    });
    facts.push(Fact::InviteRedeemed {
        invite,
        token: id,
        digest: token.digest(),
        expires_at,
    });
    let caller = account.caller(open.account, id);
    Ok(Decision {
        facts,
        actor: actor(&caller),
        answer: Login {
            token,
            caller,
            expires_at,
        },
    })
}

/// Lets the person who holds a login in on a further device. The new login lasts no longer than the one
/// that made its link, so that nobody stays for ever by a chain of links. Above the bound the oldest of the
/// others ends: the one in hand is not taken away from whoever has just pressed.
pub(crate) fn add_device(by: Uuid, fold: &Fold, now: Time) -> Result<Decision<Login>, OfficeError> {
    let maker = fold.caller(by, now).ok_or(OfficeError::InviteInvalid)?;
    let known = fold.token(by).zip(fold.accounts().get(&maker.account));
    let (maker_token, account) = known.ok_or(OfficeError::InviteInvalid)?;
    let others = account.tokens.iter().filter(|token| **token != by);
    let one_too_many = account.tokens.len() >= DEVICES_MAX;
    let ended: Vec<Uuid> = others.copied().take(usize::from(one_too_many)).collect();
    if ended.is_empty() && fold.tokens_live() >= TOKENS_MAX {
        return Err(OfficeError::Full("logins"));
    }
    let (id, token) = (Uuid::new_v4(), Secret::random());
    let expires_at = maker_token.expires_at;
    let ends = ended.into_iter();
    let mut facts: Vec<Fact> = ends
        .map(|token| revoked(token, LoginEnd::TooManyDevices))
        .collect();
    facts.push(Fact::DeviceAdded {
        token: id,
        digest: token.digest(),
        expires_at,
        by,
    });
    let caller = account.caller(maker.account, id);
    Ok(Decision {
        facts,
        actor: actor(&caller),
        answer: Login {
            token,
            caller,
            expires_at,
        },
    })
}

const fn revoked(token: Uuid, why: LoginEnd) -> Fact {
    Fact::TokenRevoked { token, why }
}

/// Ends the token or withdraws the open invite with this id.
pub(crate) fn revoke(by: &Caller, id: Uuid, fold: &Fold) -> Result<Decision<()>, OfficeError> {
    let token = fold.token(id).map(|_| revoked(id, LoginEnd::Ended));
    let invite = || fold.invite(id).map(|_| Fact::InviteRevoked { invite: id });
    let fact = token.or_else(invite).ok_or(OfficeError::NotFound)?;
    Ok(Decision {
        facts: vec![fact],
        actor: actor(by),
        answer: (),
    })
}

/// Disables the account with this id.
pub(crate) fn disable(by: &Caller, id: Uuid, fold: &Fold) -> Result<Decision<()>, OfficeError> {
    match fold.accounts().get(&id) {
        None => Err(OfficeError::NotFound),
        Some(Account { disabled: true, .. }) => Err(OfficeError::Disabled),
        Some(_) => Ok(Decision {
            facts: vec![Fact::AccountDisabled { account: id }],
            actor: actor(by),
            answer: (),
        }),
    }
}

fn actor(by: &Caller) -> Actor {
    by.actor().unwrap_or(Actor::Staff(StaffId(by.account)))
}
