//! Code as it is read sign by sign: strings, templates, regular expressions, comments; and code without what
//! only people read.

pub(super) const fn is_of_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '$')
}

/// How many bytes the next piece of code has: a string, a template, an expression, a name, a sign.
pub(super) fn piece(code: &str) -> usize {
    let mut letters = code.chars();
    match letters.next() {
        Some('\'' | '"') => quoted(code),
        Some('`') => template(code),
        Some(letter) if is_of_name(letter) => code
            .find(|letter| !is_of_name(letter))
            .unwrap_or(code.len()),
        Some(letter) => letter.len_utf8(),
        None => 0,
    }
}

/// A string, with its quotes.
fn quoted(code: &str) -> usize {
    let quote = code.chars().next();
    let mut is_escaped = false;
    for (at, letter) in code.char_indices().skip(1) {
        if !is_escaped && Some(letter) == quote {
            return at.saturating_add(1);
        }
        is_escaped = letter == '\\' && !is_escaped;
    }
    code.len()
}

/// A template, with what it holds.
fn template(code: &str) -> usize {
    let mut at = 1;
    while let Some(rest) = code.get(at..).filter(|rest| !rest.is_empty()) {
        let step = if rest.starts_with('\\') {
            1_usize.saturating_add(rest.chars().nth(1).map_or(0, char::len_utf8))
        } else if rest.starts_with("${") {
            held(rest)
        } else if rest.starts_with('`') {
            return at.saturating_add(1);
        } else {
            rest.chars().next().map_or(1, char::len_utf8)
        };
        at = at.saturating_add(step);
    }
    code.len()
}

/// What a template holds, with its braces.
fn held(code: &str) -> usize {
    let (mut at, mut depth) = (1_usize, 0_i32);
    while let Some(rest) = code.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with('{') {
            depth = depth.saturating_add(1);
        } else if rest.starts_with('}') {
            depth = depth.saturating_sub(1);
        }
        at = at.saturating_add(piece(rest));
        if depth == 0 {
            break;
        }
    }
    at
}

/// Code without comments, its gaps as narrow as they may be: a line that ends stays a line that ends.
pub(super) fn bare(code: &str) -> String {
    let mut bare = String::with_capacity(code.len());
    let mut rest = code;
    while !rest.is_empty() {
        let gap = gap(rest);
        if gap > 0 {
            let (passed, after) = rest.split_at(gap);
            rest = after;
            let is_line = passed.contains('\n') || bare.ends_with('\n');
            if is_line && !bare.ends_with('\n') {
                bare.truncate(bare.trim_end_matches(' ').len());
                bare.push('\n');
            } else if !is_line && between(&bare, rest) {
                bare.push(' ');
            }
            continue;
        }
        let length = if rest.starts_with('/') && is_expression(&bare) {
            expression(rest)
        } else {
            piece(rest)
        };
        let (kept, after) = rest.split_at(length);
        if kept.starts_with('`') {
            bare.push_str(&bare_template(kept));
        } else {
            bare.push_str(kept);
        }
        rest = after;
    }
    bare
}

/// A template whose holes are bare. Its lines are not indented: `htm` passes over what is between lines.
fn bare_template(code: &str) -> String {
    let mut bare_text = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(letter) = rest.chars().next() {
        let length = match letter {
            '\\' => {
                let escaped = rest.chars().nth(1).map_or(0, char::len_utf8);
                escaped.saturating_add(1)
            }
            '$' if rest.starts_with("${") => held(rest),
            letter => letter.len_utf8(),
        };
        let (kept, after) = rest.split_at(length);
        match kept
            .strip_prefix("${")
            .and_then(|hole| hole.strip_suffix('}'))
        {
            Some(hole) => {
                bare_text.push_str("${");
                bare_text.push_str(bare(hole).trim());
                bare_text.push('}');
            }
            None => bare_text.push_str(kept),
        }
        rest = if kept == "\n" {
            after.trim_start()
        } else {
            after
        };
    }
    bare_text
}

/// Blanks and comments that stand here.
fn gap(code: &str) -> usize {
    if let Some(comment) = code.strip_prefix("/*") {
        return comment
            .find("*/")
            .map_or(code.len(), |end| end.saturating_add(4));
    }
    if code.starts_with("//") {
        return code.find('\n').unwrap_or(code.len());
    }
    code.find(|letter: char| !letter.is_whitespace())
        .unwrap_or(code.len())
}

/// Whether a blank must stay: between names, and between signs that would be another sign together.
fn between(before: &str, after: &str) -> bool {
    let (last, next) = (before.chars().next_back(), after.chars().next());
    let is_name =
        |letter: Option<char>| letter.is_some_and(|letter| is_of_name(letter) || letter == '#');
    let is_sign = |letter: Option<char>| letter.is_some_and(|letter| "+-/<>!=".contains(letter));
    (is_name(last) && is_name(next)) || (is_sign(last) && is_sign(next))
}

/// Whether a slash after this begins a regular expression; else it divides.
pub(super) fn is_expression(before: &str) -> bool {
    let before = before.trim_end();
    let last_word = before
        .rsplit(|letter| !is_of_name(letter))
        .next()
        .unwrap_or_default();
    match before.chars().next_back() {
        Some(')' | ']' | '}' | '\'' | '"' | '`') => false,
        Some(letter) if is_of_name(letter) => {
            matches!(last_word, "return" | "typeof" | "case" | "of" | "in")
        }
        _ => true,
    }
}

/// A regular expression, without its flags.
pub(super) fn expression(code: &str) -> usize {
    let (mut is_escaped, mut is_class) = (false, false);
    for (at, letter) in code.char_indices().skip(1) {
        match letter {
            _ if is_escaped => {}
            '/' if !is_class => return at.saturating_add(1),
            '[' => is_class = true,
            ']' => is_class = false,
            _ => {}
        }
        is_escaped = letter == '\\' && !is_escaped;
    }
    code.len()
}
