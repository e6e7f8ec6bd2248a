//! Simulator, load, recorded histories, and what the end-to-end tests share.

pub mod history;
pub mod output;
pub mod room;
pub mod scene;
