//! The office as its stream tells it: people, open invites, live tokens. A pure fold; time passes
//! only in [`Fold::evict`].

use std::collections::{BTreeMap, BTreeSet, HashMap};

use mazad_engine::domain::{Paddle, SaleId, Time};
use uuid::Uuid;

use crate::fact::{Fact, InviteIssued};
use crate::limits::INVITE_GRACE;
use crate::login::{Life, LoginEnd};
use crate::secret::Digest;
use crate::{Caller, Role};

/// Who is known, and by what.
#[derive(Debug, Default)]
pub(crate) struct Fold {
    accounts: BTreeMap<Uuid, Account>,
    /// A paddle of a sale stays the same bidder, however many links it gets.
    paddles: HashMap<(SaleId, Paddle), Uuid>,
    invites: HashMap<Uuid, Invite>,
    secrets: HashMap<Digest, Uuid>,
    tokens: HashMap<Uuid, Token>,
    digests: HashMap<Digest, Uuid>,
    /// Ends of invites and tokens, the next one first.
    ends: BTreeSet<(Time, Uuid)>,
    /// When the last fact happened: time in the stream never falls.
    latest: Time,
}

/// A person or a desk, by pseudonym.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) role: Role,
    pub(crate) sale: Option<SaleId>,
    pub(crate) paddle: Option<Paddle>,
    /// What the desk calls it.
    pub(crate) label: String,
    pub(crate) disabled: bool,
    /// The link that nobody has used yet: at most one.
    pub(crate) invite: Option<Uuid>,
    /// The tokens that live, the oldest first.
    pub(crate) tokens: Vec<Uuid>,
}

/// A link that nobody has used yet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Invite {
    pub(crate) account: Uuid,
    pub(crate) secret: Digest,
    pub(crate) expires_at: Time,
}

/// A login that has not ended yet.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) account: Uuid,
    pub(crate) digest: Digest,
    pub(crate) expires_at: Time,
    /// Over when the token ends.
    pub(crate) life: Life,
}

impl Fold {
    /// Takes a fact in. A fact about something forgotten or unknown has no effect.
    pub(crate) fn apply(&mut self, fact: Fact, at: Time) {
        self.latest = self.latest.max(at);
        match fact {
            Fact::InviteIssued(issued) => self.issued(issued),
            Fact::InviteRedeemed {
                invite,
                token,
                digest,
                expires_at,
            } => self.redeemed(invite, token, digest, expires_at),
            Fact::TokenRevoked { token, why } => self.end_token(token, why),
            Fact::DeviceAdded {
                token,
                digest,
                expires_at,
                by,
            } => {
                if let Some(account) = self.tokens.get(&by).map(|maker| maker.account) {
                    self.let_in(account, token, digest, expires_at);
                }
            }
            Fact::InviteRevoked { invite } => {
                self.end_invite(invite);
            }
            Fact::AccountDisabled { account } => self.disabled(account),
        }
    }

    /// Forgets what has expired.
    pub(crate) fn evict(&mut self, now: Time) {
        while let Some((end, id)) = self.ends.first().copied() {
            if end > now {
                break;
            }
            self.ends.pop_first();
            self.end_invite(id);
            self.end_token(id, LoginEnd::Ended);
        }
    }

    fn issued(&mut self, issued: InviteIssued) {
        let InviteIssued {
            invite,
            secret,
            role,
            account,
            sale,
            paddle,
            expires_at,
            label,
        } = issued;
        if let (Some(sale), Some(paddle)) = (sale, paddle) {
            self.paddles.insert((sale, paddle), account);
        }
        let known = self.accounts.entry(account).or_insert_with(|| Account {
            role,
            sale,
            paddle,
            label: String::new(),
            disabled: false,
            invite: None,
            tokens: Vec::new(),
        });
        if !label.is_empty() {
            known.label = label;
        }
        if let Some(earlier) = known.invite.replace(invite) {
            self.forget_invite(earlier);
        }
        self.invites.insert(
            invite,
            Invite {
                account,
                secret,
                expires_at,
            },
        );
        self.secrets.insert(secret, invite);
        self.ends.insert((expires_at.after(INVITE_GRACE), invite));
    }

    fn redeemed(&mut self, invite: Uuid, token: Uuid, digest: Digest, expires_at: Time) {
        if let Some(Invite { account, .. }) = self.end_invite(invite) {
            self.let_in(account, token, digest, expires_at);
        }
    }

    fn let_in(&mut self, account: Uuid, token: Uuid, digest: Digest, expires_at: Time) {
        let Some(known) = self.accounts.get_mut(&account) else {
            return;
        };
        known.tokens.push(token);
        let life = Life::default();
        self.tokens.insert(
            token,
            Token {
                account,
                digest,
                expires_at,
                life,
            },
        );
        self.digests.insert(digest, token);
        self.ends.insert((expires_at, token));
    }

    fn disabled(&mut self, account: Uuid) {
        let Some(known) = self.accounts.get_mut(&account) else {
            return;
        };
        known.disabled = true;
        let (invite, tokens) = (known.invite, known.tokens.clone());
        if let Some(invite) = invite {
            self.end_invite(invite);
        }
        for token in tokens {
            self.end_token(token, LoginEnd::Ended);
        }
    }

    fn end_invite(&mut self, invite: Uuid) -> Option<Invite> {
        let ended = self.forget_invite(invite)?;
        if let Some(account) = self.accounts.get_mut(&ended.account) {
            account.invite = account.invite.filter(|open| *open != invite);
        }
        Some(ended)
    }

    fn forget_invite(&mut self, invite: Uuid) -> Option<Invite> {
        let ended = self.invites.remove(&invite)?;
        self.secrets.remove(&ended.secret);
        self.ends
            .remove(&(ended.expires_at.after(INVITE_GRACE), invite));
        Some(ended)
    }

    fn end_token(&mut self, id: Uuid, why: LoginEnd) {
        let Some(token) = self.tokens.remove(&id) else {
            return;
        };
        self.digests.remove(&token.digest);
        self.ends.remove(&(token.expires_at, id));
        if let Some(account) = self.accounts.get_mut(&token.account) {
            account.tokens.retain(|live| *live != id);
        }
        token.life.end(why);
    }
}

/// What is asked of the fold; events change it above.
impl Fold {
    pub(crate) fn latest(&self) -> Time {
        self.latest
    }

    pub(crate) fn accounts(&self) -> &BTreeMap<Uuid, Account> {
        &self.accounts
    }

    pub(crate) fn account_of_paddle(&self, sale: SaleId, paddle: Paddle) -> Option<Uuid> {
        self.paddles.get(&(sale, paddle)).copied()
    }

    pub(crate) fn invites_open(&self) -> usize {
        self.invites.len()
    }

    pub(crate) fn tokens_live(&self) -> usize {
        self.tokens.len()
    }

    pub(crate) fn invite(&self, id: Uuid) -> Option<&Invite> {
        self.invites.get(&id)
    }

    /// The open invite with this secret.
    pub(crate) fn invite_of(&self, secret: Digest, now: Time) -> Option<(Uuid, Invite)> {
        let id = self.secrets.get(&secret)?;
        let invite = self.invites.get(id)?;
        (invite.expires_at > now).then_some((*id, *invite))
    }

    pub(crate) fn token(&self, id: Uuid) -> Option<&Token> {
        self.tokens.get(&id)
    }

    /// Whoever holds the token with this digest, while it lives.
    pub(crate) fn holder(&self, digest: Digest, now: Time) -> Option<Caller> {
        self.caller(*self.digests.get(&digest)?, now)
    }

    /// Whoever holds the token with this id, while it lives.
    pub(crate) fn caller(&self, id: Uuid, now: Time) -> Option<Caller> {
        let token = self
            .tokens
            .get(&id)
            .filter(|token| token.expires_at > now)?;
        let account = self
            .accounts
            .get(&token.account)
            .filter(|account| !account.disabled)?;
        Some(account.caller(token.account, id))
    }
}

impl Account {
    pub(crate) fn caller(&self, account: Uuid, token: Uuid) -> Caller {
        Caller {
            token: Some(token),
            account,
            role: self.role,
            sale: self.sale,
            paddle: self.paddle,
        }
    }
}
