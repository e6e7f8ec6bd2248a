//! Decide, make durable, recover, prove.
//!
//! [`domain`] has the rules, pure; [`store`] keeps events; [`codec`] turns the one into the other;
//! [`writer`] is the one writer of a sale; [`Engine`] runs a writer for each sale.

pub mod domain;
pub mod limits;
pub mod store;
