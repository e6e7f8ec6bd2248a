//! The task of a sale's writer, a thin async loop around a [`Writer`]: drain, decide, append once,
//! answer.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use uuid::Uuid;

use super::answers::{Reply, SubmitError};
use super::arrivals::Arrivals;
use super::core::{PreparedBatch, Writer};
use super::ends::{BatchEnd, Halt, SaleHealth};
use super::keeper::Keeper;
use super::mailbox::{Known, Mailbox, Request};
use super::recall::Recaller;
use super::timekeeper::{Timekeeper, is_held};
use crate::codec::Vault;
use crate::domain::SaleId;
use crate::limits::{BARRIER_LOOK, BATCH_COMMANDS_MAX, TIMER_SLEEP_MAX, UNKNOWN_PAUSE};
use crate::store::{EventStore, Revision, StreamId};

/// Everything that wakes the loop.
enum Wake {
    /// Requests came, or the queue closed with the engine.
    Requests,
    /// The clock may have brought something about, or a hold was released.
    Time,
    Stop,
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
    /// Random id of this engine's term in the sale.
    pub(crate) process: Uuid,
    pub(crate) queue: mpsc::Receiver<Request>,
    pub(crate) health: watch::Sender<SaleHealth>,
    pub(crate) stop: watch::Receiver<bool>,
    /// The store had no space: nothing is tried before this.
    pub(crate) resting: Option<Instant>,
    pub(crate) time: Timekeeper,
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
                let made = match self.make_durable(writer, &mut mailbox, batch).await {
                    Ok(BatchEnd::Durable(writer) | BatchEnd::Refused(writer)) => Ok(writer),
                    Ok(BatchEnd::Deposed(writer)) => self.stand_by(writer, &mut mailbox).await,
                    Err(halt) => Err(halt),
                };
                writer = match made {
                    Ok(writer) => writer,
                    Err(halt) => return halt,
                };
            }
            mailbox.answer_queries(&writer, &self.recaller);
        }
    }

    /// R3.7: the first event of this process. Nothing is decided before it is durable: what the
    /// silence cost is given back in the same append. It ends the term of whoever wrote before: of two
    /// that begin at the same event, the second begins anew behind the first.
    pub(super) async fn begin(
        &mut self,
        mut writer: Writer,
        mailbox: &mut Mailbox,
    ) -> Result<Writer, Halt> {
        loop {
            let epoch = self.store.identity().epoch;
            let start = self.time.start(&self.arrivals, &mut writer, epoch);
            writer = match self.make_durable(writer, mailbox, start).await? {
                BatchEnd::Durable(writer) => return Ok(writer),
                BatchEnd::Refused(writer) => writer,
                BatchEnd::Deposed(writer) => {
                    let place = (&writer, Revision(writer.sale().next_revision));
                    self.pause(place, mailbox, UNKNOWN_PAUSE, SubmitError::NotOwner)
                        .await?;
                    writer
                }
            };
            while self.is_resting() {
                if let Wake::Stop = self.wake(&writer, &mut mailbox.requests).await {
                    return Err(Halt::Stopped);
                }
                mailbox.sort_out();
                mailbox.answer_known(&self.known(&writer), SubmitError::StoreFull);
                mailbox.answer_queries(&writer, &self.recaller);
            }
        }
    }

    /// What a writer has answered for sure that is not ahead of the log.
    pub(super) fn known<'a>(&'a self, writer: &'a Writer) -> Known<'a> {
        Known {
            writer,
            recaller: &self.recaller,
            before: Revision(writer.sale().next_revision),
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
            mailbox.answer_known(&self.known(writer), SubmitError::StoreFull);
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
