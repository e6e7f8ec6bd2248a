//! The tools that read a folder.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::{LOTS, command, imported, mazad};

#[test]
fn a_sale_is_told_exported_and_checked() {
    let dir = tempfile::tempdir().unwrap();
    let sale = imported(dir.path());
    let data = dir.path().join("data");
    let data = data.to_str().unwrap();

    let told = mazad(&["replay", data]);
    assert_eq!(told.code, 0, "{told:?}");
    assert!(
        told.out.contains("#1 sale drafted: Sale, in EGP"),
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
        !lines.out.contains("\"3050000\""),
        "the reserve stays sealed"
    );
    let before = ["--at-time", "2020-01-01T00:00:00Z"];
    let after = ["--at-revision", "100"];
    for outside in [before, after] {
        let unknown = mazad(&[&["replay", data], &outside[..]].concat());
        assert_eq!((unknown.code, &*unknown.out), (66, ""), "{unknown:?}");
    }
    let at = mazad(&["replay", data, "--at-revision", "2"]);
    assert!(at.out.contains("upcoming"), "{at:?}");

    let csv = mazad(&["export", data, "--what", "lots", "--format", "csv"]);
    assert_eq!(csv.out.lines().count(), 3, "{csv:?}");
    let bids = mazad(&["export", data, "--what", "bids", "--format", "csv"]);
    assert!(bids.out.starts_with("\u{feff}as_of_revision,"), "{bids:?}");
    let both = mazad(&["--json", "export", data, "--format", "csv"]);
    assert_eq!(both.code, 2, "{both:?}");
    let file = dir.path().join("events.jsonl");
    let export = mazad(&["export", data, "--out", file.to_str().unwrap()]);
    assert_eq!((export.code, export.out.as_str()), (0, ""));
    assert!(fs::read_to_string(&file).unwrap().contains("SaleCreated"));
    let names = fs::read_dir(dir.path()).unwrap();
    assert_eq!(names.count(), 3, "the table, the folder and the export");

    let doctor = mazad(&["--json", "doctor", data]);
    let checks = doctor.json()["checks"].as_array().unwrap().clone();
    assert!(checks.len() >= 5, "{doctor:?}");
    let zones = checks.iter().find(|check| check["name"] == "zone data");
    let version = mazad_texts::zone_data_version();
    assert!(
        zones.unwrap()["found"].as_str().unwrap().contains(version),
        "{doctor:?}"
    );
    let unknown = "00000000-0000-4000-8000-000000000000";
    assert_eq!(mazad(&["replay", data, "--sale", unknown]).code, 66);
}

#[test]
fn what_is_not_for_everyone_is_for_staff() {
    let dir = tempfile::tempdir().unwrap();
    imported(dir.path());
    let data = dir.path().join("data");
    let data = data.to_str().unwrap();
    let admin = |words: &[&str]| mazad(&[&["--json", "admin", "--data", data], words].concat());
    let invited = admin(&[
        "invite", "--role", "bidder", "--paddle", "7", "--limit", "9876",
    ]);
    assert_eq!(invited.code, 0, "{invited:?}");
    let everyone = mazad(&["replay", data]);
    assert!(everyone.out.contains("withheld"), "{everyone:?}");
    assert!(!everyone.out.contains("9,876"), "{everyone:?}");
    let staff = mazad(&["replay", data, "--staff"]);
    assert!(
        staff.out.contains("paddle 7 admitted, limit 9,876.00"),
        "{staff:?}"
    );
    let lines = mazad(&["--json", "replay", data]);
    assert!(!lines.out.contains(r#""account":"#), "{lines:?}");
    let lines = mazad(&["--json", "replay", data, "--staff"]);
    assert!(lines.out.contains(r#""account":"#), "{lines:?}");
    // The admission is what the desk asked for.
    assert_eq!(mazad(&["verify", data]).code, 0);

    let invite = invited.json()["invite"].as_str().unwrap().to_owned();
    let revoked = mazad(&["admin", "--data", data, "revoke", &invite]);
    assert_eq!(revoked.out, format!("revoked: {invite}\n"));
}

#[test]
fn limits_and_ceilings_are_changed_from_the_command_line() {
    let dir = tempfile::tempdir().unwrap();
    imported(dir.path());
    let data = dir.path().join("data");
    let data = data.to_str().unwrap();
    let admin = |words: &[&str]| mazad(&[&["--json", "admin", "--data", data], words].concat());
    let bidder = ["invite", "--role", "bidder", "--paddle", "7"];
    assert_eq!(admin(&bidder).code, 1, "a limit is needed");
    assert_eq!(admin(&[&bidder[..], &["--limit", "9876"]].concat()).code, 0);
    let set = |limit: &str| admin(&["set-limit", "--paddle", "7", "--limit", limit]);
    assert_eq!(set("12345.50").json()["limit"], "1234550");
    assert_eq!((set("none").code, set("1,5").code), (1, 2));
    for limit in ["12,345.50", "١٢٣٤٥٫٥٠", "12,345.50 EGP"] {
        assert_eq!(set(limit).json()["limit"], "1234550", "{limit}");
    }
    let raise = |ceiling: &str| {
        let why = ["--reason", "the estimate was wrong"];
        admin(
            &[
                &["raise-ceiling", "--lot", "1", "--ceiling", ceiling],
                &why[..],
            ]
            .concat(),
        )
    };
    assert_eq!((raise("9876543").code, raise("1").code), (0, 1));
    let told = mazad(&["replay", data, "--staff"]).out;
    for words in ["12,345.50", "9,876,543.00", "the estimate was wrong"] {
        assert!(told.contains(words), "{told}");
    }
    assert_eq!(mazad(&["verify", data]).code, 0);
}

#[test]
fn whoever_stops_reading_hears_no_more() {
    let dir = tempfile::tempdir().unwrap();
    imported(dir.path());
    let data = dir.path().join("data");
    let data = data.to_str().unwrap();
    for json in [true, false] {
        let told: &[&str] = if json { &["--json"] } else { &[] };
        let mut replay = command(&[told, &["replay", data]].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(replay.stdout.take());
        let output = replay.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(output.stderr, b"");
    }
}

#[test]
fn a_title_does_not_steer_the_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let (file, data) = (dir.path().join("lots.csv"), dir.path().join("data"));
    fs::write(&file, LOTS).unwrap();
    let (file, data) = (file.to_str().unwrap(), data.to_str().unwrap());
    let title = "Sale\u{202e}\u{2067}";
    let ran = mazad(&["import", file, "--data", data, "--sale-title-en", title]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(!ran.err.contains(['\u{202e}', '\u{2067}']), "{ran:?}");
}

/// Limits, pseudonyms and sealed values are nobody's who has only an account on the machine.
#[test]
fn a_folder_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    fn may(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o077
    }

    fn all_of(dir: &Path) -> Vec<std::path::PathBuf> {
        let entries = fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let within = |path: std::path::PathBuf| {
            let inner = if path.is_dir() {
                all_of(&path)
            } else {
                Vec::new()
            };
            inner.into_iter().chain([path])
        };
        entries.flat_map(within).collect()
    }

    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).unwrap();
    imported(dir.path());
    assert_eq!(may(&data), 0);
    let open: Vec<_> = all_of(&data)
        .into_iter()
        .filter(|path| may(path) != 0)
        .collect();
    assert!(open.is_empty(), "{open:?}");

    let key = data.join("engine.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let folder = data.to_str().unwrap();
    let serve = mazad(&["serve", "--data", folder, "--listen", "127.0.0.1:0"]);
    assert_ne!(serve.code, 0);
    assert!(serve.err.contains("chmod 600"), "{serve:?}");
}

#[test]
fn a_lost_key_is_not_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    imported(dir.path());
    let data = dir.path().join("data");
    fs::remove_file(data.join("engine.key")).unwrap();
    let folder = data.to_str().unwrap();
    let serve = mazad(&["serve", "--data", folder, "--listen", "127.0.0.1:0"]);
    assert_eq!(serve.code, 78, "{serve:?}");
    assert!(serve.err.contains("engine.key"), "{serve:?}");
    assert!(!data.join("engine.key").exists());
    let verified = mazad(&["--json", "verify", folder]);
    assert_eq!(
        (verified.code, &verified.json()["withKey"]),
        (0, &json!(false))
    );
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
    for told in [
        "damaged at byte",
        "copy of the whole folder",
        "نسخة من المجلد كله",
    ] {
        assert!(verified.err.contains(told), "{verified:?}");
    }
    let twice = verified.err.matches("damaged at byte").count();
    assert_eq!(twice, 1, "a cause is told once: {verified:?}");
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
    let unread = mazad(&["--log", "mazad=loud", "verify", empty]);
    assert_eq!(unread.code, 66);
    assert!(unread.err.contains("left out"), "{unread:?}");
    assert_eq!(mazad(&["fly"]).code, 2);
    assert_eq!(mazad(&["--help"]).code, 0);
}
