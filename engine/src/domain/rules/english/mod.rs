//! The English sale: ascending open bids with increments (R1), proxy maxima (R2), floor bids
//! (R12a), strikes (R12b) and a secret base (R4).

pub(super) mod acts;
mod bid;
mod evolve;
pub(super) mod floor;
mod proxy;
mod reckoning;
mod state;
mod terms;
pub(super) mod void;

pub use proxy::{Incoming, Lead, place};
pub use state::{Confirmation, English, HeldFloorBid, LeadOffer, MaximumMove};
pub use terms::EnglishTerms;
