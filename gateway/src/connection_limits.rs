//! Who is here, and how often they ask: counts and rates. People who are known count by their account;
//! an address counts only for those who are nobody in particular yet, since thousands of phones may
//! share one.
//!
//! Places are given in the order in which a sale can do without people. Connections of nobody in
//! particular fill all but a reserve; in the reserve a connection may still say who it is. Whoever
//! turns out to be known stays there, and the youngest watcher is let go in their place, so that the
//! reserve is free for the next. The last half of it is for staff alone.

mod peer_permit;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Instant;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use mazad_office::Role;
use mazad_proto::FaultCode;
use parking_lot::Mutex;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::limits::{FORGET_ABOVE, Limits, reserve};

pub(crate) use peer_permit::{PeerPermit, Place};

/// The network that an address stands for: itself, or the /64 that one line usually has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Prefix(IpAddr);

impl Prefix {
    pub(crate) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            v4 @ IpAddr::V4(_) => Self(v4),
            IpAddr::V6(v6) => {
                let [a, b, c, d, _, _, _, _] = v6.segments();
                Self(IpAddr::from([a, b, c, d, 0, 0, 0, 0]))
            }
        }
    }
}

/// Counts and rates of everyone.
#[derive(Debug)]
pub(crate) struct ConnectionLimits {
    counts: Mutex<ConnectionCounts>,
    connections: usize,
    per_address: u32,
    newcomers: u32,
    per_account: u32,
    commands_per_account: u32,
    handshakes: DefaultKeyedRateLimiter<Prefix>,
    logins: DefaultKeyedRateLimiter<Prefix>,
    requests: DefaultKeyedRateLimiter<Prefix>,
    commands: DefaultKeyedRateLimiter<Uuid>,
    refusals: DefaultKeyedRateLimiter<Uuid>,
    reads: DefaultKeyedRateLimiter<Uuid>,
}

#[derive(Debug, Default)]
struct ConnectionCounts {
    total: usize,
    /// Connections that have not said yet whom they are for, or that got no place of their address.
    newcomers: BTreeMap<Prefix, u32>,
    /// Connections of nobody in particular that have a place of their address.
    addresses: BTreeMap<Prefix, u32>,
    /// Connections of people who are known.
    people: BTreeMap<Uuid, u32>,
    /// Sockets among them.
    accounts: BTreeMap<Uuid, u32>,
    deciding: BTreeMap<Uuid, u32>,
    /// Accounts of which too many commands were refused, until when they send none.
    resting: BTreeMap<Uuid, Instant>,
    /// Sockets of nobody in particular, the youngest last, each with what lets it go.
    watchers: BTreeMap<u64, CancellationToken>,
    seats_given: u64,
}

/// An open connection. Dropping it makes room.
#[derive(Debug)]
pub(crate) struct ConnectionPermit {
    connection_limits: Arc<ConnectionLimits>,
    /// `None`: a proxy's, which is nobody's own.
    peer: Option<Arc<PeerPermit>>,
}

impl ConnectionPermit {
    /// What it counts as among those of its address or account; `None` for a proxy's.
    pub(crate) const fn peer(&self) -> Option<&Arc<PeerPermit>> {
        self.peer.as_ref()
    }

    /// Counts it as an account's, or as nobody's in particular.
    pub(crate) fn identify(&self, account: Option<Uuid>) {
        if let Some(peer) = &self.peer {
            peer.identify(account);
        }
    }

    /// Whether it should end with the answer that is being given: others wait for its place.
    pub(crate) fn ends_after_answer(&self) -> bool {
        let is_guest = self.peer().is_some_and(|peer| peer.is_newcomer());
        let counts = self.connection_limits.counts.lock();
        let total = counts.total;
        drop(counts);
        let half = self.connection_limits.connections / 2;
        total > self.connection_limits.seats() || (is_guest && total > half)
    }
}

/// An open socket of an account. Dropping it makes room.
#[derive(Debug)]
pub(crate) struct AccountPermit {
    connection_limits: Arc<ConnectionLimits>,
    account: Uuid,
}

/// A command of an account that is being decided. Dropping it makes room for the next.
#[derive(Debug)]
pub(crate) struct CommandPermit {
    connection_limits: Arc<ConnectionLimits>,
    account: Uuid,
}

impl CommandPermit {
    /// Its command was refused. Whoever is refused more often than a person can be sends nothing for a
    /// while: every refusal is kept for ever.
    pub(crate) fn refused(&self) {
        let limits = &self.connection_limits;
        let Err(early) = limits.refusals.check_key(&self.account) else {
            return;
        };
        let wait = early.wait_time_from(DefaultClock::default().now());
        if let Some(until) = Instant::now().checked_add(wait) {
            let mut counts = limits.counts.lock();
            counts.resting.insert(self.account, until);
        }
    }
}

/// The place of a watcher, as long as nobody known needs it.
#[derive(Debug)]
pub(crate) struct WatcherPermit {
    connection_limits: Arc<ConnectionLimits>,
    number: u64,
    needed: CancellationToken,
}

impl WatcherPermit {
    /// Cancelled when the watcher is let go.
    pub(crate) fn needed(&self) -> CancellationToken {
        self.needed.clone()
    }
}

impl ConnectionLimits {
    pub(crate) fn new(limits: &Limits) -> Arc<Self> {
        Arc::new(Self {
            counts: Mutex::default(),
            connections: limits.connections,
            per_address: limits.connections_per_address,
            newcomers: limits.newcomers_per_address,
            per_account: limits.connections_per_account,
            commands_per_account: limits.commands_per_account,
            handshakes: RateLimiter::keyed(quota(limits.handshakes_per_second)),
            logins: RateLimiter::keyed(quota(limits.logins_per_second)),
            requests: RateLimiter::keyed(quota(limits.requests_per_second)),
            commands: RateLimiter::keyed(quota(limits.commands_per_second)),
            refusals: RateLimiter::keyed(quota(limits.refusals_per_second)),
            reads: RateLimiter::keyed(quota(limits.reads_per_second)),
        })
    }

    /// Lets a connection in; or why not. Without an address: a proxy, for whose people
    /// [`Self::admit_peer`] is asked.
    pub(crate) fn admit_connection(
        self: &Arc<Self>,
        address: Option<IpAddr>,
    ) -> Result<ConnectionPermit, FaultCode> {
        let peer = address
            .map(|address| self.admit_peer(address))
            .transpose()?;
        let mut counts = self.counts.lock();
        if counts.total >= self.connections {
            drop(counts);
            return Err(FaultCode::Busy);
        }
        counts.total = counts.total.saturating_add(1);
        Ok(ConnectionPermit {
            connection_limits: Arc::clone(self),
            peer: peer.map(Arc::new),
        })
    }

    /// Counts a connection as one that has just come from an address; or why not.
    pub(crate) fn admit_peer(self: &Arc<Self>, address: IpAddr) -> Result<PeerPermit, FaultCode> {
        let prefix = Prefix::of(address);
        let mut counts = self.counts.lock();
        // What is left of the house is not for one address.
        let room = usize::try_from(self.newcomers).unwrap_or(usize::MAX);
        let room = room.min(self.connections / 4);
        let room = u32::try_from(room)
            .unwrap_or(u32::MAX)
            .max(self.per_address);
        let room = if counts.total > self.seats() {
            self.per_address
        } else {
            room
        };
        let taken = take(&mut counts.newcomers, prefix, room);
        drop(counts);
        taken.ok_or(FaultCode::TooManyConnections)?;
        Ok(PeerPermit::new(Arc::clone(self), prefix))
    }

    /// Waits until an address may open one more connection: whoever comes with many others is served a
    /// moment later, not turned away. The connection has its place by then, so that few wait.
    pub(crate) async fn handshake_turn(&self, address: IpAddr) {
        let prefix = Prefix::of(address);
        while let Err(early) = self.handshakes.check_key(&prefix) {
            sleep(early.wait_time_from(DefaultClock::default().now())).await;
        }
    }

    /// Lets a socket of an account in; `None` if it has too many.
    pub(crate) fn admit_account(self: &Arc<Self>, account: Uuid) -> Option<AccountPermit> {
        take(&mut self.counts.lock().accounts, account, self.per_account)?;
        Some(AccountPermit {
            connection_limits: Arc::clone(self),
            account,
        })
    }

    /// Seats a watcher; `None` if only the reserve is left.
    pub(crate) fn admit_watcher(self: &Arc<Self>) -> Option<WatcherPermit> {
        let mut counts = self.counts.lock();
        if counts.total > self.seats() {
            return None;
        }
        let number = counts.seats_given;
        counts.seats_given = number.wrapping_add(1);
        let needed = CancellationToken::new();
        counts.watchers.insert(number, needed.clone());
        Some(WatcherPermit {
            connection_limits: Arc::clone(self),
            number,
            needed,
        })
    }

    /// Keeps somebody known, in the reserve if need be: then the youngest watcher goes. False if what
    /// is left is kept for staff.
    pub(crate) fn admit_known(&self, role: Role) -> bool {
        let is_staff = match role {
            Role::Clerk | Role::Auctioneer | Role::Admin => true,
            Role::Watcher | Role::Bidder | Role::Analyst => false,
        };
        let mut counts = self.counts.lock();
        if counts.total <= self.seats() {
            return true;
        }
        if let Some((_, youngest)) = counts.watchers.pop_last() {
            youngest.cancel();
            return true;
        }
        let for_staff = reserve(self.connections).div_ceil(2);
        is_staff || counts.total <= self.connections.saturating_sub(for_staff)
    }

    /// Connections that need not be known.
    fn seats(&self) -> usize {
        self.connections.saturating_sub(reserve(self.connections))
    }

    /// Takes a command of an account in; `None` if too many of its commands are being decided.
    pub(crate) fn admit_command(self: &Arc<Self>, account: Uuid) -> Option<CommandPermit> {
        let mut counts = self.counts.lock();
        take(&mut counts.deciding, account, self.commands_per_account)?;
        drop(counts);
        Some(CommandPermit {
            connection_limits: Arc::clone(self),
            account,
        })
    }

    /// Whether an account may send one more command now.
    pub(crate) fn may_command(&self, account: Uuid) -> bool {
        let resting = self.counts.lock().resting.get(&account).copied();
        let rests = resting.is_some_and(|until| Instant::now() < until);
        !rests && self.commands.check_key(&account).is_ok()
    }

    /// Whether an account may ask for something over HTTP now.
    pub(crate) fn may_read(&self, account: Uuid) -> bool {
        self.reads.check_key(&account).is_ok()
    }

    /// Whether an address may ask for something over HTTP now.
    pub(crate) fn may_ask(&self, address: IpAddr) -> bool {
        self.requests.check_key(&Prefix::of(address)).is_ok()
    }

    /// Whether an address may bring one more secret that is wrong.
    pub(crate) fn may_miss(&self, address: IpAddr) -> bool {
        self.logins.check_key(&Prefix::of(address)).is_ok()
    }

    /// Open connections.
    pub(crate) fn len(&self) -> usize {
        self.counts.lock().total
    }

    /// Forgets the rates of those who have been idle. Called once a second: what can come in
    /// between is bounded by the rate of accepting.
    pub(crate) fn forget_idle(&self) {
        forget(&self.handshakes);
        forget(&self.logins);
        forget(&self.requests);
        forget(&self.commands);
        forget(&self.refusals);
        forget(&self.reads);
        let now = Instant::now();
        self.counts.lock().resting.retain(|_, until| now < *until);
    }
}

fn forget<K: Clone + Eq + std::hash::Hash>(rates: &DefaultKeyedRateLimiter<K>) {
    if rates.len() > FORGET_ABOVE {
        rates.retain_recent();
        rates.shrink_to_fit();
    }
}

/// So many in a second, and as many again at once after a rest.
fn quota(rate: NonZeroU32) -> Quota {
    Quota::per_second(rate).allow_burst(rate.saturating_mul(crate::limits::per_second(2)))
}

/// The rate of one connection's frames.
pub(crate) fn frames(rate: NonZeroU32) -> DefaultDirectRateLimiter {
    RateLimiter::direct(quota(rate))
}

/// So many at once, and one more each second: for things that should not happen at all.
pub(crate) fn strikes(count: NonZeroU32) -> DefaultDirectRateLimiter {
    RateLimiter::direct(Quota::per_second(NonZeroU32::MIN).allow_burst(count))
}

fn take<K: Ord>(counts: &mut BTreeMap<K, u32>, key: K, limit: u32) -> Option<()> {
    let count = counts.entry(key).or_default();
    if *count >= limit {
        return None;
    }
    *count = count.saturating_add(1);
    Some(())
}

fn give_back<K: Ord>(counts: &mut BTreeMap<K, u32>, key: K) {
    if let std::collections::btree_map::Entry::Occupied(mut count) = counts.entry(key) {
        let left = count.get().saturating_sub(1);
        if left == 0 {
            count.remove();
        } else {
            *count.get_mut() = left;
        }
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let mut counts = self.connection_limits.counts.lock();
        counts.total = counts.total.saturating_sub(1);
    }
}

impl Drop for AccountPermit {
    fn drop(&mut self) {
        give_back(
            &mut self.connection_limits.counts.lock().accounts,
            self.account,
        );
    }
}

impl Drop for CommandPermit {
    fn drop(&mut self) {
        give_back(
            &mut self.connection_limits.counts.lock().deciding,
            self.account,
        );
    }
}

impl Drop for WatcherPermit {
    fn drop(&mut self) {
        self.connection_limits
            .counts
            .lock()
            .watchers
            .remove(&self.number);
    }
}

#[cfg(test)]
#[path = "connection_limits_tests.rs"]
mod tests;
