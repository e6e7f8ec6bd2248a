//! What speaks against an import, by the cells of its table.

use mazad_engine::domain::{Closes, Code, Opens, Refusal, Running, Time};

use crate::amendment::TableAmendment;
use crate::columns::Column;
use crate::limits::LOT_MESSAGE_BYTES_MAX;
use crate::lot::TableLot;
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

    /// A lot is in the sale already and says something else, and nothing is to be done about it.
    pub(crate) fn differs(&mut self, amendment: &TableAmendment) {
        self.cells(amendment, |[english, arabic]| {
            expected(
                "lot-differs",
                format!("what the sale has, {english}; --amend puts what the table says there"),
                format!("ما في المزاد، وهو {arabic}؛ والخيار ‎--amend‎ يضع ما في الجدول"),
            )
        });
    }

    /// R14: a lot that has opened stands as it is.
    pub(crate) fn has_opened(&mut self, amendment: &TableAmendment) {
        self.cells(amendment, |[english, arabic]| {
            expected(
                "lot-has-opened",
                format!("what the sale has, {english}: this lot has opened, and its terms stand"),
                format!("ما في المزاد، وهو {arabic}: فُتح هذا اللوط فشروطه ثابتة"),
            )
        });
    }

    fn cells(&mut self, amendment: &TableAmendment, words: impl Fn(&[String; 2]) -> ExpectedValue) {
        let row = amendment.lot.row;
        let cells = amendment.cells.iter().map(|cell| {
            let column = Column::parse(cell.column, None).unwrap_or(Column::Lot);
            (column, cell)
        });
        let (written, derived): (Vec<_>, Vec<_>) =
            cells.partition(|(column, _)| self.table.spot(row, *column).column.is_some());
        // What follows from a cell, as a ceiling by preset does, is told where no cell differs itself.
        let told = if written.is_empty() { derived } else { written };
        for (column, cell) in told {
            let [found, _] = &cell.after;
            self.note(&amendment.lot, column, found, words(&cell.before));
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
