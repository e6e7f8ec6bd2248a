//! What a crate may know: its arrows, where it comes from, and what the domain is free of.

use std::fs;

use crate::source::{code_of, has_ending, has_word, lines_with, report, root, sources};

#[test]
fn arrows_between_crates_never_loop() {
    let order = ["proto", "engine", "projections", "gateway", "loadtests"];
    let mut offences = Vec::new();
    for (place, name) in order.iter().enumerate() {
        let manifest = fs::read_to_string(root().join(name).join("Cargo.toml")).unwrap();
        for (other_place, other) in order.iter().enumerate() {
            let depends = manifest
                .lines()
                .any(|line| line.starts_with(&format!("mazad-{other}")));
            if depends && other_place >= place {
                offences.push(format!("{name} depends on {other}"));
            }
        }
    }
    report(
        &offences,
        "loadtests -> gateway -> projections -> engine -> proto",
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
fn every_crate_comes_from_one_registry() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let sources = lock.lines().filter(|line| line.starts_with("source = "));
    let mut sources: Vec<String> = sources.map(str::to_owned).collect();
    sources.sort_unstable();
    sources.dedup();
    sources.retain(|source| !source.starts_with("source = \"registry+"));
    report(&sources, "Cargo.lock names a registry and no other place");
}
