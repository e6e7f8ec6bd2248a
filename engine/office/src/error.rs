//! Why the office did not do what it was asked, one variant for each different reaction.

use mazad_engine::store::{ReadError, StoreRefusal};
use mazad_proto::{FaultCode, Unreadable};

use crate::Denied;

/// Why the office did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// Who asks may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The link is wrong, used, expired or withdrawn. Which of them is told to nobody.
    #[error("this link is not valid")]
    InviteInvalid,
    /// The request cannot be: the field is named.
    #[error("{} is missing, too long or out of place", .0.path)]
    Malformed(Unreadable),
    /// No such account, invite or token.
    #[error("not known")]
    NotFound,
    /// The account was disabled: that is for ever.
    #[error("this account is disabled")]
    Disabled,
    /// One of the bounds of `limits.rs` is reached.
    #[error("too many {0}")]
    Full(&'static str),
    /// Other processes write the office faster than this one can: try again.
    #[error("the office is busy")]
    Busy,
    /// Whether it was done is not known: look before asking again.
    #[error("it is not known whether that was done")]
    Unsure,
    /// The store takes nothing now.
    #[error(transparent)]
    Refused(#[from] StoreRefusal),
    /// The store cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The office stream holds something that this program did not write: such an office is not
    /// opened.
    #[error("event {revision} of the office, a {kind}, cannot be read")]
    Damaged {
        kind: Box<str>,
        /// Its place in the stream.
        revision: u64,
    },
}

impl From<OfficeError> for FaultCode {
    fn from(error: OfficeError) -> Self {
        match error {
            OfficeError::Denied(why) => why.into(),
            OfficeError::InviteInvalid => Self::InviteUnknown,
            OfficeError::Malformed(_) => Self::Malformed,
            OfficeError::NotFound => Self::NotFound,
            OfficeError::Disabled => Self::NotPermitted,
            OfficeError::Full(_) | OfficeError::Busy => Self::Busy,
            OfficeError::Unsure => Self::OutcomeUnknown,
            OfficeError::Refused(StoreRefusal::DiskFull) => Self::StoreFull,
            OfficeError::Refused(StoreRefusal::Closed) => Self::Stopping,
            OfficeError::Refused(StoreRefusal::Size)
            | OfficeError::Read(_)
            | OfficeError::Damaged { .. } => {
                tracing::error!(%error, "the office failed");
                Self::Internal
            }
        }
    }
}

impl From<Denied> for FaultCode {
    fn from(why: Denied) -> Self {
        match why {
            Denied::LoginNeeded => Self::NotLoggedIn,
            Denied::RightMissing | Denied::OtherSale => Self::NotPermitted,
        }
    }
}
