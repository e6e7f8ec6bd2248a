//! The query model's file, written batch by batch.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::Path;

use mazad_engine::codec::decode;
use mazad_engine::domain::{LotNo, SaleId};
use mazad_engine::store::{EventStore, Position, RecordedEvent, Revision, StreamId};
use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::place::Place;
use super::write::{self, Seen, int};
use super::{ModelError, dump, schema, state};
use crate::limits::{WAL_BYTES_KEPT, WAL_BYTES_MAX, WARM_EVENTS};
use crate::live::{BoardPhase, LiveSale, Touched};
use crate::public::{Audience, body};

/// The one writer of a query model.
///
/// Beside the file it holds the fold of every sale that it has written to and that has not ended;
/// a fold that it does not have any more is read from the store again ([`QueryModel::warm`]), but
/// not for events that change nothing of it: each start of the engine leaves one in every sale, and
/// whoever bids on what has ended leaves another.
#[derive(Debug)]
pub struct QueryModel {
    connection: Connection,
    folds: BTreeMap<SaleId, LiveSale>,
    next: u64,
    journal_max: u64,
    /// `None`: in memory, or on its way to its place.
    place: Option<Place>,
}

impl QueryModel {
    /// Opens the model in a file, or makes an empty one.
    ///
    /// # Errors
    /// [`ModelError::OtherForm`] asks for [`super::rebuild`].
    pub fn open(path: &Path) -> Result<Self, ModelError> {
        let mut model = Self::attach(path)?;
        // A power cut may cost the last batches, never their agreement with the position: they are
        // read from the log again.
        model
            .connection
            .pragma_update(None, "journal_mode", "WAL")?;
        model
            .connection
            .pragma_update(None, "synchronous", "NORMAL")?;
        model
            .connection
            .pragma_update(None, "journal_size_limit", WAL_BYTES_KEPT)?;
        model.load_position()?;
        model.place = model.is_a_file().then(|| Place::of(path)).transpose()?;
        Ok(model)
    }

    fn is_a_file(&self) -> bool {
        self.connection.path().is_some_and(|path| !path.is_empty())
    }

    /// Where readers look for it.
    pub(super) fn place(&self) -> Option<Place> {
        self.place.clone()
    }

    /// Stands in for the bytes that the journal beside the file may have.
    #[must_use]
    pub fn journal_max(mut self, bytes: u64) -> Self {
        self.journal_max = bytes;
        self
    }

    /// Whether the journal beside the file has room for another batch. It grows for as long as
    /// somebody reads on in one transaction; it is emptied into the file if nobody does.
    ///
    /// # Errors
    /// [`ModelError::Sqlite`].
    pub fn has_room(&self) -> Result<bool, ModelError> {
        let Some(file) = self.connection.path().filter(|path| !path.is_empty()) else {
            return Ok(true);
        };
        let journal = format!("{file}-wal");
        let max = self.journal_max;
        let is_short = || fs::metadata(&journal).map_or(true, |found| found.len() < max);
        if is_short() {
            return Ok(true);
        }
        let empty = "PRAGMA wal_checkpoint(TRUNCATE)";
        self.connection.query_row(empty, (), |_| Ok(()))?;
        Ok(is_short())
    }

    /// An empty model that no power cut need spare: it is moved into place when it is complete.
    pub(super) fn scratch(path: &Path) -> Result<Self, ModelError> {
        let model = Self::attach(path)?;
        model
            .connection
            .pragma_update(None, "journal_mode", "MEMORY")?;
        model.connection.pragma_update(None, "synchronous", "OFF")?;
        model
            .connection
            .pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        Ok(model)
    }

    fn attach(path: &Path) -> Result<Self, ModelError> {
        let mut connection = Connection::open(path).map_err(not_a_model)?;
        schema::prepare(&connection)?;
        schema::create_or_check(&mut connection).map_err(|error| match error {
            ModelError::Sqlite(error) => not_a_model(error),
            other => other,
        })?;
        let folds = BTreeMap::new();
        let next = 0;
        Ok(Self {
            connection,
            folds,
            next,
            journal_max: WAL_BYTES_MAX,
            place: None,
        })
    }

    fn load_position(&mut self) -> Result<(), ModelError> {
        let next = "SELECT next FROM progress";
        let next: i64 = self.connection.query_row(next, (), |row| row.get(0))?;
        self.next = u64::try_from(next).map_err(|_| ModelError::OtherForm)?;
        Ok(())
    }

    /// Position of the last event that the rows reflect; `None` before the first.
    pub fn position(&self) -> Option<Position> {
        self.next.checked_sub(1).map(Position)
    }

    /// Position of the event that comes next: how many the rows reflect.
    pub fn next_position(&self) -> Position {
        Position(self.next)
    }

    /// Makes sure that the model reflects this store, or, while it is empty, that it will.
    ///
    /// # Errors
    /// [`ModelError::OtherStore`].
    pub fn bind(&mut self, store: Uuid) -> Result<(), ModelError> {
        let query = "SELECT store FROM progress";
        let found: Option<String> = self.connection.query_row(query, (), |row| row.get(0))?;
        let Some(found) = found else {
            let bind = "UPDATE progress SET store = ?";
            self.connection.execute(bind, [store.to_string()])?;
            return Ok(());
        };
        match Uuid::parse_str(&found) {
            Ok(found) if found == store => Ok(()),
            Ok(found) => Err(ModelError::OtherStore {
                found,
                wanted: store,
            }),
            Err(_) => Err(ModelError::OtherForm),
        }
    }

    /// Makes sure that the store has, at its place, the event that was applied last.
    ///
    /// # Errors
    /// [`ModelError::OtherHistory`] asks for [`super::rebuild`].
    pub async fn must_continue(&mut self, store: &dyn EventStore) -> Result<(), ModelError> {
        let Some(last) = self.position() else {
            return Ok(());
        };
        let query = "SELECT last FROM progress";
        let wanted: Option<Vec<u8>> = self.connection.query_row(query, (), |row| row.get(0))?;
        let found = store.read_all(last, 1).await?;
        match found.first().map(digest) {
            Some(found) if wanted.as_deref() == Some(&found[..]) => Ok(()),
            Some(_) | None => Err(ModelError::OtherHistory),
        }
    }

    /// Applies the next events of the store in one transaction, position and all. What was applied
    /// before is left out; streams that are not sales only move the position.
    ///
    /// # Errors
    /// [`ModelError::Cold`] asks for [`QueryModel::warm`]; after any error nothing has changed.
    pub fn apply(&mut self, events: &[RecordedEvent]) -> Result<(), ModelError> {
        let new = events.partition_point(|event| event.position.0 < self.next);
        let events = events.get(new..).unwrap_or_default();
        self.check_order(events)?;
        let sales: BTreeSet<SaleId> = events.iter().filter_map(sale_of).collect();
        self.wake(events)?;
        let next = self.next.saturating_add(int_len(events));
        if let Err(error) = self.write(events, next) {
            // The folds may be ahead of the rows now.
            self.folds.retain(|sale, _| !sales.contains(sale));
            return Err(error);
        }
        self.next = next;
        // Hardly anything that changes an ended sale will come: not worth its memory.
        self.folds
            .retain(|_, live| live.board().phase != BoardPhase::Ended);
        Ok(())
    }

    /// Reads a sale's events again, up to where the rows reflect them.
    ///
    /// # Errors
    /// [`ModelError::Read`], [`ModelError::Decode`].
    pub async fn warm(&mut self, store: &dyn EventStore, sale: SaleId) -> Result<(), ModelError> {
        let wanted = next_revision(&self.connection, sale)?;
        let stream = StreamId::sale(sale.0);
        let mut live = LiveSale::new(sale);
        while live.next_revision() < wanted {
            let from = Revision(live.next_revision());
            let events = store.read(&stream, from, WARM_EVENTS).await?;
            if events.is_empty() {
                return Err(ModelError::Gap {
                    expected: wanted,
                    found: live.next_revision(),
                });
            }
            for event in events.iter().filter(|event| event.revision.0 < wanted) {
                let decoded = decode(event, None).map_err(|error| failed(sale, event, error))?;
                live.apply(&decoded);
            }
        }
        self.folds.insert(sale, live);
        Ok(())
    }

    /// Every row of every table in the order of keys: equal dumps are equal models.
    ///
    /// # Errors
    /// [`ModelError::Sqlite`], or what `out` answers.
    pub fn dump_to(&self, out: &mut impl Write) -> Result<(), ModelError> {
        dump::dump(&self.connection, out)
    }

    /// The same in memory, for tests and small models.
    ///
    /// # Errors
    /// [`ModelError::Sqlite`].
    pub fn dump(&self) -> Result<Vec<u8>, ModelError> {
        let mut bytes = Vec::new();
        self.dump_to(&mut bytes)?;
        Ok(bytes)
    }

    /// Writes a compact copy into a new file. Copies of models with the same rows are the same
    /// bytes, made by the same release of SQLite.
    ///
    /// # Errors
    /// [`ModelError::Sqlite`], also if the file exists.
    pub fn copy_to(&self, path: &Path) -> Result<(), ModelError> {
        let path = path.to_string_lossy();
        self.connection.execute("VACUUM INTO ?", [path.as_ref()])?;
        Ok(())
    }

    fn check_order(&self, events: &[RecordedEvent]) -> Result<(), ModelError> {
        for (expected, event) in (self.next..).zip(events) {
            let found = event.position.0;
            if found != expected {
                return Err(ModelError::Gap { expected, found });
            }
        }
        Ok(())
    }

    /// Makes sure that every sale in which something changes has its fold.
    fn wake(&mut self, events: &[RecordedEvent]) -> Result<(), ModelError> {
        let changes = events.iter().filter(|event| !is_quiet(event));
        let changed: BTreeSet<SaleId> = changes.filter_map(sale_of).collect();
        let mut cold = Vec::new();
        for sale in events.iter().filter_map(sale_of) {
            if self.folds.contains_key(&sale) || cold.contains(&sale) {
                continue;
            }
            if next_revision(&self.connection, sale)? == 0 {
                self.folds.insert(sale, LiveSale::new(sale));
            } else if changed.contains(&sale) {
                cold.push(sale);
            }
        }
        if cold.is_empty() {
            Ok(())
        } else {
            Err(ModelError::Cold(cold))
        }
    }

    fn write(&mut self, events: &[RecordedEvent], next: u64) -> Result<(), ModelError> {
        let transaction = self.connection.transaction()?;
        let mut lots: BTreeSet<(SaleId, LotNo)> = BTreeSet::new();
        let mut sales: BTreeSet<SaleId> = BTreeSet::new();
        for stored in events {
            let Some(sale) = sale_of(stored) else {
                continue;
            };
            let mut fold = self.folds.get_mut(&sale);
            let expected = match &fold {
                Some(live) => live.next_revision(),
                None => next_revision(&transaction, sale)?,
            };
            let found = stored.revision.0;
            if found != expected {
                return Err(ModelError::Gap { expected, found });
            }
            let recorded = decode(stored, None).map_err(|error| failed(sale, stored, error))?;
            let body =
                body(stored, Audience::Staff).map_err(|error| failed(sale, stored, error))?;
            let body = body.unwrap_or_default().to_string();
            let touched = match fold.as_deref_mut() {
                Some(live) => live.apply(&recorded),
                None => Touched::default(),
            };
            let seen = Seen {
                stored,
                recorded: &recorded,
                body: &body,
                touched: &touched,
                live: fold.as_deref(),
                sale,
            };
            write::event(&transaction, &seen)?;
            if fold.is_none() {
                state::head(&transaction, sale, &recorded)?;
                continue;
            }
            lots.extend(touched.lots.iter().map(|lot| (sale, *lot)));
            sales.insert(sale);
        }
        for (sale, live) in self.folds.iter().filter(|(sale, _)| sales.contains(sale)) {
            state::sale(&transaction, live)?;
            let of_sale = lots.range((*sale, LotNo(0))..=(*sale, LotNo(u32::MAX)));
            for (_, lot) in of_sale {
                state::standing(&transaction, *sale, *lot, live)?;
            }
        }
        if let Some(last) = events.last() {
            let moved = "UPDATE progress SET next = ?, last = ?";
            transaction.execute(moved, (int(next), digest(last)))?;
        }
        transaction.commit()?;
        Ok(())
    }
}

/// An event in this history: in another one its time and what was sealed with it are others.
fn digest(event: &RecordedEvent) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(event.id.as_bytes());
    hash.update(&event.metadata);
    hash.update(&event.data);
    hash.finalize().into()
}

/// Whether an event changes nothing of how a sale or a lot stands, but for the sale's head.
fn is_quiet(event: &RecordedEvent) -> bool {
    matches!(&*event.kind, "CommandRefused" | "WriterStarted")
}

/// How many events of a sale the rows reflect.
fn next_revision(connection: &Connection, sale: SaleId) -> Result<u64, ModelError> {
    let query = "SELECT next_revision FROM sales WHERE sale = ?";
    let mut statement = connection.prepare_cached(query)?;
    let next = statement.query_row([sale.to_string()], |row| row.get::<_, i64>(0));
    let next = next.optional()?.unwrap_or(0);
    u64::try_from(next).map_err(|_| ModelError::OtherForm)
}

/// The sale whose event it is; `None` for the office and whatever else there may be one day.
fn sale_of(event: &RecordedEvent) -> Option<SaleId> {
    event.stream.sale_id().map(SaleId)
}

fn failed(
    sale: SaleId,
    event: &RecordedEvent,
    error: mazad_engine::codec::DecodeError,
) -> ModelError {
    ModelError::Decode {
        sale,
        revision: event.revision.0,
        error,
    }
}

fn int_len(events: &[RecordedEvent]) -> u64 {
    u64::try_from(events.len()).unwrap_or(u64::MAX)
}

fn not_a_model(error: rusqlite::Error) -> ModelError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => {
            ModelError::OtherForm
        }
        _ => ModelError::Sqlite(error),
    }
}
