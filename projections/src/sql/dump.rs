//! Every row of the model as text, in the order of keys: equal dumps are equal models.

use std::io::Write;

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::ModelError;
use super::schema::TABLES;

/// Writes every table: its name and columns, then a line for each row. Values are written so that
/// no two of them look alike: texts quoted, blobs as `x'..'`, nothing as `null`.
pub(super) fn dump(connection: &Connection, out: &mut impl Write) -> Result<(), ModelError> {
    for (table, key) in TABLES {
        let query = format!("SELECT * FROM {table} ORDER BY {key}");
        let mut statement = connection.prepare(&query)?;
        let columns: Vec<&str> = statement.column_names().collect();
        writeln!(out, "{table}: {}", columns.join(" "))?;
        let columns = statement.column_count();
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                if column > 0 {
                    out.write_all(b" ")?;
                }
                value(row.get_ref(column)?, out)?;
            }
            out.write_all(b"\n")?;
        }
    }
    Ok(())
}

fn value(value: ValueRef<'_>, out: &mut impl Write) -> std::io::Result<()> {
    match value {
        ValueRef::Null => out.write_all(b"null"),
        ValueRef::Integer(number) => write!(out, "{number}"),
        ValueRef::Real(number) => write!(out, "real {number:?}"),
        ValueRef::Text(text) => write!(out, "{:?}", String::from_utf8_lossy(text)),
        ValueRef::Blob(bytes) => {
            out.write_all(b"x'")?;
            for byte in bytes {
                write!(out, "{byte:02x}")?;
            }
            out.write_all(b"'")
        }
    }
}
