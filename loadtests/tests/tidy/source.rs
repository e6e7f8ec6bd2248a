//! The text files of the project, and how a line of them is asked about.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) struct Source {
    /// Relative to the project root, with slashes.
    pub(crate) name: String,
    pub(crate) text: String,
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Every text file of the project: what git has or would take, else what lies there.
pub(crate) fn sources() -> Vec<Source> {
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

pub(crate) fn has_ending(name: &str, endings: &[&str]) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|found| endings.iter().any(|ending| found == *ending))
}

pub(crate) fn is_vendored(name: &str) -> bool {
    name.contains("/vendor/")
}

pub(crate) fn is_test(name: &str) -> bool {
    name.contains("/tests/") || name.ends_with("_tests.rs") || name.ends_with("/tests.rs")
}

pub(crate) fn report(offences: &[String], rule: &str) {
    assert!(offences.is_empty(), "{rule}:\n{}", offences.join("\n"));
}

/// Lines with what is wrong with them, as `file:line: text`.
pub(crate) fn lines_with(source: &Source, is_wrong: impl Fn(&str) -> bool) -> Vec<String> {
    let numbered = source.text.lines().zip(1..);
    let wrong = numbered.filter(|(line, _)| is_wrong(line));
    wrong
        .map(|(line, number)| format!("{}:{number}: {}", source.name, line.trim()))
        .collect()
}

/// A line of Rust without its comment. Good enough for words that never stand in strings.
pub(crate) fn code_of(line: &str) -> &str {
    line.split("//").next().unwrap_or(line)
}

pub(crate) fn has_word(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back().is_some_and(is_part);
        let after = line[at + word.len()..].chars().next().is_some_and(is_part);
        !before && !after
    })
}
