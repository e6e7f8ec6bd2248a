//! CSV as RFC 4180 has it, with any separator and either encoding that spreadsheets write, and
//! strictly: a quote that is never closed would swallow every row after it, and a library that is kind
//! to it would not say so.

use std::borrow::Cow;

use crate::columns::Column;
use crate::limits::{COLUMNS_MAX, HEAD_ROWS_MAX};
use crate::problem::{ExpectedValue, Spot, expected};
use crate::sheet::{Cell, Grid, Sheet, SheetError};

/// What stands between cells: what spreadsheets offer, and the list separators of Arabic and Persian.
const SEPARATORS: [&[u8]; 6] = [b",", b";", b"\t", b"|", "؛".as_bytes(), "،".as_bytes()];

/// Reads a CSV file in UTF-8 or UTF-16.
///
/// # Errors
/// Another encoding, quotes that do not pair, or too large a table; with the place.
pub(crate) fn read(bytes: &[u8], name: &str) -> Result<Sheet, SheetError> {
    let mut grid = Grid::new(name);
    let start = Spot::cell(1, 0);
    let bytes = in_utf8(bytes).ok_or_else(|| grid.wrong(start, "", encoding()))?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let (said, bytes) = said_separator(bytes);
    let mut reader = CsvReader {
        rest: bytes,
        separator: said.unwrap_or_else(|| separator(bytes)),
    };
    // The line that names the separator is a row of the file.
    let mut row = if said.is_some() { 2_usize } else { 1 };
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

/// What Excel writes as "Unicode text" is UTF-16, with its mark before it; other programs leave the
/// mark out. `None` if it is damaged.
fn in_utf8(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    let (rest, of): (_, fn([u8; 2]) -> u16) = match bytes {
        [0xff, 0xfe, rest @ ..] => (rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => (rest, u16::from_be_bytes),
        [1..=255, 0, ..] => (bytes, u16::from_le_bytes),
        [0, 1..=255, ..] => (bytes, u16::from_be_bytes),
        _ => return Some(Cow::Borrowed(bytes)),
    };
    let pairs = rest.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    let units = pairs.map(|pair| {
        of([
            pair.first().copied().unwrap_or(0),
            pair.last().copied().unwrap_or(0),
        ])
    });
    let text: Result<String, _> = char::decode_utf16(units).collect();
    text.ok().map(|text| Cow::Owned(text.into_bytes()))
}

/// The separator that a first line names, as Excel reads it: `sep=;`.
fn said_separator(bytes: &[u8]) -> (Option<&'static [u8]>, &[u8]) {
    let line = bytes
        .iter()
        .position(|b| *b == b'\n')
        .unwrap_or(bytes.len());
    let (first, rest) = bytes.split_at(line);
    let first = first.strip_suffix(b"\r").unwrap_or(first);
    let first = first
        .strip_prefix(b"\"")
        .and_then(|first| first.strip_suffix(b"\""))
        .unwrap_or(first);
    let said = first.strip_prefix(b"sep=");
    let known = SEPARATORS.into_iter().find(|known| said == Some(*known));
    match known {
        Some(known) => (Some(known), rest.strip_prefix(b"\n").unwrap_or(rest)),
        None => (None, bytes),
    }
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
        "UTF-8 or UTF-16: save the table as 'CSV UTF-8', as 'Unicode text' or as XLSX",
        "ترميز UTF-8 أو UTF-16: احفظ الجدول بصيغة CSV UTF-8 أو Unicode Text أو XLSX",
    )
}

struct CsvReader<'a> {
    rest: &'a [u8],
    separator: &'static [u8],
}

impl<'a> CsvReader<'a> {
    /// The next field, and whether it is the last one of its row. If its quotes do not pair: where
    /// it begins.
    fn field(&mut self) -> Result<(Vec<u8>, bool), &'a [u8]> {
        let start = self.rest;
        // A blank before a quote is none of the cell: programs that write ", " mean what they quote.
        let Some(quoted) = self.without_blanks(start).strip_prefix(b"\"") else {
            let ends = |at: &usize| {
                let rest = start.get(*at..).unwrap_or_default();
                rest.starts_with(self.separator)
                    || rest.starts_with(b"\n")
                    || rest.starts_with(b"\r")
            };
            let end = (0..start.len()).find(ends).unwrap_or(start.len());
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
        self.rest = self.without_blanks(rest);
        Ok((field, self.ends_row().ok_or(start)?))
    }

    /// What follows the blanks, if they separate nothing.
    fn without_blanks(&self, bytes: &'a [u8]) -> &'a [u8] {
        let is_blank = |b: &u8| *b == b' ' || (*b == b'\t' && self.separator != b"\t");
        let blanks = bytes.iter().take_while(|b| is_blank(b)).count();
        bytes.get(blanks..).unwrap_or_default()
    }

    /// Takes what ends a field, and says whether that ends the row; `None` if nothing here does.
    fn ends_row(&mut self) -> Option<bool> {
        let (ends_row, rest) = match self.rest {
            [] => (true, self.rest),
            [b'\r', b'\n', rest @ ..] | [b'\n' | b'\r', rest @ ..] => (true, rest),
            rest => (false, rest.strip_prefix(self.separator)?),
        };
        self.rest = rest;
        Some(ends_row)
    }
}

/// The separator by which one of the first lines holds the most names of columns; if none holds any,
/// the one that stands there most often outside quotes.
fn separator(bytes: &[u8]) -> &'static [u8] {
    let lines = first_lines(bytes);
    let rate = |separator: &&[u8]| {
        let of_line = |line: &Vec<u8>| {
            let cells = split(line, separator);
            let first = cells.iter().take(COLUMNS_MAX);
            let names = first.filter(|cell| is_name(cell)).count();
            (names, cells.len())
        };
        lines.iter().map(of_line).max()
    };
    // The first of equals: `max_by_key` would take the last.
    let best = SEPARATORS.into_iter().rev().max_by_key(rate);
    best.unwrap_or(b",")
}

/// The first lines, without what stands in quotes beside names.
fn first_lines(bytes: &[u8]) -> Vec<Vec<u8>> {
    let (mut lines, mut line, mut quoted) = (Vec::new(), Vec::new(), false);
    for byte in bytes {
        match *byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => {
                if !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
                if lines.len() >= HEAD_ROWS_MAX {
                    return lines;
                }
            }
            other
                if quoted
                    && SEPARATORS
                        .iter()
                        .any(|known| known.contains(&other) && other < 128) =>
            {
                line.push(b' ');
            }
            other => line.push(other),
        }
    }
    lines.push(line);
    lines
}

fn split<'l>(line: &'l [u8], separator: &[u8]) -> Vec<&'l [u8]> {
    let (mut cells, mut start) = (Vec::new(), 0_usize);
    for (at, window) in line.windows(separator.len()).enumerate() {
        if window == separator && at >= start {
            cells.push(line.get(start..at).unwrap_or_default());
            start = at.saturating_add(separator.len());
        }
    }
    cells.push(line.get(start..).unwrap_or_default());
    cells
}

fn is_name(cell: &[u8]) -> bool {
    let is_name = |cell| Column::parse(cell, None).is_some();
    !cell.is_empty() && std::str::from_utf8(cell).is_ok_and(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::ROWS_MAX;

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
            "lot|opening\n1|5\n",
            "lot؛opening\n1؛5\n",
            "lot، opening\n1، 5\n",
            "\"lot\";\"opening\"\n1;5\n",
            "lot, \"opening\" ,\n 1 ,  \"5\"\t\n",
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
    fn a_title_does_not_tell_the_separator() {
        let read = rows("مزاد، بتاريخ 1/3، أسيوط\nلوط;العنوان;سعر الفتح\n1;كشك, صغير;5\n");
        assert_eq!(read[1].1, ["لوط", "العنوان", "سعر الفتح"]);
        assert_eq!(read[2].1, ["1", "كشك, صغير", "5"]);
    }

    #[test]
    fn a_first_line_may_name_the_separator() {
        for said in ["sep=;\r\n", "\"sep=;\"\n"] {
            let read = rows(&format!("{said}a,b;c\n1;2\n"));
            let expected = [
                (2, vec!["a,b".to_owned(), "c".to_owned()]),
                (3, vec!["1".to_owned(), "2".to_owned()]),
            ];
            assert_eq!(read, expected);
        }
    }

    #[test]
    fn utf_16_is_read_with_and_without_its_mark() {
        let text = "lot\tالعنوان\topening\r\n1\tكشك\t5\r\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let marked = |mark: [u8; 2], bytes: &[u8]| [&mark, bytes].concat();
        for bytes in [
            marked([0xff, 0xfe], &little),
            marked([0xfe, 0xff], &big),
            little.clone(),
            big.clone(),
        ] {
            let sheet = read(&bytes, "t.csv").unwrap();
            let shown: Vec<String> = sheet.rows[1].cells.iter().map(Cell::shown).collect();
            assert_eq!(shown, ["1", "كشك", "5"]);
        }
        assert_eq!(wrong(&marked([0xff, 0xfe], &little[1..])), "A1 encoding");
        assert_eq!(wrong(b"\xff\xfe\x00\xd8\x41\x00"), "A1 encoding");
    }

    #[test]
    fn a_blank_before_a_quote_is_none_of_the_cell() {
        let read = rows("lot,opening,title_en,description_en\n1,500, \"Tractor, red\",x\n");
        assert_eq!(read[1].1, ["1", "500", "Tractor, red", "x"]);
        assert_eq!(wrong(b"lot,title\n1, \"x\n"), "B2 quotes");
        assert_eq!(wrong(b"lot,title\n1, \"x\" y\n"), "B2 quotes");
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
