//! Texts in the two languages of the platform.

use super::TermsError;
use crate::limits::TEXT_BYTES_MAX;

/// A text in both languages of the platform. Either may be empty, not both where it is required.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bilingual {
    /// The Arabic text; may be empty.
    pub ar: String,
    /// The English text; may be empty.
    pub en: String,
}

impl Bilingual {
    /// The same text for both languages.
    pub fn both(text: &str) -> Self {
        Self {
            ar: text.to_owned(),
            en: text.to_owned(),
        }
    }

    /// There in one language at least, and not too long.
    pub(super) fn check_required(&self) -> Result<(), TermsError> {
        if self.ar.is_empty() && self.en.is_empty() {
            return Err(TermsError::Text);
        }
        self.check_length()
    }

    pub(super) fn check_length(&self) -> Result<(), TermsError> {
        check_text(&self.ar)?;
        check_text(&self.en)
    }
}

/// Whether a text is no longer than a text may be.
pub(super) fn check_text(text: &str) -> Result<(), TermsError> {
    if text.len() <= TEXT_BYTES_MAX {
        Ok(())
    } else {
        Err(TermsError::Text)
    }
}
