//! What lets connections in: the socket that listens, TLS, from where a peer comes, how long it may
//! take, and the loop that accepts until the last goodbye.

mod accept;
mod connection;
mod error;
mod open_files;
mod origin;
pub(crate) mod patience;
mod peer;
mod tls;
mod write_timeout;

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket};

use crate::limits::{ACCEPT_BACKLOG, KERNEL_SEND_BYTES};

pub use error::ServeError;
pub use open_files::TooFewFiles;
pub use tls::{Tls, TlsError};

pub(crate) use accept::Serving;
pub(crate) use open_files::connections;
pub(crate) use origin::{Origins, Secured};
pub(crate) use peer::Peer;
pub(crate) use tls::ServedCertificate;

/// A listener with the options that this server wants.
///
/// # Errors
/// What the operating system says of the address.
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.set_reuseaddr(true)?;
    // Accepted connections inherit it: what a slow reader can hide in the kernel is bounded.
    socket.set_send_buffer_size(KERNEL_SEND_BYTES)?;
    socket.bind(address)?;
    socket.listen(ACCEPT_BACKLOG)
}
