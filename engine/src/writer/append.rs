//! From a batch to the log, and what becomes of a writer whose batch is not taken.

use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

use super::answered::Answered;
use super::answers::{Outcome, Reply, SubmitError};
use super::core::{PreparedBatch, Writer};
use super::ends::{BatchEnd, Halt, NotAppended, SaleHealth};
use super::mailbox::{Known, Mailbox};
use super::recovery::recover;
use super::task::WriterTask;
use crate::limits::{BATCH_COMMANDS_MAX, SPACE_LOOK_MS, UNKNOWN_PAUSE, UNKNOWN_PAUSE_MAX};
use crate::store::{AppendError, Expected, NewEvent, Position, Revision, StoreRefusal};

impl WriterTask {
    /// Appends a batch and answers it. A writer whose batch was not taken is recovered.
    pub(super) async fn make_durable(
        &mut self,
        mut writer: Writer,
        mailbox: &mut Mailbox,
        mut batch: PreparedBatch<Reply>,
    ) -> Result<BatchEnd, Halt> {
        let mut position = None;
        let (mut count, mut closes) = (0, false);
        if !batch.events.is_empty() {
            let events = std::mem::take(&mut batch.events);
            closes = events.iter().any(|event| &*event.kind == "LotClosed");
            count = u64::try_from(events.len()).unwrap_or(u64::MAX);
            match self.append(&writer, mailbox, batch.expected, events).await {
                Ok(at) => position = Some(at),
                Err(end) => return self.not_durable(writer, batch, end).await,
            }
        }
        for (reply, outcome) in writer.commit(batch) {
            let told = match outcome {
                Outcome::Answered(answer) => Ok(answer),
                Outcome::Reused => Err(SubmitError::Reused),
                Outcome::Before(recall, digest) => {
                    self.recaller.repeat(recall, digest, reply);
                    continue;
                }
            };
            // Whoever asked may be gone; the answer stays to be looked up.
            let _gone = reply.send(told);
        }
        if closes {
            // An award, once heard, is not left to what a crash might make of the end of the log.
            self.store.mark();
        }
        if let Some(position) = position {
            let space = self.store.disk_space();
            self.keeper.grown(&mut writer, position, count, space);
        }
        Ok(BatchEnd::Durable(writer))
    }

    /// One append. An unknown outcome is never guessed: the identical events are offered again until the
    /// store says, with pauses, and nothing else is decided meanwhile.
    async fn append(
        &mut self,
        writer: &Writer,
        mailbox: &mut Mailbox,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Position, NotAppended> {
        let mut pause = UNKNOWN_PAUSE;
        let mut is_unsure = false;
        loop {
            let offer = self.store.append(&self.stream, expected, events.clone());
            match offer.await {
                Ok(appended) => {
                    self.health.send_if_modified(|health| {
                        std::mem::replace(health, SaleHealth::Running) != SaleHealth::Running
                    });
                    return Ok(appended.position);
                }
                Err(AppendError::Conflict { .. }) => return Err(NotAppended::Deposed),
                // What was unknown once stays so: the bytes may be on the disk.
                Err(AppendError::Refused(StoreRefusal::DiskFull)) if !is_unsure => {
                    return Err(NotAppended::Full);
                }
                Err(AppendError::Unknown | AppendError::Refused(StoreRefusal::DiskFull)) => {}
                Err(error @ AppendError::Refused(StoreRefusal::Closed | StoreRefusal::Size)) => {
                    let halt = Halt::Broken(error.to_string());
                    return Err(NotAppended::Ended { halt, is_unsure });
                }
            }
            if !is_unsure {
                tracing::warn!(sale = %self.sale, "the store does not answer");
                self.health.send_replace(SaleHealth::StoreAway);
                is_unsure = true;
            }
            let place = (writer, expected.next());
            let paused = self
                .pause(place, mailbox, pause, SubmitError::StoreAway)
                .await;
            if let Err(halt) = paused {
                return Err(NotAppended::Ended { halt, is_unsure });
            }
            pause = pause.saturating_mul(2).min(UNKNOWN_PAUSE_MAX);
        }
    }

    async fn not_durable(
        &mut self,
        writer: Writer,
        batch: PreparedBatch<Reply>,
        end: NotAppended,
    ) -> Result<BatchEnd, Halt> {
        let told = match end {
            NotAppended::Full => SubmitError::StoreFull,
            NotAppended::Deposed => SubmitError::NotOwner,
            NotAppended::Ended {
                is_unsure: false, ..
            } => SubmitError::Halted,
            NotAppended::Ended {
                is_unsure: true, ..
            } => SubmitError::Unknown,
        };
        let (waits, answered) = writer.abandon(batch);
        for reply in waits {
            let _gone = reply.send(Err(told));
        }
        match end {
            NotAppended::Full => {
                self.resting = Instant::now().checked_add(Duration::from_millis(SPACE_LOOK_MS));
                self.time.not_durable();
                Ok(BatchEnd::Refused(self.recovered(answered).await?))
            }
            NotAppended::Deposed => {
                // Its next term begins by an event of its own: the store must not take that for a
                // repeat of the first one's.
                self.process = Uuid::new_v4();
                Ok(BatchEnd::Deposed(self.recovered(answered).await?))
            }
            NotAppended::Ended { halt, .. } => Err(halt),
        }
    }

    /// The writer again, as the log has it.
    async fn recovered(&self, answered: Answered) -> Result<Writer, Halt> {
        let snapshots = self.keeper.snapshots.as_ref();
        let recovered = recover(&self.store, self.sale, &self.vault, snapshots, answered).await;
        recovered
            .map(|writer| writer.of_process(self.process))
            .map_err(|error| Halt::Broken(error.to_string()))
    }

    /// Waits, and answers meanwhile what is known: the writer may be ahead of what is durable, which is
    /// what stands before this revision.
    pub(super) async fn pause(
        &mut self,
        (writer, before): (&Writer, Revision),
        mailbox: &mut Mailbox,
        pause: Duration,
        why: SubmitError,
    ) -> Result<(), Halt> {
        let over = tokio::time::sleep(pause);
        tokio::pin!(over);
        loop {
            mailbox.sort_out();
            let known = Known {
                before,
                ..self.known(writer)
            };
            mailbox.answer_known(&known, why);
            mailbox.refuse_queries(&known, why);
            if *self.stop.borrow() {
                return Err(Halt::Stopped);
            }
            tokio::select! {
                () = &mut over => return Ok(()),
                count = self.queue.recv_many(&mut mailbox.requests, BATCH_COMMANDS_MAX) => {
                    if count == 0 {
                        return Err(Halt::Stopped);
                    }
                }
                _ = self.stop.changed() => {}
            }
        }
    }
}
