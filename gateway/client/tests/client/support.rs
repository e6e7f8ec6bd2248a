//! A server of frames that a test writes by hand.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use mazad_client::{Body, Connection, Encoding, Said, ServerAddress, v1};
use mazad_proto::{decode, encode};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

/// Long enough for a machine under load; a test that waits so long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) const SALE: &str = "0f0e0d0c-0b0a-4908-8706-050403020100";

pub(crate) struct FakeServer {
    listener: TcpListener,
}

/// The server's half of a socket.
pub(crate) struct FakeSocket {
    ws: WebSocketStream<TcpStream>,
    encoding: Encoding,
}

impl FakeServer {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self { listener }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.listener.local_addr().unwrap())
    }

    pub(crate) fn address(&self) -> ServerAddress {
        ServerAddress::local(&self.url()).unwrap()
    }

    /// The next socket, welcomed.
    pub(crate) async fn socket(&self) -> FakeSocket {
        self.socket_with(v1::Welcome::default()).await
    }

    /// The next socket, welcomed so.
    #[expect(
        clippy::result_large_err,
        reason = "the shape that the handshake wants"
    )]
    pub(crate) async fn socket_with(&self, welcome: v1::Welcome) -> FakeSocket {
        let accepted = timeout(PATIENCE, self.listener.accept()).await;
        let (stream, _) = accepted.expect("a client in time").unwrap();
        let mut encoding = Encoding::Json;
        let agree =
            |request: &Request, mut response: Response| -> Result<Response, ErrorResponse> {
                let asked = request.headers()[SEC_WEBSOCKET_PROTOCOL].clone();
                encoding = Encoding::of_subprotocol(asked.to_str().unwrap()).unwrap();
                response.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, asked);
                Ok(response)
            };
        let ws = accept_hdr_async(stream, agree).await.unwrap();
        let mut socket = FakeSocket { ws, encoding };
        let welcome = v1::Welcome {
            role: v1::Role::Watcher.into(),
            time: 1,
            ..welcome
        };
        socket.tell(Body::Welcome(welcome)).await;
        socket
    }

    /// The next socket, at its first join.
    pub(crate) async fn joined(&self) -> (FakeSocket, Option<v1::Cursor>) {
        let mut socket = self.socket().await;
        match socket.said().await {
            Said::Join(join) => {
                assert_eq!(join.sale, SALE);
                (socket, join.cursor)
            }
            other => panic!("not a join: {other:?}"),
        }
    }
}

impl FakeSocket {
    pub(crate) async fn tell(&mut self, body: Body) {
        let frame = v1::ServerFrame { body: Some(body) };
        let bytes = encode(&frame, self.encoding).unwrap();
        self.tell_bytes(bytes.to_vec()).await;
    }

    pub(crate) async fn tell_bytes(&mut self, bytes: Vec<u8>) {
        let message = match self.encoding {
            Encoding::Json => Message::text(String::from_utf8(bytes).unwrap()),
            Encoding::Proto => Message::binary(bytes),
        };
        self.ws.send(message).await.unwrap();
    }

    /// What the client says next, but for pings.
    pub(crate) async fn said(&mut self) -> Said {
        loop {
            let heard = timeout(PATIENCE, self.ws.next()).await;
            let bytes = match heard.expect("a frame in time").unwrap().unwrap() {
                Message::Text(text) => text.as_bytes().to_vec(),
                Message::Binary(bytes) => bytes.to_vec(),
                other => panic!("unexpected {other:?}"),
            };
            let frame: v1::ClientFrame = decode(&bytes, self.encoding).unwrap();
            match frame.body.unwrap() {
                Said::Ping(_) => {}
                said => return said,
            }
        }
    }

    pub(crate) async fn command(&mut self) -> v1::Command {
        match self.said().await {
            Said::Command(command) => command,
            other => panic!("not a command: {other:?}"),
        }
    }

    pub(crate) async fn close(mut self, code: u16) {
        let frame = CloseFrame {
            code: code.into(),
            reason: "".into(),
        };
        self.ws.close(Some(frame)).await.unwrap();
        // To its end, so that the client hears it.
        while let Some(Ok(_)) = self.ws.next().await {}
    }
}

pub(crate) fn lot(number: u32, revision: u64, price: i64) -> v1::LotView {
    v1::LotView {
        lot: number,
        revision,
        price,
        phase: v1::LotPhase::Open.into(),
        ..v1::LotView::default()
    }
}

pub(crate) fn snapshot(epoch: u64, revision: u64, lots: Vec<v1::LotView>) -> Body {
    Body::Snapshot(v1::Snapshot {
        sale: SALE.to_owned(),
        cursor: Some(v1::Cursor { epoch, revision }),
        time: 1_000_000,
        board: Some(v1::SaleView {
            phase: v1::SalePhase::Open.into(),
            ..v1::SaleView::default()
        }),
        lots,
    })
}

pub(crate) fn update(epoch: u64, from: u64, to: u64, lots: Vec<v1::LotView>) -> Body {
    Body::Update(v1::Update {
        sale: SALE.to_owned(),
        epoch,
        from,
        to,
        lots,
        ..v1::Update::default()
    })
}

pub(crate) fn answer(command: &v1::Command, price: i64) -> Body {
    Body::Answer(v1::Answer {
        id: command.id.clone(),
        sale: SALE.to_owned(),
        lot: 1,
        verdict: v1::Verdict::Accepted.into(),
        first_revision: 11,
        last_revision: 11,
        public_revision: 11,
        price,
        ..v1::Answer::default()
    })
}

pub(crate) fn fault(code: &str, id: &str, retry_ms: u32) -> Body {
    Body::Fault(v1::Fault {
        code: code.to_owned(),
        id: id.to_owned(),
        retry_ms,
        ..v1::Fault::default()
    })
}

/// A connection with its other half.
pub(crate) async fn connected(encoding: Encoding) -> (Connection, FakeSocket) {
    let server = FakeServer::start().await;
    let address = server.address();
    let opened = Connection::open(&address, encoding);
    let (opened, socket) = tokio::join!(opened, server.socket());
    (opened.unwrap(), socket)
}
