//! A table of lots, read whole: every lot of it, or everything that is wrong with it.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use mazad_engine::domain::{Currency, LotNo, LotTerms, Money};
use mazad_engine::limits::LOTS_MAX;

use super::columns::{Column, letters};
use super::lot;
use super::problem::{Problem, Problems, expected};
use super::row::RowReader;
use super::sheet::{Cell, Row, Sheet};

/// What the sale says about every table of its lots.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    /// Of every amount.
    pub(crate) currency: Currency,
    /// Of every time without an offset.
    pub(crate) zone: TimeZone,
}

/// A lot of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableLot {
    /// The spreadsheet's row.
    pub(crate) row: usize,
    /// Its number in the catalogue.
    pub(crate) lot: LotNo,
    /// Its terms, without the reserve.
    pub(crate) terms: LotTerms,
    /// R4: the secret base price.
    pub(crate) reserve: Option<Money>,
}

/// Reads a whole table.
///
/// # Errors
/// Everything that is wrong with it; then none of it counts.
pub(crate) fn read(sheet: &Sheet, setting: &Setting) -> Result<Vec<TableLot>, Problems> {
    let mut problems = Problems::default();
    let mut rows = sheet.rows.iter();
    let Some(head) = rows.next() else {
        let words = expected("a row of column names", "صف بأسماء الأعمدة");
        problems.push(problem(&sheet.name, "A1", "", "", words));
        return Err(problems);
    };
    let columns = columns_of(&sheet.name, head, &mut problems);
    let mut lots: Vec<TableLot> = Vec::new();
    let mut first_rows: BTreeMap<LotNo, usize> = BTreeMap::new();
    for row in rows {
        let mut reader = RowReader::new(&sheet.name, row, &columns, setting, &mut problems);
        reader.note_strays();
        let Some(lot) = lot::read(&mut reader) else {
            continue;
        };
        if let Some(first) = first_rows.insert(lot.lot, lot.row) {
            let words = expected(
                format!("a lot number that row {first} does not have already"),
                format!("رقم لوط غير مستخدم في الصف {first}"),
            );
            reader.wrong(Column::Lot, words);
        }
        lots.push(lot);
    }
    if lots.is_empty() && problems.is_empty() {
        let words = expected("at least one lot", "لوط واحد على الأقل");
        problems.push(problem(&sheet.name, "A2", "", "", words));
    }
    if lots.len() > LOTS_MAX {
        let words = expected(
            format!("at most {LOTS_MAX} lots"),
            format!("{LOTS_MAX} لوط على الأكثر"),
        );
        problems.push(problem(
            &sheet.name,
            "A1",
            "",
            &lots.len().to_string(),
            words,
        ));
    }
    problems.sort();
    if problems.is_empty() {
        Ok(lots)
    } else {
        Err(problems)
    }
}

/// Which column each header means.
fn columns_of(sheet: &str, head: &Row, problems: &mut Problems) -> Vec<(usize, Column)> {
    let mut columns: Vec<(usize, Column)> = Vec::new();
    for (index, cell) in head.cells.iter().enumerate() {
        if *cell == Cell::Empty {
            continue;
        }
        let found = cell.shown();
        let known = Column::parse(&found);
        let taken = known.is_some_and(|known| columns.iter().any(|(_, column)| *column == known));
        let words = match known {
            Some(known) if !taken => {
                columns.push((index, known));
                continue;
            }
            Some(known) => expected(
                format!("the column {} once only", known.name()),
                format!("ظهور العمود {} مرة واحدة", known.name()),
            ),
            None => expected(
                format!("one of the columns {}", Column::all_names()),
                format!("أحد الأعمدة {}", Column::all_names()),
            ),
        };
        problems.push(problem(sheet, &head.place(index), "", &found, words));
    }
    let has = |wanted: Column| columns.iter().any(|(_, column)| *column == wanted);
    let missing: Vec<&str> = [Column::Lot, Column::Opening]
        .into_iter()
        .filter(|column| !has(*column))
        .map(Column::name)
        .chain((!has(Column::TitleAr) && !has(Column::TitleEn)).then_some("title_ar"))
        .collect();
    for name in missing {
        let words = expected(format!("a column {name}"), format!("عمود باسم {name}"));
        let cell = format!("{}{}", letters(head.cells.len()), head.number);
        problems.push(problem(sheet, &cell, name, "", words));
    }
    columns
}

fn problem(
    sheet: &str,
    cell: &str,
    column: &str,
    found: &str,
    words: mazad_engine::domain::Bilingual,
) -> Problem {
    Problem {
        at: (0, 0),
        sheet: sheet.to_owned(),
        cell: cell.to_owned(),
        column: column.to_owned(),
        found: found.to_owned(),
        expected_ar: words.ar,
        expected_en: words.en,
    }
}
