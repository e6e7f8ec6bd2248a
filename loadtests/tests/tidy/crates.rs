//! What a crate may know: its arrows, where it comes from, and what the domain is free of.

use std::fs;

use crate::source::{code_of, has_ending, has_word, is_test, lines_with, report, root, sources};

/// Crates by their folder, and how far they are from the bytes: a crate knows only what is nearer.
const LAYERS: [(&str, u8); 11] = [
    ("proto", 0),
    ("engine", 1),
    ("engine/office", 2),
    ("projections", 2),
    ("gateway/texts", 3),
    ("gateway/client", 4),
    ("gateway/import", 4),
    ("gateway", 5),
    ("gateway/pages", 6),
    ("gateway/program", 7),
    ("loadtests", 8),
];

/// What is not nearer and yet may not be known, against the layers alone.
const FORBIDDEN: [(&str, &str); 1] = [("gateway/client", "projections")];

/// What the tests of a crate know although it is further away: a server is tried with its pages.
const TRIED_WITH: [(&str, &str); 1] = [("gateway", "gateway/pages")];

/// Folders of the workspace's crates.
pub(crate) fn members() -> Vec<String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let (_, rest) = manifest.split_once("\nmembers = [").unwrap();
    let (list, _) = rest.split_once(']').unwrap();
    list.split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// The name of a crate, and the crates of ours that its manifest names: for itself, and for its tests.
struct Manifest {
    name: String,
    own: Vec<String>,
    of_tests: Vec<String>,
}

fn manifest(text: &str) -> Manifest {
    let (mut name, mut own, mut of_tests) = (String::new(), Vec::new(), Vec::new());
    let mut section = "";
    for line in text.lines() {
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
        }
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        let key = key.trim().split('.').next().unwrap_or_default();
        match section {
            "package" if key == "name" => name = value.trim().trim_matches('"').to_owned(),
            "dev-dependencies" if key.starts_with("mazad-") => of_tests.push(key.to_owned()),
            "dependencies" | "build-dependencies" if key.starts_with("mazad-") => {
                own.push(key.to_owned());
            }
            _ => {}
        }
    }
    Manifest {
        name,
        own,
        of_tests,
    }
}

#[test]
fn arrows_between_crates_never_loop() {
    let read = |folder: &String| {
        let text = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
        (folder.clone(), manifest(&text))
    };
    let crates: Vec<(String, Manifest)> = members().iter().map(read).collect();
    let layer = |folder: &str| {
        let found = LAYERS.iter().find(|(known, _)| *known == folder);
        found.map(|(_, layer)| *layer)
    };
    let folder_of = |name: &str| {
        let found = crates.iter().find(|(_, manifest)| manifest.name == name);
        found.map_or("", |(folder, _)| folder.as_str())
    };
    let mut offences = Vec::new();
    for (folder, manifest) in &crates {
        let Some(own) = layer(folder) else {
            offences.push(format!(
                "{folder} has no place among the crates: give it one here"
            ));
            continue;
        };
        for name in &manifest.own {
            let other = folder_of(name);
            let is_nearer = layer(other).is_some_and(|other| other < own);
            if !is_nearer || FORBIDDEN.contains(&(folder.as_str(), other)) {
                offences.push(format!("{folder} depends on {name}"));
            }
        }
        // Tests may use a neighbour, and the crate itself with another feature.
        for name in &manifest.of_tests {
            let other = folder_of(name);
            let is_further = layer(other).is_none_or(|other| other > own);
            if is_further && !TRIED_WITH.contains(&(folder.as_str(), other)) {
                offences.push(format!("tests of {folder} depend on {name}"));
            }
        }
    }
    report(
        &offences,
        "loadtests -> program -> pages -> gateway -> {import, client} -> texts -> {projections, office} -> engine -> proto",
    );
}

#[test]
fn a_manifest_is_read() {
    let text = "[package]\nname = \"mazad-b\"\n\n[dependencies]\nbytes = \"1\"\nmazad-a.workspace = true\n\n\
                [dev-dependencies]\nmazad-c = { path = \"../c\", features = [\"testing\"] }\n";
    let read = manifest(text);
    assert_eq!(
        (read.name.as_str(), read.own),
        ("mazad-b", vec!["mazad-a".to_owned()])
    );
    assert_eq!(read.of_tests, ["mazad-c"]);
}

#[test]
fn no_crate_is_unsafe_or_without_the_lints() {
    let workspace = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(workspace.contains("\nunsafe_code = \"forbid\"\n"));
    let without = |folder: &String| {
        let text = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
        !text.contains("[lints]\nworkspace = true\n")
    };
    let offences: Vec<String> = members().into_iter().filter(without).collect();
    report(
        &offences,
        "every crate has the workspace's lints, which forbid unsafe",
    );
}

/// Outside its own folder, who may know the English sale: whoever dispatches, keeps or shows it,
/// audits it, and whoever sets up a sale of it. A method that is added meets these files and no others.
const KNOWS_ENGLISH: [&str; 14] = [
    "engine/src/codec/state.rs",
    "engine/src/codec/terms.rs",
    "engine/src/domain/mod.rs",
    "engine/src/domain/rules/decisions.rs",
    "engine/src/domain/rules/method.rs",
    "engine/src/domain/rules/method_terms.rs",
    "engine/src/testing/terms.rs",
    "gateway/import/src/lot.rs",
    "gateway/pages/src/pages/parts.rs",
    "gateway/pages/src/rules.rs",
    "gateway/program/src/demo/catalogue.rs",
    "gateway/texts/src/changes.rs",
    "loadtests/src/scene.rs",
    "projections/src/audit/bids.rs",
];

/// Whether a line of Rust names the method: its terms, its state, or its variant.
fn names_english(line: &str) -> bool {
    let code = code_of(line);
    let is_text = code.contains('"');
    has_word(code, "EnglishTerms") || (has_word(code, "English") && !is_text)
}

#[test]
fn a_method_of_sale_is_named_where_it_must_be_and_nowhere_else() {
    let mut known: Vec<&str> = KNOWS_ENGLISH.to_vec();
    let mut offences = Vec::new();
    for source in sources() {
        let is_own = source.name.starts_with("engine/src/domain/rules/english/");
        let is_looked_at = has_ending(&source.name, &["rs"])
            && !is_own
            && !is_test(&source.name)
            && !source.name.contains("/benches/");
        if !is_looked_at {
            continue;
        }
        let named = lines_with(&source, names_english);
        match KNOWS_ENGLISH.contains(&source.name.as_str()) {
            true if named.is_empty() => {}
            true => known.retain(|name| *name != source.name),
            false => offences.extend(named),
        }
    }
    let gone = known.iter();
    offences.extend(gone.map(|name| format!("{name}: does not name it any more")));
    report(
        &offences,
        "a method of sale is known to its own folder and to the files listed here",
    );
}

#[test]
fn a_line_that_names_a_method_is_known() {
    for line in [
        "        Method::English(english) => english.ask(),",
        "    Bilingual, EnglishTerms, Increments,",
        "use super::english::{English, EnglishTerms};",
        "fn english(terms: &LotTerms) -> Option<&English> {",
    ] {
        assert!(names_english(line), "{line}");
    }
    for line in [
        "    /// Arabic and English.",
        "    \"a title in Arabic or English\",",
        "mod english;",
    ] {
        assert!(!names_english(line), "{line}");
    }
}

#[test]
fn domain_is_pure() {
    let words = [
        "tokio",
        "async",
        "await",
        "HashMap",
        "HashSet",
        "f32",
        "f64",
        "serde",
        "serde_json",
        "prost",
        "tracing",
        "rand",
        "SystemTime",
        "Instant",
        "new_v4",
        "now_v7",
    ];
    let paths = [
        "std::time",
        "std::fs",
        "std::io",
        "std::net",
        "std::env",
        "std::thread",
        "std::process",
    ];
    let mut offences = Vec::new();
    let mut seen = 0;
    for source in sources() {
        if !source.name.starts_with("engine/src/domain/") || !has_ending(&source.name, &["rs"]) {
            continue;
        }
        seen += 1;
        offences.extend(lines_with(&source, |line| {
            let code = code_of(line);
            words.iter().any(|word| has_word(code, word))
                || paths.iter().any(|path| code.contains(path))
        }));
    }
    assert!(seen > 10, "the domain was found");
    report(
        &offences,
        "the domain has no I/O, clock, chance, floats, hash order or wire types",
    );
}

#[test]
fn every_crate_comes_from_one_registry() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let sources = lock.lines().filter(|line| line.starts_with("source = "));
    let mut sources: Vec<String> = sources.map(str::to_owned).collect();
    sources.sort_unstable();
    sources.dedup();
    sources.retain(|source| !source.starts_with("source = \"registry+"));
    report(&sources, "Cargo.lock names a registry and no other place");
}

/// Where events are folded: whatever is called so, all of soft close, and the dispatch of a method.
const FOLDS: [&str; 3] = ["evolve", "rules/closing.rs", "rules/method.rs"];

#[test]
fn state_changes_only_where_events_are_folded() {
    let states = ["self", "Sale", "Lot", "Open", "State", "Admission"];
    let mut offences = Vec::new();
    for source in sources() {
        let is_domain = source.name.starts_with("engine/src/domain/");
        let folds = FOLDS.iter().any(|place| source.name.contains(place));
        if !is_domain || folds || !has_ending(&source.name, &["rs"]) {
            continue;
        }
        offences.extend(lines_with(&source, |line| {
            let mut borrowed = code_of(line).split("&mut ").skip(1);
            borrowed.any(|rest| {
                let word = rest.split(|c: char| !c.is_alphanumeric()).next();
                states.contains(&word.unwrap_or_default())
            })
        }));
    }
    report(&offences, "events alone change a sale");
}

/// Documentation is asked for where strangers build on a crate; elsewhere a name may be enough.
#[test]
fn documentation_is_asked_for_where_strangers_build() {
    let asked = ["proto", "engine", "gateway/client"];
    let mut offences = Vec::new();
    for member in members() {
        let folder = root().join(&member);
        let text = fs::read_to_string(folder.join("src/lib.rs")).unwrap_or_default();
        let asks = text.contains("#![warn(missing_docs)]");
        if asks != asked.contains(&member.as_str()) {
            offences.push(format!("{member}: missing_docs"));
        }
    }
    report(
        &offences,
        "missing_docs asks in proto, engine and the client only",
    );
}
