//! Every bound stands in its crate's `limits.rs`, with a reason.

use crate::source::{Source, code_of, has_ending, is_test, lines_with, report, sources};

/// How the names of bounds end.
const ENDINGS: [&str; 4] = ["_MAX", "_TRIES", "_RETRIES", "_AT_ONCE"];

/// What takes a bound: a number that stands there is one without a name or reason.
const TAKERS: [&str; 5] = [
    "mpsc::channel(",
    "broadcast::channel(",
    "Semaphore::new(",
    "sync_channel(",
    "timeout(Duration::from_",
];

/// What serves a sale. The demo's people and the load tests are guests like any other.
fn is_bounded(name: &str) -> bool {
    let is_guest = name.contains("/demo/") || name.starts_with("loadtests/");
    let is_source = has_ending(name, &["rs"]) && name.contains("src/");
    is_source && !is_guest && !is_test(name) && !name.contains("/testing/")
}

fn constant_of(line: &str) -> Option<&str> {
    let code = code_of(line).trim_start();
    let rest = match code.strip_prefix("pub") {
        Some(rest) if rest.starts_with('(') => rest.split_once(") ")?.1,
        Some(rest) => rest.trim_start(),
        None => code,
    };
    rest.strip_prefix("const ")?.split(':').next()
}

/// The code before the tests of the same file.
fn own_part(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod").next().unwrap_or(text)
}

fn is_strewn(line: &str) -> bool {
    let code = code_of(line);
    let is_named =
        constant_of(line).is_some_and(|name| ENDINGS.iter().any(|ending| name.ends_with(ending)));
    let is_number = TAKERS.iter().any(|taker| {
        let mut places = code.match_indices(taker);
        places.any(|(at, _)| {
            let rest =
                code[at + taker.len()..].trim_start_matches(|c: char| c.is_ascii_lowercase());
            rest.trim_start_matches('(')
                .starts_with(|c: char| c.is_ascii_digit())
        })
    });
    is_named || is_number
}

/// Bounds without a sentence above them.
fn without_reason(source: &Source) -> Vec<String> {
    let lines: Vec<&str> = source.text.lines().collect();
    let mut offences = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let above = lines[..at].iter().rev();
        let said = above.take_while(|line| line.trim_start().starts_with("///"));
        let words: usize = said.map(|line| line.split_whitespace().count() - 1).sum();
        if let Some(name) = constant_of(line).filter(|_| words < 4) {
            offences.push(format!("{}:{}: {name}", source.name, at + 1));
        }
    }
    offences
}

#[test]
fn every_bound_stands_in_limits() {
    let mut offences = Vec::new();
    for mut source in sources() {
        if is_bounded(&source.name) && !source.name.ends_with("/limits.rs") {
            source.text = own_part(&source.text).to_owned();
            offences.extend(lines_with(&source, is_strewn));
        }
    }
    report(&offences, "a bound stands in its crate's limits.rs");
}

#[test]
fn every_bound_has_a_reason() {
    let sources = sources();
    let limits: Vec<&Source> = sources
        .iter()
        .filter(|source| source.name.ends_with("/limits.rs"))
        .collect();
    assert!(limits.len() > 2, "the limits were found");
    let offences: Vec<String> = limits.into_iter().flat_map(without_reason).collect();
    report(&offences, "a bound has a reason beside it");
}

#[test]
fn a_bound_without_place_or_reason_is_found() {
    for line in [
        "const LOTS_MAX: usize = 3;",
        "    pub(crate) const LOCK_TRIES: usize = 10;",
        "let (out, mut waiting) = mpsc::channel(64);",
        "let gate = Semaphore::new(2);",
        "timeout(Duration::from_millis(50), answer).await",
    ] {
        assert!(is_strewn(line), "{line}");
    }
    for line in [
        "use crate::limits::LOTS_MAX;",
        "let (out, mut waiting) = mpsc::channel(REPLIES_MAX);",
        "const FORM: i64 = 1; // not FORM_MAX",
    ] {
        assert!(!is_strewn(line), "{line}");
    }
    let text = "/// Lots of one sale: a catalogue.\npub const A_MAX: u8 = 1;\n\n/// B.\nconst B: u8 = 1;\n";
    let (name, text) = ("limits.rs".to_owned(), text.to_owned());
    assert_eq!(without_reason(&Source { name, text }), ["limits.rs:5: B"]);
}
