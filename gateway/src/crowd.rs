//! Who is here, and how often they ask: counts and rates by address and by account.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use parking_lot::Mutex;
use uuid::Uuid;

use crate::limits::{ACCOUNTS_MAX, ADDRESSES_MAX, Limits};

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
pub(crate) struct Crowd {
    counts: Mutex<Counts>,
    connections: usize,
    per_address: u32,
    per_account: u32,
    handshakes: DefaultKeyedRateLimiter<Prefix>,
    logins: DefaultKeyedRateLimiter<Prefix>,
    commands: DefaultKeyedRateLimiter<Uuid>,
}

#[derive(Debug, Default)]
struct Counts {
    total: usize,
    addresses: BTreeMap<Prefix, u32>,
    accounts: BTreeMap<Uuid, u32>,
}

/// An open connection of an address. Dropping it makes room.
#[derive(Debug)]
pub(crate) struct AddressPlace {
    crowd: Arc<Crowd>,
    prefix: Prefix,
}

/// An open socket of an account. Dropping it makes room.
#[derive(Debug)]
pub(crate) struct AccountPlace {
    crowd: Arc<Crowd>,
    account: Uuid,
}

impl Crowd {
    pub(crate) fn new(limits: &Limits) -> Arc<Self> {
        Arc::new(Self {
            counts: Mutex::default(),
            connections: limits.connections,
            per_address: limits.connections_per_address,
            per_account: limits.connections_per_account,
            handshakes: RateLimiter::keyed(quota(limits.handshakes_per_second)),
            logins: RateLimiter::keyed(quota(limits.logins_per_second)),
            commands: RateLimiter::keyed(quota(limits.commands_per_second)),
        })
    }

    /// Lets a connection in; `None` if its address has too many or comes too often.
    pub(crate) fn connect(self: &Arc<Self>, address: IpAddr) -> Option<AddressPlace> {
        let prefix = Prefix::of(address);
        self.handshakes.check_key(&prefix).ok()?;
        let mut counts = self.counts.lock();
        if counts.total >= self.connections {
            return None;
        }
        take(&mut counts.addresses, prefix, self.per_address)?;
        counts.total = counts.total.saturating_add(1);
        Some(AddressPlace {
            crowd: Arc::clone(self),
            prefix,
        })
    }

    /// Lets a socket of an account in; `None` if it has too many.
    pub(crate) fn enter(self: &Arc<Self>, account: Uuid) -> Option<AccountPlace> {
        take(&mut self.counts.lock().accounts, account, self.per_account)?;
        Some(AccountPlace {
            crowd: Arc::clone(self),
            account,
        })
    }

    /// Whether an account may send one more command now.
    pub(crate) fn may_command(&self, account: Uuid) -> bool {
        self.commands.check_key(&account).is_ok()
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
        for addresses in [&self.handshakes, &self.logins] {
            if addresses.len() > ADDRESSES_MAX / 64 {
                addresses.retain_recent();
                addresses.shrink_to_fit();
            }
        }
        if self.commands.len() > ACCOUNTS_MAX / 64 {
            self.commands.retain_recent();
            self.commands.shrink_to_fit();
        }
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

impl Drop for AddressPlace {
    fn drop(&mut self) {
        let mut counts = self.crowd.counts.lock();
        counts.total = counts.total.saturating_sub(1);
        give_back(&mut counts.addresses, self.prefix);
    }
}

impl Drop for AccountPlace {
    fn drop(&mut self) {
        give_back(&mut self.crowd.counts.lock().accounts, self.account);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crowd() -> Arc<Crowd> {
        Crowd::new(&Limits {
            connections: 3,
            connections_per_address: 2,
            connections_per_account: 1,
            ..Limits::default()
        })
    }

    #[test]
    fn an_address_has_so_many_connections_and_gets_them_back() {
        let crowd = crowd();
        let home: IpAddr = "2001:db8::1".parse().unwrap();
        let neighbour: IpAddr = "2001:db8::ffff:2".parse().unwrap();
        let elsewhere: IpAddr = "2001:db8:0:1::1".parse().unwrap();
        let first = crowd.connect(home);
        let second = crowd.connect(neighbour);
        assert!(first.is_some() && second.is_some());
        assert!(crowd.connect(home).is_none(), "the same /64");
        let third = crowd.connect(elsewhere);
        assert!(third.is_some());
        assert!(
            crowd.connect("203.0.113.1".parse().unwrap()).is_none(),
            "full in all"
        );
        drop(first);
        assert!(crowd.connect(home).is_some());
        drop((second, third));
        assert!(crowd.counts.lock().addresses.is_empty());
        assert_eq!(crowd.len(), 0);
    }

    #[test]
    fn a_mapped_address_is_the_address_it_maps() {
        let mapped: IpAddr = "::ffff:203.0.113.7".parse().unwrap();
        assert_eq!(
            Prefix::of(mapped),
            Prefix::of("203.0.113.7".parse().unwrap())
        );
    }

    #[test]
    fn handshakes_and_commands_have_a_rate() {
        let crowd = Crowd::new(&Limits::default());
        let address: IpAddr = "203.0.113.7".parse().unwrap();
        let taken = (0..100)
            .filter(|_| crowd.connect(address).is_some())
            .count();
        assert!((40..100).contains(&taken), "{taken}");
        let account = Uuid::from_u128(7);
        let taken = (0..1000).filter(|_| crowd.may_command(account)).count();
        assert!((40..1000).contains(&taken), "{taken}");
        assert!(
            crowd.may_command(Uuid::from_u128(8)),
            "another account has its own rate"
        );
    }

    #[test]
    fn an_account_has_so_many_sockets() {
        let crowd = crowd();
        let first = crowd.enter(Uuid::from_u128(1));
        assert!(first.is_some());
        assert!(crowd.enter(Uuid::from_u128(1)).is_none());
        drop(first);
        assert!(crowd.enter(Uuid::from_u128(1)).is_some());
    }
}
