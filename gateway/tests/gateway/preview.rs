//! What an act would lead to, asked before it is done: shown beside the present standing, and nothing
//! is written of it.

use mazad_engine::codec::terms::lot_terms_to_proto;
use mazad_engine::domain::{BidNo, LotAct, LotNo, Paddle, Verdict, VoidCause};
use mazad_engine::testing;
use mazad_gateway::Limits;
use mazad_office::Role;
use mazad_proto::v1;
use serde_json::{Value, json};

use crate::support::{ServedSale, get, lot_terms, post};

const PREVIEW: &str = "/api/v1/preview";

async fn ask(stage: &ServedSale, token: &str, act: &Value) -> Value {
    let mut body = act.clone();
    body["sale"] = stage.sale.to_string().into();
    let answered = post(&stage.server, PREVIEW, Some(token), &body.to_string()).await;
    assert_eq!(answered.status, 200, "{act}: {answered:?}");
    answered.json()
}

/// How many events there are in all.
fn written(stage: &ServedSale) -> u64 {
    *stage.server.engine().store().durable().borrow()
}

/// Lot 1: paddle 7 led at 1,000 with 5,000 in reserve, then 8 bid 9,000; lot 2: paddle 8 leads.
async fn stage() -> (ServedSale, String) {
    let stage = ServedSale::with_limits(Limits::unhindered(), 2).await;
    let (_, first) = stage.person(Role::Bidder, 7).await;
    let (_, second) = stage.person(Role::Bidder, 8).await;
    stage.bid(&first, 1, 5000).await;
    stage.bid(&second, 1, 9000).await;
    stage.bid(&second, 2, 2000).await;
    let (clerk, _) = stage.person(Role::Clerk, 0).await;
    (stage, clerk)
}

#[tokio::test]
async fn an_act_shows_where_it_leads_and_writes_nothing() {
    let (stage, clerk) = stage().await;
    let before = written(&stage);
    for (act, lot, phase, outcome) in [
        (
            json!({ "hammerLot": { "lot": 1 } }),
            0,
            "LOT_PHASE_CLOSED",
            Some("LOT_OUTCOME_KNOCKED_DOWN"),
        ),
        (
            json!({ "passLot": { "lot": 1 } }),
            0,
            "LOT_PHASE_CLOSED",
            Some("LOT_OUTCOME_PASSED_BY_CLERK"),
        ),
        (
            json!({ "withdrawLot": { "lot": 1, "reason": "slip" } }),
            0,
            "LOT_PHASE_CLOSED",
            Some("LOT_OUTCOME_WITHDRAWN"),
        ),
        (
            json!({ "voidBid": { "lot": 1, "bid": 2, "cause": "VOID_CAUSE_PROVEN_ERROR", "note": "n" } }),
            0,
            "LOT_PHASE_OPEN",
            None,
        ),
    ] {
        let told = ask(&stage, &clerk, &act).await;
        assert!(told.get("code").is_none(), "{act}: {told}");
        assert_eq!(told["lots"].as_array().unwrap().len(), 1, "{told}");
        let lot = &told["lots"][lot];
        assert_eq!(lot["lot"], 1);
        let standing = |at: &str| {
            (
                lot[at]["leader"].as_u64(),
                lot[at]["price"].as_str().map(str::to_owned),
            )
        };
        assert_eq!(lot["before"]["phase"], "LOT_PHASE_OPEN", "{told}");
        assert_eq!(standing("before"), (Some(8), Some("5100".to_owned())));
        assert_eq!(lot["after"]["phase"], phase, "{told}");
        assert_eq!(lot["after"]["outcome"].as_str(), outcome, "{told}");
        assert_eq!(
            lot["seen"],
            json!({ "bid": 2, "leader": 8, "price": "5100" })
        );
    }
    assert_eq!(written(&stage), before, "a question is no event");
    stage.server.stop().await.unwrap();
}

/// R12b: what the officer is shown is what the act then names, and what comes of it.
#[tokio::test]
async fn a_void_shows_the_reckoned_standing_and_then_leads_there() {
    let (stage, clerk) = stage().await;
    let mut void = json!({ "lot": 1, "bid": 2, "cause": "VOID_CAUSE_PROVEN_ERROR", "note": "n" });
    let told = ask(&stage, &clerk, &json!({ "voidBid": void })).await;
    let lot = &told["lots"][0];
    assert_eq!(lot["leadsTo"], json!({ "leader": 7, "price": "1000" }));
    assert_eq!(lot["after"]["offer"]["paddle"], 7, "{lot}");
    assert_eq!(lot["after"]["offer"]["price"], "1000", "{lot}");
    assert_eq!(lot["after"]["leader"].as_u64().unwrap_or_default(), 0);

    let send = async |void: &Value| {
        let id = uuid::Uuid::new_v4().to_string();
        let command = json!({ "id": id, "sale": stage.sale.to_string(), "voidBid": void });
        let path = format!("/api/sales/{}/commands", stage.sale);
        post(&stage.server, &path, Some(&clerk), &command.to_string())
            .await
            .json()
    };
    void["leadsTo"] = json!({ "leader": 7, "price": "5000" });
    assert_eq!(send(&void).await["code"], "bid-has-come");
    void["leadsTo"] = lot["leadsTo"].clone();
    assert_eq!(send(&void).await["verdict"], "VERDICT_ACCEPTED");
    let path = format!("/api/sales/{}/lots/1", stage.sale);
    // A hub is behind the answer by a moment.
    let view = loop {
        let view = get(&stage.server, &path, None).await.json()["view"].clone();
        if view.get("offer").is_some() {
            break view;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(view["offer"]["price"], "1000", "never the sealed maximum");
    stage.server.stop().await.unwrap();
}

/// R12b: lost eligibility reaches every lot on which the paddle bids.
#[tokio::test]
async fn shutting_a_paddle_out_shows_every_lot_that_it_touches() {
    let (stage, clerk) = stage().await;
    let before = written(&stage);
    let void = json!({ "voidBid": { "lot": 1, "bid": 2, "cause": "VOID_CAUSE_ELIGIBILITY", "note": "n" } });
    let told = ask(&stage, &clerk, &void).await;
    let numbers: Vec<_> = told["lots"]
        .as_array()
        .unwrap()
        .iter()
        .map(|lot| lot["lot"].clone())
        .collect();
    assert_eq!(numbers, [1, 2], "{told}");

    // A bar takes an offer away: first there has to be one.
    let act = LotAct::VoidBid {
        bid: BidNo(2),
        cause: VoidCause::ProvenError,
        note: "n".to_owned(),
        leads_to: Some((Paddle(7), testing::money(1000))),
    };
    assert_eq!(written(&stage), before);
    stage.act(act.of(LotNo(1))).await;
    let before = written(&stage);
    let bar = json!({ "barPaddle": { "paddle": 7, "reason": "r" } });
    let told = ask(&stage, &clerk, &bar).await;
    assert_eq!(told["lots"][0]["before"]["offer"]["paddle"], 7, "{told}");
    assert_ne!(told["lots"][0]["after"]["offer"]["paddle"], 7, "{told}");
    assert_eq!(written(&stage), before);
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn what_would_be_refused_says_so_with_rule_figures_and_sentence() {
    let (stage, clerk) = stage().await;
    let late = json!({ "hammerLot": { "lot": 9 } });
    assert_eq!(ask(&stage, &clerk, &late).await["code"], "lot-unknown");
    let open = json!({ "openLot": { "lot": 1 } });
    assert_eq!(ask(&stage, &clerk, &open).await["code"], "not-allowed");
    let typing = json!({ "voidBid": { "lot": 1, "bid": 1, "cause": "VOID_CAUSE_TYPING_ERROR", "note": "n" } });
    let told = ask(&stage, &clerk, &typing).await;
    assert_eq!(told["code"], "too-late-for-typing-error", "{told}");
    assert_eq!(told["rule"], "R12b");
    assert_eq!(told["figures"][0]["name"], "until");
    assert!(told["message"]["ar"].is_string() && told["message"]["en"].is_string());
    assert!(told.get("lots").is_none(), "{told}");

    let elsewhere = json!({ "sale": uuid::Uuid::new_v4().to_string(), "hammerLot": { "lot": 1 } });
    let answered = post(&stage.server, PREVIEW, Some(&clerk), &elsewhere.to_string()).await;
    assert_eq!(
        (answered.status, answered.code().as_str()),
        (404, "sale-unknown")
    );
    stage.server.stop().await.unwrap();
}

/// R4: a question leaves no trace, so whoever asks must not find the base by trial.
#[tokio::test]
async fn a_hammer_preview_does_not_tell_whether_the_base_is_reached() {
    let stage = ServedSale::with_limits(Limits::unhindered(), 0).await;
    let (admin, _) = stage.person(Role::Admin, 0).await;
    let commands = format!("/api/sales/{}/commands", stage.sale);
    let terms = Some(lot_terms_to_proto(&lot_terms()));
    let lots = [(1, 2000), (2, 900_000)].map(|(lot, reserve)| v1::NewLot {
        lot,
        terms: terms.clone(),
        reserve,
    });
    let add = stage.command(v1::command::Act::AddLots(v1::AddLots {
        lots: lots.to_vec(),
    }));
    let add = serde_json::to_string(&add).unwrap();
    let added = post(&stage.server, &commands, Some(&admin), &add).await;
    assert_eq!(added.json()["verdict"], "VERDICT_ACCEPTED", "{added:?}");
    for lot in [1, 2] {
        stage.act(LotAct::Open.of(LotNo(lot))).await;
    }
    let (_, bidder) = stage.person(Role::Bidder, 7).await;
    let (_, rival) = stage.person(Role::Bidder, 8).await;
    for lot in [1, 2] {
        stage.bid(&bidder, lot, 5000).await;
        stage.bid(&rival, lot, 4000).await;
    }
    let (clerk, _) = stage.person(Role::Clerk, 0).await;
    for act in ["hammerLot", "passLot"] {
        let mut told = Vec::new();
        for lot in [1, 2] {
            let mut preview = ask(&stage, &clerk, &json!({ act: { "lot": lot } })).await;
            assert_eq!(preview["lots"][0]["baseDecides"], true, "{preview}");
            preview["lots"][0]["lot"] = 0.into();
            told.push(preview);
        }
        assert_eq!(told[0], told[1], "{act}");
    }
    // The bases do differ: the hammer itself finds one of them reached.
    let outcomes = [stage.hammer(1).await, stage.hammer(2).await];
    let accepted = outcomes.map(|answer| matches!(answer.verdict, Verdict::Accepted(_)));
    assert_eq!(accepted, [true, false]);
    stage.server.stop().await.unwrap();
}

/// A preview takes acts without the standing, yet not with half of one.
#[tokio::test]
async fn a_preview_that_cannot_be_read_is_told_where() {
    let (stage, clerk) = stage().await;
    let sale = stage.sale.to_string();
    let half = json!({ "lot": 1, "seen": { "bid": 1, "leader": 7 } });
    for (body, path) in [
        (
            json!({ "sale": sale, "hammerLot": half }),
            "hammerLot.seen.price",
        ),
        (
            json!({ "sale": sale, "hammerLot": { "lot": "x" } }),
            "hammerLot.lot",
        ),
        (json!({ "sale": sale, "barPaddle": {} }), "barPaddle.paddle"),
        (json!({ "sale": "x", "hammerLot": { "lot": 1 } }), "sale"),
    ] {
        let answered = post(&stage.server, PREVIEW, Some(&clerk), &body.to_string()).await;
        let told = answered.json();
        assert_eq!(
            (answered.status, &told["path"]),
            (400, &json!(path)),
            "{body}"
        );
        assert!(told["expected"]["en"].is_string(), "{told}");
    }
    stage.server.stop().await.unwrap();
}
