//! A sale from outside: everything that a bidding program, a clerk's script or a screen of one's own
//! needs to talk to a Mazad server.
//!
//! # A page about it
//!
//! There are three layers, and most programs use the outer two:
//!
//! | type | is | knows |
//! |---|---|---|
//! | [`Client`] | somebody who asks over HTTP | logging in by link or token, sales, lots, results, invites, single commands |
//! | [`JoinedSale`] | a sale that is followed | a picture that moves, commands until they are answered, coming back |
//! | [`Connection`] | one socket to its end | frames |
//! | [`SalePicture`] | what is known of a sale | order, gaps, repeats and epochs; price, leader, ask, end, own standing |
//!
//! A bidder gets a link from the office of the sale. [`Client::enter`] takes it, once, and is that
//! bidder from then on; the [token](Client::token) can be kept for the next start
//! ([`Client::with_token`]). [`Client::join`] follows the sale, and [`JoinedSale::next`] tells one thing
//! after the other: the picture has moved, a command is answered, the connection was cut and is being
//! made anew.
//!
//! ```no_run
//! use mazad_client::{Client, Encoding, News, flat_bid};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let bidder = Client::enter("http://127.0.0.1:8080/enter#SECRET").await?;
//! let sale = bidder.who_am_i().await?.sale.ok_or("no link of a bidder")?;
//! let mut sale = bidder.join(&sale, Encoding::Proto);
//! loop {
//!     if let News::Moved { .. } = sale.next().await? {
//!         let Some(ask) = sale.picture().lot(7).and_then(|lot| lot.ask()) else { continue };
//!         println!("lot 7 is to be had for {ask}");
//!     }
//! }
//! # }
//! ```
//!
//! `examples/bidder.rs` is a whole bidding program. `docs/PROTOCOL.md` is what is spoken underneath, and
//! `docs/RULES.md` says why a bid is refused.
//!
//! # What it keeps for you
//!
//! - **A command has one id for ever.** After a cut, a fault that asks to come back, or silence, the same
//!   command is sent again, or asked about ([`OnDoubt`]); the server gives the same answer. Never make a
//!   new command for the same intent.
//! - **An answer is durable.** What was accepted or refused stays so; [`Answered::bytes`] is a
//!   receipt, though not a signed one.
//! - **The picture never goes back.** It refuses what contradicts itself ([`OrderError`]) and joins again
//!   after a gap. While [`JoinedSale::is_live`] is false it may be old.
//! - **Manners.** Pauses after a cut are those of the protocol, at random and growing; every queue and
//!   wait has a bound with its reason in [`limits`].
//!
//! # Units
//!
//! Money is in minor units of the sale's currency, as `i64`. Times are microseconds since 1970 UTC by
//! the engine's clock, as `u64`; [`SalePicture::now`] is that clock from here. Ids of sales and commands
//! are uuids in lower-case text. Lots and paddles are numbers from 1.
//!
//! # Errors
//!
//! [`ClientError`] has one variant for each thing that a program does about it. A refusal by a rule of
//! the sale is no error: it is an answer with a code, a rule and a sentence in Arabic and English.

#![warn(missing_docs)]

mod address;
mod backoff;
mod client;
mod clock;
mod close;
mod commands;
mod connection;
mod error;
mod http;
mod joined;
pub mod limits;
mod lot;
mod news;
mod numbers;
mod people;
mod picture;
mod sales;
mod waiting;

pub use address::{InviteLink, ServerAddress};
pub use client::Client;
pub use close::{AfterClose, CloseCode, Login};
pub use commands::{Answered, CommandReply, bid, command, flat_bid};
pub use connection::{Connection, Frame};
pub use error::{ClientError, Fault};
pub use http::HttpReply;
pub use joined::JoinedSale;
pub use lot::{LotPicture, OwnStanding};
pub use news::News;
pub use people::{DeviceLink, Invite, NewInvite, WhoAmI};
pub use picture::{OrderError, SalePicture, UpdateOutcome};
pub use sales::{BookLot, LotBook, LotResult, SaleBook, SaleLine, SaleResults, Sum, Totals};
pub use waiting::{CommandCounts, NotDecided, OnDoubt};

// What the messages within are made of.
pub use mazad_proto::v1::client_frame::Body as Said;
pub use mazad_proto::v1::command::Act;
pub use mazad_proto::v1::server_frame::Body;
pub use mazad_proto::{Encoding, FaultCode, v1};
