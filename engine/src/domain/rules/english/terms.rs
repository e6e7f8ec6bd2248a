//! The terms of an English sale.

use crate::domain::rules::increment::{Increments, JumpGuard};
use crate::domain::rules::reserve::Reserve;
use crate::domain::{Money, TermsError};

/// Terms of an English sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnglishTerms {
    /// The least first bid, in minor units (R1).
    pub opening: Money,
    /// R1: the steps by which the price rises.
    pub increments: Increments,
    /// R1: the first bid is the opening plus one step.
    pub first_bid_above_opening: bool,
    /// R1: asks for confirmation of an improbable jump.
    pub jump_guard: JumpGuard,
    /// R4: the secret base price.
    pub reserve: Option<Reserve>,
}

impl EnglishTerms {
    /// Whether a lot can be sold by them.
    ///
    /// # Errors
    /// [`TermsError::Amount`].
    pub fn check(&self) -> Result<(), TermsError> {
        let in_range = |amount: Money| !amount.is_zero() && amount <= Money::MAX_BID;
        // R4: a base that is not known here could not be kept (R16).
        let is_kept = |reserve: Reserve| reserve.opening.is_some_and(|base| in_range(base.amount));
        if in_range(self.opening) && self.reserve.is_none_or(is_kept) {
            Ok(())
        } else {
            Err(TermsError::Amount)
        }
    }
}
