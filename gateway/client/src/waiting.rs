//! The commands of a joined sale that have no answer yet. Each has one id and one content for ever;
//! this says when it is sent again, or asked about, and what an answer, a fault or silence means for it.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use mazad_proto::v1;
use mazad_proto::v1::client_frame::Body as Said;
use mazad_proto::v1::command::Act;
use tokio::time::Instant;

use crate::limits::{ACT_FRESH, ANSWER_DOUBT, ANSWERS_KEPT, BID_FRESH, OFFERS_MAX, WAITING_MAX};
use crate::{Answered, ClientError, Fault, OrderError};

/// What becomes of a command whose answer does not come: its connection has ended, or it is late. In no
/// case is a new id made for it.
///
/// ```
/// use mazad_client::{Client, Encoding, OnDoubt};
///
/// let client = Client::new("http://127.0.0.1:8080")?;
/// let stubborn = client.join("SALE", Encoding::Proto).on_doubt(OnDoubt::Repeat);
/// # Ok::<(), mazad_client::ClientError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OnDoubt {
    /// It is sent again while it is fresh (a bid for 30 s, another act for 3 s); an older one is only
    /// asked about, since it was meant for a picture that nobody sees any more.
    #[default]
    RepeatWhileFresh,
    /// It is sent again until there is an answer, however old it is.
    Repeat,
    /// It is asked about first, and sent again only if nobody has seen it.
    LookUp,
}

/// What came of a command.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Ended {
    /// It is decided.
    Answered(Box<Answered>),
    /// Nothing was decided, and it is not sent again.
    NotDecided(Box<NotDecided>),
    /// Nobody has seen it, and it is not sent again.
    NotSeen(String),
}

impl Ended {
    fn not_decided(command: Option<v1::Command>, fault: Fault) -> Self {
        Self::NotDecided(Box::new(NotDecided { command, fault }))
    }
}

/// A command of which nothing was decided.
///
/// ```
/// use mazad_client::NotDecided;
///
/// fn told(no: &NotDecided) -> String {
///     format!("{}: {}", no.fault.code, no.fault.message.en)
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct NotDecided {
    /// The command; `None` if it was only asked about.
    pub command: Option<v1::Command>,
    /// What the server said of it.
    pub fault: Fault,
}

/// How often what has been done.
///
/// ```
/// use mazad_client::CommandCounts;
///
/// assert_eq!(CommandCounts::default().repeats, 0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CommandCounts {
    /// Connections after the first one.
    pub reconnects: u32,
    /// Commands that were sent again, each time.
    pub repeats: u32,
    /// Commands that were asked about, each time.
    pub lookups: u32,
    /// Faults of the server, whatever they were about.
    pub faults: u32,
}

/// Commands without an answer.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    items: BTreeMap<String, Item>,
    /// Those that have ended, oldest first: with their answer, if there was one.
    ended: VecDeque<(String, Option<v1::Answer>)>,
    pub(crate) on_doubt: OnDoubt,
    pub(crate) counts: CommandCounts,
}

#[derive(Debug)]
struct Item {
    /// `None`: it is only asked about.
    command: Option<v1::Command>,
    made: Instant,
    /// When it is sent, or asked about, next.
    due: Instant,
    offers: u32,
    /// The server has said that it never saw it.
    is_unseen: bool,
    /// What the server said last.
    fault: Option<Fault>,
}

impl Waiting {
    /// Takes a command that is to be sent now.
    pub(crate) fn command(
        &mut self,
        command: v1::Command,
        now: Instant,
    ) -> Result<(), ClientError> {
        let id = command.id.clone();
        self.put(id, Some(command), now)
    }

    /// Takes the id of a command that is to be asked about now.
    pub(crate) fn look_up(&mut self, id: &str, now: Instant) -> Result<(), ClientError> {
        match self.items.contains_key(id) {
            true => Ok(()),
            false => self.put(id.to_owned(), None, now),
        }
    }

    fn put(
        &mut self,
        id: String,
        command: Option<v1::Command>,
        now: Instant,
    ) -> Result<(), ClientError> {
        if self.items.len() >= WAITING_MAX {
            return Err(ClientError::Waiting);
        }
        let item = Item {
            command,
            made: now,
            due: now,
            offers: 0,
            is_unseen: false,
            fault: None,
        };
        self.items.insert(id, item);
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.items.contains_key(id)
    }

    /// A command that waits.
    pub(crate) fn get(&self, id: &str) -> Option<&v1::Command> {
        self.items.get(id)?.command.as_ref()
    }

    /// When the next one is due.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.items.values().map(|item| item.due).min()
    }

    /// The connection has ended: all are in doubt.
    pub(crate) fn doubt_all(&mut self, now: Instant) {
        for item in self.items.values_mut() {
            item.due = now;
        }
    }

    /// What is to be said now. The second list has what is given up.
    pub(crate) fn offers(&mut self, sale: &str, now: Instant) -> (Vec<Said>, Vec<Ended>) {
        let on_doubt = self.on_doubt;
        let (mut said, mut given_up) = (Vec::new(), Vec::new());
        for (id, item) in &mut self.items {
            if item.due > now {
                continue;
            }
            if item.offers >= OFFERS_MAX {
                given_up.push(id.clone());
                continue;
            }
            let again = u32::from(item.offers > 0);
            item.offers += 1;
            item.due = now + ANSWER_DOUBT;
            match item.repeated(on_doubt, now) {
                Some(command) => {
                    self.counts.repeats += again;
                    said.push(Said::Command(command.clone()));
                }
                None => {
                    self.counts.lookups += 1;
                    said.push(Said::Lookup(v1::Lookup {
                        sale: sale.to_owned(),
                        id: id.clone(),
                    }));
                }
            }
        }
        let ended = given_up.iter().filter_map(|id| self.give_up(id));
        let ended = ended.collect();
        (said, ended)
    }

    fn give_up(&mut self, id: &str) -> Option<Ended> {
        let item = self.end(id, None)?;
        Some(match item.fault {
            Some(fault) => Ended::not_decided(item.command, fault),
            None => Ended::NotSeen(id.to_owned()),
        })
    }

    /// An answer has come.
    pub(crate) fn answered(
        &mut self,
        answer: v1::Answer,
        bytes: Bytes,
    ) -> Result<Option<Ended>, OrderError> {
        let id = answer.id.clone();
        let known = self.ended.iter().rev().find(|(ended, _)| *ended == id);
        let first = known.map(|(_, answer)| answer);
        match first {
            Some(Some(first)) if *first != answer => {
                return Err(OrderError(format!("two answers to the command {id}")));
            }
            None if !self.has(&id) => {
                let told = format!("an answer to the command {id}, which nobody asked");
                return Err(OrderError(told));
            }
            // A repeat of what has been told.
            Some(Some(_)) if !self.has(&id) => return Ok(None),
            // Given up, and decided after all.
            Some(_) | None => {}
        }
        let item = self.end(&id, Some(answer.clone()));
        Ok(Some(Ended::Answered(Box::new(Answered {
            command: item.and_then(|item| item.command),
            answer,
            bytes,
        }))))
    }

    /// The server has not seen a command.
    pub(crate) fn not_seen(&mut self, id: &str, now: Instant) -> Option<Ended> {
        let on_doubt = self.on_doubt;
        let item = self.items.get_mut(id)?;
        if item.command.is_some() && on_doubt == OnDoubt::LookUp {
            item.is_unseen = true;
            item.due = now;
            return None;
        }
        self.end(id, None)?;
        Some(Ended::NotSeen(id.to_owned()))
    }

    /// A fault about a command.
    pub(crate) fn faulted(&mut self, fault: Fault, now: Instant) -> Option<Ended> {
        let on_doubt = self.on_doubt;
        let item = self.items.get_mut(&fault.id)?;
        // Whoever does not know what became of it asks again, however old it is.
        let may_repeat = fault.is_outcome_unknown() || item.is_fresh(on_doubt, now);
        if let Some(retry) = fault.retry.filter(|_| may_repeat) {
            // Not all at the same moment.
            item.due = now + retry + rand::random_range(Duration::ZERO..=retry / 2);
            item.fault = Some(fault);
            return None;
        }
        let command = self.end(&fault.id, None)?.command;
        Some(Ended::not_decided(command, fault))
    }

    fn end(&mut self, id: &str, answer: Option<v1::Answer>) -> Option<Item> {
        let item = self.items.remove(id);
        self.ended.push_back((id.to_owned(), answer));
        if self.ended.len() > ANSWERS_KEPT {
            self.ended.pop_front();
        }
        item
    }
}

impl Item {
    /// The command, if it is sent and not only asked about.
    fn repeated(&mut self, on_doubt: OnDoubt, now: Instant) -> Option<&v1::Command> {
        let is_first = self.offers == 1;
        let is_unseen = std::mem::take(&mut self.is_unseen);
        let is_fresh = self.is_fresh(on_doubt, now);
        let may = match on_doubt {
            OnDoubt::Repeat | OnDoubt::RepeatWhileFresh => is_fresh,
            OnDoubt::LookUp => is_first || is_unseen,
        };
        self.command.as_ref().filter(|_| may)
    }

    fn is_fresh(&self, on_doubt: OnDoubt, now: Instant) -> bool {
        let is_bid = matches!(
            self.command
                .as_ref()
                .and_then(|command| command.act.as_ref()),
            Some(Act::PlaceBid(_))
        );
        let fresh = if is_bid { BID_FRESH } else { ACT_FRESH };
        let age = now.saturating_duration_since(self.made);
        on_doubt != OnDoubt::RepeatWhileFresh || self.command.is_none() || age <= fresh
    }
}

#[cfg(test)]
#[path = "waiting_tests.rs"]
mod tests;
