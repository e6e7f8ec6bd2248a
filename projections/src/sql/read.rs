//! Questions to the query model, on a connection of their own: readers never wait for the writer.

use std::path::Path;

use mazad_engine::domain::{LotNo, SaleId};
use rusqlite::{Connection, OpenFlags, Row, params_from_iter};
use serde_json::Value;
use uuid::Uuid;

use super::write::int;
use super::{ModelError, schema};
use crate::fold::fold;
use crate::limits::{PAGE_ROWS_MAX, SEARCH_LETTERS_MAX, SEARCH_WORDS_MAX};
use crate::public::{Audience, WITHHELD, reduce};

/// A connection that only reads.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
}

/// An answer, and how far into the store it reflects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// Events of the store that the answer reflects.
    pub as_of: u64,
    /// The rows.
    pub rows: Vec<T>,
}

/// A sale in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the table `sales`")]
pub struct SaleRow {
    pub sale: Uuid,
    pub title_ar: String,
    pub title_en: String,
    pub currency: String,
    pub phase: String,
    pub opens_at: Option<u64>,
    pub ended_at: Option<u64>,
    pub lots: u64,
    pub next_revision: u64,
}

/// A lot that a search has found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the columns of the tables `lots` and `standings`"
)]
pub struct Found {
    pub sale: Uuid,
    pub lot: u32,
    pub reference: String,
    pub title_ar: String,
    pub title_en: String,
    pub phase: String,
    pub price: Option<i64>,
    pub ends_at: Option<u64>,
}

/// An event as a reader may see it, and how its lot stood after it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the table `events`")]
pub struct EventRow {
    pub revision: u64,
    pub at: u64,
    pub kind: String,
    pub lot: Option<u32>,
    pub code: Option<String>,
    pub actor: Option<String>,
    pub actor_id: Option<String>,
    pub body: Value,
    pub price: Option<i64>,
    pub leader: Option<u32>,
    pub ask: Option<i64>,
    pub ends_at: Option<u64>,
    pub bids: Option<u32>,
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

    /// Every sale, newest first by opening, then by name.
    ///
    /// # Errors
    /// [`ModelError::Sqlite`].
    pub fn sales(&mut self) -> Result<Page<SaleRow>, ModelError> {
        let query = "SELECT sale, title_ar, title_en, currency, phase, opens_at, ended_at, lots,
                            next_revision
                     FROM sales WHERE currency <> ''
                     ORDER BY opens_at IS NULL DESC, opens_at DESC, sale LIMIT ?";
        self.page(query, vec![limit(PAGE_ROWS_MAX)], |row| {
            Ok(SaleRow {
                sale: uuid(row, 0)?,
                title_ar: row.get(1)?,
                title_en: row.get(2)?,
                currency: row.get(3)?,
                phase: row.get(4)?,
                opens_at: row.get(5)?,
                ended_at: row.get(6)?,
                lots: row.get(7)?,
                next_revision: row.get(8)?,
            })
        })
    }

    /// Lots whose catalogue text has every word of a search, however it was typed; in the order of
    /// their sales. An empty search finds nothing.
    ///
    /// # Errors
    /// [`ModelError::Sqlite`].
    pub fn search(
        &mut self,
        text: &str,
        sale: Option<SaleId>,
        most: usize,
    ) -> Result<Page<Found>, ModelError> {
        let text: String = text.chars().take(SEARCH_LETTERS_MAX).collect();
        let folded = fold(&text);
        let words: Vec<&str> = folded.split_whitespace().take(SEARCH_WORDS_MAX).collect();
        let mut query = "SELECT l.sale, l.lot, reference, title_ar, title_en, phase, price, ends_at
             FROM lots l JOIN standings s ON s.sale = l.sale AND s.lot = l.lot WHERE "
            .to_owned();
        query.push_str(if words.is_empty() { "0" } else { "1" });
        let mut values: Vec<rusqlite::types::Value> = Vec::new();
        if let Some(sale) = sale {
            query.push_str(" AND l.sale = ?");
            values.push(sale.to_string().into());
        }
        for word in words {
            query.push_str(" AND instr(folded, ?) > 0");
            values.push(word.to_owned().into());
        }
        query.push_str(" ORDER BY l.sale, l.lot LIMIT ?");
        values.push(limit(most));
        self.page(&query, values, |row| {
            Ok(Found {
                sale: uuid(row, 0)?,
                lot: row.get(1)?,
                reference: row.get(2)?,
                title_ar: row.get(3)?,
                title_en: row.get(4)?,
                phase: row.get(5)?,
                price: row.get(6)?,
                ends_at: row.get(7)?,
            })
        })
    }

    /// Events of a sale after a revision (`None`: from the first), oldest first. For everyone the
    /// withheld ones keep their place and lose everything else.
    ///
    /// # Errors
    /// [`ModelError::Sqlite`].
    pub fn events(
        &mut self,
        sale: SaleId,
        after: Option<u64>,
        most: usize,
        audience: Audience,
    ) -> Result<Page<EventRow>, ModelError> {
        let query = "SELECT revision, at, kind, lot, code, actor, actor_id, body, price, leader,
                            ask, ends_at, bids
                     FROM events WHERE sale = ? AND revision > ? ORDER BY revision LIMIT ?";
        let values = vec![sale.to_string().into(), from(after), limit(most)];
        self.page(query, values, |row| event(row, audience))
    }

    /// The public history of a lot after a revision (`None`: from the first), oldest first: what
    /// changed it, and how it stood after each.
    ///
    /// # Errors
    /// [`ModelError::Sqlite`].
    pub fn history(
        &mut self,
        sale: SaleId,
        lot: LotNo,
        after: Option<u64>,
        most: usize,
    ) -> Result<Page<EventRow>, ModelError> {
        let query = "SELECT revision, at, kind, lot, code, actor, actor_id, body, price, leader,
                            ask, ends_at, bids
                     FROM events
                     WHERE sale = ? AND lot = ? AND revision > ? AND touched = 1
                     ORDER BY revision LIMIT ?";
        let lot = i64::from(lot.0);
        let values = vec![
            sale.to_string().into(),
            lot.into(),
            from(after),
            limit(most),
        ];
        self.page(query, values, |row| event(row, Audience::Everyone))
    }

    /// Rows and position from one instant of the file.
    fn page<T>(
        &mut self,
        query: &str,
        values: Vec<rusqlite::types::Value>,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Page<T>, ModelError> {
        let instant = self.connection.transaction()?;
        let next = "SELECT next FROM progress";
        let as_of: u64 = instant.query_row(next, (), |row| row.get(0))?;
        let mut statement = instant.prepare_cached(query)?;
        let rows = statement.query_map(params_from_iter(values), read)?;
        let rows = rows.collect::<rusqlite::Result<Vec<T>>>()?;
        Ok(Page { as_of, rows })
    }
}

fn limit(most: usize) -> rusqlite::types::Value {
    let most = most.min(PAGE_ROWS_MAX);
    i64::try_from(most).unwrap_or(i64::MAX).into()
}

fn from(after: Option<u64>) -> rusqlite::types::Value {
    after.map_or(-1, int).into()
}

fn uuid(row: &Row<'_>, column: usize) -> rusqlite::Result<Uuid> {
    let text: String = row.get(column)?;
    Uuid::parse_str(&text).map_err(|error| malformed(column, error))
}

fn malformed(
    column: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    let text = rusqlite::types::Type::Text;
    rusqlite::Error::FromSqlConversionFailure(column, text, Box::new(error))
}

fn event(row: &Row<'_>, audience: Audience) -> rusqlite::Result<EventRow> {
    let kind: String = row.get(2)?;
    let body: String = row.get(7)?;
    let body: Value = serde_json::from_str(&body).map_err(|error| malformed(7, error))?;
    let (revision, at) = (row.get(0)?, row.get(1)?);
    let Some(body) = reduce(&kind, body, audience) else {
        return Ok(EventRow {
            kind: WITHHELD.to_owned(),
            ..empty(revision, at)
        });
    };
    let is_staff = audience == Audience::Staff;
    let actor_id: Option<String> = row.get(6)?;
    Ok(EventRow {
        kind,
        lot: row.get(3)?,
        code: row.get(4)?,
        actor: Some(row.get(5)?),
        actor_id: actor_id.filter(|_| is_staff),
        body,
        price: row.get(8)?,
        leader: row.get(9)?,
        ask: row.get(10)?,
        ends_at: row.get(11)?,
        bids: row.get(12)?,
        ..empty(revision, at)
    })
}

fn empty(revision: u64, at: u64) -> EventRow {
    EventRow {
        revision,
        at,
        kind: String::new(),
        lot: None,
        code: None,
        actor: None,
        actor_id: None,
        body: Value::Null,
        price: None,
        leader: None,
        ask: None,
        ends_at: None,
        bids: None,
    }
}
