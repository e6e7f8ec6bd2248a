//! What whoever starts on a damaged folder is told, in both languages and as JSON.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Ran, imported, mazad};

const PAGE: usize = 4096;

fn segment(data: &Path) -> std::path::PathBuf {
    data.join("log/00000000000000000001.seg")
}

/// Where the last batch begins that names this kind of event.
fn batch_of(bytes: &[u8], kind: &[u8]) -> usize {
    let at = bytes.windows(kind.len()).rposition(|part| part == kind);
    at.unwrap() / PAGE * PAGE
}

/// Starts a server on the folder and verifies it; both see the same damage. Gives what verify said.
fn refused(data: &Path) -> (Ran, Value) {
    let data = data.to_str().unwrap();
    let serve = ["--json", "serve", "--data", data, "--listen", "127.0.0.1:0"];
    let (serve, verify) = (mazad(&serve), mazad(&["--json", "verify", data]));
    assert_eq!((serve.code, verify.code), (65, 65), "{serve:?}\n{verify:?}");
    let told = verify.json();
    assert_eq!(told["detail"], serve.json()["detail"]);
    (verify, told)
}

#[test]
fn damage_names_the_sales_and_the_lots_it_touches() {
    let dir = tempfile::tempdir().unwrap();
    let sale = imported(dir.path());
    let data = dir.path().join("data");
    let sound = fs::read(segment(&data)).unwrap();
    let at = batch_of(&sound, b"LotAdded");
    // The header of the batch that added both lots.
    let mut bytes = sound.clone();
    bytes[at + 20] ^= 1;
    fs::write(segment(&data), &bytes).unwrap();
    let (verify, told) = refused(&data);
    assert_eq!(
        told["detail"]["sales"],
        json!([{ "sale": sale, "lots": [1, 2] }]),
        "{verify:?}"
    );
    assert_eq!(told["detail"]["offset"], json!(at));
    let file = told["detail"]["file"].as_str().unwrap();
    assert!(file.ends_with("00000000000000000001.seg"), "{file}");
    for words in [
        format!("sale {sale} (lots 1, 2)"),
        format!("المزاد {sale} (اللوطات 1، 2)"),
        format!("at byte {at}"),
    ] {
        assert!(verify.err.contains(&words), "{words}: {}", verify.err);
    }
}

#[test]
fn damage_of_a_file_without_events_touches_no_sale() {
    let dir = tempfile::tempdir().unwrap();
    let _ = imported(dir.path());
    let data = dir.path().join("data");
    fs::write(data.join("watermark"), [1; 2 * PAGE]).unwrap();
    let (verify, told) = refused(&data);
    assert_eq!(told["detail"]["sales"], json!([]));
    assert!(
        verify.err.contains("No event of a sale lies in this file"),
        "{verify:?}"
    );
    assert!(verify.err.contains("ليس في هذا الملف"), "{verify:?}");
}

#[test]
fn a_broken_slot_of_the_durability_mark_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let _ = imported(dir.path());
    let data = dir.path().join("data");
    let mark = data.join("watermark");
    let sound = fs::read(&mark).unwrap();
    let data = data.to_str().unwrap();
    // A byte that no cut write changes, in each slot.
    for slot in 0..2 {
        let mut bytes = sound.clone();
        bytes[slot * PAGE + 2000] ^= 1;
        fs::write(&mark, &bytes).unwrap();
        let told = mazad(&["--json", "verify", data]);
        assert_eq!(told.code, 3, "{told:?}");
        assert_eq!(
            told.json()["brokenMark"],
            json!({ "slot": slot, "offset": slot * PAGE, "cutWrite": false })
        );
        let told = mazad(&["verify", data]);
        let line = format!("WRONG    slot {slot} of the durability mark");
        assert!(told.out.contains(&line), "{told:?}");
    }
    // The newest mark, as a power cut in its write may leave it.
    let counter =
        |slot: usize| u64::from_le_bytes(sound[slot * PAGE + 16..][..8].try_into().unwrap());
    let newest = usize::from(counter(1) > counter(0));
    let mut bytes = sound.clone();
    bytes[newest * PAGE + PAGE - 1] ^= 1;
    fs::write(&mark, &bytes).unwrap();
    let told = mazad(&["verify", data]);
    assert_eq!(told.code, 0, "{told:?}");
    let line = format!("mark     slot {newest} of the durability mark");
    assert!(told.out.contains(&line), "{told:?}");
    // A start tells it too, and writes over it.
    let rebuilt = mazad(&["rebuild", data]);
    assert_eq!(rebuilt.code, 0, "{rebuilt:?}");
    assert!(rebuilt.err.contains("durability mark"), "{rebuilt:?}");
    let told = mazad(&["--json", "verify", data]);
    assert_eq!(
        (told.code, &told.json()["brokenMark"]),
        (0, &Value::Null),
        "{told:?}"
    );
}
