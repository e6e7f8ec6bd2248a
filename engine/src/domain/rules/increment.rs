//! R1: from a price to the least next amount.

use crate::domain::{English, Increments, Mode, Money};

/// The least amount that is taken after a price: price plus step, or the next point of the grid.
/// Overflow cannot happen for prices up to [`Money::MAX_BID`]; past the range it is held there.
pub fn ask_after(increments: &Increments, price: Money) -> Money {
    let step = increments.step(price);
    match increments.mode {
        Mode::Additive | Mode::Clerk => price.saturating_add(step),
        Mode::Grid => price
            .next_multiple(step)
            .unwrap_or_else(|| price.saturating_add(step)),
    }
}

/// R1: the least first bid: the opening, or the opening plus a step.
pub fn first_ask(terms: &English) -> Money {
    if terms.first_bid_above_opening {
        ask_after(&terms.increments, terms.opening)
    } else {
        terms.opening
    }
}

/// R1: whether an amount is an improbable jump above the ask.
pub fn is_jump(
    increments: &Increments,
    guard: crate::domain::JumpGuard,
    ask: Money,
    amount: Money,
) -> bool {
    let by_times = guard.times > 0 && amount > ask.saturating_times(guard.times);
    let reach = ask.saturating_add(increments.step(ask).saturating_times(guard.steps));
    let by_steps = guard.steps > 0 && amount > reach;
    by_times || by_steps
}
