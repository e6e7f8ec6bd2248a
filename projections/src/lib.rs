//! Fold recorded events into read models and exports.
//!
//! Everything here is a fold of the log: it can be thrown away and rebuilt to the same bytes, and
//! each answer tells the revision that it reflects.

pub mod live;
