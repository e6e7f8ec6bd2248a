//! Recorded proxy bids end at the recorded prices (R1, R2).
#![cfg(test)]

use std::fmt::Write as _;
use std::path::PathBuf;

use mazad_gateway::Limits;
use mazad_loadtests::stage::Stage;
use mazad_loadtests::{history, output};

/// The file of recorded bids, which is not part of the project.
fn recorded_bids() -> Option<PathBuf> {
    let named = std::env::var_os("MAZAD_BID_HISTORY").map(PathBuf::from);
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let file = named.unwrap_or_else(|| root.join("../shared/data/ebay-proxy-bids.csv"));
    let file = if file.is_dir() {
        file.join("ebay-proxy-bids.csv")
    } else {
        file
    };
    if file.is_file() {
        return Some(file);
    }
    output::note("SKIPPED: no recorded bids; name the file in MAZAD_BID_HISTORY");
    None
}

#[test]
fn recorded_proxy_bids_end_at_the_recorded_prices() {
    let Some(file) = recorded_bids() else { return };
    let comparison = history::in_memory(&file).unwrap();
    let shown = comparison.to_string();
    let last = shown.lines().last().unwrap();
    assert_eq!(
        last, "lots 479 exact 445 reserve 32 unexplained 2",
        "{shown}"
    );
    // Each unexplained lot is named, with what differs.
    assert_eq!(comparison.unexplained.len(), 2);
    assert_eq!(shown.lines().count(), 3);
}

#[test]
fn history_has_the_same_result_each_time() {
    let Some(file) = recorded_bids() else { return };
    assert_eq!(
        history::in_memory(&file).unwrap(),
        history::in_memory(&file).unwrap()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn history_through_the_socket_is_the_history_in_memory() {
    let Some(file) = recorded_bids() else { return };
    let stage = Stage::in_memory().await.unwrap();
    let admin = stage.admin().client();
    let (url, token) = (stage.server().url(), admin.token().unwrap());
    let through_server = history::through_server(&file, url, token).await.unwrap();
    assert_eq!(through_server, history::in_memory(&file).unwrap());
    stage.stop().await.unwrap();
}

/// More commands than an account may send at once: the tool comes back when it is told to.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn history_keeps_the_limits_of_a_plain_server() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bids.csv");
    let mut rows =
        "lot,item,opening_minor,final_minor,at_seconds,bidder,maximum_minor\n".to_owned();
    for lot in 1..=20 {
        writeln!(rows, "{lot},chair,1000,1550,1,ann,1500").unwrap();
        writeln!(rows, "{lot},chair,1000,1550,2,bob,3000").unwrap();
    }
    std::fs::write(&file, rows).unwrap();
    let stage = Stage::with_limits(Limits::default()).await.unwrap();
    let admin = stage.admin().client();
    let (url, token) = (stage.server().url(), admin.token().unwrap());
    let comparison = history::through_server(&file, url, token).await.unwrap();
    let told = comparison.to_string();
    assert_eq!(told, "lots 20 exact 20 reserve 0 unexplained 0");
    stage.stop().await.unwrap();
}
