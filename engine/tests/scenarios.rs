//! The rules of a sale as stories. `support/scenario.rs` begins with the grammar.
#![cfg(test)]

#[path = "support/scenario.rs"]
mod scenario;
#[path = "support/scenario_grammar.rs"]
mod scenario_grammar;
#[path = "support/scenario_show.rs"]
mod scenario_show;
#[path = "support/scenario_terms.rs"]
mod scenario_terms;
#[path = "support/scenario_words.rs"]
mod scenario_words;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use mazad_engine::domain::Code;
use scenario::{Played, play_file};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

fn play(name: &str) -> Vec<Played> {
    play_file(&folder().join(name).with_extension("txt"))
}

macro_rules! files {
    ($($file:ident)*) => {
        /// Every file of the folder, each with a test of its name.
        const FILES: &[&str] = &[$(stringify!($file),)*];
        $(#[test]
        fn $file() {
            assert!(!play(stringify!($file)).is_empty());
        })*
    };
}
files! {
    r0_ground
    r0_named_acts
    drafts
    r1_increments
    r2_maxima
    r2_lowering
    r3_soft_close
    r3_groups
    r3_7_interruptions
    r3_8_corrections
    r0_time
    r4_reserve
    r4_attempts
    r12a_floor
    r12a_hall
    r12b_strict
    r12b_booklet
    r12b_void
    r12b_reckoning
    r12c_outcomes
    r13_limit
    r13_guards
    r14_amendments
    sale_and_lots
    precedence
}

fn everything() -> Vec<Played> {
    FILES.iter().flat_map(|file| play(file)).collect()
}

#[test]
fn every_file_of_the_folder_is_played() {
    let entries = std::fs::read_dir(folder()).unwrap();
    let found: BTreeSet<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let listed = FILES.iter().map(|file| format!("{file}.txt")).collect();
    assert_eq!(found, listed);
}

#[test]
fn every_title_is_told_once_and_names_its_rules() {
    let mut titles = BTreeSet::new();
    for played in everything() {
        assert!(!played.rules.is_empty(), "{} names no rule", played.title);
        assert!(
            titles.insert(played.title.clone()),
            "{} is told twice",
            played.title
        );
    }
}

#[test]
fn every_refusal_is_told_by_a_scenario() {
    let played = everything();
    let refusals = played.iter().flat_map(|played| &played.refusals);
    let told: BTreeSet<Code> = refusals.map(|refusal| refusal.code).collect();
    let untold: Vec<&Code> = Code::ALL
        .iter()
        .filter(|code| !told.contains(code))
        .collect();
    assert!(untold.is_empty(), "no scenario is refused with {untold:?}");
}

#[test]
fn faults_are_told_in_the_order_of_the_codes() {
    for played in play("precedence") {
        let codes: Vec<Code> = played.refusals.iter().map(|refusal| refusal.code).collect();
        let title = &played.title;
        assert!(
            codes.len() > 3,
            "{title} has too few faults to show an order"
        );
        assert!(
            codes.is_sorted_by(|one, next| one < next),
            "{title}: {codes:?} do not stand in the order of the list"
        );
    }
}

/// `docs/RULES.md`, which says what the scenarios show.
fn rules() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/RULES.md");
    std::fs::read_to_string(file).unwrap()
}

/// The rules that the page states: its headings, and what stands in bold at the start of a point.
fn stated(page: &str) -> BTreeSet<String> {
    let starts = page.lines().filter_map(|line| {
        let line = line.trim_start_matches(|c: char| c.is_ascii_digit() || "#-. ".contains(c));
        line.trim_start_matches("**").strip_prefix('R')
    });
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '.';
    let ids = starts.map(|rest| rest.split(|c| !is_part(c)).next().unwrap_or_default());
    ids.filter(|id| id.starts_with(|c: char| c.is_ascii_digit()))
        .map(|id| format!("R{}", id.trim_end_matches('.')))
        .collect()
}

#[test]
fn every_refusal_stands_in_the_table_of_the_rules_in_its_order() {
    let page = rules();
    let table = page.split("## Refusals").nth(1).unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
    let told: Vec<(String, String)> = rows
        .map(|row| {
            let mut cells = row.split('|').map(|cell| cell.trim_matches([' ', '`']));
            let code = cells.next().unwrap().to_owned();
            (code, cells.next().unwrap().to_owned())
        })
        .collect();
    let known = Code::ALL.iter();
    let known = known.map(|code| (code.as_str().to_owned(), code.rule().to_owned()));
    assert_eq!(told, known.collect::<Vec<_>>());
}

#[test]
fn every_rule_that_is_stated_is_shown_and_every_rule_shown_is_stated() {
    let stated = stated(&rules());
    for code in Code::ALL {
        assert!(
            stated.contains(code.rule()),
            "{code:?} cites {}",
            code.rule()
        );
    }
    let played = everything();
    let shown: BTreeSet<&str> = played
        .iter()
        .flat_map(|played| played.rules.iter().map(String::as_str))
        .collect();
    for rule in &stated {
        assert!(shown.contains(rule.as_str()), "no scenario shows {rule}");
    }
    for rule in shown {
        assert!(stated.contains(rule), "docs/RULES.md does not state {rule}");
    }
}

#[test]
fn figures_of_refusals_are_those_of_the_rules() {
    let page = rules();
    for played in everything() {
        for refusal in &played.refusals {
            let start = format!("| `{}` |", refusal.code.as_str());
            let row = page.lines().find(|line| line.starts_with(&start)).unwrap();
            let cell = row.split('|').nth(4).unwrap();
            for (figure, _) in &refusal.figures {
                let (title, name) = (&played.title, figure.as_str());
                assert!(cell.contains(name), "{title}: {start} does not list {name}");
            }
        }
    }
}

#[test]
fn a_wrong_answer_is_noticed() {
    let story = |answer: &str| {
        let line = "12:00:01 p1 bids lot1 900";
        format!("scenario low_bid R1\nlot 1\npaddle 1\n{line}\n=> {answer}\n")
    };
    let right = story("rejected below-ask amount 900 ask 1000");
    assert_eq!(scenario::play_text(&right).unwrap().0, right);
    assert_eq!(scenario::play_text(&story("accepted")).unwrap().0, right);
}

#[test]
fn a_line_that_cannot_be_read_is_located() {
    let story = "scenario odd R0\nlot 1\n12:00:01 p1 bids lot1 much\n";
    let (line, misread) = scenario::play_text(story).unwrap_err();
    assert_eq!((line, misread.as_str()), (3, "`much` is not an amount"));
}
