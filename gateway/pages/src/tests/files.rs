//! Promises about the files: texts complete, vendored files as their manifest says, no style that
//! knows only one direction, and every script's imports announced.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mazad_proto::FaultCode;
use sha2::{Digest, Sha256};

use crate::bundle::{LATER, STARTS, bundle, later, texts as texts_said_by};

/// A path of the gateway.
fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .join(path)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

/// Every file under a folder with one of these endings.
fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![here(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let ending = path
                .extension()
                .and_then(|ending| ending.to_str())
                .unwrap_or_default();
            if path.is_dir() {
                folders.push(path);
            } else if endings.contains(&ending) {
                found.push(path);
            }
        }
    }
    found
}

/// Keys of a Fluent file with the names of the values that each one uses.
fn texts(lang: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut key = String::new();
    for line in read(&here(&format!("locales/{lang}.ftl"))).lines() {
        let starts = line.starts_with(|c: char| c.is_ascii_lowercase());
        if let Some((name, _)) = line.split_once(" = ").filter(|_| starts) {
            key = name.to_owned();
            assert!(
                found.insert(key.clone(), BTreeSet::new()).is_none(),
                "{lang}: {key} twice"
            );
        }
        for value in line.split("{ $").skip(1) {
            let name: String = value
                .chars()
                .take_while(char::is_ascii_alphabetic)
                .collect();
            found.get_mut(&key).unwrap().insert(name);
        }
    }
    found
}

#[test]
fn both_languages_have_the_same_texts() {
    let (arabic, english) = (texts("ar"), texts("en"));
    assert!(arabic.len() > 200);
    let names =
        |texts: &BTreeMap<String, BTreeSet<String>>| texts.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(&arabic), names(&english));
    for (key, values) in &arabic {
        let unknown: Vec<_> = english[key]
            .symmetric_difference(values)
            .filter(|name| *name != "shown" && *name != "currency")
            .collect();
        assert!(
            unknown.is_empty(),
            "{key}: the languages use other values: {unknown:?}"
        );
    }
}

#[test]
fn the_texts_are_readable_to_the_end() {
    for lang in ["ar", "en"] {
        let file = read(&here(&format!("locales/{lang}.ftl")));
        let problems = fluent_bundle::FluentResource::try_new(file)
            .err()
            .map(|(_, problems)| problems);
        assert!(problems.is_none(), "{lang}: {problems:?}");
    }
}

/// Literals that follow one of these words and an opening bracket.
fn literals(source: &str, words: &[&str]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for word in words {
        for after in source.split(word).skip(1) {
            let after = after.trim_start();
            for quote in ['\'', '"'] {
                if let Some(rest) = after.strip_prefix(quote) {
                    found.insert(rest.split(quote).next().unwrap().to_owned());
                }
            }
        }
    }
    found
}

#[test]
fn every_text_that_is_used_exists_and_every_text_is_used() {
    let known = texts("ar");
    let mut sources: Vec<PathBuf> = files("web/js", &["js"]);
    sources.extend(files("pages/src", &["rs"]));
    sources.extend(files("texts/src", &["rs"]));
    sources.retain(|path| !path.components().any(|part| part.as_os_str() == "tests"));
    let mut used = BTreeSet::new();
    let mut all = String::new();
    for path in sources {
        let source = read(&path);
        let calls = [
            " t(", "(t(", "{t(", ".t(", "key(", ".tv(", "counted(", "!t(", "[t(", "fact(", "row(",
            " say(",
        ];
        for key in literals(&source, &calls) {
            assert!(
                known.contains_key(&key),
                "{}: no text `{key}`",
                path.display()
            );
            used.insert(key);
        }
        all.push_str(&source);
    }
    assert!(used.len() > 150, "the search finds the uses");
    for key in known.keys().filter(|key| !is_told_by_code(key)) {
        let named = ['\'', '"', '`']
            .iter()
            .any(|quote| all.contains(&format!("{quote}{key}{quote}")));
        assert!(named, "text `{key}` is used nowhere");
    }
}

/// The sentence of a refusal or a fault, looked up by its code on the server and on the pages; or what
/// was expected, looked up by its word.
fn is_told_by_code(key: &str) -> bool {
    key.contains("refusal-") || key.starts_with("fault-") || key.starts_with("expected-")
}

#[test]
fn a_refusal_or_fault_that_is_worded_is_one_that_there_is() {
    let faults: BTreeSet<&str> = FaultCode::ALL.iter().map(|code| code.as_str()).collect();
    for key in texts("ar").keys().filter(|key| is_told_by_code(key)) {
        let is_known = match key.trim_start_matches("floor-").split_once('-').unwrap() {
            (_, "other") | ("expected", _) => true,
            ("refusal", code) => mazad_engine::domain::Code::parse(code).is_some(),
            (_, code) => faults.contains(code),
        };
        assert!(is_known, "nothing is refused by the name of `{key}`");
    }
}

#[test]
fn styles_know_no_left_and_no_right() {
    for path in files("web/css", &["css"]) {
        for (at, line) in read(&path).lines().enumerate() {
            let words: Vec<&str> = line
                .split(|c: char| !c.is_ascii_alphabetic())
                .map(str::trim)
                .collect();
            let physical = ["left", "right"].iter().any(|word| words.contains(word));
            assert!(!physical, "{}:{}: {line}", path.display(), at + 1);
        }
    }
}

#[test]
fn own_files_load_nothing_from_elsewhere() {
    let mut own = files("web/js", &["js"]);
    own.extend(files("web/css", &["css"]));
    for path in own {
        let source = read(&path);
        for scheme in ["http://", "https://", "//cdn"] {
            assert!(
                !source.contains(scheme),
                "{} names {scheme}",
                path.display()
            );
        }
        assert!(!source.contains("innerHTML"), "{}", path.display());
    }
}

#[test]
fn vendored_files_are_those_of_the_manifest() {
    let manifest: serde_json::Value =
        serde_json::from_str(&read(&here("web/vendor/MANIFEST.json"))).unwrap();
    let mut named = BTreeSet::new();
    for entry in manifest["files"].as_array().unwrap() {
        let file = entry["file"].as_str().unwrap();
        let bytes = fs::read(here("web").join(file)).unwrap();
        let digest: String = Sha256::digest(&bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(entry["sha256"].as_str().unwrap(), digest, "{file}");
        for part in ["package", "version", "licence"] {
            assert!(!entry[part].as_str().unwrap().is_empty(), "{file}: {part}");
        }
        named.insert(here("web").join(file));
    }
    let mut there = files("web/vendor", &["js", "txt"]);
    there.extend(files("web/fonts", &["woff2", "txt"]));
    for path in there {
        assert!(
            named.contains(&path),
            "{} is not in the manifest",
            path.display()
        );
    }
}

/// What comes later is in a piece of its own: of what both need there is one, in the first.
#[test]
fn what_a_page_gets_later_is_not_in_what_it_starts() {
    let read = |name: &str| fs::read_to_string(here("web").join(name));
    for (start, _) in LATER {
        let (first, rest) = (bundle(start, &read).unwrap(), later(start, &read).unwrap());
        let modules = |code: &str| -> BTreeSet<String> {
            let defined = code.split("\nconst in_").skip(1);
            let names = defined.map(|rest| rest.split('=').next().unwrap().to_owned());
            names.collect()
        };
        let (early, late) = (modules(&first), modules(&rest));
        assert!(early.len() > 10 && late.len() > 3, "{early:?} {late:?}");
        assert_eq!(early.intersection(&late).count(), 0);
        let taken = rest
            .lines()
            .find(|line| line.starts_with("import{"))
            .unwrap();
        let given = first.lines().last().unwrap();
        let names = |line: &str| line.split(['{', '}']).nth(1).unwrap().to_owned();
        assert_eq!(names(taken), names(given));
        assert!(taken.ends_with(&format!("from'./{start}.js';")));
    }
}

#[test]
fn every_page_starts_in_one_piece_with_the_texts_that_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let has_node = Command::new("node").arg("--version").output().is_ok();
    let at = |name: &str| {
        here(if name.starts_with("locales/") {
            ""
        } else {
            "web"
        })
        .join(name)
    };
    for start in STARTS {
        let code = bundle(start, &|name| fs::read_to_string(at(name))).unwrap();
        assert!(
            !code.contains("\nimport{") && !code.contains("/**\n"),
            "{start}"
        );
        for lang in ["ar", "en"] {
            let said = texts_said_by(&code, &read(&here(&format!("locales/{lang}.ftl"))));
            assert!(
                fluent_bundle::FluentResource::try_new(said.clone()).is_ok(),
                "{start} {lang}"
            );
            for key in ["line-cut", "money", "date-and-time"]
                .iter()
                .filter(|_| start != "enter")
            {
                assert!(
                    format!("\n{said}").contains(&format!("\n{key} =")),
                    "{start} {lang}: {key}"
                );
            }
            assert_eq!(
                said.contains("\nact-hammer ="),
                start == "clerk",
                "{start} {lang}"
            );
        }
        if has_node {
            let file = folder.path().join(format!("{start}.mjs"));
            fs::write(&file, code).unwrap();
            let checked = Command::new("node")
                .arg("--check")
                .arg(&file)
                .output()
                .unwrap();
            assert!(checked.status.success(), "{start}: {checked:?}");
        }
    }
}
