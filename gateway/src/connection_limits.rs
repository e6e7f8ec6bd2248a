//! Who is here, and how often they ask: counts and rates by address and by account.
//!
//! Places are given in the order in which a sale can do without people. Connections of nobody in
//! particular fill all but a reserve; in the reserve a connection may still say who it is. Whoever
//! turns out to be known stays there, and the youngest watcher is let go in their place, so that the
//! reserve is free for the next. The last half of it is for staff alone.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use mazad_office::Role;
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::limits::{FORGET_ABOVE, Limits, reserve};

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

/// ConnectionCounts and rates of everyone.
#[derive(Debug)]
pub(crate) struct ConnectionLimits {
    counts: Mutex<ConnectionCounts>,
    connections: usize,
    per_address: u32,
    per_account: u32,
    commands_per_account: u32,
    handshakes: DefaultKeyedRateLimiter<Prefix>,
    logins: DefaultKeyedRateLimiter<Prefix>,
    requests: DefaultKeyedRateLimiter<Prefix>,
    commands: DefaultKeyedRateLimiter<Uuid>,
    reads: DefaultKeyedRateLimiter<Uuid>,
}

#[derive(Debug, Default)]
struct ConnectionCounts {
    total: usize,
    addresses: BTreeMap<Prefix, u32>,
    accounts: BTreeMap<Uuid, u32>,
    deciding: BTreeMap<Uuid, u32>,
    /// Sockets of nobody in particular, the youngest last, each with what lets it go.
    watchers: BTreeMap<u64, CancellationToken>,
    seats_given: u64,
}

/// An open connection. Dropping it makes room.
#[derive(Debug)]
pub(crate) struct ConnectionPermit {
    connection_limits: Arc<ConnectionLimits>,
    _address: Option<AddressPermit>,
}

/// A connection as one of its address. Dropping it makes room.
#[derive(Debug)]
pub(crate) struct AddressPermit {
    connection_limits: Arc<ConnectionLimits>,
    prefix: Prefix,
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
            per_account: limits.connections_per_account,
            commands_per_account: limits.commands_per_account,
            handshakes: RateLimiter::keyed(quota(limits.handshakes_per_second)),
            logins: RateLimiter::keyed(quota(limits.logins_per_second)),
            requests: RateLimiter::keyed(quota(limits.requests_per_second)),
            commands: RateLimiter::keyed(quota(limits.commands_per_second)),
            reads: RateLimiter::keyed(quota(limits.reads_per_second)),
        })
    }

    /// Lets a connection in; `None` if the house is full, or its address has too many or comes too
    /// often. Without an address: a proxy, for whose people [`Self::admit_address`] is asked.
    pub(crate) fn admit_connection(
        self: &Arc<Self>,
        address: Option<IpAddr>,
    ) -> Option<ConnectionPermit> {
        let stands = match address {
            Some(address) => Some(self.admit_address(address)?),
            None => None,
        };
        let mut counts = self.counts.lock();
        if counts.total >= self.connections {
            drop(counts);
            return None;
        }
        counts.total = counts.total.saturating_add(1);
        Some(ConnectionPermit {
            connection_limits: Arc::clone(self),
            _address: stands,
        })
    }

    /// ConnectionCounts a connection as one of an address; `None` if that has too many or comes too often.
    pub(crate) fn admit_address(self: &Arc<Self>, address: IpAddr) -> Option<AddressPermit> {
        let prefix = Prefix::of(address);
        self.handshakes.check_key(&prefix).ok()?;
        take(&mut self.counts.lock().addresses, prefix, self.per_address)?;
        Some(AddressPermit {
            connection_limits: Arc::clone(self),
            prefix,
        })
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

    /// Whether only the reserve is left: whoever is not known should not linger.
    pub(crate) fn has_only_reserve(&self) -> bool {
        self.counts.lock().total > self.seats()
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
        self.commands.check_key(&account).is_ok()
    }

    /// Whether an account may ask for something over HTTP now.
    pub(crate) fn may_read(&self, account: Uuid) -> bool {
        self.reads.check_key(&account).is_ok()
    }

    /// Whether an address may ask for something over HTTP now.
    pub(crate) fn may_ask(&self, address: IpAddr) -> bool {
        self.requests.check_key(&Prefix::of(address)).is_ok()
    }

    /// Whether an address may try to redeem an invite now.
    pub(crate) fn may_log_in(&self, address: IpAddr) -> bool {
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
        forget(&self.reads);
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

impl Drop for AddressPermit {
    fn drop(&mut self) {
        give_back(
            &mut self.connection_limits.counts.lock().addresses,
            self.prefix,
        );
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
