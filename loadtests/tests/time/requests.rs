//! Bids over HTTP that come while the process is stopped: they are read before anybody is too slow.

use mazad_client::{Client, Encoding, command, flat_bid};
use mazad_loadtests::process::{goes_on_after, signal};
use mazad_proto::encode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Duration, timeout};

use super::house::{House, LATER};

/// Longer than a head and a body may take, each and together.
const STOP: Duration = Duration::from_secs(24);

/// How much of a bid is there before the stop.
enum Before {
    Nothing,
    HalfTheHead,
    HalfTheBody,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bid_over_http_that_was_sent_while_the_process_was_stopped_is_decided() {
    let house = House::open(None, tempfile::tempdir().unwrap()).await;
    let bidder = house.sale.bidder(3).await.unwrap();
    let pid = house.served.pid();
    let mut sent = Vec::new();
    for before in [Before::Nothing, Before::HalfTheHead, Before::HalfTheBody] {
        sent.push(Request::begin(&house, &bidder, &before).await);
    }
    signal(pid, "STOP").unwrap();
    for request in &mut sent {
        request.finish().await;
    }
    goes_on_after(pid, STOP).await.unwrap();
    for request in sent {
        let answer = request.answer().await;
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    }
    house.log().await;
}

/// A bid on a connection that has been used before.
struct Request {
    stream: TcpStream,
    rest: Vec<u8>,
}

impl Request {
    async fn begin(house: &House, bidder: &Client, before: &Before) -> Self {
        let address = house.served.address().to_string();
        let mut stream = TcpStream::connect(&address).await.unwrap();
        let asked = format!("GET /healthz HTTP/1.1\r\nhost: {address}\r\n\r\n");
        stream.write_all(asked.as_bytes()).await.unwrap();
        let mut heard = Vec::new();
        while !heard.windows(4).any(|four| four == b"\r\n\r\n") {
            assert_ne!(stream.read_buf(&mut heard).await.unwrap(), 0);
        }
        let bid = command(&house.sale.id, flat_bid(LATER, 1_100));
        let (sale, token) = (&house.sale.id, bidder.token().unwrap());
        let body = encode(&bid, Encoding::Json).unwrap();
        let length = body.len();
        let head = format!(
            "POST /api/sales/{sale}/commands HTTP/1.1\r\nhost: {address}\r\n\
             authorization: Bearer {token}\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n\r\n"
        );
        let cut = match before {
            Before::Nothing => 0,
            Before::HalfTheHead => head.len() / 2,
            Before::HalfTheBody => head.len() + length / 2,
        };
        let mut whole = head.into_bytes();
        whole.extend_from_slice(&body);
        let rest = whole.split_off(cut);
        stream.write_all(&whole).await.unwrap();
        Self { stream, rest }
    }

    async fn finish(&mut self) {
        self.stream.write_all(&self.rest).await.unwrap();
    }

    async fn answer(mut self) -> String {
        let mut heard = Vec::new();
        let whole = self.stream.read_buf(&mut heard);
        let read = timeout(Duration::from_secs(60), whole).await;
        read.expect("an answer").expect("the connection holds");
        String::from_utf8_lossy(&heard).into_owned()
    }
}
