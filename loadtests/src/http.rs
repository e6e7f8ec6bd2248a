//! A small HTTP client. Everybody made from one [`Api`] shares its one connection, which is kept
//! open.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use mazad_proto::{Encoding, decode, encode, v1};
use prost::Message;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

/// How often a request is sent because the server asks to come back: whoever keeps its pauses is let
/// in after one or two.
const TRIES_MAX: usize = 60;

/// Somebody who asks a server over HTTP.
#[derive(Debug, Clone)]
pub struct Api {
    address: String,
    token: Option<String>,
    line: Arc<Mutex<Option<HttpLine>>>,
}

#[derive(Debug)]
struct HttpLine {
    requests: SendRequest<Full<Bytes>>,
    task: JoinHandle<()>,
}

impl Drop for HttpLine {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What a server said.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Bytes,
}

impl Api {
    /// Somebody unknown, at a server such as `http://127.0.0.1:8080`.
    ///
    /// # Errors
    /// The address is not one of plain HTTP.
    pub fn new(url: &str) -> anyhow::Result<Self> {
        let address = url
            .strip_prefix("http://")
            .context("an address such as http://127.0.0.1:8080")?;
        let address = address.trim_end_matches('/').to_owned();
        Ok(Self {
            address,
            token: None,
            line: Arc::default(),
        })
    }

    /// Somebody who holds a token, at the same server.
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self {
            address: self.address.clone(),
            token: Some(token.into()),
            line: Arc::clone(&self.line),
        }
    }

    /// The token, if this is somebody who is known.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Asks, and again as long as the server says when to come back.
    ///
    /// # Errors
    /// The server cannot be reached, or is busy for very long.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Bytes>,
    ) -> anyhow::Result<Reply> {
        for _ in 0..TRIES_MAX {
            let reply = self.once(method.clone(), path, body.clone()).await?;
            let retry = reply.retry().filter(|_| matches!(reply.status, 429 | 503));
            let Some(wait) = retry else { return Ok(reply) };
            tokio::time::sleep(wait).await;
        }
        bail!("{path}: still told to come back after {TRIES_MAX} tries")
    }

    /// Asks once; once more if the kept connection had been closed meanwhile.
    async fn once(&self, method: Method, path: &str, body: Option<Bytes>) -> anyhow::Result<Reply> {
        let mut line = self.line.lock().await;
        if let Some(kept) = line.as_mut()
            && let Ok(reply) = self.ask(kept, method.clone(), path, body.clone()).await
        {
            return Ok(reply);
        }
        let mut fresh = self.connect().await?;
        let reply = self.ask(&mut fresh, method, path, body).await;
        *line = Some(fresh);
        reply
    }

    async fn connect(&self) -> anyhow::Result<HttpLine> {
        let stream = TcpStream::connect(&self.address).await?;
        stream.set_nodelay(true)?;
        let (requests, connection) = handshake(TokioIo::new(stream)).await?;
        let task = tokio::spawn(async move {
            // Its end is seen by whoever asks next.
            let _ended = connection.await;
        });
        Ok(HttpLine { requests, task })
    }

    async fn ask(
        &self,
        line: &mut HttpLine,
        method: Method,
        path: &str,
        body: Option<Bytes>,
    ) -> anyhow::Result<Reply> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", &self.address);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        // A program, not a page: a login answers with its token instead of a cookie.
        request = request.header("mazad-client", "program");
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        line.requests.ready().await?;
        let request = request.body(Full::new(body.unwrap_or_default()))?;
        let answer = line.requests.send_request(request).await?;
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await?.to_bytes();
        Ok(Reply { status, body })
    }

    /// The message at a path.
    ///
    /// # Errors
    /// The server cannot be reached, or answers otherwise.
    pub async fn get<M>(&self, path: &str) -> anyhow::Result<M>
    where
        M: Message + Default + Serialize + DeserializeOwned,
    {
        self.call(Method::GET, path, None).await?.message(path)
    }

    /// The JSON at a path.
    ///
    /// # Errors
    /// The server cannot be reached, or answers otherwise.
    pub async fn get_json(&self, path: &str) -> anyhow::Result<Value> {
        self.call(Method::GET, path, None).await?.json(path)
    }

    /// Posts JSON.
    ///
    /// # Errors
    /// The server cannot be reached, or answers otherwise.
    pub async fn post_json(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let body = Some(Bytes::from(serde_json::to_vec(body)?));
        self.call(Method::POST, path, body).await?.json(path)
    }

    /// Sends a command.
    ///
    /// # Errors
    /// The server cannot be reached, or answers with a fault.
    pub async fn command(&self, command: &v1::Command) -> anyhow::Result<v1::Answer> {
        let path = format!("/api/sales/{}/commands", command.sale);
        let body = encode(command, Encoding::Json)?;
        self.call(Method::POST, &path, Some(body))
            .await?
            .message(&path)
    }

    /// Redeems an invite and is whoever was invited from now on.
    ///
    /// # Errors
    /// The server cannot be reached, or does not take the secret.
    pub async fn enter(&self, secret: &str) -> anyhow::Result<Self> {
        let session = self
            .post_json("/api/session", &json!({ "secret": secret }))
            .await?;
        let token = session
            .get("token")
            .and_then(Value::as_str)
            .context("a token")?;
        Ok(self.with_token(token))
    }

    /// Invites somebody and enters as that person.
    ///
    /// # Errors
    /// The server cannot be reached, or the caller may not invite.
    pub async fn invite(&self, request: &Value) -> anyhow::Result<Self> {
        self.enter(&self.invite_secret(request).await?).await
    }

    /// Invites somebody, who will enter with this secret.
    ///
    /// # Errors
    /// The server cannot be reached, or the caller may not invite.
    pub async fn invite_secret(&self, request: &Value) -> anyhow::Result<String> {
        let invite = self.post_json("/api/invites", request).await?;
        let link = invite
            .get("link")
            .and_then(Value::as_str)
            .context("a link")?;
        let (_, secret) = link.split_once('#').context("a secret in the link")?;
        Ok(secret.to_owned())
    }

    /// A ticket for one socket.
    ///
    /// # Errors
    /// The server cannot be reached, or nobody is logged in.
    pub async fn ticket(&self) -> anyhow::Result<String> {
        let reply = self.post_json("/api/tickets", &json!({})).await?;
        let ticket = reply
            .get("ticket")
            .and_then(Value::as_str)
            .context("a ticket")?;
        Ok(ticket.to_owned())
    }
}

impl Reply {
    fn message<M>(&self, path: &str) -> anyhow::Result<M>
    where
        M: Message + Default + Serialize + DeserializeOwned,
    {
        self.good(path)?;
        decode(&self.body, Encoding::Json).with_context(|| path.to_owned())
    }

    fn json(&self, path: &str) -> anyhow::Result<Value> {
        self.good(path)?;
        if self.body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&self.body).with_context(|| path.to_owned())
    }

    fn retry(&self) -> Option<Duration> {
        let fault: v1::Fault = decode(&self.body, Encoding::Json).ok()?;
        (fault.retry_ms > 0).then(|| Duration::from_millis(fault.retry_ms.into()))
    }

    fn good(&self, path: &str) -> anyhow::Result<()> {
        if !(200..300).contains(&self.status) {
            bail!(
                "{path}: {} {}",
                self.status,
                String::from_utf8_lossy(&self.body)
            );
        }
        Ok(())
    }
}
