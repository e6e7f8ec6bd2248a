//! Load on the real thing: `mazad serve` with everything that it does, in a process of its own, so that
//! what the server costs can be told apart from what the load costs.

mod bids;
mod doors;
mod fanout;
mod server;

pub use bids::{BidLoad, run as bids};
pub use doors::{Arrivals, Crowd, arrivals, crowd};
pub use fanout::{FanoutLoad, run as fanout};
