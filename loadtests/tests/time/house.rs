//! A served sale of lots that end by themselves, and its log afterwards.

use std::collections::BTreeSet;
use std::path::PathBuf;

use mazad_client::{Act, Body, ClientError, Connection, Encoding, Said, command, flat_bid, v1};
use mazad_engine::clock::{Clock, SystemClock};
use mazad_engine::codec::decode;
use mazad_engine::domain::{
    BidEvent, Closes, Event, LotEvent, LotNo, LotOutcome, Mode, Opens, PauseCause, Recorded,
    Running, SaleEvent, SoftClose, Span, Time,
};
use mazad_engine::store::log::{EmbeddedStore, OpenOptions};
use mazad_engine::store::{EventStore as _, Revision, StreamId};
use mazad_loadtests::process::{Served, goes_on_after, program, signal};
use mazad_loadtests::scene;
use mazad_loadtests::test_admin::{AdminSale, connect};
use tempfile::TempDir;
use tokio::time::{Duration, Instant, timeout};
use uuid::Uuid;

use super::tools::FakeClock;

/// Runs by the clock, and ends soon.
pub(crate) const SOON: u32 = 1;
/// Linked with each other, and end a little later.
pub(crate) const LINKED: [u32; 2] = [2, 3];
/// Ends in ten minutes.
pub(crate) const LATER: u32 = 4;

const SOON_ENDS: Span = Span::seconds(15);
const LINKED_END: Span = Span::seconds(18);
const LEAST: Span = Span::seconds(5);

/// Longest that a sale is followed for something to happen.
const PATIENCE: Duration = Duration::from_secs(90);

pub(crate) struct House {
    pub(crate) folder: TempDir,
    pub(crate) served: Served,
    pub(crate) sale: AdminSale,
    /// Follows the sale.
    pub(crate) watcher: Connection,
    pub(crate) second: Connection,
    /// When what ends soon was to end.
    all_end: Time,
}

impl House {
    /// A sale that has just opened; the first bidder leads everywhere.
    pub(crate) async fn open(clock: Option<&FakeClock>, folder: TempDir) -> Self {
        let served = start(&folder, clock);
        let admin = served.admin();
        let mut terms = scene::sale_terms("time", "EGP").unwrap();
        terms.resume_minimum = LEAST;
        let mut sale = admin.sale(&terms).await.unwrap();
        for (span, group) in [(SOON_ENDS, 0), (LINKED_END, 7), (LINKED_END, 7)] {
            sale.lot(&lot(timed(span, group))).await.unwrap();
        }
        sale.lot(&lot(timed(Span::minutes(10), 0))).await.unwrap();
        let (first, second) = (sale.bidder(1).await.unwrap(), sale.bidder(2).await.unwrap());
        let mut watcher = connect(&second, Encoding::Json).await.unwrap();
        let mut first = connect(&first, Encoding::Json).await.unwrap();
        let second = connect(&second, Encoding::Proto).await.unwrap();
        sale.open().await.unwrap();
        let snapshot = watcher.join_from_nothing(&sale.id).await.unwrap();
        let ends = snapshot.lots.iter().filter(|lot| lot.lot <= LINKED[1]);
        let all_end = Time(ends.map(|lot| lot.ends_at).max().unwrap());
        for lot in [SOON, LINKED[0], LATER] {
            let (answer, _) = first
                .ask(bids(&sale, lot, 1_000))
                .await
                .unwrap()
                .answer()
                .unwrap();
            assert_eq!(answer.verdict(), v1::Verdict::Accepted, "{answer:?}");
        }
        Self {
            folder,
            served,
            sale,
            watcher,
            second,
            all_end,
        }
    }

    /// The process is stopped over the ends of all that ends soon, and for so long at least, while
    /// somebody does something.
    pub(crate) async fn stopped(&mut self, seconds: u64, meanwhile: impl AsyncFnOnce(&mut Self)) {
        let stopped = Instant::now();
        let pid = self.served.pid();
        signal(pid, "STOP").unwrap();
        meanwhile(self).await;
        let over = Duration::from_micros(self.all_end.0.saturating_sub(now().0) + 2_000_000);
        let rest = Duration::from_secs(seconds).saturating_sub(stopped.elapsed());
        goes_on_after(pid, rest.max(over)).await.unwrap();
    }

    /// The second bidder sends a bid, and does not wait.
    pub(crate) async fn second_sends(&mut self, lot: u32, amount: i64) -> String {
        let bid = bids(&self.sale, lot, amount);
        let id = bid.id.clone();
        self.second.say(Said::Command(bid)).await.unwrap();
        id
    }

    /// What became of it.
    pub(crate) async fn second_hears(&mut self, id: &str) -> v1::Answer {
        patiently(&mut self.second, |body| match body {
            Body::Answer(answer) if answer.id == id => Some(answer.clone()),
            Body::Fault(fault) => panic!("{fault:?}"),
            _ => None,
        })
        .await
    }

    /// Until lots have ended, together or one after the other.
    pub(crate) async fn end(&mut self, lots: &[u32]) {
        let mut open: BTreeSet<u32> = lots.iter().copied().collect();
        let mut all_ended = |lots: &[v1::LotView]| {
            let ended = |lot: &v1::LotView| lot.phase() == v1::LotPhase::Closed;
            open.retain(|no| !lots.iter().any(|lot| lot.lot == *no && ended(lot)));
            open.is_empty().then_some(())
        };
        patiently(&mut self.watcher, |body| match body {
            Body::Update(update) => all_ended(&update.lots),
            Body::Snapshot(snapshot) => all_ended(&snapshot.lots),
            _ => None,
        })
        .await;
    }

    /// Until the sale rests, or goes on.
    pub(crate) async fn until(&mut self, phase: v1::SalePhase) {
        let wanted = |board: &v1::SaleView| (board.phase() == phase).then_some(());
        patiently(&mut self.watcher, |body| match body {
            Body::Update(update) => update.board.as_ref().and_then(wanted),
            Body::Snapshot(snapshot) => snapshot.board.as_ref().and_then(wanted),
            _ => None,
        })
        .await;
    }

    pub(crate) async fn ready(&self) -> (u16, String) {
        ready(&self.served).await
    }

    pub(crate) async fn staff(&self, act: Act) {
        self.sale.act(act).await.unwrap();
    }

    /// The process dies, and another one serves the folder.
    pub(crate) async fn restarted(self, clock: Option<&FakeClock>, before: impl FnOnce()) -> Self {
        let Self {
            folder,
            served,
            sale,
            all_end,
            ..
        } = self;
        served.kill().unwrap();
        before();
        let served = start(&folder, clock);
        let sale = sale.at(&served.admin());
        let bidder = sale.bidder(3).await.unwrap();
        let mut watcher = connect(&bidder, Encoding::Json).await.unwrap();
        watcher.join(&sale.id, None).await.unwrap();
        Self {
            second: connect(&bidder, Encoding::Proto).await.unwrap(),
            watcher,
            folder,
            served,
            sale,
            all_end,
        }
    }

    /// Ends the server and reads its log.
    pub(crate) async fn log(self) -> Log {
        self.served.kill().unwrap();
        let store = EmbeddedStore::open(data(&self.folder), OpenOptions::new()).unwrap();
        let stream = StreamId::sale(Uuid::parse_str(&self.sale.id).unwrap());
        let stored = store.read(&stream, Revision(0), 10_000).await.unwrap();
        let events = stored.iter().map(|event| decode(event, None).unwrap());
        let log = Log(events.collect());
        log.holds();
        log
    }
}

/// By the machine, which the engine was anchored at.
fn now() -> Time {
    Clock::wall(&SystemClock::new())
}

fn data(folder: &TempDir) -> PathBuf {
    folder.path().join("data")
}

/// Status, and what is said of the clock.
pub(crate) async fn ready(served: &Served) -> (u16, String) {
    let reply = served.admin().client().get("/readyz").await.unwrap();
    let told: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    (reply.status, told["clock"].as_str().unwrap().to_owned())
}

pub(crate) fn start(folder: &TempDir, clock: Option<&FakeClock>) -> Served {
    let environment = clock.map(FakeClock::environment).unwrap_or_default();
    let program = program().unwrap();
    Served::start_under(&program, &data(folder), &["--unhindered"], &environment).unwrap()
}

fn timed(ends: Span, group: u32) -> Running {
    Running::Timed {
        opens: Opens::At(Time(1)),
        closes: Closes::After(ends),
        soft_close: (group != 0).then_some(SoftClose {
            window: Span::seconds(1),
            extension: Span::seconds(1),
            on_price_change: false,
            extensions_max: None,
            hard_stop: None,
        }),
        group,
    }
}

fn lot(running: Running) -> mazad_engine::domain::LotTerms {
    let table = scene::increments(Mode::Additive, &[(0, 100)]).unwrap();
    scene::lot_terms("lot", scene::money(1_000).unwrap(), table, running)
}

fn bids(sale: &AdminSale, lot: u32, amount: i64) -> v1::Command {
    command(&sale.id, flat_bid(lot, amount))
}

/// Hears until something is said. A connection that is closed is a failure: nobody is to be cut.
async fn patiently<T>(connection: &mut Connection, mut pick: impl FnMut(&Body) -> Option<T>) -> T {
    let heard = async {
        loop {
            let frame = connection.hear().await?;
            if let Some(picked) = pick(&frame.body) {
                return Ok::<T, ClientError>(picked);
            }
        }
    };
    timeout(PATIENCE, heard)
        .await
        .expect("it happens")
        .expect("the connection holds")
}

/// A sale as its log tells it.
pub(crate) struct Log(Vec<Recorded>);

impl Log {
    /// What holds of every log here.
    fn holds(&self) {
        assert!(self.0.is_sorted_by_key(|one| one.meta.at), "time falls");
        for one in &self.0 {
            let Event::Refused { refusal, .. } = &one.event else {
                continue;
            };
            let is_late = refusal.code == mazad_engine::domain::Code::TooLate;
            assert!(!is_late, "nobody came late: {one:?}");
        }
    }

    /// The place of the first event of a kind.
    pub(crate) fn place(&self, wanted: impl Fn(&Event) -> bool) -> usize {
        let place = self.0.iter().position(|one| wanted(&one.event));
        place.unwrap_or_else(|| panic!("{:#?}", self.0))
    }

    pub(crate) fn count(&self, wanted: impl Fn(&Event) -> bool) -> usize {
        self.0.iter().filter(|one| wanted(&one.event)).count()
    }

    pub(crate) fn at(&self, place: usize) -> Time {
        self.0[place].meta.at
    }

    /// Where a lot closed and who won it. It did not close before its end by all that moved it.
    pub(crate) fn closed(&self, lot: u32) -> (usize, u32) {
        let mut end = None;
        let mut paused = None;
        for (place, one) in self.0.iter().enumerate() {
            match &one.event {
                Event::Lot(no, LotEvent::Opened { ends_at, .. }) if *no == LotNo(lot) => {
                    end = *ends_at
                }
                Event::Lot(no, LotEvent::Extended { ends_at, .. }) if *no == LotNo(lot) => {
                    end = Some(*ends_at);
                }
                Event::Sale(SaleEvent::Paused { .. }) => paused = Some(one.meta.at),
                Event::Sale(SaleEvent::Resumed { shift }) => {
                    end = end.map(|end: Time| end.after(*shift).max(one.meta.at.after(LEAST)));
                    paused = None;
                }
                Event::Lot(no, LotEvent::Closed { outcome, .. }) if *no == LotNo(lot) => {
                    assert_eq!(paused, None, "closed in a pause");
                    assert!(end.is_some_and(|end| end <= one.meta.at), "{end:?} {one:?}");
                    let LotOutcome::KnockedDown { paddle, .. } = outcome else {
                        panic!("{outcome:?}");
                    };
                    return (place, paddle.0);
                }
                _ => {}
            }
        }
        panic!("lot {lot} did not close: {:#?}", self.0);
    }

    pub(crate) fn never_closes(&self, lot: u32) {
        let closes = |event: &Event| matches!(event, Event::Lot(no, LotEvent::Closed { .. }) if *no == LotNo(lot));
        assert_eq!(self.count(closes), 0, "lot {lot} closed");
    }

    /// Silences, with their place and length.
    pub(crate) fn silences(&self) -> Vec<(usize, Span)> {
        let silence = |(place, one): (usize, &Recorded)| match one.event {
            Event::Sale(SaleEvent::StoodStill { gap }) => Some((place, gap)),
            _ => None,
        };
        self.0.iter().enumerate().filter_map(silence).collect()
    }

    /// Pauses by the clock: by how much it was off.
    pub(crate) fn steps(&self) -> Vec<i64> {
        let step = |one: &Recorded| match one.event {
            Event::Sale(SaleEvent::Paused {
                cause: PauseCause::Clock { offset },
                ..
            }) => Some(offset),
            _ => None,
        };
        self.0.iter().filter_map(step).collect()
    }

    pub(crate) fn taken(&self, lot: u32, paddle: u32) -> usize {
        let is_own = |event: &Event| match event {
            Event::Lot(no, LotEvent::Bid(BidEvent::Accepted(bid))) => {
                (no.0, bid.paddle.0) == (lot, paddle)
            }
            _ => false,
        };
        self.place(is_own)
    }
}
