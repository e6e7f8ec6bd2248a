//! A large catalogue on its way into a server that runs: public whole, or not at all.

use std::collections::BTreeSet;
use std::fs;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use mazad_client::{Client, HttpReply};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest as _, http::HeaderValue};

use crate::support::{Runs, catalogue, command, mazad};

/// Stands in the title of the sale and nowhere else.
const MARK: &str = "Zanzibar";

/// More than one act takes, several times over.
const LOTS: u32 = 600;

#[tokio::test]
async fn a_catalogue_becomes_public_whole_and_not_by_importing() {
    let dir = tempfile::tempdir().unwrap();
    let (file, data) = (dir.path().join("lots.csv"), dir.path().join("data"));
    fs::write(&file, catalogue(LOTS)).unwrap();
    let (file, data) = (file.to_str().unwrap(), data.to_str().unwrap());
    let (server, told) =
        Runs::start(&["--json", "serve", "--data", data, "--listen", "127.0.0.1:0"]);
    let address: SocketAddr = told["address"].as_str().unwrap().parse().unwrap();
    let import = [
        "--json",
        "import",
        file,
        "--data",
        data,
        "--sale-title-en",
        MARK,
    ];
    let dry = mazad(&[&import[..], &["--dry-run"]].concat()).json();
    let sale = dry["sale"].as_str().unwrap();

    // One connection for all questions: nobody is let in so often.
    let anybody = Client::new(&format!("http://{address}")).unwrap();
    let mut importing = command(&import).stdout(Stdio::piped()).spawn().unwrap();
    loop {
        sees_nothing(&anybody, sale).await;
        if importing.try_wait().unwrap().is_some() {
            break;
        }
    }
    let output = importing.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let imported: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(imported["adds"].as_array().unwrap().len(), LOTS as usize);
    sees_nothing(&anybody, sale).await;
    let told = joined(address, sale).await;
    assert_eq!(told["fault"]["code"], "sale-unknown", "{told}");

    let published = mazad(&["admin", "--data", data, "publish"]);
    assert_eq!(published.code, 0, "{published:?}");
    // What follows the log may be a moment behind it.
    let seen = async {
        loop {
            if let Ok(book) = anybody.sale(sale).await {
                break book;
            }
        }
    };
    let book = timeout(Duration::from_secs(30), seen).await.unwrap();
    assert_eq!(book.lots.len(), LOTS as usize);
    let page = anybody.get(&format!("/sales/{sale}")).await.unwrap();
    assert!(page.status == 200 && shows(&page, MARK), "{page:?}");
    assert_eq!(joined(address, sale).await["snapshot"]["sale"], json!(sale));
    assert_eq!(server.terminate(), 0);

    let exported = mazad(&["export", data]);
    let lines = exported
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let added = lines.filter(|line: &Value| line["kind"] == "LotAdded");
    // What one act adds is decided at one instant.
    let acts: BTreeSet<String> = added.map(|line| line["at"].to_string()).collect();
    assert!((6..60).contains(&acts.len()), "{} acts", acts.len());
    assert_eq!(mazad(&["verify", data]).code, 0);
}

/// Every door that is open to everyone.
async fn sees_nothing(anybody: &Client, sale: &str) {
    let paths = [
        "/".to_owned(),
        "/api/sales".to_owned(),
        "/api/search?q=Kiosk".to_owned(),
        format!("/sales/{sale}"),
        format!("/sales/{sale}/lots/1"),
        format!("/hall/{sale}"),
        format!("/api/sales/{sale}"),
        format!("/api/sales/{sale}/snapshot"),
        format!("/api/sales/{sale}/lots/1"),
        format!("/api/sales/{sale}/lots/1/history"),
        format!("/api/sales/{sale}/results"),
    ];
    for path in paths {
        let reply = anybody.get(&path).await.unwrap();
        assert!(!shows(&reply, MARK), "{path}: {reply:?}");
        assert!(!shows(&reply, "Kiosk on the Nile"), "{path}: {reply:?}");
        if path.contains(sale) {
            assert_eq!(reply.status, 404, "{path}: {reply:?}");
        }
    }
}

fn shows(reply: &HttpReply, text: &str) -> bool {
    String::from_utf8_lossy(&reply.body).contains(text)
}

/// What a socket is told first that joins a sale.
async fn joined(address: SocketAddr, sale: &str) -> Value {
    let stream = TcpStream::connect(address).await.unwrap();
    let mut request = format!("ws://{address}/socket")
        .into_client_request()
        .unwrap();
    let json = HeaderValue::from_static("mazad.v1.json");
    request.headers_mut().insert("sec-websocket-protocol", json);
    let (mut socket, _) = client_async(request, stream).await.unwrap();
    let join = json!({ "join": { "sale": sale } }).to_string();
    socket.send(Message::text(join)).await.unwrap();
    loop {
        if let Message::Text(text) = socket.next().await.unwrap().unwrap() {
            let frame: Value = serde_json::from_str(&text).unwrap();
            if frame
                .get("snapshot")
                .or_else(|| frame.get("fault"))
                .is_some()
            {
                return frame;
            }
        }
    }
}
