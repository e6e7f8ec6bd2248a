//! The thin async loop around a [`Writer`]: drain, decide, append once, answer.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

use crate::codec::Vault;
use crate::domain::{AccountId, Answer, AnswerKey, Command, Due, SaleId, Time};
use crate::engine::{Lookup, SaleHealth, SubmitError};
use crate::gate::ArrivalGate;
use crate::limits::{
    BARRIER_WAIT, BATCH_COMMANDS_MAX, SNAPSHOT_EVENTS, TIMER_SLEEP_MAX, UNKNOWN_RETRIES,
};
use crate::recovery::recover;
use crate::room;
use crate::snapshots::Snapshots;
use crate::store::{AppendError, EventStore, Position, Refusal, Room, StreamId};
use crate::writer::{Mine, Outcome, Prepared, Writer};

/// Something that a sale's writer is asked.
#[derive(Debug)]
pub(crate) enum Request {
    Command {
        command: Box<Command>,
        reply: Reply,
    },
    Lookup {
        key: AnswerKey,
        reply: oneshot::Sender<Lookup>,
    },
    Mine {
        account: AccountId,
        reply: oneshot::Sender<Mine>,
    },
}

type Reply = oneshot::Sender<Result<Answer, SubmitError>>;

/// Everything that wakes the loop.
enum Wake {
    /// Requests came, or the queue closed with the engine.
    Requests,
    /// The clock may have brought something about, or a hold was released.
    Time,
    /// The engine stops.
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
pub(crate) struct WriterLoop {
    pub(crate) sale: SaleId,
    pub(crate) stream: StreamId,
    pub(crate) store: Arc<dyn EventStore>,
    pub(crate) vault: Arc<Vault>,
    pub(crate) gate: Arc<ArrivalGate>,
    pub(crate) snapshots: Option<Arc<dyn Snapshots>>,
    /// Events since the last snapshot of this process.
    pub(crate) unsaved: u64,
    pub(crate) queue: mpsc::Receiver<Request>,
    pub(crate) health: watch::Sender<SaleHealth>,
    pub(crate) stop: watch::Receiver<bool>,
}

impl WriterLoop {
    pub(crate) async fn run(mut self, writer: Writer) {
        let sale = self.sale;
        match self.serve(writer).await {
            Halt::Stopped => tracing::debug!(%sale, "writer stopped"),
            Halt::Broken(why) => {
                tracing::error!(%sale, why, "writer halted");
                self.health.send_replace(SaleHealth::Halted(why));
                // Whoever is still in the queue is told by the dropped replies.
            }
        }
    }

    async fn serve(&mut self, mut writer: Writer) -> Halt {
        let start = writer.prepare_start(self.store.identity().epoch, self.gate.now());
        writer = match self.make_durable(writer, start).await {
            Ok(writer) => writer,
            Err(halt) => return halt,
        };
        let mut requests = Vec::with_capacity(BATCH_COMMANDS_MAX);
        let mut waiting: Vec<(Command, Reply)> = Vec::new();
        let mut queries = Vec::new();
        loop {
            if waiting.is_empty() && requests.is_empty() {
                match self.wake(&writer, &mut requests).await {
                    Wake::Requests | Wake::Time => {}
                    Wake::Stop => {
                        self.queue.close();
                        if self.queue.is_empty() {
                            return Halt::Stopped;
                        }
                    }
                }
            }
            // The watermark first, the queue after it: what was stamped before a close is in hand.
            let watermark = self.gate.watermark();
            let drained = self.drain(&mut requests);
            sort_out(&mut requests, &mut waiting, &mut queries);
            let now = self.gate.now();
            refuse_for_room(self.store.room(), &writer, &mut waiting, now);
            let watermark = if drained { watermark } else { Time(0) };
            let batch = if self.is_outage(&writer, now, watermark) {
                writer.prepare_outage(now)
            } else {
                writer.prepare(&mut waiting, now, watermark)
            };
            writer = match self.make_durable(writer, batch).await {
                Ok(writer) => writer,
                Err(halt) => return halt,
            };
            for query in queries.drain(..) {
                answer(&writer, query);
            }
        }
    }

    /// Waits for something to do. Dropping an arm's future loses nothing: `recv_many` takes
    /// requests only when it resolves, the others carry no data.
    async fn wake(&mut self, writer: &Writer, requests: &mut Vec<Request>) -> Wake {
        let now = self.gate.now();
        let due = writer.next_due();
        // Registered before the watermark is read, so that no release in between is missed.
        let released = self.gate.released();
        tokio::pin!(released);
        released.as_mut().enable();
        let watermark = self.gate.watermark();
        let sleep = match due {
            None => TIMER_SLEEP_MAX,
            Some((time, due)) if time > now || is_held(due, time, watermark) => {
                let wait = Duration::from_micros(time.since(now).0).max(Duration::from_millis(1));
                if time > now {
                    wait.min(TIMER_SLEEP_MAX)
                } else {
                    Duration::from_millis(50)
                }
            }
            Some(_) => return Wake::Time,
        };
        if *self.stop.borrow() {
            return Wake::Stop;
        }
        tokio::select! {
            count = self.queue.recv_many(requests, BATCH_COMMANDS_MAX) => {
                if count == 0 { Wake::Stop } else { Wake::Requests }
            }
            () = &mut released => Wake::Time,
            () = tokio::time::sleep(sleep) => Wake::Time,
            _ = self.stop.changed() => Wake::Stop,
        }
    }

    /// Takes what the queue holds, as far as a batch goes; whether that was all.
    fn drain(&mut self, requests: &mut Vec<Request>) -> bool {
        while requests.len() < BATCH_COMMANDS_MAX {
            match self.queue.try_recv() {
                Ok(request) => requests.push(request),
                Err(_) => return true,
            }
        }
        false
    }

    /// R0: a gateway that has held an older stamp for too long after an end.
    fn is_outage(&self, writer: &Writer, now: Time, watermark: Time) -> bool {
        let Some((time, due)) = writer.next_due() else {
            return false;
        };
        let silent = Time(now.0.saturating_sub(BARRIER_WAIT.0));
        is_held(due, time, watermark) && watermark != Time(0) && time < silent
    }

    /// Appends a batch and answers it. A writer whose batch was not taken is recovered.
    async fn make_durable(
        &mut self,
        writer: Writer,
        mut batch: Prepared<Reply>,
    ) -> Result<Writer, Halt> {
        let mut closes = false;
        if !batch.events.is_empty() {
            let events = std::mem::take(&mut batch.events);
            closes = events.iter().any(|event| &*event.kind == "LotClosed");
            let count = u64::try_from(events.len()).unwrap_or(u64::MAX);
            match self.append(&batch, events).await {
                Ok(position) => self.keep(&writer, position, count),
                Err(error) => return self.not_durable(writer, batch, error).await,
            }
        }
        for (reply, outcome) in writer.commit(batch) {
            let answer = match outcome {
                Outcome::Answered(answer) => Ok(answer),
                Outcome::Reused => Err(SubmitError::Reused),
            };
            // Whoever asked may be gone; the answer stays to be looked up.
            let _gone = reply.send(answer);
        }
        if closes {
            // An award, once heard, is not left to what a crash might make of the end of the log.
            self.store.mark();
        }
        Ok(writer)
    }

    /// One append. An unknown outcome is asked again with the identical events, never guessed.
    async fn append(
        &self,
        batch: &Prepared<Reply>,
        events: Vec<crate::store::NewEvent>,
    ) -> Result<Position, AppendError> {
        for _ in 0..UNKNOWN_RETRIES {
            match self
                .store
                .append(&self.stream, batch.expected, events.clone())
                .await
            {
                Err(AppendError::Unknown) => {}
                Err(error) => return Err(error),
                Ok(appended) => return Ok(appended.position),
            }
        }
        Err(AppendError::Unknown)
    }

    /// Keeps a snapshot now and then. It costs the sale the time of encoding it, so seldom.
    fn keep(&mut self, writer: &Writer, position: Position, appended: u64) {
        self.unsaved = self.unsaved.saturating_add(appended);
        if let Some(snapshots) = &self.snapshots
            && self.unsaved >= SNAPSHOT_EVENTS
        {
            snapshots.save(self.sale, writer.sale(), position);
            self.unsaved = 0;
        }
    }

    async fn not_durable(
        &self,
        writer: Writer,
        batch: Prepared<Reply>,
        error: AppendError,
    ) -> Result<Writer, Halt> {
        let told = match error {
            AppendError::Refused(Refusal::DiskFull) => SubmitError::StoreFull,
            AppendError::Refused(Refusal::Closed | Refusal::Size) => SubmitError::Halted,
            AppendError::Unknown | AppendError::Conflict { .. } => SubmitError::Unknown,
        };
        for reply in writer.abandon(batch) {
            let _gone = reply.send(Err(told));
        }
        if told == SubmitError::StoreFull {
            let recovered =
                recover(&self.store, self.sale, &self.vault, self.snapshots.as_ref()).await;
            return recovered.map_err(|error| Halt::Broken(error.to_string()));
        }
        Err(Halt::Broken(error.to_string()))
    }
}

/// R0: a close or a lapse waits while an older stamp is on its way.
fn is_held(due: Due, time: Time, watermark: Time) -> bool {
    due.waits_for_arrivals() && watermark < time
}

/// Tells those whose commands the store has no room for, and drops the commands.
fn refuse_for_room(room: Room, writer: &Writer, waiting: &mut Vec<(Command, Reply)>, now: Time) {
    let sale = writer.sale();
    let is_refused =
        |(command, _): &mut (Command, Reply)| room::refuses(room, sale, command, now.max(sale.now));
    for (_, reply) in waiting.extract_if(.., is_refused) {
        let _gone = reply.send(Err(SubmitError::StoreFull));
    }
}

fn sort_out(
    requests: &mut Vec<Request>,
    commands: &mut Vec<(Command, Reply)>,
    queries: &mut Vec<Request>,
) {
    for request in requests.drain(..) {
        match request {
            Request::Command { command, reply } => commands.push((*command, reply)),
            query @ (Request::Lookup { .. } | Request::Mine { .. }) => queries.push(query),
        }
    }
}

fn answer(writer: &Writer, query: Request) {
    match query {
        Request::Lookup { key, reply } => {
            let revision = writer.sale().next_revision.saturating_sub(1);
            let known = writer.answer(&key).cloned();
            let lookup = known.map_or(Lookup::NotSeen { revision }, Lookup::Answered);
            let _gone = reply.send(lookup);
        }
        Request::Mine { account, reply } => {
            let _gone = reply.send(writer.mine(account));
        }
        Request::Command { .. } => unreachable!("commands are not queries"),
    }
}
