//! A sale that is a draft: there for its staff, and for nobody else through any door, until it is
//! published whole.

use mazad_engine::domain::{Act, Bilingual, LotNo, LotTerms, SaleAct, SaleId, SaleTerms};
use mazad_engine::testing;
use mazad_gateway::{Limits, ServerOptions};
use mazad_office::{Caller, Role};
use mazad_proto::v1::client_frame::Body as Said;
use mazad_proto::{Encoding, v1};
use uuid::Uuid;

use crate::raw_http::Answered;
use crate::support::{Client, ServedSale, get, lot_terms, post, sale_terms, serve};

/// Stands in the texts of the draft and nowhere else.
const MARK: &str = "Zanzibar";

fn marked(text: &str) -> Bilingual {
    Bilingual::both(&format!("{MARK} {text}"))
}

fn marked_lot() -> LotTerms {
    LotTerms {
        title: marked("land"),
        ..lot_terms()
    }
}

async fn draft() -> ServedSale {
    let server = serve(ServerOptions {
        limits: Limits::unhindered(),
        ..ServerOptions::default()
    })
    .await;
    let sale = SaleId(Uuid::new_v4());
    let stage = ServedSale { server, sale };
    let terms = SaleTerms {
        title: marked("sale"),
        ..sale_terms()
    };
    stage.act(SaleAct::Create { terms }.into()).await;
    for lot in 1..=3 {
        stage
            .act(testing::add_lot(LotNo(lot), marked_lot()).into())
            .await;
    }
    stage
}

/// Every address that is described, and every page, of a sale.
async fn addresses(stage: &ServedSale, sale: &str) -> Vec<String> {
    let document = get(&stage.server, "/openapi.json", None).await.json();
    let paths = document["paths"].as_object().unwrap();
    let described = paths.iter().filter(|(_, item)| item.get("get").is_some());
    let mut all: Vec<String> = described.map(|(path, _)| path.clone()).collect();
    assert!(all.len() >= 14, "{all:?}");
    let pages = [
        "/",
        "/sales/{sale}",
        "/sales/{sale}/lots/{lot}",
        "/bid/{sale}",
        "/clerk/{sale}",
        "/hall/{sale}",
        "/analyst/{sale}",
        "/api/search?q=Zanzibar",
    ];
    all.extend(pages.map(str::to_owned));
    let filled = all.iter().map(|path| {
        path.replace("{sale}", sale)
            .replace("{lot}", "1")
            .replace("{id}", "0192a6b0-7c1e-7d3a-9f00-3b2c1d4e5f61")
    });
    filled.collect()
}

fn says_nothing(stage: &ServedSale, at: &str, answered: &Answered) {
    assert!(!answered.body.contains(MARK), "{at}: {answered:?}");
    let sale = stage.sale.to_string();
    assert!(!answered.body.contains(&sale), "{at}: {answered:?}");
}

#[tokio::test]
async fn a_draft_leaks_through_no_door() {
    let stage = draft().await;
    // Somebody who is invited to it, and somebody of another sale.
    let (invited, own) = stage.person(Role::Bidder, 7).await;
    let elsewhere = ServedSale {
        server: stage.server,
        sale: SaleId(Uuid::new_v4()),
    };
    elsewhere
        .act(
            SaleAct::Create {
                terms: sale_terms(),
            }
            .into(),
        )
        .await;
    let (stranger, other) = elsewhere.person(Role::Bidder, 8).await;
    let stage = ServedSale {
        server: elsewhere.server,
        ..stage
    };
    let nowhere = Uuid::new_v4().to_string();
    let (here, there) = (
        addresses(&stage, &stage.sale.to_string()).await,
        addresses(&stage, &nowhere).await,
    );
    for (path, of_none) in here.iter().zip(&there) {
        for token in [None, Some(stranger.as_str()), Some(invited.as_str())] {
            let answered = get(&stage.server, path, token).await;
            let is_invited = token == Some(invited.as_str());
            // Who was invited to it knows its id, from the link.
            let knows = is_invited && (path == "/api/session" || path.contains("/answers/"));
            if !knows {
                says_nothing(&stage, path, &answered);
            }
            if path == of_none || is_invited {
                continue;
            }
            let none = get(&stage.server, of_none, token).await;
            assert_eq!(
                (
                    answered.status,
                    answered.body.replace(&stage.sale.to_string(), "")
                ),
                (none.status, none.body.replace(&nowhere, "")),
                "{path} differs from a sale that there is not"
            );
        }
        if path.ends_with(&stage.sale.to_string()) || path.ends_with("/mine") {
            let answered = get(&stage.server, path, Some(&invited)).await;
            assert_eq!(answered.status, 404, "{path}: {answered:?}");
        }
    }
    no_count_tells(&stage).await;
    no_socket_joins(&stage, [None, Some(&own), Some(&other)]).await;
    let sale = stage.sale.to_string();
    for token in [None, Some(stranger.as_str())] {
        let hammer = format!(r#"{{"sale":"{sale}","hammerLot":{{"lot":1}}}}"#);
        let of_none = hammer.replace(&sale, &nowhere);
        let asked = post(&stage.server, "/api/v1/preview", token, &hammer).await;
        let none = post(&stage.server, "/api/v1/preview", token, &of_none).await;
        assert_eq!((asked.status, asked.body), (none.status, none.body));
    }
    // An invited bidder who bids is told that it is not published, and nothing of the lot.
    let mut client = socket(&stage, Some(&own)).await;
    for lot in [1, 99] {
        client.say(Said::Command(stage.place(lot, 2000))).await;
        let answer = client.answer().await;
        assert_eq!(answer.code, "sale-not-published");
        assert_eq!((answer.price, answer.ask, answer.ends_at), (0, 0, 0));
        assert!(answer.figures.is_empty(), "{answer:?}");
    }
    stage.server.stop().await.unwrap();
}

async fn no_count_tells(stage: &ServedSale) {
    let (analyst, _) = stage.person(Role::Analyst, 0).await;
    let metrics = get(&stage.server, "/metrics", Some(&analyst)).await.body;
    assert!(metrics.contains("mazad_sales 0\n"), "{metrics}");
    assert!(metrics.contains("mazad_hubs 0\n"), "{metrics}");
    let ready = get(&stage.server, "/readyz", None).await;
    assert_eq!(
        (ready.status, ready.json()["sales"].as_u64()),
        (200, Some(0))
    );
}

async fn no_socket_joins(stage: &ServedSale, callers: [Option<&Caller>; 3]) {
    for caller in callers {
        let mut client = socket(stage, caller).await;
        client.say(stage.join(None)).await;
        let told = client.fault().await;
        assert_eq!(told.code, "sale-unknown");
        let cursor = v1::Cursor {
            epoch: 1,
            revision: 1,
        };
        client.say(stage.join(Some(cursor))).await;
        assert_eq!(client.fault().await, told);
    }
}

async fn socket(stage: &ServedSale, caller: Option<&Caller>) -> Client {
    match caller {
        Some(caller) => stage.socket_of(caller, Encoding::Json).await,
        None => Client::connect(&stage.server, Encoding::Json).await,
    }
}

#[tokio::test]
async fn staff_see_a_draft_wherever_a_sale_is_shown() {
    let stage = draft().await;
    for role in [Role::Clerk, Role::Auctioneer, Role::Analyst, Role::Admin] {
        let (token, caller) = stage.person(role, 0).await;
        let sale = stage.sale;
        for path in [
            "/".to_owned(),
            "/api/sales".to_owned(),
            format!("/sales/{sale}"),
            format!("/sales/{sale}/lots/2"),
            format!("/api/sales/{sale}"),
            format!("/api/sales/{sale}/lots/3"),
        ] {
            let answered = get(&stage.server, &path, Some(&token)).await;
            assert_eq!(answered.status, 200, "{role} {path}: {answered:?}");
            assert!(answered.body.contains(MARK), "{role} {path}: {answered:?}");
        }
        let mut desk = stage.socket_of(&caller, Encoding::Proto).await;
        desk.say(stage.join(None)).await;
        let all = desk.snapshot().await;
        assert_eq!(all.board.unwrap().phase(), v1::SalePhase::Draft);
        assert_eq!(all.lots.len(), 3);
    }
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_draft_becomes_public_whole_and_without_what_it_held_before() {
    let stage = draft().await;
    let (_, clerk) = stage.person(Role::Clerk, 0).await;
    let mut desk = stage.socket_of(&clerk, Encoding::Json).await;
    desk.say(stage.join(None)).await;
    desk.snapshot().await;
    let book = format!("/api/sales/{}", stage.sale);
    let cleared = stage.act(Act::from(SaleAct::ClearLots)).await;
    desk.reach(cleared.public_revision).await;
    assert_eq!(desk.pictures[&stage.sale.to_string()].lots().count(), 0);
    let (admin, _) = stage.person(Role::Admin, 0).await;
    let told = get(&stage.server, &book, Some(&admin)).await.json();
    assert_eq!(
        told["lots"],
        serde_json::json!([]),
        "what is kept is not what was"
    );

    let terms = LotTerms {
        title: Bilingual::both("Quarry"),
        ..lot_terms()
    };
    let lots = (1..=2).map(|lot| (LotNo(lot), terms.clone())).collect();
    stage.act(SaleAct::AddLots { lots }.into()).await;
    let terms = SaleTerms {
        title: Bilingual::both("Quarries"),
        ..sale_terms()
    };
    let reason = String::new();
    stage.act(SaleAct::Amend { terms, reason }.into()).await;
    assert_eq!(get(&stage.server, &book, None).await.status, 404);
    let published = stage.act(SaleAct::Publish.into()).await;
    desk.reach(published.public_revision).await;
    let picture = &desk.pictures[&stage.sale.to_string()];
    assert_eq!(picture.board().phase(), v1::SalePhase::Announced);
    assert_eq!(picture.lots().count(), 2);

    let mut watcher = Client::connect(&stage.server, Encoding::Json).await;
    watcher.say(stage.join(None)).await;
    assert_eq!(watcher.snapshot().await.lots.len(), 2);
    for path in addresses(&stage, &stage.sale.to_string()).await {
        let answered = get(&stage.server, &path, None).await;
        assert!(!answered.body.contains(MARK), "{path}: {answered:?}");
    }
    let told = get(&stage.server, &book, None).await.json();
    assert_eq!(told["lots"][1]["terms"]["title"]["en"], "Quarry");
    let history = get(&stage.server, &format!("{book}/lots/1/history"), None)
        .await
        .json();
    assert_eq!(history["events"].as_array().unwrap().len(), 1, "{history}");
    let gone = get(&stage.server, &format!("{book}/lots/3/history"), None).await;
    assert_eq!(gone.code(), "lot-unknown");
    stage.server.stop().await.unwrap();
}
