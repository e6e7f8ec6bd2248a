//! How a lot ends, whatever its method.

use super::reserve::ReserveOpening;
use crate::domain::{BidEvent, LotOutcome};

/// How an open lot would end now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// Knocked down, or why not.
    pub outcome: LotOutcome,
    /// What happens to bids just before it.
    pub before: Vec<BidEvent>,
    /// R4: the base, for an outcome that opens it.
    pub reserve: Option<ReserveOpening>,
}
