//! The rules of a sale, pure: no I/O, clock, randomness, async, logging, floats or hash maps.
//!
//! [`decide`](decide::decide) is the only place that says yes or no, [`Sale::apply`] the only one
//! that changes state. A method of sale is a folder in [`rules`]; the parts that methods share
//! (increments, the sealed base, soft close) stand beside it. Rule numbers (`R2`) are those of
//! `docs/RULES.md`.

#![warn(
    clippy::float_arithmetic,
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm
)]

mod answer;
mod bid;
mod case;
mod command;
pub mod decide;
mod due;
mod event;
mod evolve;
mod id;
mod money;
mod preview;
mod refusal;
pub mod rules;
mod running;
mod sale;
mod terms;
mod terms_error;
mod text;
mod time;
mod whole_price;

pub use answer::{Answer, AnswerKey, BidResult, Told, Verdict};
pub use bid::{Bid, BidKind, BidOrigin, VoidCause};
pub use case::judged_time;
pub use command::{
    Act, Actor, BaseAmendment, BidderAct, Command, EngineAct, FloorAct, LotAct, LotAmendment,
    SaleAct, Seen, StaffAct,
};
pub use due::Due;
pub use event::{
    AppliedEffect, BidAccepted, BidEvent, BidVoided, DecisionCause, Event, ExtensionCause,
    LotEvent, LotOutcome, Meta, PauseCause, Recorded, SaleEvent, Secret, Undecided,
};
pub use evolve::Standing;
pub use id::{AccountId, BidNo, CommandId, LotNo, Paddle, SaleId, StaffId};
pub use money::{Currency, Money};
pub use preview::{LotPreview, preview, seen};
pub use refusal::{Code, Figure, Refusal};
pub use rules::english::EnglishTerms;
pub use rules::increment::{Band, Increments, JumpGuard, Mode};
pub use rules::method::Method;
pub use rules::method_terms::MethodTerms;
pub use rules::reserve::{Reserve, ReserveOpening};
pub use running::{Closes, Opens, Running, SoftClose};
pub use sale::{Admission, Closed, Epoch, Lot, Open, Pause, Phase, Sale, SalePhase, VoidRequest};
pub use terms::{LotTerms, Place, SaleTerms, VoidEffect, preset_ceiling};
pub use terms_error::TermsError;
pub use text::{Bilingual, is_hidden, is_seen};
pub use time::{Span, Time};
pub use whole_price::whole_price;
