//! The commands of `mazad-loadtests` as a shell meets them: short runs, so that a long one works too.
#![cfg(test)]

use std::path::Path;
use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_mazad-loadtests");
    Command::new(program).args(arguments).output().unwrap()
}

/// The result on stdout of a run that must succeed.
fn told(arguments: &[&str]) -> String {
    let output = run(arguments);
    let talk = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {talk}");
    String::from_utf8(output.stdout).unwrap()
}

/// A figure is told with its command line, machine, load and build.
fn has_circumstances(text: &str, command: &str) {
    let first = text.lines().next().unwrap();
    assert_eq!(first, format!("command  mazad-loadtests {command}"));
    for name in ["machine  ", "load     "] {
        assert!(text.lines().any(|line| line.starts_with(name)), "{text}");
    }
    // Tests run unoptimised builds, and the figures must say so.
    assert_eq!(
        text.contains("DEBUG BUILD"),
        cfg!(debug_assertions),
        "{text}"
    );
}

#[test]
fn decide_tells_bids_a_second() {
    let text = told(&["decide", "--seconds", "1"]);
    has_circumstances(&text, "decide --seconds 1");
    assert!(text.contains("decide+encode+apply"), "{text}");
}

#[test]
fn bids_tells_durable_answers_and_their_cost() {
    for arguments in [
        &["bids", "--clients", "4", "--seconds", "1"][..],
        &[
            "bids",
            "--clients",
            "4",
            "--lots",
            "8",
            "--seconds",
            "1",
            "--rate",
            "50",
            "--json",
        ],
    ] {
        let text = told(arguments);
        has_circumstances(&text, &arguments.join(" "));
        for word in [
            " durable/s: ",
            "p99.9",
            " syncs a bid ",
            " us of server CPU a bid",
        ] {
            assert!(text.contains(word), "{word} is missing in {text}");
        }
        assert!(!text.contains(": 0 accepted"), "{text}");
    }
}

#[test]
fn fanout_tells_deliveries_and_their_cost() {
    for encoding in [&[][..], &["--json"]] {
        let mut arguments = vec![
            "fanout",
            "--watchers",
            "10",
            "--rate",
            "10",
            "--seconds",
            "1",
        ];
        arguments.extend(encoding);
        let text = told(&arguments);
        has_circumstances(&text, &arguments.join(" "));
        assert!(text.contains("of 10 bids"), "{text}");
        assert!(text.contains(" us of server CPU a delivery"), "{text}");
    }
}

#[test]
fn file_that_is_not_there_is_told() {
    let missing = Path::new("no-such-file.csv");
    let output = run(&["history", missing.to_str().unwrap()]);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("no-such-file.csv"));
    assert!(output.stdout.is_empty());
}
