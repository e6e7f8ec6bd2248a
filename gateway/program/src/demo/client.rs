//! A client of the live socket, as any other program would be one.

use futures_util::{SinkExt as _, StreamExt as _};
use mazad_proto::v1::client_frame::Body as Ask;
use mazad_proto::v1::server_frame::Body as Told;
use mazad_proto::{Encoding, FrameError, decode, encode, v1};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;
use tokio_tungstenite::tungstenite::{Error as SocketError, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::cli::http_client::{ClientError, HttpClient};

/// Who comes in, and where.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    /// The server, such as `http://127.0.0.1:8080`.
    pub(crate) url: String,
    /// A bearer token.
    pub(crate) token: String,
    /// How frames are written.
    pub(crate) encoding: Encoding,
}

/// Why the connection is of no use any more.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LineError {
    /// No ticket, or no connection.
    #[error(transparent)]
    Http(#[from] ClientError),
    /// The server gave no ticket.
    #[error("no ticket: {0}")]
    Ticket(Value),
    /// No connection.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The socket broke.
    #[error(transparent)]
    Socket(#[from] SocketError),
    /// The server's frame cannot be read: a bug of one of us.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

/// An open socket.
#[derive(Debug)]
pub(crate) struct Line {
    socket: WebSocketStream<TcpStream>,
    encoding: Encoding,
}

impl Line {
    /// Comes in with a ticket and joins a sale, from a cursor if there is one.
    ///
    /// # Errors
    /// [`LineError`].
    pub(crate) async fn join(
        access: &Access,
        sale: &str,
        cursor: Option<v1::Cursor>,
    ) -> Result<Self, LineError> {
        let mut http = HttpClient::connect(&access.url, &access.token).await?;
        let (_, answer) = http.post_json("/api/tickets", &json!({})).await?;
        let ticket = match answer.get("ticket").and_then(Value::as_str) {
            Some(ticket) => ticket.to_owned(),
            None => return Err(LineError::Ticket(answer)),
        };
        let host = access.url.trim_start_matches("http://");
        let mut request = format!("ws://{host}/socket").into_client_request()?;
        let protocol = HeaderValue::from_static(access.encoding.subprotocol());
        request
            .headers_mut()
            .insert(SEC_WEBSOCKET_PROTOCOL, protocol);
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        let (socket, _) = client_async(request, stream).await?;
        let mut line = Self {
            socket,
            encoding: access.encoding,
        };
        line.ask(Ask::Hello(v1::Hello { ticket })).await?;
        let sale = sale.to_owned();
        line.ask(Ask::Join(v1::Join { sale, cursor })).await?;
        Ok(line)
    }

    /// Sends a frame.
    ///
    /// # Errors
    /// [`LineError`].
    pub(crate) async fn ask(&mut self, body: Ask) -> Result<(), LineError> {
        let frame = v1::ClientFrame { body: Some(body) };
        let bytes = encode(&frame, self.encoding)?;
        let message = match self.encoding {
            Encoding::Proto => Message::Binary(bytes),
            Encoding::Json => {
                let text = String::from_utf8(bytes.to_vec());
                Message::text(text.map_err(|_| FrameError::NotCanonical)?)
            }
        };
        Ok(self.socket.send(message).await?)
    }

    /// The next frame; `None` when the server has closed.
    ///
    /// # Errors
    /// [`LineError`].
    pub(crate) async fn told(&mut self) -> Result<Option<Told>, LineError> {
        loop {
            let bytes = match self.socket.next().await {
                None => return Ok(None),
                Some(message) => match message? {
                    Message::Text(text) => text.as_bytes().to_vec(),
                    Message::Binary(bytes) => bytes.to_vec(),
                    Message::Close(_) => return Ok(None),
                    Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => continue,
                },
            };
            let frame: v1::ServerFrame = decode(&bytes, self.encoding)?;
            if let Some(body) = frame.body {
                return Ok(Some(body));
            }
        }
    }
}
