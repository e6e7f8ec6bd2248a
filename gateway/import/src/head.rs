//! The row that names the columns: the first one, or one below a title.

use mazad_engine::domain::Currency;

use crate::columns::Column;
use crate::limits::HEAD_ROWS_MAX;
use crate::problem::{Problem, Problems, Spot, expected};
use crate::sheet::{Cell, SheetRow};

/// Which row names the columns, counted from the first that holds anything: the one that holds the most
/// names. A title, a date and the name of the office may stand above it, and words of theirs may be names.
pub(crate) fn row_of_names(rows: &[SheetRow]) -> usize {
    let first = rows.get(..HEAD_ROWS_MAX).unwrap_or(rows);
    let names = |row: &SheetRow| {
        let known = |cell: &&Cell| Column::parse(&cell.shown(), None).is_some();
        row.cells.iter().filter(known).count()
    };
    // The first of equals: `max_by_key` would take the last.
    let rows = first.iter().enumerate().rev();
    rows.max_by_key(|(_, row)| names(row))
        .map_or(0, |(place, _)| place)
}

/// Which column each header means.
pub(crate) fn columns_of(
    sheet: &str,
    head: &SheetRow,
    currency: Currency,
    problems: &mut Problems,
) -> Vec<(usize, Column)> {
    let mut columns: Vec<(usize, Column)> = Vec::new();
    for (index, cell) in head.cells.iter().enumerate() {
        if *cell == Cell::Empty {
            continue;
        }
        let found = cell.shown();
        let known = Column::parse(&found, Some(currency));
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
