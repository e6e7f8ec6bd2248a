//! What address was meant: links travel through chats and hands, which add signs behind them, marks
//! that nobody sees, slashes and capital letters.

use uuid::Uuid;

/// How many letters an id of a sale has.
const ID_LETTERS: usize = 36;

/// The path of an address as it was meant, with what belongs behind it; `None`: it is whole, or
/// nobody can tell. Its result is always a path of this server, and is never mended again.
pub(super) fn mended(path: &str) -> Option<String> {
    let text = String::from_utf8_lossy(&decoded(path)).into_owned();
    let text: String = text.chars().filter(|letter| !is_unseen(*letter)).collect();
    let (parts, behind) = parts(&text);
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let meant = match parts.as_slice() {
        // Programs are told that there is nothing.
        ["api", ..] => return None,
        ["sales" | "index.html"] => String::new(),
        ["sales", sale, "lots"] => format!("sales/{sale}"),
        parts => parts.join("/"),
    };
    let meant = format!("/{meant}{behind}");
    (meant != path).then_some(meant)
}

/// The parts of a path without what is around them, and what a query or fragment that a chat has
/// escaped still says. A path ends at the first sign that no address of ours has.
fn parts(text: &str) -> (Vec<String>, String) {
    let mut parts = Vec::new();
    for part in text.split(['/', '\\']) {
        let part = part.trim_start_matches(|letter: char| !letter.is_alphanumeric());
        let end = part.find(|letter| !is_ours(letter)).unwrap_or(part.len());
        let (said, rest) = part.split_at(end);
        let said = said.trim_end_matches(|letter: char| !letter.is_alphanumeric());
        if !said.is_empty() {
            parts.push(without_glue(&plain(said)).to_owned());
        }
        if !rest.is_empty() {
            let behind = rest.starts_with(['?', '#']).then(|| behind(rest));
            return (parts, behind.unwrap_or_default());
        }
    }
    (parts, String::new())
}

/// A query or a fragment, up to the first sign that none of ours has. A secret keeps its letters.
fn behind(rest: &str) -> String {
    let is_said = |letter: &char| letter.is_ascii_alphanumeric() || "?#=&-_".contains(*letter);
    rest.chars().take_while(is_said).collect()
}

/// Letters that stand in our addresses, or that are written for one that does.
fn is_ours(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "-_.".contains(letter) || latin(letter).is_some()
}

/// In small letters and Latin digits.
fn plain(said: &str) -> String {
    let small = |letter: char| latin(letter).unwrap_or(letter).to_ascii_lowercase();
    said.chars().map(small).collect()
}

/// The Latin digit for an Arabic or Persian one.
fn latin(letter: char) -> Option<char> {
    let digit = match letter {
        '\u{660}'..='\u{669}' => u32::from(letter).checked_sub(0x660),
        '\u{6f0}'..='\u{6f9}' => u32::from(letter).checked_sub(0x6f0),
        _ => None,
    };
    char::from_digit(digit?, 10)
}

/// An id without a word that was written on behind it.
fn without_glue(part: &str) -> &str {
    let id = part.get(..ID_LETTERS);
    id.filter(|id| id.parse::<Uuid>().is_ok()).unwrap_or(part)
}

/// Marks of direction, joiners and the like, and what stands for bytes that are no text.
const fn is_unseen(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fffd}')
}

/// The bytes of a path; an escape that is none stands for itself.
pub(super) fn decoded(path: &str) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let escaped = after.split_at_checked(2).filter(|_| *byte == b'%');
        let read = escaped.and_then(|(digits, after)| {
            let digits = std::str::from_utf8(digits).ok()?;
            Some((u8::from_str_radix(digits, 16).ok()?, after))
        });
        let (byte, after) = read.unwrap_or((*byte, after));
        decoded.push(byte);
        rest = after;
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0192a6b0-7c1e-7d3a-9f00-3b2c1d4e5f60";

    #[track_caller]
    fn check(path: &str, meant: Option<&str>) {
        let named = |text: &str| text.replace("ID", ID);
        let told = mended(&named(path));
        assert_eq!(told, meant.map(named), "{path}");
        if let Some(told) = told {
            let again = mended(told.split(['?', '#']).next().unwrap());
            assert_eq!(again, None, "{path} is mended once");
            let is_own = told.starts_with('/') && !told.starts_with("//");
            assert!(is_own, "{path} leads to {told}");
        }
    }

    /// What chats and people put behind a link.
    const BEHIND: &[&str] = &[
        "/",
        "//",
        ".",
        ",",
        ")",
        "!",
        ";",
        ":",
        "'",
        "\"",
        "*",
        "_",
        "]",
        "}",
        "...",
        ").",
        "%29",
        "%22",
        "%27",
        "%3E",
        "%5D",
        "%60",
        "%7D",
        "%2F",
        "%",
        "%2",
        "%D8%9F",
        "%D8%9B",
        "%D8%8C",
        "\u{61f}",
        "%C2%BB",
        "%E2%80%9D",
        "%E2%80%A6",
        "%E2%80%8F",
        "%E2%80%8E",
        "%E2%80%8B",
        "%EF%BB%BF",
        "%C2%A0",
        "%FF",
        "%D8",
        "%20see%20this",
        "%0Ahttps://example.org/x",
        ",%20thanks",
        "\u{634}\u{643}\u{631}\u{627}",
        "%D8%B4%D9%83%D8%B1%D8%A7",
        "and",
    ];

    #[test]
    fn what_a_chat_adds_is_taken_away() {
        for behind in BEHIND {
            check(&format!("/sales/ID{behind}"), Some("/sales/ID"));
        }
        for (path, meant) in [
            ("//sales/ID", "/sales/ID"),
            ("/sales//ID", "/sales/ID"),
            ("/%E2%80%8Fsales/ID", "/sales/ID"),
            ("/%22sales/ID", "/sales/ID"),
            ("/SALES/ID", "/sales/ID"),
            ("/Bid/ID)", "/bid/ID"),
            ("/sales%2FID", "/sales/ID"),
            ("/sales%5CID", "/sales/ID"),
            ("/sales/ID/lots/2)", "/sales/ID/lots/2"),
            ("/sales/ID/lots/%D9%A2", "/sales/ID/lots/2"),
            ("/sales/ID/lots/\u{6f1}\u{662}.", "/sales/ID/lots/12"),
            ("/sales/ID/lots/", "/sales/ID"),
            ("/sales/", "/"),
            ("/index.html", "/"),
            ("/%E2%80%8F", "/"),
            ("/enter/", "/enter"),
            ("/enter%23aB_-9)", "/enter#aB_-9"),
            ("/bid/ID%3Flot=2)", "/bid/ID?lot=2"),
            ("//evil.example/x", "/evil.example/x"),
            ("/%5C%5Cevil.example", "/evil.example"),
        ] {
            check(path, Some(meant));
        }
    }

    #[test]
    fn an_address_that_is_whole_stays_and_one_of_programs_too() {
        for path in [
            "/",
            "/sales/ID",
            "/sales/ID/lots/2",
            "/enter",
            "/nothing",
            "/a/b.c",
            "/api/sales/ID/",
            "/API/x",
            "//api/x",
            "/api",
        ] {
            check(path, None);
        }
    }
}
