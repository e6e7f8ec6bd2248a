//! One kept connection for requests over HTTP, one after the other.

use std::error::Error;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use mazad_proto::{Encoding, decode, v1};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::limits::{ANSWER_BYTES_MAX, ANSWER_TIME_MAX, CONNECT_TIME_MAX};
use crate::{ClientError, Fault, ServerAddress};

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Asked<'a> {
    pub(crate) method: Method,
    pub(crate) path: &'a str,
    pub(crate) body: Option<Bytes>,
    pub(crate) bearer: Option<&'a HeaderValue>,
}

/// What a server said over HTTP, whatever it was.
///
/// ```no_run
/// # async fn ready() -> Result<(), mazad_client::ClientError> {
/// let client = mazad_client::Client::new("http://127.0.0.1:8080")?;
/// let reply = client.get("/readyz").await?;
/// println!("{} {}", reply.status, String::from_utf8_lossy(&reply.body));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpReply {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Bytes,
}

impl HttpReply {
    /// The reply of a server that did what it was asked.
    ///
    /// # Errors
    /// [`ClientError::Fault`]: another status than one of 200 to 299.
    pub fn good(self) -> Result<Self, ClientError> {
        match self.status {
            200..300 => Ok(self),
            status => Err(Fault::of_http(status, &self.body).into()),
        }
    }

    pub(crate) fn fault(&self) -> Option<Fault> {
        (self.status >= 400).then(|| Fault::of_http(self.status, &self.body))
    }

    /// The message of the schema in the body.
    pub(crate) fn message<M>(self) -> Result<M, ClientError>
    where
        M: prost::Message + prost::Name + Default + Serialize + DeserializeOwned,
    {
        decode(&self.good()?.body, Encoding::Json)
            .map_err(|error| ClientError::Unreadable(error.to_string()))
    }

    /// The JSON in the body; nothing is `null`.
    pub(crate) fn json<T: DeserializeOwned>(self) -> Result<T, ClientError> {
        let body = self.good()?.body;
        let text: &[u8] = if body.is_empty() { b"null" } else { &body };
        serde_json::from_slice(text).map_err(|error| ClientError::Unreadable(error.to_string()))
    }
}

impl Fault {
    /// What a status and a body say; nothing but the status if the body is not one of ours.
    pub(crate) fn of_http(status: u16, body: &[u8]) -> Self {
        let fault: v1::Fault = decode(body, Encoding::Json).unwrap_or_default();
        Self::from(fault).with_status(status)
    }
}

/// Why a request has no reply.
#[derive(Debug)]
pub(crate) enum LineError {
    /// Nothing of it has left: the kept connection had been closed.
    Unsent(hyper::Error),
    /// It may have been done.
    Failed(ClientError),
}

impl From<LineError> for ClientError {
    fn from(error: LineError) -> Self {
        match error {
            LineError::Unsent(error) => Self::Broken(Box::new(error)),
            LineError::Failed(error) => error,
        }
    }
}

/// A connection that is kept open.
#[derive(Debug)]
pub(crate) struct HttpLine {
    requests: SendRequest<Full<Bytes>>,
    address: ServerAddress,
    host: HeaderValue,
    task: JoinHandle<()>,
}

impl Drop for HttpLine {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl HttpLine {
    pub(crate) async fn open(address: &ServerAddress) -> Result<Self, ClientError> {
        let host = HeaderValue::try_from(address.to_string())
            .map_err(|error| ClientError::Request(error.to_string()))?;
        let connect = async {
            let stream = TcpStream::connect(address.pair()).await;
            let stream = stream.map_err(ClientError::Connect)?;
            stream.set_nodelay(true).map_err(ClientError::Connect)?;
            let shaken = handshake(TokioIo::new(stream)).await;
            shaken.map_err(|error| ClientError::Broken(Box::new(error)))
        };
        let connected = timeout(CONNECT_TIME_MAX, connect).await;
        let (requests, connection) = connected.map_err(|_| ClientError::Late)??;
        let task = tokio::spawn(async move {
            // What broke it is told to the request that waits for it.
            let _ended = connection.await;
        });
        Ok(Self {
            requests,
            address: address.clone(),
            host,
            task,
        })
    }

    pub(crate) fn leads_to(&self, address: &ServerAddress) -> bool {
        self.address == *address && !self.requests.is_closed()
    }

    pub(crate) async fn ask(&mut self, asked: &Asked<'_>) -> Result<HttpReply, LineError> {
        let request = self
            .request(asked)
            .map_err(|error| LineError::Failed(ClientError::Request(error.to_string())))?;
        let exchanged = timeout(ANSWER_TIME_MAX, self.exchange(request)).await;
        exchanged.unwrap_or(Err(LineError::Failed(ClientError::Late)))
    }

    fn request(&self, asked: &Asked<'_>) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
        let mut request = Request::builder()
            .method(asked.method.clone())
            .uri(asked.path)
            .header(HOST, &self.host)
            .header(ACCEPT, "application/json")
            // A program, not a page: a login answers with its token instead of a cookie.
            .header("mazad-client", "program");
        if let Some(bearer) = asked.bearer {
            request = request.header(AUTHORIZATION, bearer);
        }
        if asked.body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        request.body(Full::new(asked.body.clone().unwrap_or_default()))
    }

    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> Result<HttpReply, LineError> {
        self.requests.ready().await.map_err(LineError::Unsent)?;
        let answer = match self.requests.try_send_request(request).await {
            Ok(answer) => answer,
            Err(mut error) => {
                let is_unsent = error.take_message().is_some();
                let error = error.into_error();
                return Err(match is_unsent {
                    true => LineError::Unsent(error),
                    false => LineError::Failed(ClientError::Broken(Box::new(error))),
                });
            }
        };
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX);
        let body = body.collect().await.map_err(of_body)?.to_bytes();
        Ok(HttpReply { status, body })
    }
}

fn of_body(error: Box<dyn Error + Send + Sync>) -> LineError {
    LineError::Failed(match error.is::<LengthLimitError>() {
        true => ClientError::Unreadable(format!("more than {ANSWER_BYTES_MAX} bytes")),
        false => ClientError::Broken(error),
    })
}
