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

/// Whether a text of one line is no longer than a text may be, and shows what it says: nothing only
/// where it is empty.
pub(super) fn check_text(text: &str) -> Result<(), TermsError> {
    let shows = text.is_empty() || is_seen(text);
    if shows && text.len() <= TEXT_BYTES_MAX && !text.contains(is_hidden) {
        Ok(())
    } else {
        Err(TermsError::Text)
    }
}

/// Whether a letter steers the terminal, the lines or the direction of the text around it, so that
/// people see something else than what is there: control characters, and the marks that embed, override
/// or isolate a direction, or that say something beside the text (deprecated and interlinear marks,
/// marks of notes, tags). The plain marks of direction (U+200E, U+200F, U+061C) and joiners belong to
/// Arabic text.
pub fn is_hidden(letter: char) -> bool {
    let turns = matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = matches!(letter, '\u{2028}' | '\u{2029}');
    let aside = matches!(
        letter,
        '\u{206a}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    letter.is_control() || turns || breaks || aside
}

/// Whether anybody sees anything of a text.
pub fn is_seen(text: &str) -> bool {
    text.chars().any(|letter| !is_blank(letter))
}

/// Blanks, and what has no width or no ink: marks of direction, joiners, fillers, selectors.
fn is_blank(letter: char) -> bool {
    let has_no_ink = matches!(
        letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}'
            | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
    );
    letter.is_whitespace() || has_no_ink || is_hidden(letter)
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
        for text in ["a\u{206a}b", "a\u{fff9}b", "a\u{1d173}b", "a\u{e0041}b"] {
            assert_eq!(check_text(text), Err(TermsError::Text), "{text:?}");
        }
        assert_eq!(check_text("كشك \u{200f}12"), Ok(()));
        assert_eq!(Bilingual::both("two\nlines").check_lines(), Ok(()));
        assert_eq!(
            Bilingual::both("a\u{202e}b").check_lines(),
            Err(TermsError::Text)
        );
    }

    /// What nobody sees is no title, no unit and no reason.
    #[test]
    fn text_of_which_nothing_is_seen_is_none() {
        for letter in [
            ' ', '\u{a0}', '\u{ad}', '\u{200b}', '\u{200e}', '\u{2062}', '\u{2800}', '\u{3164}',
            '\u{feff}',
        ] {
            let text = letter.to_string().repeat(3);
            assert!(!is_seen(&text), "{text:?}");
            assert_eq!(check_text(&text), Err(TermsError::Text), "{text:?}");
            let one_sided = Bilingual {
                ar: text.clone(),
                en: "Kiosk".to_owned(),
            };
            assert_eq!(one_sided.check_required(), Err(TermsError::Text));
            assert!(is_seen(&format!("{text}.")));
        }
        assert_eq!(check_text(""), Ok(()));
    }
}
