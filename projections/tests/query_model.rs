//! The query model: rows and position together, rebuilt to the same bytes, read by audience.
#![cfg(test)]

mod support;

use std::future::pending;
use std::path::Path;
use std::sync::Arc;

use mazad_engine::domain::{
    Act, Actor, BidKind, BidNo, BidderAct, EngineAct, Event, LotAct, LotNo, Mode, Paddle, Running,
    SaleAct, SaleId, Span, VoidCause,
};
use mazad_engine::store::{EventStore, MemoryStore, Position, RecordedEvent};
use mazad_engine::testing::{TestSale, add_lot, money};
use mazad_projections::sql::{ModelError, QueryModel, Reader, follow, keep, rebuild};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use rusqlite::Connection;
use rusqlite::types::Value;
use support::play::{open_sale, steps, take_step, terms};
use support::stored::{append, append_foreign, empty_store, evening, yard};
use support::{drafted, hammer, lot_terms, pass, prepared, sale_terms, void, with_reserve};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

fn other_sale() -> SaleId {
    SaleId(Uuid::from_u128(0xb))
}

/// Two sales, an office and a stream of some other day, one after the other and in between.
async fn history(store: &MemoryStore, sales: &[TestSale; 2]) {
    let [first, second] = sales;
    append_foreign(store, "office").await;
    append(store, TestSale::ID, first, 0).await;
    append_foreign(store, "sale-of-the-century").await;
    append(store, other_sale(), second, 0).await;
    append_foreign(store, "office").await;
}

fn random_sales(runner: &mut TestRunner) -> [TestSale; 2] {
    [(); 2].map(|()| {
        let (terms, steps) = (terms(), steps(120)).new_tree(runner).unwrap().current();
        let mut sale = open_sale(terms);
        for step in &steps {
            take_step(&mut sale, step);
        }
        sale
    })
}

async fn all(store: &MemoryStore) -> Vec<RecordedEvent> {
    store.read_all(Position(0), usize::MAX).await.unwrap()
}

/// What is in the file now, by a connection of its own.
fn counts(path: &Path) -> (u64, u64) {
    let other = Connection::open(path).unwrap();
    let query = "SELECT (SELECT next FROM progress), (SELECT count(*) FROM events)";
    other
        .query_row(query, (), |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
}

/// Applies what is in the store in batches of a size, as a process does until it is killed.
async fn apply(path: &Path, store: &MemoryStore, batch: usize, most: usize) -> QueryModel {
    let mut model = QueryModel::open(path).unwrap();
    model.bind(store.identity().store).unwrap();
    for _ in 0..most {
        let events = store.read_all(model.next_position(), batch).await.unwrap();
        if events.is_empty() {
            break;
        }
        while let Err(error) = model.apply(&events) {
            let ModelError::Cold(sales) = error else {
                panic!("{error}");
            };
            for sale in sales {
                model.warm(store, sale).await.unwrap();
            }
        }
    }
    model
}

#[tokio::test]
async fn rebuilt_rows_and_files_equal_followed_ones() {
    let mut runner = TestRunner::deterministic();
    for round in 0..6 {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let store = empty_store();
        history(&store, &random_sales(&mut runner)).await;
        let batch = [1, 7, 1000][round % 3];
        let followed = apply(&path("followed"), &store, batch, usize::MAX).await;
        let total = u64::try_from(all(&store).await.len()).unwrap();

        let mut heard = Vec::new();
        for name in ["one", "two"] {
            let done = rebuild(store.clone(), &path(name), |done, of| {
                heard.push((done, of))
            })
            .await
            .unwrap();
            assert_eq!(done.events, total);
        }
        assert_eq!(heard.last(), Some(&(total, total)));

        let bytes = |name: &str| std::fs::read(path(name)).unwrap();
        assert_eq!(bytes("one"), bytes("two"), "two rebuilds are one file");
        followed.copy_to(&path("copy")).unwrap();
        assert_eq!(
            bytes("copy"),
            bytes("one"),
            "a copy of the followed one too"
        );
        let rebuilt = QueryModel::open(&path("one")).unwrap();
        let (followed, rebuilt) = (followed.dump().unwrap(), rebuilt.dump().unwrap());
        assert_eq!(String::from_utf8(followed), String::from_utf8(rebuilt));
    }
}

#[tokio::test]
async fn a_killed_process_goes_on_where_its_rows_end() {
    let mut runner = TestRunner::deterministic();
    let folder = tempfile::tempdir().unwrap();
    let store = empty_store();
    history(&store, &random_sales(&mut runner)).await;
    let whole = apply(&folder.path().join("whole"), &store, 50, usize::MAX).await;

    let path = folder.path().join("killed");
    let mut before = 0;
    loop {
        // Dropped after three batches, folds and all.
        let model = apply(&path, &store, 17, 3).await;
        let reached = model.next_position().0;
        drop(model);
        if reached == before {
            break;
        }
        before = reached;
    }
    let killed = QueryModel::open(&path).unwrap();
    let (killed, whole) = (killed.dump().unwrap(), whole.dump().unwrap());
    assert_eq!(String::from_utf8(killed), String::from_utf8(whole));
}

#[tokio::test]
async fn rows_and_position_move_together_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    let store = empty_store();
    append(&store, TestSale::ID, &evening(), 0).await;
    let events = all(&store).await;

    let mut model = QueryModel::open(&path).unwrap();
    for batch in events[..10].chunks(3) {
        model.apply(batch).unwrap();
        let next = model.next_position().0;
        assert_eq!(counts(&path), (next, next));
    }
    let before = model.dump().unwrap();

    let mut damaged = events[10..20].to_vec();
    damaged[7].data = vec![0xff].into();
    let refused = model.apply(&damaged);
    assert!(matches!(
        refused,
        Err(ModelError::Decode { revision: 17, .. })
    ));
    assert_eq!(
        counts(&path),
        (10, 10),
        "seven good events went with the bad one"
    );
    assert_eq!(model.dump().unwrap(), before);
    // The fold ran ahead of the rows, so it is read again.
    assert!(matches!(
        model.apply(&events[10..20]),
        Err(ModelError::Cold(_))
    ));
    model.warm(store.as_ref(), TestSale::ID).await.unwrap();
    model.apply(&events[10..20]).unwrap();

    let gap = model.apply(&events[21..]);
    assert!(matches!(
        gap,
        Err(ModelError::Gap {
            expected: 20,
            found: 21
        })
    ));
    model.apply(&events).unwrap();
    assert_eq!(model.position(), events.last().map(|last| last.position));
    let once = model.dump().unwrap();
    model.apply(&events).unwrap();
    assert_eq!(model.dump().unwrap(), once, "what was applied is left out");
}

#[tokio::test]
async fn follows_what_is_there_and_then_what_comes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    let store = empty_store();
    let sale = evening();
    append(&store, TestSale::ID, &sale, 0).await;
    let first = all(&store).await.len() as u64;

    let (reflects, mut reflected) = watch::channel(0);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let model = QueryModel::open(&path).unwrap();
    let following: Arc<dyn EventStore> = store.clone();
    let task = tokio::spawn(async move {
        let stop = async {
            stopped.await.ok();
        };
        follow(model, following, &reflects, stop).await
    });
    reflected.wait_for(|next| *next == first).await.unwrap();
    append_foreign(&store, "office").await;
    append(&store, other_sale(), &sale, 0).await;
    let all_of_it = all(&store).await.len() as u64;
    reflected.wait_for(|next| *next == all_of_it).await.unwrap();
    stop.send(()).unwrap();
    let model = task.await.unwrap().unwrap();
    assert_eq!(model.next_position(), Position(all_of_it));
    let followed = model.dump().unwrap();
    drop(model);

    // The same file rebuilt in its place, then followed by another process: it is cold, and wakes.
    rebuild(store.clone(), &path, |_, _| ()).await.unwrap();
    let model = QueryModel::open(&path).unwrap();
    assert_eq!(model.dump().unwrap(), followed);
    append(&store, SaleId(Uuid::from_u128(0xc)), &sale, 0).await;
    store.close();
    let (reflects, _) = watch::channel(0);
    let model = follow(model, store.clone(), &reflects, pending())
        .await
        .unwrap();
    assert_eq!(model.next_position(), Position(*store.durable().borrow()));
}

#[tokio::test]
async fn another_store_or_another_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    let store = empty_store();
    let mut model = QueryModel::open(&path).unwrap();
    model.bind(store.identity().store).unwrap();
    model.bind(store.identity().store).unwrap();
    let other = model.bind(Uuid::from_u128(9));
    assert!(matches!(other, Err(ModelError::OtherStore { .. })));

    let text = folder.path().join("text");
    std::fs::write(&text, "not a database, but long enough to have a header of one hundred bytes or so, which is what is looked at first by whoever opens it").unwrap();
    assert!(matches!(
        QueryModel::open(&text),
        Err(ModelError::OtherForm)
    ));
    rebuild(store.clone(), &text, |_, _| ()).await.unwrap();
    QueryModel::open(&text).unwrap();

    let foreign = folder.path().join("foreign");
    Connection::open(&foreign)
        .unwrap()
        .execute_batch("CREATE TABLE mine (a)")
        .unwrap();
    assert!(matches!(
        QueryModel::open(&foreign),
        Err(ModelError::OtherForm)
    ));

    let reader = Reader::open(&path).unwrap();
    let in_use = rebuild(store.clone(), &path, |_, _| ()).await;
    assert!(
        matches!(in_use, Err(ModelError::Sqlite(_))),
        "somebody has it open"
    );
    drop((reader, model));
    rebuild(store, &path, |_, _| ()).await.unwrap();
}

/// A folder brought back from a copy, its query model newer than its log, or of the tail that was lost.
#[tokio::test]
async fn a_model_of_a_history_that_is_gone_is_rebuilt() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    let (lost, kept) = (empty_store(), empty_store());
    append(&lost, TestSale::ID, &evening(), 0).await;
    let all_of_it = all(&lost).await.len();
    let mut model = apply(&path, &lost, 1000, usize::MAX).await;
    model.must_continue(lost.as_ref()).await.unwrap();
    let shorter = model.must_continue(kept.as_ref()).await;
    assert!(matches!(shorter, Err(ModelError::OtherHistory)));
    append_foreign(&kept, "office").await;
    append(&kept, TestSale::ID, &evening(), 0).await;
    let other = model.must_continue(kept.as_ref()).await;
    assert!(matches!(other, Err(ModelError::OtherHistory)));
    drop(model);

    kept.close();
    let (reflects, reflected) = watch::channel(0);
    keep(path.clone(), kept, &reflects, CancellationToken::new()).await;
    assert_eq!(*reflected.borrow(), all_of_it as u64 + 1);
    assert_eq!(counts(&path).0, all_of_it as u64 + 1);
}

#[tokio::test]
async fn a_reader_that_does_not_end_stops_the_model_and_not_the_disk() {
    const MOST: u64 = 64 * 1024;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    let journal =
        || std::fs::metadata(folder.path().join("model-wal")).map_or(0, |found| found.len());
    let store = empty_store();
    append(&store, TestSale::ID, &evening(), 0).await;
    let mut model = QueryModel::open(&path).unwrap().journal_max(MOST);
    model.bind(store.identity().store).unwrap();
    let reader = Connection::open(&path).unwrap();
    reader
        .execute_batch("BEGIN; SELECT count(*) FROM bids;")
        .unwrap();
    let mut applied = 0;
    while model.has_room().unwrap() {
        let next = store.read_all(model.next_position(), 1).await.unwrap();
        assert!(!next.is_empty(), "the journal fills before the store ends");
        model.apply(&next).unwrap();
        applied += 1;
        assert!(journal() < 2 * MOST, "{applied} events");
    }
    assert!(applied > 0);
    // It can be read, and is not emptied, for as long as that goes on.
    assert!(!model.has_room().unwrap());
    reader.execute_batch("COMMIT").unwrap();
    let reader = Connection::open(&path).unwrap();
    reader
        .execute_batch("BEGIN; SELECT count(*) FROM bids;")
        .unwrap();

    let (reflects, mut reflected) = watch::channel(0);
    let all_of_it = all(&store).await.len() as u64;
    let followed = follow(model, store.clone(), &reflects, pending());
    let freed = async {
        reflected.changed().await.unwrap();
        drop(reader);
        reflected.wait_for(|next| *next == all_of_it).await.unwrap();
        store.close();
    };
    let (model, ()) = tokio::join!(followed, freed);
    assert_eq!(model.unwrap().next_position(), Position(all_of_it));
    assert!(journal() < 2 * MOST);
}

#[tokio::test]
async fn search_finds_lots_however_they_are_typed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    let store = empty_store();
    append(&store, TestSale::ID, &evening(), 0).await;
    let total = all(&store).await.len() as u64;
    let model = apply(&path, &store, 1000, usize::MAX).await;
    let mut reader = Reader::open(&path).unwrap();
    let table = [
        ("نحاس", vec![2]),
        ("نُحَاسْ قديمه", vec![2]),
        ("OLD copper", vec![2]),
        ("حديد a-1", vec![1]),
        ("a 1", vec![1, 2]),
        ("gold", vec![]),
        ("  ", vec![]),
        ("' OR 1=1 --", vec![]),
    ];
    for (typed, lots) in table {
        let found = reader.search(typed, 10).unwrap();
        assert_eq!(found.as_of, total);
        let found: Vec<u32> = found.lots.iter().map(|(_, lot)| lot.0).collect();
        assert_eq!(found, lots, "{typed}");
    }
    let found = reader.search("a", 1).unwrap().lots;
    assert_eq!(found, [(TestSale::ID, LotNo(1))], "no more than asked for");

    let rows = String::from_utf8(model.dump().unwrap()).unwrap();
    assert!(!rows.contains("23456"), "a raised maximum");
    assert!(!rows.contains("91234"), "a refused ceiling");
}

#[tokio::test]
async fn what_changes_nothing_needs_no_fold() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    let store = empty_store();
    let mut sale = evening();
    let before = append(&store, TestSale::ID, &sale, 0).await;
    drop(apply(&path, &store, 1000, usize::MAX).await);
    // The next process: its writer starts, and somebody bids on what has ended.
    sale.asks(
        Span::ZERO,
        Actor::Engine,
        Act::from(EngineAct::StartWriter { epoch: 2 }),
    );
    let act = BidderAct::PlaceBid {
        amount: money(20_000),
        kind: BidKind::Flat,
        confirms: None,
    }
    .of(LotNo(2));
    let refused = sale.bidder(3, act);
    assert!(matches!(refused[..], [Event::Refused { .. }]));
    append(&store, TestSale::ID, &sale, before).await;

    let mut model = QueryModel::open(&path).unwrap();
    let new = store.read_all(model.next_position(), 1000).await.unwrap();
    assert_eq!(new.len(), 2, "the start, the refusal");
    model.apply(&new).unwrap();
    let whole = apply(&folder.path().join("whole"), &store, 1000, usize::MAX).await;
    let (rows, whole) = (model.dump().unwrap(), whole.dump().unwrap());
    assert_eq!(String::from_utf8(rows), String::from_utf8(whole));
    // A change after it finds the fold at its place again.
    let before = sale.appends().len();
    sale.clerk(Act::from(SaleAct::Pause {
        reason: "lights out".to_owned(),
    }));
    append(&store, TestSale::ID, &sale, before).await;
    let new = store.read_all(model.next_position(), 1000).await.unwrap();
    assert!(matches!(model.apply(&new), Err(ModelError::Cold(_))));
    model.warm(store.as_ref(), TestSale::ID).await.unwrap();
    model.apply(&new).unwrap();
}

/// Keeps a model as a server does, until it reflects the whole store. Something is done meanwhile,
/// when the model has been heard of so many times.
async fn kept(
    path: &Path,
    store: &Arc<MemoryStore>,
    heard: u32,
    meanwhile: impl FnOnce(),
) -> Vec<u8> {
    let total = all(store).await.len() as u64;
    let (reflects, mut reflected) = watch::channel(u64::MAX);
    let stop = CancellationToken::new();
    let keeping = tokio::spawn({
        let (path, store, stop) = (path.to_owned(), store.clone(), stop.clone());
        async move { keep(path, store, &reflects, stop).await }
    });
    for _ in 0..heard {
        reflected.changed().await.unwrap();
    }
    meanwhile();
    reflected.wait_for(|next| *next == total).await.unwrap();
    stop.cancel();
    keeping.await.unwrap();
    QueryModel::open(path).unwrap().dump().unwrap()
}

#[tokio::test(start_paused = true)]
async fn model_is_kept_whatever_becomes_of_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = empty_store();
    append(&store, TestSale::ID, &evening(), 0).await;
    let path = |name: &str| folder.path().join(name);
    let whole = kept(&path("whole"), &store, 0, || ()).await;

    std::fs::write(path("text"), "not a database at all ".repeat(300)).unwrap();
    assert_eq!(kept(&path("text"), &store, 0, || ()).await, whole);

    // Damaged in the middle, where the start of the file looks well.
    let mut bytes = std::fs::read(path("whole")).unwrap();
    for byte in bytes.iter_mut().skip(4096) {
        *byte ^= 0x5a;
    }
    std::fs::write(path("damaged"), bytes).unwrap();
    append(&store, other_sale(), &evening(), 0).await;
    let whole = kept(&path("whole"), &store, 0, || ()).await;
    assert_eq!(kept(&path("damaged"), &store, 0, || ()).await, whole);

    // Somebody holds it: what it lacks comes when it is let go.
    append(&store, SaleId(Uuid::from_u128(0xc)), &evening(), 0).await;
    let analyst = Connection::open(path("damaged")).unwrap();
    analyst.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let let_go = || analyst.execute_batch("ROLLBACK").unwrap();
    // Opened, held up, and opened again.
    let held = kept(&path("damaged"), &store, 2, let_go).await;
    assert_eq!(held, kept(&path("whole"), &store, 0, || ()).await);
}

/// A sum of the model is of one unit, and the whole price stands beside the price.
#[tokio::test]
async fn the_model_adds_up_by_unit() {
    let store = empty_store();
    append(&store, TestSale::ID, &yard(), 0).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.sqlite");
    let mut model = QueryModel::open(&path).unwrap();
    model.apply(&all(&store).await).unwrap();
    drop(model);
    let file = Connection::open(&path).unwrap();
    let query = "SELECT unit, lots, price, whole_price FROM totals ORDER BY unit";
    let mut rows = file.prepare(query).unwrap();
    let rows = rows.query_map((), |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    });
    let rows: Vec<(String, u32, i64, Option<i64>)> = rows.unwrap().map(Result::unwrap).collect();
    let expected = [
        ("", 1, 1_000_000, None),
        ("box", 1, 1_000_000, None),
        ("tonne", 2, 2_000_110, Some(18_505_186)),
        ("year", 1, 1_000_000, Some(3_000_000)),
    ];
    let expected = expected.map(|(unit, lots, price, whole)| (unit.to_owned(), lots, price, whole));
    assert_eq!(rows, expected);
}

/// A row of text and numbers, as SQLite shows it.
fn row(path: &Path, query: &str) -> Vec<String> {
    let connection = Connection::open(path).unwrap();
    let mut statement = connection.prepare(query).unwrap();
    let columns = statement.column_count();
    let shown = |value: Value| match value {
        Value::Null => "-".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text,
        Value::Real(_) | Value::Blob(_) => unreachable!("words and numbers only"),
    };
    let cells = |row: &rusqlite::Row<'_>| (0..columns).map(|at| row.get(at).map(shown)).collect();
    statement.query_row((), cells).unwrap()
}

#[tokio::test]
async fn a_draft_is_marked_and_no_search_finds_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    let store = empty_store();
    let mut sale = drafted(sale_terms());
    let iron = || lot_terms(Running::Clerked, Mode::Additive);
    sale.clerk(add_lot(LotNo(5), iron()));
    sale.clerk(SaleAct::ClearLots);
    sale.clerk(add_lot(LotNo(1), iron()));
    let drafted = append(&store, TestSale::ID, &sale, 0).await;
    drop(apply(&path, &store, 1000, usize::MAX).await);
    let rows = "SELECT phase, (SELECT count(*) FROM lots), (SELECT min(lot) FROM sale_order),
        (SELECT count(*) FROM standings) FROM sales";
    assert_eq!(row(&path, rows), ["draft", "1", "1", "1"]);
    let found = |path: &Path| Reader::open(path).unwrap().search("iron", 10).unwrap().lots;
    assert_eq!(found(&path), []);

    sale.clerk(SaleAct::Publish);
    append(&store, TestSale::ID, &sale, drafted).await;
    drop(apply(&path, &store, 1000, usize::MAX).await);
    assert_eq!(row(&path, rows), ["announced", "1", "1", "1"]);
    assert_eq!(found(&path), [(TestSale::ID, LotNo(1))]);
}

#[tokio::test]
async fn what_stood_is_told_of_lots_that_did_not_go() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    let store = empty_store();
    let iron = || lot_terms(Running::Clerked, Mode::Additive);
    let mut sale = prepared(sale_terms(), vec![with_reserve(iron(), 90_000), iron()]);
    sale.clerk(SaleAct::Open);
    let bid = |sale: &mut TestSale, lot: u32, paddle, amount| {
        let act = BidderAct::PlaceBid {
            amount: money(amount),
            kind: BidKind::Maximum,
            confirms: None,
        };
        sale.bidder(paddle, act.of(LotNo(lot)));
    };
    for lot in [1, 2] {
        sale.clerk(LotAct::Open.of(LotNo(lot)));
        bid(&mut sale, lot, 1, 20_000);
        bid(&mut sale, lot, 2, 12_000);
        bid(&mut sale, lot, 2, 25_000);
    }
    let passed = pass(&sale, LotNo(1));
    sale.clerk(passed);
    let down = hammer(&sale, LotNo(2));
    sale.clerk(down);
    // The winner may not bid: both bids fall, and the committee decides.
    let struck = void(&sale, LotNo(2), BidNo(3), VoidCause::Eligibility, "proven");
    sale.clerk(struck);
    let (paddle, limit) = (Paddle(3), Some(money(70_000)));
    sale.clerk(SaleAct::SetLimit { paddle, limit });
    let present = true;
    sale.clerk(SaleAct::MarkPresence { paddle, present });
    append(&store, TestSale::ID, &sale, 0).await;
    drop(apply(&path, &store, 7, usize::MAX).await);

    let result = "SELECT outcome, price, leader, buyer, decision, reckoned_price, reckoned_leader,
        bidders, reserve FROM results WHERE lot = ";
    let told = |lot: u32| row(&path, &format!("{result}{lot}"));
    let below = [
        "passed-by-clerk",
        "21000",
        "2",
        "-",
        "-",
        "-",
        "-",
        "2",
        "-",
    ];
    assert_eq!(told(1), below);
    let struck_out = [
        "for-decision",
        "21000",
        "2",
        "-",
        "winner-struck-out",
        "10000",
        "1",
        "2",
        "-",
    ];
    assert_eq!(told(2), struck_out);
    let standing = "SELECT price, leader, bids, last_bid, ceiling FROM standings WHERE lot = ";
    let stands = |lot: u32| row(&path, &format!("{standing}{lot}"));
    assert_eq!(stands(1), ["21000", "2", "3", "3", "1000000"]);
    assert_eq!(stands(2), ["21000", "2", "1", "3", "1000000"]);
    let void = "SELECT count(*), min(paddle), max(paddle) FROM bids WHERE void_at IS NOT NULL";
    assert_eq!(row(&path, void), ["2", "2", "2"]);
    let paddle = "SELECT spend_limit, present FROM paddles WHERE paddle = 3";
    assert_eq!(row(&path, paddle), ["70000", "1"]);
}

/// Taken away, or another one in its place: noticed without an event, and made anew.
#[tokio::test(start_paused = true)]
async fn a_model_that_is_taken_away_while_it_is_kept_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let store = empty_store();
    append(&store, TestSale::ID, &evening(), 0).await;
    let path = |name: &str| folder.path().join(name);
    let whole = kept(&path("whole"), &store, 0, || ()).await;
    for name in ["removed", "replaced"] {
        let (model, total) = (path(name), all(&store).await.len() as u64);
        let (reflects, mut reflected) = watch::channel(0);
        let stop = CancellationToken::new();
        let keeping = tokio::spawn({
            let (path, store, stop) = (model.clone(), store.clone(), stop.clone());
            async move { keep(path, store, &reflects, stop).await }
        });
        reflected.wait_for(|next| *next == total).await.unwrap();
        if name == "replaced" {
            std::fs::write(path("other"), "").unwrap();
            std::fs::rename(path("other"), &model).unwrap();
        } else {
            std::fs::remove_file(&model).unwrap();
        }
        // It is told of once more when another file is followed.
        reflected.changed().await.unwrap();
        reflected.wait_for(|next| *next == total).await.unwrap();
        stop.cancel();
        keeping.await.unwrap();
        let made = QueryModel::open(&model).unwrap().dump().unwrap();
        assert_eq!(made, whole, "{name}");
    }
}
