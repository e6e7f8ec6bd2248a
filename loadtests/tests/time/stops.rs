//! The process is stopped over the ends of lots, as by a paused machine or a closed lid.

use mazad_client::{Act, v1};
use mazad_engine::domain::Span;

use super::house::{House, LINKED, SOON};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn process_that_was_stopped_hears_everybody_before_it_sells() {
    tokio::join!(with_a_bid_for_each(), with_nobody(), in_a_pause());
}

/// Longer than a peer may be silent.
async fn with_a_bid_for_each() {
    let mut house = House::open(None, tempfile::tempdir().unwrap()).await;
    let mut sent = Vec::new();
    house
        .stopped(35, async |house| {
            for lot in [SOON, LINKED[1]] {
                sent.push(house.second_sends(lot, 1_500).await);
            }
        })
        .await;
    for id in sent {
        let answer = house.second_hears(&id).await;
        assert_eq!(answer.verdict(), v1::Verdict::Accepted, "{answer:?}");
    }
    house.end(&[SOON, LINKED[1]]).await;
    let log = house.log().await;
    let silences = log.silences();
    let (silence, gap) = silences.first().copied().expect("a silence");
    assert!(gap >= Span::seconds(35), "{gap:?}");
    for lot in [SOON, LINKED[1]] {
        let (closed, winner) = log.closed(lot);
        assert_eq!(winner, 2, "lot {lot}");
        let taken = log.taken(lot, 2);
        assert!(silence < taken && taken < closed);
    }
    // R3.6: linked lots were given back together.
    let [first, second] = LINKED.map(|lot| log.closed(lot).0);
    assert_eq!(log.at(first), log.at(second));
}

async fn with_nobody() {
    let mut house = House::open(None, tempfile::tempdir().unwrap()).await;
    house.stopped(10, async |_| {}).await;
    house.end(&[SOON]).await;
    let log = house.log().await;
    let (silence, _) = log.silences()[0];
    let (closed, winner) = log.closed(SOON);
    assert!(silence < closed);
    assert_eq!(winner, 1);
}

/// On record, and it costs nothing: the lot has what it had left.
async fn in_a_pause() {
    let mut house = House::open(None, tempfile::tempdir().unwrap()).await;
    let reason = "prayer".to_owned();
    house.staff(Act::PauseSale(v1::PauseSale { reason })).await;
    house.stopped(10, async |_| {}).await;
    house.staff(Act::ResumeSale(v1::ResumeSale {})).await;
    house.end(&[SOON]).await;
    let log = house.log().await;
    let (silence, _) = log.silences()[0];
    let (closed, winner) = log.closed(SOON);
    assert!(silence < closed);
    assert_eq!(winner, 1);
}
