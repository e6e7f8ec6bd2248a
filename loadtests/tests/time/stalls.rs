//! The disk stalls over the end of a lot.

use mazad_client::v1;
use mazad_engine::domain::Span;

use super::house::{House, LATER, SOON};
use super::tools::{SlowDisk, strace};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bid_in_time_is_taken_however_late_the_disk_lets_it_be_decided() {
    let Some(strace) = strace() else { return };
    let mut house = House::open(None, tempfile::tempdir().unwrap()).await;
    let slow = SlowDisk::under(&strace, house.served.pid(), 8);
    let begins = house.second_sends(LATER, 1_500).await;
    let in_time = house.second_sends(SOON, 1_500).await;
    for id in [begins, in_time] {
        let answer = house.second_hears(&id).await;
        assert_eq!(answer.verdict(), v1::Verdict::Accepted, "{answer:?}");
    }
    drop(slow);

    house.end(&[SOON]).await;
    let log = house.log().await;
    let (_, gap) = log.silences()[0];
    assert!(gap >= Span::seconds(8), "{gap:?}");
    let (closed, winner) = log.closed(SOON);
    assert_eq!(winner, 2);
    assert!(log.taken(SOON, 2) < closed);
    log.never_closes(LATER);
}
