//! Names and numbers as they are written on the wire.

use mazad_proto::{Expected, Unreadable};
use uuid::Uuid;

use crate::domain::{CommandId, LotNo, SaleId, Time};

/// A uuid in lower-case text with hyphens, and in no other of its spellings; not the nil uuid.
///
/// # Errors
/// [`Unreadable`] at the path.
pub fn uuid(text: &str, path: &str) -> Result<Uuid, Unreadable> {
    let id = canonical_uuid(text).filter(|id| !id.is_nil());
    id.ok_or_else(|| Unreadable::new(path, Expected::Uuid))
}

/// The same, the nil uuid too.
pub fn canonical_uuid(text: &str) -> Option<Uuid> {
    let id = Uuid::try_parse(text).ok()?;
    let mut buffer = Uuid::encode_buffer();
    let canonical = id.as_hyphenated().encode_lower(&mut buffer);
    (canonical == text).then_some(id)
}

/// The id of a sale.
///
/// # Errors
/// As [`uuid()`].
pub fn sale_id(text: &str) -> Result<SaleId, Unreadable> {
    uuid(text, "sale").map(SaleId)
}

/// The id of a command.
///
/// # Errors
/// As [`uuid()`].
pub fn command_id(text: &str) -> Result<CommandId, Unreadable> {
    uuid(text, "id").map(CommandId)
}

/// Lots are numbered from 1; 0 means "no lot" and is refused where one is needed.
///
/// # Errors
/// [`Unreadable`] at the path.
pub fn lot_no(number: u32, path: &str) -> Result<LotNo, Unreadable> {
    if number == 0 {
        Err(Unreadable::new(path, Expected::NumberFromOne))
    } else {
        Ok(LotNo(number))
    }
}

/// An instant that may be missing; the wire says 0.
pub fn micros(time: Option<Time>) -> u64 {
    time.map_or(0, |time| time.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_has_one_spelling() {
        let good = "0192a6b0-7c1e-7d3a-9f00-3b2c1d4e5f60";
        assert_eq!(
            uuid(good, "id").map(|id| id.to_string()),
            Ok(good.to_owned())
        );
        for bad in [
            "",
            "0192A6B0-7C1E-7D3A-9F00-3B2C1D4E5F60",
            "0192a6b07c1e7d3a9f003b2c1d4e5f60",
            "{0192a6b0-7c1e-7d3a-9f00-3b2c1d4e5f60}",
            "urn:uuid:0192a6b0-7c1e-7d3a-9f00-3b2c1d4e5f60",
            " 0192a6b0-7c1e-7d3a-9f00-3b2c1d4e5f60",
            "00000000-0000-0000-0000-000000000000",
            "٠192a6b0-7c1e-7d3a-9f00-3b2c1d4e5f60",
        ] {
            let told = Unreadable::new("id", Expected::Uuid);
            assert_eq!(uuid(bad, "id"), Err(told), "{bad}");
        }
    }
}
