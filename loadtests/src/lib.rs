//! Simulator, load, recorded histories, and what the end-to-end tests share.

pub mod decide;
pub mod figures;
pub mod history;
pub mod http;
pub mod line;
pub mod output;
pub mod picture;
pub mod room;
pub mod scene;
