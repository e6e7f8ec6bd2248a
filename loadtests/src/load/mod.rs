//! Load on the real thing: sockets, engine, and a log on a real disk, in a process of its own, so
//! that what the server costs can be told apart from what the load costs.

mod bids;
mod counting;
mod fanout;
mod server;

pub use bids::{BidLoad, run as bids};
pub use fanout::{FanoutLoad, run as fanout};
pub use server::stage;
