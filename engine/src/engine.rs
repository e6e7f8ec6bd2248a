//! Runs a writer for each sale of a store, and passes commands to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::RwLock;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::clock::Clock;
use crate::codec::Vault;
use crate::domain::{AccountId, Act, Answer, AnswerKey, Command, SaleAct, SaleId, StaffAct};
use crate::limits::COMMAND_QUEUE_MAX;
use crate::store::{DiskSpace, EventStore, StreamId};
use crate::writer::{
    ArrivalHold, Arrivals, Keeper, Lookup, Mine, Preview, Query, Recaller, Recovered, Request,
    SaleHealth, Snapshots, StartError, SubmitError, Timekeeper, Writer, WriterTask, recover_all,
};

/// All sales of a store, each with its one writer. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    store: Arc<dyn EventStore>,
    vault: Arc<Vault>,
    clock: Arc<dyn Clock>,
    arrivals: Arc<Arrivals>,
    snapshots: Option<Arc<dyn Snapshots>>,
    /// Random, of this engine alone: no other writes events with the same ids.
    process: Uuid,
    sales: RwLock<BTreeMap<SaleId, WriterHandle>>,
    stop: watch::Sender<bool>,
}

#[derive(Debug)]
struct WriterHandle {
    requests: mpsc::Sender<Request>,
    health: watch::Receiver<SaleHealth>,
    task: Option<JoinHandle<()>>,
}

impl Engine {
    /// Recovers every sale of the store and starts its writer.
    ///
    /// # Errors
    /// [`StartError`]; nothing runs then.
    pub async fn start(
        store: Arc<dyn EventStore>,
        vault: Arc<Vault>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StartError> {
        Self::start_with(store, vault, clock, None).await
    }

    /// The same, from snapshots where they fit, and keeping new ones.
    ///
    /// # Errors
    /// [`StartError`]; nothing runs then.
    pub async fn start_with(
        store: Arc<dyn EventStore>,
        vault: Arc<Vault>,
        clock: Arc<dyn Clock>,
        snapshots: Option<Arc<dyn Snapshots>>,
    ) -> Result<Self, StartError> {
        let arrivals = Arrivals::new(Arc::clone(&clock));
        let (stop, _) = watch::channel(false);
        let sales = RwLock::default();
        let shared = Shared {
            store,
            vault,
            clock,
            arrivals,
            snapshots,
            process: Uuid::new_v4(),
            sales,
            stop,
        };
        let engine = Self {
            shared: Arc::new(shared),
        };
        let Shared {
            store,
            vault,
            snapshots,
            ..
        } = &*engine.shared;
        let recovered = recover_all(store, vault, snapshots.as_ref()).await?;
        // R0: time does not begin before what has happened; a machine that says so is told of.
        let last = recovered.values().map(|one| one.writer.sale().now).max();
        engine.shared.clock.not_before(last.unwrap_or_default());
        for (sale, recovered) in recovered {
            engine.spawn(sale, recovered);
        }
        Ok(engine)
    }

    /// Offers a command to the writer of its sale and waits until what follows is durable.
    /// [`SaleAct::Create`] makes the sale. The hold is released once the command is in the queue.
    ///
    /// # Errors
    /// [`SubmitError`]. While the store's [`DiskSpace`] is short nothing is begun, and while it is out bids
    /// are taken only where the end is near: [`SubmitError::StoreFull`], and no event.
    pub async fn submit(
        &self,
        sale: SaleId,
        command: Command,
        hold: ArrivalHold,
    ) -> Result<Answer, SubmitError> {
        if let Act::Staff(StaffAct::Sale(SaleAct::Create { terms })) = &command.act
            && terms.check().is_ok()
        {
            let is_new = !self.shared.sales.read().contains_key(&sale);
            if is_new && self.shared.store.disk_space() != DiskSpace::Plenty {
                return Err(SubmitError::StoreFull);
            }
            self.spawn_new(sale);
        }
        let (reply, answer) = oneshot::channel();
        self.offer(
            sale,
            Request::Command {
                command: Box::new(command),
                reply,
            },
        )?;
        drop(hold);
        // A writer that dies drops the reply: nobody knows what became durable.
        answer.await.unwrap_or(Err(SubmitError::Unknown))
    }

    /// The answer that a command got, once it is durable.
    ///
    /// # Errors
    /// [`SubmitError::UnknownSale`], [`SubmitError::QueueFull`], [`SubmitError::StoreAway`],
    /// [`SubmitError::Halted`]; [`SubmitError::Unknown`]: it was given, and cannot be read back.
    pub async fn lookup(&self, sale: SaleId, key: AnswerKey) -> Result<Lookup, SubmitError> {
        let (reply, answer) = oneshot::channel();
        self.offer(sale, Request::Query(Query::Lookup { key, reply }))?;
        answer.await.unwrap_or(Err(SubmitError::Halted))
    }

    /// What only this bidder may know of a sale.
    ///
    /// # Errors
    /// [`SubmitError::UnknownSale`], [`SubmitError::QueueFull`], [`SubmitError::StoreAway`],
    /// [`SubmitError::Halted`].
    pub async fn mine(&self, sale: SaleId, account: AccountId) -> Result<Mine, SubmitError> {
        let (reply, answer) = oneshot::channel();
        self.offer(sale, Request::Query(Query::Mine { account, reply }))?;
        answer.await.unwrap_or(Err(SubmitError::Halted))
    }

    /// What an act of staff would lead to, without any event; it stands behind the commands that wait.
    ///
    /// # Errors
    /// [`SubmitError::UnknownSale`], [`SubmitError::QueueFull`], [`SubmitError::StoreAway`],
    /// [`SubmitError::Halted`].
    pub async fn preview(&self, sale: SaleId, command: Command) -> Result<Preview, SubmitError> {
        let (reply, answer) = oneshot::channel();
        let command = Box::new(command);
        self.offer(sale, Request::Query(Query::Preview { command, reply }))?;
        answer.await.unwrap_or(Err(SubmitError::Halted))
    }

    /// Writes a sale again that another engine has written since: the first event ends the other's term.
    /// Nothing for a sale that this engine writes.
    ///
    /// # Errors
    /// [`SubmitError::UnknownSale`], [`SubmitError::QueueFull`], [`SubmitError::Halted`].
    pub fn own(&self, sale: SaleId) -> Result<(), SubmitError> {
        self.offer(sale, Request::Own)
    }

    /// R0: stamps an arrival, when the last byte of its frame has been read.
    pub fn arrive(&self) -> ArrivalHold {
        self.shared.arrivals.arrive()
    }

    /// Every sale that has a writer.
    pub fn sales(&self) -> Vec<SaleId> {
        self.shared.sales.read().keys().copied().collect()
    }

    /// Whether a sale's writer runs; `None` if there is no such sale.
    pub fn state(&self, sale: SaleId) -> Option<SaleHealth> {
        let sales = self.shared.sales.read();
        sales
            .get(&sale)
            .map(|running| running.health.borrow().clone())
    }

    /// Commands that wait in the queues of all sales, for the metrics.
    pub fn queued(&self) -> usize {
        let sales = self.shared.sales.read();
        let waiting = |running: &WriterHandle| {
            running
                .requests
                .max_capacity()
                .saturating_sub(running.requests.capacity())
        };
        sales.values().map(waiting).sum()
    }

    /// The store behind it.
    pub fn store(&self) -> &Arc<dyn EventStore> {
        &self.shared.store
    }

    /// The clock behind it.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.shared.clock
    }

    /// The key behind it.
    pub fn vault(&self) -> &Arc<Vault> {
        &self.shared.vault
    }

    /// Stops taking commands, answers those already queued, and ends every writer.
    pub async fn stop(&self) {
        self.shared.stop.send_replace(true);
        let tasks: Vec<JoinHandle<()>> = {
            let mut sales = self.shared.sales.write();
            sales
                .values_mut()
                .filter_map(|running| running.task.take())
                .collect()
        };
        for task in tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a writer did not end well");
            }
        }
    }

    fn offer(&self, sale: SaleId, request: Request) -> Result<(), SubmitError> {
        let sales = self.shared.sales.read();
        let running = sales.get(&sale).ok_or(SubmitError::UnknownSale)?;
        running
            .requests
            .try_send(request)
            .map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => SubmitError::QueueFull,
                mpsc::error::TrySendError::Closed(_) => SubmitError::Halted,
            })
    }

    fn spawn_new(&self, sale: SaleId) {
        if !self.shared.sales.read().contains_key(&sale) {
            let vault = Arc::clone(&self.shared.vault);
            self.spawn(sale, Writer::new(sale, vault).into());
        }
    }

    fn spawn(&self, sale: SaleId, recovered: Recovered) {
        let mut sales = self.shared.sales.write();
        if sales.contains_key(&sale) {
            return;
        }
        let (requests, queue) = mpsc::channel(COMMAND_QUEUE_MAX);
        let (healthy, health) = watch::channel(SaleHealth::Running);
        let stream = StreamId::sale(sale.0);
        let task = WriterTask {
            sale,
            stream: stream.clone(),
            recaller: Recaller::new(
                Arc::clone(&self.shared.store),
                stream,
                Arc::clone(&self.shared.vault),
            ),
            store: Arc::clone(&self.shared.store),
            vault: Arc::clone(&self.shared.vault),
            arrivals: Arc::clone(&self.shared.arrivals),
            keeper: Keeper::new(self.shared.snapshots.clone(), recovered.replayed),
            queue,
            health: healthy,
            stop: self.shared.stop.subscribe(),
            process: self.shared.process,
            resting: None,
            time: Timekeeper::new(&self.shared.arrivals),
        };
        let writer = recovered.writer.of_process(self.shared.process);
        let task = Some(tokio::spawn(task.run(writer)));
        sales.insert(
            sale,
            WriterHandle {
                requests,
                health,
                task,
            },
        );
    }
}
