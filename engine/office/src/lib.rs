//! People: who they are, how they come in, what they may do.
//!
//! Staff and bidders come in by one-use links and hold opaque tokens; both are 256 random bits of
//! which only a digest is kept. Who is known is a fold of the `office` stream ([`Office`]); who may
//! do what is one table asked through one gate ([`allow`]).
//!
//! The same skeleton as a sale: a request is decided on the fold, the facts that follow are appended
//! at exactly the revision that was decided on, and only then folded and heard.

mod caller;
mod decide;
mod error;
mod fact;
mod fold;
pub mod limits;
mod log;
mod login;
mod office;
mod people;
mod permissions;
mod secret;
mod tickets;

pub use caller::{Caller, Role};
pub use decide::{IssuedInvite, Logins, NewInvite};
pub use error::OfficeError;
pub use login::{DeviceLink, Life, Login, LoginEnd};
pub use office::Office;
pub use people::Person;
pub use permissions::{Denied, Right, allow, may};
pub use secret::Secret;

#[cfg(test)]
mod office_tests;
