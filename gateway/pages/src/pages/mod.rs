//! One file for each kind of page.

mod admin;
mod amendments;
mod device;
mod fault;
mod home;
mod lamp;
mod lot;
mod parts;
mod results;
mod room;
mod sale;

pub(super) use admin::admin;
pub(super) use device::device;
pub(super) use home::home;
pub(super) use lot::lot;
pub(super) use room::{analyst, bidder, clerk, enter, hall};
pub(super) use sale::sale;

pub(super) use fault::fault;
