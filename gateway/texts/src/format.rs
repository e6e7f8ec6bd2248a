//! Figures as people of a locale read them.

use fluent_bundle::FluentValue;
use rust_decimal::{Decimal, prelude::ToPrimitive};

use crate::lang::Digits;
use crate::locale::Locale;

/// Marks a text key that is kept in a table; a test collects these.
pub const fn key(name: &'static str) -> &'static str {
    name
}

/// Decimal places by ISO 4217, where they are not two. The browser's `money.js` has the same table.
fn exponent(currency: &str) -> u32 {
    match currency {
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "JPY" | "KRW" => 0,
        _ => 2,
    }
}

impl Locale {
    /// Digits of this locale.
    pub(crate) fn local(&self, text: &str) -> String {
        if self.digits == Digits::Latn {
            return text.to_owned();
        }
        let local = |c: char| match c {
            '0'..='9' => {
                char::from_u32(0x660_u32.saturating_add(c.to_digit(10).unwrap_or(0))).unwrap_or(c)
            }
            ',' => '\u{66c}',
            '.' => '\u{66b}',
            other => other,
        };
        text.chars().map(local).collect()
    }

    /// A whole number with its thousands apart.
    pub fn number(&self, value: u64) -> String {
        self.local(&grouped(&value.to_string()))
    }

    /// An amount without its currency; a fraction shows only when there is one.
    fn figure(&self, minor: i128, currency: &str) -> String {
        // Sums of every lot that a sale may have stay far within its 96 bits.
        let amount = Decimal::try_from_i128_with_scale(minor, exponent(currency));
        let amount = amount.unwrap_or(Decimal::MAX);
        let text = if amount.is_integer() {
            amount.trunc().normalize()
        } else {
            amount
        }
        .to_string();
        let (sign, size) = text
            .strip_prefix('-')
            .map_or(("", text.as_str()), |size| ("-", size));
        let (whole, fraction) = size.split_once('.').unwrap_or((size, ""));
        let tail = if fraction.is_empty() {
            String::new()
        } else {
            format!(".{fraction}")
        };
        self.local(&format!("{sign}{}{tail}", grouped(whole)))
    }

    /// An amount with its currency.
    pub fn money(&self, minor: impl Into<i128>, currency: &str) -> String {
        let amount = self.figure(minor.into(), currency);
        self.tv(
            "money",
            &[("amount", amount.into()), ("currency", currency.into())],
        )
    }

    /// A text that counts something: `count` chooses the form, `shown` is what is written.
    pub fn counted(&self, key: &str, count: u64) -> String {
        let shown = self.number(count);
        self.tv(key, &[("count", form(count)), ("shown", shown.into())])
    }

    /// A span of the terms: whole minutes, else seconds.
    pub fn duration(&self, micros: u64) -> String {
        let seconds = micros / 1_000_000;
        if seconds >= 60 && seconds.is_multiple_of(60) {
            self.counted("minutes", seconds / 60)
        } else {
            self.counted("seconds", seconds)
        }
    }

    /// A quantity in thousandths, as a text that counts in its unit. A fraction takes the last form.
    pub fn quantity(&self, key: &str, milli: i64, unit: &str) -> String {
        let size = Decimal::new(milli, 3).normalize();
        let count = size.to_u64().filter(|_| size.is_integer());
        let text = size.to_string();
        let (whole, fraction) = text
            .split_once('.')
            .map_or((text.as_str(), String::new()), |(whole, fraction)| {
                (whole, format!(".{fraction}"))
            });
        let shown = self.local(&format!("{}{fraction}", grouped(whole)));
        let values = [
            ("count", count.map_or_else(|| "".into(), form)),
            ("shown", shown.into()),
            ("unit", unit.into()),
        ];
        self.tv(key, &values)
    }
}

/// The number that chooses the form of a text that counts. Above a hundred, Arabic goes by what is
/// beyond the last hundred, which the plural rules at hand do not know; a hundred has the last form.
fn form(count: u64) -> FluentValue<'static> {
    let beyond = count % 100;
    FluentValue::from(match count {
        0..100 => count,
        _ if beyond > 2 => beyond,
        _ => 100,
    })
}

fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len().saturating_mul(2));
    for (at, digit) in digits.chars().enumerate() {
        let left = digits.len().saturating_sub(at);
        if at > 0 && left.is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    fn locale(lang: &str) -> Locale {
        Locale::of(Lang::parse(lang).unwrap())
    }

    /// Without the invisible marks that keep a number apart from the text around it.
    fn plain(text: &str) -> String {
        text.replace(['\u{2068}', '\u{2069}', '\u{200f}'], "")
    }

    #[test]
    fn amounts_in_both_languages() {
        let (ar, en) = (locale("ar"), locale("en"));
        assert_eq!(plain(&en.money(125_000_000, "EGP")), "EGP 1,250,000");
        assert_eq!(plain(&ar.money(125_000_000, "EGP")), "١٬٢٥٠٬٠٠٠ جنيه");
        assert_eq!(plain(&en.money(105, "EGP")), "EGP 1.05");
        assert_eq!(plain(&ar.money(105, "EGP")), "١٫٠٥ جنيه");
        assert_eq!(plain(&en.money(1_500, "KWD")), "KWD 1.500");
        assert_eq!(plain(&en.money(99_900, "EGP")), "EGP 999");
        assert_eq!(
            plain(&en.money(i64::MAX, "EGP")),
            "EGP 92,233,720,368,547,758.07"
        );
    }

    #[test]
    fn spans_and_measures() {
        let (ar, en) = (locale("ar"), locale("en"));
        assert_eq!(plain(&en.duration(120_000_000)), "2 minutes");
        assert_eq!(plain(&ar.duration(120_000_000)), "دقيقتين");
        assert_eq!(plain(&ar.duration(2_000_000)), "ثانيتين");
        assert_eq!(plain(&ar.duration(180_000_000)), "٣ دقائق");
        assert_eq!(plain(&en.duration(90_000_000)), "90 seconds");
        for (key, milli, english, arabic) in [
            ("quantity-year", 1_000, "1 year", "سنة واحدة"),
            ("quantity-year", 2_000, "2 years", "سنتان"),
            ("quantity-year", 3_000, "3 years", "٣ سنوات"),
            ("quantity-tonne", 12_000, "12 tonnes", "١٢ طنًّا"),
            ("quantity-tonne", 12_500, "12.5 tonnes", "١٢٫٥ طن"),
            ("quantity-tonne", 1_250_000, "1,250 tonnes", "١٬٢٥٠ طنًّا"),
            (
                "quantity-metre",
                4_200_000,
                "4,200 square metres",
                "٤٬٢٠٠ متر مربع",
            ),
        ] {
            assert_eq!(plain(&en.quantity(key, milli, "")), english);
            assert_eq!(plain(&ar.quantity(key, milli, "")), arabic);
        }
        assert_eq!(
            plain(&en.quantity("quantity-other", 1_500, "box")),
            "1.5 box"
        );
        for (count, arabic) in [
            (2, "لوطان"),
            (99, "٩٩ لوطًا"),
            (100, "١٠٠ لوط"),
            (102, "١٠٢ لوط"),
            (103, "١٠٣ لوطات"),
            (1_250, "١٬٢٥٠ لوطًا"),
        ] {
            assert_eq!(plain(&ar.counted("lots", count)), arabic);
        }
    }
}
