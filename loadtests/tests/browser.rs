//! The pages in a real browser. Needs node, Chromium and playwright-core, which `.ci/run` installs:
//! without them it says so, and fails only if `MAZAD_REQUIRE_BROWSER=1`.
#![cfg(test)]

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use mazad_client::NewInvite;
use mazad_engine::domain::{JumpGuard, MethodTerms, Mode, Running};
use mazad_loadtests::output;
use mazad_loadtests::scene;
use mazad_loadtests::stage::{Stage, open_sale};
use mazad_loadtests::test_admin::AdminSale;
use serde_json::json;

/// Longest that all journeys together may take.
const PATIENCE: Duration = Duration::from_secs(240);

/// What drives the browser.
struct Tools {
    node: PathBuf,
    chromium: PathBuf,
    playwright: PathBuf,
}

fn on_path(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

fn named(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable)
        .filter(|value| *value != OsString::new())
        .map(PathBuf::from)
}

fn find_tools() -> Result<Tools, &'static str> {
    let node = on_path("node").ok_or("node is not installed")?;
    let chromium = named("MAZAD_CHROMIUM").or_else(|| on_path("chromium"));
    let chromium = chromium.ok_or("Chromium is not installed")?;
    let playwright = named("MAZAD_PLAYWRIGHT").filter(|folder| folder.is_dir());
    let playwright = playwright.ok_or("MAZAD_PLAYWRIGHT names no folder of playwright-core")?;
    Ok(Tools {
        node,
        chromium,
        playwright,
    })
}

fn tools() -> Option<Tools> {
    match find_tools() {
        Ok(tools) => Some(tools),
        Err(why) => {
            let is_required =
                named("MAZAD_REQUIRE_BROWSER").is_some_and(|value| value == Path::new("1"));
            assert!(!is_required, "the browser tests are required: {why}");
            output::note(format!("SKIPPED: browser tests: {why}"));
            None
        }
    }
}

/// A link for somebody, still to be opened.
async fn link(stage: &Stage, new: NewInvite) -> String {
    stage.admin().client().invite(&new).await.unwrap().link
}

/// A lot whose improbable jumps are asked about.
async fn guarded_lot(sale: &mut AdminSale) -> u32 {
    let table = scene::increments(Mode::Additive, &[(0, 10_000)]).unwrap();
    let opening = scene::money(100_000).unwrap();
    let mut terms = scene::lot_terms("guarded", opening, table, Running::Clerked);
    let MethodTerms::English(english) = &mut terms.method;
    english.jump_guard = JumpGuard { times: 3, steps: 20 };
    sale.lot(&terms).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bidders_and_clerk_go_through_a_sale_in_the_browser() {
    let Some(tools) = tools() else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let artefacts = named("MAZAD_ARTEFACTS").unwrap_or_else(|| root.join(".ci/artefacts"));
    std::fs::create_dir_all(&artefacts).unwrap();

    let phone = json!({ "width": 360, "height": 740 });
    let on_its_side = json!({ "width": 740, "height": 360 });
    let desktop = json!({ "width": 1280, "height": 800 });
    let mut journeys = Vec::new();
    // One server for each: a clerk's page goes to the one sale of its house.
    let mut stages = Vec::new();
    for (name, lang, size) in [
        ("phone", "ar", &phone),
        ("phone", "en", &phone),
        ("tap", "ar", &phone),
        ("tap", "en", &phone),
        ("tilted", "ar", &on_its_side),
        ("tilted", "en", &on_its_side),
        ("desktop", "ar", &desktop),
        ("desktop", "en", &desktop),
        ("back", "ar", &phone),
        ("seen", "en", &phone),
        ("again", "ar", &desktop),
    ] {
        let stage = Stage::in_memory().await.unwrap();
        let mut sale = open_sale(stage.admin(), 3).await.unwrap();
        let guarded = guarded_lot(&mut sale).await;
        sale.open_lot(guarded).await.unwrap();
        // The pages follow a new sale from the moment at which somebody first asks for it.
        sale.snapshot().await.unwrap();
        journeys.push(json!({
            "name": name, "lang": lang, "size": size, "sale": sale.id, "url": stage.server().url(),
            "seven": link(&stage, NewInvite::bidder(&sale.id, 7)).await,
            "eight": link(&stage, NewInvite::bidder(&sale.id, 8)).await,
            "clerk": link(&stage, NewInvite::staff("clerk")).await,
        }));
        stages.push(stage);
    }
    let told = json!({
        "playwright": tools.playwright, "chromium": tools.chromium, "artefacts": artefacts,
        "locales": root.join("gateway/locales"), "journeys": journeys,
    });
    let node = tokio::process::Command::new(&tools.node)
        .arg(root.join("loadtests/browser/journeys.mjs"))
        .env("MAZAD_JOURNEYS", told.to_string())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let ended = tokio::time::timeout(PATIENCE, node)
        .await
        .expect("the journeys end")
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    let complained = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{said}\n{complained}");
    output::note(said.trim());
    for stage in stages {
        stage.stop().await.unwrap();
    }
}
