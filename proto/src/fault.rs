//! What can go wrong outside the rules of a sale: a frame that cannot be read, a right that is
//! missing, a queue that is full. Nothing was decided. One table has every code with its HTTP
//! status and whether to try again; `docs/PROTOCOL.md` explains each.

use crate::FrameError;

macro_rules! faults {
    ($($variant:ident = $word:literal, $status:literal, $retry_ms:literal;)*) => {
        /// What went wrong. The words are stable; `docs/PROTOCOL.md` has the shape around them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FaultCode { $(#[doc = $word] $variant,)* }

        impl FaultCode {
            /// Every code, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word for it on the wire and in the pages, for ever the same.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The status of an HTTP answer with this fault.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            /// After how long the same request may do better; 0: repeating it does not help.
            pub const fn retry_ms(self) -> u32 {
                match self { $(Self::$variant => $retry_ms,)* }
            }
        }
    };
}

faults! {
    Malformed = "malformed", 400, 0;
    NotCanonical = "not-canonical", 400, 0;
    WrongEncoding = "wrong-encoding", 415, 0;
    TooLarge = "too-large", 413, 0;
    SubprotocolUnknown = "subprotocol-unknown", 400, 0;
    UpgradeRequired = "upgrade-required", 426, 0;
    OriginForeign = "origin-foreign", 403, 0;
    HelloOutOfOrder = "hello-out-of-order", 409, 0;
    TicketUnknown = "ticket-unknown", 401, 0;
    InviteUnknown = "invite-unknown", 401, 0;
    NotLoggedIn = "not-logged-in", 401, 0;
    NotPermitted = "not-permitted", 403, 0;
    SaleUnknown = "sale-unknown", 404, 0;
    LotUnknown = "lot-unknown", 404, 0;
    NotFound = "not-found", 404, 0;
    MethodNotAllowed = "method-not-allowed", 405, 0;
    NotJoined = "not-joined", 409, 0;
    TooManySales = "too-many-sales", 429, 0;
    TooManyInFlight = "too-many-in-flight", 429, 200;
    RateLimited = "rate-limited", 429, 1_000;
    TooManyConnections = "too-many-connections", 429, 5_000;
    Busy = "busy", 503, 500;
    CommandIdReused = "command-id-reused", 409, 0;
    OutcomeUnknown = "outcome-unknown", 503, 1_000;
    SaleHalted = "sale-halted", 503, 5_000;
    StoreFull = "store-full", 503, 5_000;
    StoreAway = "store-away", 503, 1_000;
    NotOwner = "not-owner", 503, 1_000;
    Stopping = "stopping", 503, 3_000;
    Timeout = "timeout", 408, 1_000;
    Internal = "internal", 500, 1_000;
}

impl From<&FrameError> for FaultCode {
    fn from(error: &FrameError) -> Self {
        match error {
            FrameError::Malformed(_) => Self::Malformed,
            FrameError::NotCanonical(_) => Self::NotCanonical,
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
            assert!((400..600).contains(&code.status()));
        }
    }
}
