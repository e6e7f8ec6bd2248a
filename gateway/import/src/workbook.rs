//! XLSX: one sheet of a workbook, cell by cell, so that what a file claims about itself is never
//! believed before it is counted.

use std::io::{Cursor, Read as _};

use calamine::{DataRef, Dimensions, Reader as _, SheetType, SheetVisible, Xlsx, XlsxError};
use jiff::civil::DateTime;
use zip::ZipArchive;

use crate::columns::letters;
use crate::head::row_of_names;
use crate::hidden::Unseen;
use crate::limits::{SHARED_TEXTS_MAX, SHOWN_ALSO_MAX, TABLE_BYTES_MAX, WORKBOOK_BYTES_MAX};
use crate::problem::{Problem, Spot, expected};
use crate::sheet::{Cell, Grid, Hidden, Pick, Sheet, SheetError};

/// Reads the sheet that is meant.
///
/// # Errors
/// Not a workbook, too large, no telling which sheet is meant, hidden rows or columns that nobody has
/// said anything about, or cells of the table are merged.
pub(crate) fn read(bytes: &[u8], file: &str, pick: Pick<'_>) -> Result<Sheet, SheetError> {
    weigh(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes))?;
    let place = place_of(&mut book, file, pick)?;
    let name = book.sheet_names().get(place).cloned().unwrap_or_default();
    let merged = book.merge_cells_by_sheet_name(&name)?;
    let mut grid = grid(&mut book, &name)?;
    let unseen = Unseen::of(bytes, place)?;
    look_behind(&mut grid, &unseen, pick.hidden)?;
    grid.show(|row, column| unseen.words(row, column));
    let mut sheet = grid.finish();
    sheet.since_1904 = unseen.since_1904;
    let all = book.sheets_metadata().iter();
    let left = all.filter(|other| other.visible != SheetVisible::Visible && other.name != name);
    sheet.hidden_sheets = left.map(|other| other.name.clone()).collect();
    refuse_merged(&sheet, &merged)?;
    Ok(sheet)
}

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;

fn grid(book: &mut Book<'_>, name: &str) -> Result<Grid, SheetError> {
    let mut grid = Grid::new(name);
    let mut cells = book.worksheet_cells_reader(name)?;
    while let Some(record) = cells.next_cell_with_formula_metadata()? {
        let cell = match (&record.value, &record.formula) {
            // Some programs write formulas without ever computing them. Empty would be a guess.
            (DataRef::Empty, Some(_)) => Cell::Other("=".to_owned()),
            (value, _) => cell_of(value),
        };
        grid.put(spot(record.pos), cell)?;
    }
    Ok(grid)
}

/// Which sheet is meant: the one that is named, else the only one that people see and that holds
/// anything. A hidden one is never meant unless it is named.
fn place_of(book: &mut Book<'_>, file: &str, pick: Pick<'_>) -> Result<usize, SheetError> {
    let all: Vec<(usize, calamine::Sheet)> =
        book.sheets_metadata().iter().cloned().enumerate().collect();
    if let Some(wanted) = pick.sheet {
        let found = all.iter().find(|(_, sheet)| sheet.name == wanted);
        return found
            .map(|(place, _)| *place)
            .ok_or_else(|| SheetError::NoSheet {
                known: all.iter().map(|(_, sheet)| sheet.name.clone()).collect(),
            });
    }
    let is_shown = |sheet: &calamine::Sheet| {
        sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet
    };
    let shown: Vec<&(usize, calamine::Sheet)> =
        all.iter().filter(|(_, sheet)| is_shown(sheet)).collect();
    let mut filled = Vec::new();
    for (place, sheet) in shown.iter().copied() {
        if shown.len() < 2 || !grid(book, &sheet.name)?.is_empty() {
            filled.push((*place, sheet.name.as_str()));
        }
    }
    match (filled.as_slice(), shown.first()) {
        ([(place, _)], _) => Ok(*place),
        ([], Some((place, _))) => Ok(*place),
        ([], None) => Err(SheetError::NoSheet {
            known: all.iter().map(|(_, sheet)| sheet.name.clone()).collect(),
        }),
        (several, _) => {
            let names: Vec<&str> = several.iter().map(|(_, name)| *name).collect();
            let words = expected(
                "sheet-unclear",
                "one sheet that holds a table; name one of these with --sheet",
                "ورقة واحدة فيها جدول؛ سمّ إحدى هذه الأوراق بالخيار ‎--sheet",
            );
            let at = Spot::cell(1, 0);
            let problem = Problem::new(file, at, "", &names.join(", "), words);
            Err(SheetError::Cell(Box::new(problem)))
        }
    }
}

/// What nobody sees is not sold in silence, nor left out.
fn look_behind(grid: &mut Grid, unseen: &Unseen, hidden: Option<Hidden>) -> Result<(), SheetError> {
    let rows = grid.filled_rows(|row| unseen.hides_row(row));
    let columns = grid.filled_columns(|column| unseen.hides_column(column));
    let at = match (rows.first(), columns.first()) {
        (None, None) => return Ok(()),
        (Some(row), _) => Spot::row(*row),
        (None, Some(column)) => Spot::cell(1, *column),
    };
    match hidden {
        Some(Hidden::Take) => Ok(()),
        Some(Hidden::Leave) => {
            grid.leave_out(&rows, &columns);
            Ok(())
        }
        None => {
            let words = expected(
                "hidden",
                "rows and columns that are shown: show or delete these, or say --hidden=take to import \
                 them, --hidden=leave to leave them out",
                "صفوف وأعمدة ظاهرة: أظهرها أو احذفها، أو استخدم ‎--hidden=take‎ لاستيرادها أو \
                 ‎--hidden=leave‎ لتركها",
            );
            let rows = rows.iter().map(|row| format!("{row}:{row}"));
            let columns = columns.iter().map(|column| {
                let letters = letters(*column);
                format!("{letters}:{letters}")
            });
            let all: Vec<String> = rows.chain(columns).collect();
            let few: Vec<&str> = all
                .iter()
                .map(String::as_str)
                .take(SHOWN_ALSO_MAX)
                .collect();
            let more = if all.len() > few.len() { ", ..." } else { "" };
            let found = format!("{}{more} ({})", few.join(", "), all.len());
            Err(grid.wrong(at, &found, words))
        }
    }
}

/// Unpacks every part, to throw it away: a small file can hold a very large one, and what its
/// directory says of sizes may be wrong.
fn weigh(bytes: &[u8]) -> Result<(), SheetError> {
    if bytes.len() > WORKBOOK_BYTES_MAX {
        return Err(SheetError::TooLarge);
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(XlsxError::from)?;
    let mut room = TABLE_BYTES_MAX;
    let mut unpacked = Vec::new();
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(XlsxError::from)?;
        let most = u64::try_from(room).unwrap_or(u64::MAX).saturating_add(1);
        unpacked.clear();
        part.take(most).read_to_end(&mut unpacked)?;
        room = room
            .checked_sub(unpacked.len())
            .ok_or(SheetError::TooLarge)?;
        // UTF-16, which XML may be in as well, is then read like the rest.
        unpacked.retain(|byte| *byte != 0);
        if claims_too_much(&unpacked) {
            return Err(SheetError::TooLarge);
        }
    }
    Ok(())
}

/// Whether a part says that it holds more shared texts than a table can have: the reader makes room
/// for them before it sees one.
fn claims_too_much(part: &[u8]) -> bool {
    const CLAIM: &[u8] = b"uniqueCount";
    part.windows(CLAIM.len())
        .enumerate()
        .filter(|(_, window)| *window == CLAIM)
        .any(|(start, _)| {
            let rest = part.get(start..).unwrap_or_default().iter();
            let digits = rest
                .skip(CLAIM.len())
                .skip_while(|byte| b" \t\r\n=\"'+".contains(byte))
                .take_while(|byte| byte.is_ascii_digit());
            let claimed = digits.fold(0_usize, |number, byte| {
                number
                    .saturating_mul(10)
                    .saturating_add(usize::from(byte.saturating_sub(b'0')))
            });
            claimed > SHARED_TEXTS_MAX
        })
}

/// Only the first cell of merged ones holds anything: the others would be read as empty. A title above
/// the names may be merged.
fn refuse_merged(sheet: &Sheet, merged: &[Dimensions]) -> Result<(), SheetError> {
    let table = sheet
        .rows
        .get(row_of_names(&sheet.rows)..)
        .unwrap_or_default();
    let (Some(first), Some(last)) = (table.first(), table.last()) else {
        return Ok(());
    };
    let widest = table.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    for range in merged {
        let (start, end) = (spot(range.start), spot(range.end));
        let touches =
            start.row <= last.number && end.row >= first.number && start.column < Some(widest);
        if touches {
            let words = expected(
                "merged",
                "cells that are not merged, each with its own value",
                "خلايا غير مدمجة، لكل منها قيمتها",
            );
            let found = format!("{start}:{end}");
            let problem = Problem::new(&sheet.name, start, "", &found, words);
            return Err(SheetError::Cell(Box::new(problem)));
        }
    }
    Ok(())
}

fn spot((row, column): (u32, u32)) -> Spot {
    let index = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    Spot::cell(index(row).saturating_add(1), index(column))
}

fn cell_of(data: &DataRef<'_>) -> Cell {
    match data {
        DataRef::Empty => Cell::Empty,
        DataRef::String(text) => Cell::text(text),
        DataRef::SharedString(text) => Cell::text(text),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::Int(number) => Cell::Number(as_float(*number)),
        DataRef::DateTime(moment) if moment.is_duration() => Cell::Days(moment.as_f64()),
        // A time of day alone: a length of time to whoever typed it.
        DataRef::DateTime(moment) if moment.as_f64() < 1.0 => Cell::Days(moment.as_f64()),
        DataRef::DateTime(moment) => {
            let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
            civil(year, [month, day, hour, minute, second], milli)
                .map_or_else(|| Cell::Other(moment.as_f64().to_string()), Cell::Date)
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::text(text),
        DataRef::Bool(value) => Cell::Other(value.to_string()),
        DataRef::Error(error) => Cell::Other(error.to_string()),
    }
}

/// Whole numbers come as integers only from hand-made files; spreadsheets write floats.
fn as_float(number: i64) -> f64 {
    i32::try_from(number).map_or(f64::NAN, f64::from)
}

fn civil(year: u16, parts: [u8; 5], milli: u16) -> Option<DateTime> {
    let [month, day, hour, minute, second] = parts.map(|part| i8::try_from(part).ok());
    let nanos = i32::from(milli).checked_mul(1_000_000)?;
    let year = i16::try_from(year).ok()?;
    DateTime::new(year, month?, day?, hour?, minute?, second?, nanos).ok()
}

#[cfg(test)]
#[path = "workbook_tests.rs"]
mod tests;
