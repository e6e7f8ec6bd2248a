//! Pages that a stranger reads lead where they say, name what is there, and say each thing once.

use std::collections::{BTreeMap, BTreeSet};

use crate::crates::members;
use crate::source::{Source, has_ending, has_word, report, root, sources};

/// Endings of files that a page calls by their path.
const FILES: [&str; 10] = [
    "rs", "proto", "js", "mjs", "css", "ftl", "txt", "toml", "csv", "md",
];

fn is_page(source: &Source) -> bool {
    has_ending(&source.name, &["md"])
}

/// Targets of links, such as `RULES.md#r1-increments`.
fn links(line: &str) -> impl Iterator<Item = &str> {
    let targets = line.split("](").skip(1);
    targets.filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
}

/// What stands between backticks.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// The anchor that a heading gets where pages are shown.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter_map(|c| match c {
        ' ' => Some('-'),
        c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c.to_ascii_lowercase()),
        _ => None,
    });
    kept.collect()
}

fn anchors(page: &str) -> BTreeSet<String> {
    let headings = page.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| anchor(line.trim_start_matches('#').trim()))
        .collect()
}

/// The file that a link of a page leads to, from the project's root.
fn target_of(page: &str, link: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[test]
fn links_of_pages_lead_somewhere() {
    let sources = sources();
    let pages: BTreeMap<&str, &str> = sources
        .iter()
        .filter(|source| is_page(source))
        .map(|page| (page.name.as_str(), page.text.as_str()))
        .collect();
    let mut offences = Vec::new();
    for (name, text) in &pages {
        for (line, number) in text.lines().zip(1..) {
            for link in links(line).filter(|link| !link.contains("://")) {
                let (file, part) = link.split_once('#').unwrap_or((link, ""));
                let file = match file {
                    "" => (*name).to_owned(),
                    file => target_of(name, file),
                };
                let is_there = root().join(&file).exists();
                let has_part = part.is_empty()
                    || pages
                        .get(file.as_str())
                        .is_some_and(|page| anchors(page).contains(part));
                if !is_there || !has_part {
                    offences.push(format!("{name}:{number}: {link}"));
                }
            }
        }
    }
    report(&offences, "a link leads to a page and a part of it");
}

/// The paths that `a/{b,c}.rs` stands for.
fn spread(path: &str) -> Vec<String> {
    let braces = path
        .split_once('{')
        .and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
    match braces {
        None => vec![path.to_owned()],
        Some((before, (choices, after))) => choices
            .split(',')
            .flat_map(|choice| spread(&format!("{before}{choice}{after}")))
            .collect(),
    }
}

/// Whether a file of the project is the path, lies in the folder, or fits the pattern with a `*`;
/// a path may leave out how it begins.
fn is_there(names: &[&str], path: &str) -> bool {
    let (begin, end) = path.split_once('*').unwrap_or((path, ""));
    names.iter().any(|name| {
        let at_part = |at: usize| at == 0 || name[..at].ends_with('/');
        name.match_indices(begin).any(|(at, _)| {
            let rest = &name[at + begin.len()..];
            let is_whole = begin.ends_with('/') || path.contains('*') || rest.is_empty();
            at_part(at) && is_whole && rest.ends_with(end)
        })
    })
}

/// Whether a word between backticks is meant as a place of the project.
fn is_place(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./{},*".contains(c);
    let is_path = word.chars().all(plain) && !word.starts_with(['/', '.']);
    let is_file = has_ending(word, &["rs", "js", "mjs"]);
    is_path && (is_file || word.ends_with('/') || word.contains('/') && has_ending(word, &FILES))
}

#[test]
fn places_that_pages_name_are_there() {
    let sources = sources();
    let names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
    let mut offences = Vec::new();
    for page in sources.iter().filter(|source| is_page(source)) {
        for (line, number) in page.text.lines().zip(1..) {
            for word in quoted(line).filter(|word| is_place(word)) {
                let lost = spread(word)
                    .into_iter()
                    .filter(|path| !is_there(&names, path));
                offences.extend(lost.map(|path| format!("{}:{number}: {path}", page.name)));
            }
        }
    }
    report(&offences, "a page names files and folders that are there");
}

#[test]
fn a_place_that_is_not_there_is_found() {
    let names = [
        "engine/src/store/mod.rs",
        "engine/tests/scenarios/r1.txt",
        "proto/build.rs",
    ];
    for place in [
        "engine/src/store/",
        "store/mod.rs",
        "tests/scenarios/*.txt",
        "build.rs",
    ] {
        assert!(is_place(place) && is_there(&names, place), "{place}");
    }
    for place in [
        "engine/src/shop/",
        "re/mod.rs",
        "scenarios/*.rs",
        "engine/src/store.rs",
    ] {
        assert!(is_place(place) && !is_there(&names, place), "{place}");
    }
    for word in [
        "mazad.v1.proto",
        "GET /api/sales",
        "/sales/{sale}",
        "log/next.tmp",
        "a-z",
    ] {
        assert!(!is_place(word), "{word}");
    }
    assert_eq!(spread("src/{a,b}.rs"), ["src/a.rs", "src/b.rs"]);
    assert_eq!(target_of("a/b/c.md", "../d.md"), "a/d.md");
    assert_eq!(anchor("R3.7 A pause, and `more`"), "r37-a-pause-and-more");
}

/// Pages that comments send a reader to.
#[test]
fn pages_that_code_names_are_there() {
    let mut offences = Vec::new();
    for source in sources() {
        for (line, number) in source.text.lines().zip(1..) {
            for (at, _) in line.match_indices("docs/") {
                let part = |c: char| c.is_ascii_alphanumeric() || "/_-.".contains(c);
                let rest = line[at..].split(|c| !part(c)).next().unwrap_or_default();
                let page = rest.find(".md").and_then(|end| rest.get(..end + 3));
                let is_ours = !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
                if let Some(page) = page.filter(|page| is_ours && !root().join(page).exists()) {
                    offences.push(format!("{}:{number}: {page}", source.name));
                }
            }
        }
    }
    report(&offences, "a page that code names is there");
}

fn page(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap()
}

#[test]
fn the_map_has_every_crate_and_every_folder_of_one() {
    let map = page("docs/ARCHITECTURE.md");
    let places: Vec<String> = quoted(&map.replace("```", "")).flat_map(spread).collect();
    let is_named = |place: &str| {
        let mut named = places.iter().map(|named| named.trim_end_matches('/'));
        named.any(|named| {
            let is_within = named.starts_with(&format!("{place}/src"));
            let is_end = place.ends_with(&format!("/{named}")) && !named.contains('.');
            named == place || is_within || is_end
        })
    };
    let mut lost = BTreeSet::new();
    for member in members() {
        if !is_named(&member) {
            lost.insert(member);
        }
    }
    for source in sources() {
        let folder = members().into_iter().find_map(|member| {
            let inside = source.name.strip_prefix(&format!("{member}/src/"))?;
            let (folder, _) = inside.split_once('/')?;
            (folder != "bin").then(|| format!("{member}/src/{folder}"))
        });
        lost.extend(folder.filter(|folder| !is_named(folder)));
    }
    let lost: Vec<String> = lost.into_iter().collect();
    report(
        &lost,
        "docs/ARCHITECTURE.md has every crate and every folder of its sources",
    );
}

#[test]
fn every_page_is_reached_from_the_first() {
    let first = page("README.md");
    let reached: BTreeSet<&str> = first.lines().flat_map(links).collect();
    let mut lost = Vec::new();
    for source in sources().iter().filter(|source| is_page(source)) {
        let is_direct = source.name.strip_prefix("docs/");
        if is_direct.is_some_and(|rest| !rest.contains('/')) && !reached.contains(&*source.name) {
            lost.push(source.name.clone());
        }
    }
    report(&lost, "README.md links to every page of docs/");
}

#[test]
fn records_of_decisions_are_numbered_and_say_why() {
    let mut records: Vec<Source> = sources();
    records.retain(|source| source.name.starts_with("docs/decisions/"));
    assert!(!records.is_empty(), "the records were found");
    let mut offences = Vec::new();
    for (record, number) in records.iter().zip(1..) {
        let begins = format!("docs/decisions/{number:04}-");
        let has_parts = ["**Context.**", "**Decision.**", "**Consequences.**"]
            .iter()
            .all(|part| record.text.contains(part));
        let title = format!("# {number}. ");
        if !record.name.starts_with(&begins) || !record.text.starts_with(&title) || !has_parts {
            offences.push(record.name.clone());
        }
    }
    report(
        &offences,
        "a record has the next number, its context, decision and consequences",
    );
}

/// Rows of the glossary's tables: the words of code, the English word.
fn glossary(page: &str) -> impl Iterator<Item = (usize, Vec<&str>, &str)> {
    page.lines().zip(1..).filter_map(|(line, number)| {
        let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
        let (code, english) = (cells.next()?, cells.next()?);
        let is_head = code == "code" || code.starts_with('-');
        (!is_head).then(|| (number, code.split(", ").collect(), english))
    })
}

/// Words that stand in two rows, as `first line, second line: word`.
fn defined_twice(page: &str) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut twice = Vec::new();
    for (number, code, english) in glossary(page) {
        let words = code.into_iter().chain([english]);
        let own: BTreeSet<String> = words
            .map(|word| word.trim_matches('`').to_lowercase())
            .collect();
        for word in own {
            if let Some(first) = seen.insert(word.clone(), number) {
                twice.push(format!("{first}, {number}: {word}"));
            }
        }
    }
    twice
}

#[test]
fn no_word_of_the_glossary_is_defined_twice() {
    let twice = defined_twice(&page("docs/GLOSSARY.md"));
    report(&twice, "one word, one meaning");
    let made_up =
        "| code | English |\n|---|---|\n| `Lot` | lot |\n| `Bid` | bid |\n| x, `Lot` | Bid |";
    assert_eq!(defined_twice(made_up), ["4, 5: bid", "3, 5: lot"]);
}

#[test]
fn words_of_the_glossary_stand_in_the_code() {
    let sources = sources();
    let code: Vec<&Source> = sources
        .iter()
        .filter(|source| has_ending(&source.name, &["rs", "proto"]))
        .collect();
    let mut lost = Vec::new();
    for (number, words, _) in glossary(&page("docs/GLOSSARY.md")) {
        for word in words.into_iter().filter(|word| word.starts_with('`')) {
            let name = word
                .trim_matches('`')
                .rsplit("::")
                .next()
                .unwrap_or_default();
            if !code.iter().any(|source| has_word(&source.text, name)) {
                lost.push(format!("docs/GLOSSARY.md:{number}: {word}"));
            }
        }
    }
    report(&lost, "a name in the glossary is one of the code");
}
