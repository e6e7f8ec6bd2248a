//! How people reach the office: links, invitations that also admit to a sale, and the tools of this
//! machine. Who they are and what they may do is `mazad_office`'s.

mod invites;
mod link;
mod local;
mod person_line;

pub use invites::{InviteError, InviteReply, InviteRequest, invite};
pub use link::{link, qr_svg, qr_text};
pub use local::LocalAccess;
pub use person_line::{Expiring, PersonLine};
