//! The synchronous core of a sale's writer: whoever drives it (the engine's loop, a simulator) brings
//! the commands and the time, and makes the batch durable between [`Writer::prepare`] and
//! [`Writer::commit`].
//!
//! State runs ahead of the store by one batch at most, so that each command of the batch sees those
//! before it. Nothing of it leaves this page before the batch is durable.

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use super::answered::{Answered, Recall, fingerprint};
use super::answers::{Mine, Outcome};
use super::lots_bid_on::LotsBidOn;
use super::snapshots::{PartEnd, UnsavedSnapshot};
use crate::codec::{self, DecodeError, Vault, command};
use crate::domain::{
    AccountId, Actor, Answer, AnswerKey, Command, CommandId, Due, EngineAct, Event, Meta, Recorded,
    Sale, SaleId, SalePhase, Span, Time, decide,
};
use crate::limits::{APPEND_BYTES_MAX, APPEND_EVENTS_MAX, STANDING_BYTES_MAX};
use crate::store::{Expected, NewEvent, Position, RecordedEvent, Revision, StreamId};

/// The writer of one sale. `T` names whoever waits for an answer.
#[derive(Debug)]
pub struct Writer {
    id: SaleId,
    vault: Arc<Vault>,
    /// Id of the command with which this process begins: its own commands follow from it.
    start: CommandId,
    sale: Sale,
    answered: Answered,
    lots_bid_on: LotsBidOn,
}

/// A batch that is decided and not yet durable.
#[derive(Debug)]
pub struct PreparedBatch<T> {
    /// Where the stream stands before it.
    pub expected: Expected,
    /// What to append: all or none. May be empty: then nothing needs to be made durable.
    pub events: Vec<NewEvent>,
    replies: Vec<(T, Outcome)>,
    /// Answers that are in no log yet.
    answers: BTreeMap<AnswerKey, Answer>,
    bytes: usize,
    revisions: usize,
}

impl Writer {
    /// The writer of a sale whose stream is empty.
    pub fn new(id: SaleId, vault: Arc<Vault>) -> Self {
        Self::with_state(id, vault, Sale::default())
    }

    /// Goes on from a state, as if no command had been answered.
    pub fn with_state(id: SaleId, vault: Arc<Vault>, sale: Sale) -> Self {
        Self::with_answered(id, vault, sale, Answered::default())
    }

    /// Goes on from a state that was folded up to some revision, and what was answered until then.
    pub fn with_answered(id: SaleId, vault: Arc<Vault>, sale: Sale, answered: Answered) -> Self {
        Self {
            start: command::start_id(id, Uuid::nil()),
            lots_bid_on: LotsBidOn::of(&sale),
            id,
            vault,
            sale,
            answered,
        }
    }

    /// As the writer of a process with this random id: another process with the same log in its hands
    /// writes no event that the store takes for one of these.
    #[must_use]
    pub fn of_process(mut self, process: Uuid) -> Self {
        self.start = command::start_id(self.id, process);
        self
    }

    /// Takes in the next recorded event: recovery.
    ///
    /// # Errors
    /// [`DecodeError`]: the store holds something that this program does not understand.
    pub fn recover(&mut self, event: &RecordedEvent) -> Result<(), DecodeError> {
        let recorded = codec::decode(event, Some(&self.vault))?;
        self.sale.apply(&recorded);
        self.lots_bid_on.apply(&recorded.event);
        if recorded.meta.actor != Actor::Engine {
            let key = AnswerKey {
                actor: recorded.meta.actor,
                command: recorded.meta.command,
            };
            let command = fingerprint(self.id, &key, &self.vault);
            self.answered.insert(command, recorded.revision);
        }
        Ok(())
    }

    /// The sale that this writer decides in.
    pub fn id(&self) -> SaleId {
        self.id
    }

    /// The state, one batch ahead of the store between `prepare` and `commit`.
    pub fn sale(&self) -> &Sale {
        &self.sale
    }

    /// Decides what opens by now, then commands in order, then whatever else the clock has brought
    /// about, into one batch.
    ///
    /// Commands that no longer fit into one append stay in `commands`. `now` may fall; decided time
    /// does not. What [`Due::waits_for_arrivals`] happens only if `watermark` is not below its time
    /// (R0): the caller took the watermark first and drained its queue into `commands` after that.
    pub fn prepare<T>(
        &mut self,
        commands: &mut Vec<(Command, T)>,
        now: Time,
        watermark: Time,
    ) -> PreparedBatch<T> {
        let batch = self.empty_batch();
        self.prepare_after(batch, commands, now, watermark)
    }

    /// The same in one append with what the engine has just prepared of its own.
    pub fn prepare_after<T>(
        &mut self,
        mut batch: PreparedBatch<T>,
        commands: &mut Vec<(Command, T)>,
        now: Time,
        watermark: Time,
    ) -> PreparedBatch<T> {
        let at = now.max(self.sale.now);
        while let Some(due) = self.sale.next_opening(at) {
            if !self.take_timer(due, at, &mut batch) {
                break;
            }
        }
        let mut outcomes = Vec::with_capacity(commands.len());
        for (command, _) in commands.iter() {
            let Some(outcome) = self.take(command, at, &mut batch) else {
                break;
            };
            outcomes.push(outcome);
        }
        let rest = commands.split_off(outcomes.len());
        let done = std::mem::replace(commands, rest);
        let waits = done.into_iter().map(|(_, waits)| waits);
        batch.replies = waits.zip(outcomes).collect();
        if commands.is_empty() {
            self.take_due(at, watermark, &mut batch);
        }
        batch
    }

    /// Gives the answers of a batch that is durable now.
    pub fn commit<T>(&self, batch: PreparedBatch<T>) -> Vec<(T, Outcome)> {
        let appended = u64::try_from(batch.revisions).unwrap_or(u64::MAX);
        let before = self.sale.next_revision.checked_sub(appended);
        assert!(
            before == Some(batch.expected.next().0),
            "the batch is the one just prepared"
        );
        batch.replies
    }

    /// Whoever waited for a batch that did not become durable, and what was answered before it. The
    /// state is ahead of the store now: it must be folded again.
    pub fn abandon<T>(mut self, batch: PreparedBatch<T>) -> (Vec<T>, Answered) {
        self.answered.take_back(batch.expected.next().0);
        let waits = batch.replies.into_iter().map(|(waits, _)| waits);
        (waits.collect(), self.answered)
    }

    /// Whether the sale is open, at rest or not: while it is, its time matters.
    pub fn is_open(&self) -> bool {
        self.sale.phase == SalePhase::Open
    }

    /// R0: how far the machine's clock is known to be off from the engine's time, in microseconds.
    pub fn clock_offset(&self) -> i64 {
        self.sale.clock_offset
    }

    /// The time of the next thing that the clock brings about.
    pub fn next_due(&self) -> Option<(Time, Due)> {
        self.sale.next_due()
    }

    /// Where the answer to a command is read, if it was answered. Between `prepare` and `commit` it may
    /// stand in the batch, where nobody reads yet.
    pub fn recall(&self, key: AnswerKey) -> Option<Recall> {
        let first = self
            .answered
            .first(&fingerprint(self.id, &key, &self.vault))?;
        Some(Recall {
            key,
            first: Revision(first),
        })
    }

    /// What was answered so far.
    pub fn answered(&self) -> &Answered {
        &self.answered
    }

    /// What a snapshot has to keep. Between `prepare` and `commit` there is nothing to keep.
    pub fn take_unsaved(&mut self) -> UnsavedSnapshot {
        let (parts, entries) = self.answered.take_unsaved();
        UnsavedSnapshot {
            sale: self.sale.clone(),
            parts,
            entries,
        }
    }

    /// What came of it.
    pub fn saved(&mut self, PartEnd(end): PartEnd) {
        match end {
            Ok(part) => self.answered.saved(part),
            Err(entries) => self.answered.not_saved(entries),
        }
    }

    /// No snapshot is ever kept.
    pub(super) fn forget_unsaved(&mut self) {
        self.answered.forget_unsaved();
    }

    /// What only this bidder may know.
    pub fn mine(&self, account: AccountId) -> Mine {
        Mine::of(&self.sale, &self.lots_bid_on, account)
    }

    fn empty_batch<T>(&self) -> PreparedBatch<T> {
        let expected = match self.sale.next_revision.checked_sub(1) {
            None => Expected::NoStream,
            Some(last) => Expected::Exact(Revision(last)),
        };
        PreparedBatch {
            expected,
            events: Vec::new(),
            replies: Vec::new(),
            answers: BTreeMap::new(),
            bytes: 0,
            revisions: 0,
        }
    }

    /// Decides one command into the batch; `None` if its events no longer fit.
    fn take<T>(
        &mut self,
        command: &Command,
        at: Time,
        batch: &mut PreparedBatch<T>,
    ) -> Option<Outcome> {
        let key = AnswerKey::of(command);
        if let Some(answer) = batch.answers.get(&key) {
            return Some(Outcome::of_repeat(answer.clone(), command));
        }
        let known = fingerprint(self.id, &key, &self.vault);
        if let Some(first) = self.answered.first(&known) {
            let first = Revision(first);
            return Some(Outcome::Before(Recall { key, first }, command.digest));
        }
        let events = decide::decide(&self.sale, command, at);
        let Some(event) = events.first().cloned() else {
            unreachable!("a person is always answered");
        };
        let first = Recorded {
            revision: self.sale.next_revision,
            meta: Meta::of(command, at),
            event,
        };
        if !self.append_to(batch, command, at, events) {
            return None;
        }
        let told = self.sale.told(first.event.lot());
        codec::tell(&mut batch.events, told);
        let last = self.sale.next_revision.saturating_sub(1);
        let answer = Answer::of(&first, last, told);
        self.answered.insert(known, first.revision);
        batch.answers.insert(key, answer.clone());
        Some(Outcome::Answered(answer))
    }

    fn append_to<T>(
        &mut self,
        batch: &mut PreparedBatch<T>,
        command: &Command,
        at: Time,
        events: Vec<Event>,
    ) -> bool {
        let meta = Meta::of(command, at);
        let place = (self.id, self.sale.next_revision);
        let stored = codec::encode(place, command, at, &events, &self.vault);
        let bytes: usize = stored
            .iter()
            .map(|one| one.data.len() + one.metadata.len())
            .sum();
        debug_assert!(
            self.reads_back(command, &meta, &events, &stored),
            "what is stored is what was decided"
        );
        let bytes = bytes + STANDING_BYTES_MAX;
        let fits = batch.events.len() + stored.len() <= APPEND_EVENTS_MAX
            && batch.bytes + bytes <= APPEND_BYTES_MAX;
        if !fits {
            assert!(
                !batch.events.is_empty(),
                "the events of one command fit into one append"
            );
            return false;
        }
        batch.events.extend(stored);
        batch.bytes += bytes;
        batch.revisions = batch.events.len();
        for event in events {
            self.lots_bid_on.apply(&event);
            let revision = self.sale.next_revision;
            self.sale.apply(&Recorded {
                revision,
                meta: meta.clone(),
                event,
            });
        }
        true
    }

    /// Whether stored events decode to the decided ones, and the first one to its command: nothing is
    /// lost on the way to the disk.
    fn reads_back(
        &self,
        command: &Command,
        meta: &Meta,
        events: &[Event],
        stored: &[NewEvent],
    ) -> bool {
        let first = self.sale.next_revision;
        let same = |((event, stored), revision): ((&Event, &NewEvent), u64)| {
            let recorded = RecordedEvent {
                stream: StreamId::sale(self.id.0),
                revision: Revision(revision),
                position: Position(0),
                id: stored.id,
                kind: stored.kind.clone(),
                version: stored.version,
                metadata: stored.metadata.clone(),
                data: stored.data.clone(),
            };
            let kept = (revision == first).then_some(command);
            command::asked(&recorded, &self.vault)
                .as_ref()
                .map(Option::as_ref)
                == Ok(kept)
                && codec::decode(&recorded, Some(&self.vault))
                    .is_ok_and(|read| read.event == *event && read.meta == *meta)
        };
        events.iter().zip(stored).zip(first..).all(same)
    }

    fn take_due<T>(&mut self, at: Time, watermark: Time, batch: &mut PreparedBatch<T>) {
        while let Some((time, due)) = self.sale.next_due().filter(|(time, _)| *time <= at) {
            let is_held = due.waits_for_arrivals() && watermark < time;
            if is_held || !self.take_timer(due, at, batch) {
                return;
            }
        }
    }

    fn take_timer<T>(&mut self, due: Due, at: Time, batch: &mut PreparedBatch<T>) -> bool {
        let command = self.own_command(EngineAct::Timer(due), at);
        let events = decide::decide(&self.sale, &command, at);
        assert!(
            !events.is_empty(),
            "what is due happens, else it would be due for ever"
        );
        self.append_to(batch, &command, at, events)
    }

    fn own_command(&self, act: EngineAct, at: Time) -> Command {
        let id = match act {
            EngineAct::StartWriter { .. } => self.start,
            EngineAct::Timer(_)
            | EngineAct::Outage
            | EngineAct::StoodStill { .. }
            | EngineAct::ClockStepped { .. } => {
                command::engine_command_id(self.start, self.sale.next_revision)
            }
        };
        command::of_act((self.id, id), Actor::Engine, at, act.into(), &self.vault)
    }

    /// R3.7: the first batch of this process. The epoch rises even if the store's did not.
    pub fn prepare_start<T>(&mut self, epoch: u64, now: Time) -> PreparedBatch<T> {
        let at = now.max(self.sale.now);
        let epoch = epoch.max(self.sale.epoch().saturating_add(1));
        self.prepare_own(EngineAct::StartWriter { epoch }, at)
    }

    /// R0: the process stood still.
    pub fn prepare_stood_still<T>(&mut self, gap: Span, now: Time) -> PreparedBatch<T> {
        let at = now.max(self.sale.now);
        self.prepare_own(EngineAct::StoodStill { gap }, at)
    }

    /// R0: the clock of the machine was set.
    pub fn prepare_clock_stepped<T>(&mut self, offset: i64, now: Time) -> PreparedBatch<T> {
        let at = now.max(self.sale.now);
        self.prepare_own(EngineAct::ClockStepped { offset }, at)
    }

    /// R0: a gateway fell silent at a close.
    pub fn prepare_outage<T>(&mut self, now: Time) -> PreparedBatch<T> {
        let at = now.max(self.sale.now);
        self.prepare_own(EngineAct::Outage, at)
    }

    fn prepare_own<T>(&mut self, act: EngineAct, at: Time) -> PreparedBatch<T> {
        let mut batch = self.empty_batch();
        let command = self.own_command(act, at);
        let events = decide::decide(&self.sale, &command, at);
        let fits = self.append_to(&mut batch, &command, at, events);
        assert!(fits, "an empty batch has room");
        batch
    }
}
