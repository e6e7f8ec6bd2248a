//! A sale with its log, driven as the writer drives it, without a store and without a clock: for
//! tests of what is decided and of what follows from it.

use std::collections::BTreeMap;
use std::ops::Range;

use uuid::Uuid;

use crate::codec::command::of_act;
use crate::codec::{Vault, encode, tell};
use crate::domain::decide::decide;
use crate::domain::{
    AccountId, Act, Actor, Answer, AnswerKey, Command, CommandId, Due, EngineAct, Event, Meta,
    Paddle, Recorded, Sale, SaleId, Span, StaffId, Time,
};
use crate::store::NewEvent;

/// Noon of a day in 2026.
pub const NOON: Time = Time(1_790_000_000_000_000);

/// Somebody of the staff; two of them for what needs a second one.
pub fn officer(number: u8) -> Actor {
    Actor::Staff(StaffId(Uuid::from_u128(0x57aff00 + u128::from(number))))
}

/// The account of a paddle.
pub fn account(paddle: u32) -> AccountId {
    AccountId(Uuid::from_u128(0xacc0_0000 + u128::from(paddle)))
}

/// The bidder who has a paddle.
pub fn bidder(paddle: Paddle) -> Actor {
    Actor::Bidder(account(paddle.0))
}

/// A sale and everything that ever happened in it.
#[derive(Debug, Clone, Default)]
pub struct TestSale {
    /// Its state.
    pub sale: Sale,
    /// Its events.
    pub log: Vec<Recorded>,
    decided: Vec<(Command, Range<usize>)>,
    answers: BTreeMap<AnswerKey, Answer>,
    asked: u128,
    timers: u128,
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judged {
    /// Decided now. A timer that is not due decides nothing.
    Decided(Vec<Event>),
    /// It had been decided before: this is its answer (R0).
    Again(Box<Answer>),
    /// Its id names another command (R0).
    Reused,
}

impl TestSale {
    /// The sale of every such log.
    pub const ID: SaleId = SaleId(Uuid::from_u128(0x5a1e));

    /// The key of every such log.
    pub fn vault() -> Vault {
        Vault::from_key([3; 32])
    }

    /// A command with its digest, as the gateway makes it.
    pub fn command(id: CommandId, actor: Actor, arrived: Time, act: impl Into<Act>) -> Command {
        of_act((Self::ID, id), actor, arrived, act.into(), &Self::vault())
    }

    /// Judges one command at the writer's clock, which never falls (R0).
    pub fn judge(&mut self, command: &Command, clock: Time) -> Judged {
        match self.answer(command) {
            Some(answer) if answer.digest == command.digest => {
                return Judged::Again(Box::new(answer.clone()));
            }
            Some(_) => return Judged::Reused,
            None => {}
        }
        let at = clock.max(self.sale.now);
        let events = decide(&self.sale, command, at);
        let meta = Meta::of(command, at);
        let first = self.log.len();
        for event in &events {
            let recorded = Recorded {
                revision: self.sale.next_revision,
                meta: meta.clone(),
                event: event.clone(),
            };
            self.sale.apply(&recorded);
            self.log.push(recorded);
        }
        let recorded = self
            .log
            .get(first..)
            .and_then(|own| own.first().zip(own.last()));
        if let Some((first, last)) = recorded.filter(|_| command.actor != Actor::Engine) {
            let told = self.sale.told(first.event.lot());
            let answer = Answer::of(first, last.revision, told);
            self.answers.insert(AnswerKey::of(command), answer);
        }
        self.decided.push((command.clone(), first..self.log.len()));
        Judged::Decided(events)
    }

    /// Feeds what fell due, in order of time, each at its own time. Nothing ends or lapses while a
    /// frame stamped before that waits to be judged (R0, close barrier): `stamp` is the oldest.
    ///
    /// # Panics
    /// What is due does not happen.
    pub fn timers(&mut self, clock: Time, stamp: Time) -> Vec<(Time, Event)> {
        let mut fired = Vec::new();
        while let Some((time, due)) = self.sale.next_due() {
            let waits = due.waits_for_arrivals() && time > stamp;
            if time > clock || waits {
                break;
            }
            let events = self.timer(due, time);
            assert!(!events.is_empty(), "what is due happens: {due:?}");
            let at = self.sale.now;
            fired.extend(events.into_iter().map(|event| (at, event)));
        }
        fired
    }

    /// Feeds one timer, due or not.
    pub fn timer(&mut self, due: Due, clock: Time) -> Vec<Event> {
        self.engine(EngineAct::Timer(due), clock)
    }

    /// An act of the engine itself.
    pub fn engine(&mut self, act: EngineAct, clock: Time) -> Vec<Event> {
        self.timers += 1;
        let id = CommandId(Uuid::from_u128((1 << 120) + self.timers));
        match self.judge(&Self::command(id, Actor::Engine, clock, act), clock) {
            Judged::Decided(events) => events,
            Judged::Again(_) | Judged::Reused => unreachable!("the engine is never answered"),
        }
    }

    /// Lets a time pass and the clock bring about what is due by then, then asks.
    pub fn asks(&mut self, wait: Span, actor: Actor, act: impl Into<Act>) -> Vec<Event> {
        let at = self.sale.now.max(NOON).after(wait);
        self.timers(at, at);
        self.asked += 1;
        let id = CommandId(Uuid::from_u128(self.asked));
        match self.judge(&Self::command(id, actor, at, act), at) {
            Judged::Decided(events) => events,
            Judged::Again(_) | Judged::Reused => unreachable!("ids are used once"),
        }
    }

    /// By a clerk, a second later.
    pub fn clerk(&mut self, act: impl Into<Act>) -> Vec<Event> {
        self.asks(Span::seconds(1), officer(1), act)
    }

    /// By the bidder of a paddle, a second later.
    pub fn bidder(&mut self, paddle: u32, act: impl Into<Act>) -> Vec<Event> {
        self.asks(Span::seconds(1), bidder(Paddle(paddle)), act)
    }

    /// The answer that is kept for a command.
    pub fn answer(&self, command: &Command) -> Option<&Answer> {
        self.answers.get(&AnswerKey::of(command))
    }

    /// The sale folded anew from its log.
    pub fn replayed(&self) -> Sale {
        let mut sale = Sale::default();
        for recorded in &self.log {
            sale.apply(recorded);
        }
        sale
    }

    /// What the engine appends for each command that was judged, in order; nothing for one from which
    /// no event followed.
    pub fn appends(&self) -> Vec<Vec<NewEvent>> {
        self.decided
            .iter()
            .map(|decided| self.append(decided))
            .collect()
    }

    /// What the engine appends for the command that was judged last.
    pub fn last_append(&self) -> Vec<NewEvent> {
        let last = self.decided.last();
        last.map(|decided| self.append(decided)).unwrap_or_default()
    }

    fn append(&self, (command, place): &(Command, Range<usize>)) -> Vec<NewEvent> {
        let recorded = self.log.get(place.clone()).unwrap_or_default();
        let events: Vec<Event> = recorded.iter().map(|one| one.event.clone()).collect();
        let first = recorded.first();
        let at = first.map_or(command.arrived, |one| one.meta.at);
        let revision = first.map_or(0, |one| one.revision);
        let mut stored = encode((Self::ID, revision), command, at, &events, &Self::vault());
        if let Some(answer) = self.answer(command) {
            tell(&mut stored, answer.told());
        }
        stored
    }
}
