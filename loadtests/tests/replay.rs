//! The log is the truth: whoever folds it again gets the same state, the same read models and the
//! same pictures, byte for byte.
#![cfg(test)]

use std::sync::Arc;

use mazad_client::{Encoding, SalePicture, bid, command, v1};
use mazad_engine::codec::{state_bytes, state_digest, state_from_bytes};
use mazad_engine::domain::{
    Act, BidKind, BidNo, BidderAct, Closes, LotAct, LotNo, Mode, Opens, Paddle, Running, SaleAct,
    SoftClose, Span, Time, VoidCause, seen,
};
use mazad_engine::store::log::EmbeddedStore;
use mazad_engine::store::{EventStore, Position, RecordedEvent, Subscription};
use mazad_loadtests::memory_sale::MemorySale;
use mazad_loadtests::scene;
use mazad_loadtests::stage::{Stage, open_sale};
use mazad_loadtests::test_admin::connect;
use mazad_projections::sql::QueryModel;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const START: Time = Time(1_790_000_000_000_000);
const LOTS: u32 = 4;
const PADDLES: u32 = 5;

fn timed(opens: Time) -> Running {
    Running::Timed {
        opens: Opens::At(opens),
        closes: Closes::After(Span::minutes(10)),
        soft_close: Some(SoftClose {
            window: Span::minutes(2),
            extension: Span::minutes(2),
            on_price_change: true,
            extensions_max: Some(5),
            hard_stop: None,
        }),
        group: 0,
    }
}

fn sale() -> MemorySale {
    let mut sale = MemorySale::create(scene::sale_terms("replay", "EGP").unwrap(), START).unwrap();
    for number in 1..=LOTS {
        let table = scene::increments(Mode::Additive, &[(0, 100), (5_000, 250)]).unwrap();
        let running = if number % 2 == 0 {
            timed(START)
        } else {
            Running::Clerked
        };
        let terms = scene::lot_terms("lot", scene::money(1_000).unwrap(), table, running);
        let lots = vec![(LotNo(number), terms)];
        sale.clerk(Act::from(SaleAct::AddLots { lots })).unwrap();
    }
    for paddle in 1..=PADDLES {
        sale.admit(Paddle(paddle)).unwrap();
    }
    sale.clerk(Act::from(SaleAct::Publish)).unwrap();
    sale.clerk(Act::from(SaleAct::Open)).unwrap();
    sale
}

/// A bid that is struck out by somebody who was shown what that leads to.
fn void(sale: &MemorySale, lot: LotNo, bid: BidNo) -> Act {
    let act = |leads_to| {
        LotAct::VoidBid {
            bid,
            cause: VoidCause::ProvenError,
            note: "سبب / reason".to_owned(),
            leads_to,
        }
        .of(lot)
    };
    act(sale.leads_to(act(None)))
}

/// Anything that a clerk or a bidder may ask for, allowed or not.
fn anything(sale: &mut MemorySale, random: &mut StdRng) {
    let lot = LotNo(random.random_range(1..=LOTS));
    let reason = || "سبب / reason".to_owned();
    let stands = seen(&sale.sale().lots[&lot]);
    let staff = match random.random_range(0..60) {
        0..6 => Some(LotAct::Open.of(lot)),
        6 => Some(LotAct::Warn.of(lot)),
        7 => Some(LotAct::Hammer { seen: stands }.of(lot)),
        8 => Some(LotAct::Pass { seen: stands }.of(lot)),
        9 => Some(Act::from(SaleAct::Pause { reason: reason() })),
        10..14 => Some(Act::from(SaleAct::Resume)),
        14 => Some(LotAct::Reopen { reason: reason() }.of(lot)),
        15 | 16 => Some(void(sale, lot, BidNo(random.random_range(1..30)))),
        17 => Some(
            LotAct::Reoffer {
                opening: None,
                running: Running::Clerked,
                reserve: None,
            }
            .of(lot),
        ),
        _ => None,
    };
    if let Some(act) = staff {
        sale.ask_clerk(act).unwrap();
        return;
    }
    let kind = if random.random_bool(0.5) {
        BidKind::Flat
    } else {
        BidKind::Maximum
    };
    let amount = scene::money(random.random_range(500..20_000)).unwrap();
    let paddle = Paddle(random.random_range(1..=PADDLES + 1));
    let act = match random.random_range(0..10) {
        0 => BidderAct::Reaffirm.of(lot),
        _ => BidderAct::PlaceBid {
            amount,
            kind,
            confirms: None,
        }
        .of(lot),
    };
    sale.bidder(paddle, act).unwrap();
}

#[test]
fn replayed_state_is_the_live_state_at_every_step() {
    for seed in 0..20 {
        // Each step of the first sales, each 25th of the others: a replay reads the whole log.
        let every = if seed < 2 { 1 } else { 25 };
        let mut random = StdRng::seed_from_u64(seed);
        let mut sale = sale();
        let mut now = START;
        for step in 0..300 {
            now = now.after(Span(random.random_range(0..5_000_000)));
            sale.at(now);
            anything(&mut sale, &mut random);
            sale.let_time_pass().unwrap();
            if step % every == 0 {
                let replayed = sale.replayed().unwrap();
                assert_eq!(
                    state_digest(&replayed),
                    state_digest(sale.sale()),
                    "seed {seed} {step}"
                );
                assert_eq!(&replayed, sale.sale());
                // A snapshot is the same state too.
                let read = state_from_bytes(&state_bytes(&replayed)).unwrap();
                assert_eq!(&read, sale.sale());
            }
        }
        let bids: usize = sale.sale().lots.values().map(|lot| lot.bids.len()).sum();
        assert!(bids > 5, "seed {seed} has {bids} bids");
    }
}

#[test]
fn same_seed_gives_the_same_log_to_the_byte() {
    let run = || {
        let mut random = StdRng::seed_from_u64(7);
        let mut sale = sale();
        for _ in 0..200 {
            anything(&mut sale, &mut random);
        }
        (sale.log().unwrap(), state_digest(sale.sale()))
    };
    assert_eq!(run(), run());
}

fn model_of(events: &[RecordedEvent], at_once: usize) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let mut model = QueryModel::open(&folder.path().join("model.sqlite")).unwrap();
    for batch in events.chunks(at_once) {
        model.apply(batch).unwrap();
    }
    model.dump().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn read_models_made_live_and_made_anew_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (stage, store) = Stage::on_disk(folder.path()).await.unwrap();
    // Live: in whatever batches the events become durable.
    let events: Arc<dyn EventStore> = Arc::<EmbeddedStore>::clone(&store);
    let mut following = Subscription::all(events, Position(0));
    let live = tokio::spawn(async move {
        let folder = tempfile::tempdir().unwrap();
        let mut model = QueryModel::open(&folder.path().join("model.sqlite")).unwrap();
        while let Some(batch) = following.next_batch().await.unwrap() {
            model.apply(&batch).unwrap();
        }
        model.dump().unwrap()
    });

    let sale = open_sale(stage.admin(), 3).await.unwrap();
    let mut random = StdRng::seed_from_u64(3);
    for (paddle, encoding) in [(1, Encoding::Json), (2, Encoding::Proto)] {
        let bidder = sale.bidder(paddle).await.unwrap();
        let mut connection = connect(&bidder, encoding).await.unwrap();
        for _ in 0..60 {
            let act = bid(random.random_range(1..=3), random.random_range(500..50_000));
            let reply = connection.ask(command(&sale.id, act)).await.unwrap();
            reply.answer().unwrap();
        }
    }
    let before = SalePicture::from_snapshot(sale.snapshot().await.unwrap()).unwrap();
    stage.stop().await.unwrap();
    let closing = Arc::clone(&store);
    tokio::task::spawn_blocking(move || closing.close())
        .await
        .unwrap()
        .unwrap();
    let live = live.await.unwrap();

    let events = store.read_all(Position(0), usize::MAX).await.unwrap();
    drop(store);
    for at_once in [1, 7, 1_000] {
        assert!(model_of(&events, at_once) == live, "batches of {at_once}");
    }

    // A new process shows what the old one showed.
    let (stage, _store) = Stage::on_disk(folder.path()).await.unwrap();
    let sale = sale.at(stage.admin());
    let epoch = |picture: &SalePicture| picture.cursor().map(|cursor| cursor.epoch);
    let mut looks = 0;
    let after = loop {
        let after = SalePicture::from_snapshot(sale.snapshot().await.unwrap()).unwrap();
        // The first look may come before the new process has noted its start.
        if epoch(&after) > epoch(&before) {
            break after;
        }
        looks += 1;
        assert!(looks < 10_000, "the epoch rises");
    };
    let lots = |picture: &SalePicture| -> Vec<v1::LotView> {
        picture.lots().map(|lot| lot.view().clone()).collect()
    };
    assert_eq!(lots(&after), lots(&before));
    stage.stop().await.unwrap();
}
