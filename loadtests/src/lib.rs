//! Simulator, load, recorded histories, and what the end-to-end tests share.

pub mod bidder;
pub mod decide;
pub mod desk;
pub mod figures;
pub mod history;
pub mod http;
pub mod kill;
pub mod line;
pub mod load;
pub mod output;
pub mod picture;
pub mod process;
pub mod room;
pub mod scene;
pub mod stage;
