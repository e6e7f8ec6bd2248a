//! How connections end: logins that end, stops, too many of one account.

use mazad_gateway::Limits;
use mazad_gateway::auth::Role;
use mazad_proto::v1::client_frame::Body as Said;
use mazad_proto::v1::server_frame::Body;
use mazad_proto::{Encoding, v1};

use crate::support::{Client, Stage, request};

#[tokio::test]
async fn logging_out_closes_every_socket_of_the_login() {
    let stage = Stage::open(1).await;
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
    let stage = Stage::open(1).await;
    let (_, bidder) = stage.person(Role::Bidder, 7).await;
    let mut client = stage.socket_of(&bidder, Encoding::Json).await;
    let (admin, _) = stage.person(Role::Admin, 0).await;
    let body = format!(r#"{{"id":"{}"}}"#, bidder.account);
    let path = "/api/people/disable";
    let answered = crate::support::post(&stage.server, path, Some(&admin), &body).await;
    assert_eq!(answered.status, 204, "{answered:?}");
    assert_eq!(client.closed().await, 4001);
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_ticket_works_once_and_first() {
    let stage = Stage::open(1).await;
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
    let stage = Stage::with_limits(limits, 1).await;
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
    let stage = Stage::open(1).await;
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
    let stage = Stage::open(1).await;
    let mut client = Client::connect(&stage.server, Encoding::Json).await;
    client.ws.close(None).await.unwrap();
    assert_eq!(client.closed().await, 1005);
    stage.server.stop().await.unwrap();
}
