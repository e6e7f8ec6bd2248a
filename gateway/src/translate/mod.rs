//! The only files that know both the wire's types and the domain's. Inwards they are strict: what
//! gets through is a command that the rules can judge. Outwards they only spell.

mod answer;
mod command;
mod id;
mod view;

pub(crate) use answer::{answer, mine, not_seen};
pub(crate) use command::{act_of, command};
pub(crate) use id::{command_id, lot_no, micros, sale_id, uuid};
pub(crate) use view::{
    catalogue_lot, lot_after, lot_view, outcome, rank, sale_terms, sale_view, summary,
};
