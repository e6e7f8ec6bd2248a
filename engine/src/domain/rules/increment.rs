//! R1: increment tables, and from a price to the least next amount.

use crate::domain::{Money, TermsError};
use crate::limits::BANDS_MAX;

/// R1: an increment table and how it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Increments {
    /// How the next ask follows from the price.
    pub mode: Mode,
    bands: Vec<Band>,
}

/// R1: one row of an increment table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    /// The row holds from this price on.
    pub from: Money,
    /// By how much the price rises from there, in minor units; above 0.
    pub step: Money,
}

/// R1: how the next ask follows from the price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The price plus the step of its band.
    Additive,
    /// The smallest multiple of the step above the price.
    Grid,
    /// What the clerk says, at least price plus step.
    Clerk,
}

/// R1: a bid above ask x `times`, or above ask + `steps` steps, must be confirmed. 0: that test is
/// off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JumpGuard {
    /// How many times the ask is still plausible; 0: off.
    pub times: u32,
    /// Steps above the ask.
    pub steps: u32,
}

impl Increments {
    /// A checked table: bands begin at 0, rise strictly, steps are above 0 (R1).
    ///
    /// # Errors
    /// [`TermsError::Bands`].
    pub fn new(mode: Mode, bands: Vec<Band>) -> Result<Self, TermsError> {
        let starts_at_zero = bands.first().is_some_and(|band| band.from.is_zero());
        let rises = bands.is_sorted_by(|a, b| a.from < b.from);
        let steps = bands.iter().all(|band| !band.step.is_zero());
        if starts_at_zero && rises && steps && bands.len() <= BANDS_MAX {
            Ok(Self { mode, bands })
        } else {
            Err(TermsError::Bands)
        }
    }

    /// The rows of the table: the first begins at 0, each later one higher.
    pub fn bands(&self) -> &[Band] {
        &self.bands
    }

    /// The step at a price: that of the last band that begins at or below it (R1).
    pub fn step(&self, price: Money) -> Money {
        let after = self.bands.partition_point(|band| band.from <= price);
        let band = after.checked_sub(1).and_then(|last| self.bands.get(last));
        band.map_or(Money::ZERO, |band| band.step)
    }
}

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

/// R1: whether a price that is named is an improbable jump above the ask.
pub fn is_jump(increments: &Increments, guard: JumpGuard, ask: Money, amount: Money) -> bool {
    let by_times = guard.times > 0 && amount > ask.saturating_times(guard.times);
    by_times || rises_above(increments, guard.steps, ask, amount)
}

/// R1: whether a maximum is improbable: only far above what the lot is worth. An honest maximum is
/// many steps above the ask.
pub fn is_improbable_maximum(
    guard: JumpGuard,
    ask: Money,
    estimate_high: Option<Money>,
    amount: Money,
) -> bool {
    let worth = estimate_high.map_or(ask, |high| high.max(ask));
    guard.times > 0 && amount > worth.saturating_times(guard.times)
}

/// Whether an amount is more than so many steps above the ask; 0 steps: never.
pub fn rises_above(increments: &Increments, steps: u32, ask: Money, amount: Money) -> bool {
    let reach = ask.saturating_add(increments.step(ask).saturating_times(steps));
    steps > 0 && amount > reach
}
