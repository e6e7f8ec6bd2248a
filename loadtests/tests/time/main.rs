//! R0, R3.7: the real `mazad` while its process is stopped, its machine's clock is set, its disk stalls.
//!
//! Needs `kill`, libfaketime and strace, which `.ci/run` installs: without them it says so, and fails only
//! if `MAZAD_REQUIRE_TOOLS=1`. How long something lasts is what is tested; what is asserted is the order
//! and the times of the events in the log.
#![cfg(test)]

mod clocks;
mod house;
mod requests;
mod stalls;
mod starts;
mod stops;
mod tools;
