//! CSV as RFC 4180 has it, and strictly: a quote that is never closed would swallow every row after
//! it, and a library that is kind to it would not say so.

use crate::problem::{ExpectedValue, Spot, expected};
use crate::sheet::{Cell, Grid, Sheet, SheetError};

/// Reads a CSV file in UTF-8.
///
/// # Errors
/// Another encoding, quotes that do not pair, or too large a table; with the place.
pub(crate) fn read(bytes: &[u8], name: &str) -> Result<Sheet, SheetError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = CsvReader {
        rest: bytes,
        separator: separator(bytes),
    };
    let mut grid = Grid::new(name);
    let mut row = 1_usize;
    let mut column = 0_usize;
    while !reader.rest.is_empty() {
        let at = Spot::cell(row, column);
        let (field, ends_row) = reader
            .field()
            .map_err(|field| grid.wrong(at, &shown(field), quotes()))?;
        let text = String::from_utf8(field)
            .map_err(|e| grid.wrong(at, &shown(e.as_bytes()), encoding()))?;
        grid.put(at, Cell::text(&text))?;
        if ends_row {
            (row, column) = (row.saturating_add(1), 0);
        } else {
            column = column.saturating_add(1);
        }
    }
    Ok(grid.finish())
}

/// The beginning of a field that cannot be read.
fn shown(field: &[u8]) -> String {
    let start = field.get(..40).unwrap_or(field);
    String::from_utf8_lossy(start).into_owned()
}

fn quotes() -> ExpectedValue {
    expected(
        "quotes",
        "a cell whose opening quote is closed at its end",
        "خلية تُغلق علامة التنصيص المفتوحة في نهايتها",
    )
}

fn encoding() -> ExpectedValue {
    expected(
        "encoding",
        "UTF-8: save the table as 'CSV UTF-8' or as XLSX",
        "ترميز UTF-8: احفظ الجدول بصيغة CSV UTF-8 أو XLSX",
    )
}

struct CsvReader<'a> {
    rest: &'a [u8],
    separator: u8,
}

impl<'a> CsvReader<'a> {
    /// The next field, and whether it is the last one of its row. If its quotes do not pair: where
    /// it begins.
    fn field(&mut self) -> Result<(Vec<u8>, bool), &'a [u8]> {
        let start = self.rest;
        let Some(quoted) = start.strip_prefix(b"\"") else {
            let ends = |b: &u8| *b == self.separator || matches!(b, b'\n' | b'\r');
            let end = start.iter().position(ends).unwrap_or(start.len());
            let (field, rest) = start.split_at(end);
            self.rest = rest;
            return Ok((field.to_vec(), self.ends_row().ok_or(start)?));
        };
        let (mut field, mut rest) = (Vec::new(), quoted);
        loop {
            let end = rest.iter().position(|b| *b == b'"').ok_or(start)?;
            let (part, after) = rest.split_at(end);
            field.extend_from_slice(part);
            rest = after.strip_prefix(b"\"").unwrap_or(after);
            match rest.strip_prefix(b"\"") {
                Some(after) => {
                    field.push(b'"');
                    rest = after;
                }
                None => break,
            }
        }
        self.rest = rest;
        Ok((field, self.ends_row().ok_or(start)?))
    }

    /// Takes what ends a field, and says whether that ends the row; `None` if nothing here does.
    fn ends_row(&mut self) -> Option<bool> {
        let (ends_row, rest) = match self.rest {
            [] => (true, self.rest),
            [b'\r', b'\n', rest @ ..] | [b'\n' | b'\r', rest @ ..] => (true, rest),
            [first, rest @ ..] if *first == self.separator => (false, rest),
            _ => return None,
        };
        self.rest = rest;
        Some(ends_row)
    }
}

/// Comma, semicolon or tab, whichever the first row has most of outside quotes.
fn separator(bytes: &[u8]) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    for byte in bytes {
        match *byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::{COLUMNS_MAX, ROWS_MAX};

    fn rows(text: &str) -> Vec<(usize, Vec<String>)> {
        let rows = read(text.as_bytes(), "t.csv").unwrap().rows.into_iter();
        let shown = |cells: Vec<Cell>| cells.iter().map(Cell::shown).collect();
        rows.map(|row| (row.number, shown(row.cells))).collect()
    }

    /// The mistake, as `cell code`.
    fn wrong(bytes: &[u8]) -> String {
        match read(bytes, "t.csv") {
            Err(SheetError::Cell(problem)) => format!("{} {}", problem.cell, problem.code),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_separator_and_a_byte_order_mark_are_read() {
        for text in [
            "lot,opening\n1,5\n",
            "\u{feff}lot;opening\r\n1;5\r\n",
            "lot\topening\r1\t5",
        ] {
            let expected = [(1, vec!["lot", "opening"]), (2, vec!["1", "5"])];
            let read = rows(text);
            let read: Vec<(usize, Vec<&str>)> = read
                .iter()
                .map(|(row, cells)| (*row, cells.iter().map(String::as_str).collect()))
                .collect();
            assert_eq!(read, expected, "{text:?}");
        }
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_counts_them() {
        let text = "lot,title\n1,\"two\nlines\"\n\n2,x\n,,\n3,y\n\n4,z";
        for text in [text.to_owned(), text.replace('\n', "\r\n")] {
            let numbers: Vec<usize> = rows(&text).into_iter().map(|(row, _)| row).collect();
            assert_eq!(numbers, [1, 2, 4, 6, 8], "{text:?}");
        }
    }

    #[test]
    fn quotes_hold_separators_and_quotes() {
        let read = rows("a,\"b,\"\"c\"\"\",\"\",5\" pipe\n");
        assert_eq!(read[0].1, ["a", "b,\"c\"", "", "5\" pipe"]);
    }

    #[test]
    fn quotes_that_do_not_pair_are_refused() {
        assert_eq!(wrong(b"lot,title\n1,\"x\n2,y\n3,z\n"), "B2 quotes");
        assert_eq!(wrong(b"lot,title,a\n1,\"x,5\n2,\"y\",6\n"), "B2 quotes");
        assert_eq!(wrong(b"lot,title\n1,\"x\" y\n"), "B2 quotes");
        assert_eq!(wrong(b"\"lot"), "A1 quotes");
    }

    #[test]
    fn another_encoding_is_named() {
        assert_eq!(wrong(b"lot,title\n1,\xc7\xd1\xd6\n"), "B2 encoding");
        assert_eq!(wrong(b"\xff\xfel\0o\0t\0"), "A1 encoding");
    }

    #[test]
    fn a_table_has_bounds() {
        let wide = ",".repeat(COLUMNS_MAX) + "x";
        assert_eq!(wrong(wide.as_bytes()), "CW1 table-too-large");
        assert_eq!(rows(&",".repeat(1_000_000)), []);
        let long = "x\n".repeat(ROWS_MAX + 1);
        assert_eq!(
            wrong(long.as_bytes()),
            format!("A{} table-too-large", ROWS_MAX + 1)
        );
    }
}
