//! The pages in a real browser. Needs node, Chromium and playwright-core, which `.ci/run` installs:
//! without them it says so, and fails only if `MAZAD_REQUIRE_BROWSER=1`.
#![cfg(test)]

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use mazad_client::{NewInvite, command, flat_bid};
use mazad_engine::clock::{Clock, SystemClock};
use mazad_engine::domain::{
    Bilingual, Closes, Currency, JumpGuard, LotTerms, MethodTerms, Mode, Opens, Running, SaleTerms,
    Span,
};
use mazad_loadtests::output;
use mazad_loadtests::scene;
use mazad_loadtests::stage::{Stage, open_sale};
use mazad_loadtests::test_admin::AdminSale;
use serde_json::json;

/// Longest that all journeys together may take.
const PATIENCE: Duration = Duration::from_secs(480);

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

/// An open sale of three lots, and a fourth whose improbable jumps are asked about.
async fn guarded_sale(stage: &Stage) -> AdminSale {
    let mut sale = open_sale(stage.admin(), 3).await.unwrap();
    let guarded = sale.lot(&guarded_terms()).await.unwrap();
    sale.open_lot(guarded).await.unwrap();
    sale
}

/// Prices of 4 to 13 digits.
const AMOUNTS: [i64; 6] = [
    4_678,
    467_801,
    46_780_000,
    4_678_012_345,
    467_801_234_567,
    4_678_012_345_678,
];

/// In minor units.
const STEP: i64 = 10_000;

/// An open sale with a lot at each of these prices, led by paddles of two and three digits.
async fn sale_of_every_amount(stage: &Stage) -> AdminSale {
    let terms = scene::sale_terms("sale", "EGP").unwrap();
    let mut sale = stage.admin().sale(&terms).await.unwrap();
    for amount in AMOUNTS {
        // With a base, which is opened when the lot is hammered.
        let opening = amount * 100 - STEP;
        sale.lot_with_base(&measured_terms(opening), opening)
            .await
            .unwrap();
    }
    sale.lot(&by_the_clock()).await.unwrap();
    sale.open().await.unwrap();
    let [first, second] = [
        sale.bidder(88).await.unwrap(),
        sale.bidder(102).await.unwrap(),
    ];
    for (lot, amount) in (1..).zip(AMOUNTS) {
        sale.open_lot(lot).await.unwrap();
        let opening = command(&sale.id, flat_bid(lot, amount * 100 - STEP));
        first.command(&opening).await.unwrap();
        let bid = command(&sale.id, flat_bid(lot, amount * 100));
        second.command(&bid).await.unwrap();
    }
    sale
}

/// A lot by measure: prices stand beside what they come to.
fn measured_terms(opening: i64) -> LotTerms {
    LotTerms {
        unit: "tonne".to_owned(),
        quantity_milli: 18_500,
        ..lot_terms(opening, STEP)
    }
}

/// A lot whose times are told.
fn by_the_clock() -> LotTerms {
    let now = SystemClock::new().now();
    let day = Span::minutes(24 * 60);
    LotTerms {
        running: Running::Timed {
            opens: Opens::At(now.after(day)),
            closes: Closes::At(now.after(day).after(day)),
            soft_close: None,
            group: 0,
        },
        ..lot_terms(100_000, STEP)
    }
}

/// An open sale of a lot by the hammer, and one that opens in a moment and ends in a day.
async fn sale_with_an_end(stage: &Stage) -> AdminSale {
    let mut sale = open_sale(stage.admin(), 1).await.unwrap();
    let opens = SystemClock::new().now().after(Span::seconds(2));
    let ending = LotTerms {
        running: Running::Timed {
            opens: Opens::At(opens),
            closes: Closes::At(opens.after(Span::minutes(24 * 60))),
            soft_close: None,
            group: 0,
        },
        ..lot_terms(100_000, STEP)
    };
    sale.lot(&ending).await.unwrap();
    sale
}

/// An open sale of a thousand lots, the first of which runs.
async fn large_sale(stage: &Stage) -> AdminSale {
    let terms = scene::sale_terms("sale", "EGP").unwrap();
    let mut sale = stage.admin().sale(&terms).await.unwrap();
    sale.alike(1_000, &lot_terms(100_000, STEP)).await.unwrap();
    sale.open().await.unwrap();
    sale.open_lot(1).await.unwrap();
    sale
}

/// A draft with every guard against slips of people, of a lot whose jumps are asked about.
async fn draft(stage: &Stage) -> AdminSale {
    let terms = SaleTerms {
        limit_needed: false,
        ..SaleTerms::preset(Bilingual::both("sale"), Currency::parse("EGP").unwrap())
    };
    let mut sale = stage.admin().sale(&terms).await.unwrap();
    sale.lot(&guarded_terms()).await.unwrap();
    sale
}

fn guarded_terms() -> LotTerms {
    let mut terms = lot_terms(100_000, 10_000);
    let MethodTerms::English(english) = &mut terms.method;
    english.jump_guard = JumpGuard {
        times: 3,
        steps: 20,
    };
    terms
}

fn lot_terms(opening: i64, step: i64) -> LotTerms {
    let table = scene::increments(Mode::Additive, &[(0, step)]).unwrap();
    let opening = scene::money(opening).unwrap();
    scene::lot_terms("lot", opening, table, Running::Clerked)
}

/// Sizes of screens.
const PHONE: (u32, u32) = (360, 740);
const ON_ITS_SIDE: (u32, u32) = (740, 360);
const DESKTOP: (u32, u32) = (1280, 800);

/// Each journey with its language and its screen, in the order in which they are gone.
const JOURNEYS: [(&str, &str, (u32, u32)); 22] = [
    ("phone", "ar", PHONE),
    ("phone", "en", PHONE),
    ("tap", "ar", PHONE),
    ("tap", "en", PHONE),
    ("tilted", "ar", ON_ITS_SIDE),
    ("tilted", "en", ON_ITS_SIDE),
    ("weight", "ar", PHONE),
    ("weight", "en", PHONE),
    ("measured", "ar", DESKTOP),
    ("measured", "en", DESKTOP),
    ("desktop", "ar", DESKTOP),
    ("desktop", "en", DESKTOP),
    ("back", "ar", PHONE),
    ("seen", "en", PHONE),
    ("again", "ar", DESKTOP),
    ("again", "en", DESKTOP),
    ("guards", "ar", DESKTOP),
    ("guards", "en", DESKTOP),
    ("house", "ar", PHONE),
    ("house", "en", DESKTOP),
    ("devices", "ar", PHONE),
    ("devices", "en", DESKTOP),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bidders_and_clerk_go_through_a_sale_in_the_browser() {
    let Some(tools) = tools() else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let artefacts = named("MAZAD_ARTEFACTS").unwrap_or_else(|| root.join(".ci/artefacts"));
    std::fs::create_dir_all(&artefacts).unwrap();

    let mut journeys = Vec::new();
    // One server for each: a clerk's page goes to the one sale of its house.
    let mut stages = Vec::new();
    for (name, lang, (width, height)) in JOURNEYS {
        let stage = Stage::in_memory().await.unwrap();
        let sale = match name {
            "measured" => sale_of_every_amount(&stage).await,
            "guards" => draft(&stage).await,
            "weight" => large_sale(&stage).await,
            "devices" => sale_with_an_end(&stage).await,
            _ => guarded_sale(&stage).await,
        };
        // The pages follow a new sale from the moment at which somebody first asks for it.
        sale.snapshot().await.unwrap();
        journeys.push(json!({
            "name": name, "lang": lang, "size": { "width": width, "height": height }, "sale": sale.id, "url": stage.server().url(),
            "seven": link(&stage, NewInvite::bidder(&sale.id, 7)).await,
            "eight": link(&stage, NewInvite::bidder(&sale.id, 8)).await,
            "clerk": link(&stage, NewInvite::staff("clerk")).await, "amounts": AMOUNTS,
            "other": link(&stage, NewInvite::staff("clerk")).await,
            "admin": link(&stage, NewInvite::staff("admin")).await,
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
