//! One file for each method of sale, and the parts that methods share.

pub mod closing;
pub mod english;
pub mod increment;
pub mod proxy;
pub mod voiding;
