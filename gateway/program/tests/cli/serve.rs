//! `mazad serve`, and the tools that meet it on its folder.

use std::fs;

use serde_json::json;

use crate::support::{LOTS, Runs, command, mazad};

#[test]
fn tools_go_through_the_server_that_has_the_folder() {
    let dir = tempfile::tempdir().unwrap();
    let (file, data) = (dir.path().join("lots.csv"), dir.path().join("data"));
    fs::write(&file, LOTS).unwrap();
    let (file, data) = (file.to_str().unwrap(), data.to_str().unwrap());
    let serve = ["--json", "serve", "--data", data, "--listen", "127.0.0.1:0"];

    let (server, told) = Runs::start(&serve);
    assert!(
        told["adminLink"].as_str().unwrap().contains("/enter#"),
        "{told}"
    );
    let import = [
        "--json",
        "import",
        file,
        "--data",
        data,
        "--sale-title-en",
        "Sale",
    ];
    let imported = mazad(&import);
    assert_eq!(
        (imported.code, &imported.json()["adds"]),
        (0, &json!([1, 2])),
        "{imported:?}"
    );
    let again = mazad(&import);
    assert_eq!(
        (again.code, &again.json()["adds"]),
        (0, &json!([])),
        "{again:?}"
    );
    let beside = mazad(&["--json", "verify", data]);
    assert_eq!(
        (beside.code, &beside.json()["good"]),
        (0, &json!(true)),
        "{beside:?}"
    );
    let second = mazad(&serve);
    assert_eq!(second.code, 69, "one writer");
    assert!(second.err.contains("برنامج آخر"), "{second:?}");
    assert_eq!(mazad(&["rebuild", data]).code, 69);
    assert_eq!(server.terminate(), 0);

    // The first admin's link is still open: no second one.
    let (server, told) = Runs::start(&serve);
    assert_eq!(told["adminLink"], json!(null), "{told}");
    server.kill();
    let (server, _) = Runs::start(&serve);
    assert_eq!(server.terminate(), 0, "a killed server starts again");
    let rebuilt = mazad(&["--json", "rebuild", data]);
    assert_eq!(rebuilt.code, 0, "{rebuilt:?}");
}

#[test]
fn tools_reach_a_server_that_speaks_tls() {
    let dir = tempfile::tempdir().unwrap();
    let (file, data) = (dir.path().join("lots.csv"), dir.path().join("data"));
    fs::write(&file, LOTS).unwrap();
    let (file, data) = (file.to_str().unwrap(), data.to_str().unwrap());
    let serve = ["--json", "serve", "--data", data, "--listen", "127.0.0.1:0"];
    let (server, told) = Runs::start(&[&serve[..], &["--tls-dev"]].concat());
    assert!(
        told["url"].as_str().unwrap().starts_with("https://"),
        "{told}"
    );
    let imported = mazad(&["import", file, "--data", data, "--sale-title-en", "Sale"]);
    assert_eq!(imported.code, 0, "{imported:?}");
    let invited = mazad(&["admin", "--data", data, "invite", "--role", "clerk"]);
    assert_eq!(invited.code, 0, "{invited:?}");
    assert!(invited.out.starts_with("https://"), "{invited:?}");
    assert_eq!(server.terminate(), 0);
}

/// As whoever turns logs over sends them.
#[test]
fn a_signal_that_is_none_of_ours_ends_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (data, log) = (dir.path().join("data"), dir.path().join("log"));
    let data = data.to_str().unwrap();
    let serve = ["--json", "serve", "--data", data, "--listen", "127.0.0.1:0"];
    let (server, _) = Runs::spawn(command(&serve).stderr(fs::File::create(&log).unwrap()));
    for name in ["USR1", "USR2", "ALRM"] {
        server.signal(name);
        let told = format!("SIG{name}");
        while !fs::read_to_string(&log).unwrap().contains(&told) {
            std::thread::yield_now();
        }
    }
    assert_eq!(server.terminate(), 0);
}

/// A pipe that nobody writes: neither a reload nor the stop waits for it.
#[test]
fn a_certificate_that_has_become_a_pipe_keeps_nobody_waiting() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (data, log) = (path("data"), path("log"));
    let at = [
        "--json",
        "serve",
        "--data",
        &data,
        "--listen",
        "127.0.0.1:0",
    ];
    let (server, _) = Runs::start(&[&at[..], &["--tls-dev"]].concat());
    assert_eq!(server.terminate(), 0);
    let (cert, key) = (
        format!("{data}/dev-cert.pem"),
        format!("{data}/dev-key.pem"),
    );
    let files = ["--tls-cert", &cert, "--tls-key", &key];
    let serve = [&at[..], &files[..]].concat();
    let (server, _) = Runs::spawn(command(&serve).stderr(fs::File::create(&log).unwrap()));
    fs::remove_file(&cert).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&cert).status();
    assert!(made.unwrap().success());
    server.signal("HUP");
    while !fs::read_to_string(&log)
        .unwrap()
        .contains("not a regular file")
    {
        std::thread::yield_now();
    }
    assert_eq!(server.terminate(), 0);
}
