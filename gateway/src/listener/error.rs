//! Why a server does not serve, one variant for each different reaction.

use std::io;
use std::time::Duration;

use tokio::task::JoinError;

use super::open_files::TooFewFiles;
use super::tls::TlsError;

/// Why a server does not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("listening: {0}")]
    Listen(#[from] io::Error),
    /// The certificate is of no use.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Sockets and the log would not fit into one process.
    #[error(transparent)]
    Files(#[from] TooFewFiles),
    /// The server has a bug, told where it happened.
    #[error("the server ended by a bug")]
    Bug(#[from] JoinError),
    /// Something was still busy when everything should have ended.
    #[error("not everything ended within {0:?}")]
    Late(Duration),
}
