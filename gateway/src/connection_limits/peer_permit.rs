//! What a connection counts as: at first as a newcomer of its address, and as soon as it has shown whom
//! it is for, as an account's or as nobody's in particular.

use std::sync::Arc;

use parking_lot::Mutex;
use uuid::Uuid;

use super::{ConnectionLimits, Prefix, give_back, take};
use crate::limits::CONNECTIONS_OF_A_PERSON;

/// What a connection counts as. Dropping it makes room.
#[derive(Debug)]
pub(crate) struct PeerPermit {
    connection_limits: Arc<ConnectionLimits>,
    prefix: Prefix,
    counts_as: Mutex<CountsAs>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CountsAs {
    Newcomer,
    /// Of nobody in particular, with a place of its address.
    Nobody,
    Account(Uuid),
}

/// Whether a connection has a place in which it may stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Own,
    /// Its address has no more for people who are not known.
    None,
}

impl PeerPermit {
    /// Of a connection that has been counted as a newcomer.
    pub(super) fn new(connection_limits: Arc<ConnectionLimits>, prefix: Prefix) -> Self {
        Self {
            connection_limits,
            prefix,
            counts_as: Mutex::new(CountsAs::Newcomer),
        }
    }

    /// Counts it anew, as an account's or as nobody's in particular. An account that has too many
    /// connections counts further ones for their address.
    pub(crate) fn identify(&self, account: Option<Uuid>) -> Place {
        let mut counts_as = self.counts_as.lock();
        if let Some(account) = account {
            if *counts_as == CountsAs::Account(account) {
                return Place::Own;
            }
            let mut counts = self.connection_limits.counts.lock();
            if take(&mut counts.people, account, CONNECTIONS_OF_A_PERSON).is_some() {
                drop(counts);
                self.leave(*counts_as);
                *counts_as = CountsAs::Account(account);
                return Place::Own;
            }
        }
        if *counts_as == CountsAs::Nobody {
            return Place::Own;
        }
        let mut counts = self.connection_limits.counts.lock();
        let limit = self.connection_limits.per_address;
        let taken = take(&mut counts.addresses, self.prefix, limit);
        let (now, place) = match taken {
            Some(()) => (CountsAs::Nobody, Place::Own),
            None if *counts_as == CountsAs::Newcomer => return Place::None,
            None => {
                let newcomers = counts.newcomers.entry(self.prefix).or_default();
                *newcomers = newcomers.saturating_add(1);
                (CountsAs::Newcomer, Place::None)
            }
        };
        drop(counts);
        self.leave(*counts_as);
        *counts_as = now;
        place
    }

    /// Whether it has no place in which it may stay.
    pub(crate) fn is_newcomer(&self) -> bool {
        *self.counts_as.lock() == CountsAs::Newcomer
    }

    fn leave(&self, counts_as: CountsAs) {
        let mut counts = self.connection_limits.counts.lock();
        match counts_as {
            CountsAs::Newcomer => give_back(&mut counts.newcomers, self.prefix),
            CountsAs::Nobody => give_back(&mut counts.addresses, self.prefix),
            CountsAs::Account(account) => give_back(&mut counts.people, account),
        }
    }
}

impl Drop for PeerPermit {
    fn drop(&mut self) {
        let counts_as = *self.counts_as.get_mut();
        self.leave(counts_as);
    }
}
