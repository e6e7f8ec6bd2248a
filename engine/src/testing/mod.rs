//! The test kit: what tests of the engine, and of whoever builds on it, need again and again.
//!
//! Behind the feature `testing`, so that none of it is in the program. A test asks for it with
//! `mazad-engine = { workspace = true, features = ["testing"] }` under `[dev-dependencies]`.

mod scripted_store;

pub use self::scripted_store::{Scripted, ScriptedStore};
