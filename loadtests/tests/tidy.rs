//! Style that a machine can hold: sizes, arrows between crates, purity of the domain, and words that
//! do not belong in the project.
#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mazad_engine::domain::Code;

/// Past this a file without its tests must be split.
const LINES_MAX: usize = 600;

struct Source {
    /// Relative to the project root, with slashes.
    name: String,
    text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Every text file of the project: what git has or would take, else what lies there.
fn sources() -> Vec<Source> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output();
    let names: Vec<String> = match listed {
        Ok(listed) if listed.status.success() => String::from_utf8(listed.stdout)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect(),
        _ => walk(&root()),
    };
    let read = |name: String| {
        let text = fs::read_to_string(root().join(&name)).ok()?;
        Some(Source { name, text })
    };
    let sources: Vec<Source> = names.into_iter().filter_map(read).collect();
    assert!(sources.len() > 50, "the project was found");
    sources
}

fn walk(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path
            .strip_prefix(root())
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/");
        let is_ours = !["target", ".git", ".ci/artefacts", "node_modules"].contains(&name.as_str());
        match path.is_dir() {
            true if is_ours => names.extend(walk(&path)),
            false if is_ours => names.push(name),
            _ => {}
        }
    }
    names
}

fn has_ending(name: &str, endings: &[&str]) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|found| endings.iter().any(|ending| found == *ending))
}

fn is_vendored(name: &str) -> bool {
    name.contains("/vendor/")
}

fn is_test(name: &str) -> bool {
    name.contains("/tests/") || name.ends_with("_tests.rs") || name.ends_with("/tests.rs")
}

fn report(offences: &[String], rule: &str) {
    assert!(offences.is_empty(), "{rule}:\n{}", offences.join("\n"));
}

/// Lines with what is wrong with them, as `file:line: text`.
fn lines_with(source: &Source, is_wrong: impl Fn(&str) -> bool) -> Vec<String> {
    let numbered = source.text.lines().zip(1..);
    let wrong = numbered.filter(|(line, _)| is_wrong(line));
    wrong
        .map(|(line, number)| format!("{}:{number}: {}", source.name, line.trim()))
        .collect()
}

/// A line of Rust without its comment. Good enough for words that never stand in strings.
fn code_of(line: &str) -> &str {
    line.split("//").next().unwrap_or(line)
}

fn has_word(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back().is_some_and(is_part);
        let after = line[at + word.len()..].chars().next().is_some_and(is_part);
        !before && !after
    })
}

#[test]
fn files_stay_short() {
    let mut offences = Vec::new();
    for source in sources() {
        let counts = has_ending(&source.name, &["rs", "js", "mjs", "css", "py"]);
        if !counts || is_vendored(&source.name) || is_test(&source.name) {
            continue;
        }
        let lines: Vec<&str> = source.text.lines().collect();
        let tests = lines.windows(2).position(|pair| {
            pair[0].trim() == "#[cfg(test)]"
                && pair[1].starts_with("mod ")
                && pair[1].ends_with('{')
        });
        let count = tests.unwrap_or(lines.len());
        if count > LINES_MAX {
            offences.push(format!("{}: {count} lines", source.name));
        }
    }
    report(
        &offences,
        "a file is a noun: past 600 lines without tests it is split",
    );
}

#[test]
fn css_knows_start_and_end_only() {
    let mut offences = Vec::new();
    for source in sources() {
        if !has_ending(&source.name, &["css"]) || is_vendored(&source.name) {
            continue;
        }
        let blank = Source {
            text: without_css_comments(&source.text),
            ..source
        };
        let physical = |line: &str| has_word(line, "left") || has_word(line, "right");
        offences.extend(lines_with(&blank, physical));
    }
    report(&offences, "Arabic and English are equals: logical CSS only");
}

/// The text with comments blanked, line by line.
fn without_css_comments(text: &str) -> String {
    let mut rest = text;
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        let (comment, next) = after.split_once("*/").unwrap_or((after, ""));
        out.extend(comment.chars().filter(|c| *c == '\n'));
        rest = next;
    }
    out + rest
}

#[test]
fn every_channel_is_bounded() {
    let needles = [
        "unbounded",
        "sync::mpsc::channel()",
        "std::sync::mpsc::Sender",
    ];
    let own = "loadtests/tests/tidy.rs";
    let mut offences = Vec::new();
    for source in sources() {
        if has_ending(&source.name, &["rs"]) && source.name != own {
            let wrong = |line: &str| needles.iter().any(|needle| code_of(line).contains(needle));
            offences.extend(lines_with(&source, wrong));
        }
    }
    report(&offences, "every queue has a bound");
}

#[test]
fn no_test_is_ignored() {
    let needle = format!("#[{}", "ignore");
    let mut offences = Vec::new();
    for source in sources() {
        if has_ending(&source.name, &["rs"]) {
            offences.extend(lines_with(&source, |line| {
                line.trim_start().starts_with(&needle)
            }));
        }
    }
    report(&offences, "a test runs, or says loudly that it was skipped");
}

#[test]
fn tests_do_not_sleep() {
    let needle = format!("{}(", "sleep");
    let mut offences = Vec::new();
    for source in sources() {
        if has_ending(&source.name, &["rs"]) && is_test(&source.name) {
            let wrong = |line: &str| {
                let code = code_of(line);
                code.contains(&needle) && has_word(code, "sleep")
            };
            offences.extend(lines_with(&source, wrong));
        }
    }
    report(&offences, "a test waits for what it waits for");
}

#[test]
fn every_refusal_stands_in_the_rules() {
    let file = root().join("docs/RULES.md");
    let rules = fs::read_to_string(&file).unwrap_or_default();
    assert!(!rules.is_empty(), "docs/RULES.md lists the rules");
    let mut offences = Vec::new();
    for code in Code::ALL {
        if !rules.contains(&format!("`{}`", code.as_str())) {
            offences.push(format!("code `{}` is not in docs/RULES.md", code.as_str()));
        }
        if !has_word(&rules, code.rule()) {
            offences.push(format!("rule {} is not in docs/RULES.md", code.rule()));
        }
    }
    report(&offences, "a refusal names a rule that can be read");
}

#[test]
fn every_rule_that_refuses_has_a_test() {
    let sources = sources();
    let has_tests =
        |source: &&Source| is_test(&source.name) || source.text.contains("#[cfg(test)]");
    let tests: Vec<&Source> = sources.iter().filter(has_tests).collect();
    let rules: BTreeSet<&str> = Code::ALL.iter().map(|code| code.rule()).collect();
    let untested = |rule: &&&str| !tests.iter().any(|source| has_word(&source.text, rule));
    let offences: Vec<String> = rules
        .iter()
        .filter(untested)
        .map(|rule| (*rule).to_owned())
        .collect();
    report(&offences, "tests cite the rule that they hold");
}

#[test]
fn arrows_between_crates_never_loop() {
    // What may be depended on stands above what depends on it; neighbours in a row do not.
    let rows: [&[(&str, &str)]; 7] = [
        &[("proto", "proto")],
        &[("engine", "engine")],
        &[("projections", "projections")],
        &[("office", "engine/office"), ("texts", "gateway/texts")],
        &[("gateway", "gateway"), ("import", "gateway/import")],
        &[("program", "gateway/program")],
        &[("loadtests", "loadtests")],
    ];
    let mut offences = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        for (name, folder) in *row {
            let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
            let lines = manifest
                .lines()
                .filter_map(|line| line.split_once(".workspace"));
            let used = lines.filter_map(|(used, _)| used.strip_prefix("mazad-"));
            for other in used {
                let above = rows.iter().take(place).flat_map(|row| row.iter());
                if !above.into_iter().any(|(known, _)| *known == other) {
                    offences.push(format!("{name} depends on {other}"));
                }
            }
        }
    }
    report(
        &offences,
        "loadtests -> program -> gateway, import -> texts, office -> projections -> engine -> proto",
    );
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
fn nothing_names_a_machine_or_a_mirror() {
    // Spelled in two halves, or this file would name them.
    let halves = [
        ("/wo", "rk/"),
        ("/ho", "me/"),
        ("/ro", "ot/"),
        ("/Us", "ers/"),
        ("index-", "url"),
        ("replace-", "with"),
        ("extra-index", "-url"),
        ("_auth", "Token"),
        ("registry.npm", "js.org"),
        ("index.crates", ".io"),
        ("static.crates", ".io"),
        ("files.python", "hosted.org"),
        ("proxy.go", "lang.org"),
    ];
    let needles: Vec<String> = halves.iter().map(|(a, b)| format!("{a}{b}")).collect();
    let settings = [
        ".npmrc",
        "pip.conf",
        ".netrc",
        ".yarnrc",
        "package-lock.json",
    ];
    let mut offences = Vec::new();
    for source in sources() {
        let file = source.name.rsplit('/').next().unwrap_or_default();
        if settings.contains(&file) || source.name.starts_with(".cargo/") {
            offences.push(format!("{}: settings of one machine", source.name));
        }
        offences.extend(lines_with(&source, |line| {
            needles.iter().any(|needle| line.contains(needle))
        }));
    }
    report(&offences, "what is committed works on any machine");
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
