//! The rules of a sale, pure: no I/O, clock, randomness, async, logging, floats or hash maps.
//!
//! [`decide`](decide::decide) is the only place that says yes or no, [`Sale::apply`] the only one
//! that changes state. A method of sale is a file in [`rules`]; the parts that methods share
//! (increments, proxy maxima, closing) stand beside it. Rule numbers (`R2`) are those of
//! `docs/RULES.md`.

#![warn(
    clippy::float_arithmetic,
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm
)]

mod answer;
mod command;
pub mod decide;
mod event;
mod evolve;
mod id;
mod money;
mod refusal;
pub mod rules;
mod sale;
mod terms;
mod time;

pub use answer::{Answer, AnswerKey, BidResult, Prior, Verdict};
pub use command::{Act, Actor, Command};
pub use event::{
    AppliedEffect, BidAccepted, BidKind, BidOrigin, BidVoided, Event, ExtensionCause, LotOutcome,
    Meta, PauseCause, Recorded, Secret, VoidCause,
};
pub use evolve::Standing;
pub use id::{AccountId, BidNo, CommandId, LotNo, Paddle, SaleId, StaffId};
pub use money::{Currency, Money};
pub use refusal::{Code, Figure, Refusal};
pub use sale::{
    Admission, Bid, Closed, Due, Epoch, Lot, MaximumMove, Open, Pause, Phase, Play, Sale,
    SalePhase, VoidRequest,
};
pub use terms::{
    Band, Bilingual, Closes, English, Increments, JumpGuard, LotTerms, Method, Mode, Opens, Place,
    Reserve, ReserveOpening, Running, SaleTerms, SoftClose, TermsError, VoidEffect,
};
pub use time::{Span, Time};
