//! The rules of the room. Each method of sale is a folder with its terms, its state, its decisions
//! and its fold; everybody else asks [`method::Method`] (state) or `decisions` (what follows from an
//! act). The parts that methods share stand beside: increments, the sealed base, soft close.

pub mod closing;
pub(super) mod decisions;
pub mod english;
pub mod increment;
pub(super) mod limit;
pub mod method;
pub mod method_terms;
pub mod outcome;
pub mod reserve;
