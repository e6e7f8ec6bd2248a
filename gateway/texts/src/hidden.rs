//! Letters that nobody sees and that change what is seen, spelled out. The domain knows which they are.

use std::borrow::Cow;

pub use mazad_engine::domain::is_hidden;

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
