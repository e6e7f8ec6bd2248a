//! One-use tickets for the socket: a browser cannot send a header with an upgrade, and a token in an
//! address would end in logs. Kept in memory only: they live for half a minute.

use std::collections::{BTreeMap, HashMap, VecDeque};

use mazad_engine::domain::Time;
use uuid::Uuid;

use crate::limits::{TICKET_VALID, TICKETS_MAX, TICKETS_PER_TOKEN_MAX};
use crate::secret::{Digest, Secret};

/// The tickets that nobody has used yet.
#[derive(Debug, Default)]
pub(crate) struct Tickets {
    /// In the order they were given, which is the order they expire in.
    given: BTreeMap<u64, OpenTicket>,
    by_digest: HashMap<Digest, u64>,
    by_token: HashMap<Uuid, VecDeque<u64>>,
    next: u64,
}

#[derive(Debug, Clone, Copy)]
struct OpenTicket {
    digest: Digest,
    token: Uuid,
    expires_at: Time,
}

impl Tickets {
    /// A new ticket for whoever holds a token.
    pub(crate) fn give(&mut self, token: Uuid, now: Time) -> Secret {
        self.evict(now);
        let oldest = self
            .by_token
            .get(&token)
            .filter(|own| own.len() >= TICKETS_PER_TOKEN_MAX);
        if let Some(number) = oldest.and_then(|own| own.front().copied()) {
            self.remove(number);
        }
        if self.given.len() >= TICKETS_MAX {
            self.remove_first();
        }
        let secret = Secret::random();
        let digest = secret.digest();
        let number = self.next;
        self.next = number.wrapping_add(1);
        self.given.insert(
            number,
            OpenTicket {
                digest,
                token,
                expires_at: now.after(TICKET_VALID),
            },
        );
        self.by_digest.insert(digest, number);
        self.by_token.entry(token).or_default().push_back(number);
        secret
    }

    /// Takes a ticket: the token that it was given for. A second time there is nothing to take.
    pub(crate) fn take(&mut self, said: &str, now: Time) -> Option<Uuid> {
        let number = self.by_digest.get(&Digest::of(said)?).copied()?;
        let ticket = self.remove(number)?;
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

    #[test]
    fn a_ticket_works_once() {
        let mut tickets = Tickets::default();
        let ticket = tickets.give(ME, NOW);
        assert_eq!(tickets.take(Secret::random().as_str(), NOW), None);
        assert_eq!(tickets.take(ticket.as_str(), NOW), Some(ME));
        assert_eq!(tickets.take(ticket.as_str(), NOW), None);
        assert!(tickets.by_digest.is_empty());
        assert!(tickets.by_token.is_empty());
    }

    #[test]
    fn a_ticket_ends_after_30_seconds() {
        let mut tickets = Tickets::default();
        let in_time = tickets.give(ME, NOW);
        let late = tickets.give(ME, NOW);
        let end = NOW.after(TICKET_VALID);
        assert_eq!(tickets.take(in_time.as_str(), Time(end.0 - 1)), Some(ME));
        assert_eq!(tickets.take(late.as_str(), end), None);
        tickets.give(ME, NOW);
        tickets.evict(end);
        assert!(tickets.given.is_empty());
    }

    #[test]
    fn one_more_ticket_of_a_token_ends_its_oldest() {
        let mut tickets = Tickets::default();
        let other = tickets.give(Uuid::from_u128(2), NOW);
        let first = tickets.give(ME, NOW);
        let rest: Vec<Secret> = (0..TICKETS_PER_TOKEN_MAX)
            .map(|_| tickets.give(ME, NOW))
            .collect();
        assert_eq!(tickets.take(first.as_str(), NOW), None);
        assert!(
            rest.iter()
                .all(|ticket| tickets.take(ticket.as_str(), NOW) == Some(ME))
        );
        assert_eq!(tickets.take(other.as_str(), NOW), Some(Uuid::from_u128(2)));
    }

    #[test]
    fn the_table_is_bounded() {
        let mut tickets = Tickets::default();
        let first = tickets.give(ME, NOW);
        for holder in 0..TICKETS_MAX as u128 {
            tickets.give(Uuid::from_u128(10 + holder), NOW);
        }
        assert_eq!(tickets.given.len(), TICKETS_MAX);
        assert_eq!(tickets.by_digest.len(), TICKETS_MAX);
        assert_eq!(tickets.take(first.as_str(), NOW), None);
    }
}
