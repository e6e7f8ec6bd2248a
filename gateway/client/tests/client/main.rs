//! The client against servers that say exactly what a test wants said.
#![cfg(test)]

mod http;
mod joined;
mod support;
