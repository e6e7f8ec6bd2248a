//! What the server writes is for its owner alone, whatever the umask says.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::raw_http::request_at;
use crate::support::{Runs, imported, mazad};

/// Everything under a folder, and the folder itself, that somebody else may read or enter.
fn open_to_others(path: &Path) -> Vec<String> {
    let found = fs::symlink_metadata(path).unwrap();
    let mode = found.permissions().mode() & 0o777;
    let wanted = if found.is_dir() { 0o700 } else { 0o600 };
    let mut open = Vec::new();
    if mode != wanted {
        open.push(format!("{} {mode:o}", path.display()));
    }
    if found.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            open.extend(open_to_others(&entry.unwrap().path()));
        }
    }
    open
}

/// A command under the widest umask.
fn wide(args: &[&str]) -> Command {
    let mut command = Command::new("sh");
    let script = r#"umask 000 && exec "$0" "$@""#;
    command.args(["-c", script, env!("CARGO_BIN_EXE_mazad")]);
    command
        .args(args)
        .env_remove("MAZAD_DATA")
        .stderr(Stdio::null());
    command
}

#[tokio::test]
async fn files_are_for_their_owner_alone_whatever_the_umask() {
    let dir = tempfile::tempdir().unwrap();
    let sale = imported(dir.path());
    let data = dir.path().join("data");
    // As an earlier version, or a backup, may have left it.
    for name in [
        "",
        "log",
        "identity",
        "log/00000000000000000001.seg",
        "lock",
    ] {
        let mode = if data.join(name).is_dir() {
            0o755
        } else {
            0o644
        };
        fs::set_permissions(data.join(name), fs::Permissions::from_mode(mode)).unwrap();
    }
    let data = data.to_str().unwrap();
    let serve = [
        "--json",
        "serve",
        "--data",
        data,
        "--listen",
        "127.0.0.1:0",
        "--tls-dev",
    ];
    let (server, _) = Runs::spawn(&mut wide(&serve));
    let model = Path::new(data).join("queries.sqlite");
    while !model.exists() {
        tokio::task::yield_now().await;
    }
    assert_eq!(open_to_others(Path::new(data)), Vec::<String>::new());
    assert_eq!(server.terminate(), 0);
    assert_eq!(open_to_others(Path::new(data)), Vec::<String>::new());

    let exported = dir.path().join("events.jsonl");
    let export = ["export", data, "--out", exported.to_str().unwrap()];
    assert!(wide(&export).status().unwrap().success());
    let mode = fs::metadata(&exported).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o666, "an export is made to be given away");
    assert_eq!(mazad(&["verify", data]).code, 0);
    drop(sale);
}

/// Others on a machine read arguments and environments of whatever runs there.
#[tokio::test]
async fn a_limit_need_not_stand_on_a_command_line() {
    let dir = tempfile::tempdir().unwrap();
    let _ = imported(dir.path());
    let data = dir.path().join("data");
    let data = data.to_str().unwrap();
    let serve = ["--json", "serve", "--data", data, "--listen", "127.0.0.1:0"];
    let (server, told) = Runs::start(&serve);
    let address: SocketAddr = told["address"].as_str().unwrap().parse().unwrap();
    let limit = dir.path().join("limit");
    fs::write(&limit, "123456.50\n").unwrap();
    let invite = [
        "admin", "--data", data, "invite", "--role", "bidder", "--paddle", "7", "--limit", "-",
    ];
    let set = [
        "--json",
        "admin",
        "--data",
        data,
        "set-limit",
        "--paddle",
        "7",
        "--limit",
        "-",
    ];
    for args in [&invite[..], &set[..]] {
        let mut command = wide(args);
        let ran = command
            .stdin(fs::File::open(&limit).unwrap())
            .output()
            .unwrap();
        assert!(ran.status.success(), "{ran:?}");
    }
    let public = request_at(address, "GET", "/api/sales", "", "").await;
    assert!(!public.body.contains("12345650"));
    assert_eq!(server.terminate(), 0);
    let told = mazad(&["replay", data, "--staff", "--json"]);
    assert!(told.out.contains("12345650"), "{told:?}");
    let told = mazad(&["replay", data, "--json"]);
    assert!(!told.out.contains("12345650"), "{told:?}");
    assert_eq!(json!(told.code), 0);
}
