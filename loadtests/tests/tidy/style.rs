//! The look of a file: its length, its words, what its tests may not do.

use crate::source::{
    Source, code_of, has_ending, has_word, is_test, is_vendored, lines_with, report, sources,
};

/// Past this a file without its tests must be split.
const LINES_MAX: usize = 600;

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
    let own = "loadtests/tests/tidy/style.rs";
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
