//! A table of lots, read whole: every lot of it, or everything that is wrong with it.

use std::collections::BTreeMap;

use crate::catalogue_no;
use crate::columns::Column;
use crate::doubt::Doubt;
use crate::head::{columns_of, row_of_names};
use crate::limits::DOUBTS_MAX;
use crate::lot::{self, TableLot};
use crate::problem::{Problem, Problems, Spot, expected};
use crate::row::RowReader;
use crate::setting::Setting;
use crate::sheet::{Cell, Sheet};

/// A table as it was understood.
#[derive(Debug, Clone)]
pub struct Table {
    /// The file, or the sheet of the workbook.
    pub sheet: String,
    /// In the order of its rows.
    pub lots: Vec<TableLot>,
    /// Dates that were taken day first and could have been meant month first.
    pub doubts: Vec<Doubt>,
    /// How many more of them there are than are named.
    pub more_doubts: usize,
    /// What stands above the names of the columns, and was passed over.
    pub above: Vec<String>,
    /// Hidden sheets of the workbook, which were left alone.
    pub hidden_sheets: Vec<String>,
    columns: Vec<(usize, Column)>,
}

/// Reads a whole table.
///
/// # Errors
/// Everything that is wrong with it; then none of it counts. If its names are wrong, they alone are
/// told: what they would do to every row is no news.
pub fn read(sheet: &Sheet, setting: &Setting) -> Result<Table, Problems> {
    let mut problems = Problems::default();
    let names = row_of_names(&sheet.rows);
    let (above, rest) = sheet.rows.split_at(names);
    let Some((head, rows)) = rest.split_first() else {
        let words = expected("table-empty", "a row of column names", "صف بأسماء الأعمدة");
        problems.push(Problem::new(&sheet.name, Spot::cell(1, 0), "", "", words));
        return Err(problems);
    };
    let columns = columns_of(&sheet.name, head, setting.currency, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    let (mut lots, mut doubts, mut more_doubts) = (Vec::new(), Vec::new(), 0_usize);
    let mut first_rows: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows {
        let mut reader = RowReader::new(sheet, row, &columns, setting, &mut problems);
        reader.note_strays();
        let Some(lot) = lot::read(&mut reader) else {
            continue;
        };
        if let Some(first) = first_rows.insert(catalogue_no::key(&lot.printed), lot.row) {
            let words = expected(
                "lot-repeated",
                format!("a lot number that row {first} does not have already"),
                format!("رقم لوط غير مستخدم في الصف {first}"),
            );
            reader.wrong(Column::Lot, words);
        }
        doubts.extend(reader.into_doubts());
        more_doubts = more_doubts.saturating_add(doubts.len().saturating_sub(DOUBTS_MAX));
        doubts.truncate(DOUBTS_MAX);
        lots.push(lot);
    }
    if lots.is_empty() && problems.is_empty() {
        let words = expected("table-empty", "at least one lot", "لوط واحد على الأقل");
        let below = Spot::cell(head.number.saturating_add(1), 0);
        problems.push(Problem::new(&sheet.name, below, "", "", words));
    }
    problems.sort();
    if !problems.is_empty() {
        return Err(problems);
    }
    catalogue_no::assign(&mut lots, setting);
    let text = |cells: &[Cell]| {
        let filled = cells.iter().filter(|cell| **cell != Cell::Empty);
        let filled: Vec<String> = filled.map(Cell::shown).collect();
        mazad_texts::shown(&filled.join(" ")).into_owned()
    };
    Ok(Table {
        sheet: sheet.name.clone(),
        lots,
        doubts,
        more_doubts,
        above: above.iter().map(|row| text(&row.cells)).collect(),
        hidden_sheets: sheet.hidden_sheets.clone(),
        columns,
    })
}

impl Table {
    /// Where a column stands in a row.
    pub(crate) fn spot(&self, row: usize, column: Column) -> Spot {
        let index = self.columns.iter().find(|(_, known)| *known == column);
        Spot {
            row,
            column: index.map(|(index, _)| *index),
        }
    }
}
