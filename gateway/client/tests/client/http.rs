//! Requests over HTTP: what is sent, what is sent again, and what is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures_util::FutureExt as _;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, HOST};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use mazad_client::limits::ANSWER_BYTES_MAX;
use mazad_client::{Client, ClientError, NewInvite, bid, command, v1};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::SALE;

/// What came, and what is said to it: a status and a body, or the connection breaks.
type Say = fn(&Asked, usize) -> Option<(u16, String)>;

struct Asked {
    line: String,
    bearer: String,
    host: String,
    body: Value,
}

struct Server {
    url: String,
    asked: Arc<AtomicUsize>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    async fn start(say: Say) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (asked, connections) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let server = Self {
            url,
            asked: Arc::clone(&asked),
            connections: Arc::clone(&connections),
        };
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                connections.fetch_add(1, Ordering::SeqCst);
                let asked = Arc::clone(&asked);
                let service = service_fn(move |request| {
                    let asked = Arc::clone(&asked);
                    async move {
                        let request = read(request).await;
                        let turn = asked.fetch_add(1, Ordering::SeqCst);
                        match say(&request, turn) {
                            None => Err("the connection breaks"),
                            Some((status, body)) => Ok(reply(status, body)),
                        }
                    }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        server
    }

    fn client(&self) -> Client {
        Client::new(&self.url).unwrap()
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

async fn read(request: Request<Incoming>) -> Asked {
    let header = |name| {
        let value = request.headers().get(name);
        value.map_or("", |value: &hyper::header::HeaderValue| {
            value.to_str().unwrap()
        })
    };
    let (bearer, host) = (header(AUTHORIZATION).to_owned(), header(HOST).to_owned());
    let line = format!("{} {}", request.method(), request.uri().path());
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let body = serde_json::from_slice(&body).unwrap_or_default();
    Asked {
        line,
        bearer,
        host,
        body,
    }
}

fn reply(status: u16, body: String) -> Response<Full<Bytes>> {
    let reply = Response::builder().status(status);
    reply.body(Full::new(body.into())).unwrap()
}

fn fault(code: &str, retry_ms: u32) -> String {
    json!({ "code": code, "retryMs": retry_ms, "message": { "en": "No." } }).to_string()
}

#[tokio::test]
async fn a_request_and_its_answer() {
    let server = Server::start(|asked, _| {
        let told = json!([asked.line, asked.bearer, asked.host, asked.body]);
        Some((200, told.to_string()))
    })
    .await;
    let client = server.client().with_token("secret");
    let body = json!({ "paddle": 12 });
    let told: Value = client.post("/echo", &body).await.unwrap();
    let host = server.url.trim_start_matches("http://");
    assert_eq!(told, json!(["POST /echo", "Bearer secret", host, body]));
    let told: Value = client.without_token().get_json("/echo").await.unwrap();
    assert_eq!(told, json!(["GET /echo", "", host, null]));
    assert!(!format!("{client:?}").contains("secret"));
    assert_eq!(client.token(), Some("secret"));
}

#[tokio::test]
async fn one_connection_serves_many_requests() {
    let server = Server::start(|asked, _| Some((200, asked.body.to_string()))).await;
    let client = server.client();
    for number in 0..50 {
        let told: usize = client.post("/echo", &number).await.unwrap();
        assert_eq!(told, number);
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);
    // Whoever stops waiting leaves nothing in the way of the next.
    let dropped = client.post::<_, usize>("/echo", &99).now_or_never();
    assert!(dropped.is_none());
    let told: usize = client.post("/echo", &7).await.unwrap();
    assert_eq!(told, 7);
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_told() {
    let server = Server::start(|asked, _| {
        let text = match asked.line.as_str() {
            "GET /empty" => String::new(),
            "GET /text" => "no JSON".to_owned(),
            _ => "1".repeat(ANSWER_BYTES_MAX + 1),
        };
        Some((200, text))
    })
    .await;
    let client = server.client();
    assert_eq!(
        client.get_json::<Value>("/empty").await.unwrap(),
        Value::Null
    );
    client.get_json::<()>("/empty").await.unwrap();
    for path in ["/text", "/large"] {
        let error = client.get_json::<Value>(path).await.unwrap_err();
        assert!(matches!(error, ClientError::Unreadable(_)), "{error}");
    }
}

#[tokio::test]
async fn nobody_there_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::new(&url).unwrap();
    let refused = client
        .command(&command(SALE, bid(1, 500)))
        .await
        .unwrap_err();
    assert!(matches!(refused, ClientError::Connect(_)), "{refused}");
    assert!(!refused.is_in_doubt());
}

#[tokio::test]
async fn a_no_is_told_with_its_status_and_its_sentence() {
    let server = Server::start(|asked, _| match asked.line.as_str() {
        "GET /proxy" => Some((502, "<html>".to_owned())),
        _ => Some((404, fault("not-found", 0))),
    })
    .await;
    let client = server.client();
    let no = client.disable("x").await.unwrap_err();
    assert_eq!(no.to_string(), "404 not-found: No.");
    assert_eq!(no.fault_code(), Some("not-found"));
    let reply = client.get("/proxy").await.unwrap();
    assert_eq!(reply.status, 502);
    assert_eq!(reply.good().unwrap_err().to_string(), "502 : ");
}

#[tokio::test]
async fn busy_server_is_asked_again_after_its_pause() {
    let busy: Say = |_, turn| match turn % 3 {
        2 => Some((200, "{}".to_owned())),
        _ => Some((503, fault("busy", 1))),
    };
    let server = Server::start(busy).await;
    let client = server.client();
    client.command(&command(SALE, bid(1, 500))).await.unwrap();
    client.snapshot(SALE).await.unwrap();
    let _told: Value = client.post("/api/tickets", &json!({})).await.unwrap();
    assert_eq!(server.asked(), 9);
    let once = client.trying(2).snapshot(SALE).await.unwrap_err();
    assert_eq!(once.fault_code(), Some("busy"));
    assert_eq!(server.asked(), 11);
}

#[tokio::test]
async fn unknown_outcome_is_asked_again_only_where_it_makes_no_difference() {
    let unsure: Say = |_, turn| match turn {
        0 | 2 => Some((503, fault("outcome-unknown", 1))),
        _ => Some((200, "{}".to_owned())),
    };
    let server = Server::start(unsure).await;
    let client = server.client();
    client.command(&command(SALE, bid(1, 500))).await.unwrap();
    assert_eq!(server.asked(), 2);
    let unsure = client.invite(&NewInvite::staff("clerk")).await.unwrap_err();
    assert!(unsure.is_in_doubt(), "{unsure}");
    assert_eq!(server.asked(), 3);
}

#[tokio::test]
async fn broken_connection_is_doubt() {
    let breaks: Say = |_, turn| match turn {
        0 | 2 => None,
        _ => Some((200, "{}".to_owned())),
    };
    let server = Server::start(breaks).await;
    let client = server.client();
    client.command(&command(SALE, bid(1, 500))).await.unwrap();
    assert_eq!(server.asked(), 2, "a command is sent again");
    let broken = client.post::<_, Value>("/api/invites", &json!({})).await;
    let broken = broken.unwrap_err();
    assert!(matches!(broken, ClientError::Broken(_)), "{broken}");
    assert!(broken.is_in_doubt());
    assert_eq!(server.asked(), 3, "an invite is not");
}

#[tokio::test]
async fn link_lets_in_once_and_its_token_is_brought_from_then_on() {
    let office: Say = |asked, turn| match (asked.line.as_str(), turn) {
        ("POST /api/session", 0) if asked.body == json!({ "secret": "s3cret" }) => {
            let who = json!({ "role": "ROLE_BIDDER", "token": "t0ken" });
            Some((200, who.to_string()))
        }
        ("GET /api/session", _) if asked.bearer == "Bearer t0ken" => {
            let who = json!({
                "role": "ROLE_BIDDER", "account": "a", "sale": SALE, "paddle": 7,
            });
            Some((200, who.to_string()))
        }
        _ => Some((401, fault("invite-unknown", 0))),
    };
    let server = Server::start(office).await;
    let link = format!("{}/enter#s3cret", server.url);
    let bidder = Client::enter(&link).await.unwrap();
    let me = bidder.who_am_i().await.unwrap();
    assert_eq!((me.role(), me.paddle), (v1::Role::Bidder, Some(7)));
    let again = Client::enter(&link).await.unwrap_err();
    assert_eq!(again.fault_code(), Some("invite-unknown"));
}

#[tokio::test]
async fn what_nobody_has_seen_has_no_answer() {
    let server = Server::start(|asked, _| {
        let told = match asked.line.ends_with("/seen") {
            true => json!({ "id": "seen", "verdict": "VERDICT_REFUSED", "code": "below-ask" }),
            false => json!({ "id": "other", "sale": SALE, "revision": "5" }),
        };
        Some((200, told.to_string()))
    })
    .await;
    let client = server.client();
    let seen = client.answer(SALE, "seen").await.unwrap().unwrap();
    assert_eq!(seen.code, "below-ask");
    assert_eq!(client.answer(SALE, "other").await.unwrap(), None);
}
