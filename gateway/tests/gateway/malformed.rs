//! Frames that cannot be read: each has its stable code, none reaches the rules.

use std::num::NonZeroU32;

use bytes::Bytes;
use mazad_gateway::Limits;
use mazad_office::Role;
use mazad_proto::v1::client_frame::Body as Said;
use mazad_proto::{Encoding, encode, v1};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Client, ServedSale, post, wire_sale_terms};

fn patient() -> Limits {
    let many = NonZeroU32::new(1_000_000).unwrap();
    Limits {
        malformed_frames: many,
        frames_per_second: many,
        ..Limits::default()
    }
}

/// A bid with one part of its spelling replaced.
fn bid(stage: &ServedSale, part: &str, by: &str) -> String {
    let text = format!(
        r#"{{"command":{{"id":"{}","sale":"{}","placeBid":{{"lot":1,"amount":"2000","kind":"BID_KIND_MAXIMUM"}}}}}}"#,
        uuid::Uuid::new_v4(),
        stage.sale
    );
    let spoiled = text.replacen(part, by, 1);
    assert!(
        part.is_empty() || text != spoiled,
        "{part} is not in {text}"
    );
    spoiled
}

/// Without the marks that keep a value apart in text of the other direction.
fn plain(text: &str) -> String {
    text.replace(['\u{2068}', '\u{2069}'], "")
}

const AMOUNT: &str = r#""2000""#;

const MONEY: &str = "a whole number of minor units, as text of digits alone";

/// A part of a bid, what stands there instead, the code of the fault, the place that it names and how
/// it begins to say what is expected there.
type Malformed = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);
const MALFORMED: [Malformed; 37] = [
    (
        AMOUNT,
        r#""+2000""#,
        "not-canonical",
        "command.placeBid.amount",
        MONEY,
    ),
    (
        AMOUNT,
        r#""02000""#,
        "not-canonical",
        "command.placeBid.amount",
        MONEY,
    ),
    (
        AMOUNT,
        "2000",
        "not-canonical",
        "command.placeBid.amount",
        MONEY,
    ),
    (
        AMOUNT,
        "2000.0",
        "malformed",
        "command.placeBid.amount",
        MONEY,
    ),
    (AMOUNT, "2e3", "malformed", "command.placeBid.amount", MONEY),
    (
        AMOUNT,
        r#""2e3""#,
        "malformed",
        "command.placeBid.amount",
        MONEY,
    ),
    (
        AMOUNT,
        r#""2000.0""#,
        "malformed",
        "command.placeBid.amount",
        MONEY,
    ),
    (
        AMOUNT,
        r#"" 2000""#,
        "malformed",
        "command.placeBid.amount",
        MONEY,
    ),
    (
        AMOUNT,
        r#""2,000""#,
        "malformed",
        "command.placeBid.amount",
        MONEY,
    ),
    (
        AMOUNT,
        r#""٢٠٠٠""#,
        "malformed",
        "command.placeBid.amount",
        MONEY,
    ),
    (
        AMOUNT,
        r#""２０００""#,
        "malformed",
        "command.placeBid.amount",
        MONEY,
    ),
    (
        AMOUNT,
        r#""-2000""#,
        "malformed",
        "command.placeBid.amount",
        MONEY,
    ),
    (
        AMOUNT,
        r#""-0""#,
        "not-canonical",
        "command.placeBid.amount",
        MONEY,
    ),
    (
        AMOUNT,
        r#""9223372036854775808""#,
        "malformed",
        "command.placeBid.amount",
        "a whole number up to 9223372036854775807",
    ),
    (
        AMOUNT,
        r#""99999999999999999999999999""#,
        "malformed",
        "command.placeBid.amount",
        "a whole number up to 9223372036854775807",
    ),
    (
        AMOUNT,
        r#""NaN""#,
        "malformed",
        "command.placeBid.amount",
        MONEY,
    ),
    (
        AMOUNT,
        "null",
        "malformed",
        "command.placeBid.amount",
        MONEY,
    ),
    (
        AMOUNT,
        "true",
        "malformed",
        "command.placeBid.amount",
        MONEY,
    ),
    (AMOUNT, "[]", "malformed", "command.placeBid.amount", MONEY),
    (AMOUNT, "{}", "malformed", "command.placeBid.amount", MONEY),
    (
        r#""lot":1"#,
        r#""lot":"1""#,
        "not-canonical",
        "command.placeBid.lot",
        "a whole number",
    ),
    (
        r#""lot":1"#,
        r#""lot":-1"#,
        "malformed",
        "command.placeBid.lot",
        "a whole number",
    ),
    (
        r#""lot":1"#,
        r#""lot":4294967296"#,
        "malformed",
        "command.placeBid.lot",
        "a whole number up to 4294967295",
    ),
    (
        r#""lot":1"#,
        r#""lot":1.5"#,
        "malformed",
        "command.placeBid.lot",
        "a whole number",
    ),
    (
        r#""lot":1"#,
        r#""lot":0"#,
        "malformed",
        "command.placeBid.lot",
        "a whole number from 1 on",
    ),
    (
        r#""lot":1,"#,
        "",
        "malformed",
        "command.placeBid.lot",
        "a whole number from 1 on",
    ),
    (
        r#""lot":1"#,
        r#""lot":1,"lot":1"#,
        "malformed",
        "command.placeBid.lot",
        "one value, given once",
    ),
    (
        r#""lot":1"#,
        r#""lot":1,"tip":1"#,
        "malformed",
        "command.placeBid",
        "no field but those of the schema",
    ),
    (
        "BID_KIND_MAXIMUM",
        "BID_KIND_UNSPECIFIED",
        "malformed",
        "command.placeBid.kind",
        "one of these words: BID_KIND_FLAT, BID_KIND_MAXIMUM",
    ),
    (
        "BID_KIND_MAXIMUM",
        "BID_KIND_HUGE",
        "malformed",
        "command.placeBid.kind",
        "one of these words: BID_KIND_FLAT, BID_KIND_MAXIMUM",
    ),
    (
        r#""BID_KIND_MAXIMUM""#,
        "2",
        "not-canonical",
        "command.placeBid.kind",
        "one of these words: BID_KIND_FLAT, BID_KIND_MAXIMUM",
    ),
    (
        "placeBid",
        "place_bid",
        "not-canonical",
        "command.placeBid",
        "the field's name, spelled like this",
    ),
    (
        "placeBid",
        "PlaceBid",
        "malformed",
        "command",
        "no field but those of the schema",
    ),
    (
        r#""command""#,
        r#""ping":{},"command""#,
        "malformed",
        "",
        "one of these fields, and no other of them: hello, join, leave, command, lookup, ping",
    ),
    ("}}}", "}}", "malformed", "", "JSON"),
    ("}}}", "}}}}", "malformed", "", "JSON"),
    ("{", "\u{feff}{", "malformed", "", "JSON"),
];

#[tokio::test]
async fn every_malformed_bid_in_json_has_its_code() {
    let stage = ServedSale::with_limits(patient(), 1).await;
    let (_, bidder) = stage.person(Role::Bidder, 7).await;
    let before = stage.server.engine().store().durable();
    let durable = *before.borrow();
    let mut client = stage.socket_of(&bidder, Encoding::Json).await;
    for (part, by, code, path, expected) in MALFORMED {
        let text = bid(&stage, part, by);
        client.say_raw(Message::text(text.clone())).await;
        let fault = client.fault().await;
        assert_eq!(
            (fault.code.as_str(), fault.path.as_str()),
            (code, path),
            "{text}"
        );
        let told = plain(&fault.expected.unwrap_or_default().en);
        assert!(told.starts_with(expected), "{text}: {told}");
        let message = plain(&fault.message.unwrap_or_default().en);
        assert!(message.contains(&told), "{text}: {message}");
    }
    let sale = stage.sale.to_string();
    for by in [sale.to_uppercase(), sale.replace('-', ""), String::new()] {
        client.say_raw(Message::text(bid(&stage, &sale, &by))).await;
        let fault = client.fault().await;
        let told = (fault.code.as_str(), fault.path.as_str());
        assert_eq!(told, ("malformed", "command.sale"), "{by}");
    }
    for text in [
        "",
        "null",
        "[]",
        "1",
        "{}",
        "\"\"",
        "{\"body\":{}}",
        "hello",
        "{\"command\":{}}",
    ] {
        client.say_raw(Message::text(text)).await;
        assert_eq!(client.fault().await.code, "malformed", "{text}");
    }
    let bytes = Bytes::from_static(b"\x0a\x00");
    client.say_raw(Message::Binary(bytes)).await;
    assert_eq!(client.fault().await.code, "wrong-encoding");
    assert_eq!(*before.borrow(), durable, "nothing reached the log");
    // The connection is still good for a bid that can be read.
    client.say_raw(Message::text(bid(&stage, "", ""))).await;
    assert_eq!(client.answer().await.verdict(), v1::Verdict::Accepted);
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn every_malformed_frame_in_protobuf_has_its_code() {
    let stage = ServedSale::with_limits(patient(), 1).await;
    let mut client = Client::connect(&stage.server, Encoding::Proto).await;
    let ping = v1::ClientFrame {
        body: Some(Said::Ping(v1::Ping { echo: 5 })),
    };
    let good = encode(&ping, Encoding::Proto).unwrap();
    // Ping is field 6: tag 0x32, two bytes, echo (field 1) as a varint.
    assert_eq!(good.as_ref(), [0x32, 2, 8, 5]);
    let table: [(&[u8], &str, &str); 9] = [
        (&[], "malformed", ""),
        (&[0x32], "malformed", "ping"),
        (&[0x32, 2, 8], "malformed", "ping"),
        (&[0x12, 3, 0x0a, 1, 0xff], "malformed", "join.sale"), // no text
        (&[0x32, 3, 8, 0x85, 0], "not-canonical", "ping.echo"), // the number in two bytes
        (&[0x32, 4, 8, 5, 8, 5], "not-canonical", "ping.echo"), // twice
        (&[0x32, 2, 8, 5, 0x7a, 0], "not-canonical", ""),      // a field that is not known
        (&[0x32, 2, 8, 0], "not-canonical", "ping.echo"),      // a default written out
        (&[0x32, 2, 8, 5, 0x32, 2, 8, 5], "not-canonical", "ping"),
    ];
    for (bytes, code, path) in table {
        client
            .say_raw(Message::Binary(Bytes::copy_from_slice(bytes)))
            .await;
        let fault = client.fault().await;
        assert_eq!(
            (fault.code.as_str(), fault.path.as_str()),
            (code, path),
            "{bytes:?}"
        );
        assert!(!fault.expected.unwrap_or_default().ar.is_empty());
    }
    client.say_raw(Message::text(r#"{"ping":{}}"#)).await;
    assert_eq!(client.fault().await.code, "wrong-encoding");
    client.say_raw(Message::Binary(good)).await;
    assert!(matches!(
        client.next().await.unwrap(),
        v1::server_frame::Body::Pong(_)
    ));
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_frame_over_the_limit_closes_the_socket() {
    let stage = ServedSale::open(1).await;
    for encoding in [Encoding::Json, Encoding::Proto] {
        let mut client = Client::connect(&stage.server, encoding).await;
        let fits = "x".repeat(16 * 1024);
        client.say_raw(Message::text(fits)).await;
        assert!(matches!(
            client.fault().await.code.as_str(),
            "malformed" | "wrong-encoding"
        ));
        let larger = "x".repeat(16 * 1024 + 1);
        client.say_raw(Message::text(larger)).await;
        assert_eq!(client.closed().await, 1009);
    }
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_client_that_keeps_sending_nonsense_is_closed() {
    let stage = ServedSale::open(1).await;
    let mut client = Client::connect(&stage.server, Encoding::Json).await;
    for _ in 0..20 {
        client.say_raw(Message::text("nonsense")).await;
    }
    assert_eq!(client.closed().await, 4000);
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_client_over_its_rate_is_told_and_then_closed() {
    let stage = ServedSale::open(1).await;
    let mut client = Client::connect(&stage.server, Encoding::Json).await;
    let mut said = 0_u64;
    let flood = async {
        loop {
            let frame = v1::ClientFrame {
                body: Some(Said::Ping(v1::Ping { echo: 1 })),
            };
            let text = serde_json::to_string(&frame).unwrap();
            client.say_raw(Message::text(text)).await;
            said += 1;
            match client.next().await {
                Ok(v1::server_frame::Body::Pong(_)) => {}
                Ok(v1::server_frame::Body::Fault(fault)) => assert_eq!(fault.code, "rate-limited"),
                Ok(other) => panic!("{other:?}"),
                Err(closed) => return closed.0,
            }
        }
    };
    assert_eq!(flood.await, 1008);
    assert!(said > 100, "{said}");
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn commands_of_one_account_have_a_rate() {
    let limits = Limits {
        commands_per_second: NonZeroU32::new(3).unwrap(),
        ..Limits::default()
    };
    let stage = ServedSale::with_limits(limits, 1).await;
    let (_, bidder) = stage.person(Role::Bidder, 7).await;
    let mut first = stage.socket_of(&bidder, Encoding::Json).await;
    let mut second = stage.socket_of(&bidder, Encoding::Json).await;
    let mut limited = 0;
    for turn in 0..10 {
        let client = if turn % 2 == 0 {
            &mut first
        } else {
            &mut second
        };
        let bid = stage.place(1, 10);
        client.say(Said::Command(bid.clone())).await;
        match client.next().await.unwrap() {
            v1::server_frame::Body::Answer(_) => {}
            v1::server_frame::Body::Fault(fault) => {
                assert_eq!((fault.code.as_str(), fault.id), ("rate-limited", bid.id));
                assert!(fault.retry_ms > 0);
                limited += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert!((1..=4).contains(&limited), "{limited}");
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn commands_are_strict_beyond_their_spelling() {
    let stage = ServedSale::with_limits(patient(), 1).await;
    let (_, admin) = stage.person(Role::Admin, 0).await;
    let mut client = stage.socket_of(&admin, Encoding::Proto).await;
    let mut terms = wire_sale_terms();
    terms.currency = "XX!".to_owned();
    let create = v1::CreateSale { terms: Some(terms) };
    let acts = [
        v1::command::Act::CreateSale(v1::CreateSale { terms: None }),
        v1::command::Act::CreateSale(create),
        v1::command::Act::AddLots(v1::AddLots {
            lots: vec![v1::NewLot {
                lot: 5,
                terms: None,
                reserve: 0,
            }],
        }),
        v1::command::Act::AdmitPaddle(v1::AdmitPaddle {
            paddle: 0,
            ..Default::default()
        }),
        v1::command::Act::VoidBid(v1::VoidBid {
            lot: 1,
            bid: 1,
            ..Default::default()
        }),
        v1::command::Act::HammerLot(v1::HammerLot { lot: 1, seen: None }),
        v1::command::Act::PassLot(v1::PassLot {
            lot: 1,
            seen: Some(v1::Seen {
                bid: 1,
                leader: 7,
                price: 0,
            }),
        }),
        v1::command::Act::SetLimit(v1::SetLimit {
            paddle: 7,
            limit: -1,
        }),
        v1::command::Act::SetAsk(v1::SetAsk { lot: 1, ask: -1 }),
        v1::command::Act::ReorderLots(v1::ReorderLots { order: vec![1, 0] }),
    ];
    let paths = [
        "createSale.terms",
        "createSale.terms.currency",
        "addLots.lots[0].terms",
        "admitPaddle.paddle",
        "voidBid.cause",
        "hammerLot.seen",
        "passLot.seen.price",
        "setLimit.limit",
        "setAsk.ask",
        "reorderLots.order[1]",
    ];
    for (act, path) in acts.into_iter().zip(paths) {
        let command = stage.command(act);
        client.say(Said::Command(command.clone())).await;
        let fault = client.fault().await;
        assert_eq!((fault.code.as_str(), fault.id), ("malformed", command.id));
        assert_eq!(fault.path, format!("command.{path}"));
    }
    stage.server.stop().await.unwrap();
}

/// What somebody wrote freely, wherever it stands, comes back to nobody.
#[tokio::test]
async fn nothing_that_was_sent_comes_back_in_a_fault() {
    let stage = ServedSale::with_limits(patient(), 1).await;
    let (token, bidder) = stage.person(Role::Bidder, 7).await;
    let (sale, secret) = (stage.sale.to_string(), "tell-nobody");
    let id = uuid::Uuid::new_v4().to_string();
    let command = |id: &str, act: &str| format!(r#"{{"id":"{id}","sale":"{sale}",{act}}}"#);
    let bodies = [
        command(secret, r#""reaffirm":{"lot":1}"#),
        command(&id, &format!(r#""reaffirm":{{"lot":1,"{secret}":1}}"#)),
        command(&id, &format!(r#""reaffirm":{{"lot":"{secret}"}}"#)),
        command(&id, &format!(r#""placeBid":{{"lot":1,"kind":"{secret}"}}"#)),
        command(
            &id,
            &format!(r#""placeBid":{{"lot":1,"amount":"{secret}"}}"#),
        ),
        command(&id, &format!(r#""{secret}":{{}}"#)),
        format!("{{{secret}"),
        format!(r#""{secret}""#),
    ];
    let mut client = stage.socket_of(&bidder, Encoding::Json).await;
    let path = format!("/api/sales/{sale}/commands");
    for body in bodies {
        client
            .say_raw(Message::text(format!(r#"{{"command":{body}}}"#)))
            .await;
        let fault = client.fault().await;
        assert!(fault.expected.is_some(), "{body}: {fault:?}");
        assert!(!format!("{fault:?}").contains(secret), "{fault:?}");
        let answered = post(&stage.server, &path, Some(&token), &body).await;
        assert_eq!(answered.status, 400, "{body}");
        assert!(answered.json()["expected"]["ar"].is_string(), "{body}");
        assert!(!answered.body.contains(secret), "{}", answered.body);
    }
    for (path, body) in [
        ("/api/session", format!(r#"{{"{secret}":""}}"#)),
        ("/api/session", format!(r#"{{"secret":["{secret}"]}}"#)),
        ("/api/people/revoke", format!(r#"{{"id":"{secret}""#)),
        (
            "/api/invites",
            format!(r#"{{"role":"clerk","paddle":"{secret}"}}"#),
        ),
    ] {
        let answered = post(&stage.server, path, Some(&token), &body).await;
        assert_eq!(answered.status, 400, "{body}");
        assert!(answered.json()["expected"]["en"].is_string(), "{body}");
        assert!(!answered.body.contains(secret), "{}", answered.body);
    }
    stage.server.stop().await.unwrap();
}
