//! One row of a table: cells by column, and what is wrong with them.

use jiff::civil::Time as ClockTime;
use mazad_engine::domain::{Money, Span, Time};
use mazad_engine::limits::{LABEL_LETTERS_MAX, TEXT_BYTES_MAX};
use mazad_texts::is_hidden;
use rust_decimal::Decimal;

use crate::catalogue_no::{self, CatalogueNo};
use crate::columns::Column;
use crate::doubt::Doubt;
use crate::moment::{MomentError, ReadInstant, instant_of, of_serial, read_instant};
use crate::number::{latin_digits, money_of, of_float, parse_decimal, parse_money, scaled};
use crate::problem::{ExpectedValue, Problem, Problems, Spot, expected};
use crate::setting::Setting;
use crate::sheet::{Cell, Sheet, SheetRow};
use crate::span::parse_span;

/// Reads the cells of one row by column; notes what is wrong.
#[derive(Debug)]
pub(crate) struct RowReader<'a> {
    sheet: &'a Sheet,
    row: &'a SheetRow,
    columns: &'a [(usize, Column)],
    setting: &'a Setting,
    problems: &'a mut Problems,
    sound: bool,
    doubts: Vec<Doubt>,
}

const EMPTY: &Cell = &Cell::Empty;

impl<'a> RowReader<'a> {
    /// A reader of one row.
    pub(crate) fn new(
        sheet: &'a Sheet,
        row: &'a SheetRow,
        columns: &'a [(usize, Column)],
        setting: &'a Setting,
        problems: &'a mut Problems,
    ) -> Self {
        Self {
            sheet,
            row,
            columns,
            setting,
            problems,
            sound: true,
            doubts: Vec::new(),
        }
    }

    /// The spreadsheet's number of the row.
    pub(crate) fn number(&self) -> usize {
        self.row.number
    }

    /// What the sale says.
    pub(crate) fn setting(&self) -> &'a Setting {
        self.setting
    }

    /// Whether nothing was wrong so far.
    pub(crate) fn is_sound(&self) -> bool {
        self.sound
    }

    /// What could have meant something else.
    pub(crate) fn into_doubts(self) -> Vec<Doubt> {
        self.doubts
    }

    /// Whether a cell holds anything.
    pub(crate) fn has(&self, column: Column) -> bool {
        *self.cell(column) != Cell::Empty
    }

    /// Notes cells that stand under no header.
    pub(crate) fn note_strays(&mut self) {
        for (index, cell) in self.row.cells.iter().enumerate() {
            let headed = self.columns.iter().any(|(known, _)| *known == index);
            if *cell != Cell::Empty && !headed {
                let words = expected(
                    "column-missing",
                    "nothing: the column has no known name",
                    "لا شيء: العمود بلا اسم معروف",
                );
                self.note(Some(index), "", &cell.shown(), words);
            }
        }
    }

    /// Notes that a cell is not as it must be.
    pub(crate) fn wrong(&mut self, column: Column, words: ExpectedValue) {
        let index = self.index(column);
        let found = self.cell(column).shown();
        self.note(index, column.name(), &found, words);
    }

    fn note(&mut self, index: Option<usize>, column: &str, found: &str, words: ExpectedValue) {
        self.sound = false;
        // A cell without a column is missed in the whole row.
        let at = Spot {
            row: self.row.number,
            column: index,
        };
        let problem = Problem::new(&self.sheet.name, at, column, found, words);
        self.problems.push(problem);
    }

    /// Where a column stands.
    fn index(&self, column: Column) -> Option<usize> {
        let index = self.columns.iter().find(|(_, known)| *known == column);
        index.map(|(index, _)| *index)
    }

    fn cell(&self, column: Column) -> &'a Cell {
        self.index(column)
            .and_then(|index| self.row.cells.get(index))
            .unwrap_or(EMPTY)
    }

    /// Reads a cell that may be empty; notes it if it holds something else.
    pub(crate) fn read<T>(
        &mut self,
        column: Column,
        words: impl FnOnce() -> ExpectedValue,
        read: impl FnOnce(&Cell) -> Option<T>,
    ) -> Option<T> {
        let cell = self.cell(column);
        if *cell == Cell::Empty {
            return None;
        }
        let value = read(cell);
        if value.is_none() {
            self.wrong(column, words());
        }
        value
    }

    /// Notes a cell that must not be empty and is.
    pub(crate) fn require(&mut self, column: Column, words: impl FnOnce() -> ExpectedValue) {
        if !self.has(column) {
            self.wrong(column, words());
        }
    }

    /// A text on one line; empty if the cell is.
    pub(crate) fn text(&mut self, column: Column) -> String {
        self.text_of(column, |text| !text.contains(is_hidden))
    }

    /// A text that may have lines; empty if the cell is.
    pub(crate) fn lines(&mut self, column: Column) -> String {
        let is_wrong = |c: char| c != '\n' && is_hidden(c);
        self.text_of(column, |text| !text.contains(is_wrong))
    }

    fn text_of(&mut self, column: Column, is_sound: impl FnOnce(&str) -> bool) -> String {
        let words = || {
            expected(
                "text",
                format!(
                    "a text of at most {TEXT_BYTES_MAX} bytes without control characters and \
                     direction overrides; line breaks in descriptions only"
                ),
                format!(
                    "نص لا يزيد على {TEXT_BYTES_MAX} بايت بلا محارف تحكم أو قلب اتجاه، والأسطر في الوصف فقط"
                ),
            )
        };
        let text = self.read(column, words, |cell| {
            let text = match cell {
                // A tab comes with a text that was pasted: it is a space that is wide.
                Cell::Text(text) => text.replace("\r\n", "\n").replace('\t', " "),
                Cell::Number(number) | Cell::Worded(number, _) => of_float(*number)?.to_string(),
                Cell::Empty | Cell::Date(_) | Cell::Days(_) | Cell::Other(_) => return None,
            };
            (text.len() <= TEXT_BYTES_MAX && is_sound(&text)).then_some(text)
        });
        text.unwrap_or_default()
    }

    /// An amount of money above zero.
    pub(crate) fn money(&mut self, column: Column) -> Option<Money> {
        let currency = self.setting.currency;
        self.read(
            column,
            || amount_words(self.setting),
            |cell| match cell {
                Cell::Text(text) => parse_money(text, currency).ok(),
                Cell::Number(number) => money_of(of_float(*number)?, currency).ok(),
                Cell::Worded(number, words) => {
                    let number = of_float(*number)?;
                    parse_money(&format!("{number} {words}"), currency).ok()
                }
                Cell::Empty | Cell::Date(_) | Cell::Days(_) | Cell::Other(_) => None,
            },
        )
    }

    /// The number in the catalogue.
    pub(crate) fn catalogue_no(&mut self) -> Option<CatalogueNo> {
        let words = || {
            expected(
                "number",
                format!(
                    "a whole number above zero, or the printed number of at most {LABEL_LETTERS_MAX} \
                     letters, such as 12A"
                ),
                format!(
                    "عدد صحيح أكبر من صفر، أو الرقم المطبوع بما لا يزيد على {LABEL_LETTERS_MAX} حرفا، مثل 12A"
                ),
            )
        };
        self.read(Column::Lot, words, catalogue_no::read)
    }

    /// A whole number above zero.
    pub(crate) fn whole(&mut self, column: Column) -> Option<u32> {
        let words = || {
            expected(
                "number",
                "a whole number above zero",
                "عدد صحيح أكبر من صفر",
            )
        };
        self.read(column, words, |cell| {
            whole_of(cell).filter(|whole| *whole > 0)
        })
    }

    /// A whole number, of which zero means something.
    pub(crate) fn count(&mut self, column: Column) -> Option<u32> {
        let words = || expected("number", "a whole number, or 0", "عدد صحيح أو صفر");
        self.read(column, words, whole_of)
    }

    /// A measure in thousandths, above zero.
    pub(crate) fn measure(&mut self, column: Column) -> Option<i64> {
        let words = || {
            expected(
                "number",
                "a number above zero with at most 3 decimals",
                "عدد أكبر من صفر بثلاثة كسور عشرية على الأكثر",
            )
        };
        self.read(column, words, |cell| {
            let milli = scaled(decimal_of(cell, false)?, 3).ok()?;
            (milli > 0).then_some(milli)
        })
    }

    /// Degrees in millionths, at most so many either way.
    pub(crate) fn degrees(&mut self, column: Column, most: i32) -> Option<i32> {
        let words = || {
            expected(
                "degrees",
                format!("decimal degrees between -{most} and {most}, at most 6 decimals"),
                format!("درجات عشرية بين -{most} و{most}، بستة كسور على الأكثر"),
            )
        };
        self.read(column, words, |cell| {
            // Zeros at the end say nothing more; any other digit past the sixth would be lost.
            let micro = scaled(decimal_of(cell, true)?.normalize(), 6).ok()?;
            let micro = i32::try_from(micro).ok()?;
            (micro.unsigned_abs() <= most.unsigned_abs().saturating_mul(1_000_000)).then_some(micro)
        })
    }

    pub(crate) fn instant(&mut self, column: Column) -> Option<Time> {
        let cell = self.cell(column);
        if *cell == Cell::Empty {
            return None;
        }
        match self.instant_of_cell(cell) {
            Ok(read) => {
                if read.in_doubt {
                    let index = self.index(column);
                    let at = Spot {
                        row: self.row.number,
                        column: index,
                    };
                    self.doubts
                        .push(Doubt::new(at, column, &cell.shown(), read.time));
                }
                Some(read.time)
            }
            Err(error) => {
                self.wrong(column, moment_words(&error));
                None
            }
        }
    }

    fn instant_of_cell(&self, cell: &Cell) -> Result<ReadInstant, MomentError> {
        let zone = &self.setting.zone;
        let local = match cell {
            Cell::Text(text) => return read_instant(text, zone),
            // Midnight is what a date without a time looks like.
            Cell::Date(local) => Some(*local).filter(|local| local.time() != ClockTime::midnight()),
            Cell::Number(days) => of_serial(*days, self.sheet.since_1904),
            Cell::Worded(..) | Cell::Empty | Cell::Days(_) | Cell::Other(_) => None,
        };
        let time = instant_of(local.ok_or(MomentError::Unreadable)?, zone)?;
        Ok(ReadInstant {
            time,
            in_doubt: false,
        })
    }

    /// A length of time above zero.
    pub(crate) fn span(&mut self, column: Column) -> Option<Span> {
        let words = || {
            expected(
                "length",
                "a length of time such as 90s, 10m, 1h30m, 10 minutes or 0:10:00",
                "مدة مثل 90s أو 10m أو 1h30m أو 10 دقائق أو 0:10:00",
            )
        };
        self.read(column, words, |cell| {
            let span = match cell {
                Cell::Text(text) => parse_span(text),
                Cell::Number(_) => parse_span(&decimal_of(cell, false)?.to_string()),
                Cell::Worded(number, words) => {
                    parse_span(&format!("{} {words}", of_float(*number)?))
                }
                Cell::Days(days) => span_of_days(*days),
                Cell::Empty | Cell::Date(_) | Cell::Other(_) => None,
            };
            span.filter(|span| *span > Span::ZERO)
        })
    }

    /// The word of a cell.
    pub(crate) fn word<T>(
        &mut self,
        column: Column,
        words: impl FnOnce() -> ExpectedValue,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        self.read(column, words, |cell| match cell {
            Cell::Text(text) => read(text),
            Cell::Number(_) => read(&decimal_of(cell, false)?.to_string()),
            Cell::Worded(number, words) => read(&format!("{} {words}", of_float(*number)?)),
            Cell::Empty | Cell::Date(_) | Cell::Days(_) | Cell::Other(_) => None,
        })
    }
}

/// What an amount should be.
pub(crate) fn amount_words(setting: &Setting) -> ExpectedValue {
    let (code, decimals) = (setting.currency.code(), setting.currency.exponent());
    expected(
        "amount",
        format!(
            "an amount of {code} above zero with at most {decimals} decimals, such as 1,250 or \
             ١٬٢٥٠ (thousands in threes after , or ٬; decimals after . or ٫; no other currency's sign)"
        ),
        format!(
            "مبلغ بعملة {code} أكبر من صفر بعدد {decimals} من الكسور العشرية على الأكثر، مثل 1,250 أو ١٬٢٥٠ \
             (الآلاف بعد , أو ٬ والكسور بعد . أو ٫، بلا رمز عملة أخرى)"
        ),
    )
}

/// What an instant should be.
pub(crate) fn instant_words() -> ExpectedValue {
    moment_words(&MomentError::Unreadable)
}

fn moment_words(error: &MomentError) -> ExpectedValue {
    let [english, arabic] = error.words();
    match error {
        MomentError::Unreadable | MomentError::Range => expected("instant", english, arabic),
        MomentError::Skipped { .. } | MomentError::Twice { .. } => {
            expected("clock-change", english, arabic)
        }
    }
}

fn whole_of(cell: &Cell) -> Option<u32> {
    let whole = scaled(decimal_of(cell, false)?, 0).ok()?;
    u32::try_from(whole).ok()
}

fn decimal_of(cell: &Cell, may_be_negative: bool) -> Option<Decimal> {
    match cell {
        Cell::Text(text) if may_be_negative => {
            let text = latin_digits(text);
            match text.strip_prefix('-') {
                Some(rest) => parse_decimal(rest).ok().map(|number| -number),
                None => parse_decimal(&text).ok(),
            }
        }
        Cell::Text(text) => parse_decimal(text).ok(),
        Cell::Number(number) | Cell::Worded(number, _) => of_float(*number),
        Cell::Empty | Cell::Date(_) | Cell::Days(_) | Cell::Other(_) => None,
    }
}

fn span_of_days(days: f64) -> Option<Span> {
    let seconds = of_float((days * 86_400.0).round())?;
    let seconds = scaled(seconds, 0).ok()?;
    u64::try_from(seconds).ok().map(Span::seconds)
}
