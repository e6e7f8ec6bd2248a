//! A sale with its log, driven as the writer drives it, without a store and without a clock.

use mazad_engine::codec::Vault;
use mazad_engine::codec::command::of_act;
use mazad_engine::domain::decide::decide;
use mazad_engine::domain::{
    Act, Actor, Answer, AnswerKey, Command, CommandId, Due, EngineAct, Event, Meta, Prior,
    Recorded, Sale, SaleId, Time,
};
use uuid::Uuid;

/// A sale and everything that ever happened in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Room {
    pub(crate) sale: Sale,
    pub(crate) log: Vec<Recorded>,
    timers: u128,
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Decided now. A timer that is not due decides nothing.
    Decided(Vec<Event>),
    /// It had been decided before: this is its answer (R0).
    Again(Box<Answer>),
    /// Its id names another command (R0).
    Reused,
}

impl Room {
    /// Judges one command at the writer's clock, which never falls (R0).
    pub(crate) fn command(&mut self, command: &Command, clock: Time) -> Outcome {
        match self.sale.prior(command) {
            Prior::Answered(answer) => return Outcome::Again(Box::new(answer.clone())),
            Prior::Reused => return Outcome::Reused,
            Prior::New => {}
        }
        let at = clock.max(self.sale.now);
        let events = decide(&self.sale, command, at);
        let meta = Meta::of(command, at);
        for event in &events {
            let recorded = Recorded {
                revision: self.sale.next_revision,
                meta: meta.clone(),
                event: event.clone(),
            };
            self.sale.apply(&recorded);
            self.log.push(recorded);
        }
        Outcome::Decided(events)
    }

    /// Feeds what fell due, in order of time, each at its own time. Nothing ends or lapses while a
    /// frame stamped before that waits to be judged (R0, close barrier): `stamp` is the oldest.
    pub(crate) fn timers(&mut self, clock: Time, stamp: Time) -> Vec<(Time, Event)> {
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
    pub(crate) fn timer(&mut self, due: Due, clock: Time) -> Vec<Event> {
        self.engine(Act::from(EngineAct::Timer(due)), clock)
    }

    /// An act of the engine itself.
    pub(crate) fn engine(&mut self, act: Act, clock: Time) -> Vec<Event> {
        self.timers += 1;
        let id = CommandId(Uuid::from_u128((1 << 120) + self.timers));
        let command = command(id, Actor::Engine, clock, act);
        match self.command(&command, clock) {
            Outcome::Decided(events) => events,
            Outcome::Again(_) | Outcome::Reused => unreachable!("the engine is never answered"),
        }
    }

    /// The answer that is kept for a command.
    pub(crate) fn answer(&self, command: &Command) -> Option<&Answer> {
        let key = AnswerKey {
            actor: command.actor,
            command: command.id,
        };
        self.sale.answers.get(&key)
    }

    /// The sale folded anew from its log.
    pub(crate) fn replayed(&self) -> Sale {
        let mut sale = Sale::default();
        for recorded in &self.log {
            sale.apply(recorded);
        }
        sale
    }
}

/// A command with its digest, as the gateway makes it.
pub(crate) fn command(id: CommandId, actor: Actor, arrived: Time, act: Act) -> Command {
    let sale = SaleId(Uuid::from_u128(1));
    of_act((sale, id), actor, arrived, act, &Vault::from_key([1; 32]))
}
