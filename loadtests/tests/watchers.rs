//! Whoever watches sees a sale's revisions rise without gap or repeat, through cuts, resumes,
//! slow reading and a restart of the server, and ends with what the server has.
#![cfg(test)]

use std::sync::Arc;

use mazad_client::{
    Body, Client, ClientError, Connection, Encoding, JoinedSale, OnDoubt, SalePicture,
    ServerAddress, UpdateOutcome, bid, command,
};
use mazad_engine::store::{EventStore, MemoryStore};
use mazad_loadtests::stage::{Stage, open_sale};
use mazad_loadtests::test_admin::AdminSale;
use mazad_loadtests::{PATIENCE, Whereabouts};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

const WATCHERS: u64 = 200;
const LOTS: u32 = 6;
const BIDDERS: u32 = 4;
const BIDS_EACH: u32 = 100;

/// What everybody in the test can see.
#[derive(Clone)]
struct Stand {
    sale: String,
    server: Whereabouts,
    /// Bids answered so far.
    bids: watch::Receiver<u32>,
    /// The last public change, once nothing more comes.
    last: watch::Receiver<Option<u64>>,
}

struct Watcher {
    stand: Stand,
    encoding: Encoding,
    random: StdRng,
    picture: SalePicture,
    joins: u32,
    /// Joins with a cursor that were answered with what is new alone.
    resumes: u32,
    /// Whether this connection has heard nothing of the sale yet.
    is_first: bool,
    /// Where this connection has been, for the report.
    trail: Vec<String>,
}

impl Watcher {
    /// Watches until the end, over as many connections as it takes.
    async fn watch(mut self) -> (SalePicture, Self) {
        for _ in 0..10_000 {
            if let Some(picture) = self.finished() {
                return (picture, self);
            }
            self.one_connection().await;
        }
        panic!("the end never came");
    }

    fn finished(&self) -> Option<SalePicture> {
        let last = (*self.stand.last.borrow())?;
        let at = self.picture.cursor()?.revision;
        (at >= last).then(|| self.picture.clone())
    }

    async fn one_connection(&mut self) {
        let anybody = Client::to_moving(self.stand.server.clone());
        let Ok(mut connection) = anybody.connect(self.encoding).await else {
            // It is just restarting: its new place comes next.
            tokio::task::yield_now().await;
            return;
        };
        let cursor = self.picture.cursor();
        if connection.join(&self.stand.sale, cursor).await.is_err() {
            return;
        }
        self.joins += 1;
        self.is_first = true;
        self.trail = vec![format!("{:?} joins with {cursor:?}", self.encoding)];
        let frames = self.random.random_range(1..30);
        for _ in 0..frames {
            if self.finished().is_some() || !self.one_frame(&mut connection).await {
                break;
            }
            if self.random.random_range(0..20) == 0 {
                self.read_nothing_for_a_while().await;
            }
        }
        // A cut in the middle of things, or a polite goodbye.
        if self.random.random_range(0..2) == 0 {
            let _gone_already = connection.close().await;
        }
    }

    /// Takes one frame; false if the connection has ended.
    async fn one_frame(&mut self, connection: &mut Connection) -> bool {
        let is_over = self.stand.last.borrow().is_some();
        let heard = tokio::select! {
            heard = timeout(PATIENCE, connection.hear()) => heard.unwrap_or_else(|_| panic!("no update after {:?}", self.trail)),
            // Whoever has everything already hears nothing more.
            _ = self.stand.last.wait_for(Option::is_some), if !is_over => return true,
        };
        match heard {
            Ok(frame) => self.take(frame.body),
            Err(ClientError::Closed(_)) => return false,
            Err(error) => panic!("{error} after {:?}", self.trail),
        }
        true
    }

    fn take(&mut self, body: Body) {
        self.trail.push(match &body {
            Body::Snapshot(snapshot) => format!("snapshot {:?}", snapshot.cursor),
            Body::Update(update) => format!("update {}..={}", update.from, update.to),
            other => format!("{other:?}"),
        });
        let is_first = std::mem::replace(&mut self.is_first, false);
        match body {
            Body::Snapshot(snapshot) => self.picture.snapshot(snapshot).unwrap(),
            Body::Update(update) => {
                // What was joined for others may end before this client's place, once.
                match self.picture.update(update).unwrap() {
                    UpdateOutcome::Applied => self.resumes += u32::from(is_first),
                    UpdateOutcome::Known if is_first => {}
                    taken => panic!("{taken:?} within one connection: {:?}", self.trail),
                }
            }
            other => panic!("a watcher hears {other:?}"),
        }
    }

    /// Others go on bidding meanwhile.
    async fn read_nothing_for_a_while(&mut self) {
        let wanted = *self.stand.bids.borrow() + 20;
        let is_later = |bids: &u32| *bids >= wanted.min(BIDDERS * BIDS_EACH);
        timeout(PATIENCE, self.stand.bids.wait_for(is_later))
            .await
            .unwrap()
            .unwrap();
    }
}

/// Places bids through whatever happens, each a step above what this bidder saw last.
async fn bid_on(mut bidder: JoinedSale, seed: u64, bids: watch::Sender<u32>) {
    let mut random = StdRng::seed_from_u64(seed);
    let mut asks = [1_000; LOTS as usize];
    for _ in 0..BIDS_EACH {
        let index = random.random_range(0..asks.len());
        let lot = u32::try_from(index).unwrap() + 1;
        let amount = asks[index] + random.random_range(0..500);
        let sent = command(bidder.picture().sale(), bid(lot, amount));
        let answered = bidder.settle(sent).await.unwrap();
        asks[index] = answered.answer.ask.max(1_000) + 100;
        bids.send_modify(|count| *count += 1);
    }
}

struct Show {
    stand: Stand,
    server: watch::Sender<Option<ServerAddress>>,
    bids: watch::Sender<u32>,
    last: watch::Sender<Option<u64>>,
}

impl Show {
    fn of(stage: &Stage, sale: &AdminSale) -> Self {
        let (server, at) = watch::channel(Some(stage.address().clone()));
        let (bids, counted) = watch::channel(0);
        let (last, end) = watch::channel(None);
        let stand = Stand {
            sale: sale.id.clone(),
            server: at,
            bids: counted,
            last: end,
        };
        Self {
            stand,
            server,
            bids,
            last,
        }
    }

    /// All who watch, half in each encoding.
    fn watchers(&self) -> JoinSet<(SalePicture, Watcher)> {
        let mut watchers = JoinSet::new();
        for number in 0..WATCHERS {
            let encoding = if number % 2 == 0 {
                Encoding::Json
            } else {
                Encoding::Proto
            };
            let (stand, random) = (self.stand.clone(), StdRng::seed_from_u64(number));
            watchers.spawn(
                Watcher {
                    stand,
                    encoding,
                    random,
                    picture: SalePicture::new(&self.stand.sale),
                    joins: 0,
                    resumes: 0,
                    is_first: true,
                    trail: Vec::new(),
                }
                .watch(),
            );
        }
        watchers
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watchers_see_rising_revisions_without_gap_through_cuts_and_a_restart() {
    let store: Arc<dyn EventStore> = Arc::new(MemoryStore::new());
    let stage = Stage::over(Arc::clone(&store)).await.unwrap();
    let sale = open_sale(stage.admin(), LOTS).await.unwrap();
    let show = Show::of(&stage, &sale);

    let mut bidders = JoinSet::new();
    for paddle in 1..=BIDDERS {
        let known = sale.bidder(paddle).await.unwrap();
        let encoding = if paddle % 2 == 0 {
            Encoding::Json
        } else {
            Encoding::Proto
        };
        let known = Client::to_moving(show.stand.server.clone()).with_token(known.token().unwrap());
        let bidder = known.join(&sale.id, encoding).on_doubt(OnDoubt::Repeat);
        bidders.spawn(bid_on(bidder, paddle.into(), show.bids.clone()));
    }
    let mut watchers = show.watchers();

    // Half way through the server stops, and another goes on with the same log.
    let half = BIDDERS * BIDS_EACH / 2;
    show.stand
        .bids
        .clone()
        .wait_for(|bids| *bids >= half)
        .await
        .unwrap();
    show.server.send_replace(None);
    stage.stop().await.unwrap();
    let stage = Stage::over(store).await.unwrap();
    show.server.send_replace(Some(stage.address().clone()));

    while let Some(done) = bidders.join_next().await {
        done.unwrap();
    }
    let snapshot = sale.at(stage.admin()).snapshot().await.unwrap();
    let truth = SalePicture::from_snapshot(snapshot).unwrap();
    show.last.send_replace(Some(truth.public_revision()));

    let (mut joins, mut resumes) = (0, 0);
    while let Some(done) = watchers.join_next().await {
        let (picture, watcher) = done.unwrap();
        picture.shows_same(&truth).unwrap();
        joins += watcher.joins;
        resumes += watcher.resumes;
    }
    assert!(u64::from(joins) > WATCHERS, "there were cuts");
    assert!(resumes > 0, "a cursor was answered with what is new");
    assert!(
        truth.lots().any(|lot| lot.view().bids > 10),
        "there were bids"
    );
    stage.stop().await.unwrap();
}
