//! Rules that code names can be read in `docs/`, and those that refuse are tested.

use std::collections::BTreeSet;
use std::fs;

use mazad_engine::domain::Code;

use crate::source::{Source, has_ending, has_word, is_test, is_vendored, report, root, sources};

/// The ids that a page states: what a heading begins with, or a point's beginning in bold.
fn stated(page: &str) -> impl Iterator<Item = &str> {
    page.lines().filter_map(|line| {
        let point = line.trim_start_matches(|c: char| c.is_ascii_digit() || "-. ".contains(c));
        let heading = line
            .strip_prefix('#')
            .map(|line| line.trim_start_matches(['#', ' ']));
        let label = heading.or_else(|| point.strip_prefix("**"))?;
        label.get(..id_at(label)?)
    })
}

/// The length of the id that the text begins with: a capital letter and a number, as in `R3`, perhaps
/// with a part of it, as in `R3.7` or `R12b`.
fn id_at(text: &str) -> Option<usize> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let number = text.strip_prefix(|c: char| c.is_ascii_uppercase())?;
    let mut end = match digits(number) {
        count @ 1..=2 => 1 + count,
        _ => return None,
    };
    let part = &text[end..];
    let point = part.strip_prefix('.').map_or(0, digits);
    match part.chars().next() {
        Some('.') if point > 0 => end += 1 + point,
        Some('a'..='z') => end += 1,
        _ => {}
    }
    let goes_on = text[end..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
    (!goes_on).then_some(end)
}

fn ids_in(text: &str) -> impl Iterator<Item = &str> {
    text.char_indices().filter_map(move |(at, _)| {
        let before = text[..at].chars().next_back();
        let is_inside = |c: char| c.is_alphanumeric() || "_%+\\#&-".contains(c);
        let end = id_at(&text[at..]).filter(|_| !before.is_some_and(is_inside))?;
        text.get(at..at + end)
    })
}

/// What of a line may cite a rule: all of it in a page or a scenario; in code the comment, and a text
/// that is an id and nothing else.
fn citing<'a>(name: &str, line: &'a str, is_in_block: &mut bool) -> Vec<&'a str> {
    if has_ending(name, &["md", "txt"]) {
        return vec![line];
    }
    if has_ending(name, &["ftl", "toml"]) {
        return line
            .split_once('#')
            .map(|(_, said)| said)
            .into_iter()
            .collect();
    }
    let was_in_block = *is_in_block;
    *is_in_block = match (line.rfind("/*"), line.rfind("*/")) {
        (Some(opened), closed) => closed.is_none_or(|closed| closed < opened),
        (None, closed) => was_in_block && closed.is_none(),
    };
    if was_in_block {
        return vec![line];
    }
    let comment = line.find("//").or_else(|| line.find("/*"));
    let (code, comment) = line.split_at(comment.unwrap_or(line.len()));
    let texts = code.split('"').skip(1).step_by(2);
    let ids = texts.filter(|text| id_at(text) == Some(text.len()));
    ids.chain([comment]).collect()
}

/// Citations of what is not stated, as `file:line: id`.
fn unknown(source: &Source, stated: &BTreeSet<&str>) -> Vec<String> {
    let mut offences = Vec::new();
    let mut is_in_block = false;
    // Beside spreadsheets other letters than R name columns.
    let has_cells = source.name.to_lowercase().contains("import");
    for (line, number) in source.text.lines().zip(1..) {
        let parts = citing(&source.name, line, &mut is_in_block);
        for id in parts.into_iter().flat_map(ids_in) {
            let is_cell = has_cells && !id.starts_with('R');
            if !is_cell && !stated.contains(id) {
                offences.push(format!("{}:{number}: {id}", source.name));
            }
        }
    }
    offences
}

fn is_page(source: &&Source) -> bool {
    source.name.starts_with("docs/") && has_ending(&source.name, &["md"])
}

#[test]
fn every_citation_can_be_looked_up() {
    let endings = [
        "rs", "js", "mjs", "css", "proto", "ftl", "toml", "txt", "md",
    ];
    let sources = sources();
    let pages = sources.iter().filter(is_page);
    let stated: BTreeSet<&str> = pages.flat_map(|page| stated(&page.text)).collect();
    assert!(stated.len() > 20, "the rules were found");
    let citing = sources
        .iter()
        .filter(|source| has_ending(&source.name, &endings) && !is_vendored(&source.name));
    let offences: Vec<String> = citing.flat_map(|source| unknown(source, &stated)).collect();
    report(&offences, "what code cites is stated in docs/");
}

#[test]
fn a_citation_that_leads_nowhere_is_found() {
    // Put together here, or this file would cite it.
    let id = format!("Z{}", 9);
    let page =
        "## R3. Closing\n\n- **R3.7 Interruptions.** A pause.\nBy R4.\n1. **R2.1, nobody**: x\n";
    let stated: BTreeSet<&str> = stated(page).collect();
    assert_eq!(stated, BTreeSet::from(["R2.1", "R3", "R3.7"]));
    let found = |name: &str, text: &str| {
        let (name, text) = (name.to_owned(), text.to_owned());
        unknown(&Source { name, text }, &stated)
    };
    for (name, text) in [
        (
            "a.rs",
            format!("fn a() {{}}\n/// {id}: odd, unlike R3.7.\n"),
        ),
        ("a.rs", format!("\nassert!(true, \"{id}\");")),
        ("a.js", format!("/* R3\n   and {id} */")),
        ("a.proto", format!("\n  string b = 1; // by {id}.")),
        ("a.ftl", format!("\n# {id}")),
        ("scenarios/a.txt", format!("\nscenario odd R3 {id}")),
        ("A.md", format!("\nAs {id} says.")),
    ] {
        assert_eq!(found(name, &text), [format!("{name}:2: {id}")], "{text}");
    }
    let beside_cells = format!("// Column {id}, as R{} says.", 15);
    assert_eq!(
        found("import.rs", &beside_cells),
        [format!("import.rs:1: R{}", 15)]
    );
    for text in [
        "let v4 = IpAddr::V4(address);",
        "// R3, R3.7 and (R2.1).",
        "let path = \"/%D8%A8\"; // 2x, x4, UTF-8, R3D, B100, MAX1",
    ] {
        assert_eq!(found("a.rs", text), Vec::<String>::new(), "{text}");
    }
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
        if !stated(&rules).any(|id| id == code.rule()) {
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
