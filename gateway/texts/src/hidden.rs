//! Letters that nobody sees and that change what is seen: the one place that knows them.

use std::borrow::Cow;

/// A text of people as a terminal may have it: what would move its cursor, colour it, or turn the
/// order of what follows is spelled out.
pub fn shown(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len().saturating_mul(2));
    for letter in text.chars() {
        if is_hidden(letter) {
            out.extend(letter.escape_unicode());
        } else {
            out.push(letter);
        }
    }
    Cow::Owned(out)
}

/// Whether a letter steers the terminal, the lines or the direction of the text around it, so that
/// people see something else than what is there: control characters, and the marks that embed, override or isolate a direction. The plain marks
/// of direction (U+200E, U+200F, U+061C) and joiners belong to Arabic text.
pub fn is_hidden(letter: char) -> bool {
    let turns = matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = matches!(letter, '\u{2028}' | '\u{2029}');
    letter.is_control() || turns || breaks
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn a_text_cannot_steer_the_terminal() {
        let table = [
            ("كشك \u{200f}12", "كشك \u{200f}12"),
            ("a\u{1b}[31mb", "a\\u{1b}[31mb"),
            ("a\u{202e}b", "a\\u{202e}b"),
            ("a\nWRONG", "a\\u{a}WRONG"),
            ("a\u{2067}b\u{9b}", "a\\u{2067}b\\u{9b}"),
        ];
        for (text, out) in table {
            assert_eq!(shown(text), out);
        }
    }
}
