//! The server of Mazad: listeners, connections, fan-out, HTTP and pages.
//!
//! A frame's life: `listener` takes the connection in, `socket` reads, decodes and writes, `commands`
//! asks who may do what and has it decided, `hub` follows the stream and publishes. `http` has the
//! same for requests, and `Server` owns it all.

mod answer;
pub mod auth;
mod backup_note;
mod commands;
mod connection_limits;
mod faults;
mod frame;
mod gateway;
mod http;
mod hub;
mod imports;
pub mod limits;
mod listener;
mod metrics;
#[cfg(test)]
mod protocol_tests;
mod public_data;
mod read_model;
mod server;
mod socket;
mod turns;
pub mod web;

pub use backup_note::BackupNote;
pub use faults::Fault;
pub use frame::{Frame, SharedFrame};
pub use gateway::{Backend, BackendError, Gateway};
pub use hub::{Hub, HubState, Hubs, LotGlance, Progress, Published};
pub use limits::Limits;
pub use listener::{ServeError, Tls, TlsError, TooFewFiles};
pub use read_model::ReadModel;
pub use server::{BoundServer, CertificateRenewal, Server, ServerOptions};
pub use web::Pages;
