//! `mazad demo`: a whole sale, killed in its middle, and what a demo may not do.

use std::fs;
use std::net::TcpListener;

use serde_json::json;

use crate::support::{Runs, command, imported, mazad};

/// How often the log is looked at for a first bid: far longer than any machine takes.
const LOOKS_MAX: usize = 5000;

#[test]
fn a_demo_goes_on_after_a_kill_and_ends_well() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    let demo = |more: &[&'static str]| {
        let mut words = vec!["--json", "demo", "--data", data, "--port", "0"];
        words.extend(more);
        words
    };
    let (running, told) = Runs::start(&demo(&["--speed", "100", "--auto-clerk"]));
    assert!(
        told["bidder"].as_str().unwrap().contains("/enter#"),
        "{told}"
    );
    let has_bids = || {
        let replayed = mazad(&["replay", data]);
        replayed.out.contains(" bids ")
    };
    assert!((0..LOOKS_MAX).any(|_| has_bids()), "nobody bids");
    running.kill();
    let ended = mazad(&demo(&["--until-end"]));
    assert_eq!(ended.code, 0, "{ended:?}");
    let last = ended.out.lines().last().unwrap();
    let last: serde_json::Value = serde_json::from_str(last).unwrap();
    assert_eq!(last["good"], json!(true), "{last}");
    assert_eq!(last["lots"].as_array().unwrap().len(), 28);

    // The pages of a sale that has ended can still be shown; nobody is admitted any more.
    let (running, told) = Runs::start(&demo(&[]));
    assert_eq!(told["bidder"], json!(null), "{told}");
    assert!(told["clerk"].is_string(), "{told}");
    assert_eq!(running.terminate(), 0);
    for other in [["--speed", "50"], ["--seed", "8"]] {
        let refused = mazad(&demo(&other));
        assert_eq!(refused.code, 2, "{refused:?}");
    }
}

#[test]
fn a_demo_that_is_stopped_has_a_number_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    let (running, _) = Runs::start(&[
        "--json",
        "demo",
        "--data",
        data,
        "--port",
        "0",
        "--until-end",
    ]);
    assert_eq!(running.terminate(), 7);
    assert_eq!(mazad(&["verify", data]).code, 0);
}

#[test]
fn a_demo_leaves_real_sales_alone() {
    let dir = tempfile::tempdir().unwrap();
    imported(dir.path());
    let data = dir.path().join("data");
    let data = data.to_str().unwrap();
    let before = mazad(&["--json", "verify", data]).json();
    let refused = mazad(&["demo", "--data", data, "--port", "0"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    let after = mazad(&["--json", "verify", data]).json();
    assert_eq!(after["chain"], before["chain"], "nothing was written");
}

#[test]
fn a_demo_that_cannot_start_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = command(&["demo", "--port", &port])
        .env("TMPDIR", dir.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("--port"), "{told}");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    for speed in ["0", "1e9", "NaN", "-1"] {
        let speed = format!("--speed={speed}");
        assert_eq!(mazad(&["demo", "--port", "0", &speed]).code, 2, "{speed}");
    }
}
