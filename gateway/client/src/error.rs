//! What can go wrong, with one variant for each different thing that a program does about it.

use std::fmt;
use std::io;
use std::time::Duration;

use mazad_proto::{FaultCode, v1};

use crate::{CloseCode, OrderError};

/// Why there is no answer.
///
/// What a program does about each:
///
/// ```
/// use mazad_client::ClientError;
///
/// fn advice(error: &ClientError) -> &'static str {
///     match error {
///         ClientError::Connect(_) => "nothing was asked: try later",
///         error if error.is_in_doubt() => "perhaps it was done: send the same command, or look it up",
///         ClientError::Fault(fault) if fault.retry.is_some() => "nothing was decided: try again",
///         ClientError::Fault(_) => "the server said no",
///         ClientError::Closed(code) => code.name(),
///         _ => "a mistake of this program, or of the server",
///     }
/// }
/// assert_eq!(advice(&ClientError::Late), "perhaps it was done: send the same command, or look it up");
/// ```
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address is not one of this machine, or not plain HTTP.
    #[error("{0} is not an address of plain HTTP on this machine")]
    Address(String),
    /// The link invites nobody.
    #[error("not a link that lets somebody in")]
    Link,
    /// Nobody listens there: nothing was asked.
    #[error("the server cannot be reached: {0}")]
    Connect(#[source] io::Error),
    /// The connection broke: whether the request was done is not known.
    #[error("the connection to the server broke")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The server took too long: whether the request was done is not known.
    #[error("the server did not answer in time")]
    Late,
    /// What the server sent cannot be read: a bug of one of the two, or another version.
    #[error("the server's answer cannot be read: {0}")]
    Unreadable(String),
    /// The request cannot be written: a path, a token or a frame that is none.
    #[error("the request cannot be written: {0}")]
    Request(String),
    /// The server said no: nothing was decided, unless the fault is `outcome-unknown`.
    #[error("{0}")]
    Fault(Box<Fault>),
    /// The server has closed the socket.
    #[error("the server closed the connection: {0}")]
    Closed(CloseCode),
    /// The server told a sale in an order that cannot be.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// The server has not seen the command, and it is too old to be sent again unasked.
    #[error("nobody has seen the command {0}")]
    NotSeen(String),
    /// Too many commands wait for their answers already.
    #[error("too many commands wait for their answers")]
    Waiting,
}

impl ClientError {
    /// Whether the request may have been done: a command is then sent again unchanged, or looked up.
    pub fn is_in_doubt(&self) -> bool {
        match self {
            Self::Broken(_) | Self::Late | Self::Closed(_) => true,
            Self::Fault(fault) => fault.is_outcome_unknown(),
            Self::Address(_)
            | Self::Link
            | Self::Connect(_)
            | Self::Unreadable(_)
            | Self::Request(_)
            | Self::Order(_)
            | Self::NotSeen(_)
            | Self::Waiting => false,
        }
    }

    /// The stable word of the fault, such as `not-permitted`, if the server said one.
    ///
    /// ```
    /// # use mazad_client::ClientError;
    /// assert_eq!(ClientError::Late.fault_code(), None);
    /// ```
    pub fn fault_code(&self) -> Option<&str> {
        match self {
            Self::Fault(fault) => Some(&fault.code),
            _ => None,
        }
    }
}

impl From<Fault> for ClientError {
    fn from(fault: Fault) -> Self {
        Self::Fault(Box::new(fault))
    }
}

/// What the server says when it does not do something, outside the rules of a sale. The table of codes
/// is in `docs/PROTOCOL.md`.
///
/// ```
/// use std::time::Duration;
/// use mazad_client::{Fault, v1};
///
/// let busy = v1::Fault { code: "busy".to_owned(), retry_ms: 500, ..v1::Fault::default() };
/// let busy = Fault::from(busy);
/// assert_eq!(busy.retry, Some(Duration::from_millis(500)));
/// assert!(!busy.is_outcome_unknown(), "nothing was decided");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The status over HTTP; `None` on the socket.
    pub status: Option<u16>,
    /// The stable word; empty if it was no server of ours that answered.
    pub code: String,
    /// One sentence in each language.
    pub message: v1::Bilingual,
    /// Id of the command that it is about; empty if it is about none.
    pub id: String,
    /// After how long the same may do better; `None`: repeating it does not help.
    pub retry: Option<Duration>,
}

impl Fault {
    /// Whether it may be decided or not: only a lookup, or the same command again, tells.
    pub fn is_outcome_unknown(&self) -> bool {
        self.known() == Some(FaultCode::OutcomeUnknown)
    }

    /// The code, if it is one that this version of the protocol knows.
    ///
    /// ```
    /// use mazad_client::{Fault, FaultCode, v1};
    ///
    /// let full = v1::Fault { code: "store-full".to_owned(), ..v1::Fault::default() };
    /// assert_eq!(Fault::from(full).known(), Some(FaultCode::StoreFull));
    /// ```
    pub fn known(&self) -> Option<FaultCode> {
        let mut codes = FaultCode::ALL.iter();
        codes.find(|code| code.as_str() == self.code).copied()
    }

    pub(crate) fn with_status(self, status: u16) -> Self {
        Self {
            status: Some(status),
            ..self
        }
    }
}

impl From<v1::Fault> for Fault {
    fn from(fault: v1::Fault) -> Self {
        let retry = Duration::from_millis(fault.retry_ms.into());
        Self {
            status: None,
            code: fault.code,
            message: fault.message.unwrap_or_default(),
            id: fault.id,
            retry: (!retry.is_zero()).then_some(retry),
        }
    }
}

/// Status, code and the English sentence.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(status) = self.status {
            write!(f, "{status} ")?;
        }
        write!(f, "{}: {}", self.code, self.message.en)
    }
}
