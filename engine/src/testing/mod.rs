//! The test kit: what tests of the engine, and of whoever builds on it, need again and again.
//!
//! - [`ScriptedStore`]: a store that fails, forgets, waits, fills up or panics when the test says so.
//! - [`TestEngine`]: an engine over it, by a clock that stands still.
//! - [`TestSale`]: one sale without store or clock, for what is decided and what follows from it.
//! - [`lot_terms`], [`sale_terms`] and their parts: terms of which a test changes what it is about.
//!
//! Behind the feature `testing`, so that none of it is in the program. A test asks for it with
//! `mazad-engine = { workspace = true, features = ["testing"] }` under `[dev-dependencies]`.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod scripted_store;
mod terms;
mod test_engine;
mod test_sale;

pub use self::scripted_store::{Scripted, ScriptedStore};
pub use self::terms::{
    add_lot, english_lot, english_terms, increments, lot_terms, money, reserve, sale_terms,
    soft_close, timed,
};
pub use self::test_engine::TestEngine;
pub use self::test_sale::{Judged, NOON, TestSale, account, bidder, officer};
