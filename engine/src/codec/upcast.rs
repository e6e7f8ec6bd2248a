//! Every version of every event ever released, brought to the current one.
//!
//! There is one version so far. A new one adds an arm that turns the bytes of the old one into the
//! bytes of the new; the golden logs in `tests/golden` hold it to that.

use std::borrow::Cow;

use super::error::DecodeError;

/// The bytes of an event as the current version would have written them.
pub(super) fn to_current<'a>(
    kind: &str,
    version: u16,
    data: &'a [u8],
) -> Result<Cow<'a, [u8]>, DecodeError> {
    match version {
        1 => Ok(Cow::Borrowed(data)),
        _ => Err(DecodeError::UnknownVersion {
            kind: kind.to_owned(),
            version,
        }),
    }
}
