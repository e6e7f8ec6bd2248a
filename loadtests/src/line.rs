//! A live socket in either encoding, as docs/PROTOCOL.md describes it.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use mazad_proto::v1::client_frame::Body as Said;
use mazad_proto::v1::server_frame::Body;
use mazad_proto::{Encoding, decode, encode, v1};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// Longest that anything of a test waits for: far above what a loaded machine needs.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Bytes read at once: thousands of these lines live in one process.
const READ_BYTES: usize = 4096;

/// One connection.
#[derive(Debug)]
pub struct Line {
    socket: WebSocketStream<TcpStream>,
    encoding: Encoding,
}

/// What came.
#[derive(Debug)]
pub enum Heard {
    /// A frame, and the bytes it came in.
    Frame(Box<Body>, Bytes),
    /// The end, with its close code if the server said goodbye.
    Closed(Option<u16>),
}

/// What is said of a command.
#[derive(Debug)]
pub enum Told {
    /// It was decided; and the bytes of the answer.
    Answer(v1::Answer, Bytes),
    /// Nothing was decided.
    Fault(v1::Fault),
    /// Nobody has seen it.
    NotSeen(v1::NotSeen),
}

impl Told {
    /// The answer.
    ///
    /// # Errors
    /// There is none.
    pub fn answer(self) -> anyhow::Result<(v1::Answer, Bytes)> {
        match self {
            Self::Answer(answer, bytes) => Ok((answer, bytes)),
            other => bail!("no answer: {other:?}"),
        }
    }
}

impl Line {
    /// Connects to a host and port, and hears the welcome.
    ///
    /// # Errors
    /// No such server, or it does not speak the protocol.
    pub async fn open(address: &str, encoding: Encoding) -> anyhow::Result<Self> {
        let mut request = format!("ws://{address}/socket").into_client_request()?;
        let protocol = HeaderValue::from_static(encoding.subprotocol());
        request
            .headers_mut()
            .insert(SEC_WEBSOCKET_PROTOCOL, protocol);
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let config = WebSocketConfig::default().read_buffer_size(READ_BYTES);
        let shaken = timeout(
            PATIENCE,
            client_async_with_config(request, stream, Some(config)),
        );
        let (socket, _) = shaken.await.context("handshake takes too long")??;
        let mut line = Self { socket, encoding };
        line.wait("welcome", |body| matches!(body, Body::Welcome(_)))
            .await?;
        Ok(line)
    }

    /// The encoding that was agreed on.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Says something.
    ///
    /// # Errors
    /// The connection has ended.
    pub async fn say(&mut self, said: Said) -> anyhow::Result<()> {
        let bytes = encode(&v1::ClientFrame { body: Some(said) }, self.encoding)?;
        self.say_bytes(bytes).await
    }

    /// Says these bytes, whatever they are.
    ///
    /// # Errors
    /// The connection has ended.
    pub async fn say_bytes(&mut self, bytes: Bytes) -> anyhow::Result<()> {
        let message = match self.encoding {
            Encoding::Json => Message::Text(bytes.try_into()?),
            Encoding::Proto => Message::Binary(bytes),
        };
        Ok(self.socket.send(message).await?)
    }

    /// Says who is here, and hears the second welcome.
    ///
    /// # Errors
    /// The ticket is not taken.
    pub async fn hello(&mut self, ticket: String) -> anyhow::Result<v1::Role> {
        self.say(Said::Hello(v1::Hello { ticket })).await?;
        match self
            .wait("welcome", |body| matches!(body, Body::Welcome(_)))
            .await?
        {
            (Body::Welcome(welcome), _) => Ok(welcome.role()),
            _ => bail!("no welcome"),
        }
    }

    /// The next frame, or the end. Safe to drop.
    ///
    /// # Errors
    /// What came is not of the protocol.
    pub async fn hear(&mut self) -> anyhow::Result<Heard> {
        loop {
            let bytes = match self.socket.next().await {
                Some(Ok(Message::Text(text))) if self.encoding == Encoding::Json => text.into(),
                Some(Ok(Message::Binary(bytes))) if self.encoding == Encoding::Proto => bytes,
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
                Some(Ok(Message::Close(close))) => {
                    return Ok(Heard::Closed(close.map(|close| close.code.into())));
                }
                Some(Ok(other)) => bail!("a frame of the other encoding: {} bytes", other.len()),
                Some(Err(_)) | None => return Ok(Heard::Closed(None)),
            };
            let frame: v1::ServerFrame = decode(&bytes, self.encoding)?;
            let body = frame.body.context("a frame that says nothing")?;
            return Ok(Heard::Frame(Box::new(body), bytes));
        }
    }

    /// The bytes of the next frame, unread. Safe to drop.
    ///
    /// # Errors
    /// The connection has ended.
    pub async fn hear_bytes(&mut self) -> anyhow::Result<Bytes> {
        loop {
            match self.socket.next().await.context("closed")?? {
                Message::Text(text) => return Ok(text.into()),
                Message::Binary(bytes) => return Ok(bytes),
                Message::Close(close) => bail!("closed: {close:?}"),
                Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
    }

    /// Waits for a frame of a kind; what comes before it is dropped.
    ///
    /// # Errors
    /// The connection ends first, or nothing comes for too long.
    pub async fn wait(
        &mut self,
        what: &str,
        wanted: impl Fn(&Body) -> bool,
    ) -> anyhow::Result<(Body, Bytes)> {
        let heard = async {
            loop {
                match self.hear().await? {
                    Heard::Frame(body, bytes) if wanted(&body) => return Ok((*body, bytes)),
                    Heard::Frame(..) => {}
                    Heard::Closed(code) => bail!("closed with {code:?} instead of {what}"),
                }
            }
        };
        timeout(PATIENCE, heard)
            .await
            .with_context(|| format!("waited too long for {what}"))?
    }

    /// Waits for the close code.
    ///
    /// # Errors
    /// The connection stays open for too long.
    pub async fn wait_closed(&mut self) -> anyhow::Result<Option<u16>> {
        let closed = async {
            loop {
                if let Heard::Closed(code) = self.hear().await? {
                    return anyhow::Ok(code);
                }
            }
        };
        timeout(PATIENCE, closed)
            .await
            .context("waited too long for the close")?
    }

    /// Sends a command and waits for its answer, with the bytes it came in.
    ///
    /// # Errors
    /// A fault, or the connection ends first.
    pub async fn command(&mut self, command: v1::Command) -> anyhow::Result<(v1::Answer, Bytes)> {
        let id = command.id.clone();
        self.say(Said::Command(command)).await?;
        self.told(&id).await?.answer()
    }

    /// Sends a command and waits for whatever is said of it.
    ///
    /// # Errors
    /// The connection ends first.
    pub async fn ask(&mut self, command: v1::Command) -> anyhow::Result<Told> {
        let id = command.id.clone();
        self.say(Said::Command(command)).await?;
        self.told(&id).await
    }

    /// Waits for what is said of a command.
    ///
    /// # Errors
    /// The connection ends first.
    pub async fn told(&mut self, id: &str) -> anyhow::Result<Told> {
        let about = |body: &Body| match body {
            Body::Answer(answer) => answer.id == id,
            Body::Fault(fault) => fault.id == id || fault.id.is_empty(),
            Body::NotSeen(not_seen) => not_seen.id == id,
            _ => false,
        };
        match self.wait("an answer", about).await? {
            (Body::Answer(answer), bytes) => Ok(Told::Answer(answer, bytes)),
            (Body::Fault(fault), _) => Ok(Told::Fault(fault)),
            (Body::NotSeen(not_seen), _) => Ok(Told::NotSeen(not_seen)),
            (other, _) => bail!("no answer: {other:?}"),
        }
    }

    /// Asks for the answer given before.
    ///
    /// # Errors
    /// There is none, or the connection ends first.
    pub async fn lookup(&mut self, sale: &str, id: &str) -> anyhow::Result<(v1::Answer, Bytes)> {
        let lookup = v1::Lookup {
            sale: sale.to_owned(),
            id: id.to_owned(),
        };
        self.say(Said::Lookup(lookup)).await?;
        self.told(id).await?.answer()
    }

    /// Joins a sale from nothing and hears its snapshot.
    ///
    /// # Errors
    /// There is no such sale, or the connection ends first.
    pub async fn join(&mut self, sale: &str) -> anyhow::Result<v1::Snapshot> {
        self.say(Said::Join(v1::Join {
            sale: sale.to_owned(),
            cursor: None,
        }))
        .await?;
        match self
            .wait("a snapshot", |body| matches!(body, Body::Snapshot(_)))
            .await?
        {
            (Body::Snapshot(snapshot), _) => {
                ensure!(snapshot.sale == sale, "a snapshot of another sale");
                Ok(snapshot)
            }
            _ => bail!("no snapshot"),
        }
    }

    /// Ends it in order.
    ///
    /// # Errors
    /// It has ended already.
    pub async fn close(mut self) -> anyhow::Result<()> {
        Ok(self.socket.close(None).await?)
    }
}
