//! Listeners, sessions, fan-out and pages of Mazad.
//!
//! A frame's life: `upgrade` lets the socket in, `session` reads, decodes and asks who may do what,
//! the engine makes it a command of the domain, decides and makes durable, `hub` follows
//! the stream and publishes, `outbox` writes. `http` has the same for requests, `serve` owns it all.

mod answer;
pub mod auth;
mod crowd;
mod faults;
mod files;
mod gateway;
mod http;
mod hub;
pub mod limits;
mod metrics;
mod origin;
mod outbox;
mod pages;
mod patience;
#[cfg(test)]
mod protocol_tests;
mod read_model;
mod resume;
mod serve;
mod server;
mod session;
mod tls;
mod upgrade;
pub mod web;
mod wire;

pub use faults::Fault;
pub use files::TooFewFiles;
pub use gateway::Gateway;
pub use hub::{Hub, HubState, Hubs, LotGlance, Progress, Published};
pub use limits::Limits;
pub use read_model::ReadModel;
pub use serve::{Parts, ServeConfig, ServeError, listen, serve};
pub use server::{Server, ServerError, ServerOptions};
pub use tls::{Tls, TlsError};
pub use web::Pages;
pub use wire::{Frame, SharedFrame};
