//! Every bound of an import, each with its reason.

use mazad_engine::limits::{LOTS_MAX, REASON_BYTES_MAX};

/// Bytes of a table: of a CSV file, of an unpacked workbook, and of all its cells together. Ten
/// thousand lots with long descriptions fit several times.
pub const TABLE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Bytes of a workbook as a file. Its XML packs to a fifth or less; what is larger holds pictures, or
/// a list of parts that is made to fill the memory.
pub const WORKBOOK_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Texts that a workbook may say that it shares: its reader makes room for so many at its word. Ten
/// thousand lots with thirty texts each fit three times.
pub const SHARED_TEXTS_MAX: usize = 1_000_000;

/// Rows that hold anything: the lots of a full sale, and the row of column names.
pub const ROWS_MAX: usize = LOTS_MAX + 1;

/// Columns: there are about thirty names, and tables may begin anywhere.
pub const COLUMNS_MAX: usize = 100;

/// Mistakes that are listed; past it they are only counted. More would scroll away the first ones,
/// which are the cause of the rest more often than not.
pub const LISTED_MAX: usize = 200;

/// Further cells with one mistake that a line of text names: more would not be read.
pub const SHOWN_ALSO_MAX: usize = 8;

/// Rows from the first that holds anything in which the names of the columns may stand: a title, a
/// date and the name of the office come before them.
pub const HEAD_ROWS_MAX: usize = 10;

/// Dates whose day and month could have changed places that are named; past it they are only counted.
pub const DOUBTS_MAX: usize = 200;

/// Instants whose words are kept while a table is told: a sale of days has a few hundred.
pub const INSTANTS_KEPT: usize = 1_000;

/// Letters of a cell that a mistake shows: enough to find it by.
pub const SHOWN_MAX: usize = 80;

/// Bytes of the message that carries lots to a server: what a server takes from an admin.
pub const MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// Bytes of that message beside its lots: two ids and a few names, twice over.
pub const ENVELOPE_BYTES_MAX: usize = 256;

/// Bytes of one lot in it, or of several.
pub const LOT_MESSAGE_BYTES_MAX: usize = MESSAGE_BYTES_MAX - ENVELOPE_BYTES_MAX;

/// The same of lots that are amended: beside them stands a reason, of which a byte may take two.
pub const AMENDED_BYTES_MAX: usize = LOT_MESSAGE_BYTES_MAX - 2 * REASON_BYTES_MAX;
