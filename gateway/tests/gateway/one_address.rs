//! Many people behind one address, as behind a carrier's: whoever is known is let in and stays, whoever is
//! not hears why.

use std::num::NonZeroU32;
use std::time::Duration;

use mazad_gateway::{Limits, ServerOptions};
use mazad_office::Role;
use mazad_proto::v1::{client_frame::Body as Said, server_frame::Body};
use mazad_proto::{Encoding, v1};
use serde_json::json;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::raw_http::request_at;
use crate::support::{Client, ServedSale, get, post, serve};

/// Of an address with two places for people who are not known.
fn narrow() -> Limits {
    Limits {
        connections_per_address: 2,
        ..Limits::default()
    }
}

/// Two who watch and hold every place of the address, and one more who hears why he may not.
async fn fill(stage: &ServedSale) -> Vec<Client> {
    let mut watching = Vec::new();
    for _ in 0..2 {
        let mut watcher = Client::connect(&stage.server, Encoding::Json).await;
        watcher.say(stage.join(None)).await;
        watcher.snapshot().await;
        watching.push(watcher);
    }
    let mut late = Client::connect(&stage.server, Encoding::Json).await;
    late.say(stage.join(None)).await;
    let Body::Fault(fault) = late.next().await.unwrap() else {
        panic!("no sentence")
    };
    assert_eq!(fault.code, "too-many-connections");
    assert!(!fault.message.unwrap().ar.is_empty());
    assert_eq!(late.closed().await, 1013);
    watching
}

#[tokio::test]
async fn whoever_is_known_comes_in_past_a_full_address() {
    let stage = ServedSale::with_limits(narrow(), 1).await;
    let mut watching = fill(&stage).await;
    let mut bidders = Vec::new();
    for paddle in 10..30 {
        let (token, bidder) = stage.person(Role::Bidder, paddle).await;
        let mine = format!("/api/sales/{}/mine", stage.sale);
        assert_eq!(get(&stage.server, &mine, Some(&token)).await.status, 200);
        let page = format!("/bid/{}", stage.sale);
        assert_eq!(get(&stage.server, &page, Some(&token)).await.status, 200);
        let mut socket = stage.socket_of(&bidder, Encoding::Json).await;
        socket.say(stage.join(None)).await;
        socket.snapshot().await;
        bidders.push(socket);
    }
    let last = bidders.last_mut().unwrap();
    last.say(Said::Command(stage.place(1, 2000))).await;
    assert_eq!(last.answer().await.verdict(), v1::Verdict::Accepted);
    for socket in watching.iter_mut().chain(&mut bidders[..19]) {
        assert_eq!(socket.update().await.lots[0].leader, 29, "all stay");
    }
    // Whoever is not known is answered too, over connections that do not stay.
    for path in ["/", "/enter", "/api/sales"] {
        assert_eq!(get(&stage.server, path, None).await.status, 200, "{path}");
    }
    drop(watching.pop());
    let again = async {
        loop {
            let mut watcher = Client::connect(&stage.server, Encoding::Json).await;
            watcher.say(stage.join(None)).await;
            if let Body::Snapshot(_) = watcher.next().await.unwrap() {
                return;
            }
        }
    };
    // The place is free once the server has seen the connection end.
    timeout(Duration::from_secs(20), again).await.unwrap();
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn right_secrets_are_never_too_many_and_wrong_ones_are() {
    let limits = Limits {
        logins_per_second: NonZeroU32::MIN,
        requests_per_second: NonZeroU32::MIN,
        connections_per_address: 2,
        ..Limits::default()
    };
    let stage = ServedSale::with_limits(limits, 1).await;
    let (clerk, _) = stage.person(Role::Clerk, 0).await;
    let redeem = async |secret: &str| {
        let body = json!({ "secret": secret }).to_string();
        post(&stage.server, "/api/session", None, &body).await
    };
    let mut codes = Vec::new();
    for _ in 0..20 {
        codes.push(redeem("wrong").await.code());
    }
    assert_eq!(codes.first().unwrap(), "invite-unknown");
    assert_eq!(codes.last().unwrap(), "rate-limited");
    for paddle in 10..40 {
        let sale = stage.sale.to_string();
        let invite = json!({ "role": "bidder", "sale": sale, "paddle": paddle }).to_string();
        let invited = post(&stage.server, "/api/invites", Some(&clerk), &invite).await;
        let link = invited.json()["link"].as_str().unwrap().to_owned();
        let entered = redeem(link.split_once('#').unwrap().1).await;
        assert_eq!(entered.json()["paddle"], paddle, "{entered:?}");
    }
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn whoever_finds_no_place_is_told_in_words() {
    let server = serve(ServerOptions {
        limits: Limits {
            connections: 8,
            connections_per_address: 1,
            handshake: Duration::from_secs(60),
            closing: Duration::from_millis(200),
            ..Limits::default()
        },
        ..ServerOptions::default()
    })
    .await;
    // Two that say nothing: a quarter of the house.
    let silent = [0, 1].map(|_| TcpStream::connect(server.address()));
    let silent = futures_util::future::try_join_all(silent).await.unwrap();
    let told = request_at(server.address(), "GET", "/", "", "").await;
    assert_eq!(
        (told.status, told.code().as_str()),
        (429, "too-many-connections")
    );
    assert!(!told.json()["message"]["ar"].as_str().unwrap().is_empty());
    assert_eq!(told.header("connection"), Some("close"));
    assert!(told.header("retry-after").is_some());
    drop(silent);
    let again = async { while get(&server, "/healthz", None).await.status != 200 {} };
    timeout(Duration::from_secs(20), again).await.unwrap();
    server.stop().await.unwrap();
}
