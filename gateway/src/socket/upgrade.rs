//! The handshake of the live socket: everything that is checked before a connection is one.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper_util::rt::TokioIo;
use mazad_proto::{Encoding, FaultCode};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{
    handshake::derive_accept_key,
    protocol::{Role, WebSocketConfig},
};

use crate::connection_limits::ConnectionPermit;
use crate::faults::Fault;
use crate::gateway::Gateway;
use crate::limits::{
    CLIENT_FRAME_BYTES_MAX, SOCKET_READ_BYTES, SOCKET_WRITE_BYTES, SOCKET_WRITE_BYTES_MAX,
};
use crate::listener::Peer;
use crate::socket::connection::Connection;

/// `GET /socket`.
pub(crate) async fn upgrade(
    State(gateway): State<Gateway>,
    peer: Peer,
    mut request: Request,
) -> Response {
    let place = request.extensions_mut().remove::<Arc<ConnectionPermit>>();
    // A proxy's connections are counted here, by whom they are for; all others were at the door.
    let counted = match place.as_deref().and_then(ConnectionPermit::peer) {
        Some(peer) => Ok(Some(Arc::clone(peer))),
        None if peer.is_proxy => {
            let admitted = gateway.connection_limits().admit_peer(peer.address);
            admitted.map(|peer| Some(Arc::new(peer)))
        }
        None => Ok(None),
    };
    let accepted = counted.and_then(|peer| Ok((peer, accept(&gateway, &request)?)));
    match accepted {
        Err(code) => {
            gateway.metrics().refused(code.as_str());
            let mut response = Fault::from(code).into_response();
            if code == FaultCode::UpgradeRequired {
                let headers = response.headers_mut();
                headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
                headers.insert(
                    header::SEC_WEBSOCKET_VERSION,
                    HeaderValue::from_static("13"),
                );
            }
            response
        }
        Ok((peer, (encoding, response))) => {
            let upgrading = hyper::upgrade::on(&mut request);
            let sockets = gateway.sockets().clone();
            sockets.spawn(async move {
                // A peer that went away between request and answer never becomes a connection.
                if let Ok(upgraded) = upgrading.await {
                    let io = TokioIo::new(upgraded);
                    let socket =
                        WebSocketStream::from_raw_socket(io, Role::Server, Some(config())).await;
                    Connection::new(gateway, socket, encoding, peer).run().await;
                }
                // The socket keeps the place of the connection that it was.
                drop(place);
            });
            response
        }
    }
}

/// The encoding agreed on, and the answer that opens the socket.
fn accept(gateway: &Gateway, request: &Request) -> Result<(Encoding, Response), FaultCode> {
    let headers = request.headers();
    // The route takes HEAD along with GET, which is no way to upgrade.
    let is_upgrade = request.method() == Method::GET
        && has_token(headers, &header::CONNECTION, "upgrade")
        && has_token(headers, &header::UPGRADE, "websocket")
        && headers
            .get(header::SEC_WEBSOCKET_VERSION)
            .is_some_and(|version| version == "13");
    if !is_upgrade {
        return Err(FaultCode::UpgradeRequired);
    }
    let key = headers
        .get(header::SEC_WEBSOCKET_KEY)
        .filter(|key| is_key(key.as_bytes()));
    let key = key.ok_or(FaultCode::Malformed)?;
    gateway.origins().check(headers)?;
    let encoding = tokens(headers, &header::SEC_WEBSOCKET_PROTOCOL)
        .find_map(Encoding::of_subprotocol)
        .ok_or(FaultCode::SubprotocolUnknown)?;
    if gateway.stopping().is_cancelled() {
        return Err(FaultCode::Stopping);
    }
    let response = Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(header::CONNECTION, "Upgrade")
        .header(header::UPGRADE, "websocket")
        .header(
            header::SEC_WEBSOCKET_ACCEPT,
            derive_accept_key(key.as_bytes()),
        )
        .header(header::SEC_WEBSOCKET_PROTOCOL, encoding.subprotocol())
        .body(Body::empty());
    response
        .map(|response| (encoding, response))
        .map_err(|_| FaultCode::Internal)
}

/// Every buffer bounded: the library's defaults are unfit for the open internet.
pub(crate) fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(SOCKET_READ_BYTES)
        .write_buffer_size(SOCKET_WRITE_BYTES)
        .max_write_buffer_size(SOCKET_WRITE_BYTES_MAX)
        .max_message_size(Some(CLIENT_FRAME_BYTES_MAX))
        .max_frame_size(Some(CLIENT_FRAME_BYTES_MAX))
        .accept_unmasked_frames(false)
}

/// The comma-separated tokens of a header, over all its lines.
fn tokens<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> impl Iterator<Item = &'a str> {
    let lines = headers
        .get_all(name)
        .iter()
        .filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

fn has_token(headers: &HeaderMap, name: &header::HeaderName, token: &str) -> bool {
    tokens(headers, name).any(|given| given.eq_ignore_ascii_case(token))
}

/// Sixteen bytes in base64: 22 digits, of which the last has four bits to spare, and `==`.
fn is_key(key: &[u8]) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    match key.strip_suffix(b"==") {
        Some([digits @ .., b'A' | b'Q' | b'g' | b'w']) => {
            digits.len() == 21 && digits.iter().all(is_digit)
        }
        Some(_) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_sixteen_bytes_in_base64() {
        for (key, good) in [
            ("dGhlIHNhbXBsZSBub25jZQ==", true),
            ("AAAAAAAAAAAAAAAAAAAAAA==", true),
            ("AAAAAAAAAAAAAAAAAAAAAB==", false),
            ("dGhlIHNhbXBsZSBub25jZQ", false),
            ("dGhlIHNhbXBsZSBub25jZ===", false),
            ("", false),
            ("==", false),
            ("dGhlIHNhbXBsZSBub25j-Q==", false),
        ] {
            assert_eq!(is_key(key.as_bytes()), good, "{key}");
        }
    }
}
