//! What a workbook shows otherwise than its cells tell: hidden rows and columns, words of number formats, and
//! from which year it counts days. The library that reads the cells does not say.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _};
use std::ops::RangeInclusive;

use calamine::XlsxError;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use crate::formats::Formats;

/// What is not shown of one sheet.
#[derive(Debug, Default)]
pub(crate) struct Unseen {
    rows: BTreeSet<usize>,
    columns: Vec<RangeInclusive<usize>>,
    /// Signs of currencies, by row from 1 and column from 0.
    words: BTreeMap<(usize, usize), String>,
    /// Whether the workbook counts days from 1904.
    pub(crate) since_1904: bool,
}

impl Unseen {
    /// Of the sheet that stands at this place of the workbook.
    ///
    /// # Errors
    /// A part is missing or is no XML.
    pub(crate) fn of(bytes: &[u8], sheet: usize) -> Result<Self, XlsxError> {
        let mut parts = Parts::open(bytes)?;
        let book = parts.related("", |kind, _| kind.ends_with("/officeDocument"))?;
        let mut unseen = Self::default();
        let (mut place, mut id) = (0_usize, None);
        each_element(&parts.text(&book)?, |name, element| match name {
            "workbookPr" => unseen.since_1904 = is_true(element, "date1904"),
            "sheet" => {
                if place == sheet {
                    id = attribute(element, "id");
                }
                place = place.saturating_add(1);
            }
            _ => {}
        })?;
        let id = id.ok_or(XlsxError::RelationshipNotFound)?;
        let part = parts.related(&book, |_, found| found == id)?;
        let formats = parts.formats(&book)?;
        let (mut row, mut column) = (0_usize, 0_usize);
        each_element(&parts.text(&part)?, |name, element| match name {
            "row" => {
                row = number(element, "r").unwrap_or_else(|| row.saturating_add(1));
                column = 0;
                if is_true(element, "hidden") || is_zero(element, "ht") {
                    unseen.rows.insert(row);
                }
            }
            "c" => {
                column = attribute(element, "r").map_or(column, |place| column_of(&place));
                let words = number(element, "s").and_then(|style| formats.words(style));
                if let Some(words) = words {
                    unseen.words.insert((row, column), words);
                }
                column = column.saturating_add(1);
            }
            "col" if is_true(element, "hidden") || is_zero(element, "width") => {
                let first = number(element, "min").unwrap_or(1).saturating_sub(1);
                let last = number(element, "max").map_or(first, |last| last.saturating_sub(1));
                unseen.columns.push(first..=last);
            }
            _ => {}
        })?;
        Ok(unseen)
    }

    /// The words that a number is shown with; row from 1, column from 0.
    pub(crate) fn words(&self, row: usize, column: usize) -> Option<&str> {
        self.words.get(&(row, column)).map(String::as_str)
    }

    /// Whether a row is hidden, counted from 1.
    pub(crate) fn hides_row(&self, row: usize) -> bool {
        self.rows.contains(&row)
    }

    /// Whether a column is hidden, counted from 0.
    pub(crate) fn hides_column(&self, column: usize) -> bool {
        self.columns.iter().any(|range| range.contains(&column))
    }
}

/// The parts of a workbook.
struct Parts<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
}

impl<'a> Parts<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, XlsxError> {
        let archive = ZipArchive::new(Cursor::new(bytes))?;
        Ok(Self { archive })
    }

    /// The text of a part; its size has been weighed before.
    fn text(&mut self, part: &str) -> Result<String, XlsxError> {
        let name = self
            .archive
            .file_names()
            .flatten()
            .find(|name| name.eq_ignore_ascii_case(part))
            .map(Cow::into_owned)
            .ok_or_else(|| XlsxError::FileNotFound(part.to_owned()))?;
        let mut bytes = Vec::new();
        self.archive.by_name(&name)?.read_to_end(&mut bytes)?;
        let units = |of: fn([u8; 2]) -> u16| -> Vec<u16> {
            let pairs = bytes.get(2..).unwrap_or_default().chunks_exact(2);
            let pair = |pair: &[u8]| [0, 1].map(|at| pair.get(at).copied().unwrap_or(0));
            pairs.map(|bytes| of(pair(bytes))).collect()
        };
        Ok(match bytes.as_slice() {
            [0xff, 0xfe, ..] => String::from_utf16_lossy(&units(u16::from_le_bytes)),
            [0xfe, 0xff, ..] => String::from_utf16_lossy(&units(u16::from_be_bytes)),
            _ => String::from_utf8_lossy(&bytes).into_owned(),
        })
    }

    /// The number formats of the workbook; none if it has no styles.
    fn formats(&mut self, book: &str) -> Result<Formats, XlsxError> {
        let mut formats = Formats::default();
        let Ok(part) = self.related(book, |kind, _| kind.ends_with("/styles")) else {
            return Ok(formats);
        };
        let Ok(text) = self.text(&part) else {
            return Ok(formats);
        };
        let mut in_cells = false;
        each_element(&text, |name, element| match name {
            "numFmt" => {
                let id = number(element, "numFmtId").and_then(|id| u32::try_from(id).ok());
                if let (Some(id), Some(code)) = (id, attribute(element, "formatCode")) {
                    formats.define(id, &code);
                }
            }
            "cellXfs" => in_cells = true,
            "cellStyles" | "dxfs" => in_cells = false,
            "xf" if in_cells => {
                let id = number(element, "numFmtId").and_then(|id| u32::try_from(id).ok());
                formats.style(id.unwrap_or(0));
            }
            _ => {}
        })?;
        Ok(formats)
    }

    /// The part that another one names: the first whose kind and id are the wanted ones.
    fn related(
        &mut self,
        from: &str,
        is_it: impl Fn(&str, &str) -> bool,
    ) -> Result<String, XlsxError> {
        let (folder, file) = from.rsplit_once('/').unwrap_or(("", from));
        let folder = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        let mut target = None;
        each_element(
            &self.text(&format!("{folder}_rels/{file}.rels"))?,
            |name, element| {
                let kind = attribute(element, "Type").unwrap_or_default();
                let id = attribute(element, "Id").unwrap_or_default();
                if name == "Relationship" && target.is_none() && is_it(&kind, &id) {
                    target = attribute(element, "Target");
                }
            },
        )?;
        let target = target.ok_or(XlsxError::RelationshipNotFound)?;
        Ok(match target.strip_prefix('/') {
            Some(whole) => whole.to_owned(),
            None => format!("{folder}{target}"),
        })
    }
}

/// Goes through the elements of a part, each by its name without a prefix.
fn each_element(xml: &str, mut see: impl FnMut(&str, &BytesStart<'_>)) -> Result<(), XlsxError> {
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event().map_err(XlsxError::Xml)? {
            Event::Start(element) | Event::Empty(element) => {
                see(element.local_name().as_ref(), &element);
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// An attribute by its name without a prefix.
fn attribute(element: &BytesStart<'_>, wanted: &str) -> Option<String> {
    let mut all = element.attributes().flatten();
    let found = all.find(|attribute| attribute.key.local_name().as_ref() == wanted)?;
    Some(found.value.into_owned())
}

/// The column of a place such as `AB12`, from 0.
fn column_of(place: &str) -> usize {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters.fold(0_usize, |number, letter| {
        let letter = usize::from(letter.to_ascii_uppercase().saturating_sub(b'A'));
        number
            .saturating_mul(26)
            .saturating_add(letter)
            .saturating_add(1)
    });
    number.saturating_sub(1)
}

fn is_true(element: &BytesStart<'_>, name: &str) -> bool {
    attribute(element, name).is_some_and(|value| matches!(value.as_str(), "1" | "true" | "on"))
}

fn is_zero(element: &BytesStart<'_>, name: &str) -> bool {
    let value = attribute(element, name);
    value.is_some_and(|value| {
        value
            .parse()
            .is_ok_and(|value: f64| value.abs() < f64::EPSILON)
    })
}

fn number(element: &BytesStart<'_>, name: &str) -> Option<usize> {
    attribute(element, name)?.parse().ok()
}
