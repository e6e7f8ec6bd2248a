//! Decides again: the commands behind the recorded events are rebuilt, compared with the keyed
//! digest of what was sent, given to the same rules on the state before them, and what follows is
//! compared with what was recorded.
//!
//! Needs the engine's key, since a decision rests on maxima. Not every command can be rebuilt: of a
//! refused one the refusal tells only a part, and of a void that waits the note is not kept.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use mazad_engine::codec::{Vault, state_digest};
use mazad_engine::domain::decide::decide;
use mazad_engine::domain::{Actor, Command, CommandId, Event, LotNo, Meta, Recorded, Sale, SaleId};
use uuid::Uuid;

use super::asked::acts;
use super::spelled::is_as_sent;

/// The engine's own state, and the decision that is being compared.
#[derive(Debug)]
pub(super) struct Again {
    sale: SaleId,
    name: String,
    vault: Arc<Vault>,
    state: Sale,
    current: Option<Current>,
    counts: Rebuilt,
}

/// How much could be rebuilt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Rebuilt {
    /// Decisions that came out the same.
    pub(super) decided: u64,
    /// Commands of people whose digest is that of what was sent.
    pub(super) as_sent: u64,
    /// Commands of people that cannot be rebuilt.
    pub(super) not_rebuilt: u64,
}

#[derive(Debug)]
struct Current {
    actor: Actor,
    command: CommandId,
    /// What may follow by the rules: one list for each command that can have been asked.
    open: Vec<Vec<Event>>,
    /// Nothing (more) is said of its effects.
    is_settled: bool,
    seen: usize,
}

impl Again {
    pub(super) fn new(sale: SaleId, vault: Arc<Vault>) -> Self {
        Self {
            sale,
            name: sale.to_string(),
            vault,
            state: Sale::default(),
            current: None,
            counts: Rebuilt::default(),
        }
    }

    /// Compares the next event with the state before it; says what is wrong.
    pub(super) fn take(&mut self, recorded: &Recorded) -> Vec<String> {
        let Meta { actor, command, .. } = recorded.meta;
        let goes_on = self
            .current
            .as_ref()
            .is_some_and(|current| current.actor == actor && current.command == command);
        let mut wrong = Vec::new();
        if !goes_on {
            wrong.extend(self.end_decision());
            match self.begin(recorded) {
                Ok(current) => self.current = Some(current),
                Err(what) => {
                    wrong.push(what);
                    self.current = Some(Current::settled(recorded));
                }
            }
        }
        wrong.extend(self.compare(recorded));
        wrong
    }

    /// Takes the event in.
    pub(super) fn apply(&mut self, recorded: &Recorded) {
        self.state.apply(recorded);
    }

    /// The state after the last event.
    pub(super) fn state(&self) -> &Sale {
        &self.state
    }

    /// Nothing more comes: what is wrong with the last decision, and how much was rebuilt.
    pub(super) fn finish(mut self) -> (Option<String>, Rebuilt, [u8; 32]) {
        let wrong = self.end_decision();
        (wrong, self.counts, state_digest(&self.state))
    }

    fn end_decision(&mut self) -> Option<String> {
        let last = self.current.take().filter(|last| !last.is_settled)?;
        if last.is_whole() {
            self.counts.decided = self.counts.decided.saturating_add(1);
            return None;
        }
        Some("the decision before this had other effects".to_owned())
    }

    /// A new decision: what was asked, and what must follow.
    fn begin(&mut self, recorded: &Recorded) -> Result<Current, String> {
        let mut asked: Vec<Command> = acts(&self.state, recorded)
            .into_iter()
            .map(|act| Command {
                id: recorded.meta.command,
                actor: recorded.meta.actor,
                arrived: recorded.meta.arrived,
                digest: recorded.meta.digest,
                act,
            })
            .collect();
        if recorded.meta.actor == Actor::Engine {
            self.is_own(recorded)?;
        } else {
            let sent = |command: &Command| is_as_sent(&self.name, command, &self.vault);
            if asked.iter().any(sent) {
                asked.retain(sent);
                self.counts.as_sent = self.counts.as_sent.saturating_add(1);
            } else {
                is_partly_kept(&recorded.event)?;
                self.counts.not_rebuilt = self.counts.not_rebuilt.saturating_add(1);
                if let Event::CommandRefused { .. } = recorded.event {
                    return Ok(Current::settled(recorded));
                }
            }
        }
        let decided = |command: &Command| {
            // A forged log can break what the rules take for granted.
            catch_unwind(AssertUnwindSafe(|| {
                decide(&self.state, command, recorded.meta.at)
            }))
            .ok()
        };
        Ok(Current {
            open: asked.iter().filter_map(decided).collect(),
            is_settled: false,
            ..Current::settled(recorded)
        })
    }

    /// The engine names its own commands after their place, so that a repeated append is recognised.
    fn is_own(&self, recorded: &Recorded) -> Result<(), String> {
        let name = format!("mazad engine {}", recorded.revision);
        let id = CommandId(Uuid::new_v5(&self.sale.0, name.as_bytes()));
        if recorded.meta.command == id && recorded.meta.digest == [0; 32] {
            Ok(())
        } else {
            Err("not a command of the engine's own".to_owned())
        }
    }

    fn compare(&mut self, recorded: &Recorded) -> Option<String> {
        let current = self
            .current
            .as_mut()
            .filter(|current| !current.is_settled)?;
        let at = current.seen;
        current.seen = at.saturating_add(1);
        current
            .open
            .retain(|events| events.get(at) == Some(&recorded.event));
        if !current.open.is_empty() {
            return None;
        }
        current.is_settled = true;
        Some(otherwise(recorded.event.lot()))
    }
}

impl Current {
    fn settled(recorded: &Recorded) -> Self {
        Self {
            actor: recorded.meta.actor,
            command: recorded.meta.command,
            open: Vec::new(),
            is_settled: true,
            seen: 0,
        }
    }

    /// Every effect was recorded.
    fn is_whole(&self) -> bool {
        self.open.iter().any(|events| events.len() == self.seen)
    }
}

/// Whether the log keeps too little of the command to rebuild it. Every other command can be.
fn is_partly_kept(event: &Event) -> Result<(), String> {
    match event {
        Event::CommandRefused { .. } | Event::VoidRequested { .. } => Ok(()),
        _ => Err("what was recorded is not what was sent: its keyed digest is another".to_owned()),
    }
}

fn otherwise(lot: Option<LotNo>) -> String {
    let lot = lot.map(|lot| format!("lot {lot}: ")).unwrap_or_default();
    format!("{lot}the rules decide otherwise than was recorded")
}
