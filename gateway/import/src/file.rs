//! A file as a table of cells: its bytes tell which kind it is.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::limits::TABLE_BYTES_MAX;
use crate::sheet::{Pick, Sheet, SheetError};
use crate::{csv, workbook};

impl Sheet {
    /// Reads a table; the bytes tell which kind it is. `pick` says which
    /// sheet of a workbook is meant.
    ///
    /// # Errors
    /// [`SheetError`].
    pub fn open(file: &Path, pick: Pick<'_>) -> Result<Self, SheetError> {
        let mut bytes = Vec::new();
        // Read no further than is looked at: a device has no size and no end.
        let bound = u64::try_from(TABLE_BYTES_MAX).unwrap_or(u64::MAX);
        File::open(file)?
            .take(bound.saturating_add(1))
            .read_to_end(&mut bytes)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        Self::read(&bytes, &name, pick)
    }

    /// As [`Sheet::open`], of bytes at hand.
    ///
    /// # Errors
    /// [`SheetError`].
    pub fn read(bytes: &[u8], name: &str, pick: Pick<'_>) -> Result<Self, SheetError> {
        if bytes.len() > TABLE_BYTES_MAX {
            return Err(SheetError::TooLarge);
        }
        if bytes.starts_with(b"PK\x03\x04") {
            workbook::read(bytes, name, pick)
        } else {
            csv::read(bytes, name)
        }
    }
}
