//! Search, on a connection of its own: readers never wait for the writer.

use std::path::Path;

use mazad_engine::domain::{LotNo, SaleId};
use rusqlite::{Connection, OpenFlags, Row, params_from_iter};
use uuid::Uuid;

use super::{ModelError, schema};
use crate::limits::{PAGE_ROWS_MAX, SEARCH_LETTERS_MAX, SEARCH_WORDS_MAX};
use crate::search_text::normalised;

/// A connection that only reads.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
}

/// What a search has found, and how far into the store it reflects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hits {
    /// Events of the store that the answer reflects.
    pub as_of: u64,
    /// The lots. How they stand is told better by whoever follows them live.
    pub lots: Vec<(SaleId, LotNo)>,
}

impl Reader {
    /// Opens a model that exists.
    ///
    /// # Errors
    /// [`ModelError::Sqlite`], [`ModelError::OtherForm`].
    pub fn open(path: &Path) -> Result<Self, ModelError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        schema::prepare(&connection)?;
        schema::check(&connection)?;
        Ok(Self { connection })
    }

    /// The first lots whose catalogue text has every word of a search, however it was typed; in the
    /// order of their sales. An empty search finds nothing, and none finds a lot of a draft.
    ///
    /// # Errors
    /// [`ModelError::Sqlite`].
    pub fn search(&mut self, text: &str, most: usize) -> Result<Hits, ModelError> {
        let text: String = text.chars().take(SEARCH_LETTERS_MAX).collect();
        let folded = normalised(&text);
        let words: Vec<&str> = folded.split_whitespace().take(SEARCH_WORDS_MAX).collect();
        let every_word = match words.len() {
            0 => "0".to_owned(),
            count => vec!["instr(folded, ?) > 0"; count].join(" AND "),
        };
        let query = format!(
            "SELECT sale, lot FROM lots WHERE {every_word}
                 AND sale NOT IN (SELECT sale FROM sales WHERE phase = 'draft')
             ORDER BY sale, lot LIMIT {}",
            most.min(PAGE_ROWS_MAX)
        );
        // Rows and position from one instant of the file.
        let instant = self.connection.transaction()?;
        let next = "SELECT next FROM progress";
        let as_of: u64 = instant.query_row(next, (), |row| row.get(0))?;
        let mut statement = instant.prepare(&query)?;
        let lots = statement.query_map(params_from_iter(words), found)?;
        let lots = lots.collect::<rusqlite::Result<_>>()?;
        Ok(Hits { as_of, lots })
    }
}

fn found(row: &Row<'_>) -> rusqlite::Result<(SaleId, LotNo)> {
    let sale: String = row.get(0)?;
    let malformed = |error| {
        let text = rusqlite::types::Type::Text;
        rusqlite::Error::FromSqlConversionFailure(0, text, Box::new(error))
    };
    let sale = Uuid::parse_str(&sale).map_err(malformed)?;
    Ok((SaleId(sale), LotNo(row.get(1)?)))
}
