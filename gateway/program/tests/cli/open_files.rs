//! A full house on few open files: the log keeps its own, and bidders find a door.

use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::{
    Error as WsError, Message, client::IntoClientRequest, http::HeaderValue,
};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::raw_http::request_at;
use crate::support::mazad;

const PROGRAM: &str = "content-type: application/json\r\nmazad-client: program\r\n";
const LOTS: &str = "lot;title_en;opening\n1;Kiosk;24000\n";

/// `mazad serve`, allowed so many open files; killed when the test ends.
struct Narrow(Child);

impl Drop for Narrow {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Narrow {
    fn spawn(files: u32, data: &Path) -> Child {
        let script = format!(r#"ulimit -n {files} && exec "$0" "$@""#);
        Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_mazad")])
            .args(["--json", "serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn serve(files: u32, data: &Path) -> (Self, Value) {
        let mut child = Self::spawn(files, data);
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        // Nobody reads its log: it must not wait for that.
        drop(child.stderr.take());
        (Self(child), serde_json::from_str(&line).unwrap())
    }

    /// Asks it to stop; its number.
    fn terminate(mut self) -> i32 {
        let pid = self.0.id().to_string();
        assert!(Command::new("kill").arg(pid).status().unwrap().success());
        self.0.wait().unwrap().code().unwrap_or(-1)
    }
}

/// A folder with a sale in it, and the sale's id.
fn folder(dir: &Path) -> String {
    let (file, data) = (dir.join("lots.csv"), dir.join("data"));
    std::fs::write(&file, LOTS).unwrap();
    let ran = Command::new(env!("CARGO_BIN_EXE_mazad"))
        .args(["--json", "import", "--sale-title-en", "Sale", "--data"])
        .args([&data, &file])
        .output()
        .unwrap();
    let told: Value = serde_json::from_slice(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    let published = mazad(&["admin", "--data", data.to_str().unwrap(), "publish"]);
    assert_eq!(published.code, 0, "{published:?}");
    told["sale"].as_str().unwrap().to_owned()
}

/// Takes a link as a program does: the bearer header.
async fn enter(address: SocketAddr, link: &Value) -> String {
    let secret = link.as_str().unwrap().split_once('#').unwrap().1;
    let body = json!({ "secret": secret }).to_string();
    let entered = request_at(address, "POST", "/api/session", PROGRAM, &body).await;
    let token = entered.json()["token"].as_str().unwrap().to_owned();
    format!("content-type: application/json\r\nauthorization: Bearer {token}\r\n")
}

/// A watcher's socket from one of this machine's own addresses, if the server takes it.
async fn watcher(from: u8, to: SocketAddr) -> Result<WebSocketStream<TcpStream>, WsError> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((Ipv4Addr::new(127, 0, 0, from), 0).into())?;
    let stream = socket.connect(to).await?;
    let mut request = format!("ws://{to}/socket").into_client_request()?;
    let json = HeaderValue::from_static("mazad.v1.json");
    request.headers_mut().insert("sec-websocket-protocol", json);
    let (mut ws, _) = client_async(request, stream).await?;
    ws.send(Message::text(r#"{"ping":{"echo":"1"}}"#)).await?;
    // The welcome, and the pong, or why there is no place.
    for _ in 0..2 {
        match ws.next().await {
            Some(Ok(Message::Text(said))) if !said.contains("too-many-connections") => {}
            Some(Ok(_)) | None => return Err(WsError::ConnectionClosed),
            Some(Err(error)) => return Err(error),
        }
    }
    Ok(ws)
}

#[tokio::test]
async fn a_crowd_that_takes_every_place_leaves_the_log_its_files_and_bidders_a_door() {
    let dir = tempfile::tempdir().unwrap();
    let sale = folder(dir.path());
    let (server, told) = Narrow::serve(300, &dir.path().join("data"));
    let address: SocketAddr = told["address"].as_str().unwrap().parse().unwrap();
    let admin = enter(address, &told["adminLink"]).await;
    let wanted =
        json!({ "role": "bidder", "sale": sale, "paddle": 7, "limit": "9000000" }).to_string();
    let invited = request_at(address, "POST", "/api/invites", &admin, &wanted).await;
    let bidder = enter(address, &invited.json()["link"]).await;
    // Twice as many as there are files, forty from each address.
    let mut crowd = Vec::new();
    let mut refused = 0;
    for from in 2..17 {
        for _ in 0..40 {
            match watcher(from, address).await {
                Ok(seated) => crowd.push(seated),
                Err(_) => refused += 1,
            }
        }
    }
    assert!(crowd.len() > 100, "{}", crowd.len());
    assert!(refused > 100, "{refused}");
    let id = uuid::Uuid::new_v4().to_string();
    let bid = json!({ "id": id, "sale": sale,
        "placeBid": { "lot": 1, "amount": "2400000", "kind": "BID_KIND_MAXIMUM" } });
    let path = format!("/api/sales/{sale}/commands");
    let answered = request_at(address, "POST", &path, &bidder, &bid.to_string()).await;
    assert_eq!(answered.status, 200, "{answered:?}");
    assert_eq!(
        answered.header("connection"),
        Some("close"),
        "places are short"
    );
    assert_eq!(answered.json()["id"], id.to_string());
    assert_eq!(server.terminate(), 0);
}

#[test]
fn too_few_files_are_refused_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let child = Narrow::spawn(100, &dir.path().join("data"));
    let ran = child.wait_with_output().unwrap();
    assert!(!ran.status.success());
    let said = String::from_utf8(ran.stderr).unwrap();
    assert!(said.contains("open files"), "{said}");
}
