//! What speaks against an import, by the cells of its table.

use mazad_engine::domain::{Closes, Code, Opens, Refusal, Running, Time};

use crate::columns::Column;
use crate::limits::LOT_MESSAGE_BYTES_MAX;
use crate::lot::TableLot;
use crate::plan::Sameness;
use crate::problem::{ExpectedValue, Problem, Problems, Spot, expected};
use crate::table::Table;

#[derive(Debug)]
pub(crate) struct Notes<'a> {
    table: &'a Table,
    problems: Problems,
}

impl<'a> Notes<'a> {
    /// Nothing speaks against it yet.
    pub(crate) fn new(table: &'a Table) -> Self {
        let problems = Problems::default();
        Self { table, problems }
    }

    /// All of them, in the order of the table.
    ///
    /// # Errors
    /// There are some.
    pub(crate) fn finish(mut self) -> Result<(), Problems> {
        self.problems.sort();
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(self.problems)
        }
    }

    /// A lot that is in a published sale already must be the same one.
    pub(crate) fn differences(&mut self, lot: &TableLot, sameness: Sameness) {
        match sameness {
            Sameness::Same => {}
            Sameness::OtherTerms => {
                let words = expected(
                    "lot-differs",
                    "a lot that is not in the sale yet: this one is, with other terms",
                    "لوط غير موجود في المزاد: هذا موجود ببنود أخرى",
                );
                self.note(lot, Column::Lot, &lot.printed, words);
            }
            Sameness::OtherReserve => {
                let words = expected(
                    "lot-differs",
                    "the reserve with which this lot is in the sale already",
                    "الثمن الأساسي الموجود به هذا اللوط في المزاد",
                );
                self.note(lot, Column::Reserve, "", words);
            }
        }
    }

    /// A lot that is new cannot begin or end before now.
    pub(crate) fn past(&mut self, lot: &TableLot, now: Time) {
        let Running::Timed {
            opens,
            closes,
            soft_close,
            ..
        } = &lot.terms.running
        else {
            return;
        };
        let opens = match opens {
            Opens::At(at) => Some(*at),
            Opens::AfterPrevious(_) => None,
        };
        let closes = match closes {
            Closes::At(at) => Some(*at),
            Closes::After(_) => None,
        };
        let stops = soft_close.and_then(|soft| soft.hard_stop);
        for (time, column) in [
            (opens, Column::OpensAt),
            (closes, Column::ClosesAt),
            (stops, Column::HardStop),
        ] {
            if let Some(time) = time.filter(|time| *time < now) {
                let words = expected(
                    "past",
                    "an instant that is still to come",
                    "موعد لم يمض بعد",
                );
                self.note(lot, column, &instant(time), words);
            }
        }
    }

    pub(crate) fn too_large(&mut self, lot: &TableLot, bytes: usize) {
        let words = expected(
            "lot-too-large",
            format!("a lot of at most {LOT_MESSAGE_BYTES_MAX} bytes on its way to the server"),
            format!("لوط لا يزيد على {LOT_MESSAGE_BYTES_MAX} بايت في طريقه إلى الخادم"),
        );
        self.note(lot, Column::Lot, &bytes.to_string(), words);
    }

    /// What the engine would not take: a lot, or what comes before the first one. Its code is the code
    /// of the mistake.
    pub(crate) fn refused(&mut self, lot: Option<&TableLot>, refusal: &Refusal) {
        let sentence = mazad_texts::refusal(refusal, None);
        let words = expected(
            refusal.code.as_str(),
            format!("what the sale takes. {}", sentence.en),
            format!("ما يقبله المزاد. {}", sentence.ar),
        );
        match lot {
            Some(lot) if refusal.code == Code::GroupDiffers => {
                let group = lot.terms.running.group();
                self.note(lot, Column::Group, &group.to_string(), words);
            }
            Some(lot) => self.note(lot, Column::Lot, &lot.printed, words),
            None => {
                let problem = Problem::new(&self.table.sheet, Spot::row(1), "", "", words);
                self.problems.push(problem);
            }
        }
    }

    fn note(&mut self, lot: &TableLot, column: Column, found: &str, words: ExpectedValue) {
        let at = self.table.spot(lot.row, column);
        let problem = Problem::new(&self.table.sheet, at, column.name(), found, words);
        self.problems.push(problem);
    }
}

/// An instant for people, in UTC.
fn instant(time: Time) -> String {
    let micros = i64::try_from(time.0).unwrap_or(i64::MAX);
    jiff::Timestamp::from_microsecond(micros).map_or_else(|_| micros.to_string(), |t| t.to_string())
}
