//! `mazad import`.

use std::fs;

use serde_json::json;

use crate::support::{LOTS, mazad};

#[test]
fn all_lots_or_none() {
    let dir = tempfile::tempdir().unwrap();
    let (file, data) = (dir.path().join("lots.csv"), dir.path().join("data"));
    let import = |text: &str, more: &[&str]| {
        fs::write(&file, text).unwrap();
        let (file, data) = (file.to_str().unwrap(), data.to_str().unwrap());
        let args = [
            "--json",
            "import",
            file,
            "--data",
            data,
            "--sale-title-ar",
            "مزاد",
        ];
        mazad(&[&args, more].concat())
    };

    let wrong = import(&LOTS.replace("85,000.50", "85,00"), &[]);
    assert_eq!(wrong.code, 4);
    assert_eq!(wrong.json()["listed"][0]["cell"], "D3");
    assert!(!data.exists(), "nothing was made");

    let dry = import(LOTS, &["--dry-run"]);
    assert_eq!((dry.code, &dry.json()["adds"]), (0, &json!([1, 2])));
    assert!(!data.exists(), "nothing was made");

    let done = import(LOTS, &[]);
    assert_eq!((done.code, &done.json()["adds"]), (0, &json!([1, 2])));
    assert_eq!(done.json()["createsSale"], true);

    let again = import(LOTS, &[]);
    assert_eq!((again.code, &again.json()["adds"]), (0, &json!([])));
    assert_eq!(again.json()["alreadyThere"], 2);

    let more = import(&format!("{LOTS}٣;محجر;Quarry;٩٠٠٬٠٠٠;\n"), &[]);
    assert_eq!((more.code, &more.json()["adds"]), (0, &json!([3])));

    let changed = import(&LOTS.replace("Kiosk", "Shop"), &[]);
    assert_eq!(changed.code, 4, "{changed:?}");
    assert_eq!(changed.json()["listed"][0]["cell"], "2:2");

    let verified = mazad(&["--json", "verify", data.to_str().unwrap()]);
    assert_eq!((verified.code, &verified.json()["good"]), (0, &json!(true)));
}

#[test]
fn a_sale_must_be_named() {
    let dir = tempfile::tempdir().unwrap();
    let (file, data) = (dir.path().join("lots.csv"), dir.path().join("data"));
    fs::write(&file, LOTS).unwrap();
    let (file, data) = (file.to_str().unwrap(), data.to_str().unwrap());
    let unnamed = mazad(&["import", file, "--data", data]);
    assert_eq!(unnamed.code, 2, "{unnamed:?}");
    let sale = "00000000-0000-4000-8000-000000000000";
    let unknown = mazad(&["import", file, "--data", data, "--sale", sale]);
    assert_eq!(unknown.code, 66, "{unknown:?}");
}
