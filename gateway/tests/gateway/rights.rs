//! Who may do what, asked over HTTP and on the socket by one of each role.

use std::num::NonZeroU32;

use mazad_gateway::Limits;
use mazad_office::{Caller, Role};
use mazad_proto::v1::{client_frame::Body as Said, command::Act, server_frame::Body};
use mazad_proto::{Encoding, v1};
use uuid::Uuid;

use crate::raw_http::Answered;
use crate::support::{Client, ServedSale, request};

/// One of each: w watcher, b bidder, c clerk, a auctioneer, n analyst, A admin.
const PEOPLE: [(&str, Role); 6] = [
    ("w", Role::Watcher),
    ("b", Role::Bidder),
    ("c", Role::Clerk),
    ("a", Role::Auctioneer),
    ("n", Role::Analyst),
    ("A", Role::Admin),
];

/// What is asked over HTTP, by whom it is answered. `PADDLE` is a new one each time, `TAKEN` one whose
/// bidder has come in, `ID` names nothing.
const ROUTES: [(&str, &str, &str); 22] = [
    ("GET /api/sales", "", "w b c a n A"),
    ("GET /api/sales/SALE", "", "w b c a n A"),
    ("GET /api/sales/SALE/snapshot", "", "w b c a n A"),
    ("GET /api/sales/SALE/lots/1", "", "w b c a n A"),
    ("GET /api/sales/SALE/lots/1/history", "", "w b c a n A"),
    ("GET /api/sales/SALE/results", "", "w b c a n A"),
    ("GET /api/session", "", "w b c a n A"),
    ("GET /healthz", "", "w b c a n A"),
    ("GET /readyz", "", "w b c a n A"),
    ("GET /metrics", "", "n A"),
    ("GET /api/sales/SALE/mine", "", "b"),
    ("GET /api/sales/SALE/answers/ID", "", "b c a A"),
    ("GET /api/sales/SALE/events", "", "n A"),
    (
        "POST /api/v1/preview",
        r#"{"sale":"SALE","hammerLot":{"lot":1}}"#,
        "c a A",
    ),
    (
        "POST /api/sales/SALE/commands",
        r#"{"id":"ID","sale":"SALE","reofferLot":{"lot":1,"reserve":"500"}}"#,
        "A",
    ),
    ("POST /api/tickets", "", "b c a n A"),
    ("GET /api/people", "", "A"),
    ("POST /api/people/revoke", r#"{"id":"ID"}"#, "A"),
    ("POST /api/people/disable", r#"{"id":"ID"}"#, "A"),
    (
        "POST /api/invites",
        r#"{"role":"bidder","sale":"SALE","paddle":PADDLE}"#,
        "c A",
    ),
    (
        "POST /api/invites",
        r#"{"role":"bidder","sale":"SALE","paddle":TAKEN}"#,
        "c A",
    ),
    ("POST /api/invites", r#"{"role":"clerk"}"#, "A"),
];

/// Acts of commands, as the schema spells them, and who may.
const ACTS: [(&str, &str); 29] = [
    ("placeBid", "b"),
    ("reaffirm", "b"),
    ("floorBid", "c A"),
    ("confirmFloorBid", "c a A"),
    ("voidBid", "c a A"),
    ("openLot", "c a A"),
    ("warnLot", "c a A"),
    ("setAsk", "c a A"),
    ("hammerLot", "c a A"),
    ("passLot", "c a A"),
    ("withdrawLot", "c a A"),
    ("reofferLot", "c a A"),
    ("reopenLot", "c a A"),
    ("reorderLots", "c A"),
    ("openSale", "c a A"),
    ("pauseSale", "c a A"),
    ("resumeSale", "c a A"),
    ("endSale", "c a A"),
    ("admitPaddle", "c A"),
    ("barPaddle", "c A"),
    ("createSale", "A"),
    ("addLots", "A"),
    ("amendSale", "A"),
    ("amendLots", "A"),
    ("clearLots", "A"),
    ("publishSale", "A"),
    ("raiseCeiling", "c A"),
    ("setLimit", "c A"),
    ("markPresence", "c A"),
];

struct TestPerson {
    letter: &'static str,
    bearer: String,
    caller: Option<Caller>,
}

async fn everybody(stage: &ServedSale) -> Vec<TestPerson> {
    let mut people = Vec::new();
    for (letter, role) in PEOPLE {
        let (bearer, caller) = if role == Role::Watcher {
            (String::new(), None)
        } else {
            let (token, caller) = stage.person(role, 7).await;
            (format!("authorization: Bearer {token}\r\n"), Some(caller))
        };
        people.push(TestPerson {
            letter,
            bearer,
            caller,
        });
    }
    people
}

async fn stage() -> ServedSale {
    let limits = Limits {
        malformed_frames: NonZeroU32::new(1_000).unwrap(),
        ..Limits::unhindered()
    };
    ServedSale::with_limits(limits, 1).await
}

/// Whether the one who asked was let through, whatever came of it then.
fn is_let_through(person: &TestPerson, code: &str, what: &str) -> bool {
    match (code, person.caller) {
        ("not-logged-in", None) => false,
        ("not-permitted", Some(_)) => false,
        ("not-logged-in" | "not-permitted", _) => panic!("{} {what}: {code}", person.letter),
        _ => true,
    }
}

fn expected(person: &TestPerson, allowed: &str) -> bool {
    allowed.split(' ').any(|letter| letter == person.letter)
}

async fn ask(stage: &ServedSale, person: &TestPerson, route: &str, body: &str) -> Answered {
    let (method, path) = route.split_once(' ').unwrap();
    let more = format!("content-type: application/json\r\n{}", person.bearer);
    request(&stage.server, method, path, &more, body).await
}

#[tokio::test]
async fn every_route_lets_through_whom_it_should() {
    let stage = stage().await;
    let people = everybody(&stage).await;
    let mut paddle = 100;
    for (route, body, allowed) in ROUTES {
        for person in &people {
            paddle += 1;
            stage.person(Role::Bidder, 1000 + paddle).await;
            let fill = |text: &str| {
                text.replace("SALE", &stage.sale.to_string())
                    .replace("ID", &Uuid::new_v4().to_string())
                    .replace("PADDLE", &paddle.to_string())
                    .replace("TAKEN", &(1000 + paddle).to_string())
            };
            let answered = ask(&stage, person, &fill(route), &fill(body)).await;
            let code = if answered.status < 400 {
                String::new()
            } else {
                answered.code()
            };
            let letter = person.letter;
            assert_eq!(
                is_let_through(person, &code, route),
                expected(person, allowed),
                "{letter} {route} {body}: {answered:?}"
            );
        }
    }
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn every_act_is_let_through_from_whom_it_should_be() {
    let stage = stage().await;
    let people = everybody(&stage).await;
    for person in &people {
        let mut socket = match &person.caller {
            Some(caller) => stage.socket_of(caller, Encoding::Json).await,
            None => Client::connect(&stage.server, Encoding::Json).await,
        };
        for (name, allowed) in ACTS {
            // Empty acts: who may not is told so before anything else is looked at.
            let text = format!(
                r#"{{"id":"{}","sale":"{}","{name}":{{}}}}"#,
                Uuid::new_v4(),
                stage.sale
            );
            let command: v1::Command = serde_json::from_str(&text).unwrap();
            let acts = matches!(command.act, Some(Act::OpenSale(_) | Act::EndSale(_)));
            if acts && expected(person, allowed) {
                // They would change the sale for whoever comes next.
                continue;
            }
            let letter = person.letter;
            let asked = async |path: &str| {
                let answered = ask(&stage, person, path, &text).await;
                let code = if answered.status < 400 {
                    String::new()
                } else {
                    answered.code()
                };
                is_let_through(person, &code, name)
            };
            // Staff see what their acts would lead to, and nobody else's.
            let previewed = asked("POST /api/v1/preview").await;
            let is_staff = person.caller.is_some_and(|who| who.role != Role::Bidder);
            assert_eq!(
                previewed,
                is_staff && expected(person, allowed),
                "{letter} {name}"
            );
            let path = format!("POST /api/sales/{}/commands", stage.sale);
            let over_http = asked(&path).await;
            socket.say(Said::Command(command)).await;
            let code = loop {
                match socket.next().await.unwrap() {
                    Body::Fault(fault) => break fault.code,
                    Body::Answer(_) => break String::new(),
                    _ => {}
                }
            };
            let on_socket = is_let_through(person, &code, name);
            let expected = expected(person, allowed);
            assert_eq!(
                (over_http, on_socket),
                (expected, expected),
                "{letter} {name}"
            );
        }
    }
    stage.server.stop().await.unwrap();
}
