//! Full disks, disks that cannot be written, and disks that are none: real ones, so root is needed.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use mazad_engine::codec::Vault;
use mazad_engine::store::log::{EmbeddedStore, OpenOptions};
use serde_json::json;

use crate::raw_http::request_at;
use crate::support::{Runs, SmallDisk, command, imported, mazad};

/// A folder with a sale, on a small disk of its own: where there was room it was made, on small
/// segments.
fn on_small_disk(disk: &SmallDisk) -> PathBuf {
    let dir = tempfile::tempdir().unwrap();
    let (roomy, data) = (dir.path().join("data"), disk.path().join("data"));
    let options = OpenOptions::new().segment_bytes(1024 * 1024);
    let store = EmbeddedStore::open(&roomy, options).unwrap();
    store.close().unwrap();
    Vault::open_or_create(&roomy.join("engine.key")).unwrap();
    let _ = imported(dir.path());
    let copied = Command::new("cp").arg("-a").args([&roomy, &data]).status();
    assert!(copied.unwrap().success());
    data
}

#[tokio::test]
async fn a_server_starts_on_a_full_disk_after_whatever_end() {
    let Some(disk) = SmallDisk::mount("16m") else {
        return;
    };
    let data = on_small_disk(&disk);
    let data = data.to_str().unwrap();
    let serve = ["--json", "serve", "--data", data, "--listen", "127.0.0.1:0"];
    let (server, _) = Runs::start(&[&serve[..], &["--adopt", "a small disk"]].concat());
    server.kill();
    disk.fill();
    for end in ["killed", "stopped", "stopped"] {
        let (server, told) = Runs::start(&serve);
        assert_eq!(told["data"], json!(data), "{end}");
        let address: SocketAddr = told["address"].as_str().unwrap().parse().unwrap();
        let ready = request_at(address, "GET", "/readyz", "", "").await;
        assert_eq!(ready.status, 503);
        assert_eq!(ready.json()["room"], "out", "{ready:?}");
        let sales = request_at(address, "GET", "/healthz", "", "").await;
        assert_eq!(sales.status, 200);
        match end {
            "killed" => server.kill(),
            _ => assert_eq!(server.terminate(), 0),
        }
    }
    let verified = mazad(&["--json", "verify", data]);
    assert_eq!(verified.code, 0, "{verified:?}");
    fs::remove_file(disk.path().join("fill")).unwrap();
    let told = mazad(&["--json", "replay", data]);
    assert_eq!(told.code, 0, "{told:?}");
}

#[test]
fn a_disk_that_cannot_be_written_has_words_and_a_number_of_its_own() {
    let Some(disk) = SmallDisk::mount("2g") else {
        return;
    };
    let _ = imported(disk.path());
    let data = disk.path().join("data");
    let data = data.to_str().unwrap();
    disk.remount("ro");
    let missing = disk.path().join("new");
    let missing = missing.to_str().unwrap();
    for args in [
        vec!["serve", "--data", data, "--listen", "127.0.0.1:0"],
        vec!["serve", "--data", missing, "--listen", "127.0.0.1:0"],
        vec!["doctor", data],
        vec!["doctor", missing],
        vec!["admin", "--data", data, "publish"],
    ] {
        let ran = mazad(&args);
        assert_eq!(ran.code, 73, "{args:?}: {ran:?}");
        for words in ["read-only", "للقراءة فقط"] {
            assert!(ran.err.contains(words), "{ran:?}");
        }
    }
    for args in [
        vec!["verify", data],
        vec!["export", data],
        vec!["replay", data],
    ] {
        assert_eq!(mazad(&args).code, 0, "{args:?}");
    }
    disk.remount("rw");
    assert_eq!(mazad(&["admin", "--data", data, "publish"]).code, 0);
}

#[test]
fn a_disk_in_memory_is_told_by_doctor_and_by_the_server() {
    let Some(disk) = SmallDisk::mount("2g") else {
        return;
    };
    let data = disk.path().join("data");
    let data = data.to_str().unwrap();
    let told = mazad(&["--json", "doctor", data]).json();
    let checks = told["checks"].as_array().unwrap();
    let found = checks.iter().find(|check| check["name"] == "file system");
    let found = found.unwrap();
    assert_eq!(
        (&found["grade"], &found["found"]),
        (&json!("warn"), &json!("tmpfs"))
    );
    assert!(
        found["advice"]
            .as_str()
            .unwrap()
            .contains("gone with the power")
    );
    let log = disk.path().join("log");
    let serve = ["--json", "serve", "--data", data, "--listen", "127.0.0.1:0"];
    let (server, _) = Runs::spawn(command(&serve).stderr(fs::File::create(&log).unwrap()));
    assert_eq!(server.terminate(), 0);
    let lines = fs::read_to_string(&log).unwrap();
    assert!(lines.contains("gone with the power"), "{lines}");
}
