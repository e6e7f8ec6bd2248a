//! What is private moves nothing that is public: every page, every answer without a token and every
//! frame to a watcher has the same bytes before and after.

use std::sync::Arc;

use mazad_engine::clock::ManualClock;
use mazad_engine::codec::terms::lot_terms_to_proto;
use mazad_engine::domain::{Answer, LotAct, LotNo, Money, Paddle, SaleAct, Time, Verdict};
use mazad_engine::store::MemoryStore;
use mazad_gateway::{Limits, ServerOptions};
use mazad_office::{Caller, Role};
use mazad_proto::v1::{client_frame::Body as Said, server_frame::Body};
use mazad_proto::{Encoding, v1};
use serde_json::json;

use crate::support::{Client, ServedSale, get, hall_paddle, lot_terms, post, request};

/// A sale at an instant that does not move, so that no figure moves by itself.
async fn stage() -> ServedSale {
    let options = ServerOptions {
        limits: Limits::unhindered(),
        ..ServerOptions::default()
    };
    let clock = Arc::new(ManualClock::at(Time(1_760_000_000_000_000)));
    let stage = ServedSale::at(clock, Arc::new(MemoryStore::new()), options, 1).await;
    let add = stage.command(v1::command::Act::AddLots(v1::AddLots {
        lots: vec![v1::NewLot {
            lot: 2,
            terms: Some(lot_terms_to_proto(&lot_terms())),
            reserve: 50_000,
        }],
    }));
    let (admin, _) = stage.person(Role::Admin, 0).await;
    let commands = format!("/api/sales/{}/commands", stage.sale);
    let add = serde_json::to_string(&add).unwrap();
    let added = post(&stage.server, &commands, Some(&admin), &add).await;
    assert_eq!(added.json()["verdict"], "VERDICT_ACCEPTED", "{added:?}");
    stage.act(LotAct::Open.of(LotNo(2))).await;
    stage
}

/// Everything that anybody may ask for, byte for byte but for the date of the answer.
async fn public_answers(stage: &ServedSale) -> Vec<(String, String)> {
    let sale = stage.sale;
    let mut told = Vec::new();
    for path in [
        "/api/sales".to_owned(),
        format!("/api/sales/{sale}"),
        format!("/api/sales/{sale}/snapshot"),
        format!("/api/sales/{sale}/lots/1"),
        format!("/api/sales/{sale}/lots/2"),
        format!("/api/sales/{sale}/lots/1/history"),
        format!("/api/sales/{sale}/lots/2/history?after=3&limit=5"),
        format!("/api/sales/{sale}/results"),
        format!("/api/sales/{sale}/events"),
        format!("/api/sales/{sale}/mine"),
        "/api/search?q=Land".to_owned(),
        "/api/session".to_owned(),
        "/api/people".to_owned(),
        "/healthz".to_owned(),
        "/readyz".to_owned(),
        "/metrics".to_owned(),
        "/openapi.json".to_owned(),
        "/".to_owned(),
        "/?q=Land".to_owned(),
        "/enter".to_owned(),
        format!("/sales/{sale}"),
        format!("/sales/{sale}/lots/1"),
        format!("/sales/{sale}/lots/2"),
        format!("/bid/{sale}"),
        format!("/hall/{sale}"),
        format!("/clerk/{sale}"),
        format!("/analyst/{sale}"),
        "/nothing/here".to_owned(),
    ] {
        for accepts in ["accept: text/html\r\n", "accept: */*\r\n"] {
            let answered = request(&stage.server, "GET", &path, accepts, "").await;
            let head = answered.head.lines();
            let head: Vec<&str> = head.filter(|line| !line.starts_with("date:")).collect();
            told.push((path.clone(), format!("{head:?}\n{}", answered.body)));
        }
    }
    told
}

/// What somebody without a name hears who comes now: with nothing, and with cursors.
async fn heard_by_whoever_comes(stage: &ServedSale, cursor: v1::Cursor) -> Vec<Vec<u8>> {
    let mut heard = Vec::new();
    let earlier = v1::Cursor {
        revision: cursor.revision - 1,
        ..cursor
    };
    for (encoding, cursor) in [
        (Encoding::Json, None),
        (Encoding::Proto, None),
        (Encoding::Json, Some(cursor)),
        (Encoding::Json, Some(earlier)),
    ] {
        let mut watcher = Client::connect(&stage.server, encoding).await;
        watcher.say(stage.join(cursor)).await;
        heard.push(watcher.next_bytes().await.unwrap().0);
    }
    heard
}

/// Waits until the hub has folded whatever the sale has written.
async fn followed(stage: &ServedSale, revision: u64) {
    let hub = stage.server.gateway().hubs().of(stage.sale).await.unwrap();
    while hub.read(|live| live.head()) < revision {
        tokio::task::yield_now().await;
    }
}

/// Acts of which nobody else learns anything; the revision of the last event.
async fn play_private_acts(stage: &ServedSale, leader: &(String, Caller), rival: &Caller) -> u64 {
    let (token, leader) = leader;
    let refused = |answer: &Answer, code: &str| match &answer.verdict {
        Verdict::Refused(refusal) => assert_eq!(refusal.code.as_str(), code),
        Verdict::Accepted(_) => panic!("accepted: {answer:?}"),
    };
    // A maximum that moves, and one that may not.
    let moved = stage.bid(leader, 1, 8000).await;
    assert!(matches!(moved.verdict, Verdict::Accepted(_)), "{moved:?}");
    refused(&stage.bid(leader, 1, 7000).await, "maximum-not-raised");
    // Over the limit, below the ask, on a lot that there is not.
    let limit = SaleAct::SetLimit {
        paddle: Paddle(8),
        limit: Money::new(5000),
    };
    stage.act(limit.into()).await;
    refused(&stage.bid(rival, 2, 900_000).await, "over-limit");
    refused(&stage.bid(rival, 1, 1).await, "below-ask");
    // A hammer below the base.
    refused(&stage.hammer(2).await, "reserve-not-met");
    // Who is in the hall, who may bid, and who may not any more.
    let present = SaleAct::MarkPresence {
        paddle: Paddle(7),
        present: true,
    };
    stage.act(present.into()).await;
    stage.act(hall_paddle(91).into()).await;
    let bar = SaleAct::BarPaddle {
        paddle: Paddle(91),
        reason: "left".to_owned(),
    };
    stage.act(bar.into()).await;
    private_requests(stage, token).await;
    stage.bid(leader, 1, 9000).await.last
}

/// The same over HTTP and on the socket: people come, look and go.
async fn private_requests(stage: &ServedSale, token: &str) {
    let sale = stage.sale;
    let (clerk, caller) = stage.person(Role::Clerk, 0).await;
    let act = json!({ "sale": sale.to_string(), "hammerLot": { "lot": 1 } }).to_string();
    for (path, token, body) in [
        ("/api/v1/preview".to_owned(), clerk.as_str(), act.clone()),
        (format!("/api/sales/{sale}/commands"), token, act),
        (
            format!("/api/sales/{sale}/commands"),
            token,
            "{\"id\"".to_owned(),
        ),
        (
            "/api/invites".to_owned(),
            clerk.as_str(),
            json!({ "role": "bidder", "sale": sale.to_string(), "paddle": 92 }).to_string(),
        ),
        ("/api/tickets".to_owned(), token, "{}".to_owned()),
        (
            "/api/session".to_owned(),
            "none",
            json!({ "secret": "wrong" }).to_string(),
        ),
    ] {
        post(&stage.server, &path, Some(token), &body).await;
    }
    get(
        &stage.server,
        &format!("/api/sales/{sale}/mine"),
        Some(token),
    )
    .await;
    let mut socket = stage.socket_of(&caller, Encoding::Proto).await;
    socket.say(stage.join(None)).await;
    socket.snapshot().await;
    socket.say(Said::Command(stage.place(1, 1))).await;
    socket.fault().await;
    let end = format!("authorization: Bearer {clerk}\r\n");
    request(&stage.server, "DELETE", "/api/session", &end, "").await;
}

#[tokio::test]
async fn what_is_private_moves_nothing_that_is_public() {
    let stage = stage().await;
    let leader = stage.person(Role::Bidder, 7).await;
    let (_, rival) = stage.person(Role::Bidder, 8).await;
    stage.bid(&rival, 2, 2000).await;
    let last = stage.bid(&leader.1, 1, 5000).await.last;
    followed(&stage, last).await;
    let mut watcher = Client::connect(&stage.server, Encoding::Json).await;
    watcher.say(stage.join(None)).await;
    let cursor = watcher.snapshot().await.cursor.unwrap();
    let answers = public_answers(&stage).await;
    let heard = heard_by_whoever_comes(&stage, cursor).await;

    let last = play_private_acts(&stage, &leader, &rival).await;
    followed(&stage, last).await;

    for (before, after) in answers.iter().zip(public_answers(&stage).await) {
        assert_eq!(*before, after);
    }
    assert_eq!(heard_by_whoever_comes(&stage, cursor).await, heard);
    watcher.say(Said::Ping(v1::Ping { echo: 7 })).await;
    let next = watcher.next().await.unwrap();
    assert!(matches!(next, Body::Pong(_)), "not a word: {next:?}");

    // Nor does the next public act tell how much there was meanwhile.
    let bid = stage.bid(&leader.1, 2, 3000).await;
    assert_eq!(bid.public_revision, cursor.revision + 1);
    let next = watcher.next().await.unwrap();
    let Body::Update(update) = next else {
        panic!("{next:?}");
    };
    let steps = [update.from, update.to, update.lots[0].revision];
    assert_eq!(steps, [0, 1, 1].map(|step| cursor.revision + step));
    let path = format!("/api/sales/{}/lots/2/history", stage.sale);
    let events = get(&stage.server, &path, None).await.json()["events"].clone();
    let last = &events.as_array().unwrap().last().unwrap();
    assert_eq!(last["revision"], update.to.to_string(), "{last}");
    assert_eq!(last.get("recorded"), None, "{last}");
    stage.server.stop().await.unwrap();
}
