//! The synchronous core of a sale's writer: whoever drives it (the engine's loop, a simulator) brings
//! the commands and the time, and makes the batch durable between [`Writer::prepare`] and
//! [`Writer::commit`].
//!
//! State runs ahead of the store by one batch at most, so that each command of the batch sees those
//! before it. Nothing of it leaves this page before the batch is durable.

use std::sync::Arc;

use super::answers::{Mine, Outcome};
use crate::codec::{self, DecodeError, Vault, command};
use crate::domain::{
    AccountId, Answer, AnswerKey, Command, Due, EngineAct, Event, Meta, Prior, Recorded, Sale,
    SaleId, SalePhase, Span, Time, decide,
};
use crate::limits::{APPEND_BYTES_MAX, APPEND_EVENTS_MAX};
use crate::store::{Expected, NewEvent, Position, RecordedEvent, Revision, StreamId};

/// The writer of one sale. `T` names whoever waits for an answer.
#[derive(Debug)]
pub struct Writer {
    id: SaleId,
    vault: Arc<Vault>,
    sale: Sale,
}

/// A batch that is decided and not yet durable.
#[derive(Debug)]
pub struct PreparedBatch<T> {
    /// Where the stream stands before it.
    pub expected: Expected,
    /// What to append: all or none. May be empty: then nothing needs to be made durable.
    pub events: Vec<NewEvent>,
    replies: Vec<(T, Outcome)>,
    bytes: usize,
    revisions: usize,
}

impl Writer {
    /// The writer of a sale whose stream is empty.
    pub fn new(id: SaleId, vault: Arc<Vault>) -> Self {
        Self {
            id,
            vault,
            sale: Sale::default(),
        }
    }

    /// Goes on from a state that was folded up to some revision.
    pub fn with_state(id: SaleId, vault: Arc<Vault>, sale: Sale) -> Self {
        Self { id, vault, sale }
    }

    /// Takes in the next recorded event: recovery.
    ///
    /// # Errors
    /// [`DecodeError`]: the store holds something that this program does not understand.
    pub fn recover(&mut self, event: &RecordedEvent) -> Result<(), DecodeError> {
        let recorded = codec::decode(event, Some(&self.vault))?;
        self.sale.apply(&recorded);
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
        let mut taken = 0;
        for (command, _) in commands.iter() {
            if !self.take(command, at, &mut batch) {
                break;
            }
            taken += 1;
        }
        let rest = commands.split_off(taken);
        let done = std::mem::replace(commands, rest);
        for (command, waits) in done {
            let Some(outcome) = self.known(&command) else {
                unreachable!("a command that was taken has an answer");
            };
            batch.replies.push((waits, outcome));
        }
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

    /// Whoever waited for a batch that did not become durable. The state is ahead of the store now:
    /// the writer must be dropped and recovered again.
    pub fn abandon<T>(self, batch: PreparedBatch<T>) -> Vec<T> {
        batch.replies.into_iter().map(|(waits, _)| waits).collect()
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

    /// What a command came to before, if it did.
    pub fn known(&self, command: &Command) -> Option<Outcome> {
        match self.sale.prior(command) {
            Prior::Answered(answer) => Some(Outcome::Answered(answer.clone())),
            Prior::Reused => Some(Outcome::Reused),
            Prior::New => None,
        }
    }

    /// The answer given before, if there is one.
    pub fn answer(&self, key: &AnswerKey) -> Option<&Answer> {
        self.sale.answers.get(key)
    }

    /// What only this bidder may know.
    pub fn mine(&self, account: AccountId) -> Mine {
        Mine::of(&self.sale, account)
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
            bytes: 0,
            revisions: 0,
        }
    }

    /// Decides one command into the batch; false if its events no longer fit.
    fn take<T>(&mut self, command: &Command, at: Time, batch: &mut PreparedBatch<T>) -> bool {
        if self.sale.prior(command) != Prior::New {
            return true;
        }
        let events = decide::decide(&self.sale, command, at);
        self.append_to(batch, command, at, events)
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
        command::by_engine(self.id, self.sale.next_revision, at, act, &self.vault)
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
