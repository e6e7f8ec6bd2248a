//! The gateway as its clients see it: real sockets on port 0, a store in memory.

mod cut;
mod handshake;
mod http;
mod journey;
mod malformed;
mod resume;
mod support;
