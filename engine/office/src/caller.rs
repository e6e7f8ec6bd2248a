//! Who somebody is: a role and a pseudonym, for a bidder also a sale and a paddle.

use std::fmt;

use mazad_engine::domain::{AccountId, Actor, Paddle, SaleId, StaffId};
use mazad_proto::{Expected, v1};
use uuid::Uuid;

/// What somebody is here for. `permissions.rs` says what each may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Anybody, without a login.
    Watcher,
    /// Bids in one sale, under one paddle.
    Bidder,
    /// Runs lots at the desk.
    Clerk,
    /// Runs lots at the rostrum.
    Auctioneer,
    /// Reads everything, changes nothing.
    Analyst,
    /// Makes sales and invites people.
    Admin,
}

impl Role {
    pub const ALL: [Self; 6] = [
        Self::Watcher,
        Self::Bidder,
        Self::Clerk,
        Self::Auctioneer,
        Self::Analyst,
        Self::Admin,
    ];

    /// The name, as the command line and the links spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Watcher => "watcher",
            Self::Bidder => "bidder",
            Self::Clerk => "clerk",
            Self::Auctioneer => "auctioneer",
            Self::Analyst => "analyst",
            Self::Admin => "admin",
        }
    }

    /// The names of those who can be invited: everybody but watchers, who need no invite.
    pub fn expected() -> Expected {
        let invited = Self::ALL.into_iter().filter(|role| *role != Self::Watcher);
        Expected::OneWord(invited.map(|role| role.name().to_owned()).collect())
    }

    /// The role with a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// As the schema writes it.
    pub const fn to_proto(self) -> v1::Role {
        match self {
            Self::Watcher => v1::Role::Watcher,
            Self::Bidder => v1::Role::Bidder,
            Self::Clerk => v1::Role::Clerk,
            Self::Auctioneer => v1::Role::Auctioneer,
            Self::Analyst => v1::Role::Analyst,
            Self::Admin => v1::Role::Admin,
        }
    }

    /// From the schema; `None` for the value that means nothing.
    pub const fn from_proto(role: v1::Role) -> Option<Self> {
        match role {
            v1::Role::Unspecified => None,
            v1::Role::Watcher => Some(Self::Watcher),
            v1::Role::Bidder => Some(Self::Bidder),
            v1::Role::Clerk => Some(Self::Clerk),
            v1::Role::Auctioneer => Some(Self::Auctioneer),
            v1::Role::Analyst => Some(Self::Analyst),
            v1::Role::Admin => Some(Self::Admin),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Who asks, as the office knows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// Public id of the token that said so; `None` for a watcher.
    pub token: Option<Uuid>,
    /// The pseudonym; nil for a watcher.
    pub account: Uuid,
    pub role: Role,
    /// For a bidder: the one sale.
    pub sale: Option<SaleId>,
    /// For a bidder: the paddle in that sale.
    pub paddle: Option<Paddle>,
}

impl Caller {
    /// Nobody in particular: may look at what is public.
    pub const fn watcher() -> Self {
        Self {
            token: None,
            account: Uuid::nil(),
            role: Role::Watcher,
            sale: None,
            paddle: None,
        }
    }

    /// Whoever runs commands in the server's own folder. Not an account: it cannot be disabled, since
    /// that person can read and write the files anyway.
    pub const fn operator(token: Option<Uuid>) -> Self {
        // The uuid of version 8 is a constant, so that the log tells the operator's acts apart.
        let account = Uuid::from_u128(0x6d61_7a61_6400_8000_8000_6f70_6572_6174);
        Self {
            token,
            account,
            role: Role::Admin,
            sale: None,
            paddle: None,
        }
    }

    /// As whom a command of this person is decided; `None` for those who may send none.
    pub const fn actor(&self) -> Option<Actor> {
        match self.role {
            Role::Watcher => None,
            Role::Bidder => Some(Actor::Bidder(AccountId(self.account))),
            Role::Clerk | Role::Auctioneer | Role::Analyst | Role::Admin => {
                Some(Actor::Staff(StaffId(self.account)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_survives_its_spellings() {
        for role in Role::ALL {
            assert_eq!(Role::of_name(role.name()), Some(role));
            assert_eq!(Role::from_proto(role.to_proto()), Some(role));
        }
        assert_eq!(Role::of_name("Clerk"), None);
        assert_eq!(Role::from_proto(v1::Role::Unspecified), None);
    }
}
