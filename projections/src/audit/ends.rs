//! R3, R12a: how an attempt to sell a lot begins and ends, and how another begins, by public facts.

use mazad_engine::domain::{Actor, LotOutcome, Money, Running};
use mazad_engine::limits::WARNINGS_MAX;

use super::public_facts::Wrong;
use crate::live::{BoardPhase, LotLive, LotPhase};

/// A lot opens in a sale that runs, once in each attempt.
pub(super) fn check_opening(sale: BoardPhase, lot: &LotLive, attempt: u32, wrong: &mut Wrong) {
    let is_next = lot.phase == LotPhase::Upcoming && lot.attempt == attempt;
    wrong.must(sale == BoardPhase::Open && is_next, "it opens out of turn");
}

/// R3, by hand: once and twice. The engine takes warnings back after a silence (R12a).
pub(super) fn check_warning(lot: &LotLive, warning: u32, actor: Actor, wrong: &mut Wrong) {
    let by_hand = lot.phase == LotPhase::Open && lot.terms.running == Running::Clerked;
    wrong.must(by_hand, "it is warned of and does not run by hand");
    let is_next = match actor {
        Actor::Engine => warning == 0 && lot.warnings > 0,
        Actor::Bidder(_) | Actor::Staff(_) => {
            warning == lot.warnings.saturating_add(1) && warning <= WARNINGS_MAX
        }
    };
    wrong.must(is_next, "a warning was left out, or is one too many");
}

/// R4: a lot that was knocked down is not withdrawn.
pub(super) fn check_withdrawal(sale: BoardPhase, lot: &LotLive, wrong: &mut Wrong) {
    wrong.must(sale != BoardPhase::Draft, "it is withdrawn from a draft");
    let is_gone = match lot.outcome {
        Some(LotOutcome::KnockedDown { .. } | LotOutcome::Withdrawn) => true,
        Some(
            LotOutcome::NoBid
            | LotOutcome::BelowBase
            | LotOutcome::PassedByClerk
            | LotOutcome::Lapsed
            | LotOutcome::ForDecision(_),
        )
        | None => false,
    };
    wrong.must(!is_gone, "it is withdrawn after it has gone");
}

/// R4: attempts are counted, and a lot that was knocked down has no other.
pub(super) fn check_new_attempt(
    lot: &LotLive,
    (attempt, ceiling): (u32, Money),
    wrong: &mut Wrong,
) {
    let failed = lot.phase == LotPhase::Closed && lot.buyer.is_none();
    wrong.must(failed, "it is offered again and has not failed");
    let is_next = attempt == lot.attempt.saturating_add(1);
    wrong.must(is_next, "an attempt to sell it is not counted");
    wrong.must(ceiling >= lot.terms.ceiling, "its ceiling falls");
}

/// R12a: only what a clerk has ended is opened again.
pub(super) fn check_reopening(lot: &LotLive, wrong: &mut Wrong) {
    let ended = match lot.outcome {
        Some(LotOutcome::Withdrawn) | None => false,
        Some(
            LotOutcome::KnockedDown { .. }
            | LotOutcome::NoBid
            | LotOutcome::BelowBase
            | LotOutcome::PassedByClerk
            | LotOutcome::Lapsed
            | LotOutcome::ForDecision(_),
        ) => lot.terms.running == Running::Clerked,
    };
    wrong.must(ended, "it is opened again and no clerk had ended it");
}
