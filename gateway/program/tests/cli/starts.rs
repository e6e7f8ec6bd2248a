//! Nothing beside the log stops a start, and a server says that it serves only when it does.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use mazad_gateway::auth::LocalAccess;
use serde_json::Value;

use crate::raw_http::request_at;
use crate::support::{Runs, can, command, imported, mazad};

#[test]
fn what_is_to_be_served_is_looked_at_before_the_folder_is() {
    let dir = tempfile::tempdir().unwrap();
    let (data, cert) = (dir.path().join("data"), dir.path().join("cert.pem"));
    fs::write(&cert, "no certificate").unwrap();
    let (named, cert) = (data.to_str().unwrap(), cert.to_str().unwrap());
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let missing = dir.path().join("none.pem");
    let missing = missing.to_str().unwrap();
    let free = "127.0.0.1:0";
    for (listen, tls) in [
        (free, vec!["--tls-cert", cert, "--tls-key", cert]),
        (free, vec!["--tls-cert", missing, "--tls-key", missing]),
        (&taken, vec![]),
    ] {
        let serve = ["--json", "serve", "--data", named, "--listen", listen];
        let ran = mazad(&[&serve[..], &tls[..]].concat());
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(!ran.out.contains("\"url\""), "{ran:?}");
        assert!(!data.exists(), "{ran:?}");
    }
}

/// As with `serve >/var/log/mazad 2>&1` on a disk that is full.
#[tokio::test]
async fn nobody_who_reads_its_output_keeps_no_sale_from_going_on() {
    let dir = tempfile::tempdir().unwrap();
    let _ = imported(dir.path());
    let data = dir.path().join("data");
    let full = || OpenOptions::new().write(true).open("/dev/full").unwrap();
    let named = data.to_str().unwrap();
    let serve = [
        "--log",
        "debug",
        "serve",
        "--data",
        named,
        "--listen",
        "127.0.0.1:0",
    ];
    let mut server = command(&serve)
        .stdout(Stdio::from(full()))
        .stderr(Stdio::from(full()))
        .spawn()
        .unwrap();
    let access = loop {
        if let Ok(Some(access)) = LocalAccess::read(&data) {
            break access;
        }
        assert!(server.try_wait().unwrap().is_none(), "it has ended");
        tokio::task::yield_now().await;
    };
    let address: SocketAddr = access.url.strip_prefix("http://").unwrap().parse().unwrap();
    let ready = request_at(address, "GET", "/readyz", "", "").await;
    assert_eq!(ready.status, 200, "{ready:?}");
    let pid = server.id().to_string();
    assert!(Command::new("kill").arg(pid).status().unwrap().success());
    assert_eq!(server.wait().unwrap().code(), Some(0));
}

#[test]
fn what_lies_beside_the_log_stops_no_start() {
    let dir = tempfile::tempdir().unwrap();
    let _ = imported(dir.path());
    let data = dir.path().join("data");
    // A file where a folder should be, a folder where a file should be.
    for name in ["snapshots", "quarantine"] {
        fs::remove_dir_all(data.join(name)).unwrap();
        fs::write(data.join(name), "").unwrap();
    }
    for name in [
        "server.json",
        "server.json.new",
        "ballast.tmp",
        "queries.sqlite-wal",
    ] {
        let _ = fs::remove_file(data.join(name));
        fs::create_dir(data.join(name)).unwrap();
    }
    let named = data.to_str().unwrap();
    let serve = [
        "--json",
        "serve",
        "--data",
        named,
        "--listen",
        "127.0.0.1:0",
    ];
    let (server, _) = Runs::start(&serve);
    assert_eq!(server.terminate(), 0);
    assert_eq!(mazad(&["verify", named]).code, 0);
}

/// Runs `mazad` under strace, which notes one kind of call and lets some of them fail.
fn run_traced(args: &[&str], trace: &[&str], log: &Path) -> (i32, String) {
    let ran = Command::new("strace")
        .args(["-f", "-y", "-qq", "-o"])
        .arg(log)
        .args(trace)
        .arg(env!("CARGO_BIN_EXE_mazad"))
        .args(args)
        .env_remove("MAZAD_DATA")
        .output()
        .unwrap();
    let told = String::from_utf8(ran.stderr).unwrap();
    (ran.status.code().unwrap_or(-1), told)
}

/// Which calls of each thread, counted from 1 as strace counts them, name one of these places.
fn calls_on(log: &Path, places: &[&str]) -> BTreeSet<usize> {
    let (mut counts, mut found) = (BTreeMap::<&str, usize>::new(), BTreeSet::new());
    let calls = fs::read_to_string(log).unwrap();
    for line in calls.lines().filter(|line| !line.contains("resumed>")) {
        let thread = line.split(' ').next().unwrap();
        let count = counts.entry(thread).or_default();
        *count += 1;
        if places.iter().any(|place| line.contains(place)) {
            found.insert(*count);
        }
    }
    found
}

/// Where strace is, which the machine of every change has.
fn has_strace() -> bool {
    let has = can("strace is needed", Command::new("strace").arg("-V"));
    let is_required = std::env::var("MAZAD_REQUIRE_TOOLS").is_ok_and(|value| value == "1");
    assert!(has || !is_required, "no strace");
    has
}

#[test]
fn a_server_that_is_asked_to_stop_while_it_starts_stops_in_order() {
    if !has_strace() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let _ = imported(dir.path());
    let data = dir.path().join("data");
    let (named, log) = (data.to_str().unwrap(), dir.path().join("calls"));
    let serve = ["serve", "--data", named, "--listen", "127.0.0.1:0"];
    let asks = "inject=bind:signal=TERM:when=1";
    let (code, told) = run_traced(&serve, &["-e", "trace=bind", "-e", asks], &log);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("stopping"), "{told}");
    assert_eq!(mazad(&["verify", named]).code, 0);
}

/// Each read of the log and of what lies beside it fails once: an error of the disk is told as one,
/// never as damage, never as another machine's folder or a missing key.
#[test]
fn a_failed_read_at_a_start_is_no_damage() {
    if !has_strace() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let _ = imported(dir.path());
    let data = dir.path().join("data");
    let (named, log) = (data.to_str().unwrap(), dir.path().join("calls"));
    // The same import again takes the folder, starts the engine on it and changes nothing.
    let lots = dir.path().join("lots.csv");
    let lots = lots.to_str().unwrap();
    let args = ["import", lots, "--data", named, "--sale-title-en", "Sale"];
    for (call, error) in [
        ("pread64", "EIO"),
        ("openat", "EMFILE"),
        ("fdatasync", "EIO"),
    ] {
        let trace = format!("trace={call}");
        assert_eq!(run_traced(&args, &["-e", &trace], &log).0, 0);
        let calls = calls_on(&log, &[named, "/etc/machine-id"]);
        assert!(!calls.is_empty(), "{call}");
        let mut failed = 0;
        for nth in calls {
            let inject = format!("inject={call}:error={error}:when={nth}");
            let (code, told) = run_traced(&args, &["-e", &trace, "-e", &inject], &log);
            let noted = fs::read_to_string(&log).unwrap();
            let what = noted.lines().filter(|line| line.contains("(INJECTED)"));
            let what: Vec<&str> = what.collect();
            // Libraries are loaded too.
            if !what
                .iter()
                .any(|line| line.contains(named) || line.contains("machine-id"))
            {
                continue;
            }
            assert!(matches!(code, 0 | 74), "{code}: {what:?}\n{told}");
            for words in [
                "no sign that the log is damaged",
                "ولا يعني ذلك أن السجل تالف",
            ] {
                assert_eq!(told.contains(words), code == 74, "{what:?}\n{told}");
            }
            failed += usize::from(code == 74);
        }
        assert!(failed > 0, "{call}");
    }
    let verified = mazad(&["verify", named]);
    assert_eq!(verified.code, 0, "{verified:?}");
}

#[test]
fn a_clock_that_nobody_keeps_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let told = mazad(&["--json", "doctor", data.to_str().unwrap()]).json();
    let checks = told["checks"].as_array().unwrap();
    let check =
        |name: &str| -> &Value { checks.iter().find(|check| check["name"] == name).unwrap() };
    let sync = check("clock sync");
    let is_kept = mazad_engine::clock::is_synchronised();
    assert_eq!(sync["grade"] == "good", is_kept == Some(true), "{sync}");
    let log = dir.path().join("log");
    let serve = [
        "--json",
        "serve",
        "--data",
        data.to_str().unwrap(),
        "--listen",
        "127.0.0.1:0",
    ];
    let (server, _) = Runs::spawn(command(&serve).stderr(File::create(&log).unwrap()));
    assert_eq!(server.terminate(), 0);
    let lines = fs::read_to_string(&log).unwrap();
    assert_eq!(
        lines.contains("nobody keeps the clock"),
        is_kept == Some(false),
        "{lines}"
    );
}
