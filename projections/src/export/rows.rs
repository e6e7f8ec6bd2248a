//! Rows in either format.

use std::borrow::Cow;
use std::io::{self, Write};
use std::marker::PhantomData;

use serde::Serialize;

use super::{ExportError, Format};

/// The mark by which spreadsheets know that a CSV is UTF-8: without it Arabic is garbled.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// What makes a spreadsheet take a text for a formula, the full-width forms too.
const FORMULA_BEGINS: &[char] = &[
    '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
];

/// A text of people: in a CSV an apostrophe before it keeps it a text.
pub(super) fn cell(text: &str, format: Format) -> Cow<'_, str> {
    match format {
        Format::Csv if text.starts_with(FORMULA_BEGINS) => Cow::Owned(format!("'{text}")),
        Format::Csv | Format::JsonLines => Cow::Borrowed(text),
    }
}

/// Rows of one kind. Their names are those of its fields.
pub(super) struct Rows<W: Write, R> {
    to: To<W>,
    of: PhantomData<R>,
}

enum To<W: Write> {
    Json(W),
    Csv {
        out: Box<csv::Writer<W>>,
        is_named: bool,
    },
}

impl<W: Write, R> std::fmt::Debug for Rows<W, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.to {
            To::Json(_) => "Rows(json)",
            To::Csv { .. } => "Rows(csv)",
        })
    }
}

impl<W: Write, R: Serialize + Default> Rows<W, R> {
    pub(super) fn new(out: W, format: Format) -> Self {
        let to = match format {
            Format::JsonLines => To::Json(out),
            Format::Csv => {
                let mut builder = csv::WriterBuilder::new();
                let out = Box::new(builder.has_headers(false).from_writer(out));
                let is_named = false;
                To::Csv { out, is_named }
            }
        };
        let of = PhantomData;
        Self { to, of }
    }

    pub(super) fn format(&self) -> Format {
        match self.to {
            To::Json(_) => Format::JsonLines,
            To::Csv { .. } => Format::Csv,
        }
    }

    pub(super) fn row(&mut self, row: &R) -> Result<(), ExportError> {
        self.name()?;
        match &mut self.to {
            To::Json(out) => write_json(out, row)?,
            To::Csv { out, .. } => out.serialize(row).map_err(from_csv)?,
        }
        Ok(())
    }

    pub(super) fn flush(&mut self) -> Result<(), ExportError> {
        self.name()?;
        match &mut self.to {
            To::Json(out) => out.flush()?,
            To::Csv { out, .. } => out.flush()?,
        }
        Ok(())
    }

    /// The line of names, once, also of a table that has no row.
    fn name(&mut self) -> Result<(), ExportError> {
        let To::Csv { out, is_named } = &mut self.to else {
            return Ok(());
        };
        if std::mem::replace(is_named, true) {
            return Ok(());
        }
        let mut draft = csv::Writer::from_writer(Vec::new());
        draft.serialize(R::default()).map_err(from_csv)?;
        let draft = draft.into_inner().map_err(|error| error.into_error())?;
        let mut names = csv::Reader::from_reader(&*draft);
        let names = names.headers().map_err(from_csv)?;
        let marked = names.iter().enumerate().map(|(place, name)| match place {
            0 => format!("{BYTE_ORDER_MARK}{name}"),
            _ => name.to_owned(),
        });
        out.write_record(marked).map_err(from_csv)?;
        Ok(())
    }
}

fn write_json(out: &mut impl Write, value: &impl Serialize) -> Result<(), ExportError> {
    serde_json::to_writer(&mut *out, value).map_err(io::Error::from)?;
    out.write_all(b"\n")?;
    Ok(())
}

fn from_csv(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, Serialize)]
    struct Row<'a> {
        lot: u32,
        title: Cow<'a, str>,
    }

    fn written(titles: &[&str], format: Format) -> String {
        let mut out = Vec::new();
        let mut rows = Rows::new(&mut out, format);
        for title in titles {
            let (lot, title) = (1, cell(title, format));
            rows.row(&Row { lot, title }).unwrap();
        }
        rows.flush().unwrap();
        drop(rows);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_table_without_rows_has_its_names() {
        assert_eq!(written(&[], Format::Csv), "\u{feff}lot,title\n");
        assert_eq!(written(&[], Format::JsonLines), "");
    }

    #[test]
    fn no_text_is_a_formula() {
        let titles = ["=HYPERLINK(1)", "كشك", "+1", "-1", "@a", "\u{ff1d}1"];
        let rows = "1,'=HYPERLINK(1)\n1,كشك\n1,'+1\n1,'-1\n1,'@a\n1,'\u{ff1d}1\n";
        let csv = written(&titles, Format::Csv);
        assert_eq!(csv, format!("\u{feff}lot,title\n{rows}"));
        let json = written(&["=1"], Format::JsonLines);
        assert_eq!(json, "{\"lot\":1,\"title\":\"=1\"}\n");
    }
}
