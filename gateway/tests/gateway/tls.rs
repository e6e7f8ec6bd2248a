//! The same server behind a certificate of its own making.

use std::sync::Arc;

use mazad_gateway::{Server, ServerOptions, Tls};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use crate::support::serve;

async fn start(folder: &std::path::Path) -> (Server, TlsConnector) {
    let tls = Tls::Dev {
        folder: folder.to_owned(),
        names: vec!["localhost".to_owned()],
    };
    let options = ServerOptions {
        tls,
        ..ServerOptions::default()
    };
    let server = serve(options).await;
    let mut roots = RootCertStore::empty();
    let own = CertificateDer::from_pem_file(folder.join("dev-cert.pem")).unwrap();
    roots.add(own).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    (server, TlsConnector::from(Arc::new(config)))
}

async fn dial(
    server: &Server,
    connector: &TlsConnector,
) -> tokio_rustls::client::TlsStream<TcpStream> {
    let stream = TcpStream::connect(server.address()).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    connector.connect(name, stream).await.unwrap()
}

#[tokio::test]
async fn requests_and_sockets_come_in_over_tls() {
    let folder = tempfile::tempdir().unwrap();
    let (server, connector) = start(folder.path()).await;
    assert!(server.url().starts_with("https://"));
    let mut stream = dial(&server, &connector).await;
    let asked = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(asked).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"));

    let stream = dial(&server, &connector).await;
    let mut request = "wss://localhost/socket".into_client_request().unwrap();
    let offered = HeaderValue::from_static("mazad.v1.json");
    let own = HeaderValue::from_static("https://localhost");
    request
        .headers_mut()
        .insert("sec-websocket-protocol", offered);
    request.headers_mut().insert("origin", own);
    let (socket, _) = client_async(request, stream).await.unwrap();
    drop(socket);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn plain_text_is_not_taken_where_tls_is_spoken() {
    let folder = tempfile::tempdir().unwrap();
    let (server, _) = start(folder.path()).await;
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .unwrap();
    let mut answer = Vec::new();
    let _reset = stream.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"));
    server.stop().await.unwrap();
}
