//! The live socket: the handshake, and for each connection a task that owns its socket, its outbox
//! and everything it waits for.

mod close;
mod connection;
mod outbox;
mod upgrade;

#[cfg(test)]
pub(crate) use close::CloseReason;
pub(crate) use upgrade::upgrade;
