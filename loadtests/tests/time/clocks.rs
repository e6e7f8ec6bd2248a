//! Somebody sets the clock of the machine.

use std::path::Path;

use mazad_client::{Act, command, flat_bid, v1};

use super::house::{House, LATER, SOON, ready, start};
use super::tools::{FakeClock, faketime};

const HOUR: i64 = 3_600_000_000;

/// How a sale comes out of the pause that a step makes.
#[derive(Clone, Copy)]
enum Then {
    /// Somebody of the staff has looked at the time.
    StaffResume,
    /// The clock is set back to what it was.
    StepGoes,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clock_that_is_set_sells_nothing_and_keeps_nothing_open() {
    let Some(library) = faketime() else { return };
    let library = &library;
    tokio::join!(
        stepped(library, ("+3", 3_000_000), Then::StaffResume),
        stepped(library, ("+1h", HOUR), Then::StepGoes),
        stepped(library, ("+1d", 24 * HOUR), Then::StaffResume),
        stepped(library, ("-10", -10_000_000), Then::StepGoes),
        stepped(library, ("-1d", -24 * HOUR), Then::StaffResume),
        stepped_twice(library),
        stepped_in_a_pause(library),
        stepped_before_a_sale(library),
    );
}

async fn open(library: &Path) -> (House, FakeClock) {
    let folder = tempfile::tempdir().unwrap();
    let clock = FakeClock::true_one(library, folder.path());
    let house = House::open(Some(&clock), folder).await;
    assert_eq!(house.ready().await, (200, "steady".to_owned()));
    (house, clock)
}

async fn stepped(library: &Path, (off, micros): (&str, i64), then: Then) {
    let (mut house, clock) = open(library).await;
    clock.set(off);
    house.until(v1::SalePhase::Paused).await;
    assert_eq!(house.ready().await, (503, "set".to_owned()));
    let bid = command(&house.sale.id, flat_bid(SOON, 1_100));
    let (answer, _) = house.second.ask(bid).await.unwrap().answer().unwrap();
    assert_eq!(answer.code, "sale-paused");
    match then {
        Then::StaffResume => house.staff(Act::ResumeSale(v1::ResumeSale {})).await,
        Then::StepGoes => clock.set("+0"),
    }
    house.until(v1::SalePhase::Open).await;
    assert_eq!(house.ready().await, (200, "steady".to_owned()));
    house.end(&[SOON]).await;
    let log = house.log().await;
    let [told] = log.steps()[..] else {
        panic!("{:?}", log.steps());
    };
    assert!(told.abs_diff(micros) < 2_000_000, "{off}: {told}");
    log.closed(SOON);
    log.never_closes(LATER);
}

/// Away, further away, and back.
async fn stepped_twice(library: &Path) {
    let (mut house, clock) = open(library).await;
    clock.set("+1h");
    house.until(v1::SalePhase::Paused).await;
    clock.set("-1d");
    // The pause is told anew, with the other figure.
    house.until(v1::SalePhase::Paused).await;
    clock.set("+0");
    house.until(v1::SalePhase::Open).await;
    house.end(&[SOON]).await;
    let log = house.log().await;
    let hours = log
        .steps()
        .iter()
        .map(|off| (off + HOUR / 2).div_euclid(HOUR))
        .collect::<Vec<_>>();
    assert_eq!(hours, [1, -24]);
    log.closed(SOON);
    log.never_closes(LATER);
}

/// Found when the staff's own pause ends.
async fn stepped_in_a_pause(library: &Path) {
    let (mut house, clock) = open(library).await;
    let reason = "prayer".to_owned();
    house.staff(Act::PauseSale(v1::PauseSale { reason })).await;
    house.until(v1::SalePhase::Paused).await;
    clock.set("+1h");
    house.staff(Act::ResumeSale(v1::ResumeSale {})).await;
    house.until(v1::SalePhase::Open).await;
    house.until(v1::SalePhase::Paused).await;
    house.staff(Act::ResumeSale(v1::ResumeSale {})).await;
    house.end(&[SOON]).await;
    let log = house.log().await;
    assert_eq!(log.steps().len(), 1);
    log.closed(SOON);
    log.never_closes(LATER);
}

/// Told before anything is sold by it.
async fn stepped_before_a_sale(library: &Path) {
    let folder = tempfile::tempdir().unwrap();
    let clock = FakeClock::true_one(library, folder.path());
    let served = start(&folder, Some(&clock));
    assert_eq!(ready(&served).await, (200, "steady".to_owned()));
    clock.set("+1h");
    assert_eq!(ready(&served).await, (503, "set".to_owned()));
    clock.set("+1");
    assert_eq!(ready(&served).await, (200, "steady".to_owned()));
}
