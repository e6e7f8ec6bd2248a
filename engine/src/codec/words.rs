//! Enums of the domain and their stored numbers.

use mazad_proto::v1;

use super::error::DecodeError;
use crate::domain::{
    AppliedEffect, BidKind, BidOrigin, DecisionCause, ExtensionCause, Mode, PauseCause, VoidCause,
    VoidEffect,
};

macro_rules! stored_words {
    ($($domain:ident, $wire:ident, $write:ident, $read:ident { $($variant:ident),* })*) => {$(
        pub(super) fn $write(value: $domain) -> i32 {
            let wire = match value { $($domain::$variant => v1::$wire::$variant,)* };
            wire.into()
        }

        pub(super) fn $read(number: i32) -> Result<$domain, DecodeError> {
            match v1::$wire::try_from(number) {
                $(Ok(v1::$wire::$variant) => Ok($domain::$variant),)*
                Ok(v1::$wire::Unspecified) | Err(_) => {
                    Err(DecodeError::Malformed(stringify!($domain)))
                }
            }
        }
    )*};
}

stored_words! {
    VoidEffect, VoidEffect, void_effect, read_void_effect { Strict, Booklet }
    Mode, IncrementMode, mode, read_mode { Additive, Grid, Clerk }
    PauseCause, PauseCause, pause_cause, read_pause_cause { Staff, Outage }
    ExtensionCause, ExtensionCause, extension_cause, read_extension_cause { SoftClose, Outage, Correction }
    BidOrigin, BidOrigin, bid_origin, read_bid_origin { Web, Floor }
    BidKind, BidKind, bid_kind, read_bid_kind { Flat, Maximum }
    VoidCause, VoidCause, void_cause, read_void_cause { TypingError, Eligibility, ProvenError, CourtOrder }
    AppliedEffect, AppliedEffect, applied_effect, read_applied_effect { Unchanged, Lapsed, Revived, Repriced, ForDecision }
    DecisionCause, DecisionCause, decision_cause, read_decision_cause { LeaderBarred, WinnerStruckOut, PriceDiffers }
}
