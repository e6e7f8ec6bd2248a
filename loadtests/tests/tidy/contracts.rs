//! What pages promise to scripts and readers of logs is what the code says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::source::{Source, has_ending, is_test, report, root, sources};

fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

/// The rows of the table under a heading, as their cells.
fn rows<'a>(page: &'a str, heading: &str) -> Vec<Vec<&'a str>> {
    let (_, part) = page.split_once(heading).unwrap_or_default();
    let part = part.split("\n#").next().unwrap_or_default();
    let lines = part.lines().filter_map(|line| line.strip_prefix('|'));
    let cells = |line: &'a str| line.split('|').map(str::trim).collect();
    // The names of columns, and the line below them.
    lines.skip(2).map(cells).collect()
}

/// Words between backticks, in order.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn exit_codes_are_those_of_the_page() {
    let text = page("docs/COMMANDS.md");
    let told: BTreeSet<&str> = rows(&text, "## Exit codes\n")
        .into_iter()
        .filter_map(|cells| cells.first().copied())
        .collect();
    let sources = sources();
    let exits: Vec<&Source> = sources
        .iter()
        .filter(|source| source.name.ends_with("/exit.rs"))
        .collect();
    assert_eq!(exits.len(), 1, "one file says how the program ends");
    let known: BTreeSet<&str> = exits
        .iter()
        .flat_map(|source| source.text.lines())
        .filter_map(|line| {
            line.strip_suffix(',')?
                .split_once(" = ")
                .map(|(_, code)| code)
        })
        .filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()))
        .collect();
    assert_eq!(told, known, "docs/COMMANDS.md has the numbers of exit.rs");
}

#[test]
fn types_of_events_are_those_of_the_page() {
    let text = page("docs/EVENTS.md");
    let rows = rows(&text, "## Types\n");
    let told: BTreeSet<&str> = rows
        .iter()
        .filter_map(|cells| cells.first())
        .flat_map(|cell| quoted(cell))
        .collect();
    // A test of the engine holds that the newest golden log has every type.
    let folder = root().join("engine/tests/golden");
    let logs = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let newest = fs::read_to_string(logs.max().unwrap()).unwrap();
    let words = newest
        .lines()
        .filter_map(|line| line.split_once(' ').map(|(kind, _)| kind));
    let known: BTreeSet<&str> = words
        .filter(|kind| kind.starts_with(|c: char| c.is_ascii_uppercase()))
        .collect();
    assert!(known.len() > 20, "the golden log was found");
    assert_eq!(told, known, "docs/EVENTS.md has every type of event");
}

/// Variables of the environment that code reads, with a file that does.
fn variables(sources: &[Source]) -> BTreeMap<&str, &str> {
    let mut found = BTreeMap::new();
    for source in sources {
        let texts = source
            .text
            .split('"')
            .filter(|text| text.starts_with("MAZAD_"));
        let is_name = |text: &&str| text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
        found.extend(
            texts
                .filter(is_name)
                .map(|name| (name, source.name.as_str())),
        );
    }
    found
}

#[test]
fn switches_are_told() {
    let told = ["docs/TESTING.md", "docs/COMMANDS.md", ".ci/run"]
        .map(page)
        .join("\n");
    let mut sources = sources();
    sources.retain(|source| has_ending(&source.name, &["rs", "mjs"]));
    // A setting of a command stands in its help; what a test tells its own child is no switch.
    let is_plain = |name: &str| {
        let [setting, told] = [format!("env = \"{name}\""), format!(".env(\"{name}\"")];
        let mut texts = sources.iter().map(|source| &source.text);
        texts.any(|text| text.contains(&setting) || text.contains(&told))
    };
    let mut lost = Vec::new();
    for (name, file) in variables(&sources) {
        if !told.contains(name) && !is_plain(name) {
            lost.push(format!("{file}: {name}"));
        }
    }
    report(
        &lost,
        "a switch is told in docs/TESTING.md, or in the help of its command",
    );
}

/// Texts that follow on a word of code at once, as `"quotes"` on `expected(`.
fn texts_after<'a>(code: &'a str, word: &str) -> impl Iterator<Item = &'a str> {
    let places = code
        .match_indices(word)
        .map(move |(at, word)| at + word.len());
    places.filter_map(|end| {
        let text = code[end..].trim_start().strip_prefix('"')?;
        text.split_once('"').map(|(text, _)| text)
    })
}

/// Sources of the importer, without its tests.
fn importer(sources: &[Source]) -> impl Iterator<Item = &Source> {
    sources.iter().filter(|source| {
        let name = &source.name;
        name.contains("/import/") && name.contains("/src/") && !is_test(name)
    })
}

#[test]
fn columns_of_an_import_are_those_of_the_page() {
    let text = page("docs/IMPORT.md");
    let rows = rows(&text, "## Columns\n");
    let told: BTreeSet<&str> = rows
        .iter()
        .filter_map(|cells| cells.first())
        .flat_map(|cell| quoted(cell))
        .collect();
    let sources = sources();
    let mut known = BTreeSet::new();
    for source in importer(&sources).filter(|source| source.name.ends_with("/columns.rs")) {
        // `Column::Lot, "lot"`
        for (at, _) in source.text.match_indices("Column::") {
            let rest = source.text[at..].split_once(',');
            let name = rest.and_then(|(_, rest)| rest.trim_start().strip_prefix('"'));
            known.extend(name.and_then(|name| Some(name.split_once('"')?.0)));
        }
    }
    assert!(known.len() > 20, "the columns were found");
    assert_eq!(told, known, "docs/IMPORT.md has every column");
}

#[test]
fn mistakes_of_an_import_are_those_of_the_page() {
    let text = page("docs/IMPORT.md");
    let (_, part) = text
        .split_once("In JSON each has a `code` as well:")
        .unwrap();
    let (part, _) = part.split_once("or the code of the rule").unwrap();
    let told: BTreeSet<&str> = quoted(part).collect();
    let sources = sources();
    let known: BTreeSet<&str> = importer(&sources)
        .flat_map(|source| {
            let own = source.text.split("#[cfg(test)]\nmod").next();
            texts_after(own.unwrap_or_default(), "expected(")
        })
        .collect();
    assert!(known.len() > 10, "the mistakes were found");
    assert_eq!(told, known, "docs/IMPORT.md has the code of every mistake");
}
