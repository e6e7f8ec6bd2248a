//! `mazad demo`: a whole sale, killed in its middle.

use std::thread::sleep;
use std::time::Duration;

use serde_json::json;

use crate::support::{Runs, mazad};

#[test]
fn a_demo_goes_on_after_a_kill_and_ends_well() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    let begun = [
        "--json", "demo", "--data", data, "--port", "0", "--speed", "100",
    ];
    let (demo, told) = Runs::start(&[&begun[..], &["--auto-clerk"]].concat());
    assert!(
        told["bidder"].as_str().unwrap().contains("/enter#"),
        "{told}"
    );
    // What is tested is a kill at whatever moment: this one is usually amid the bidding.
    sleep(Duration::from_millis(4500));
    demo.kill();
    let ended = mazad(&[
        "--json",
        "demo",
        "--data",
        data,
        "--port",
        "0",
        "--until-end",
    ]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let last = ended.out.lines().last().unwrap();
    let last: serde_json::Value = serde_json::from_str(last).unwrap();
    assert_eq!(last["good"], json!(true), "{last}");
    assert_eq!(last["lots"].as_array().unwrap().len(), 28);
}
