//! What a person's browser is answered, and a poor line: pages in words, the right page for a link that was
//! spoilt on its way, and public answers that are packed and sent once.

use mazad_gateway::Server;
use mazad_proto::Encoding;

use crate::raw_http::Answered;
use crate::support::{Client, ServedSale, get, request};

const PERSON: &str = "accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n";

async fn opens(server: &Server, path: &str, lang: &str) -> Answered {
    let more = format!("{PERSON}accept-language: {lang}\r\n");
    request(server, "GET", path, &more, "").await
}

#[tokio::test]
async fn a_person_is_led_to_the_page_that_was_meant() {
    let stage = ServedSale::open(2).await;
    let sale = stage.sale;
    let upper = sale.to_string().to_uppercase();
    for (path, meant) in [
        (format!("/sales/{sale}/"), format!("/sales/{sale}")),
        (format!("//sales/{sale}"), format!("/sales/{sale}")),
        (format!("/sales/{sale})"), format!("/sales/{sale}")),
        (format!("/sales/{sale}%D8%9F"), format!("/sales/{sale}")),
        (format!("/sales/{sale}%E2%80%8F"), format!("/sales/{sale}")),
        (format!("/sales/{sale}%ff"), format!("/sales/{sale}")),
        (format!("/SALES/{upper}."), format!("/sales/{sale}")),
        (
            format!("/sales/{sale}/lots/2,"),
            format!("/sales/{sale}/lots/2"),
        ),
        (
            format!("/sales/{sale}/lots/%D9%A2"),
            format!("/sales/{sale}/lots/2"),
        ),
        (format!("/bid/{sale}/?lot=2"), format!("/bid/{sale}?lot=2")),
        (format!("/Hall/{sale}/"), format!("/hall/{sale}")),
    ] {
        let led = opens(&stage.server, &path, "en").await;
        assert_eq!(
            (led.status, led.header("location")),
            (307, Some(meant.as_str())),
            "{path}"
        );
        let there = opens(&stage.server, &meant, "en").await;
        assert_eq!(there.status, 200, "{meant}");
        // A program is told that there is nothing.
        let told = get(&stage.server, &path, None).await;
        assert_eq!(told.status, 404, "{path}");
    }
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_person_is_told_in_words_and_a_program_in_json() {
    let stage = ServedSale::open(1).await;
    let other = "0192a6b0-7c1e-7d3a-9f00-3b2c1d4e5f60";
    for path in [
        "/nothing".to_owned(),
        format!("/sales/{other}"),
        format!("/sales/{}/lots/99", stage.sale),
        "/static/000000000000/none.js".to_owned(),
        "/openapi".to_owned(),
    ] {
        for (lang, words) in [("ar", "لا توجد صفحة"), ("en", "There is no page")] {
            let told = opens(&stage.server, &path, lang).await;
            assert_eq!(told.status, 404, "{path}");
            assert!(told.body.contains(words), "{path}: {}", told.body);
            assert!(
                told.header("content-type")
                    .unwrap()
                    .starts_with("text/html")
            );
            assert!(told.header("content-security-policy").is_some(), "{path}");
        }
    }
    let socket = opens(&stage.server, "/socket", "en").await;
    assert_eq!(socket.status, 426);
    assert!(
        socket.body.contains("This cannot be shown now"),
        "{}",
        socket.body
    );
    let posted = request(&stage.server, "POST", "/sales/x", PERSON, "").await;
    assert_eq!(posted.status, 405);
    assert!(
        posted.body.starts_with("<!DOCTYPE html>"),
        "{}",
        posted.body
    );
    // The interface is for programs, whoever asks.
    for path in [
        "/api",
        "/api/",
        "/api/none",
        "/api/sales/x",
        "/api/sales/x/",
        "/api/sales/%ff",
    ] {
        let told = opens(&stage.server, path, "en").await;
        assert_eq!(
            (told.status, told.header("content-type")),
            (404, Some("application/json")),
            "{path}"
        );
    }
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_public_answer_is_packed_and_sent_once() {
    let stage = ServedSale::open(3).await;
    let sale = stage.sale;
    for path in [
        "/api/sales".to_owned(),
        format!("/api/sales/{sale}"),
        format!("/api/sales/{sale}/snapshot"),
        format!("/api/sales/{sale}/lots/1"),
        format!("/api/sales/{sale}/lots/1/history"),
        format!("/api/sales/{sale}/results"),
    ] {
        let plain = get(&stage.server, &path, None).await;
        let etag = plain.header("etag").expect(&path);
        assert_eq!(
            plain.header("cache-control"),
            Some("private, no-cache"),
            "{path}"
        );
        let ask = format!("if-none-match: \"x\", {etag}\r\naccept-encoding: gzip\r\n");
        let again = request(&stage.server, "GET", &path, &ask, "").await;
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{path}");
        let packed = head_of(&stage.server, &path).await;
        assert!(
            packed.contains("content-encoding: gzip"),
            "{path}: {packed}"
        );
    }
    // What moves has another name.
    let path = format!("/api/sales/{sale}/lots/1");
    let before = get(&stage.server, &path, None).await;
    let mut watcher = Client::connect(&stage.server, Encoding::Json).await;
    watcher.say(stage.join(None)).await;
    watcher.snapshot().await;
    let (_, bidder) = stage.person(mazad_office::Role::Bidder, 7).await;
    let answer = stage.bid(&bidder, 1, 2000).await;
    watcher.reach(answer.public_revision).await;
    let ask = format!("if-none-match: {}\r\n", before.header("etag").unwrap());
    let moved = request(&stage.server, "GET", &path, &ask, "").await;
    assert_eq!(moved.status, 200);
    // What is secret, or somebody's own, is never packed.
    let session = head_of(&stage.server, "/api/session").await;
    assert!(session.contains("cache-control: no-store"), "{session}");
    assert!(
        !session.contains("content-encoding") && !session.contains("etag"),
        "{session}"
    );
    stage.server.stop().await.unwrap();
}

/// The head of an answer that may be packed.
async fn head_of(server: &Server, path: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let address = server.address();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let ask = format!(
        "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\naccept-encoding: gzip\r\n\r\n"
    );
    stream.write_all(ask.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|at| at == b"\r\n\r\n").unwrap();
    String::from_utf8(answer[..end].to_vec())
        .unwrap()
        .to_lowercase()
}
