//! Figures as people of a locale read them.

use fluent_bundle::FluentValue;
use mazad_engine::domain::Currency;
use rust_decimal::{Decimal, prelude::ToPrimitive};

use crate::lang::Digits;
use crate::locale::Locale;

/// Marks a text key that is kept in a table; a test collects these.
pub const fn key(name: &'static str) -> &'static str {
    name
}

/// Decimal places of a currency: the engine's table, which is that of ISO 4217. A code that it does not
/// know is in no sale.
fn exponent(currency: &str) -> u32 {
    Currency::parse(currency).map_or(2, Currency::exponent)
}

impl Locale {
    /// A text that is no number, such as `12A`, with the digits of this locale.
    pub fn with_digits(&self, text: &str) -> String {
        if self.digits == Digits::Latn {
            return text.to_owned();
        }
        let local = |c: char| {
            let digit = c.to_digit(10).filter(|_| c.is_ascii_digit());
            let local = digit.and_then(|digit| char::from_u32(0x660_u32.saturating_add(digit)));
            local.unwrap_or(c)
        };
        text.chars().map(local).collect()
    }

    /// A figure with the digits and the signs of this locale.
    fn local(&self, text: &str) -> String {
        let text = self.with_digits(text);
        match self.digits {
            Digits::Latn => text,
            Digits::Arab => text.replace(',', "\u{66c}").replace('.', "\u{66b}"),
        }
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

    /// ISO 4217, list one: every currency that has another number of decimals than two, and how many.
    const NOT_TWO: [(u32, &str); 3] = [
        (
            0,
            "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
        ),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
        (4, "CLF UYW"),
    ];

    /// ISO 4217, list one: metals, units of account and codes for none, which have no minor unit.
    const NO_MINOR_UNIT: &str = "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX";

    #[test]
    fn amounts_in_every_currency_have_the_decimals_of_the_standard() {
        let letters = || 'A'..='Z';
        let codes = letters().flat_map(|a| {
            letters().flat_map(move |b| letters().map(move |c| format!("{a}{b}{c}")))
        });
        let known: Vec<Currency> = codes.filter_map(|code| Currency::parse(&code)).collect();
        assert!(known.len() > 170, "{}", known.len());
        for currency in known {
            let code = currency.code();
            let other = NOT_TWO.iter().find(|(_, codes)| codes.contains(code));
            let standard = match other {
                Some((places, _)) => *places,
                None if NO_MINOR_UNIT.contains(code) => 0,
                None => 2,
            };
            assert_eq!(currency.exponent(), standard, "{code}");
            let minor = 50_000 * 10_i64.pow(standard);
            let shown = plain(&locale("en").money(minor, code));
            assert_eq!(shown, format!("{code} 50,000"));
            let least = plain(&locale("en").money(1, code));
            let decimals = least.split_once('.').map_or(0, |(_, tail)| tail.len());
            assert_eq!(u32::try_from(decimals), Ok(standard), "{least}");
        }
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
