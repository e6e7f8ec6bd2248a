//! Rules that code names can be read, and are tested.

use std::collections::BTreeSet;
use std::fs;

use mazad_engine::domain::Code;

use crate::source::{Source, has_word, is_test, report, root, sources};

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
