//! A log that cannot be written ends the process, and its folder starts again.

use std::fmt::Write as _;
use std::fs;
use std::process::Stdio;

use serde_json::json;

use crate::support::{Runs, command, imported, mazad};

/// Lots that take more than the log may grow by.
fn many_lots() -> String {
    let mut table = "lot;title_en;opening\n".to_owned();
    for lot in 10..200 {
        writeln!(table, "{lot};Kiosk;24000").unwrap();
    }
    table
}

#[test]
fn a_write_of_the_log_that_fails_ends_the_process() {
    let dir = tempfile::tempdir().unwrap();
    let sale = imported(dir.path());
    let (table, data) = (dir.path().join("many.csv"), dir.path().join("data"));
    fs::write(&table, many_lots()).unwrap();
    let (table, data) = (table.to_str().unwrap(), data.to_str().unwrap());
    // No file may grow past 51,200 bytes, and a write beyond that is an error, not a signal.
    let script = r#"trap '' XFSZ; ulimit -f 100; exec "$0" "$@""#;
    let serve = ["--json", "serve", "--data", data, "--listen", "127.0.0.1:0"];
    let mut narrow = std::process::Command::new("sh");
    narrow
        .args(["-c", script, env!("CARGO_BIN_EXE_mazad")])
        .args(serve)
        .env_remove("MAZAD_LOG")
        .stderr(Stdio::null());
    let (server, _) = Runs::spawn(&mut narrow);
    let import = mazad(&["import", table, "--data", data, "--sale", &sale]);
    assert_ne!(
        import.code, 0,
        "nobody was told that it is durable: {import:?}"
    );
    assert_eq!(server.ended(), 74);

    let (server, _) = Runs::spawn(command(&serve).stderr(Stdio::null()));
    let import = mazad(&["import", table, "--data", data, "--sale", &sale]);
    assert_eq!(import.code, 0, "{import:?}");
    assert_eq!(server.terminate(), 0);
    let verified = mazad(&["--json", "verify", data]);
    assert_eq!(verified.json()["good"], json!(true), "{verified:?}");
}
