//! Death: kill -9 of the real server at random instants loses, doubles and moves no answer.
#![cfg(test)]

use mazad_loadtests::{kill, output, process};

/// Kills in an ordinary run. `MAZAD_KILLS` asks for more.
const CYCLES: u32 = 50;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_server_keeps_every_answer() {
    let asked = std::env::var("MAZAD_KILLS")
        .ok()
        .map(|count| count.parse().unwrap());
    let program = process::program().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let told = kill::run(&program, folder.path(), asked.unwrap_or(CYCLES), 20).await;
    let report = told.unwrap_or_else(|error| {
        let log = std::fs::read_to_string(folder.path().join("serve.log")).unwrap_or_default();
        let tail: Vec<&str> = log.lines().rev().take(40).collect();
        panic!(
            "{error:?}\n{}",
            tail.into_iter().rev().collect::<Vec<_>>().join("\n")
        )
    });
    output::note(&report);
    assert!(report.receipts > 100, "there was traffic");
    assert!(report.retries > 0, "kills were felt");
}
