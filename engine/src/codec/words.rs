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

/// A cause of a pause, and how far the machine's clock is off if that is one.
pub(super) fn pause_cause(cause: PauseCause) -> (i32, i64) {
    match cause {
        PauseCause::Staff => (v1::PauseCause::Staff.into(), 0),
        PauseCause::Outage => (v1::PauseCause::Outage.into(), 0),
        PauseCause::Clock { offset } => (v1::PauseCause::Clock.into(), offset),
    }
}

pub(super) fn read_pause_cause(number: i32, offset: i64) -> Result<PauseCause, DecodeError> {
    match v1::PauseCause::try_from(number) {
        Ok(v1::PauseCause::Staff) => Ok(PauseCause::Staff),
        Ok(v1::PauseCause::Outage) => Ok(PauseCause::Outage),
        Ok(v1::PauseCause::Clock) => Ok(PauseCause::Clock { offset }),
        Ok(v1::PauseCause::Unspecified) | Err(_) => Err(DecodeError::Malformed("PauseCause")),
    }
}

stored_words! {
    VoidEffect, VoidEffect, void_effect, read_void_effect { Strict, Booklet }
    Mode, IncrementMode, mode, read_mode { Additive, Grid, Clerk }
    ExtensionCause, ExtensionCause, extension_cause, read_extension_cause { SoftClose, Outage, Correction }
    BidOrigin, BidOrigin, bid_origin, read_bid_origin { Web, Floor }
    BidKind, BidKind, bid_kind, read_bid_kind { Flat, Maximum }
    VoidCause, VoidCause, void_cause, read_void_cause { TypingError, Eligibility, ProvenError, CourtOrder }
    AppliedEffect, AppliedEffect, applied_effect, read_applied_effect { Unchanged, Lapsed, Revived, Repriced, ForDecision }
    DecisionCause, DecisionCause, decision_cause, read_decision_cause { LeaderBarred, WinnerStruckOut, PriceDiffers }
}
