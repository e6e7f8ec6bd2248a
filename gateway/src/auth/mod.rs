//! People: who they are, how they come in, what they may do.
//!
//! Staff and bidders come in by one-use links and hold opaque tokens; both are 256 random bits of
//! which only a digest is kept. Who is known is a fold of the `office` stream ([`Office`]); who may
//! do what is one table asked through one gate ([`allow`]).

mod decide;
mod desk;
mod error;
mod fact;
mod fold;
mod identity;
pub mod limits;
mod link;
mod local;
mod log;
mod office;
mod people;
mod permissions;
mod secret;
mod tickets;

pub use desk::{DeskError, InviteReply, InviteRequest, invite};
pub use error::OfficeError;
pub use identity::{Identity, Role};
pub use link::{link, qr_svg, qr_text};
pub use local::LocalAccess;
pub use office::{IssuedInvite, NewInvite, Office, Person, Session};
pub use permissions::{Denied, Right, allow, may};
pub use secret::Secret;

#[cfg(test)]
mod office_tests;
