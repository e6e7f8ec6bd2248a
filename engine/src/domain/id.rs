//! Names of things. Inside a sale lots and paddles are small numbers; uuids stay at the edge.

use std::fmt;

use uuid::Uuid;

/// A sale, and with it a stream and a writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SaleId(pub Uuid);

/// A person or firm that may bid: a pseudonym, the name is kept elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub Uuid);

/// A clerk, auctioneer or other member of staff, by pseudonym.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StaffId(pub Uuid);

/// The name that a client gives to one intent. It answers for ever with the same answer (R0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommandId(pub Uuid);

/// The number of a lot in the catalogue of its sale, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LotNo(pub u32);

/// The number under which somebody bids in one sale, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Paddle(pub u32);

/// The number of an accepted bid within its lot, from 1, over all attempts to sell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BidNo(pub u32);

macro_rules! displays_its_number {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}
displays_its_number!(SaleId, AccountId, StaffId, CommandId, LotNo, Paddle, BidNo);
