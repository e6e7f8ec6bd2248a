//! The number of a lot in its catalogue: a whole number, or a text such as `12A` beside the number by
//! which the engine knows the lot.

use std::collections::{BTreeMap, BTreeSet};

use mazad_engine::domain::LotNo;
use mazad_engine::limits::LABEL_LETTERS_MAX;
use mazad_projections::search_text::normalised;
use mazad_texts::is_hidden;

use crate::lot::TableLot;
use crate::number::{latin_digits, of_float, parse_decimal, scaled};
use crate::setting::Setting;
use crate::sheet::{Cell, is_unseen};

/// As the table has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CatalogueNo {
    Whole(u32),
    /// Anything else that is short enough to be called out.
    Label(String),
}

/// Words before a number that say nothing more than the heading.
const BEFORE: [&str; 8] = ["lot no", "lot", "no", "#", "№", "رقم", "اللوط", "لوط"];

/// Reads a number of the catalogue; `None` if the cell holds none.
pub(crate) fn read(cell: &Cell) -> Option<CatalogueNo> {
    let text = match cell {
        Cell::Text(text) => latin_digits(without_unseen(text).trim()),
        Cell::Number(number) | Cell::Worded(number, _) => {
            let whole = scaled(of_float(*number)?, 0).ok()?;
            whole.to_string()
        }
        Cell::Empty | Cell::Date(_) | Cell::Days(_) | Cell::Other(_) => return None,
    };
    let text = without_lot(&text);
    if let Some(figures) = figures(text) {
        let number = u32::try_from(scaled(parse_decimal(figures).ok()?, 0).ok()?).ok()?;
        return (number > 0).then_some(CatalogueNo::Whole(number));
    }
    let is_short = text.chars().count() <= LABEL_LETTERS_MAX;
    // What a spreadsheet makes of a long number, `1.2E+10`; `12E1` is a label.
    let is_number = text.parse::<f64>().is_ok() && text.contains(['+', '-', '.']);
    let says_something = text.contains(char::is_alphanumeric) && !text.contains(is_hidden);
    (is_short && !is_number && says_something).then(|| CatalogueNo::Label(text.to_owned()))
}

/// A text of figures and of what separates them, which is a whole number or a slip of the pen: `1,250`
/// is one, `1,2`, `1.5`, `-5` and `12,` are none. A list may set a point behind its numbers.
fn figures(text: &str) -> Option<&str> {
    let is_figure = |c: char| c.is_ascii_digit() || ",.٬٫،".contains(c);
    let unsigned = text.trim_start_matches(['+', '-', '\u{2212}']);
    let points = text.matches('.').count();
    let is_number =
        unsigned.starts_with(is_figure) && unsigned.chars().all(is_figure) && points < 2;
    is_number.then(|| text.strip_suffix('.').unwrap_or(text))
}

/// A text without what has no width and steers nothing: two numbers that look alike are one.
fn without_unseen(text: &str) -> String {
    let embeds = [
        '\u{202a}', '\u{202b}', '\u{202c}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
    ];
    let around = text.trim_matches(|c| is_unseen(c) || embeds.contains(&c));
    around.chars().filter(|c| !is_unseen(*c)).collect()
}

/// `100` of `Lot 100`.
fn without_lot(text: &str) -> &str {
    let lower = text.to_lowercase();
    for word in BEFORE {
        let rest = lower
            .strip_prefix(word)
            .and_then(|_| text.get(word.len()..));
        let rest = rest.map(|rest| rest.trim_start_matches(['.', ':', ' ']));
        let Some(rest) = rest else { continue };
        if rest.starts_with(|c: char| c.is_ascii_digit()) {
            return rest;
        }
    }
    text
}

/// What two printed numbers are compared by: `12a` is `12A`.
pub(crate) fn key(printed: &str) -> String {
    let folded = normalised(printed);
    // What a search passes over tells `3233*` from `3233`.
    let signs = |c: &char| !c.is_alphanumeric() && !c.is_whitespace();
    printed.chars().filter(signs).fold(folded, |mut key, sign| {
        key.push(sign);
        key
    })
}

/// Gives every lot the number by which the engine knows it: its own where it is a whole number and
/// free, the one that it has in the sale already, else the next that is free.
pub(crate) fn assign(lots: &mut [TableLot], setting: &Setting) {
    let named: BTreeSet<String> = lots.iter().map(|lot| key(&lot.printed)).collect();
    let keeps = |printed: &str| !setting.replaces || named.contains(&key(printed));
    let there = setting.printed.iter().filter(|(_, printed)| keeps(printed));
    let there: BTreeMap<String, LotNo> = there.map(|(no, printed)| (key(printed), *no)).collect();
    let mut taken: BTreeSet<LotNo> = there.values().copied().collect();
    let mut rest: Vec<&mut TableLot> = Vec::new();
    for lot in lots {
        let own = lot.printed.parse().ok().map(LotNo);
        let known = there.get(&key(&lot.printed)).copied();
        match known.or_else(|| own.filter(|own| taken.insert(*own))) {
            Some(no) => name(lot, no),
            None => rest.push(lot),
        }
    }
    let mut last = taken.last().map_or(0, |no| no.0);
    for lot in rest {
        last = last.saturating_add(1);
        name(lot, LotNo(last));
    }
}

fn name(lot: &mut TableLot, no: LotNo) {
    lot.lot = no;
    lot.terms.label = if lot.printed == no.to_string() {
        String::new()
    } else {
        lot.printed.clone()
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_labels_are_told_apart() {
        let whole = |number| Some(CatalogueNo::Whole(number));
        let label = |text: &str| Some(CatalogueNo::Label(text.to_owned()));
        for (text, expected) in [
            ("12", whole(12)),
            ("١٢", whole(12)),
            ("012", whole(12)),
            ("1,250", whole(1_250)),
            ("Lot 100", whole(100)),
            ("لوط 7", whole(7)),
            ("#7", whole(7)),
            ("12A", label("12A")),
            ("١٢أ", label("12أ")),
            ("3233*", label("3233*")),
            ("1/2", label("1/2")),
            ("3-1-QSC-I-26-110-051", label("3-1-QSC-I-26-110-051")),
            ("A", label("A")),
            ("12E1", label("12E1")),
            ("12E3", label("12E3")),
            ("1.2.3", label("1.2.3")),
            ("1.", whole(1)),
            ("١٬٢٥٠", whole(1_250)),
            ("1,2", None),
            ("1,2,3", None),
            ("1،2", None),
            ("12,", None),
            (",12", None),
            ("0,125", None),
            ("+5", None),
            ("1.2E+10", None),
            ("12\u{200b}", whole(12)),
            ("\u{2068}12\u{2069}", whole(12)),
            ("1\u{200d}2\u{2060}A", label("12A")),
            ("12A\u{3164}", label("12A")),
            ("0", None),
            ("-5", None),
            ("1.5", None),
            ("*", None),
            ("a number that nobody could call out", None),
            ("1\u{202e}2A", None),
        ] {
            assert_eq!(read(&Cell::text(text)), expected, "{text}");
        }
        assert_eq!(read(&Cell::Number(12.0)), whole(12));
        assert_eq!(read(&Cell::Number(12.5)), None);
        assert_ne!(key("3233*"), key("3233"));
        assert_eq!(key("12a"), key("12A"));
    }
}
