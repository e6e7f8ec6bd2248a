//! The task of a sale's writer, a thin async loop around a [`Writer`]: drain, decide, append once,
//! answer.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use uuid::Uuid;

use super::answers::{Outcome, Reply, SubmitError};
use super::arrivals::Arrivals;
use super::core::{PreparedBatch, Writer};
use super::keeper::Keeper;
use super::mailbox::{Mailbox, Request};
use super::recall::Recaller;
use super::recovery::recover;
use super::timekeeper::{Timekeeper, is_held};
use crate::codec::Vault;
use crate::domain::SaleId;
use crate::limits::{
    BARRIER_LOOK, BATCH_COMMANDS_MAX, SPACE_LOOK_MS, TIMER_SLEEP_MAX, UNKNOWN_RETRIES,
};
use crate::store::{AppendError, EventStore, NewEvent, Position, StoreRefusal, StreamId};

/// Whether the writer of a sale runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaleHealth {
    /// It decides what it is asked.
    Running,
    /// It stopped rather than err, and says why. Only a restart of the process helps.
    Halted(String),
}

/// Everything that wakes the loop.
enum Wake {
    /// Requests came, or the queue closed with the engine.
    Requests,
    /// The clock may have brought something about, or a hold was released.
    Time,
    Stop,
}

/// Why the loop ends.
enum Halt {
    /// The engine stops: a good end.
    Stopped,
    /// Something is wrong: stopping is lawful, a wrong award is not.
    Broken(String),
}

#[derive(Debug)]
pub(crate) struct WriterTask {
    pub(crate) sale: SaleId,
    pub(crate) stream: StreamId,
    pub(crate) store: Arc<dyn EventStore>,
    pub(crate) vault: Arc<Vault>,
    pub(crate) arrivals: Arc<Arrivals>,
    pub(crate) keeper: Keeper,
    pub(crate) recaller: Recaller,
    /// Random id of the engine.
    pub(crate) process: Uuid,
    pub(crate) queue: mpsc::Receiver<Request>,
    pub(crate) health: watch::Sender<SaleHealth>,
    pub(crate) stop: watch::Receiver<bool>,
    /// The store had no space: nothing is tried before this.
    pub(crate) resting: Option<Instant>,
    pub(crate) time: Timekeeper,
}

/// Whether a batch is in the log.
enum BatchEnd {
    Durable(Writer),
    /// The store had no space: nothing of it happened.
    Refused(Writer),
}

impl WriterTask {
    pub(crate) async fn run(mut self, writer: Writer) {
        let sale = self.sale;
        let fallen = Fallen(self.health.clone());
        match self.serve(writer).await {
            Halt::Stopped => tracing::debug!(%sale, "writer stopped"),
            Halt::Broken(why) => {
                tracing::error!(%sale, why, "writer halted");
                self.health.send_replace(SaleHealth::Halted(why));
                // Whoever is still in the queue is told by the dropped replies.
            }
        }
        self.keeper.finish().await;
        drop(fallen);
    }

    async fn serve(&mut self, writer: Writer) -> Halt {
        let mut mailbox = Mailbox::default();
        let mut writer = match self.begin(writer, &mut mailbox).await {
            Ok(writer) => writer,
            Err(halt) => return halt,
        };
        loop {
            if mailbox.waiting.is_empty() && mailbox.requests.is_empty() {
                match self.wake(&writer, &mut mailbox.requests).await {
                    Wake::Requests | Wake::Time => {}
                    Wake::Stop => {
                        self.queue.close();
                        if self.queue.is_empty() {
                            return Halt::Stopped;
                        }
                    }
                }
            }
            if let Some(batch) = self.decide(&mut writer, &mut mailbox) {
                writer = match self.make_durable(writer, batch).await {
                    Ok(BatchEnd::Durable(writer) | BatchEnd::Refused(writer)) => writer,
                    Err(halt) => return halt,
                };
            }
            mailbox.answer_queries(&writer, &self.recaller);
        }
    }

    /// R3.7: the first event of this process. Nothing is decided before it is durable: what the
    /// silence cost is given back in the same append.
    async fn begin(&mut self, mut writer: Writer, mailbox: &mut Mailbox) -> Result<Writer, Halt> {
        loop {
            let epoch = self.store.identity().epoch;
            let start = self.time.start(&self.arrivals, &mut writer, epoch);
            writer = match self.make_durable(writer, start).await? {
                BatchEnd::Durable(writer) => return Ok(writer),
                BatchEnd::Refused(writer) => writer,
            };
            while self.is_resting() {
                if let Wake::Stop = self.wake(&writer, &mut mailbox.requests).await {
                    return Err(Halt::Stopped);
                }
                mailbox.sort_out();
                mailbox.answer_known(&writer, &self.recaller);
                mailbox.answer_queries(&writer, &self.recaller);
            }
        }
    }

    /// Takes what waits, and decides it and what is due; nothing is decided while the store rests.
    fn decide(
        &mut self,
        writer: &mut Writer,
        mailbox: &mut Mailbox,
    ) -> Option<PreparedBatch<Reply>> {
        let now = self.time.look(&self.arrivals, || self.queue.len());
        // What did not fit into the last append goes first, and fills no more memory meanwhile.
        if mailbox.waiting.is_empty() {
            let taken = self.drain(&mut mailbox.requests);
            self.time.taken(taken);
        }
        mailbox.sort_out();
        // What a rest cost is found, and given back, after it.
        if self.is_resting() {
            mailbox.answer_known(writer, &self.recaller);
            return None;
        }
        mailbox.refuse_for_space(self.store.disk_space(), writer, now);
        let batch = self
            .time
            .decide(&self.arrivals, writer, &mut mailbox.waiting);
        Some(batch)
    }

    fn is_resting(&self) -> bool {
        self.resting.is_some_and(|until| Instant::now() < until)
    }

    /// Waits for something to do. Dropping an arm's future loses nothing: `recv_many` takes
    /// requests only when it resolves, the others carry no data.
    async fn wake(&mut self, writer: &Writer, requests: &mut Vec<Request>) -> Wake {
        if *self.stop.borrow() {
            return Wake::Stop;
        }
        let now = self.arrivals.now();
        let due = writer.next_due();
        // Registered before the watermark is read, so that no release in between is missed.
        let released = self.arrivals.released();
        tokio::pin!(released);
        released.as_mut().enable();
        let watermark = self.arrivals.watermark();
        let held = due.is_some_and(|(time, due)| time <= now && is_held(due, time, watermark));
        let sleep = match (self.resting, due) {
            (Some(until), _) if Instant::now() < until => until.duration_since(Instant::now()),
            (_, None) => TIMER_SLEEP_MAX,
            (_, Some((time, _))) if time > now => {
                let wait = Duration::from_micros(time.since(now).0);
                wait.clamp(Duration::from_millis(1), TIMER_SLEEP_MAX)
            }
            (_, Some(_)) if held => BARRIER_LOOK,
            (_, Some(_)) => return Wake::Time,
        };
        tokio::select! {
            count = self.queue.recv_many(requests, BATCH_COMMANDS_MAX) => {
                if count == 0 { Wake::Stop } else { Wake::Requests }
            }
            () = &mut released, if held => Wake::Time,
            () = tokio::time::sleep(sleep) => Wake::Time,
            _ = self.stop.changed() => Wake::Stop,
        }
    }

    /// Takes what the queue holds, as far as a batch goes, and says how many it took.
    fn drain(&mut self, requests: &mut Vec<Request>) -> usize {
        let before = requests.len();
        while requests.len() < BATCH_COMMANDS_MAX {
            match self.queue.try_recv() {
                Ok(request) => requests.push(request),
                Err(_) => break,
            }
        }
        requests.len().saturating_sub(before)
    }

    /// Appends a batch and answers it. A writer whose batch was not taken is recovered.
    async fn make_durable(
        &mut self,
        mut writer: Writer,
        mut batch: PreparedBatch<Reply>,
    ) -> Result<BatchEnd, Halt> {
        let mut position = None;
        let (mut count, mut closes) = (0, false);
        if !batch.events.is_empty() {
            let events = std::mem::take(&mut batch.events);
            closes = events.iter().any(|event| &*event.kind == "LotClosed");
            count = u64::try_from(events.len()).unwrap_or(u64::MAX);
            match self.append(&batch, events).await {
                Ok(at) => position = Some(at),
                Err(error) => return self.not_durable(writer, batch, error).await,
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

    /// One append. An unknown outcome is asked again with the identical events, never guessed: only
    /// an append that is found durable, or one that was never tried, is certain.
    async fn append(
        &self,
        batch: &PreparedBatch<Reply>,
        events: Vec<NewEvent>,
    ) -> Result<Position, AppendError> {
        let mut told = None;
        for _ in 0..UNKNOWN_RETRIES {
            match self
                .store
                .append(&self.stream, batch.expected, events.clone())
                .await
            {
                Ok(appended) => return Ok(appended.position),
                Err(AppendError::Unknown) => told = Some(AppendError::Unknown),
                Err(error) => return Err(told.unwrap_or(error)),
            }
        }
        Err(AppendError::Unknown)
    }

    async fn not_durable(
        &mut self,
        writer: Writer,
        batch: PreparedBatch<Reply>,
        error: AppendError,
    ) -> Result<BatchEnd, Halt> {
        let told = match error {
            AppendError::Refused(StoreRefusal::DiskFull) => SubmitError::StoreFull,
            AppendError::Refused(StoreRefusal::Closed | StoreRefusal::Size) => SubmitError::Halted,
            AppendError::Unknown | AppendError::Conflict { .. } => SubmitError::Unknown,
        };
        let (waits, answered) = writer.abandon(batch);
        for reply in waits {
            let _gone = reply.send(Err(told));
        }
        if told != SubmitError::StoreFull {
            return Err(Halt::Broken(error.to_string()));
        }
        self.resting = Instant::now().checked_add(Duration::from_millis(SPACE_LOOK_MS));
        self.time.not_durable();
        let snapshots = self.keeper.snapshots.as_ref();
        let recovered = recover(&self.store, self.sale, &self.vault, snapshots, answered).await;
        recovered
            .map(|writer| BatchEnd::Refused(writer.of_process(self.process)))
            .map_err(|error| Halt::Broken(error.to_string()))
    }
}

/// Tells the others if a broken invariant ends the loop.
struct Fallen(watch::Sender<SaleHealth>);

impl Drop for Fallen {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let why = "a broken invariant".to_owned();
            self.0.send_replace(SaleHealth::Halted(why));
        }
    }
}
