//! A process that starts under another time than the one before it.

use std::path::Path;

use mazad_client::{Act, v1};

use super::house::{House, LATER, SOON};
use super::tools::{FakeClock, faketime};

const HOUR: i64 = 3_600_000_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn start_under_a_time_before_the_logs_last_rests_the_sale() {
    let Some(library) = faketime() else { return };
    tokio::join!(a_little_later(&library), an_hour_before(&library));
}

async fn restarted(library: &Path, off: &str) -> House {
    let folder = tempfile::tempdir().unwrap();
    let clock = FakeClock::true_one(library, folder.path());
    let house = House::open(Some(&clock), folder).await;
    house.restarted(Some(&clock), || clock.set(off)).await
}

/// As after an engine that was off: nothing is wrong.
async fn a_little_later(library: &Path) {
    let mut house = restarted(library, "+40").await;
    assert_eq!(house.ready().await, (200, "steady".to_owned()));
    house.end(&[SOON]).await;
    let log = house.log().await;
    assert!(log.steps().is_empty());
    assert_eq!(log.closed(SOON).1, 1);
    log.never_closes(LATER);
}

/// Time goes on from the log's last, and somebody has to look.
async fn an_hour_before(library: &Path) {
    let mut house = restarted(library, "-1h").await;
    house.until(v1::SalePhase::Paused).await;
    assert_eq!(house.ready().await, (503, "set".to_owned()));
    house.staff(Act::ResumeSale(v1::ResumeSale {})).await;
    house.end(&[SOON]).await;
    assert_eq!(house.ready().await, (200, "steady".to_owned()));
    let log = house.log().await;
    let [told] = log.steps()[..] else {
        panic!("{:?}", log.steps());
    };
    assert!(told < -HOUR / 2, "{told}");
    assert_eq!(log.closed(SOON).1, 1);
    log.never_closes(LATER);
}
