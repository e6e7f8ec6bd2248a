//! What is wrong with a table: one entry for each cell, in both languages.

use std::fmt;

use mazad_texts::is_hidden;
use serde::Serialize;

use crate::columns::letters;
use crate::limits::{LISTED_MAX, SHOWN_ALSO_MAX};

/// A cell that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    #[serde(skip)]
    at: Spot,
    /// The file, or the sheet of the workbook.
    pub sheet: String,
    /// Such as `F12`; `12:12` for a whole row.
    pub cell: String,
    /// The column's canonical name.
    pub column: String,
    pub found: String,
    /// What kind of mistake it is, for scripts. The words are in `docs/IMPORT.md`.
    pub code: String,
    /// What should stand there, in Arabic.
    pub expected_ar: String,
    /// What should stand there, in English.
    pub expected_en: String,
    /// Further cells with the same mistake, as many as are listed.
    pub also: Vec<Elsewhere>,
    /// In how many cells it was made, this one among them.
    pub cells: usize,
}

/// A further cell with a mistake that has been told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Elsewhere {
    pub cell: String,
    pub found: String,
}

/// A place in a table. They are in the order in which a reader finds them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// As the spreadsheet counts, from 1.
    pub row: usize,
    /// From 0; `None`: the row as a whole.
    pub column: Option<usize>,
}

/// What should stand somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedValue {
    code: String,
    ar: String,
    en: String,
}

/// What a cell should hold, in both languages, with a word for scripts.
pub(crate) fn expected(
    code: impl Into<String>,
    en: impl Into<String>,
    ar: impl Into<String>,
) -> ExpectedValue {
    ExpectedValue {
        code: code.into(),
        ar: ar.into(),
        en: en.into(),
    }
}

impl Spot {
    pub const fn cell(row: usize, column: usize) -> Self {
        Self {
            row,
            column: Some(column),
        }
    }

    pub const fn row(row: usize) -> Self {
        Self { row, column: None }
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = self.row;
        match self.column {
            Some(column) => write!(f, "{}{row}", letters(column)),
            None => write!(f, "{row}:{row}"),
        }
    }
}

impl Problem {
    /// A cell that holds something else than it should.
    pub fn new(sheet: &str, at: Spot, column: &str, found: &str, expected: ExpectedValue) -> Self {
        Self {
            at,
            sheet: visible(sheet),
            cell: at.to_string(),
            column: column.to_owned(),
            found: visible(found),
            code: expected.code,
            expected_ar: expected.ar,
            expected_en: expected.en,
            also: Vec::new(),
            cells: 1,
        }
    }

    /// Whether it is the same mistake, in another cell of the column.
    fn is_like(&self, other: &Self) -> bool {
        self.column == other.column
            && self.code == other.code
            && self.expected_en == other.expected_en
    }

    /// The further cells, and how many more there are.
    fn elsewhere(&self) -> Option<(String, usize)> {
        let cells: Vec<String> = self
            .also
            .iter()
            .take(SHOWN_ALSO_MAX)
            .map(|also| {
                if also.found == self.found {
                    also.cell.clone()
                } else {
                    format!("{} \"{}\"", also.cell, also.found)
                }
            })
            .collect();
        let more = self.cells.saturating_sub(1);
        let dots = if more > cells.len() { ", ..." } else { "" };
        (more > 0).then(|| (format!("{}{dots}", cells.join(", ")), more))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            sheet,
            cell,
            column,
            found,
            expected_ar,
            expected_en,
            ..
        } = self;
        writeln!(
            f,
            "{sheet}!{cell} {column}: found \"{found}\", expected {expected_en}"
        )?;
        write!(
            f,
            "    {sheet}!{cell} {column}: وُجد «{found}» والمطلوب {expected_ar}"
        )?;
        let Some((cells, more)) = self.elsewhere() else {
            return Ok(());
        };
        write!(
            f,
            "\n    the same in {more} more / والخطأ نفسه في {more} أخرى: {cells}"
        )
    }
}

/// All that is wrong with a table.
#[derive(Debug, Default)]
pub struct Problems {
    listed: Vec<Problem>,
    count: usize,
}

impl Problems {
    /// Adds one; a mistake that has been told already gets the cell.
    pub fn push(&mut self, problem: Problem) {
        self.count = self.count.saturating_add(1);
        if let Some(told) = self.listed.iter_mut().find(|told| told.is_like(&problem)) {
            told.cells = told.cells.saturating_add(1);
            if told.also.len() < LISTED_MAX {
                let Problem { cell, found, .. } = problem;
                told.also.push(Elsewhere { cell, found });
            }
        } else if self.listed.len() < LISTED_MAX {
            self.listed.push(problem);
        }
    }

    /// Brings the listed ones into the order in which a reader finds them.
    pub fn sort(&mut self) {
        self.listed.sort_by_key(|problem| problem.at);
    }

    pub fn listed(&self) -> &[Problem] {
        &self.listed
    }

    /// In how many cells something is wrong, also past the listed ones.
    pub const fn count(&self) -> usize {
        self.count
    }

    /// In how many of them it is a mistake that is not listed.
    pub fn untold(&self) -> usize {
        let told = self.listed.iter().map(|problem| problem.cells);
        self.count.saturating_sub(told.sum())
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        let mut problems = Self::default();
        problems.push(problem);
        problems
    }
}

/// A text as it can be shown safely: what is hidden is written out, the break of a line in short.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_with_another_cell_is_not_left_over() {
        let mut problems = Problems::default();
        let push = |problems: &mut Problems, row: usize, column: &str| {
            let words = expected("text", "a text", "نص");
            problems.push(Problem::new("t", Spot::cell(row, 1), column, "", words));
        };
        for row in 2..7 {
            push(&mut problems, row, "kind");
        }
        assert_eq!(
            (problems.listed().len(), problems.count(), problems.untold()),
            (1, 5, 0)
        );
        for column in 0..LISTED_MAX {
            push(&mut problems, 9, &format!("c{column}"));
        }
        assert_eq!(
            (problems.listed().len(), problems.untold()),
            (LISTED_MAX, 1)
        );
    }

    #[test]
    fn what_steers_is_written_out() {
        let words = expected("text", "a text", "نص");
        let problem = Problem::new(
            "a\u{7}",
            Spot::cell(2, 1),
            "kind",
            "\u{1b}[2Jb\u{202e}c",
            words,
        );
        let told = problem.to_string();
        let first = "a\\u{7}!B2 kind: found \"\\u{1b}[2Jb\\u{202e}c\", expected a text\n";
        assert!(told.starts_with(first), "{told}");
        assert_eq!(visible("كشك \u{200f}(١)"), "كشك \u{200f}(١)");
    }
}
