//! R4: the secret base price, committed to before the sale and opened with the result.

use crate::domain::Money;

/// R4: the secret base price, committed to before the sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reserve {
    /// SHA-256 over the sale, the lot, the amount and the salt (`proof::commitment`).
    pub commitment: [u8; 32],
    /// What was committed to; `None` for readers without the engine's key.
    pub opening: Option<ReserveOpening>,
}

/// What a reserve's commitment was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReserveOpening {
    /// The base price, in minor units; no lot is sold below it.
    pub amount: Money,
    /// 32 random bytes, without which the amount could be guessed from the commitment.
    pub salt: [u8; 32],
}
