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

    /// The same for a text that may have several lines.
    pub(super) fn check_lines(&self) -> Result<(), TermsError> {
        for text in [&self.ar, &self.en] {
            check_text(&text.replace('\n', " "))?;
        }
        Ok(())
    }
}

/// Whether a text of one line is no longer than a text may be, and shows what it says.
pub(super) fn check_text(text: &str) -> Result<(), TermsError> {
    if text.len() <= TEXT_BYTES_MAX && !text.contains(is_hidden) {
        Ok(())
    } else {
        Err(TermsError::Text)
    }
}

/// Whether a letter steers the terminal, the lines or the direction of the text around it, so that
/// people see something else than what is there: control characters, and the marks that embed, override
/// or isolate a direction. The plain marks of direction (U+200E, U+200F, U+061C) and joiners belong to
/// Arabic text.
pub fn is_hidden(letter: char) -> bool {
    let turns = matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = matches!(letter, '\u{2028}' | '\u{2029}');
    letter.is_control() || turns || breaks
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A title that reads backwards, or that writes a line of its own into a list.
    #[test]
    fn text_that_shows_something_else_than_it_says_is_refused() {
        for text in [
            "a\u{1b}[2J",
            "a\u{202e}b",
            "a\u{2066}b",
            "a\nb",
            "a\tb",
            "a\u{2028}b",
        ] {
            assert_eq!(check_text(text), Err(TermsError::Text), "{text:?}");
            assert_eq!(
                Bilingual::both(text).check_required(),
                Err(TermsError::Text)
            );
        }
        assert_eq!(check_text("كشك \u{200f}12"), Ok(()));
        assert_eq!(Bilingual::both("two\nlines").check_lines(), Ok(()));
        assert_eq!(
            Bilingual::both("a\u{202e}b").check_lines(),
            Err(TermsError::Text)
        );
    }
}
