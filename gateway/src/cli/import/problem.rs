//! What is wrong with a table: one entry for each cell, in both languages.

use std::fmt;

use mazad_engine::domain::Bilingual;
use serde::Serialize;

/// Problems that are listed; past it they are only counted. More would scroll away the first ones,
/// which are the cause of the rest more often than not.
const LISTED_MAX: usize = 200;

/// A cell that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Problem {
    /// Row and column, for the order.
    #[serde(skip)]
    pub(crate) at: (usize, usize),
    /// The file, or the sheet of the workbook.
    pub(crate) sheet: String,
    /// Such as `F12`.
    pub(crate) cell: String,
    /// The column's canonical name.
    pub(crate) column: String,
    /// What stands there.
    pub(crate) found: String,
    /// What should, in Arabic.
    pub(crate) expected_ar: String,
    /// What should, in English.
    pub(crate) expected_en: String,
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
        )
    }
}

/// All that is wrong with a table.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    listed: Vec<Problem>,
    count: usize,
}

impl Problems {
    /// Notes one more.
    pub(crate) fn push(&mut self, problem: Problem) {
        self.count = self.count.saturating_add(1);
        if self.listed.len() < LISTED_MAX {
            self.listed.push(problem);
        }
    }

    /// Brings the listed ones into the order in which a reader finds them.
    pub(crate) fn sort(&mut self) {
        self.listed.sort_by_key(|problem| problem.at);
    }

    /// The first ones.
    pub(crate) fn listed(&self) -> &[Problem] {
        &self.listed
    }

    /// How many there are, also past the listed ones.
    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub(crate) const fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// What a cell should hold, in both languages.
pub(crate) fn expected(en: impl Into<String>, ar: impl Into<String>) -> Bilingual {
    Bilingual {
        ar: ar.into(),
        en: en.into(),
    }
}
