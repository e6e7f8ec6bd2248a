//! R0, R12a: a hammer and a bid that race each other. `mazad-loadtests races` does it ten thousand times.
#![cfg(test)]

use mazad_loadtests::races;

const RACES: u32 = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_hammer_sells_to_a_bid_that_its_clerk_had_not_seen() {
    let tally = races::run(RACES).await.unwrap();
    assert_eq!(tally.hammered + tally.overtaken, RACES);
    assert_eq!(tally.unseen, 0, "{tally}");
}
