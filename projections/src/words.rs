//! The stable words under which read models and exports name the values of an enum.

use mazad_engine::domain::{
    Actor, AppliedEffect, BidOrigin, DecisionCause, ExtensionCause, LotOutcome, PauseCause,
    VoidCause,
};

use crate::live::{BoardPhase, LotPhase};

/// `draft`, `announced`, `open`, `paused`, `ended`.
pub const fn board_phase(phase: BoardPhase) -> &'static str {
    match phase {
        BoardPhase::Draft => "draft",
        BoardPhase::Announced => "announced",
        BoardPhase::Open => "open",
        BoardPhase::Paused => "paused",
        BoardPhase::Ended => "ended",
    }
}

/// The word for a phase: `upcoming`, `open`, `closed`.
pub const fn lot_phase(phase: LotPhase) -> &'static str {
    match phase {
        LotPhase::Upcoming => "upcoming",
        LotPhase::Open => "open",
        LotPhase::Closed => "closed",
    }
}

/// `knocked-down`, `no-bid`, `below-base`, `passed-by-clerk`, `withdrawn`, `lapsed`,
/// `for-decision`.
pub const fn outcome(outcome: LotOutcome) -> &'static str {
    match outcome {
        LotOutcome::KnockedDown { .. } => "knocked-down",
        LotOutcome::NoBid => "no-bid",
        LotOutcome::BelowBase => "below-base",
        LotOutcome::PassedByClerk => "passed-by-clerk",
        LotOutcome::Withdrawn => "withdrawn",
        LotOutcome::Lapsed => "lapsed",
        LotOutcome::ForDecision(_) => "for-decision",
    }
}

/// `leader-barred`, `winner-struck-out`, `price-differs`.
pub const fn decision(cause: DecisionCause) -> &'static str {
    match cause {
        DecisionCause::LeaderBarred => "leader-barred",
        DecisionCause::WinnerStruckOut => "winner-struck-out",
        DecisionCause::PriceDiffers => "price-differs",
    }
}

/// The word for an origin: `web`, `floor`.
pub const fn origin(origin: BidOrigin) -> &'static str {
    match origin {
        BidOrigin::Web => "web",
        BidOrigin::Floor => "floor",
    }
}

/// The word for a cause: `soft-close`, `outage`, `correction`.
pub const fn extension(cause: ExtensionCause) -> &'static str {
    match cause {
        ExtensionCause::SoftClose => "soft-close",
        ExtensionCause::Outage => "outage",
        ExtensionCause::Correction => "correction",
    }
}

/// The word for a cause: `staff`, `outage`, `clock`.
pub const fn pause(cause: PauseCause) -> &'static str {
    match cause {
        PauseCause::Staff => "staff",
        PauseCause::Outage => "outage",
        PauseCause::Clock { .. } => "clock",
    }
}

/// `typing-error`, `eligibility`, `proven-error`, `court-order`.
pub const fn void_cause(cause: VoidCause) -> &'static str {
    match cause {
        VoidCause::TypingError => "typing-error",
        VoidCause::Eligibility => "eligibility",
        VoidCause::ProvenError => "proven-error",
        VoidCause::CourtOrder => "court-order",
    }
}

/// `unchanged`, `lapsed`, `revived`, `repriced`, `for-decision`.
pub const fn effect(effect: AppliedEffect) -> &'static str {
    match effect {
        AppliedEffect::Unchanged => "unchanged",
        AppliedEffect::Lapsed => "lapsed",
        AppliedEffect::Revived => "revived",
        AppliedEffect::Repriced => "repriced",
        AppliedEffect::ForDecision => "for-decision",
    }
}

/// `engine`, `staff`, `bidder`: what somebody is, not who.
pub const fn actor(actor: Actor) -> &'static str {
    match actor {
        Actor::Engine => "engine",
        Actor::Staff(_) => "staff",
        Actor::Bidder(_) => "bidder",
    }
}
