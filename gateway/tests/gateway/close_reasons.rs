//! How connections end: logins that end, stops, too many of one account.

use mazad_gateway::Limits;
use mazad_office::Role;
use mazad_proto::v1::{client_frame::Body as Said, server_frame::Body};
use mazad_proto::{Encoding, v1};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Client, ServedSale, get, post, request};

#[tokio::test]
async fn logging_out_closes_every_socket_of_the_login() {
    let stage = ServedSale::open(1).await;
    let (token, bidder) = stage.person(Role::Bidder, 7).await;
    let (_, rival) = stage.person(Role::Bidder, 8).await;
    let mut first = stage.socket_of(&bidder, Encoding::Json).await;
    let mut second = stage.socket_of(&bidder, Encoding::Proto).await;
    let mut other = stage.socket_of(&rival, Encoding::Json).await;
    let bearer = format!("authorization: Bearer {token}\r\n");
    let answered = request(&stage.server, "DELETE", "/api/session", &bearer, "").await;
    assert_eq!(answered.status, 204);
    assert_eq!((first.closed().await, second.closed().await), (4001, 4001));
    other.say(Said::Ping(v1::Ping { echo: 1 })).await;
    assert!(
        matches!(other.next().await.unwrap(), Body::Pong(_)),
        "only the own ones"
    );
    let again = request(&stage.server, "DELETE", "/api/session", &bearer, "").await;
    assert_eq!(
        (again.status, again.code().as_str()),
        (401, "not-logged-in")
    );
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn disabling_an_account_closes_its_sockets() {
    let stage = ServedSale::open(1).await;
    let (_, bidder) = stage.person(Role::Bidder, 7).await;
    let mut client = stage.socket_of(&bidder, Encoding::Json).await;
    let (admin, _) = stage.person(Role::Admin, 0).await;
    let body = format!(r#"{{"id":"{}"}}"#, bidder.account);
    let path = "/api/people/disable";
    let answered = post(&stage.server, path, Some(&admin), &body).await;
    assert_eq!(answered.status, 204, "{answered:?}");
    assert_eq!(client.closed().await, 4001);
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_clerk_replaces_a_used_link_and_nobody_becomes_a_bidder_in_silence() {
    let stage = ServedSale::open(1).await;
    let (token, bidder) = stage.person(Role::Bidder, 7).await;
    let (clerk, _) = stage.person(Role::Clerk, 0).await;
    let mut own = stage.socket_of(&bidder, Encoding::Json).await;
    let sale = stage.sale;
    let invite = |more: &str| format!(r#"{{"role":"bidder","sale":"{sale}","paddle":7{more}}}"#);
    let invited = async |more: &str| {
        let invited = post(&stage.server, "/api/invites", Some(&clerk), &invite(more)).await;
        let link = invited.json()["link"].as_str().unwrap().to_owned();
        let secret = link.split_once('#').unwrap().1;
        format!(r#"{{"secret":"{secret}"}}"#)
    };
    let lost = invited("").await;
    let redeem = invited(r#","endLogins":false"#).await;
    own.say(Said::Ping(v1::Ping { echo: 1 })).await;
    assert!(
        matches!(own.next().await.unwrap(), Body::Pong(_)),
        "a link alone ends nothing"
    );
    let gone = post(&stage.server, "/api/session", None, &lost).await;
    assert_eq!(gone.code(), "invite-unknown", "the earlier one has ended");
    let looked = post(&stage.server, "/api/v1/invitation", None, &redeem).await;
    assert_eq!((looked.status, &looked.json()["paddle"]), (200, &7.into()));
    let entered = post(&stage.server, "/api/session", None, &redeem).await;
    assert_eq!(entered.json()["paddle"], 7, "{entered:?}");
    assert_eq!(own.closed().await, 4001);
    let mine = format!("/api/sales/{sale}/mine");
    let late = get(&stage.server, &mine, Some(&token)).await;
    assert_eq!((late.status, late.code().as_str()), (401, "not-logged-in"));

    let (_, thief) = stage.person(Role::Bidder, 7).await;
    let mut thief = stage.socket_of(&thief, Encoding::Json).await;
    invited(r#","endLogins":true"#).await;
    assert_eq!(thief.closed().await, 4001, "at once, if it is asked for");
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_ticket_works_once_and_first() {
    let stage = ServedSale::open(1).await;
    let (_, bidder) = stage.person(Role::Bidder, 7).await;
    let ticket = stage.server.office().ticket(&bidder).as_str().to_owned();
    let hello = || {
        Said::Hello(v1::Hello {
            ticket: ticket.clone(),
        })
    };
    let mut client = Client::connect(&stage.server, Encoding::Json).await;
    client.say(hello()).await;
    assert_eq!(client.welcome().await.role(), v1::Role::Bidder);
    client.say(hello()).await;
    assert_eq!(client.fault().await.code, "hello-out-of-order");
    let mut thief = Client::connect(&stage.server, Encoding::Json).await;
    thief.say(hello()).await;
    assert_eq!(thief.fault().await.code, "ticket-unknown");
    let mut late = Client::connect(&stage.server, Encoding::Json).await;
    late.say(Said::Ping(v1::Ping { echo: 0 })).await;
    late.next().await.unwrap();
    let ticket = stage.server.office().ticket(&bidder).as_str().to_owned();
    late.say(Said::Hello(v1::Hello { ticket })).await;
    assert_eq!(late.fault().await.code, "hello-out-of-order");
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn one_account_has_so_many_sockets() {
    let limits = Limits {
        connections_per_account: 2,
        ..Limits::default()
    };
    let stage = ServedSale::with_limits(limits, 1).await;
    let (_, bidder) = stage.person(Role::Bidder, 7).await;
    let _first = stage.socket_of(&bidder, Encoding::Json).await;
    let _second = stage.socket_of(&bidder, Encoding::Json).await;
    let mut third = Client::connect(&stage.server, Encoding::Json).await;
    let ticket = stage.server.office().ticket(&bidder).as_str().to_owned();
    third.say(Said::Hello(v1::Hello { ticket })).await;
    assert_eq!(third.closed().await, 1008);
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_stop_answers_what_it_has_and_says_goodbye() {
    let stage = ServedSale::open(1).await;
    let (_, bidder) = stage.person(Role::Bidder, 7).await;
    let mut client = stage.socket_of(&bidder, Encoding::Json).await;
    let mut watcher = Client::connect(&stage.server, Encoding::Proto).await;
    let bid = stage.place(1, 2000);
    client.say(Said::Command(bid)).await;
    client.answer().await;
    let stopping = tokio::spawn(stage.server.stop());
    assert_eq!(client.closed().await, 1012);
    assert_eq!(watcher.closed().await, 1012);
    stopping.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_goodbye_is_answered() {
    let stage = ServedSale::open(1).await;
    let mut client = Client::connect(&stage.server, Encoding::Json).await;
    client.ws.close(None).await.unwrap();
    assert_eq!(client.closed().await, 1005);
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_full_house_lets_the_youngest_watcher_go_for_those_who_are_known() {
    let limits = Limits {
        connections: 10,
        ..Limits::default()
    };
    let stage = ServedSale::with_limits(limits, 1).await;
    let (_, bidder) = stage.person(Role::Bidder, 7).await;
    let mut watchers = Vec::new();
    for _ in 0..7 {
        let mut watcher = Client::connect(&stage.server, Encoding::Json).await;
        watcher.say(stage.join(None)).await;
        watcher.snapshot().await;
        watchers.push(watcher);
    }
    // What is left is for those who say who they are.
    let mut late = Client::connect(&stage.server, Encoding::Json).await;
    late.say(stage.join(None)).await;
    assert_eq!(late.closed().await, 1013);
    drop(late);
    let mut known = stage.socket_of(&bidder, Encoding::Json).await;
    let mut youngest = watchers.pop().unwrap();
    assert_eq!(youngest.closed().await, 1013);
    known.say(Said::Command(stage.place(1, 2000))).await;
    assert_eq!(known.answer().await.verdict(), v1::Verdict::Accepted);
    for watcher in &mut watchers {
        let update = watcher.update().await;
        assert_eq!(update.lots[0].leader, 7, "the others stay");
    }
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_reader_who_never_reads_does_not_hold_up_a_stop() {
    let stage = ServedSale::open(1).await;
    let mut reader = TcpStream::connect(stage.server.address()).await.unwrap();
    let page = "GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n".repeat(200);
    // As many as the server takes in before it waits for the first to be read.
    reader.write_all(page.as_bytes()).await.unwrap();
    let mut first = [0; 1];
    reader.read_exact(&mut first).await.unwrap();
    stage.server.stop().await.unwrap();
}
