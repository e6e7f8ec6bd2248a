//! A table as rows of cells, from CSV or XLSX, with the places that a spreadsheet would name.

use std::collections::BTreeMap;

use jiff::civil::DateTime;

use crate::currencies::is_any_name;
use crate::limits::{COLUMNS_MAX, ROWS_MAX, SHOWN_MAX, TABLE_BYTES_MAX};
use crate::number::of_float;
use crate::problem::{ExpectedValue, Problem, Spot, expected};

/// A table of cells.
#[derive(Debug)]
pub struct Sheet {
    /// The file's name, or that of the sheet in its workbook.
    pub name: String,
    /// The rows that hold anything.
    pub rows: Vec<SheetRow>,
    /// Whether days are counted from 1904, as old spreadsheets of the Macintosh did.
    pub since_1904: bool,
    /// Hidden sheets of the workbook, which were left alone.
    pub hidden_sheets: Vec<String>,
}

/// Which table of a file is meant, and what becomes of what people cannot see in it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pick<'a> {
    /// The name of a sheet; `None`: the only one that is shown and holds anything.
    pub sheet: Option<&'a str>,
    /// `None`: hidden rows, columns and sheets are a mistake.
    pub hidden: Option<Hidden>,
}

/// What becomes of hidden rows and columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hidden {
    /// They count like the others.
    Take,
    /// They are left out.
    Leave,
}

/// A row of cells.
#[derive(Debug)]
pub struct SheetRow {
    /// As the spreadsheet counts, from 1.
    pub number: usize,
    /// Its cells, from column A to the last that holds anything.
    pub cells: Vec<Cell>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing, or spaces.
    Empty,
    Text(String),
    /// A number of the spreadsheet.
    Number(f64),
    /// A number that is shown with words beside it which name no currency: `24 thousand`, `5 m²`.
    Worded(f64, String),
    /// A date with its time of day, of no zone.
    Date(DateTime),
    /// A length of time, in days.
    Days(f64),
    /// A formula that failed or was never computed, or a tick box.
    Other(String),
}

/// Why a file is not a table at all.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// The operating system failed the read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// Too many bytes.
    #[error(
        "the file is too large: at most 64 MiB, a workbook 16 MiB and 64 MiB unpacked; leave \
         pictures out / الملف أكبر من المسموح: ٦٤ ميبي، والمصنف ١٦ ميبي و٦٤ بعد فكه؛ استبعد الصور"
    )]
    TooLarge,
    /// Not XLSX.
    #[error("the file cannot be read as XLSX / تتعذر قراءة الملف كمصنف XLSX: {0}")]
    Xlsx(#[from] calamine::XlsxError),
    /// The workbook has no sheet, or none of that name.
    #[error("the workbook has no such sheet; it has / لا توجد ورقة بهذا الاسم، والموجود: {known:?}")]
    NoSheet {
        /// The names that it has.
        known: Vec<String>,
    },
    /// What is wrong has a place.
    #[error("{0}")]
    Cell(Box<Problem>),
}

impl SheetError {
    /// The same as a mistake in a table, for whoever tells mistakes alone.
    pub fn into_problem(self, file: &str) -> Problem {
        let (found, words) = match self {
            Self::Cell(problem) => return *problem,
            Self::TooLarge => (
                String::new(),
                expected(
                    "file-too-large",
                    "at most 64 MiB, a workbook 16 MiB and 64 MiB unpacked: leave pictures out",
                    "٦٤ ميبي على الأكثر، والمصنف ١٦ ميبي و٦٤ بعد فكه: استبعد الصور",
                ),
            ),
            Self::Io(_) | Self::Xlsx(_) => (
                String::new(),
                expected(
                    "file-unreadable",
                    "a table: CSV, or an XLSX workbook",
                    "جدول بصيغة CSV أو مصنف XLSX",
                ),
            ),
            Self::NoSheet { known } => (
                known.join(", "),
                expected("sheet-unknown", "a sheet that it has", "ورقة موجودة فيه"),
            ),
        };
        let found: String = found.chars().take(SHOWN_MAX).collect();
        Problem::new(file, Spot::cell(1, 0), "", &found, words)
    }
}

impl Cell {
    /// A text without the spaces around it. One of which nothing can be seen is none.
    pub fn text(text: &str) -> Self {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if text.chars().all(|c| c.is_whitespace() || is_unseen(c)) {
            Self::Empty
        } else {
            Self::Text(text.to_owned())
        }
    }

    /// What stands there, for people.
    pub fn shown(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Other(text) => text.chars().take(SHOWN_MAX).collect(),
            Self::Number(number) => number.to_string(),
            Self::Worded(number, words) => format!("{number} {words}")
                .chars()
                .take(SHOWN_MAX)
                .collect(),
            Self::Date(date) => date.to_string(),
            Self::Days(days) => format!("{days} d"),
        }
    }

    /// What it weighs beside its place in the row.
    fn bytes(&self) -> usize {
        match self {
            Self::Text(text) | Self::Other(text) | Self::Worded(_, text) => text.len(),
            Self::Empty | Self::Number(_) | Self::Date(_) | Self::Days(_) => 0,
        }
    }
}

/// Letters that show nothing and take no room: marks of direction, joiners, fillers, selectors and tags.
/// What turns the text that follows is another thing: `is_hidden`.
pub(crate) fn is_unseen(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}'
        | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Gathers the cells of a table, within its bounds.
#[derive(Debug)]
pub(crate) struct Grid {
    name: String,
    rows: BTreeMap<usize, Vec<Cell>>,
    bytes: usize,
}

impl Grid {
    /// A table of this name, empty.
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            rows: BTreeMap::new(),
            bytes: 0,
        }
    }

    /// Puts a cell into its place.
    ///
    /// # Errors
    /// The place is taken, or the table grows past its bounds.
    pub(crate) fn put(&mut self, at: Spot, cell: Cell) -> Result<(), SheetError> {
        if cell == Cell::Empty {
            return Ok(());
        }
        self.bytes = self.bytes.saturating_add(cell.bytes());
        let column = at.column.unwrap_or(0);
        let is_new_row = !self.rows.contains_key(&at.row);
        let beyond = column >= COLUMNS_MAX || (is_new_row && self.rows.len() >= ROWS_MAX);
        if beyond || self.bytes > TABLE_BYTES_MAX {
            let words = expected(
                "table-too-large",
                format!(
                    "nothing here: a table has at most {ROWS_MAX} rows, {COLUMNS_MAX} columns and \
                     {TABLE_BYTES_MAX} bytes"
                ),
                format!(
                    "لا شيء هنا: للجدول {ROWS_MAX} صف و{COLUMNS_MAX} عمود و{TABLE_BYTES_MAX} بايت على الأكثر"
                ),
            );
            return Err(self.wrong(at, &cell.shown(), words));
        }
        let row = self.rows.entry(at.row).or_default();
        if row.len() <= column {
            row.resize(column.saturating_add(1), Cell::Empty);
        }
        match row.get_mut(column) {
            Some(place @ Cell::Empty) => *place = cell,
            _ => {
                let words = expected(
                    "cell-repeated",
                    "this cell once in the file: the workbook is damaged",
                    "ورود هذه الخلية مرة واحدة: المصنف تالف",
                );
                return Err(self.wrong(at, &cell.shown(), words));
            }
        }
        Ok(())
    }

    /// A mistake at a place of this table.
    pub(crate) fn wrong(&self, at: Spot, found: &str, words: ExpectedValue) -> SheetError {
        SheetError::Cell(Box::new(Problem::new(&self.name, at, "", found, words)))
    }

    /// Whether nothing was put into it.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows that hold anything, among these.
    pub(crate) fn filled_rows(&self, is_one: impl Fn(usize) -> bool) -> Vec<usize> {
        self.rows
            .keys()
            .copied()
            .filter(|row| is_one(*row))
            .collect()
    }

    /// The columns that hold anything, among these; counted from 0.
    pub(crate) fn filled_columns(&self, is_one: impl Fn(usize) -> bool) -> Vec<usize> {
        let filled = |column: &usize| {
            let of =
                |cells: &Vec<Cell>| cells.get(*column).is_some_and(|cell| *cell != Cell::Empty);
            self.rows.values().any(of)
        };
        let all = (0..COLUMNS_MAX).filter(|column| is_one(*column));
        all.filter(filled).collect()
    }

    /// Writes the words that a number is shown with beside it: whoever reads an amount sees them there.
    pub(crate) fn show<'s>(&mut self, words: impl Fn(usize, usize) -> Option<&'s str>) {
        for (row, cells) in &mut self.rows {
            for (column, cell) in cells.iter_mut().enumerate() {
                let Cell::Number(number) = cell else { continue };
                let number = *number;
                let Some(words) = words(*row, column) else {
                    continue;
                };
                // The sign of a currency, or of hundredths, is no unit of any other column.
                *cell = match of_float(number) {
                    Some(number) if is_any_name(words) || words.contains('%') => {
                        Cell::Text(format!("{words} {number}"))
                    }
                    _ => Cell::Worded(number, words.to_owned()),
                };
            }
        }
    }

    /// Takes rows and columns out.
    pub(crate) fn leave_out(&mut self, rows: &[usize], columns: &[usize]) {
        for row in rows {
            self.rows.remove(row);
        }
        for cells in self.rows.values_mut() {
            for column in columns {
                if let Some(cell) = cells.get_mut(*column) {
                    *cell = Cell::Empty;
                }
            }
        }
        self.rows
            .retain(|_, cells| cells.iter().any(|cell| *cell != Cell::Empty));
    }

    /// The whole of it.
    pub(crate) fn finish(self) -> Sheet {
        let rows = self.rows.into_iter();
        Sheet {
            name: self.name,
            since_1904: false,
            hidden_sheets: Vec::new(),
            rows: rows
                .map(|(number, cells)| SheetRow { number, cells })
                .collect(),
        }
    }
}
