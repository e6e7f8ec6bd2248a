//! `docs/PROTOCOL.md` against the program: every code, route and page is on it, and nothing else is.

use std::collections::BTreeSet;

use mazad_proto::FaultCode;

use crate::http;
use crate::socket::CloseReason;

const PAGE: &str = include_str!("../../docs/PROTOCOL.md");

/// The cells of a table's lines, from the heading before it to the next one.
fn table(heading: &str) -> Vec<Vec<&'static str>> {
    let section = PAGE.split("\n## ").find(|part| part.starts_with(heading));
    let lines = section
        .unwrap()
        .lines()
        .filter(|line| line.starts_with("| "));
    lines
        .skip(1)
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

#[test]
fn every_close_code_is_explained() {
    let told: BTreeSet<(String, &str)> = table("Close codes")
        .iter()
        .map(|row| (row[0].to_owned(), row[1]))
        .collect();
    let known = CloseReason::ALL
        .iter()
        .map(|cut| (cut.code().to_string(), cut.word()));
    assert_eq!(told, known.collect());
}

#[test]
fn every_fault_is_explained() {
    let told: BTreeSet<(String, String)> = table("Faults")
        .iter()
        .map(|row| (row[0].trim_matches('`').to_owned(), row[1].to_owned()))
        .collect();
    let known = FaultCode::ALL
        .iter()
        .map(|code| (code.as_str().to_owned(), code.status().to_string()));
    assert_eq!(told, known.collect());
}

#[test]
fn every_route_is_explained_and_described() {
    let told: BTreeSet<String> = table("HTTP")
        .iter()
        .flat_map(|row| row[0].split('`').filter(|part| part.contains(" /")))
        .map(|route| route.split('?').next().unwrap().to_owned())
        .collect();
    // The description of the rest is not in itself.
    let mut known: BTreeSet<String> = http::described_routes().into_iter().collect();
    known.insert("GET /openapi.json".to_owned());
    assert_eq!(told, known);
}

/// Every path that is served is described, or written down here; which methods it has, a test of
/// the running server holds.
#[test]
fn no_route_is_added_in_silence() {
    let by_hand = |source: &str| -> BTreeSet<String> {
        let routes = source.split(".route(").skip(1);
        routes
            .map(|rest| rest.split('"').nth(1).unwrap().to_owned())
            .collect()
    };
    let mut told: BTreeSet<String> = http::described_routes()
        .iter()
        .map(|route| route.split(' ').nth(1).unwrap().to_owned())
        .collect();
    told.extend(["/enter", "/openapi.json", "/socket"].map(str::to_owned));
    assert_eq!(by_hand(include_str!("http/mod.rs")), told);
    let pages: BTreeSet<String> = table("Pages")
        .iter()
        .flat_map(|row| row[0].split('`').filter(|part| part.starts_with('/')))
        .map(|page| page.split(['#', '?']).next().unwrap().to_owned())
        .collect();
    assert_eq!(by_hand(include_str!("../pages/src/lib.rs")), pages);
}
