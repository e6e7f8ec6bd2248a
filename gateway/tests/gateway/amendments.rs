//! R14: terms that are amended before an opening, through every door.

use mazad_engine::codec::terms::lot_terms_to_proto;
use mazad_engine::domain::{SaleAct, SaleId};
use mazad_gateway::{Limits, ServerOptions};
use mazad_office::Role;
use mazad_proto::Encoding;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Client, ServedSale, get, lot_terms, post, sale_terms, serve};

/// The base of the lot: in no answer that anybody reads.
const BASE: &str = "7654321";

/// A sale that is announced, with one lot that has a base.
async fn announced() -> ServedSale {
    let server = serve(ServerOptions {
        limits: Limits::unhindered(),
        ..ServerOptions::default()
    })
    .await;
    let sale = SaleId(Uuid::new_v4());
    let stage = ServedSale { server, sale };
    let terms = sale_terms();
    stage.act(SaleAct::Create { terms }.into()).await;
    let (admin, _) = stage.person(Role::Admin, 0).await;
    let lot = json!({ "lot": 1, "terms": lot_terms_to_proto(&lot_terms()), "reserve": "4321" });
    let added = asks(&stage, &admin, "addLots", json!({ "lots": [lot] })).await;
    assert_eq!(added["verdict"], "VERDICT_ACCEPTED", "{added}");
    stage.act(SaleAct::Publish.into()).await;
    stage
}

async fn asks(stage: &ServedSale, token: &str, act: &str, said: Value) -> Value {
    let command = json!({
        "id": Uuid::new_v4().to_string(),
        "sale": stage.sale.to_string(),
        act: said,
    });
    let path = format!("/api/sales/{}/commands", stage.sale);
    let answered = post(&stage.server, &path, Some(token), &command.to_string()).await;
    answered.json()
}

/// The terms that stand, as they are sent: without their base.
async fn terms(stage: &ServedSale) -> Value {
    let path = format!("/api/sales/{}/lots/1", stage.sale);
    let mut terms = get(&stage.server, &path, None).await.json()["terms"].clone();
    let english = terms["english"].as_object_mut().unwrap();
    english.remove("reserve");
    terms
}

async fn amends(stage: &ServedSale, token: &str, terms: &Value, reason: &str) -> Value {
    let lot = json!({ "lot": 1, "terms": terms, "reserve": BASE });
    let said = json!({ "lots": [lot], "reason": reason });
    asks(stage, token, "amendLots", said).await
}

#[tokio::test]
async fn amended_lot_is_told_to_everybody_at_once_and_for_good() {
    let stage = announced().await;
    let (admin, _) = stage.person(Role::Admin, 0).await;
    let (clerk, _) = stage.person(Role::Clerk, 0).await;
    let mut watcher = Client::connect(&stage.server, Encoding::Json).await;
    watcher.say(stage.join(None)).await;
    assert_eq!(watcher.snapshot().await.lots[0].amendments, 0);

    let mut other = terms(&stage).await;
    other["title"]["en"] = json!("Net shed with a winch");
    other["english"]["opening"] = json!("45000");
    other["ceiling"] = json!("90000000");
    let denied = amends(&stage, &clerk, &other, "a slip").await;
    assert_eq!(denied["code"], "not-permitted", "{denied}");
    let silent = amends(&stage, &admin, &other, "").await;
    assert_eq!(silent["code"], "reason-missing", "{silent}");
    let done = amends(&stage, &admin, &other, "a nought was missing").await;
    assert_eq!(done["verdict"], "VERDICT_ACCEPTED", "{done}");

    let told = watcher.update().await;
    assert_eq!(told.lots[0].amendments, 1, "{told:?}");
    let stands = terms(&stage).await;
    assert_eq!(stands["english"]["opening"], "45000");
    let again = amends(&stage, &admin, &stands, "a nought was missing").await;
    assert_eq!(
        again["verdict"], "VERDICT_ACCEPTED",
        "another base: {again}"
    );

    let path = format!("/api/sales/{}/lots/1/history", stage.sale);
    let history = get(&stage.server, &path, None).await;
    let events = history.json()["events"].clone();
    let amended = &events[1];
    assert_eq!(amended["kind"], "LotAmended", "{events}");
    let data = &amended["data"];
    assert_eq!(data["reason"], "a nought was missing");
    assert_eq!(data["terms"]["title"]["en"], "Net shed with a winch");
    assert_ne!(data["before"]["title"], data["terms"]["title"]);
    assert_ne!(
        data["before"]["english"]["reserve"]["commitment"],
        data["terms"]["english"]["reserve"]["commitment"]
    );
    assert!(!history.body.contains(BASE), "{history:?}");

    let page = format!("/sales/{}/lots/1?lang=en", stage.sale);
    let page = get(&stage.server, &page, None).await;
    assert!(page.body.contains("a nought was missing"), "{page:?}");
    assert!(!page.body.contains("76,543.21"), "{page:?}");
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn what_has_opened_is_not_amended() {
    let stage = ServedSale::open(1).await;
    let (admin, _) = stage.person(Role::Admin, 0).await;
    let mut other = terms(&stage).await;
    other["title"]["en"] = json!("Something else");
    let refused = amends(&stage, &admin, &other, "a slip").await;
    assert_eq!(refused["code"], "lot-open", "{refused}");
    stage.server.stop().await.unwrap();
}
