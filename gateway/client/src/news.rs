//! What a joined sale tells its program, one thing after the other.

use crate::{Answered, ClientError, Fault, NotDecided};

/// What has come of a joined sale.
///
/// ```
/// use mazad_client::News;
///
/// fn is_about_a_command(news: &News) -> bool {
///     matches!(news, News::Answered(_) | News::NotDecided(_) | News::NotSeen { .. })
/// }
/// assert!(!is_about_a_command(&News::Own));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum News {
    /// The picture is what the engine last said, and these lots have changed in it; none, if only the
    /// sale itself did, or if nothing has happened while the connection was lost.
    Moved {
        /// Numbers of lots.
        lots: Vec<u32>,
    },
    /// The own figures are new: `SalePicture`.
    Own,
    /// A command is decided: accepted or refused.
    Answered(Box<Answered>),
    /// Nothing was decided of a command, and it is not sent again.
    NotDecided(Box<NotDecided>),
    /// The server has not seen a command that was asked about, and it is not sent again.
    NotSeen {
        /// Its id.
        id: String,
    },
    /// A fault about no command.
    Fault(Fault),
    /// Nothing has come for two heartbeats: the picture may be old.
    Stale,
    /// The connection has ended, or could not be made; the next call makes another one.
    Cut(ClientError),
}
