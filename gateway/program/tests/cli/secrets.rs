//! No maximum is in any line of the log of a server, nor in its metrics.

use std::fs::{self, File};
use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest, http::HeaderValue};
use uuid::Uuid;

use crate::raw_http::{Answered, request_at};
use crate::support::{Runs, command, mazad};

const PROGRAM: &str = "content-type: application/json\r\nmazad-client: program\r\n";
const LOTS: &str = "lot;title_en;opening\n1;Kiosk;7654000\n";
/// Maxima that nothing else here is like: over HTTP, over the socket, one too low, one malformed.
const MAXIMA: [&str; 4] = ["765432109", "765843217", "654321097", "767654323"];

/// Takes a link as a program does: the headers to ask with.
async fn enter(address: SocketAddr, link: &Value) -> String {
    let secret = link.as_str().unwrap().split_once('#').unwrap().1;
    let body = json!({ "secret": secret }).to_string();
    let entered = request_at(address, "POST", "/api/session", PROGRAM, &body).await;
    let token = entered.json()["token"].as_str().unwrap().to_owned();
    format!("content-type: application/json\r\nauthorization: Bearer {token}\r\n")
}

async fn send(address: SocketAddr, who: &str, command: &Value) -> Answered {
    let path = format!("/api/sales/{}/commands", command["sale"].as_str().unwrap());
    request_at(address, "POST", &path, who, &command.to_string()).await
}

/// Sends a command on a socket of its own; the answer.
async fn say(address: SocketAddr, who: &str, command: &Value) -> Value {
    let ticket = request_at(address, "POST", "/api/tickets", who, "").await;
    let stream = TcpStream::connect(address).await.unwrap();
    let mut request = format!("ws://{address}/socket")
        .into_client_request()
        .unwrap();
    let json = HeaderValue::from_static("mazad.v1.json");
    request.headers_mut().insert("sec-websocket-protocol", json);
    let (mut socket, _) = client_async(request, stream).await.unwrap();
    let hello = json!({ "hello": { "ticket": ticket.json()["ticket"] } });
    for frame in [hello, json!({ "command": command })] {
        let said = Message::text(frame.to_string());
        socket.send(said).await.unwrap();
    }
    loop {
        let message = socket.next().await.unwrap().unwrap();
        let Message::Text(text) = message else {
            continue;
        };
        let frame: Value = serde_json::from_str(&text).unwrap();
        if let Some(answer) = frame.get("answer").or_else(|| frame.get("fault")) {
            return answer.clone();
        }
    }
}

#[tokio::test]
async fn no_maximum_is_logged_or_counted() {
    let dir = tempfile::tempdir().unwrap();
    let (file, data) = (dir.path().join("lots.csv"), dir.path().join("data"));
    fs::write(&file, LOTS).unwrap();
    let (file, data) = (file.to_str().unwrap(), data.to_str().unwrap());
    let import = [
        "--json",
        "import",
        file,
        "--data",
        data,
        "--sale-title-en",
        "Sale",
    ];
    let sale = mazad(&import).json()["sale"].clone();
    let log = dir.path().join("log");
    let serve = [
        "--json",
        "--log",
        "trace",
        "serve",
        "--data",
        data,
        "--listen",
        "127.0.0.1:0",
    ];
    let (server, told) = Runs::spawn(command(&serve).stderr(File::create(&log).unwrap()));
    let address: SocketAddr = told["address"].as_str().unwrap().parse().unwrap();
    let admin = enter(address, &told["adminLink"]).await;
    let published = mazad(&["admin", "--data", data, "publish"]);
    assert_eq!(published.code, 0, "{published:?}");
    let limit = "900000000000";
    let wanted = json!({ "role": "bidder", "sale": sale, "paddle": 7, "limit": limit }).to_string();
    let invited = request_at(address, "POST", "/api/invites", &admin, &wanted).await;
    let bidder = enter(address, &invited.json()["link"]).await;
    let asked = |what: &str, how: Value| {
        let mut command = json!({ "id": Uuid::new_v4().to_string(), "sale": sale });
        command[what] = how;
        command
    };
    let bid = |amount: &str, kind: &str| {
        asked(
            "placeBid",
            json!({ "lot": 1, "amount": amount, "kind": kind }),
        )
    };
    for begin in [
        asked("openSale", json!({})),
        asked("openLot", json!({ "lot": 1 })),
    ] {
        let begun = send(address, &admin, &begin).await;
        assert_eq!(begun.status, 200, "{begun:?}");
    }
    let [first, raised, low, malformed] = MAXIMA;
    let first = send(address, &bidder, &bid(first, "BID_KIND_MAXIMUM")).await;
    assert_eq!(first.json()["verdict"], "VERDICT_ACCEPTED", "{first:?}");
    let raised = say(address, &bidder, &bid(raised, "BID_KIND_MAXIMUM")).await;
    assert_eq!(raised["verdict"], "VERDICT_ACCEPTED", "{raised}");
    let low = say(address, &bidder, &bid(low, "BID_KIND_MAXIMUM")).await;
    assert_eq!(low["verdict"], "VERDICT_REFUSED", "{low}");
    let malformed = send(address, &bidder, &bid(malformed, "BID_KIND_DREAM")).await;
    assert_eq!(malformed.status, 400, "{malformed:?}");
    let metrics = request_at(address, "GET", "/metrics", &admin, "").await;
    assert_eq!(metrics.status, 200, "{metrics:?}");
    assert_eq!(server.terminate(), 0);

    let lines = fs::read_to_string(&log).unwrap();
    assert!(lines.contains("DEBUG"), "whatever can be logged is");
    for told in [&lines, &metrics.body] {
        assert_eq!(spelled_in(told), Vec::<String>::new());
    }
}

/// The spellings of a maximum that stand in a text: in minor units, with a point, as the hex of its
/// digits.
fn spelled_in(text: &str) -> Vec<String> {
    let spellings = MAXIMA.iter().flat_map(|maximum| {
        let (whole, cents) = maximum.split_at(maximum.len() - 2);
        let hex: String = maximum.bytes().map(|byte| format!("{byte:02x}")).collect();
        [(*maximum).to_owned(), format!("{whole}.{cents}"), hex]
    });
    spellings
        .filter(|spelling| text.contains(spelling))
        .collect()
}

#[test]
fn a_maximum_is_found_however_it_is_spelled() {
    for text in [
        "amount: 765432109,",
        "7654321.09 EGP",
        "0x3736353433323130397d",
    ] {
        assert_eq!(spelled_in(text).len(), 1, "{text}");
    }
}
