//! One live socket in either encoding, as `docs/PROTOCOL.md` describes it.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use mazad_proto::v1::client_frame::Body as Said;
use mazad_proto::v1::server_frame::Body;
use mazad_proto::{Encoding, decode, encode, v1};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::error::Error as SocketError;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::limits::{
    CONNECT_TIME_MAX, FRAME_BYTES_MAX, FRAME_WAIT_MAX, HEARTBEAT, MESSAGE_BYTES_MAX, READ_BYTES,
    WRITE_BYTES_MAX, WRITE_TIME_MAX,
};
use crate::{ClientError, CloseCode, CommandReply, Fault, Login, ServerAddress};

/// One socket, to its end: whoever wants a sale over as many as it takes has
/// [`Client::join`](crate::Client::join).
///
/// ```no_run
/// use mazad_client::{Body, Client, Encoding};
///
/// # async fn watch() -> Result<(), mazad_client::ClientError> {
/// let client = Client::new("http://127.0.0.1:8080")?;
/// let mut connection = client.connect(Encoding::Json).await?;
/// connection.join("0f0e0d0c-0b0a-4908-8706-050403020100", None).await?;
/// loop {
///     match connection.hear().await?.body {
///         Body::Snapshot(snapshot) => println!("{} lots", snapshot.lots.len()),
///         Body::Update(update) => println!("{} lots have changed", update.lots.len()),
///         _ => {}
///     }
/// }
/// # }
/// ```
#[derive(Debug)]
pub struct Connection {
    socket: WebSocketStream<TcpStream>,
    encoding: Encoding,
    address: ServerAddress,
    role: v1::Role,
    heartbeat: Duration,
    frame_bytes_max: usize,
    heard: Instant,
}

/// A frame of the server, and the bytes in which it came.
///
/// ```no_run
/// # async fn first(mut connection: mazad_client::Connection) -> Result<(), mazad_client::ClientError> {
/// let mazad_client::Frame { body, bytes } = connection.hear().await?;
/// println!("{} bytes say {body:?}", bytes.len());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// What it says.
    pub body: Body,
    /// Its bytes in the encoding of the connection.
    pub bytes: Bytes,
}

impl Connection {
    /// Connects without a name, and hears the welcome. [`Client::connect`](crate::Client::connect) also
    /// says who is here.
    ///
    /// # Errors
    /// No such server, or it does not let anybody in now.
    pub async fn open(address: &ServerAddress, encoding: Encoding) -> Result<Self, ClientError> {
        let socket = timeout(CONNECT_TIME_MAX, shake_hands(address, encoding));
        let socket = socket.await.map_err(|_| ClientError::Late)??;
        let mut connection = Self {
            socket,
            encoding,
            address: address.clone(),
            role: v1::Role::Watcher,
            heartbeat: HEARTBEAT,
            frame_bytes_max: FRAME_BYTES_MAX,
            heard: Instant::now(),
        };
        connection.welcomed().await?;
        Ok(connection)
    }

    /// Says who is here, with a ticket of [`Client::ticket`](crate::Client::ticket): first, and once.
    ///
    /// # Errors
    /// The ticket is not taken.
    pub async fn hello(&mut self, ticket: String) -> Result<v1::Role, ClientError> {
        self.say(Said::Hello(v1::Hello { ticket })).await?;
        self.welcomed().await?;
        Ok(self.role)
    }

    async fn welcomed(&mut self) -> Result<(), ClientError> {
        let is_word = |body: &Body| matches!(body, Body::Welcome(_) | Body::Fault(_));
        match self.wait(is_word).await?.body {
            Body::Fault(fault) => Err(Fault::from(fault).into()),
            Body::Welcome(welcome) => {
                self.role = welcome.role();
                if welcome.heartbeat_ms > 0 {
                    self.heartbeat = Duration::from_millis(welcome.heartbeat_ms.into());
                }
                let bytes_max = usize::try_from(welcome.frame_bytes_max).unwrap_or(usize::MAX);
                if bytes_max > 0 {
                    self.frame_bytes_max = bytes_max;
                }
                Ok(())
            }
            other => Err(unexpected(&other)),
        }
    }

    /// Follows a sale: from nothing, which is answered by a snapshot, or from a cursor, which is
    /// answered by an update if the server can resume there. What comes belongs into a
    /// [`SalePicture`](crate::SalePicture).
    ///
    /// # Errors
    /// The connection has ended.
    pub async fn join(
        &mut self,
        sale: &str,
        cursor: Option<v1::Cursor>,
    ) -> Result<(), ClientError> {
        let sale = sale.to_owned();
        self.say(Said::Join(v1::Join { sale, cursor })).await
    }

    /// Follows a sale from nothing, and hears its snapshot.
    ///
    /// # Errors
    /// There is no such sale, or the connection has ended.
    pub async fn join_from_nothing(&mut self, sale: &str) -> Result<v1::Snapshot, ClientError> {
        self.join(sale, None).await?;
        let is_word = |body: &Body| match body {
            Body::Snapshot(snapshot) => snapshot.sale == sale,
            Body::Fault(fault) => fault.id.is_empty(),
            _ => false,
        };
        match self.wait(is_word).await?.body {
            Body::Snapshot(snapshot) => Ok(snapshot),
            Body::Fault(fault) => Err(Fault::from(fault).into()),
            other => Err(unexpected(&other)),
        }
    }

    /// Sends a command and waits for whatever is said of it. Other frames that come before it are
    /// dropped.
    ///
    /// ```no_run
    /// use mazad_client::{Client, Encoding, bid, command};
    ///
    /// # async fn bid_once(client: &Client, sale: &str) -> Result<(), mazad_client::ClientError> {
    /// let mut connection = client.connect(Encoding::Proto).await?;
    /// let (answer, _) = connection.ask(command(sale, bid(7, 120_000))).await?.answer()?;
    /// println!("{:?} at {}", answer.verdict(), answer.price);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The connection ends first: whether it was decided is not known.
    pub async fn ask(&mut self, command: v1::Command) -> Result<CommandReply, ClientError> {
        let id = command.id.clone();
        self.say(Said::Command(command)).await?;
        self.told(&id).await
    }

    /// Asks what became of a command that was sent before, perhaps over another connection.
    ///
    /// # Errors
    /// The connection ends first.
    pub async fn look_up(&mut self, sale: &str, id: &str) -> Result<CommandReply, ClientError> {
        let (sale, own) = (sale.to_owned(), id.to_owned());
        self.say(Said::Lookup(v1::Lookup { sale, id: own })).await?;
        self.told(id).await
    }

    /// Waits for what is said of a command that was sent.
    ///
    /// # Errors
    /// The connection ends first.
    pub async fn told(&mut self, id: &str) -> Result<CommandReply, ClientError> {
        let is_word = |body: &Body| match body {
            Body::Answer(answer) => answer.id == id,
            Body::Fault(fault) => fault.id == id || fault.id.is_empty(),
            Body::NotSeen(not_seen) => not_seen.id == id,
            _ => false,
        };
        let Frame { body, bytes } = self.wait(is_word).await?;
        match body {
            Body::Answer(answer) => Ok(CommandReply::Answer(Box::new(answer), bytes)),
            Body::Fault(fault) => Ok(CommandReply::Fault(Box::new(fault.into()))),
            Body::NotSeen(not_seen) => Ok(CommandReply::NotSeen(not_seen)),
            other => Err(unexpected(&other)),
        }
    }

    /// Waits for a certain frame, no longer than
    /// [`FRAME_WAIT_MAX`](crate::limits::FRAME_WAIT_MAX); what comes before it is dropped.
    ///
    /// # Errors
    /// The connection ends first, or nothing comes for too long.
    pub async fn wait(&mut self, wanted: impl Fn(&Body) -> bool) -> Result<Frame, ClientError> {
        let heard = async {
            loop {
                let frame = self.hear().await?;
                if wanted(&frame.body) {
                    return Ok(frame);
                }
            }
        };
        let heard = timeout(FRAME_WAIT_MAX, heard).await;
        heard.map_err(|_| ClientError::Late)?
    }

    /// The next frame. Safe to drop.
    ///
    /// # Errors
    /// [`ClientError::Closed`] when the server closes or is gone; what came is not of the protocol.
    pub async fn hear(&mut self) -> Result<Frame, ClientError> {
        let bytes = self.hear_bytes().await?;
        let frame: v1::ServerFrame =
            decode(&bytes, self.encoding).map_err(|error| unreadable(&error))?;
        let body = frame.body.ok_or_else(|| unreadable("it says nothing"))?;
        Ok(Frame { body, bytes })
    }

    /// The bytes of the next frame, unread. Safe to drop.
    ///
    /// # Errors
    /// As [`Connection::hear`].
    pub async fn hear_bytes(&mut self) -> Result<Bytes, ClientError> {
        loop {
            let message = match self.socket.next().await {
                Some(Ok(message)) => message,
                Some(Err(SocketError::Capacity(error))) => return Err(unreadable(&error)),
                Some(Err(_)) | None => return Err(ClientError::Closed(CloseCode(None))),
            };
            self.heard = Instant::now();
            match (message, self.encoding) {
                (Message::Text(text), Encoding::Json) => return Ok(text.into()),
                (Message::Binary(bytes), Encoding::Proto) => return Ok(bytes),
                (Message::Ping(_) | Message::Pong(_) | Message::Frame(_), _) => {}
                (Message::Close(close), _) => {
                    let code = close.map(|close| close.code.into());
                    // The other half of the goodbye leaves if it can; nobody waits for it.
                    let _late = self.socket.flush().now_or_never();
                    return Err(ClientError::Closed(CloseCode(code)));
                }
                (Message::Text(_) | Message::Binary(_), _) => {
                    return Err(unreadable("a frame of the other encoding"));
                }
            }
        }
    }

    /// Hears to the end: the code with which the server closes. What comes before it is dropped.
    ///
    /// # Errors
    /// It stays open for longer than [`FRAME_WAIT_MAX`](crate::limits::FRAME_WAIT_MAX).
    pub async fn closed(&mut self) -> Result<CloseCode, ClientError> {
        match self.wait(|_| false).await {
            Err(ClientError::Closed(code)) => Ok(code),
            Err(error) => Err(error),
            Ok(frame) => Err(unexpected(&frame.body)),
        }
    }

    /// Says something.
    ///
    /// # Errors
    /// The connection has ended, or the server takes no frame so large.
    pub async fn say(&mut self, said: Said) -> Result<(), ClientError> {
        let frame = v1::ClientFrame { body: Some(said) };
        let bytes = encode(&frame, self.encoding);
        let bytes = bytes.map_err(|error| ClientError::Request(error.to_string()))?;
        if bytes.len() > self.frame_bytes_max {
            let told = format!("{} bytes, {} are taken", bytes.len(), self.frame_bytes_max);
            return Err(ClientError::Request(told));
        }
        self.say_bytes(bytes).await
    }

    /// Says these bytes as one frame, whatever they are.
    ///
    /// # Errors
    /// The connection has ended, or they are no text though the encoding is one.
    pub async fn say_bytes(&mut self, bytes: Bytes) -> Result<(), ClientError> {
        let message = match self.encoding {
            Encoding::Proto => Message::Binary(bytes),
            Encoding::Json => {
                let text = bytes.try_into();
                Message::Text(text.map_err(|_| ClientError::Request("no text".to_owned()))?)
            }
        };
        let sent = timeout(WRITE_TIME_MAX, self.socket.send(message)).await;
        let sent = sent.map_err(|_| ClientError::Late)?;
        sent.map_err(|error| ClientError::Broken(Box::new(error)))
    }

    /// Says goodbye, with the code 1000.
    ///
    /// # Errors
    /// The connection has ended already.
    pub async fn close(mut self) -> Result<(), ClientError> {
        let closed = timeout(WRITE_TIME_MAX, self.socket.close(None)).await;
        let closed = closed.map_err(|_| ClientError::Late)?;
        closed.map_err(|error| ClientError::Broken(Box::new(error)))
    }

    /// The encoding that was agreed on.
    pub const fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Who the server takes this connection for.
    pub const fn role(&self) -> v1::Role {
        self.role
    }

    /// When anything came last, heartbeats included.
    pub const fn heard(&self) -> Instant {
        self.heard
    }

    /// The server says something at least this often.
    pub const fn heartbeat(&self) -> Duration {
        self.heartbeat
    }

    pub(crate) const fn address(&self) -> &ServerAddress {
        &self.address
    }

    pub(crate) fn login(&self) -> Login {
        match self.role {
            v1::Role::Watcher | v1::Role::Unspecified => Login::Anonymous,
            v1::Role::Bidder
            | v1::Role::Clerk
            | v1::Role::Auctioneer
            | v1::Role::Admin
            | v1::Role::Analyst => Login::Known,
        }
    }
}

async fn shake_hands(
    address: &ServerAddress,
    encoding: Encoding,
) -> Result<WebSocketStream<TcpStream>, ClientError> {
    let wrong = |error: SocketError| ClientError::Request(error.to_string());
    let url = format!("ws://{address}/socket");
    let mut request = url.into_client_request().map_err(wrong)?;
    let protocol = HeaderValue::from_static(encoding.subprotocol());
    request
        .headers_mut()
        .insert(SEC_WEBSOCKET_PROTOCOL, protocol);
    let stream = TcpStream::connect(address.pair()).await;
    let stream = stream.map_err(ClientError::Connect)?;
    stream.set_nodelay(true).map_err(ClientError::Connect)?;
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BYTES_MAX)
        .max_message_size(Some(MESSAGE_BYTES_MAX));
    match client_async_with_config(request, stream, Some(config)).await {
        Ok((socket, _)) => Ok(socket),
        Err(SocketError::Http(answer)) => {
            let status = answer.status().as_u16();
            let body = answer.into_body().unwrap_or_default();
            Err(Fault::of_http(status, &body).into())
        }
        Err(error) => Err(ClientError::Broken(Box::new(error))),
    }
}

fn unreadable(told: &(impl std::fmt::Display + ?Sized)) -> ClientError {
    ClientError::Unreadable(told.to_string())
}

/// What the caller had not asked to wait for: cannot be.
fn unexpected(body: &Body) -> ClientError {
    ClientError::Unreadable(format!("{body:?}"))
}
