//! Decides again: the command behind each decision is opened from the log, compared with the keyed
//! digest of what was sent, given to the same rules on the state before it, and what follows is
//! compared with what was recorded. Refusals are decisions like any other.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use mazad_engine::codec::command::{asked, engine_command_id, start_id};
use mazad_engine::codec::{Vault, state_digest, told};
use mazad_engine::domain::decide::decide;
use mazad_engine::domain::{
    Act, Actor, Command, CommandId, EngineAct, Event, LotNo, Recorded, Sale, SaleId, Told,
};
use mazad_engine::store::RecordedEvent;
use uuid::Uuid;

/// The engine's own state, and what must follow from the command that is being compared.
#[derive(Debug)]
pub(super) struct Redecide {
    /// Id of the command with which the process began that wrote last.
    start: CommandId,
    vault: Arc<Vault>,
    state: Sale,
    expected: VecDeque<Event>,
    /// Whether what follows is compared: not behind a command that could not be opened.
    is_known: bool,
    /// `None` behind a command that could not be opened.
    told: Option<Author>,
    counts: Redecided,
}

/// What the author of the command was told after its last event so far.
#[derive(Debug, Default)]
struct Author {
    is_person: bool,
    /// The lot of the first event.
    lot: Option<LotNo>,
    /// How the log says that things stood.
    recorded: Told,
    /// How they stand.
    stands: Told,
}

/// How much was decided again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Redecided {
    /// Commands whose act opened to what was sent.
    pub(super) opened: u64,
    /// Decisions that came out the same.
    pub(super) decided: u64,
}

impl Redecide {
    pub(super) fn new(sale: SaleId, vault: Arc<Vault>) -> Self {
        Self {
            start: start_id(sale, Uuid::nil()),
            vault,
            state: Sale::default(),
            expected: VecDeque::new(),
            is_known: false,
            told: None,
            counts: Redecided::default(),
        }
    }

    /// Compares the next event with the state before it; says what is wrong.
    pub(super) fn take(&mut self, event: &RecordedEvent, recorded: &Recorded) -> Vec<String> {
        let mut wrong = Vec::new();
        match asked(event, &self.vault) {
            Ok(None) => {
                let told = self.told.as_ref();
                if told.is_some_and(|told| told.recorded != Told::default()) {
                    wrong.push("how things stand is told before the decision ends".to_owned());
                }
            }
            Ok(Some(command)) => {
                wrong.extend(self.end_told());
                wrong.extend(self.end_decision());
                wrong.extend(self.begin(&command, recorded));
                self.told = Some(Author {
                    is_person: command.actor != Actor::Engine,
                    lot: recorded.event.lot(),
                    ..Author::default()
                });
            }
            Err(error) => {
                wrong.extend(self.end_decision());
                self.told = None;
                self.is_known = false;
                wrong.push(error.to_string());
            }
        }
        match (told(event), &mut self.told) {
            (Ok(recorded), Some(told)) => told.recorded = recorded,
            (Ok(_), None) => {}
            (Err(error), _) => wrong.push(error.to_string()),
        }
        wrong.extend(self.compare(recorded));
        wrong
    }

    /// Takes the event in.
    pub(super) fn apply(&mut self, recorded: &Recorded) {
        self.state.apply(recorded);
        if let Some(told) = &mut self.told {
            told.stands = self.state.told(told.lot);
        }
    }

    /// The state after the last event.
    pub(super) fn state(&self) -> &Sale {
        &self.state
    }

    /// Nothing more comes: what is wrong with the last decision, how much was decided again, and the
    /// digest of the state.
    pub(super) fn finish(mut self) -> (Vec<String>, Redecided, [u8; 32]) {
        let wrong = self.end_told().into_iter().chain(self.end_decision());
        (wrong.collect(), self.counts, state_digest(&self.state))
    }

    fn begin(&mut self, command: &Command, recorded: &Recorded) -> Option<String> {
        self.counts.opened = self.counts.opened.saturating_add(1);
        let at = recorded.meta.at;
        // A forged log can break what the rules take for granted.
        let decided = catch_unwind(AssertUnwindSafe(|| decide(&self.state, command, at)));
        self.is_known = true;
        self.expected = decided.unwrap_or_default().into();
        let own = match &command.act {
            Act::Engine(EngineAct::StartWriter { .. }) => {
                self.start = command.id;
                command.id
            }
            _ => engine_command_id(self.start, recorded.revision),
        };
        (command.actor == Actor::Engine && command.id != own)
            .then(|| "not a command of the engine's own".to_owned())
    }

    /// R0: the answer to a repeat is read from the log, so it must say what followed.
    fn end_told(&self) -> Option<String> {
        let Author {
            is_person,
            lot,
            recorded,
            stands,
        } = self.told.as_ref()?;
        let due = if *is_person { *stands } else { Told::default() };
        (*recorded != due).then(|| {
            let lot = lot.map(|lot| format!("lot {lot}: ")).unwrap_or_default();
            format!("{lot}the command before this was answered otherwise than things stood")
        })
    }

    fn end_decision(&mut self) -> Option<String> {
        if !std::mem::take(&mut self.is_known) {
            return None;
        }
        if self.expected.is_empty() {
            self.counts.decided = self.counts.decided.saturating_add(1);
            return None;
        }
        self.expected.clear();
        Some("the decision before this had other effects".to_owned())
    }

    fn compare(&mut self, recorded: &Recorded) -> Option<String> {
        if !self.is_known || self.expected.pop_front().as_ref() == Some(&recorded.event) {
            return None;
        }
        self.is_known = false;
        Some(otherwise(recorded.event.lot()))
    }
}

fn otherwise(lot: Option<LotNo>) -> String {
    let lot = lot.map(|lot| format!("lot {lot}: ")).unwrap_or_default();
    format!("{lot}the rules decide otherwise than was recorded")
}
