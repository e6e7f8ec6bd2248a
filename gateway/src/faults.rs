//! What can go wrong outside the rules of a sale: a frame that cannot be read, a right that is
//! missing, a queue that is full. Nothing was decided. One table has every code with its HTTP
//! status and whether to try again; its sentence is among the texts of the pages.

use axum::http::StatusCode;
use mazad_engine::SubmitError;
use mazad_engine::store::StoreRefusal;
use mazad_proto::v1;

use crate::auth::{Denied, OfficeError};
use crate::messages;

macro_rules! faults {
    ($($variant:ident = $word:literal, $status:ident, $retry_ms:literal;)*) => {
        /// What went wrong. The words are stable; `docs/PROTOCOL.md` has the shape around them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FaultCode { $(#[doc = $word] $variant,)* }

        impl FaultCode {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The stable word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The status of an HTTP answer with this fault.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)* }
            }

            /// After how long the same request may do better; 0: repeating it does not help.
            pub const fn retry_ms(self) -> u32 {
                match self { $(Self::$variant => $retry_ms,)* }
            }
        }
    };
}

faults! {
    Malformed = "malformed", BAD_REQUEST, 0;
    NotCanonical = "not-canonical", BAD_REQUEST, 0;
    WrongEncoding = "wrong-encoding", UNSUPPORTED_MEDIA_TYPE, 0;
    TooLarge = "too-large", PAYLOAD_TOO_LARGE, 0;
    SubprotocolUnknown = "subprotocol-unknown", BAD_REQUEST, 0;
    UpgradeRequired = "upgrade-required", UPGRADE_REQUIRED, 0;
    OriginForeign = "origin-foreign", FORBIDDEN, 0;
    HelloOutOfOrder = "hello-out-of-order", CONFLICT, 0;
    TicketUnknown = "ticket-unknown", UNAUTHORIZED, 0;
    InviteUnknown = "invite-unknown", UNAUTHORIZED, 0;
    NotLoggedIn = "not-logged-in", UNAUTHORIZED, 0;
    NotPermitted = "not-permitted", FORBIDDEN, 0;
    SaleUnknown = "sale-unknown", NOT_FOUND, 0;
    LotUnknown = "lot-unknown", NOT_FOUND, 0;
    NotFound = "not-found", NOT_FOUND, 0;
    MethodNotAllowed = "method-not-allowed", METHOD_NOT_ALLOWED, 0;
    NotJoined = "not-joined", CONFLICT, 0;
    TooManySales = "too-many-sales", TOO_MANY_REQUESTS, 0;
    TooManyInFlight = "too-many-in-flight", TOO_MANY_REQUESTS, 200;
    RateLimited = "rate-limited", TOO_MANY_REQUESTS, 1_000;
    TooManyConnections = "too-many-connections", TOO_MANY_REQUESTS, 5_000;
    Busy = "busy", SERVICE_UNAVAILABLE, 500;
    CommandIdReused = "command-id-reused", CONFLICT, 0;
    OutcomeUnknown = "outcome-unknown", SERVICE_UNAVAILABLE, 1_000;
    SaleHalted = "sale-halted", SERVICE_UNAVAILABLE, 5_000;
    StoreFull = "store-full", SERVICE_UNAVAILABLE, 5_000;
    Stopping = "stopping", SERVICE_UNAVAILABLE, 3_000;
    Timeout = "timeout", REQUEST_TIMEOUT, 1_000;
    Internal = "internal", INTERNAL_SERVER_ERROR, 1_000;
}

/// A fault with the id of the command it is about, if one is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What went wrong.
    pub code: FaultCode,
    /// Id of the command, as its sender wrote it.
    pub id: String,
}

impl From<FaultCode> for Fault {
    fn from(code: FaultCode) -> Self {
        Self {
            code,
            id: String::new(),
        }
    }
}

impl FaultCode {
    /// The fault about one command.
    pub fn about(self, id: &str) -> Fault {
        Fault {
            code: self,
            id: id.to_owned(),
        }
    }
}

impl From<SubmitError> for FaultCode {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::UnknownSale => Self::SaleUnknown,
            SubmitError::QueueFull => Self::Busy,
            SubmitError::Reused => Self::CommandIdReused,
            SubmitError::Unknown => Self::OutcomeUnknown,
            SubmitError::StoreFull => Self::StoreFull,
            SubmitError::Halted => Self::SaleHalted,
        }
    }
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

impl From<&mazad_proto::FrameError> for FaultCode {
    fn from(error: &mazad_proto::FrameError) -> Self {
        match error {
            mazad_proto::FrameError::Malformed(_) => Self::Malformed,
            mazad_proto::FrameError::NotCanonical => Self::NotCanonical,
        }
    }
}

impl Fault {
    /// The fault as it is sent.
    pub fn to_wire(&self) -> v1::Fault {
        v1::Fault {
            code: self.code.as_str().to_owned(),
            message: Some(messages::fault(self.code)),
            id: self.id.clone(),
            retry_ms: self.code.retry_ms(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_fault_has_its_own_word() {
        let words: BTreeSet<_> = FaultCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(words.len(), FaultCode::ALL.len());
        for code in FaultCode::ALL {
            assert!(code.status().is_client_error() || code.status().is_server_error());
        }
    }
}
