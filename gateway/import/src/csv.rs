//! CSV as RFC 4180 has it, with any separator and either encoding that spreadsheets write, and
//! strictly: a quote that is never closed would swallow every row after it, and a library that is kind
//! to it would not say so.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::columns::Column;
use crate::head::row_of_names;
use crate::limits::{COLUMNS_MAX, HEAD_ROWS_MAX};
use crate::problem::{ExpectedValue, Problem, Spot, expected};
use crate::sheet::{Cell, Grid, Sheet, SheetError, SheetRow, is_unseen};

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
    let mut apostrophe: Option<(Spot, String)> = None;
    let mut widths: BTreeMap<usize, usize> = BTreeMap::new();
    while !reader.rest.is_empty() {
        let at = Spot::cell(row, column);
        let Field {
            bytes,
            is_quoted,
            ends_row,
        } = reader
            .field()
            .map_err(|field| grid.wrong(at, &shown(field), quotes()))?;
        let text = String::from_utf8(bytes)
            .map_err(|e| grid.wrong(at, &shown(e.as_bytes()), encoding()))?;
        if !is_quoted {
            if is_torn(&text) {
                return Err(grid.wrong(at, &shown(text.as_bytes()), quotes()));
            }
            // An apostrophe begins names as well: only one that a later cell of the row closes is a quote.
            match apostrophe.take() {
                Some((at, start)) if text.trim_end().ends_with('\'') => {
                    return Err(grid.wrong(at, &shown(start.as_bytes()), quotes()));
                }
                None if opens_with(&text, "'") && text.matches('\'').count() == 1 => {
                    apostrophe = Some((at, text.clone()));
                }
                open => apostrophe = open,
            }
        }
        grid.put(at, Cell::text(&text))?;
        column = column.saturating_add(1);
        if ends_row {
            widths.insert(row, column);
            (row, column, apostrophe) = (row.saturating_add(1), 0, None);
        }
    }
    let sheet = grid.finish();
    match too_wide(&sheet, &widths) {
        Some(problem) => Err(SheetError::Cell(Box::new(problem))),
        None => Ok(sheet),
    }
}

/// A text begins with this behind blanks.
fn opens_with(text: &str, quote: &str) -> bool {
    text.trim_start_matches(is_blank).starts_with(quote)
}

/// Whether a cell opens with a quote of another kind that it does not close: the separator stood within
/// what was quoted.
fn is_torn(text: &str) -> bool {
    const PAIRS: [(&str, &[char]); 5] = [
        ("=\"", &['"']),
        ("\u{201c}", &['\u{201d}', '\u{201c}', '"']),
        ("\u{201d}", &['\u{201d}', '\u{201c}', '"']),
        ("\u{201e}", &['\u{201c}', '\u{201d}', '"']),
        ("\u{ab}", &['\u{bb}']),
    ];
    let text = text.trim_start_matches(is_blank);
    let is_open = |(open, close): &(&str, &[char])| {
        text.strip_prefix(open)
            .is_some_and(|rest| !rest.contains(*close))
    };
    PAIRS.iter().any(is_open)
}

/// A row with more cells than the head has, though the further ones are empty: a separator that was meant
/// as a letter has moved the others. Where all rows have more, it is how their program ends a row.
fn too_wide(sheet: &Sheet, widths: &BTreeMap<usize, usize>) -> Option<Problem> {
    let (head, rows) = sheet.rows.get(row_of_names(&sheet.rows)..)?.split_first()?;
    let of = |row: &SheetRow| widths.get(&row.number).copied().unwrap_or(0);
    let most = of(head).max(head.cells.len());
    let is_wide = |row: &&SheetRow| of(row) > most;
    // What stands in the further cells is told with the other mistakes of the table.
    let is_empty_beyond = |row: &&SheetRow| row.cells.len() <= most;
    let first = rows.iter().filter(is_wide).find(is_empty_beyond)?;
    let names_columns = head
        .cells
        .iter()
        .any(|cell| is_name(cell.shown().as_bytes()));
    if !names_columns || rows.iter().all(|row| is_wide(&row)) {
        return None;
    }
    let words = expected(
        "row-too-wide",
        format!(
            "{most} cells, as many as the table has columns: quote a text that holds the separator"
        ),
        format!("{most} خلية بعدد أعمدة الجدول: ضع النص الذي يحوي الفاصل بين علامتي تنصيص"),
    );
    let at = Spot::cell(first.number, most);
    Some(Problem::new(&sheet.name, at, "", "", words))
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

/// A space of any width, also none, or a tab; no end of a row.
fn is_blank(letter: char) -> bool {
    let breaks = matches!(
        letter,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    );
    (letter.is_whitespace() && !breaks) || is_unseen(letter)
}

struct CsvReader<'a> {
    rest: &'a [u8],
    separator: &'static [u8],
}

/// What stands between two separators.
struct Field {
    bytes: Vec<u8>,
    is_quoted: bool,
    /// Whether it is the last one of its row.
    ends_row: bool,
}

impl<'a> CsvReader<'a> {
    /// The next field. If its quotes do not pair: where it begins.
    fn field(&mut self) -> Result<Field, &'a [u8]> {
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
            return Ok(Field {
                bytes: field.to_vec(),
                is_quoted: false,
                ends_row: self.ends_row().ok_or(start)?,
            });
        };
        let (mut bytes, mut rest) = (Vec::new(), quoted);
        loop {
            let end = rest.iter().position(|b| *b == b'"').ok_or(start)?;
            let (part, after) = rest.split_at(end);
            bytes.extend_from_slice(part);
            rest = after.strip_prefix(b"\"").unwrap_or(after);
            match rest.strip_prefix(b"\"") {
                Some(after) => {
                    bytes.push(b'"');
                    rest = after;
                }
                None => break,
            }
        }
        self.rest = self.without_blanks(rest);
        Ok(Field {
            bytes,
            is_quoted: true,
            ends_row: self.ends_row().ok_or(start)?,
        })
    }

    /// What follows the blanks, if they separate nothing.
    fn without_blanks(&self, bytes: &'a [u8]) -> &'a [u8] {
        let mut rest = bytes;
        loop {
            let longest = rest.get(..3).unwrap_or(rest);
            let first = longest
                .utf8_chunks()
                .next()
                .and_then(|chunk| chunk.valid().chars().next());
            match first {
                Some(blank) if is_blank(blank) && !(blank == '\t' && self.separator == b"\t") => {
                    rest = rest.get(blank.len_utf8()..).unwrap_or_default();
                }
                _ => return rest,
            }
        }
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
#[path = "csv_tests.rs"]
mod tests;
