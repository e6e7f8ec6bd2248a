//! The office: invites, logins and their ends, appended to the `office` stream and folded from it.
//!
//! Every change is decided on the fold, appended at exactly the revision that the fold stands at,
//! and heard only when it is durable. If another process was faster, its facts are read first and
//! the change is decided anew: of two that take one link, one wins.

use std::sync::Arc;
use std::time::Duration;

use mazad_engine::clock::Clock;
use mazad_engine::domain::{Actor, Paddle, SaleId, Time};
use mazad_engine::store::EventStore;
use parking_lot::{Mutex, RwLock};
use tokio::sync::MutexGuard;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::decide::{Decision, IssuedInvite, NewInvite};
use crate::fact::Fact;
use crate::fold::Fold;
use crate::limits::{
    APPEND_TRIES_MAX, OWED_AT_ONCE, TOKEN_VALID_STAFF, TURN_WAIT, WATCH_PERIOD_MS,
};
use crate::log::{Landed, Log};
use crate::login::{DeviceLink, Life, Login, LoginEnd};
use crate::people::Person;
use crate::secret::{Digest, Secret};
use crate::tickets::{self, OpenTicket, Tickets};
use crate::{Caller, Denied, OfficeError, Right, allow};

/// Everybody who may come in. Cheap to clone: all clones are one office.
#[derive(Debug, Clone)]
pub struct Office(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: Arc<dyn Clock>,
    /// Held over an append and its fold: one change at a time.
    log: tokio::sync::Mutex<Log>,
    fold: RwLock<Fold>,
    /// Ends that hold and are not written yet: they come before anything else that is. Bounded by
    /// what there is to end, since nothing ends twice.
    owed: Mutex<Vec<(Fact, Actor)>>,
    tickets: Mutex<Tickets>,
    /// Links for another device of whoever is logged in: they end with the process, like tickets.
    devices: Mutex<Tickets>,
    /// Logins of local tools: they end with the process, so the log does not know them.
    local: RwLock<Option<Local>>,
}

#[derive(Debug)]
struct Local {
    digest: Digest,
    caller: Caller,
    life: Life,
}

impl Office {
    /// Reads the office stream of a store.
    ///
    /// # Errors
    /// The stream cannot be read, or holds something that this program did not write.
    pub async fn open(
        store: Arc<dyn EventStore>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OfficeError> {
        let office = Self(Arc::new(Inner {
            clock,
            log: tokio::sync::Mutex::new(Log::new(store)),
            fold: RwLock::default(),
            owed: Mutex::default(),
            tickets: Mutex::new(Tickets::new(tickets::SOCKET)),
            devices: Mutex::new(Tickets::new(tickets::DEVICE)),
            local: RwLock::default(),
        }));
        office.catch_up(&mut *office.0.log.lock().await).await?;
        office.evict();
        Ok(office)
    }

    /// Invites somebody: the secret of the link is in the answer and nowhere else. An earlier link
    /// of the same account that nobody has used ends. `by` nobody: a tool on the server's own store.
    ///
    /// # Errors
    /// See [`OfficeError`].
    pub async fn invite(
        &self,
        by: Option<&Caller>,
        new: NewInvite,
    ) -> Result<IssuedInvite, OfficeError> {
        let by = by.copied().unwrap_or(Caller::operator(None));
        self.change(|fold, now| new.decide(&by, fold, now)).await
    }

    /// A link with which the same person comes in on another device too, good once. It ends with the
    /// login that made it.
    ///
    /// # Errors
    /// [`OfficeError::Denied`]: a watcher, or a tool of this machine, which is no person.
    pub fn device_link(&self, by: &Caller) -> Result<DeviceLink, OfficeError> {
        allow(by, Right::LinkDevice, by.sale)?;
        let fold = self.0.fold.read();
        let token = by.token.filter(|token| fold.token(*token).is_some());
        let token = token.ok_or(OfficeError::Denied(Denied::RightMissing))?;
        let (secret, expires_at) = self.0.devices.lock().give(token, self.0.clock.now());
        Ok(DeviceLink { secret, expires_at })
    }

    /// Lets somebody in who brings such a link. A link that was not used after all is good again.
    async fn add_device(&self, link: OpenTicket) -> Result<Login, OfficeError> {
        let added = self
            .change(|fold, now| crate::decide::add_device(link.token, fold, now))
            .await;
        match &added {
            Ok(_) | Err(OfficeError::InviteInvalid) => {}
            Err(_) => self.0.devices.lock().give_back(link),
        }
        added
    }

    /// Takes an invite, or a link for another device: once. The answer has the token, which nobody can
    /// ask for again.
    ///
    /// # Errors
    /// [`OfficeError::InviteInvalid`] for a wrong, used, expired or withdrawn link alike.
    pub async fn redeem(&self, secret: &str) -> Result<Login, OfficeError> {
        let digest = Digest::of(secret).ok_or(OfficeError::InviteInvalid)?;
        let link = self.0.devices.lock().take(secret, self.0.clock.now());
        if let Some(link) = link {
            return self.add_device(link).await;
        }
        // Somebody who guesses holds up nobody who writes.
        self.shown(secret)?;
        self.change(|fold, now| crate::decide::redeem(digest, fold, now))
            .await
    }

    /// Whom an invite or a link for another device lets in, without taking it: neither a look nor a program that opens every link uses
    /// it up. The answer is no login.
    ///
    /// # Errors
    /// [`OfficeError::InviteInvalid`] for a wrong, used, expired or withdrawn link alike.
    pub fn shown(&self, secret: &str) -> Result<Caller, OfficeError> {
        let digest = Digest::of(secret).ok_or(OfficeError::InviteInvalid)?;
        let now = self.0.clock.now();
        let maker = self.0.devices.lock().shown(secret, now);
        let fold = self.0.fold.read();
        if let Some(maker) = maker {
            let known = fold.caller(maker, now).ok_or(OfficeError::InviteInvalid)?;
            return Ok(Caller {
                token: None,
                ..known
            });
        }
        let (_, open) = fold
            .invite_of(digest, now.max(fold.latest()))
            .ok_or(OfficeError::InviteInvalid)?;
        let account = fold
            .accounts()
            .get(&open.account)
            .filter(|account| !account.disabled)
            .ok_or(OfficeError::InviteInvalid)?;
        Ok(Caller {
            token: None,
            ..account.caller(open.account, Uuid::nil())
        })
    }

    /// Ends a token, or withdraws an invite that nobody has used, by its public id. Everybody may end
    /// the own token. It holds at once, also while the disk takes nothing.
    ///
    /// # Errors
    /// See [`OfficeError`]; [`OfficeError::NotFound`] if it has ended before, [`OfficeError::Unsure`]
    /// if it has ended here and is not written yet.
    pub async fn revoke(&self, by: &Caller, id: Uuid) -> Result<(), OfficeError> {
        let is_own = by.token == Some(id);
        allow(
            by,
            if is_own {
                Right::EndSession
            } else {
                Right::EndOthers
            },
            None,
        )?;
        if is_own && self.end_local(id) {
            return Ok(());
        }
        self.end_now(|fold| crate::decide::revoke(by, id, fold))
            .await
    }

    /// The bidder who was invited under a paddle of a sale.
    pub fn account_of_paddle(&self, (sale, paddle): (SaleId, Paddle)) -> Option<Uuid> {
        self.0.fold.read().account_of_paddle(sale, paddle)
    }

    /// Withdraws an invite that has just been issued and that nobody has seen.
    ///
    /// # Errors
    /// See [`OfficeError`]; [`OfficeError::NotFound`] if another one has taken its place.
    pub async fn withdraw(&self, by: &Caller, invite: Uuid) -> Result<(), OfficeError> {
        self.change(|fold, _| crate::decide::revoke(by, invite, fold))
            .await
    }

    /// Disables an account for ever: all its tokens and its open invite end, at once.
    ///
    /// # Errors
    /// See [`OfficeError`] and [`Office::revoke`].
    pub async fn disable(&self, by: &Caller, account: Uuid) -> Result<(), OfficeError> {
        allow(by, Right::EndOthers, None)?;
        self.end_now(|fold| crate::decide::disable(by, account, fold))
            .await
    }

    /// Who holds a bearer token, while it lives.
    pub fn identify(&self, token: &str) -> Option<Caller> {
        let digest = Digest::of(token)?;
        let local = |local: &Local| (local.digest == digest).then_some(local.caller);
        let known = || self.0.fold.read().holder(digest, self.0.clock.now());
        self.0.local.read().as_ref().and_then(local).or_else(known)
    }

    /// A login for tools on this machine, with every right of an admin. It is kept in memory and ends
    /// with the process; a second one ends the first.
    pub fn local_login(&self) -> Login {
        let token = Secret::random();
        let caller = Caller::operator(Some(Uuid::new_v4()));
        let life = Life::default();
        let new = Local {
            digest: token.digest(),
            caller,
            life,
        };
        if let Some(earlier) = self.0.local.write().replace(new) {
            earlier.life.end(LoginEnd::Ended);
        }
        let expires_at = self.0.clock.now().after(TOKEN_VALID_STAFF);
        Login {
            token,
            caller,
            expires_at,
        }
    }

    /// A ticket with which a socket says who it is: one use, 30 s. For those who have a token.
    pub fn ticket(&self, caller: &Caller) -> Secret {
        let token = caller.token.unwrap_or_default();
        let (ticket, _) = self.0.tickets.lock().give(token, self.0.clock.now());
        ticket
    }

    /// Takes a ticket: who asked for it, if that login still lives.
    pub fn take_ticket(&self, ticket: &str) -> Option<Caller> {
        let taken = self.0.tickets.lock().take(ticket, self.0.clock.now())?;
        self.identity_of(taken.token)
    }

    /// Over when the login ends: logged out, revoked, disabled or expired. A watcher has none that could
    /// end. Sockets wait on this.
    pub fn life(&self, caller: &Caller) -> Life {
        let Some(id) = caller.token else {
            return Life::default();
        };
        let local = self
            .0
            .local
            .read()
            .as_ref()
            .filter(|local| local.is(id))
            .map(Local::life);
        let known = || self.0.fold.read().token(id).map(|token| token.life.clone());
        local.or_else(known).unwrap_or_else(Life::over)
    }

    /// People by pseudonym, in the order of their ids, after one of them; at most `limit`, and never
    /// more than [`crate::limits::PEOPLE_LISTED_MAX`].
    ///
    /// # Errors
    /// [`OfficeError::Denied`].
    pub fn people(
        &self,
        by: &Caller,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Person>, OfficeError> {
        allow(by, Right::ReadPeople, None)?;
        Ok(crate::people::list(&self.0.fold.read(), after, limit))
    }

    /// Ends what has expired, once a second, and reads what other processes have appended, until
    /// stopped. One task of the server.
    pub async fn keep_time(self, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(Duration::from_millis(WATCH_PERIOD_MS));
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                // Dropping a tick loses one look; the next makes up for it.
                _ = ticks.tick() => {
                    if let Err(error) = self.look().await {
                        tracing::warn!(%error, "office stream not read");
                    }
                }
                () = stop.cancelled() => return,
            }
        }
    }

    /// One look at the clock and at the stream.
    pub(crate) async fn look(&self) -> Result<(), OfficeError> {
        self.evict();
        let mut log = self.0.log.lock().await;
        if log.is_behind().await? {
            self.catch_up(&mut log).await?;
        }
        self.write_owed(&mut log).await
    }

    /// Ends something: in memory first, so that whoever is shut out is out whatever the disk does.
    async fn end_now(
        &self,
        decide: impl FnOnce(&Fold) -> Result<Decision<()>, OfficeError>,
    ) -> Result<(), OfficeError> {
        let Decision { facts, actor, .. } = decide(&self.0.fold.read())?;
        let owed = facts.iter().map(|fact| (fact.clone(), actor));
        self.0.owed.lock().extend(owed);
        let now = self.0.clock.now();
        self.learn(facts.into_iter().map(|fact| (fact, now)));
        let mut log = self.turn().await.map_err(|_| OfficeError::Unsure)?;
        self.write_owed(&mut log).await.map_err(|error| {
            tracing::error!(%error, "an end holds, and is not written yet");
            OfficeError::Unsure
        })
    }

    /// One change at a time; whoever would wait for long, because the store is away, hears so.
    async fn turn(&self) -> Result<MutexGuard<'_, Log>, OfficeError> {
        let turn = tokio::time::timeout(TURN_WAIT, self.0.log.lock());
        turn.await.map_err(|_| OfficeError::Busy)
    }

    async fn write_owed(&self, log: &mut Log) -> Result<(), OfficeError> {
        for _ in 0..APPEND_TRIES_MAX {
            let owed: Vec<(Fact, Actor)> = {
                let all = self.0.owed.lock();
                all.iter().take(OWED_AT_ONCE).cloned().collect()
            };
            if owed.is_empty() {
                return Ok(());
            }
            let now = self.0.clock.now().max(self.0.fold.read().latest());
            let events = owed
                .iter()
                .map(|(fact, actor)| fact.to_event(now, *actor))
                .collect::<Result<_, _>>()?;
            match log.append(events).await? {
                Landed::Written => drop(self.0.owed.lock().drain(..owed.len())),
                Landed::Behind => self.catch_up(log).await?,
            }
        }
        Err(OfficeError::Busy)
    }

    async fn change<T>(
        &self,
        decide: impl Fn(&Fold, Time) -> Result<Decision<T>, OfficeError>,
    ) -> Result<T, OfficeError> {
        let mut log = self.turn().await?;
        self.write_owed(&mut log).await?;
        for _ in 0..APPEND_TRIES_MAX {
            let now = self.0.clock.now().max(self.0.fold.read().latest());
            let decision = decide(&self.0.fold.read(), now)?;
            let Decision {
                facts,
                actor,
                answer,
            } = decision;
            let events = facts
                .iter()
                .map(|fact| fact.to_event(now, actor))
                .collect::<Result<_, _>>()?;
            match log.append(events).await? {
                Landed::Written => {
                    self.learn(facts.into_iter().map(|fact| (fact, now)));
                    return Ok(answer);
                }
                Landed::Behind => self.catch_up(&mut log).await?,
            }
        }
        Err(OfficeError::Busy)
    }

    async fn catch_up(&self, log: &mut Log) -> Result<(), OfficeError> {
        loop {
            let page = log.read().await?;
            if page.is_empty() {
                return Ok(());
            }
            // An end whose append was not known may have been written by it.
            let is_written = |owed: &Fact| page.iter().any(|(fact, _)| fact == owed);
            self.0.owed.lock().retain(|(fact, _)| !is_written(fact));
            self.learn(page);
        }
    }

    fn learn(&self, facts: impl IntoIterator<Item = (Fact, Time)>) {
        let mut fold = self.0.fold.write();
        for (fact, at) in facts {
            fold.apply(fact, at);
        }
    }

    fn evict(&self) {
        let now = self.0.clock.now();
        self.0.tickets.lock().evict(now);
        self.0.devices.lock().evict(now);
        self.0.fold.write().evict(now);
    }

    fn identity_of(&self, token: Uuid) -> Option<Caller> {
        let local = self
            .0
            .local
            .read()
            .as_ref()
            .filter(|local| local.is(token))
            .map(|it| it.caller);
        local.or_else(|| self.0.fold.read().caller(token, self.0.clock.now()))
    }

    fn end_local(&self, token: Uuid) -> bool {
        let ended = self.0.local.write().take_if(|local| local.is(token));
        ended.map(|local| local.life.end(LoginEnd::Ended)).is_some()
    }
}

impl Local {
    fn is(&self, token: Uuid) -> bool {
        self.caller.token == Some(token)
    }

    fn life(&self) -> Life {
        self.life.clone()
    }
}
