//! A small HTTP client for the server of this machine: tools speak to it while it holds the folder.
//!
//! Plain HTTP over loopback only, since a bearer token travels with each request. A server that
//! speaks TLS, or listens elsewhere, has a listener of its own for tools (`host.rs`).

use std::net::IpAddr;

use axum::body::{Body, to_bytes};
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use axum::http::{Method, Request, Uri};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::limits::{ANSWER_BYTES_MAX, ANSWER_TIME_MAX};

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    /// The address is not one of this machine, or not plain HTTP.
    #[error("{0} is not an address of plain HTTP on this machine")]
    Address(String),
    /// Nobody listens there.
    #[error("the server cannot be reached: {0}")]
    Connect(std::io::Error),
    /// The connection broke: whether the request was done is not known.
    #[error("the connection to the server broke")]
    Broken(#[source] hyper::Error),
    /// The server took too long: whether the request was done is not known.
    #[error("the server did not answer in time")]
    Late,
    /// The answer is too large or not JSON.
    #[error("the server's answer cannot be read")]
    Answer,
    /// The request cannot be written.
    #[error("the request cannot be written")]
    Request(#[from] axum::http::Error),
}

/// A connection to the server, for one request after the other.
#[derive(Debug)]
pub(crate) struct HttpClient {
    sender: SendRequest<Body>,
    host: HeaderValue,
    bearer: HeaderValue,
    connection: JoinHandle<()>,
}

impl Drop for HttpClient {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

impl HttpClient {
    /// Connects to a server of this machine.
    ///
    /// # Errors
    /// [`ClientError`].
    pub(crate) async fn connect(base_url: &str, bearer: &str) -> Result<Self, ClientError> {
        let (host, port) = loopback_of(base_url)?;
        let mut bearer =
            HeaderValue::try_from(format!("Bearer {bearer}")).map_err(axum::http::Error::from)?;
        bearer.set_sensitive(true);
        let connect = TcpStream::connect((host.as_str(), port));
        let stream = in_time(connect).await?.map_err(ClientError::Connect)?;
        let (sender, connection) = handshake(TokioIo::new(stream))
            .await
            .map_err(ClientError::Broken)?;
        let connection = tokio::spawn(async move {
            // What broke it is told to the request that waits for it.
            let _ = connection.await;
        });
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host
        };
        let host =
            HeaderValue::try_from(format!("{host}:{port}")).map_err(axum::http::Error::from)?;
        Ok(Self {
            sender,
            host,
            bearer,
            connection,
        })
    }

    /// Posts JSON; answers the status and the body.
    ///
    /// # Errors
    /// [`ClientError`]; a fault with its status is an answer.
    pub(crate) async fn post_json(
        &mut self,
        path: &str,
        body: &Value,
    ) -> Result<(u16, Value), ClientError> {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(HOST, &self.host)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))?;
        request
            .headers_mut()
            .insert(AUTHORIZATION, self.bearer.clone());
        in_time(self.exchange(request)).await?
    }

    async fn exchange(&mut self, request: Request<Body>) -> Result<(u16, Value), ClientError> {
        self.sender.ready().await.map_err(ClientError::Broken)?;
        let answer = self
            .sender
            .send_request(request)
            .await
            .map_err(ClientError::Broken)?;
        let status = answer.status().as_u16();
        let body = to_bytes(Body::new(answer.into_body()), ANSWER_BYTES_MAX).await;
        let body = body.map_err(|_| ClientError::Answer)?;
        if body.is_empty() {
            return Ok((status, Value::Null));
        }
        serde_json::from_slice(&body)
            .map(|body| (status, body))
            .map_err(|_| ClientError::Answer)
    }
}

async fn in_time<T>(work: impl Future<Output = T>) -> Result<T, ClientError> {
    tokio::time::timeout(ANSWER_TIME_MAX, work)
        .await
        .map_err(|_| ClientError::Late)
}

/// Host and port of an address, if it is plain HTTP on this machine.
fn loopback_of(base_url: &str) -> Result<(String, u16), ClientError> {
    let wrong = || ClientError::Address(base_url.to_owned());
    let uri: Uri = base_url.parse().map_err(|_| wrong())?;
    let host = uri.host().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let is_loopback = host
        .parse()
        .map_or(host == "localhost", |ip: IpAddr| ip.is_loopback());
    if uri.scheme_str() != Some("http") || !is_loopback {
        return Err(wrong());
    }
    Ok((host.to_owned(), uri.port_u16().unwrap_or(80)))
}

#[cfg(test)]
mod tests {
    use axum::Json;
    use axum::http::{HeaderMap, StatusCode};
    use axum::routing::post;
    use tokio::net::TcpListener;

    use super::*;

    async fn server() -> String {
        let echo = |headers: HeaderMap, Json(body): Json<Value>| async move {
            let bearer = headers[AUTHORIZATION].to_str().unwrap().to_owned();
            let host = headers[HOST].to_str().unwrap().to_owned();
            (
                StatusCode::CONFLICT,
                Json(serde_json::json!([bearer, host, body])),
            )
        };
        let router = axum::Router::new()
            .route("/echo", post(echo))
            .route("/empty", post(|| async {}))
            .route("/text", post(|| async { "no JSON" }))
            .route(
                "/large",
                post(|| async { "1".repeat(ANSWER_BYTES_MAX + 1) }),
            );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        url
    }

    #[tokio::test]
    async fn a_request_and_its_answer() {
        let url = server().await;
        let body = serde_json::json!({ "paddle": 12 });
        let (status, answer) = HttpClient::connect(&url, "secret")
            .await
            .unwrap()
            .post_json("/echo", &body)
            .await
            .unwrap();
        assert_eq!(status, 409);
        let host = url.trim_start_matches("http://");
        assert_eq!(answer, serde_json::json!(["Bearer secret", host, body]));
    }

    #[tokio::test]
    async fn one_connection_serves_many_requests() {
        let url = server().await;
        let mut client = HttpClient::connect(&url, "secret").await.unwrap();
        for number in 0..50 {
            let (_, answer) = client.post_json("/echo", &number.into()).await.unwrap();
            assert_eq!(answer[2], number);
        }
        assert_eq!(
            client.post_json("/empty", &Value::Null).await.unwrap(),
            (200, Value::Null)
        );
        assert!(matches!(
            client.post_json("/text", &Value::Null).await,
            Err(ClientError::Answer)
        ));
        assert!(matches!(
            client.post_json("/large", &Value::Null).await,
            Err(ClientError::Answer)
        ));
        assert!(!format!("{client:?}").contains("secret"));
    }

    #[tokio::test]
    async fn a_token_does_not_leave_this_machine() {
        for url in [
            "http://192.168.1.5:8080",
            "http://example.org",
            "http://localhost.example.org:8080",
            "https://127.0.0.1:8080",
            "127.0.0.1:8080",
            "http://user@example.org:8080",
            "",
        ] {
            let refused = HttpClient::connect(url, "secret").await.unwrap_err();
            assert!(
                matches!(refused, ClientError::Address(_)),
                "{url}: {refused}"
            );
        }
        for url in [
            "http://127.0.0.1:81",
            "http://[::1]:81",
            "http://localhost:81/",
        ] {
            assert_eq!(loopback_of(url).unwrap().1, 81);
        }
    }

    #[tokio::test]
    async fn nobody_there_is_told() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let refused = HttpClient::connect(&url, "secret").await.unwrap_err();
        assert!(matches!(refused, ClientError::Connect(_)), "{refused}");
    }
}
