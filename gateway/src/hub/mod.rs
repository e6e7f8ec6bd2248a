//! One hub for each sale: follows the stream, folds it, and publishes each public change once.
//!
//! Nothing is queued for a socket. The hub keeps a short ring of encoded updates and the folded
//! state; a socket has a cursor, and when it can write it asks what comes after that. Either the
//! ring covers the cursor, then it gets the bytes that everyone gets; or it is too far behind, then
//! it gets one update made of every view that changed since. So conflation, resuming and slow
//! readers are one mechanism, and a reader that is slow costs nobody else anything.

mod board;
mod catch_up;
mod follow;
mod json_cache;
mod resume;
mod ring;

use std::collections::BTreeMap;
use std::sync::Arc;

use mazad_engine::Engine;
use mazad_engine::domain::{Currency, LotNo, Paddle, SaleId};
use mazad_projections::live::{BoardPhase, LiveSale};
use mazad_projections::public::Audience;
use mazad_proto::v1;
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) use catch_up::{Joining, Next};
pub(crate) use json_cache::{Good, JsonCache};
pub use ring::{LotGlance, Published};

use crate::limits::CURRENCY_WAIT;
use board::{Board, HistoryLine};
use catch_up::CatchUp;

/// The hubs of all sales, made when somebody first asks for the sale. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Hubs {
    shared: Arc<HubsInner>,
}

#[derive(Debug)]
struct HubsInner {
    engine: Engine,
    hubs: Mutex<BTreeMap<SaleId, Arc<Hub>>>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

#[derive(Debug)]
pub struct Hub {
    sale: SaleId,
    board: Mutex<Board>,
    catch_up: CatchUp,
    progress: watch::Sender<Progress>,
    /// The catalogue and the results, as many ask for them.
    pub(crate) book: JsonCache,
    pub(crate) results: JsonCache,
}

/// How far a hub has come: what sockets wait on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Last published public revision.
    pub published: u64,
    /// Revision of the last event that only the owner of one paddle sees: a limit, a presence.
    pub private: u64,
    /// Where the hub stands.
    pub state: HubState,
}

/// Where a hub stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HubState {
    /// Reading what was there when it started.
    #[default]
    CatchingUp,
    Live,
    /// No more: the store has closed, or the log could not be read.
    Ended,
}

impl Hubs {
    pub(crate) fn new(engine: Engine) -> Self {
        let shared = HubsInner {
            engine,
            hubs: Mutex::default(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// The hub of a sale, caught up; `None` if there is no such sale.
    pub async fn of(&self, sale: SaleId) -> Option<Arc<Hub>> {
        let hub = self.start(sale)?;
        let mut progress = hub.progress();
        let settled = progress
            .wait_for(|now| now.state != HubState::CatchingUp)
            .await;
        let is_live = settled.is_ok_and(|now| now.state == HubState::Live);
        is_live.then_some(hub)
    }

    /// The hub of a sale that a reader may know of, see [`Hub::is_shown_to`]; `None`: for this reader
    /// there is no such sale.
    pub(crate) async fn shown(&self, sale: SaleId, to: Audience) -> Option<Arc<Hub>> {
        let hub = self.of(sale).await?;
        hub.is_shown_to(to).then_some(hub)
    }

    /// The same if it follows by now; otherwise it is started, for the next who asks.
    pub(crate) fn shown_now(&self, sale: SaleId, to: Audience) -> Option<Arc<Hub>> {
        let hub = self.start(sale)?;
        let state = hub.progress.borrow().state;
        (state == HubState::Live && hub.is_shown_to(to)).then_some(hub)
    }

    /// The currency of a sale to which a command has just been answered. The hub may be a moment
    /// behind the answer to the sale's first command.
    pub(crate) async fn currency(&self, sale: SaleId) -> Option<Currency> {
        let hub = self.of(sale).await?;
        let mut progress = hub.progress();
        let currency = || hub.read(|live| live.board().terms.as_ref().map(|terms| terms.currency));
        let known = progress.wait_for(|_| currency().is_some());
        let _late = tokio::time::timeout(CURRENCY_WAIT, known).await;
        currency()
    }

    /// Follows every sale that has a writer, and waits until it knows them all. One that cannot be
    /// read says so in the log by itself.
    pub(crate) async fn catch_up(&self) {
        for sale in self.shared.engine.sales() {
            let _unreadable = self.of(sale).await;
        }
    }

    /// Hubs that run, for the metrics, which everyone may read.
    pub(crate) fn len(&self) -> usize {
        let hubs: Vec<Arc<Hub>> = self.shared.hubs.lock().values().cloned().collect();
        let shown = hubs
            .iter()
            .filter(|hub| hub.is_shown_to(Audience::Everyone));
        shown.count()
    }

    /// Ends every hub and waits for its task.
    pub(crate) async fn stop(&self) {
        self.shared.stop.cancel();
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }

    fn start(&self, sale: SaleId) -> Option<Arc<Hub>> {
        let mut hubs = self.shared.hubs.lock();
        if let Some(hub) = hubs.get(&sale) {
            return Some(Arc::clone(hub));
        }
        let is_known = self.shared.engine.state(sale).is_some();
        if !is_known || self.shared.stop.is_cancelled() {
            return None;
        }
        let clock = Arc::clone(self.shared.engine.clock());
        let hub = Arc::new(Hub {
            sale,
            board: Mutex::new(Board::new(sale, Arc::clone(&clock))),
            catch_up: CatchUp::new(clock),
            progress: watch::Sender::default(),
            book: JsonCache::default(),
            results: JsonCache::default(),
        });
        hubs.insert(sale, Arc::clone(&hub));
        let store = Arc::clone(self.shared.engine.store());
        let follow = follow::follow(Arc::clone(&hub), store);
        let (hubs, stop) = (self.clone(), self.shared.stop.clone());
        self.shared.tasks.spawn(async move {
            // A hub that ends, also by a panic, is forgotten: whoever asks next has it rebuilt
            // from the log.
            let _forget = Forget { hubs: &hubs, sale };
            tokio::select! {
                // Safe to drop: it reads and folds, and the fold goes with it.
                () = follow => {}
                // Safe to drop: it holds nothing.
                () = stop.cancelled() => {}
            }
        });
        Some(hub)
    }
}

/// Tells the sockets of a hub that it has ended, however it ended.
struct Forget<'a> {
    hubs: &'a Hubs,
    sale: SaleId,
}

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        if let Some(hub) = self.hubs.shared.hubs.lock().remove(&self.sale) {
            hub.progress
                .send_modify(|progress| progress.state = HubState::Ended);
        }
    }
}

impl Hub {
    pub fn sale(&self) -> SaleId {
        self.sale
    }

    /// Whether the sale is there for a reader. One that is only named is there for nobody, and a draft
    /// for staff alone: to everybody else it becomes known whole, when it is published.
    pub(crate) fn is_shown_to(&self, reader: Audience) -> bool {
        self.read(|live| {
            let board = live.board();
            let is_draft = board.phase == BoardPhase::Draft;
            board.terms.is_some() && (!is_draft || reader == Audience::Staff)
        })
    }

    /// Revision of the last event about a paddle that its owner alone sees; 0: there was none.
    pub(crate) fn private(&self, paddle: Paddle) -> u64 {
        self.board.lock().private(paddle)
    }

    /// Wakes at each published update, with what a bidder alone sees, and when the hub ends.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// The folded sale as it stands: whoever holds it holds nobody up.
    pub fn live(&self) -> Arc<LiveSale> {
        self.board.lock().live()
    }

    /// Reads the folded sale as it stands.
    pub fn read<R>(&self, read: impl FnOnce(&LiveSale) -> R) -> R {
        read(&self.live())
    }

    /// A lot's history from a public revision on, at most so many lines, and whether there are more.
    pub(crate) fn lines(&self, lot: LotNo, from: u64, limit: usize) -> (Vec<HistoryLine>, bool) {
        self.board.lock().lines(lot, from, limit)
    }

    /// What somebody who joins gets: everything, or what changed since the cursor.
    pub(crate) fn join(&self, cursor: Option<v1::Cursor>) -> Joining {
        self.catch_up.join(&self.board, cursor)
    }

    /// Everything, shared with whoever else asks at this moment.
    pub(crate) fn snapshot(&self) -> Arc<ring::Snapshot> {
        self.catch_up.snapshot(&self.board)
    }

    /// What comes after a public revision that a client stands at.
    pub(crate) fn after(&self, cursor: u64) -> Next {
        self.catch_up.after(&self.board, cursor)
    }
}
