//! One-use tickets of a login: for the socket, since a browser cannot send a header with an upgrade, and a
//! token in an address would end in logs; and for another device of the same person. Kept in memory only:
//! they live for half a minute, or ten.

use std::collections::{BTreeMap, HashMap, VecDeque};

use mazad_engine::domain::{Span, Time};
use uuid::Uuid;

use crate::limits::{
    DEVICE_LINK_VALID, DEVICE_LINKS_MAX, TICKET_VALID, TICKETS_MAX, TICKETS_PER_TOKEN_MAX,
};
use crate::secret::{Digest, Secret};

/// The tickets that nobody has used yet.
#[derive(Debug)]
pub(crate) struct Tickets {
    limits: TicketLimits,
    /// In the order they were given, which is the order they expire in.
    given: BTreeMap<u64, OpenTicket>,
    by_digest: HashMap<Digest, u64>,
    by_token: HashMap<Uuid, VecDeque<u64>>,
    next: u64,
}

/// The bounds of tickets of one kind.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TicketLimits {
    valid: Span,
    /// Of one login at once.
    per_token: usize,
    /// In all.
    open: usize,
}

/// Tickets for the socket.
pub(crate) const SOCKET: TicketLimits = TicketLimits {
    valid: TICKET_VALID,
    per_token: TICKETS_PER_TOKEN_MAX,
    open: TICKETS_MAX,
};

/// Links for another device.
pub(crate) const DEVICE: TicketLimits = TicketLimits {
    valid: DEVICE_LINK_VALID,
    per_token: 1,
    open: DEVICE_LINKS_MAX,
};

/// A ticket that nobody has used yet, or that has just been taken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OpenTicket {
    digest: Digest,
    pub(crate) token: Uuid,
    expires_at: Time,
}

impl Tickets {
    pub(crate) fn new(limits: TicketLimits) -> Self {
        Self {
            limits,
            given: BTreeMap::new(),
            by_digest: HashMap::new(),
            by_token: HashMap::new(),
            next: 0,
        }
    }

    /// A new ticket for whoever holds a token, and its end.
    pub(crate) fn give(&mut self, token: Uuid, now: Time) -> (Secret, Time) {
        let (secret, expires_at) = (Secret::random(), now.after(self.limits.valid));
        let digest = secret.digest();
        self.evict(now);
        self.open(OpenTicket {
            digest,
            token,
            expires_at,
        });
        (secret, expires_at)
    }

    /// Opens a ticket again that was taken for something that was not done.
    pub(crate) fn give_back(&mut self, ticket: OpenTicket) {
        self.open(ticket);
    }

    fn open(&mut self, ticket: OpenTicket) {
        let OpenTicket { digest, token, .. } = ticket;
        let oldest = self
            .by_token
            .get(&token)
            .filter(|own| own.len() >= self.limits.per_token);
        if let Some(number) = oldest.and_then(|own| own.front().copied()) {
            self.remove(number);
        }
        if self.given.len() >= self.limits.open {
            self.remove_first();
        }
        let number = self.next;
        self.next = number.wrapping_add(1);
        self.given.insert(number, ticket);
        self.by_digest.insert(digest, number);
        self.by_token.entry(token).or_default().push_back(number);
    }

    /// Takes a ticket: the token that it was given for. A second time there is nothing to take.
    pub(crate) fn take(&mut self, said: &str, now: Time) -> Option<OpenTicket> {
        let number = self.by_digest.get(&Digest::of(said)?).copied()?;
        let ticket = self.remove(number)?;
        (ticket.expires_at > now).then_some(ticket)
    }

    /// The token that a ticket was given for, without taking it.
    pub(crate) fn shown(&self, said: &str, now: Time) -> Option<Uuid> {
        let number = self.by_digest.get(&Digest::of(said)?)?;
        let ticket = self.given.get(number)?;
        (ticket.expires_at > now).then_some(ticket.token)
    }

    /// Forgets what has expired.
    pub(crate) fn evict(&mut self, now: Time) {
        while self
            .given
            .first_key_value()
            .is_some_and(|(_, first)| first.expires_at <= now)
        {
            self.remove_first();
        }
    }

    fn remove_first(&mut self) {
        if let Some(number) = self.given.first_key_value().map(|(number, _)| *number) {
            self.remove(number);
        }
    }

    fn remove(&mut self, number: u64) -> Option<OpenTicket> {
        let ticket = self.given.remove(&number)?;
        self.by_digest.remove(&ticket.digest);
        if let Some(own) = self.by_token.get_mut(&ticket.token) {
            own.retain(|it| *it != number);
            if own.is_empty() {
                self.by_token.remove(&ticket.token);
            }
        }
        Some(ticket)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time(1_000_000);
    const ME: Uuid = Uuid::from_u128(1);

    fn taken(tickets: &mut Tickets, said: &str, now: Time) -> Option<Uuid> {
        tickets.take(said, now).map(|ticket| ticket.token)
    }

    #[test]
    fn a_ticket_works_once() {
        let mut tickets = Tickets::new(SOCKET);
        let ticket = tickets.give(ME, NOW).0;
        assert_eq!(taken(&mut tickets, Secret::random().as_str(), NOW), None);
        assert_eq!(taken(&mut tickets, ticket.as_str(), NOW), Some(ME));
        assert_eq!(taken(&mut tickets, ticket.as_str(), NOW), None);
        assert!(tickets.by_digest.is_empty());
        assert!(tickets.by_token.is_empty());
    }

    #[test]
    fn a_ticket_ends_after_30_seconds() {
        let mut tickets = Tickets::new(SOCKET);
        let in_time = tickets.give(ME, NOW).0;
        let late = tickets.give(ME, NOW).0;
        let end = NOW.after(TICKET_VALID);
        assert_eq!(
            taken(&mut tickets, in_time.as_str(), Time(end.0 - 1)),
            Some(ME)
        );
        assert_eq!(taken(&mut tickets, late.as_str(), end), None);
        tickets.give(ME, NOW);
        tickets.evict(end);
        assert!(tickets.given.is_empty());
    }

    #[test]
    fn one_more_ticket_of_a_token_ends_its_oldest() {
        let mut tickets = Tickets::new(SOCKET);
        let other = tickets.give(Uuid::from_u128(2), NOW).0;
        let first = tickets.give(ME, NOW).0;
        let rest: Vec<Secret> = (0..TICKETS_PER_TOKEN_MAX)
            .map(|_| tickets.give(ME, NOW).0)
            .collect();
        assert_eq!(taken(&mut tickets, first.as_str(), NOW), None);
        assert!(
            rest.iter()
                .all(|ticket| taken(&mut tickets, ticket.as_str(), NOW) == Some(ME))
        );
        assert_eq!(
            taken(&mut tickets, other.as_str(), NOW),
            Some(Uuid::from_u128(2))
        );
    }

    #[test]
    fn the_table_is_bounded() {
        let mut tickets = Tickets::new(SOCKET);
        let first = tickets.give(ME, NOW).0;
        for holder in 0..TICKETS_MAX as u128 {
            tickets.give(Uuid::from_u128(10 + holder), NOW);
        }
        assert_eq!(tickets.given.len(), TICKETS_MAX);
        assert_eq!(tickets.by_digest.len(), TICKETS_MAX);
        assert_eq!(taken(&mut tickets, first.as_str(), NOW), None);
    }

    #[test]
    fn a_further_link_for_a_device_ends_the_one_before() {
        let mut links = Tickets::new(DEVICE);
        let first = links.give(ME, NOW).0;
        let (second, end) = links.give(ME, NOW);
        assert_eq!(links.shown(first.as_str(), NOW), None);
        assert_eq!(links.shown(second.as_str(), NOW), Some(ME));
        assert_eq!(links.shown(second.as_str(), end), None, "after ten minutes");
        let ticket = links.take(second.as_str(), NOW).unwrap();
        assert_eq!(links.shown(second.as_str(), NOW), None);
        links.give_back(ticket);
        assert_eq!(taken(&mut links, second.as_str(), NOW), Some(ME));
    }
}
