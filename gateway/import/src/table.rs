//! A table of lots, read whole: every lot of it, or everything that is wrong with it.

use std::collections::BTreeMap;

use mazad_engine::domain::LotNo;

use crate::columns::Column;
use crate::lot::{self, TableLot};
use crate::problem::{Problem, Problems, Spot, expected};
use crate::row::RowReader;
use crate::setting::Setting;
use crate::sheet::{Cell, Sheet, SheetRow};

/// Reads a whole table.
///
/// # Errors
/// Everything that is wrong with it; then none of it counts.
pub fn read(sheet: &Sheet, setting: &Setting) -> Result<Vec<TableLot>, Problems> {
    let mut problems = Problems::default();
    let mut rows = sheet.rows.iter();
    let Some(head) = rows.next() else {
        let words = expected("table-empty", "a row of column names", "صف بأسماء الأعمدة");
        problems.push(Problem::new(&sheet.name, Spot::cell(1, 0), "", "", words));
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
                "lot-repeated",
                format!("a lot number that row {first} does not have already"),
                format!("رقم لوط غير مستخدم في الصف {first}"),
            );
            reader.wrong(Column::Lot, words);
        }
        lots.push(lot);
    }
    if lots.is_empty() && problems.is_empty() {
        let words = expected("table-empty", "at least one lot", "لوط واحد على الأقل");
        let below = Spot::cell(head.number.saturating_add(1), 0);
        problems.push(Problem::new(&sheet.name, below, "", "", words));
    }
    problems.sort();
    if problems.is_empty() {
        Ok(lots)
    } else {
        Err(problems)
    }
}

/// Which column each header means.
fn columns_of(sheet: &str, head: &SheetRow, problems: &mut Problems) -> Vec<(usize, Column)> {
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
                "column-repeated",
                format!("the column {} once only", known.name()),
                format!("ظهور العمود {} مرة واحدة", known.name()),
            ),
            None => expected(
                "column-unknown",
                format!("one of the columns {}", Column::all_names()),
                format!("أحد الأعمدة {}", Column::all_names()),
            ),
        };
        let at = Spot::cell(head.number, index);
        problems.push(Problem::new(sheet, at, "", &found, words));
    }
    let has = |wanted: Column| columns.iter().any(|(_, column)| *column == wanted);
    let missing: Vec<&str> = [Column::Lot, Column::Opening]
        .into_iter()
        .filter(|column| !has(*column))
        .map(Column::name)
        .chain((!has(Column::TitleAr) && !has(Column::TitleEn)).then_some("title_ar"))
        .collect();
    for name in missing {
        let words = expected(
            "column-missing",
            format!("a column {name}"),
            format!("عمود باسم {name}"),
        );
        let at = Spot::cell(head.number, head.cells.len());
        problems.push(Problem::new(sheet, at, name, "", words));
    }
    columns
}

/// Where a column stands in a row of a table.
pub(crate) fn spot(sheet: &Sheet, row: usize, column: Column) -> Spot {
    let head = sheet.rows.first();
    let is_it = |cell: &Cell| Column::parse(&cell.shown()) == Some(column);
    Spot {
        row,
        column: head.and_then(|head| head.cells.iter().position(is_it)),
    }
}
