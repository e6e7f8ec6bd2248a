//! Who may do what: one table, asked in one place.
//!
//! | right | watcher | bidder | clerk | auctioneer | analyst | admin |
//! |---|---|---|---|---|---|---|
//! | read what is public | yes | yes | yes | yes | yes | yes |
//! | place a bid, reaffirm | | own sale | | | | |
//! | own limit, maxima and exposure (`mine`) | | own sale | | | | |
//! | look up the answers to one's own commands | | own sale | yes | yes | | yes |
//! | enter a bid of the hall | | | yes | | | yes |
//! | confirm a bid of the hall, void a bid | | | yes | yes | | yes |
//! | open, warn, ask, hammer, pass, withdraw, reoffer, reopen a lot | | | yes | yes | | yes |
//! | reorder lots | | | yes | | | yes |
//! | raise what may be bid for a lot at all | | | yes | | | yes |
//! | see what an act of one's own would lead to (`preview`) | | | yes | yes | | yes |
//! | open, pause, resume, end a sale | | | yes | yes | | yes |
//! | admit and bar paddles, set limits, mark presence, invite bidders, replace their links | | | yes | | | yes |
//! | name another base of a lot that is offered again | | | | | | yes |
//! | create a sale, change its terms, add lots (with their base) and clear them, publish it | | | | | | yes |
//! | see a sale that is a draft | | | yes | yes | yes | yes |
//! | every event | | | | | yes | yes |
//! | send a catalogue as a spreadsheet, see when the house was backed up | | | | | | yes |
//! | invite staff, list people, end others' sessions, disable accounts | | | | | | yes |
//! | log out, take a ticket for the socket, a link for another device of one's own | | yes | yes | yes | yes | yes |
//!
//! Nobody but a bidder places a bid from a device, an admin neither: a bid of the hall is entered as
//! one (R12a), and is confirmed by a second person where the terms ask for it. The auctioneer does
//! not enter bids of the hall: whoever hammers should not also be the one who writes down who bid.
//! Only an admin puts a sale together, since a lot comes with its base, and publishes it: an approval
//! by a second person has its place there. A preview needs the right to the act as well. Whoever takes
//! a link becomes its bidder: whoever held the paddle is out at that moment and sees it, and the office
//! keeps who gave the link. Another device of the same person comes in by a link of that person's own login,
//! and lasts no longer than that.

use mazad_engine::domain::SaleId;
use mazad_proto::v1;
use v1::command::Act;

use crate::{Caller, Role};

macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Something that a role may or may not do: one for each act of a command and one for each
        /// guarded route.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Right { $($(#[$doc])* $name,)* }

        impl Right {
            pub const ALL: &[Self] = &[$(Self::$name,)*];
        }
    };
}

rights! {
    /// Pages, catalogue, prices, results; following a sale on the socket.
    WatchPublic,
    /// Bid from an own device.
    PlaceBid,
    /// R12b: take the lead again after a void.
    Reaffirm,
    /// R12a: enter a bid of the hall.
    FloorBid,
    /// R12a: confirm a bid of the hall that waits.
    ConfirmFloorBid,
    /// R12b: strike out a bid.
    VoidBid,
    /// Open a lot by hand.
    OpenLot,
    /// Give fair warning, once and twice.
    WarnLot,
    /// Ask for another amount.
    SetAsk,
    /// Knock a lot down.
    HammerLot,
    /// Close a lot without a sale.
    PassLot,
    /// Take a lot out.
    WithdrawLot,
    /// Offer a lot that did not sell again.
    ReofferLot,
    /// R4: offer it again with another base.
    ReofferWithBase,
    /// Open a closed lot again.
    ReopenLot,
    /// Change the order of the lots to come.
    ReorderLots,
    /// R1: raise what may be bid for a lot at all.
    RaiseCeiling,
    OpenSale,
    PauseSale,
    /// Go on with a sale.
    ResumeSale,
    EndSale,
    /// Give somebody a paddle.
    AdmitPaddle,
    /// Take a paddle's right to bid.
    BarPaddle,
    /// R13: raise or lower a paddle's limit.
    SetLimit,
    /// R12a: the owner of a web paddle is in the hall, or has left it.
    MarkPresence,
    CreateSale,
    /// Add lots to the catalogue.
    AddLots,
    /// R14: amend the terms of a sale.
    AmendSale,
    /// R14: amend the terms of lots, and with them a base.
    AmendLots,
    /// Take all lots out of a draft.
    ClearLots,
    /// Make a draft public.
    PublishSale,
    /// Follow and read a sale that is a draft; for others it does not exist.
    WatchDraft,
    /// `POST /api/v1/preview`: what an act would lead to. It needs the right to the act as well.
    Preview,
    /// `GET /api/sales/{sale}/mine`: what only the bidder may know.
    ReadMine,
    /// `GET /api/sales/{sale}/answers/{id}`, and `Lookup`: of one's own commands.
    ReadAnswer,
    /// `GET /api/sales/{sale}/events`: every event, refusals too.
    ReadEvents,
    /// `GET /metrics`: counters, from which a rival could tell what somebody was refused, or that a
    /// maximum moved.
    ReadMetrics,
    /// `DELETE /api/session`: one's own.
    EndSession,
    /// `POST /api/tickets`, for the own sockets.
    TakeTicket,
    /// `POST /api/v1/device`: a link for another device of one's own.
    LinkDevice,
    /// `POST /api/invites` for a bidder, also in place of a link that was used or lost.
    InviteBidder,
    /// `POST /api/invites` for anybody else.
    InviteStaff,
    /// `GET /api/people`: everybody who is known, by pseudonym.
    ReadPeople,
    /// `POST /api/v1/import`: read a table, and import it. Each act of it needs its own right as well.
    Import,
    /// `GET /api/v1/backup`: where the last backup lies, and how old it is.
    ReadBackup,
    /// `POST /api/people/revoke` and `POST /api/people/disable`.
    EndOthers,
}

impl Right {
    /// The right that an act of a command needs. An act without a row here does not compile.
    pub const fn of(act: &Act) -> Self {
        match act {
            Act::PlaceBid(_) => Self::PlaceBid,
            Act::Reaffirm(_) => Self::Reaffirm,
            Act::FloorBid(_) => Self::FloorBid,
            Act::ConfirmFloorBid(_) => Self::ConfirmFloorBid,
            Act::VoidBid(_) => Self::VoidBid,
            Act::OpenLot(_) => Self::OpenLot,
            Act::WarnLot(_) => Self::WarnLot,
            Act::SetAsk(_) => Self::SetAsk,
            Act::HammerLot(_) => Self::HammerLot,
            Act::PassLot(_) => Self::PassLot,
            Act::WithdrawLot(_) => Self::WithdrawLot,
            Act::ReofferLot(offer) if offer.reserve != 0 => Self::ReofferWithBase,
            Act::ReofferLot(_) => Self::ReofferLot,
            Act::ReopenLot(_) => Self::ReopenLot,
            Act::ReorderLots(_) => Self::ReorderLots,
            Act::RaiseCeiling(_) => Self::RaiseCeiling,
            Act::OpenSale(_) => Self::OpenSale,
            Act::PauseSale(_) => Self::PauseSale,
            Act::ResumeSale(_) => Self::ResumeSale,
            Act::EndSale(_) => Self::EndSale,
            Act::AdmitPaddle(_) => Self::AdmitPaddle,
            Act::BarPaddle(_) => Self::BarPaddle,
            Act::SetLimit(_) => Self::SetLimit,
            Act::MarkPresence(_) => Self::MarkPresence,
            Act::CreateSale(_) => Self::CreateSale,
            Act::AddLots(_) => Self::AddLots,
            Act::AmendSale(_) => Self::AmendSale,
            Act::AmendLots(_) => Self::AmendLots,
            Act::ClearLots(_) => Self::ClearLots,
            Act::PublishSale(_) => Self::PublishSale,
        }
    }

    /// The right that inviting somebody needs.
    pub const fn to_invite(role: Role) -> Self {
        match role {
            Role::Bidder => Self::InviteBidder,
            Role::Watcher | Role::Clerk | Role::Auctioneer | Role::Analyst | Role::Admin => {
                Self::InviteStaff
            }
        }
    }

    /// Whether a bidder has it outside the own sale too.
    const fn is_of_no_sale(self) -> bool {
        matches!(
            self,
            Self::WatchPublic | Self::EndSession | Self::TakeTicket
        )
    }
}

const Y: bool = true;
const N: bool = false;

/// The table: watcher, bidder, clerk, auctioneer, analyst, admin.
#[rustfmt::skip]
const fn row(right: Right) -> [bool; 6] {
    match right {
        //                        watch bid clerk auctn analyst admin
        Right::WatchPublic     => [Y,   Y,  Y,    Y,    Y,      Y],
        Right::PlaceBid        => [N,   Y,  N,    N,    N,      N],
        Right::Reaffirm        => [N,   Y,  N,    N,    N,      N],
        Right::FloorBid        => [N,   N,  Y,    N,    N,      Y],
        Right::ConfirmFloorBid => [N,   N,  Y,    Y,    N,      Y],
        Right::VoidBid         => [N,   N,  Y,    Y,    N,      Y],
        Right::OpenLot         => [N,   N,  Y,    Y,    N,      Y],
        Right::WarnLot         => [N,   N,  Y,    Y,    N,      Y],
        Right::SetAsk          => [N,   N,  Y,    Y,    N,      Y],
        Right::HammerLot       => [N,   N,  Y,    Y,    N,      Y],
        Right::PassLot         => [N,   N,  Y,    Y,    N,      Y],
        Right::WithdrawLot     => [N,   N,  Y,    Y,    N,      Y],
        Right::ReofferLot      => [N,   N,  Y,    Y,    N,      Y],
        Right::ReofferWithBase => [N,   N,  N,    N,    N,      Y],
        Right::ReopenLot       => [N,   N,  Y,    Y,    N,      Y],
        Right::ReorderLots     => [N,   N,  Y,    N,    N,      Y],
        Right::RaiseCeiling    => [N,   N,  Y,    N,    N,      Y],
        Right::OpenSale        => [N,   N,  Y,    Y,    N,      Y],
        Right::PauseSale       => [N,   N,  Y,    Y,    N,      Y],
        Right::ResumeSale      => [N,   N,  Y,    Y,    N,      Y],
        Right::EndSale         => [N,   N,  Y,    Y,    N,      Y],
        Right::AdmitPaddle     => [N,   N,  Y,    N,    N,      Y],
        Right::BarPaddle       => [N,   N,  Y,    N,    N,      Y],
        Right::SetLimit        => [N,   N,  Y,    N,    N,      Y],
        Right::MarkPresence    => [N,   N,  Y,    N,    N,      Y],
        Right::CreateSale      => [N,   N,  N,    N,    N,      Y],
        Right::AddLots         => [N,   N,  N,    N,    N,      Y],
        Right::AmendLots       => [N,   N,  N,    N,    N,      Y],
        Right::AmendSale       => [N,   N,  N,    N,    N,      Y],
        Right::ClearLots       => [N,   N,  N,    N,    N,      Y],
        Right::PublishSale     => [N,   N,  N,    N,    N,      Y],
        Right::WatchDraft      => [N,   N,  Y,    Y,    Y,      Y],
        Right::Preview         => [N,   N,  Y,    Y,    N,      Y],
        Right::ReadMine        => [N,   Y,  N,    N,    N,      N],
        Right::ReadAnswer      => [N,   Y,  Y,    Y,    N,      Y],
        Right::ReadEvents      => [N,   N,  N,    N,    Y,      Y],
        Right::ReadMetrics     => [N,   N,  N,    N,    Y,      Y],
        Right::EndSession      => [N,   Y,  Y,    Y,    Y,      Y],
        Right::TakeTicket      => [N,   Y,  Y,    Y,    Y,      Y],
        Right::LinkDevice      => [N,   Y,  Y,    Y,    Y,      Y],
        Right::InviteBidder    => [N,   N,  Y,    N,    N,      Y],
        Right::InviteStaff     => [N,   N,  N,    N,    N,      Y],
        Right::ReadPeople      => [N,   N,  N,    N,    N,      Y],
        Right::Import          => [N,   N,  N,    N,    N,      Y],
        Right::ReadBackup      => [N,   N,  N,    N,    N,      Y],
        Right::EndOthers       => [N,   N,  N,    N,    N,      Y],
    }
}

/// Whether a role has a right at all. Callers ask [`allow`], which also looks at the sale.
pub const fn may(role: Role, right: Right) -> bool {
    let [watcher, bidder, clerk, auctioneer, analyst, admin] = row(right);
    match role {
        Role::Watcher => watcher,
        Role::Bidder => bidder,
        Role::Clerk => clerk,
        Role::Auctioneer => auctioneer,
        Role::Analyst => analyst,
        Role::Admin => admin,
    }
}

/// Why somebody may not: each asks the client for a different thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Nobody in particular asked: log in.
    #[error("a login is needed")]
    LoginNeeded,
    /// The role does not have the right.
    #[error("this role may not do that")]
    RightMissing,
    /// A bidder asked for something of a sale that is not the own one.
    #[error("this login is for another sale")]
    OtherSale,
}

/// The one gate: every command and every guarded route passes here, with the sale it is about.
///
/// # Errors
/// [`Denied`].
pub fn allow(caller: &Caller, right: Right, sale: Option<SaleId>) -> Result<(), Denied> {
    if !may(caller.role, right) {
        return Err(match caller.role {
            Role::Watcher => Denied::LoginNeeded,
            Role::Bidder | Role::Clerk | Role::Auctioneer | Role::Analyst | Role::Admin => {
                Denied::RightMissing
            }
        });
    }
    let is_confined = caller.role == Role::Bidder && !right.is_of_no_sale();
    if is_confined && (sale.is_none() || sale != caller.sale) {
        return Err(Denied::OtherSale);
    }
    Ok(())
}

#[cfg(test)]
#[path = "permissions_tests.rs"]
mod tests;
