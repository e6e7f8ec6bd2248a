//! The tables. Each has its key as its order on disk, so that the same rows are the same file.
//!
//! Amounts are minor units of the sale's currency, times microseconds since 1970 in UTC, words
//! those of [`crate::words`]. Another form of the tables is another [`FORM`], and a rebuild.

use rusqlite::Connection;

use super::ModelError;
use crate::limits::{BUSY_WAIT_MS, PAGE_BYTES, STATEMENTS_KEPT};

/// `user_version` of the file: rises with every change of the tables or of what is written there.
pub(super) const FORM: i64 = 3;

/// `application_id` of the file: "mzqm".
const APPLICATION: i64 = 0x6d7a_716d;

/// The tables in the order in which they are dumped, each with its key.
pub(super) const TABLES: [(&str, &str); 9] = [
    ("progress", "one"),
    ("sales", "sale"),
    ("sale_order", "sale, place"),
    ("lots", "sale, lot"),
    ("standings", "sale, lot"),
    ("bids", "sale, lot, bid"),
    ("results", "sale, lot, attempt"),
    ("paddles", "sale, paddle"),
    ("events", "sale, revision"),
];

const CREATE: &str = "
CREATE TABLE progress (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    store TEXT,
    next INTEGER NOT NULL,
    -- SHA-256 of the event before the next one: a store that was brought back from a copy and written on
    -- has another event there.
    last BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE sales (
    sale TEXT PRIMARY KEY,
    title_ar TEXT NOT NULL, title_en TEXT NOT NULL,
    currency TEXT NOT NULL, exponent INTEGER NOT NULL, time_zone TEXT NOT NULL,
    -- A sale that is a 'draft' is for staff alone.
    phase TEXT NOT NULL, pause_reason TEXT, pause_cause TEXT, paused_at INTEGER,
    opens_at INTEGER, ended_at INTEGER,
    lots INTEGER NOT NULL, epoch INTEGER NOT NULL,
    next_revision INTEGER NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sale_order (
    sale TEXT NOT NULL, place INTEGER NOT NULL, lot INTEGER NOT NULL,
    PRIMARY KEY (sale, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE lots (
    sale TEXT NOT NULL, lot INTEGER NOT NULL,
    label TEXT NOT NULL, reference TEXT NOT NULL, kind TEXT NOT NULL, unit TEXT NOT NULL,
    quantity_milli INTEGER NOT NULL,
    title_ar TEXT NOT NULL, title_en TEXT NOT NULL,
    description_ar TEXT NOT NULL, description_en TEXT NOT NULL,
    place_ar TEXT, place_en TEXT, latitude_e6 INTEGER, longitude_e6 INTEGER,
    estimate_low INTEGER, estimate_high INTEGER, opening INTEGER NOT NULL,
    runs TEXT NOT NULL,
    folded TEXT NOT NULL,
    PRIMARY KEY (sale, lot)
) STRICT, WITHOUT ROWID;

CREATE TABLE standings (
    sale TEXT NOT NULL, lot INTEGER NOT NULL, public_revision INTEGER NOT NULL,
    phase TEXT NOT NULL, attempt INTEGER NOT NULL,
    price INTEGER, ask INTEGER, leader INTEGER, bids INTEGER NOT NULL,
    opens_at INTEGER, ends_at INTEGER, closed_at INTEGER,
    extensions INTEGER NOT NULL, warnings INTEGER NOT NULL, warned_at INTEGER,
    last_bid INTEGER, ceiling INTEGER NOT NULL,
    outcome TEXT, decision TEXT, reckoned_price INTEGER, reckoned_leader INTEGER,
    buyer INTEGER, note TEXT NOT NULL,
    PRIMARY KEY (sale, lot)
) STRICT, WITHOUT ROWID;

CREATE TABLE bids (
    sale TEXT NOT NULL, lot INTEGER NOT NULL, bid INTEGER NOT NULL,
    attempt INTEGER NOT NULL, paddle INTEGER NOT NULL, origin TEXT NOT NULL,
    shown INTEGER NOT NULL, price INTEGER NOT NULL, leader INTEGER NOT NULL,
    at INTEGER NOT NULL, revision INTEGER NOT NULL,
    void_at INTEGER, void_cause TEXT, void_effect TEXT, void_note TEXT,
    PRIMARY KEY (sale, lot, bid)
) STRICT, WITHOUT ROWID;
CREATE INDEX bids_of_paddle ON bids (sale, paddle);

CREATE TABLE results (
    sale TEXT NOT NULL, lot INTEGER NOT NULL, attempt INTEGER NOT NULL,
    -- Price and leader are of the highest bid that stood, knocked down to its paddle or not.
    outcome TEXT NOT NULL, price INTEGER,
    -- Price times quantity, of a lot that is sold by measure.
    whole_price INTEGER,
    leader INTEGER, buyer INTEGER,
    -- Why the committee decides, and what was reckoned without the bids struck out since.
    decision TEXT, reckoned_price INTEGER, reckoned_leader INTEGER,
    bidders INTEGER NOT NULL,
    reserve INTEGER, reserve_salt BLOB, closed_at INTEGER NOT NULL, revision INTEGER NOT NULL,
    PRIMARY KEY (sale, lot, attempt)
) STRICT, WITHOUT ROWID;

-- What was knocked down, by what a price buys: a price for each tonne is not added to one for each year, nor to a
-- whole one. No whole price where one of the lots has none.
CREATE VIEW totals AS
    SELECT results.sale, lots.unit, count(*) AS lots, sum(results.price) AS price,
        CASE count(results.whole_price) WHEN count(*) THEN sum(results.whole_price) END
            AS whole_price
    FROM results JOIN lots USING (sale, lot)
    WHERE results.outcome = 'knocked-down'
    GROUP BY results.sale, lots.unit;

CREATE TABLE paddles (
    sale TEXT NOT NULL, paddle INTEGER NOT NULL,
    account TEXT, spend_limit INTEGER, present INTEGER NOT NULL, barred_because TEXT,
    PRIMARY KEY (sale, paddle)
) STRICT, WITHOUT ROWID;
CREATE INDEX paddles_of_account ON paddles (account) WHERE account IS NOT NULL;

CREATE TABLE events (
    sale TEXT NOT NULL, revision INTEGER NOT NULL, position INTEGER NOT NULL,
    at INTEGER NOT NULL, arrived INTEGER NOT NULL, kind TEXT NOT NULL,
    lot INTEGER, code TEXT, actor TEXT NOT NULL, actor_id TEXT, command TEXT NOT NULL,
    body TEXT NOT NULL,
    -- How the lot stood after it, where it changed what everyone may see.
    touched INTEGER NOT NULL, price INTEGER, leader INTEGER, ask INTEGER, ends_at INTEGER,
    bids INTEGER,
    PRIMARY KEY (sale, revision)
) STRICT, WITHOUT ROWID;
CREATE INDEX events_of_lot ON events (sale, lot, revision) WHERE lot IS NOT NULL;

INSERT INTO progress (one, store, next) VALUES (1, NULL, 0);
";

/// What holds for every connection to the file.
pub(super) fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::from_millis(BUSY_WAIT_MS))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    connection.pragma_update(None, "trusted_schema", false)
}

/// Makes the tables in an empty file; checks that a file with tables is of this form.
pub(super) fn create_or_check(connection: &mut Connection) -> Result<(), ModelError> {
    let tables = "SELECT count(*) FROM sqlite_schema";
    let tables: i64 = connection.query_row(tables, (), |row| row.get(0))?;
    if tables == 0 {
        connection.pragma_update(None, "page_size", PAGE_BYTES)?;
        connection.pragma_update(None, "auto_vacuum", "NONE")?;
        let transaction = connection.transaction()?;
        transaction.execute_batch(CREATE)?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", FORM)?;
        transaction.commit()?;
    }
    check(connection)
}

/// Whether the file is of this form.
pub(super) fn check(connection: &Connection) -> Result<(), ModelError> {
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    if pragma("application_id")? == APPLICATION && pragma("user_version")? == FORM {
        Ok(())
    } else {
        Err(ModelError::OtherForm)
    }
}
