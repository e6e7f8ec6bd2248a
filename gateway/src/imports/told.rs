//! What the server answers of a table: what it would do, how each cell was read, and what is wrong.

use mazad_engine::domain::Bilingual;
use mazad_import::{Problem, Understood};
use serde::Serialize;
use serde_json::Value;

use super::{Misunderstanding, Understanding};
use crate::faults::Fault;

/// What became of a table: understood, with what it would do, or not, with what is wrong.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImportReply {
    /// Names what would be done: said again with the same file, it is done. Empty if something is wrong.
    plan: String,
    /// Whether it was done by this very request.
    done: bool,
    /// What is wrong, as far as it is listed; then nothing would be done.
    problems: Vec<Problem>,
    /// In how many cells something is wrong.
    wrong: usize,
    /// What would be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    understood: Option<UnderstoodTable>,
}

/// A table as it was understood.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct UnderstoodTable {
    /// The sale that gets the lots.
    sale: String,
    title: BothLanguages,
    /// Whether it is a draft, which somebody has yet to publish.
    draft: bool,
    /// Whether it would be made.
    creates_sale: bool,
    /// Lots of a draft that make room.
    clears: usize,
    /// Lots that would be added.
    adds: usize,
    /// Lots that are there already.
    already_there: usize,
    /// When the sale opens by itself, as an instant of a lot.
    #[serde(skip_serializing_if = "Option::is_none")]
    opens_at: Option<Value>,
    /// R1: the steps of every lot whose row says none.
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<BothLanguages>,
    /// The lots that would be added, as `mazad import --dry-run --json` tells them.
    lots: Vec<Value>,
    /// Dates that could have been meant otherwise.
    doubts: Vec<BothLanguages>,
    /// What stands above the names of the columns, and was passed over.
    above: Vec<String>,
    /// Hidden sheets, which were left alone.
    hidden_sheets: Vec<String>,
}

#[derive(Debug, Serialize)]
struct BothLanguages {
    ar: String,
    en: String,
}

impl From<[String; 2]> for BothLanguages {
    fn from([en, ar]: [String; 2]) -> Self {
        Self { ar, en }
    }
}

impl From<&Bilingual> for BothLanguages {
    fn from(both: &Bilingual) -> Self {
        let (ar, en) = (both.ar.clone(), both.en.clone());
        Self { ar, en }
    }
}

impl ImportReply {
    /// What would be done, or was.
    pub(crate) fn of(understanding: &Understanding, is_done: Done) -> Self {
        let Understanding {
            table,
            plan,
            setting,
            opens_at,
            name,
        } = understanding;
        let understood = Understood::new(setting);
        let doubts = table.doubts.iter();
        let told = UnderstoodTable {
            sale: plan.sale().to_string(),
            title: plan.title().into(),
            draft: plan.is_draft(),
            creates_sale: plan.creates(),
            clears: plan.clears(),
            adds: plan.adds().len(),
            already_there: plan.there(),
            opens_at: opens_at.map(|at| understood.instant(at)),
            steps: understood.common_steps().map(BothLanguages::from),
            lots: plan.adds().iter().map(|lot| understood.lot(lot)).collect(),
            doubts: doubts
                .map(|doubt| understood.doubt_lines(doubt).into())
                .collect(),
            above: table.above.clone(),
            hidden_sheets: table.hidden_sheets.clone(),
        };
        Self {
            plan: name.to_string(),
            done: is_done == Done::Yes,
            problems: Vec::new(),
            wrong: 0,
            understood: Some(told),
        }
    }

    /// What is wrong.
    ///
    /// # Errors
    /// It is not the table that is.
    pub(crate) fn wrong(why: Misunderstanding) -> Result<Self, Fault> {
        let (problems, wrong) = match why {
            Misunderstanding::Table(problems) => (problems.listed().to_vec(), problems.count()),
            Misunderstanding::File(problem) => (vec![*problem], 1),
            Misunderstanding::Ask(fault) => return Err(fault),
        };
        Ok(Self {
            plan: String::new(),
            done: false,
            problems,
            wrong,
            understood: None,
        })
    }
}

/// Whether it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    Yes,
    No,
}
