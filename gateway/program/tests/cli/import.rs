//! `mazad import`.

use std::fs;

use serde_json::json;

use crate::support::{LOTS, Ran, mazad};

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

    let verified = mazad(&["--json", "verify", data.to_str().unwrap()]);
    assert_eq!((verified.code, &verified.json()["good"]), (0, &json!(true)));
}

/// A table file and a data folder beside it.
struct TestFolder {
    dir: tempfile::TempDir,
}

impl TestFolder {
    fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    fn data(&self) -> String {
        self.dir.path().join("data").to_str().unwrap().to_owned()
    }

    fn has_data(&self) -> bool {
        self.dir.path().join("data").exists()
    }

    fn publish(&self, more: &[&str]) -> Ran {
        let data = self.data();
        mazad(&[&["--json", "admin", "--data", &data, "publish"], more].concat())
    }

    fn import(&self, text: &str, more: &[&str]) -> Ran {
        let file = self.dir.path().join("lots.csv");
        fs::write(&file, text).unwrap();
        let data = self.data();
        let args = ["--json", "import", file.to_str().unwrap(), "--data", &data];
        mazad(&[&args, ["--sale-title-en", "Sale"].as_slice(), more].concat())
    }
}

/// Where the first mistake is, and which.
fn first(ran: &Ran) -> (String, String) {
    let json = ran.json();
    let word = |name: &str| json["listed"][0][name].as_str().unwrap().to_owned();
    (word("cell"), word("code"))
}

#[test]
fn what_would_fail_midway_is_not_begun() {
    let place = TestFolder::new();
    let rows: String = (1..=105)
        .map(|lot| format!("{lot},x,5,2127-03-01T10:00,10m,3\n"))
        .collect();
    let text = format!("lot,title_en,opening,opens_at,duration,group\n{rows}");
    for more in [["--dry-run"].as_slice(), &[]] {
        let ran = place.import(&text, more);
        assert_eq!((ran.code, &ran.json()["errors"]), (4, &json!(5)));
        assert_eq!(first(&ran), ("A102".to_owned(), "too-many".to_owned()));
        assert!(!place.has_data(), "nothing was made");
    }
}

#[test]
fn a_published_lot_is_not_changed_by_itself() {
    let place = TestFolder::new();
    let sale = place.import(LOTS, &[]).json()["sale"].clone();
    assert_eq!(place.publish(&[]).code, 0);
    for (column, other) in [
        ("C2", LOTS.replace("Kiosk", "Shop")),
        ("E2", LOTS.replace("٣٠٬٥٠٠", "٣١٬٠٠٠")),
        ("E2", LOTS.replace("٣٠٬٥٠٠", "")),
    ] {
        let ran = place.import(&other, &[]);
        assert_eq!(ran.code, 4, "{ran:?}");
        assert_eq!(first(&ran), (column.to_owned(), "lot-differs".to_owned()));
        assert!(ran.err.contains("--amend"), "{ran:?}");
    }
    let named = ["--sale", sale.as_str().unwrap(), "--hammer-warnings", "1"];
    let ran = place.import(LOTS, &named);
    assert_eq!(ran.code, 2, "its terms stand: {ran:?}");
    let more = place.import(&format!("{LOTS}٣;محجر;Quarry;٩٠٠٬٠٠٠;\n"), &[]);
    assert_eq!((more.code, &more.json()["adds"]), (0, &json!([3])));
    assert_eq!(more.json()["draft"], false);
}

/// A list with a typing error, and the same list mended: R14.
#[test]
fn the_same_table_again_amends_what_it_says_otherwise() {
    let place = TestFolder::new();
    let listed = "lot,title_en,opening\n1,Boat 12,450\n2,Net shed,1200\n3,Winch,800\n";
    let mended = "lot,title_en,opening\n1,Boat 12,4500\n2,Net shed,1200\n4,Anchor,90\n";
    let sale = place.import(listed, &[]).json()["sale"].clone();

    // Before anybody has seen it no reason is asked for, but nothing changes unasked.
    let unasked = place.import(mended, &[]);
    assert_eq!(unasked.code, 4, "{unasked:?}");
    assert_eq!(first(&unasked), ("C2".to_owned(), "lot-differs".to_owned()));

    let dry = place.import(mended, &["--dry-run"]).json();
    assert_eq!(
        (&dry["adds"], &dry["missing"]),
        (&json!([4]), &json!(["3"]))
    );
    let cells = &dry["amends"][0]["cells"];
    let told = |cell: usize| {
        let cell = &cells[cell];
        let word = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        (
            word(&cell["column"]),
            word(&cell["before"]["en"]),
            word(&cell["after"]["en"]),
        )
    };
    let expected = (
        "opening".to_owned(),
        "EGP 450".to_owned(),
        "EGP 4,500".to_owned(),
    );
    assert_eq!(told(0), expected, "{dry}");
    let verify = || mazad(&["--json", "verify", &place.data()]).json();
    let before = verify();

    assert_eq!(place.publish(&[]).code, 0);
    let silent = place.import(mended, &["--amend"]);
    assert_eq!(silent.code, 2, "{silent:?}");
    assert!(silent.err.contains("--reason"), "{silent:?}");
    let why = ["--amend", "--reason", "a nought was missing"];
    let done = place.import(mended, &why).json();
    assert_eq!((&done["sale"], &done["adds"]), (&sale, &json!([4])));
    assert_eq!(done["amends"][0]["lot"], 1);
    let again = place.import(mended, &why).json();
    assert_eq!(
        (&again["alreadyThere"], &again["amends"]),
        (&json!(3), &json!([]))
    );
    let told = mazad(&["replay", &place.data()]);
    let line = "amended, a nought was missing: Opening price from EGP 450 to EGP 4,500";
    assert!(told.out.contains(line), "{told:?}");
    let verified = verify();
    assert_eq!(verified["good"], true, "{verified}");
    assert_ne!(verified, before);

    // The terms of the sale likewise, until it opens.
    let named = ["--sale", sale.as_str().unwrap(), "--hammer-warnings", "1"];
    let terms = place.import(mended, &[&named[..], &why].concat()).json();
    assert_eq!(
        terms["amendsTerms"][0]["column"], "hammer-warnings",
        "{terms}"
    );
    let replaced = place.import(listed, &["--replace"]);
    assert_eq!(replaced.code, 2, "{replaced:?}");
}

#[test]
fn a_second_run_changes_the_draft_and_makes_no_second_sale() {
    let place = TestFolder::new();
    let first = place.import(LOTS, &[]).json();
    assert_eq!(first["draft"], true);
    let other = place.import(LOTS, &["--hammer-warnings", "1"]).json();
    assert_eq!(
        (&other["sale"], &other["createsSale"]),
        (&first["sale"], &json!(false))
    );
    assert_eq!(
        (&other["changesTerms"], &other["adds"]),
        (&json!(true), &json!([]))
    );
    let back = place.import(LOTS, &[]).json();
    assert_eq!(
        (&back["sale"], &back["changesTerms"]),
        (&first["sale"], &json!(true))
    );
    let shop = LOTS.replace("Kiosk", "Shop");
    let changed = place.import(&shop, &["--replace"]).json();
    assert_eq!(
        (&changed["clears"], &changed["adds"]),
        (&json!(2), &json!([1, 2]))
    );
    assert_eq!(changed["sale"], first["sale"]);
    let unsaid = [
        "--sale",
        first["sale"].as_str().unwrap(),
        "--warning-age",
        "5s",
    ];
    let named = place.import(&LOTS.replace("Kiosk", "Shop"), &unsaid).json();
    assert_eq!(
        (&named["clears"], &named["changesTerms"]),
        (&json!(0), &json!(true))
    );
    let told = mazad(&["replay", &place.data()]);
    assert!(
        told.out.contains("the draft has no lots any more"),
        "{told:?}"
    );
    let verified = mazad(&["--json", "verify", &place.data()]);
    assert_eq!((verified.code, &verified.json()["good"]), (0, &json!(true)));
}

#[test]
fn another_sale_is_asked_for() {
    let place = TestFolder::new();
    let first = place.import(LOTS, &[]).json()["sale"].clone();
    let other = ["--ends-itself"];
    assert_eq!(place.publish(&[]).code, 0);
    let unclear = place.import(LOTS, &other);
    assert_eq!(unclear.code, 2, "{unclear:?}");
    for told in ["--new", first.as_str().unwrap(), "published"] {
        assert!(unclear.err.contains(told), "{unclear:?}");
    }
    let new = place
        .import(LOTS, &[&other[..], &["--new"]].concat())
        .json();
    assert_ne!(new["sale"], first);
    let again = place
        .import(LOTS, &[&other[..], &["--new"]].concat())
        .json();
    assert_eq!(
        (&again["sale"], &again["createsSale"]),
        (&new["sale"], &json!(false))
    );
    // The one draft is meant, beside a published sale; two are not told apart.
    let draft = place.import(LOTS, &["--reserve-lift"]).json();
    assert_eq!(
        (&draft["sale"], &draft["changesTerms"]),
        (&new["sale"], &json!(true))
    );
    assert_eq!(place.import(LOTS, &["--no-limit-needed", "--new"]).code, 0);
    let unclear = place.import(LOTS, &["--void-revives"]);
    assert_eq!(unclear.code, 2, "{unclear:?}");
    assert!(
        unclear.err.contains(new["sale"].as_str().unwrap()),
        "{unclear:?}"
    );
    assert_eq!(place.publish(&[]).code, 2);
    assert_eq!(
        place
            .publish(&["--sale", new["sale"].as_str().unwrap()])
            .code,
        0
    );
    assert_eq!(place.publish(&[]).code, 0);
    assert_eq!(place.publish(&[]).code, 66, "no draft is left");
    assert_eq!(place.publish(&["--sale", first.as_str().unwrap()]).code, 1);
}

#[test]
fn an_import_that_has_nothing_to_do_writes_nothing() {
    let place = TestFolder::new();
    assert_eq!(place.import(LOTS, &[]).code, 0);
    let verify = || mazad(&["--json", "verify", &place.data()]).json();
    let before = verify();
    let again = place.import(LOTS, &[]);
    assert_eq!((again.code, &again.json()["alreadyThere"]), (0, &json!(2)));
    assert_eq!(verify(), before);
}

#[test]
fn what_has_passed_is_not_imported() {
    let place = TestFolder::new();
    let text = "lot,title_en,opening,opens_at,duration\n1,x,5,2020-03-01T10:00,1h\n";
    let ran = place.import(text, &[]);
    assert_eq!(ran.code, 4, "{ran:?}");
    assert_eq!(first(&ran), ("D2".to_owned(), "past".to_owned()));
    let ran = place.import(LOTS, &["--opens-at", "2020-03-01T10:00"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(!place.has_data(), "nothing was made");
}

#[test]
fn a_file_without_an_end_is_not_read_to_it() {
    let place = TestFolder::new();
    let data = place.data();
    let args = ["import", "/dev/zero", "--data", &data];
    let ran = mazad(&[&args, ["--sale-title-en", "Sale"].as_slice()].concat());
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("64 MiB"), "{ran:?}");
}

#[test]
fn a_quote_that_is_never_closed_loses_no_row() {
    let place = TestFolder::new();
    let ran = place.import(&LOTS.replace("Kiosk", "\"Kiosk"), &[]);
    assert_eq!(ran.code, 4, "{ran:?}");
    assert_eq!(first(&ran), ("C2".to_owned(), "quotes".to_owned()));
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

#[test]
fn a_dry_run_tells_how_the_table_was_understood() {
    let place = TestFolder::new();
    let text = "lot,title_en,opening,reserve,opens_at,duration\n12A,Kiosk,24000,31000,3/1/2127 10:00,10m\n";
    let dry = place.import(text, &["--dry-run"]);
    assert_eq!(dry.code, 0, "{dry:?}");
    let told = dry.json();
    let lot = &told["lots"][0];
    assert_eq!((&lot["printed"], &lot["lot"]), (&json!("12A"), &json!(1)));
    assert_eq!(
        lot["opening"]["en"]
            .as_str()
            .unwrap()
            .replace('\u{200f}', ""),
        "EGP 24,000"
    );
    assert_eq!(lot["opensAt"]["at"], "2127-01-03T10:00:00+02:00");
    assert!(
        lot["opensAt"]["en"]
            .as_str()
            .unwrap()
            .starts_with("Friday 3 January 2127, 10:00")
    );
    assert_eq!(told["doubts"][0]["cell"], "E2");
    assert!(
        !dry.out.contains("31000") && !dry.out.contains("31,000"),
        "R4: {dry:?}"
    );
    assert_eq!(place.import(text, &[]).code, 0);
    let lots = mazad(&["export", &place.data(), "--what", "lots"]);
    assert!(lots.out.contains("\"label\":\"12A\""), "{lots:?}");
    let again = place.import(text, &[]);
    assert_eq!(again.json()["alreadyThere"], 1, "{again:?}");
}

#[test]
fn one_table_of_steps_serves_the_whole_import() {
    let place = TestFolder::new();
    let text = "lot,title_en,opening,increments\n1,Pallet,500,50\n2,Chairs,1200,\n3,Desks,900,\n";
    let dollars = ["--currency", "USD"];
    let missing = place.import(text, &dollars);
    assert_eq!((missing.code, &missing.json()["errors"]), (4, &json!(2)));
    assert_eq!(
        missing.json()["listed"].as_array().unwrap().len(),
        1,
        "told once"
    );
    let wrong = place.import(text, &[&dollars[..], &["--increments", "x"]].concat());
    assert_eq!(wrong.code, 2, "{wrong:?}");
    let taken = place.import(
        text,
        &[&dollars[..], &["--increments", "0:10;1000:100"]].concat(),
    );
    assert_eq!(taken.code, 0, "{taken:?}");
}

#[test]
fn a_template_can_be_imported_as_it_is() {
    let place = TestFolder::new();
    for lang in ["--template", "--template=en"] {
        let template = mazad(&["import", lang]);
        assert_eq!(template.code, 0, "{template:?}");
        assert_eq!(
            place.import(&template.out, &["--dry-run"]).code,
            0,
            "{template:?}"
        );
    }
}
