//! Lots from a spreadsheet: all of them, or none and a list of what is wrong.
//!
//! [`Sheet`] reads CSV and XLSX, [`read_table`] makes lots of its rows, and [`Plan`] compares them
//! with the sale as it is and has the engine's own writer rehearse what is to be done. Nothing here
//! opens a socket or a store: whoever has one carries the plan out.

mod amendment;
mod batches;
mod catalogue_no;
mod columns;
mod csv;
mod currencies;
mod doubt;
mod file;
mod formats;
mod head;
mod hidden;
mod increments;
pub mod limits;
mod lot;
mod moment;
mod notes;
mod number;
mod plan;
mod problem;
mod rehearsal;
mod row;
mod running;
mod setting;
mod sheet;
mod span;
mod table;
#[cfg(test)]
mod table_tests;
mod template;
mod understood;
mod workbook;

pub use amendment::{CellChange, TableAmendment};
pub use doubt::Doubt;
pub use increments::parse as parse_increments;
pub use lot::TableLot;
pub use moment::parse_instant;
pub use number::parse_money;
pub use plan::{Differing, Known, Plan, sale_id};
pub use problem::{Elsewhere, Problem, Problems};
pub use setting::Setting;
pub use sheet::{Hidden, Pick, Sheet, SheetError};
pub use span::parse_span;
pub use table::{Table, read as read_table};
pub use template::template;
pub use understood::Understood;
