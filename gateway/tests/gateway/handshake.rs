//! Who gets onto the socket at all.

use std::time::Duration;

use mazad_gateway::{Limits, Server, ServerOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Error as WsError;

use crate::support::{dial, get, request, serve};

const JSON: (&str, &str) = ("sec-websocket-protocol", "mazad.v1.json");

/// Status and fault code of a handshake that is refused.
async fn refused(server: &Server, headers: &[(&'static str, &str)]) -> (u16, String) {
    match dial(server, headers).await {
        Err(WsError::Http(response)) => {
            let body = response.body().clone().unwrap_or_default();
            let fault: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
            (
                response.status().as_u16(),
                fault["code"].as_str().unwrap_or_default().to_owned(),
            )
        }
        Err(other) => panic!("{other}"),
        Ok(_) => (101, String::new()),
    }
}

#[tokio::test]
async fn a_handshake_says_what_it_lacks() {
    let options = ServerOptions {
        origins: vec!["https://sale.example".to_owned()],
        public_url: Some("https://mazad.example/".to_owned()),
        ..ServerOptions::default()
    };
    let server = serve(options).await;
    let own = format!("http://{}", server.address());
    let rebound = ("host", "evil.test");
    for (headers, status, code) in [
        (vec![JSON], 101, ""),
        (
            vec![JSON, rebound, ("origin", "http://evil.test")],
            403,
            "origin-foreign",
        ),
        (
            vec![JSON, rebound, ("origin", "https://mazad.example")],
            101,
            "",
        ),
        (vec![JSON, ("origin", own.as_str())], 101, ""),
        (vec![JSON, ("origin", "https://sale.example")], 101, ""),
        (
            vec![JSON, ("origin", "https://evil.example")],
            403,
            "origin-foreign",
        ),
        (vec![JSON, ("origin", "null")], 403, "origin-foreign"),
        (
            vec![JSON, ("sec-websocket-version", "8")],
            426,
            "upgrade-required",
        ),
        (vec![JSON, ("upgrade", "h2c")], 426, "upgrade-required"),
        (
            vec![JSON, ("connection", "keep-alive")],
            426,
            "upgrade-required",
        ),
        (vec![JSON, ("sec-websocket-key", "short")], 400, "malformed"),
        (vec![], 400, "subprotocol-unknown"),
        (
            vec![("sec-websocket-protocol", "mazad.v2.json")],
            400,
            "subprotocol-unknown",
        ),
    ] {
        assert_eq!(
            refused(&server, &headers).await,
            (status, code.to_owned()),
            "{headers:?}"
        );
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_plain_request_is_told_the_version() {
    let server = serve(ServerOptions::default()).await;
    let answered = get(&server, "/socket", None).await;
    assert_eq!(
        (answered.status, answered.code().as_str()),
        (426, "upgrade-required")
    );
    assert_eq!(answered.header("sec-websocket-version"), Some("13"));
    let upgrade = "upgrade: websocket\r\nsec-websocket-version: 13\r\n\
        sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: mazad.v1.json\r\n\
        connection: upgrade\r\n";
    let answered = request(&server, "HEAD", "/socket", upgrade, "").await;
    assert_eq!(answered.status, 426, "{answered:?}");
    let answered = request(&server, "POST", "/socket", "", "").await;
    assert_eq!(
        (answered.status, answered.code().as_str()),
        (405, "method-not-allowed")
    );
    server.stop().await.unwrap();
}

#[tokio::test]
async fn the_first_known_subprotocol_is_taken() {
    let server = serve(ServerOptions::default()).await;
    let offered = [(
        "sec-websocket-protocol",
        "mazad.v9, mazad.v1.proto, mazad.v1.json",
    )];
    assert_eq!(refused(&server, &offered).await.0, 101);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_peer_that_says_too_little_is_let_go() {
    let limits = Limits {
        handshake: Duration::from_millis(200),
        ..Limits::default()
    };
    let options = ServerOptions {
        limits,
        ..ServerOptions::default()
    };
    let server = serve(options).await;
    let whole = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
    // Nothing, a part of a head, and a whole request followed by nothing.
    for said in ["", "GET / HTTP/1.1\r\nhost: x\r\nx-slow: ", whole] {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        stream.write_all(said.as_bytes()).await.unwrap();
        let mut heard = Vec::new();
        let end = timeout(Duration::from_secs(10), stream.read_to_end(&mut heard)).await;
        let ended = end.unwrap_or_else(|_| panic!("still open after {said:?}"));
        assert!(ended.is_ok() || heard.is_empty());
    }
    server.stop().await.unwrap();
}
