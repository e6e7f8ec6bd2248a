//! The tools that read a folder.

use std::fs;

use serde_json::{Value, json};

use crate::support::{imported, mazad};

#[test]
fn a_sale_is_told_exported_and_checked() {
    let dir = tempfile::tempdir().unwrap();
    let sale = imported(dir.path());
    let data = dir.path().join("data");
    let data = data.to_str().unwrap();

    let told = mazad(&["replay", data]);
    assert_eq!(told.code, 0, "{told:?}");
    assert!(
        told.out.contains("#1 sale created: Sale, in EGP"),
        "{}",
        told.out
    );
    assert!(
        told.out.contains("lot 1: added: كشك, by a clerk"),
        "{}",
        told.out
    );
    let lines = mazad(&["replay", data, "--format", "json", "--sale", &sale]);
    let kinds: Vec<Value> = lines
        .out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["kind"].clone())
        .collect();
    assert!(kinds.contains(&json!("LotAdded")), "{kinds:?}");
    assert!(
        !lines.out.contains("\"3000000\""),
        "the reserve stays sealed"
    );
    let before = mazad(&[
        "--json",
        "replay",
        data,
        "--at-time",
        "2020-01-01T00:00:00Z",
    ]);
    assert_eq!(before.json()["lots"], json!(null), "{before:?}");
    let after = mazad(&["replay", data, "--at-revision", "100"]);
    assert!(after.out.contains("upcoming"), "{after:?}");

    let csv = mazad(&["export", data, "--what", "lots", "--format", "csv"]);
    assert_eq!(csv.out.lines().count(), 3, "{csv:?}");
    let file = dir.path().join("events.jsonl");
    let export = mazad(&["export", data, "--out", file.to_str().unwrap()]);
    assert_eq!((export.code, export.out.as_str()), (0, ""));
    assert!(fs::read_to_string(file).unwrap().contains("SaleCreated"));

    let doctor = mazad(&["--json", "doctor", data]);
    assert!(
        doctor.json()["checks"].as_array().unwrap().len() >= 5,
        "{doctor:?}"
    );
    let unknown = "00000000-0000-4000-8000-000000000000";
    assert_eq!(mazad(&["replay", data, "--sale", unknown]).code, 66);
}

#[test]
fn a_log_that_was_changed_is_not_served() {
    let dir = tempfile::tempdir().unwrap();
    imported(dir.path());
    let data = dir.path().join("data");
    let segment = fs::read_dir(data.join("log"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .min()
        .unwrap();
    let mut bytes = fs::read(&segment).unwrap();
    let at = bytes
        .windows(5)
        .position(|window| window == b"Kiosk")
        .unwrap();
    bytes[at] = b'k';
    fs::write(&segment, bytes).unwrap();
    let data = data.to_str().unwrap();
    let verified = mazad(&["verify", data]);
    assert_eq!(verified.code, 65, "{verified:?}");
    assert!(verified.err.contains("damaged at byte"), "{verified:?}");
    assert_eq!(
        mazad(&["serve", "--data", data, "--listen", "127.0.0.1:0"]).code,
        65
    );
}

#[test]
fn what_cannot_be_done_has_its_number() {
    let dir = tempfile::tempdir().unwrap();
    let empty = dir.path().to_str().unwrap();
    assert_eq!(mazad(&["verify", empty]).code, 66);
    assert_eq!(mazad(&["replay", empty]).code, 66);
    assert_eq!(mazad(&["rebuild", empty]).code, 66);
    assert_eq!(
        fs::read_dir(dir.path()).unwrap().count(),
        0,
        "a question makes nothing"
    );
    assert_eq!(mazad(&["fly"]).code, 2);
    assert_eq!(mazad(&["--help"]).code, 0);
}
