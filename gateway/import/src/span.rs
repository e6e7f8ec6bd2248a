//! Lengths of time as people type them.

use mazad_engine::domain::Span;
use mazad_projections::search_text::normalised;

use crate::number::latin_digits;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A length of time: `90s`, `2m`, `1h30m`, `3d`, `0:02:30` (hours, minutes, seconds), `10 minutes`,
/// `١٠ دقائق`, `ساعة ونصف`, or a bare number of minutes. `None` if it is none.
pub fn parse_span(text: &str) -> Option<Span> {
    let text = latin_digits(text);
    if text.contains(':') {
        return clock_span(&text);
    }
    // Any other sign, such as that of a decimal, would be passed over below.
    if text.contains(|c: char| !c.is_alphanumeric() && !c.is_whitespace()) {
        return None;
    }
    let text = normalised(&text)
        .replace("نصف ساعه", "30 دقيقه")
        .replace("ربع ساعه", "15 دقيقه");
    if let Ok(minutes) = text.parse::<u64>() {
        return Some(Span::minutes(minutes));
    }
    let (mut total, mut count, mut last) = (0_u64, None, 0_u64);
    for piece in pieces(&text) {
        if piece.starts_with(|c: char| c.is_ascii_digit()) {
            if count.replace(piece.parse::<u64>().ok()?).is_some() {
                return None;
            }
            continue;
        }
        let seconds = match (count.take(), joined(piece)) {
            (Some(count), word) => {
                last = unit(word)?;
                last.checked_mul(count)?
            }
            (None, "") => 0,
            (None, "نصف") if last == HOUR => HOUR / 2,
            (None, "ربع") if last == HOUR => HOUR / 4,
            (None, word) => {
                let (unit, times) = counted(word)?;
                last = unit;
                unit.checked_mul(times)?
            }
        };
        total = total.checked_add(seconds)?;
    }
    (count.is_none() && !text.is_empty()).then(|| Span::seconds(total))
}

/// Runs of digits and runs of letters.
fn pieces(text: &str) -> Vec<&str> {
    let (mut rest, mut pieces) = (text.trim_start(), Vec::new());
    while let Some(first) = rest.chars().next() {
        let is_number = first.is_ascii_digit();
        let ends = |c: char| c == ' ' || c.is_ascii_digit() != is_number;
        let (piece, after) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
        pieces.push(piece);
        rest = after.trim_start();
    }
    pieces
}

/// A word without the "and" before it.
fn joined(word: &str) -> &str {
    if unit(word).is_some() || counted(word).is_some() {
        return word;
    }
    word.strip_prefix('و').unwrap_or(word)
}

/// Seconds of a unit.
fn unit(word: &str) -> Option<u64> {
    match word {
        "s" | "sec" | "secs" | "second" | "seconds" | "ث" | "ثانيه" | "ثواني" | "ثوان" => {
            Some(1)
        }
        "m" | "min" | "mins" | "minute" | "minutes" | "د" | "دق" | "دقيقه" | "دقايق" => {
            Some(MINUTE)
        }
        "h" | "hr" | "hrs" | "hour" | "hours" | "س" | "ساعه" | "ساعات" => Some(HOUR),
        "d" | "day" | "days" | "ي" | "يوم" | "يوما" | "ايام" => Some(DAY),
        _ => None,
    }
}

/// A unit that counts itself: its seconds, and how many.
fn counted(word: &str) -> Option<(u64, u64)> {
    match word {
        "دقيقه" => Some((MINUTE, 1)),
        "دقيقتان" | "دقيقتين" => Some((MINUTE, 2)),
        "ساعه" => Some((HOUR, 1)),
        "ساعتان" | "ساعتين" => Some((HOUR, 2)),
        "يوم" => Some((DAY, 1)),
        "يومان" | "يومين" => Some((DAY, 2)),
        _ => None,
    }
}

fn clock_span(text: &str) -> Option<Span> {
    let mut parts = text.split(':').map(|part| part.parse::<u64>().ok());
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = match parts.next() {
        Some(seconds) => seconds?,
        None => 0,
    };
    if parts.next().is_some() || minutes > 59 || seconds > 59 {
        return None;
    }
    let minutes = hours.checked_mul(60)?.checked_add(minutes)?;
    Some(Span::seconds(
        minutes.checked_mul(60)?.checked_add(seconds)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_in_many_spellings() {
        let table: &[(&str, Option<u64>)] = &[
            ("90s", Some(90)),
            ("2m", Some(120)),
            ("1h30m", Some(5400)),
            ("1h 30m", Some(5400)),
            ("3d", Some(259_200)),
            ("15", Some(900)),
            ("٩٠ث", Some(90)),
            ("٢د", Some(120)),
            ("0:02:30", Some(150)),
            ("1:30", Some(5400)),
            ("10 دقائق", Some(600)),
            ("١٠ دقائق", Some(600)),
            ("10 minutes", Some(600)),
            ("1 Hour 30 Min", Some(5400)),
            ("ساعة", Some(3600)),
            ("ساعتان", Some(7200)),
            ("ساعة ونصف", Some(5400)),
            ("نصف ساعة", Some(1800)),
            ("ساعة و 30 دقيقة", Some(5400)),
            ("3 أيام", Some(259_200)),
            ("90 ثانية", Some(90)),
            ("", None),
            ("m", None),
            ("5x", None),
            ("1:75", None),
            ("-5m", None),
            ("1.5h", None),
            ("1 2m", None),
            ("10 دقائق 5", None),
            ("نصف", None),
        ];
        for (text, expected) in table {
            assert_eq!(parse_span(text), expected.map(Span::seconds), "{text}");
        }
    }
}
