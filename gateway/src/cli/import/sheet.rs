//! A table as a grid of cells, from CSV or XLSX, with the places that a spreadsheet would name.

use std::io::{Cursor, Read as _};
use std::path::Path;

use calamine::{Data, Reader as _, Xlsx};
use jiff::civil::DateTime;

use super::columns::letters;

/// Bytes of a table: ten thousand lots with long descriptions fit several times.
const FILE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// A grid of cells.
#[derive(Debug)]
pub(crate) struct Sheet {
    /// The file's name, or that of the sheet in its workbook.
    pub(crate) name: String,
    /// The rows that hold anything.
    pub(crate) rows: Vec<Row>,
}

/// A row of cells.
#[derive(Debug)]
pub(crate) struct Row {
    /// As the spreadsheet counts, from 1.
    pub(crate) number: usize,
    /// Its cells, from column A.
    pub(crate) cells: Vec<Cell>,
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    /// Nothing, or spaces.
    Empty,
    /// Text.
    Text(String),
    /// A number of the spreadsheet.
    Number(f64),
    /// A date with its time of day, of no zone.
    Date(DateTime),
    /// A length of time, in days.
    Days(f64),
    /// A formula that failed, or a tick box.
    Other(String),
}

/// Why a file is not a table at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SheetError {
    /// The operating system failed the read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// Too many bytes.
    #[error("the file is larger than 64 MiB")]
    TooLarge,
    /// CSV in another encoding: Excel's plain CSV of an Arabic Windows, for example.
    #[error("row {row} is not UTF-8: save the table as 'CSV UTF-8' or as XLSX")]
    Encoding {
        /// The row.
        row: usize,
    },
    /// Not CSV.
    #[error("the file cannot be read as CSV: {0}")]
    Csv(#[from] csv::Error),
    /// Not XLSX.
    #[error("the file cannot be read as XLSX: {0}")]
    Xlsx(#[from] calamine::XlsxError),
    /// The workbook has no sheet, or none of that name.
    #[error("the workbook has no such sheet; it has: {known}")]
    NoSheet {
        /// The names that it has.
        known: String,
    },
}

impl Sheet {
    /// Reads a table; the bytes tell which kind it is. `wanted` names a sheet of a workbook, else
    /// its first one is read.
    ///
    /// # Errors
    /// [`SheetError`].
    pub(crate) fn open(file: &Path, wanted: Option<&str>) -> Result<Self, SheetError> {
        let bytes = std::fs::read(file)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        Self::read(&bytes, &name, wanted)
    }

    /// As [`Sheet::open`], of bytes at hand.
    ///
    /// # Errors
    /// [`SheetError`].
    pub(crate) fn read(bytes: &[u8], name: &str, wanted: Option<&str>) -> Result<Self, SheetError> {
        if bytes.len() > FILE_BYTES_MAX {
            return Err(SheetError::TooLarge);
        }
        if bytes.starts_with(b"PK\x03\x04") {
            read_workbook(bytes, wanted)
        } else {
            read_csv(bytes, name)
        }
    }
}

impl Row {
    /// Where a cell of this row stands, such as `F12`.
    pub(crate) fn place(&self, column: usize) -> String {
        format!("{}{}", letters(column), self.number)
    }
}

impl Cell {
    fn text(text: &str) -> Self {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if text.is_empty() {
            Self::Empty
        } else {
            Self::Text(text.to_owned())
        }
    }

    /// What stands there, for people.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Other(text) => text.chars().take(80).collect(),
            Self::Number(number) => number.to_string(),
            Self::Date(date) => date.to_string(),
            Self::Days(days) => format!("{days} d"),
        }
    }
}

fn read_csv(bytes: &[u8], name: &str) -> Result<Sheet, SheetError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(bytes))
        .from_reader(bytes.chain(missing_end(bytes)));
    let (mut rows, mut number) = (Vec::new(), 0_usize);
    let mut record = csv::ByteRecord::new();
    loop {
        let before = reader.position().line();
        if !reader.read_byte_record(&mut record)? {
            break;
        }
        // Empty lines are rows to a spreadsheet, but are passed over by the reader; a line break in
        // a cell is no row to a spreadsheet, but a line to the reader.
        let lines = reader.position().line().saturating_sub(before);
        let breaks: usize = record.iter().map(line_breaks).sum();
        let rows_passed = usize::try_from(lines).unwrap_or(0).saturating_sub(breaks);
        number = number.saturating_add(rows_passed.max(1));
        let cells: Result<Vec<Cell>, SheetError> = record
            .iter()
            .map(|field| match std::str::from_utf8(field) {
                Ok(text) => Ok(Cell::text(text)),
                Err(_) => Err(SheetError::Encoding { row: number }),
            })
            .collect();
        push_row(&mut rows, number, cells?);
    }
    let name = name.to_owned();
    Ok(Sheet { name, rows })
}

/// What makes the last row end like the others, so that its lines are counted like theirs.
fn missing_end(bytes: &[u8]) -> &'static [u8] {
    let breaks_by_two = bytes.windows(2).any(|pair| pair == b"\r\n");
    match (bytes.ends_with(b"\n"), breaks_by_two) {
        (true, _) => b"",
        (false, true) => b"\r\n",
        (false, false) => b"\n",
    }
}

fn line_breaks(field: &[u8]) -> usize {
    field.iter().filter(|byte| **byte == b'\n').count()
}

/// Comma, semicolon or tab, whichever the first line has most of outside quotes.
fn delimiter(bytes: &[u8]) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    for byte in bytes {
        match *byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            other if !quoted => {
                for (separator, count) in &mut counts {
                    *count = count.saturating_add(usize::from(*separator == other));
                }
            }
            _ => {}
        }
    }
    let most = counts.iter().rev().max_by_key(|(_, count)| *count);
    most.map_or(b',', |(separator, _)| *separator)
}

fn read_workbook(bytes: &[u8], wanted: Option<&str>) -> Result<Sheet, SheetError> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes))?;
    let names = book.sheet_names();
    let name = match wanted {
        Some(wanted) => names.iter().find(|name| *name == wanted),
        None => names.first(),
    };
    let name = name.cloned().ok_or_else(|| SheetError::NoSheet {
        known: names.join(", "),
    })?;
    let range = book.worksheet_range(&name)?;
    let (top, left) = range.start().unwrap_or((0, 0));
    let mut rows = Vec::new();
    for (index, row) in range.rows().enumerate() {
        let number = index.saturating_add(top as usize).saturating_add(1);
        let margin = (0..left).map(|_| Cell::Empty);
        let cells = margin.chain(row.iter().map(cell_of)).collect();
        push_row(&mut rows, number, cells);
    }
    Ok(Sheet { name, rows })
}

fn push_row(rows: &mut Vec<Row>, number: usize, cells: Vec<Cell>) {
    if cells.iter().any(|cell| *cell != Cell::Empty) {
        rows.push(Row { number, cells });
    }
}

fn cell_of(data: &Data) -> Cell {
    match data {
        Data::Empty => Cell::Empty,
        Data::String(text) => Cell::text(text),
        Data::Float(number) => Cell::Number(*number),
        Data::Int(number) => Cell::Number(as_float(*number)),
        Data::DateTime(moment) if moment.is_duration() => Cell::Days(moment.as_f64()),
        // A time of day alone: a length of time to whoever typed it.
        Data::DateTime(moment) if moment.as_f64() < 1.0 => Cell::Days(moment.as_f64()),
        Data::DateTime(moment) => {
            let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
            civil(year, [month, day, hour, minute, second], milli)
                .map_or_else(|| Cell::Other(moment.as_f64().to_string()), Cell::Date)
        }
        Data::DateTimeIso(text) | Data::DurationIso(text) => Cell::text(text),
        Data::Bool(value) => Cell::Other(value.to_string()),
        Data::Error(error) => Cell::Other(error.to_string()),
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
mod tests {
    use super::*;

    fn numbers(sheet: &Sheet) -> Vec<usize> {
        sheet.rows.iter().map(|row| row.number).collect()
    }

    #[test]
    fn both_separators_and_a_byte_order_mark_are_read() {
        for bytes in [
            &b"lot,opening\n1,5\n"[..],
            b"\xef\xbb\xbflot;opening\r\n1;5\r\n",
            b"lot\topening\n1\t5",
        ] {
            let sheet = Sheet::read(bytes, "t.csv", None).unwrap();
            assert_eq!(sheet.rows[0].cells[0], Cell::Text("lot".into()));
            assert_eq!(sheet.rows[1].cells[1], Cell::Text("5".into()));
            assert_eq!(sheet.rows[1].place(1), "B2");
        }
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_counts_them() {
        let text = "lot,title\n1,\"two\nlines\"\n\n2,x\n,,\n3,y\n\n4,z";
        for text in [text.to_owned(), text.replace('\n', "\r\n")] {
            let sheet = Sheet::read(text.as_bytes(), "t.csv", None).unwrap();
            assert_eq!(numbers(&sheet), [1, 2, 4, 6, 8], "{text:?}");
        }
    }

    #[test]
    fn another_encoding_is_named() {
        let error = Sheet::read(b"lot,title\n1,\xc7\xd1\xd6\n", "t.csv", None).unwrap_err();
        assert!(matches!(error, SheetError::Encoding { row: 2 }), "{error}");
    }
}
