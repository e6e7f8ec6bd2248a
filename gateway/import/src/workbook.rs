//! XLSX: one sheet of a workbook, cell by cell, so that what a file claims about itself is never
//! believed before it is counted.

use std::io::{Cursor, Read as _};

use calamine::{DataRef, Dimensions, Reader as _, Xlsx, XlsxError};
use jiff::civil::DateTime;
use zip::ZipArchive;

use crate::limits::{SHARED_TEXTS_MAX, TABLE_BYTES_MAX, WORKBOOK_BYTES_MAX};
use crate::problem::{Spot, expected};
use crate::sheet::{Cell, Grid, Sheet, SheetError};

/// Reads the sheet of this name, else the first one.
///
/// # Errors
/// Not a workbook, too large, or cells of the table are merged.
pub(crate) fn read(bytes: &[u8], wanted: Option<&str>) -> Result<Sheet, SheetError> {
    weigh(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes))?;
    let names = book.sheet_names();
    let name = match wanted {
        Some(wanted) => names.iter().find(|name| *name == wanted),
        None => names.first(),
    };
    let name = name.cloned().ok_or(SheetError::NoSheet { known: names })?;
    let merged = book.merge_cells_by_sheet_name(&name)?;
    let mut grid = Grid::new(&name);
    let mut cells = book.worksheet_cells_reader(&name)?;
    while let Some(record) = cells.next_cell_with_formula_metadata()? {
        let cell = match (&record.value, &record.formula) {
            // Some programs write formulas without ever computing them. Empty would be a guess.
            (DataRef::Empty, Some(_)) => Cell::Other("=".to_owned()),
            (value, _) => cell_of(value),
        };
        grid.put(spot(record.pos), cell)?;
    }
    refuse_merged(&grid, &merged)?;
    Ok(grid.finish())
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

/// Only the first cell of merged ones holds anything: the others would be read as empty.
fn refuse_merged(grid: &Grid, merged: &[Dimensions]) -> Result<(), SheetError> {
    let Some((first, last, widest)) = grid.extent() else {
        return Ok(());
    };
    for range in merged {
        let (start, end) = (spot(range.start), spot(range.end));
        let touches = start.row <= last && end.row >= first && start.column <= Some(widest);
        if touches {
            let words = expected(
                "merged",
                "cells that are not merged, each with its own value",
                "خلايا غير مدمجة، لكل منها قيمتها",
            );
            return Err(grid.wrong(start, &format!("{start}:{end}"), words));
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
