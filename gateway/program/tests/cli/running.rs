//! What happens to a server while it runs: a terminal closes, a certificate is renewed.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

use crate::support::{Runs, command, imported, mazad};

fn signal(pid: u32, name: &str) {
    let sent = Command::new("kill").args([name, &pid.to_string()]).status();
    assert!(sent.unwrap().success());
}

#[test]
fn a_terminal_that_closes_ends_no_sale() {
    let dir = tempfile::tempdir().unwrap();
    imported(dir.path());
    let data = dir.path().join("data");
    let data = data.to_str().unwrap();
    let mut serve = command(&["--log", "debug", "--json", "serve", "--data", data]);
    let serve = serve.args(["--listen", "127.0.0.1:0"]);
    let mut server = serve
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Standard output is read once and closed, standard error at once: nobody is there any more.
    drop(server.stderr.take());
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    for _ in 0..3 {
        signal(server.id(), "-HUP");
        let people = mazad(&["--json", "admin", "--data", data, "people"]);
        assert_eq!(people.code, 0, "{people:?}");
    }
    signal(server.id(), "-TERM");
    assert_eq!(server.wait().unwrap().code(), Some(0));
}

#[test]
fn a_server_whose_reader_has_gone_serves() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let mut serve = command(&["--log", "info", "serve", "--data", data.to_str().unwrap()]);
    let serve = serve.args(["--listen", "127.0.0.1:0"]);
    let mut server = serve
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(server.stdout.take());
    let mut log = BufReader::new(server.stderr.take().unwrap());
    let (mut told, mut line) = (String::new(), String::new());
    while !line.contains("\"serving\"") {
        line.clear();
        assert_ne!(log.read_line(&mut line).unwrap(), 0, "it ends: {told}");
        told.push_str(&line);
    }
    signal(server.id(), "-TERM");
    log.read_to_string(&mut told).unwrap();
    assert_eq!(server.wait().unwrap().code(), Some(0), "{told}");
    assert!(told.lines().count() < 8, "a quiet start: {told}");
}

/// What a file says goes after what a flag says, and nothing that is no flag is passed over.
#[test]
fn one_file_configures_a_server() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("mazad.toml");
    let config = file.to_str().unwrap();
    fs::write(
        &file,
        "data = \"house\"\nlisten = \"127.0.0.1:0\"\nquery-model = \"queries\"\nlog = \"warn\"\n",
    )
    .unwrap();
    let (server, told) = Runs::start(&["--json", "serve", "--config", config]);
    assert_eq!(
        told["data"],
        dir.path().join("house").to_str().unwrap(),
        "{told}"
    );
    assert_eq!(server.terminate(), 0);
    assert!(
        dir.path().join("queries").exists() && !dir.path().join("house/queries.sqlite").exists()
    );
    let other = dir.path().join("other");
    let flags = [
        "--json",
        "serve",
        "--config",
        config,
        "--data",
        other.to_str().unwrap(),
    ];
    let (server, told) = Runs::start(&flags);
    assert_eq!(told["data"], other.to_str().unwrap(), "{told}");
    assert_eq!(server.terminate(), 0);

    for (wrong, named) in [
        ("dta = \"house\"", "dta"),
        ("per-address = 0", "per-address"),
        ("tls-cert = \"a.pem\"", "--tls-key"),
    ] {
        fs::write(&file, wrong).unwrap();
        let refused = mazad(&["serve", "--config", config]);
        assert_eq!(refused.code, 2, "{refused:?}");
        assert!(refused.err.contains(named), "{refused:?}");
    }
}

#[test]
fn shells_and_manuals_know_every_command() {
    let dir = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish"] {
        let script = mazad(&["completions", shell]);
        assert_eq!(script.code, 0, "{script:?}");
        assert!(script.out.contains("restore"), "{shell}");
    }
    let man = dir.path().join("man1");
    assert_eq!(mazad(&["man", man.to_str().unwrap()]).code, 0);
    let page = fs::read_to_string(man.join("mazad-backup.1")).unwrap();
    assert!(page.contains("key\\-to"), "{page}");
}
