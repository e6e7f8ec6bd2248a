//! One file for each kind of page.

mod home;
mod lamp;
mod lot;
mod not_found;
mod parts;
mod results;
mod room;
mod sale;
mod scripts;

pub(super) use home::home;
pub(super) use lot::lot;
pub(super) use room::{analyst, bidder, clerk, enter, hall};
pub(super) use sale::sale;

pub(super) use not_found::not_found;

#[cfg(test)]
pub(super) use scripts::{PUBLIC, SCRIPTS};
