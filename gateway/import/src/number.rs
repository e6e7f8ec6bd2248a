//! Numbers as people type them, in both digit families, turned into exact integers.

use mazad_engine::domain::{Currency, Money};
use rust_decimal::Decimal;

use crate::currencies::{is_named, without_fillers};

/// Why a text is not the number that was wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberError {
    /// No number at all.
    Unreadable,
    /// Thousands are not in groups of three, or separators are mixed.
    Separators,
    /// Below zero.
    Negative,
    /// More decimals than the currency or the column has.
    Decimals,
    /// Zero where that makes no sense, or too large.
    Range,
}

/// Latin digits for Arabic-Indic (٠-٩) and extended Arabic-Indic (۰-۹) ones, marks of direction
/// left out, spaces around gone.
pub(crate) fn latin_digits(text: &str) -> String {
    text.trim()
        .chars()
        .filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{feff}'))
        .map(|c| latin_digit(c).unwrap_or(c))
        .collect()
}

fn latin_digit(c: char) -> Option<char> {
    let value = match c {
        '\u{0660}'..='\u{0669}' => u32::from(c) - 0x0660,
        '\u{06f0}'..='\u{06f9}' => u32::from(c) - 0x06f0,
        _ => return None,
    };
    char::from_digit(value, 10)
}

/// A number with an optional decimal part. The decimal sign is `.` or `٫`; thousands may be set
/// off by `,`, `٬` or a space, in groups of three.
///
/// # Errors
/// [`NumberError`].
pub(crate) fn parse_decimal(text: &str) -> Result<Decimal, NumberError> {
    let latin = latin_digits(text).replace('٫', ".").replace('٬', ",");
    let latin = latin.replace(['\u{a0}', '\u{202f}'], " ");
    let (negative, unsigned) = match latin.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, latin.as_str()),
    };
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (unsigned, None),
    };
    let is_set_off = |c: char| c.is_ascii_digit() || c == ',' || c == ' ';
    if !whole.chars().all(is_set_off) {
        return Err(NumberError::Unreadable);
    }
    let digits = join_groups(whole)?;
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(&digits) || !fraction.is_none_or(all_digits) {
        return Err(NumberError::Unreadable);
    }
    let plain = fraction.map_or_else(|| digits.clone(), |f| format!("{digits}.{f}"));
    let value = Decimal::from_str_exact(&plain).map_err(|_| NumberError::Range)?;
    if negative && !value.is_zero() {
        return Err(NumberError::Negative);
    }
    Ok(value)
}

/// `1,234,567` without its separators, which must be one kind and set off groups of three. A first
/// group such as that of `0,500` sets off no thousands: there the comma is that of decimals.
fn join_groups(whole: &str) -> Result<String, NumberError> {
    let (commas, spaces) = (whole.contains(','), whole.contains(' '));
    let separator = match (commas, spaces) {
        (false, false) => return Ok(whole.to_owned()),
        (true, true) => return Err(NumberError::Separators),
        (true, false) => ',',
        (false, true) => ' ',
    };
    let mut groups = whole.split(separator);
    let first = groups.next().unwrap_or_default();
    let rest_fits = groups.all(|group| group.len() == 3);
    if (1..=3).contains(&first.len()) && !first.starts_with('0') && rest_fits {
        Ok(whole.replace(separator, ""))
    } else {
        Err(NumberError::Separators)
    }
}

/// A number in so many decimals, as an integer of the smallest.
///
/// # Errors
/// [`NumberError::Decimals`] if it was written with more, even if they are zeros: `12.500` pounds
/// may well have meant twelve thousand five hundred.
pub(crate) fn scaled(value: Decimal, decimals: u32) -> Result<i64, NumberError> {
    if value.scale() > decimals {
        return Err(NumberError::Decimals);
    }
    let missing = decimals.saturating_sub(value.scale());
    10_i128
        .checked_pow(missing)
        .and_then(|factor| value.mantissa().checked_mul(factor))
        .and_then(|minor| i64::try_from(minor).ok())
        .ok_or(NumberError::Range)
}

/// An amount of money, exactly: at most as many decimals as the currency has, above zero. The
/// currency's own code, sign or name may stand before or after it, those of another one may not.
///
/// # Errors
/// `NumberError`.
pub fn parse_money(text: &str, currency: Currency) -> Result<Money, NumberError> {
    money_of(parse_amount(text, currency)?, currency)
}

/// The number of an amount, which may be zero.
///
/// # Errors
/// [`NumberError`].
pub(crate) fn parse_amount(text: &str, currency: Currency) -> Result<Decimal, NumberError> {
    let text = latin_digits(text);
    let text = without_fillers(text.trim_matches(is_around));
    let is_digit = |c: char| c.is_ascii_digit();
    let (Some(first), Some(last)) = (text.find(is_digit), text.rfind(is_digit)) else {
        return Err(NumberError::Unreadable);
    };
    let (before, rest) = text.split_at(first);
    let end = last.saturating_sub(first).saturating_add(1);
    let (number, after) = rest.split_at(end);
    let minus = ['-', '\u{2212}'];
    let (is_negative, before) = match before.trim_end().strip_suffix(minus) {
        Some(before) => (true, before),
        None => (false, before),
    };
    let is_own = |words: &str| {
        let words = words.trim_matches(is_around);
        words.is_empty() || is_named(words, currency)
    };
    if !is_own(before) || !is_own(after) {
        return Err(NumberError::Unreadable);
    }
    let value = parse_decimal(number)?;
    if is_negative && !value.is_zero() {
        return Err(NumberError::Negative);
    }
    Ok(value)
}

/// What comes along unseen around an amount that was pasted: blanks, the marks that embed a text of the
/// other direction, and what has no width.
fn is_around(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202c}')
}

/// As [`parse_money`], of a number that is one already.
///
/// # Errors
/// [`NumberError`].
pub(crate) fn money_of(value: Decimal, currency: Currency) -> Result<Money, NumberError> {
    let minor = scaled(value, currency.exponent())?;
    let amount = Money::new(minor).ok_or(NumberError::Negative)?;
    if amount.is_zero() || amount > Money::MAX_BID {
        return Err(NumberError::Range);
    }
    Ok(amount)
}

/// The number that a spreadsheet shows for a binary float: its first fifteen digits.
pub(crate) fn of_float(value: f64) -> Option<Decimal> {
    if !value.is_finite() {
        return None;
    }
    Decimal::from_scientific(&format!("{value:.14e}"))
        .ok()
        .map(|decimal| decimal.normalize())
}

#[cfg(test)]
mod tests {
    use mazad_projections::export_text::decimal;

    use super::*;

    #[test]
    fn amounts_are_read_exactly() {
        let table: &[(&str, &str, Result<i64, NumberError>)] = &[
            ("EGP", "1250", Ok(125_000)),
            ("EGP", "1,250.5", Ok(125_050)),
            ("EGP", "1 250 000.05", Ok(125_000_005)),
            ("EGP", "١٢٥٠", Ok(125_000)),
            ("EGP", "١٬٢٥٠٫٧٥", Ok(125_075)),
            ("EGP", "۱٬۲۵۰٫۷۵", Ok(125_075)),
            ("EGP", " \u{200f}١٢٬٠٠٠ ", Ok(1_200_000)),
            ("EGP", "EGP 24,000.00", Ok(2_400_000)),
            ("EGP", "24,000.00 EGP", Ok(2_400_000)),
            ("EGP", "24,000 egp", Ok(2_400_000)),
            ("EGP", "24,000 ج.م", Ok(2_400_000)),
            ("EGP", "ج.م. 24,000", Ok(2_400_000)),
            ("EGP", "٢٤٬٠٠٠ جنيه", Ok(2_400_000)),
            ("EGP", "٢٤٬٠٠٠ جنيهًا فقط لا غير", Ok(2_400_000)),
            ("EGP", "LE 24000", Ok(2_400_000)),
            ("EGP", "£E24000", Ok(2_400_000)),
            ("EGP", "24000/-", Ok(2_400_000)),
            ("USD", "$1,050", Ok(105_000)),
            ("EUR", "3200€", Ok(320_000)),
            ("RUB", "₽ 12 000", Ok(1_200_000)),
            ("EGP", "$1,050", Err(NumberError::Unreadable)),
            ("EGP", "£24,000", Err(NumberError::Unreadable)),
            ("EGP", "24,000 USD", Err(NumberError::Unreadable)),
            ("USD", "24,000 جنيه", Err(NumberError::Unreadable)),
            ("EGP", "جنيه", Err(NumberError::Unreadable)),
            ("EGP", "24,000 طن", Err(NumberError::Unreadable)),
            ("EGP", "0.01", Ok(1)),
            ("KWD", "12.345", Ok(12_345)),
            ("JPY", "1250", Ok(1250)),
            ("EGP", "12.345", Err(NumberError::Decimals)),
            ("EGP", "12.500", Err(NumberError::Decimals)),
            ("JPY", "12.5", Err(NumberError::Decimals)),
            ("EGP", "12,50", Err(NumberError::Separators)),
            ("EGP", "1234,567", Err(NumberError::Separators)),
            ("EGP", "0,500", Err(NumberError::Separators)),
            ("EGP", "٠٬٥٠٠", Err(NumberError::Separators)),
            ("EGP", "012 500", Err(NumberError::Separators)),
            ("KWD", "0,500", Err(NumberError::Separators)),
            ("EGP", "\u{202a}24,000\u{202c}", Ok(2_400_000)),
            ("EGP", "\u{200b}24,000\u{200b} ج.م\u{202c}", Ok(2_400_000)),
            ("EGP", "24\u{200b}000", Err(NumberError::Unreadable)),
            ("EGP", "1,234 567", Err(NumberError::Separators)),
            ("EGP", "1.234,50", Err(NumberError::Unreadable)),
            ("EGP", "-5", Err(NumberError::Negative)),
            ("EGP", "0", Err(NumberError::Range)),
            ("EGP", "99999999999999999999", Err(NumberError::Range)),
            (
                "EGP",
                "99999999999999999999999999999999",
                Err(NumberError::Range),
            ),
            ("EGP", "", Err(NumberError::Unreadable)),
            ("EGP", ".5", Err(NumberError::Unreadable)),
            ("EGP", "5.", Err(NumberError::Unreadable)),
            ("EGP", "1e3", Err(NumberError::Unreadable)),
            ("EGP", "USD 5", Err(NumberError::Unreadable)),
            ("EGP", "ألف", Err(NumberError::Unreadable)),
        ];
        for (code, text, expected) in table {
            let currency = Currency::parse(code).unwrap();
            let got = parse_money(text, currency).map(Money::minor);
            assert_eq!(got, *expected, "{text} {code}");
        }
    }

    #[test]
    fn every_currency_has_its_own_decimals() {
        let letters = || 'A'..='Z';
        let codes = letters().flat_map(|a| {
            letters().flat_map(move |b| letters().map(move |c| format!("{a}{b}{c}")))
        });
        let all: Vec<Currency> = codes.filter_map(|code| Currency::parse(&code)).collect();
        assert!(all.len() > 170, "{}", all.len());
        for currency in all {
            let minor = 50_000 * 10_i64.pow(currency.exponent());
            let read = parse_money("50,000", currency).map(Money::minor);
            assert_eq!(read, Ok(minor), "{}", currency.code());
            let text = decimal(Money::new(minor).unwrap(), currency);
            let again = parse_money(&text, currency).map(Money::minor);
            assert_eq!(again, Ok(minor), "{} {text}", currency.code());
        }
    }

    #[test]
    fn floats_of_a_spreadsheet_are_what_it_shows() {
        let shown = |value: f64| of_float(value).map(|decimal| decimal.to_string());
        assert_eq!(shown(1250.1).as_deref(), Some("1250.1"));
        assert_eq!(shown(1250.0 * 1.1).as_deref(), Some("1375"));
        assert_eq!(shown(0.1 + 0.2).as_deref(), Some("0.3"));
        assert_eq!(shown(38_000_000.0).as_deref(), Some("38000000"));
        assert_eq!(shown(f64::NAN), None);
    }
}
