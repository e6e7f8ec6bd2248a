//! `mazad backup` and `mazad restore`: of a house that runs, under load, and of what cannot be had back.

use std::fs;
use std::path::Path;

use mazad_engine::codec::Vault;
use mazad_gateway::BackupNote;
use serde_json::{Value, json};

use crate::support::{Runs, imported, mazad};

/// How often the running house is copied: each copy is a few syncs.
const COPIES: usize = 6;

fn states(verified: &Value) -> Vec<(Value, Value)> {
    let sales = verified["sales"].as_array().unwrap();
    sales
        .iter()
        .map(|sale| (sale["sale"].clone(), sale["stateDigest"].clone()))
        .collect()
}

#[test]
fn a_demo_under_load_is_copied_restored_and_equal() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (data, copy, key, back) = (path("data"), path("copy"), path("key"), path("back"));
    let demo = ["--json", "demo", "--data", &data, "--port", "0"];
    let (running, told) = Runs::start(&[&demo[..], &["--speed", "100", "--auto-clerk"]].concat());
    let sale = told["sale"].as_str().unwrap().to_owned();
    let backup = ["--json", "backup", &data, &copy, "--key-to", &key];
    copies_grow(&backup, &copy);
    running.kill();
    let last = mazad(&backup);
    assert_eq!(last.code, 0, "{last:?}");
    // The house tells of it on its admin's page.
    let note = BackupNote::read(Path::new(&data)).unwrap().unwrap();
    assert_eq!(
        (json!(note.chain), json!(note.events), note.to.as_str()),
        (
            last.json()["chain"].clone(),
            last.json()["events"].clone(),
            copy.as_str()
        )
    );

    let restored = mazad(&[
        "--json",
        "restore",
        &copy,
        &back,
        "--key",
        &key,
        "--against",
        &data,
    ]);
    assert_eq!(restored.code, 0, "{restored:?}");
    let told = restored.json();
    assert_eq!(
        (&told["equal"], &told["compared"]),
        (&json!(true), &json!(true)),
        "{told}"
    );
    assert_eq!(told["lacks"], json!([]));
    let (here, there) = (
        mazad(&["--json", "verify", &data]),
        mazad(&["--json", "verify", &back]),
    );
    assert_eq!((here.code, there.code), (0, 0), "{there:?}");
    assert_eq!(here.json()["chain"], there.json()["chain"]);
    assert!(states(&there.json())[0].1.is_string(), "{there:?}");
    assert_eq!(states(&here.json()), states(&there.json()));

    goes_on_once_adopted(&back);
    tells_what_is_lacking(&[&copy, &path("short"), &key, &back], &sale);
}

/// A running house is copied again and again: each copy is whole, and has what the one before had.
fn copies_grow(backup: &[&str], copy: &str) {
    let mut events = 0;
    for _ in 0..COPIES {
        let copied = mazad(backup);
        assert_eq!(copied.code, 0, "{copied:?}");
        let told = copied.json();
        let verified = mazad(&["--json", "verify", copy]);
        assert_eq!(verified.code, 0, "{verified:?}");
        assert_eq!(verified.json()["chain"], told["chain"]);
        assert_eq!(verified.json()["withKey"], json!(false), "the key is apart");
        let now = told["events"].as_u64().unwrap();
        assert!(
            now >= events && told["eventsAdded"] == json!(now - events),
            "{told}"
        );
        events = now;
    }
}

/// Nobody writes what was restored before somebody has said so.
fn goes_on_once_adopted(back: &str) {
    let serve = ["--json", "serve", "--data", back, "--listen", "127.0.0.1:0"];
    assert_eq!(mazad(&serve).code, 77);
    let (server, _) = Runs::start(&[&serve[..], &["--adopt", "the old disk is gone"]].concat());
    assert_eq!(server.terminate(), 0);
}

/// Half a year later somebody still has a picture of what was written after the copy.
fn tells_what_is_lacking([copy, short, key, back]: &[&str; 4], sale: &str) {
    let seen = format!("{sale}:9999999");
    let restored = mazad(&[
        "--json",
        "restore",
        copy,
        short,
        "--key",
        key,
        "--seen",
        &seen,
        "--against",
        back,
    ]);
    assert_eq!(restored.code, 8, "{restored:?}");
    let lacks = restored.json()["lacks"].clone();
    let why: Vec<&Value> = lacks
        .as_array()
        .unwrap()
        .iter()
        .map(|lack| &lack["why"])
        .collect();
    assert!(
        why.contains(&&json!("original")) && why.contains(&&json!("seen")),
        "{lacks}"
    );
    assert!(restored.err.contains("من يملك المزاد"), "{restored:?}");
}

#[test]
fn a_key_lies_apart_and_is_never_written_over() {
    let dir = tempfile::tempdir().unwrap();
    imported(dir.path());
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (data, copy, key) = (path("data"), path("copy"), path("key"));
    let without = mazad(&["backup", &data, &copy]);
    assert_eq!(without.code, 0, "{without:?}");
    for told in ["not in the backup", "ليس في النسخة"] {
        assert!(without.err.contains(told), "{without:?}");
    }
    let names: Vec<_> = fs::read_dir(&copy)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(!names.contains(&"engine.key".into()), "{names:?}");

    let with = |file: &str| mazad(&["backup", &data, &copy, "--key-to", file]);
    assert_eq!(with(&format!("{copy}/engine.key")).code, 2);
    assert_eq!(
        (with(&key).code, with(&key).code),
        (0, 0),
        "the same one again"
    );
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o077, 0);
    let other = path("other");
    fs::write(&other, "something else").unwrap();
    let refused = with(&other);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert_eq!(fs::read_to_string(&other).unwrap(), "something else");

    // A key that does not fit leaves nothing behind, and a folder in the copy is none of its own.
    let back = path("back");
    let strange = path("strange");
    Vault::open_or_create(Path::new(&strange)).unwrap();
    for key in [&other, &path("none"), &strange] {
        let refused = mazad(&["restore", &copy, &back, "--key", key]);
        assert!([1, 78].contains(&refused.code), "{refused:?}");
        assert!(!Path::new(&back).exists(), "{refused:?}");
    }
    let within = format!("{copy}/in");
    let refused = mazad(&["restore", &copy, &within]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(!Path::new(&within).exists());

    // Without its key a restored house is whole, and says what is missing.
    let restored = mazad(&["--json", "restore", &copy, &back]);
    assert_eq!(
        (restored.code, &restored.json()["withKey"]),
        (0, &json!(false)),
        "{restored:?}"
    );
    let over = mazad(&["restore", &copy, &back]);
    assert_eq!(over.code, 2, "{over:?}");
    for around in [format!("{data}/copy"), path("")] {
        assert_eq!(mazad(&["backup", &data, &around]).code, 2, "{around}");
    }
    assert_eq!(mazad(&["backup", &path("nothing"), &copy]).code, 66);
}

/// A plain copy whose log is older than the mark beside it, as `cp -r` makes them of a running house.
#[test]
fn a_copy_that_was_cut_is_told_for_what_it_is() {
    let dir = tempfile::tempdir().unwrap();
    imported(dir.path());
    let (data, cut) = (dir.path().join("data"), dir.path().join("cut"));
    copy_folder(&data, &cut);
    let later = mazad(&[
        "admin",
        "--data",
        data.to_str().unwrap(),
        "invite",
        "--role",
        "clerk",
    ]);
    assert_eq!(later.code, 0, "{later:?}");
    fs::copy(data.join("watermark"), cut.join("watermark")).unwrap();
    let (cut, back) = (cut.to_str().unwrap(), dir.path().join("back"));
    let back = back.to_str().unwrap();
    for command in [
        &["verify", cut][..],
        &["replay", cut],
        &["serve", "--data", cut, "--adopt", "x"],
    ] {
        let told = mazad(command);
        assert_eq!(told.code, 67, "{told:?}");
        assert!(
            told.err.contains("mazad backup") && told.err.contains("ينقصها آخرها"),
            "{told:?}"
        );
        assert!(!told.err.contains("is damaged and"), "{told:?}");
    }
    let restored = mazad(&["--json", "restore", cut, back]);
    assert_eq!(restored.code, 8, "{restored:?}");
    let told = restored.json();
    assert!(
        told["cut"].is_string() && told["withKey"] == json!(true),
        "{told}"
    );
    assert_eq!(told["lacks"][0]["why"], json!("marked"));
    assert_eq!(mazad(&["verify", back]).code, 0);
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        match entry.file_type().unwrap().is_dir() {
            true => copy_folder(&entry.path(), &to.join(entry.file_name())),
            false => drop(fs::copy(entry.path(), to.join(entry.file_name())).unwrap()),
        }
    }
}
