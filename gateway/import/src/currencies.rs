//! What people write beside an amount: signs and names of currencies. Only those of the sale's own count;
//! a sign that is first of all another's, such as a bare `£` in Egypt, does not.

use std::sync::LazyLock;

use mazad_engine::domain::Currency;
use mazad_projections::search_text::normalised;

/// Signs and names by code; the code itself always counts. Capitals, dots, spaces and vowel marks make no
/// difference.
const NAMES: &[(&str, &[&str])] = &[
    (
        "EGP",
        &[
            "ج.م",
            "ج",
            "جنيه",
            "جنيها",
            "جنيهات",
            "جنيه مصري",
            "جنيها مصريا",
            "جنيهات مصرية",
            "LE",
            "£E",
            "E£",
            "EG£",
            "Egyptian pound",
            "Egyptian pounds",
        ],
    ),
    (
        "USD",
        &[
            "$",
            "US$",
            "دولار",
            "دولارا",
            "دولار أمريكي",
            "dollar",
            "dollars",
        ],
    ),
    ("EUR", &["€", "يورو", "euro", "euros"]),
    (
        "GBP",
        &["£", "جنيه إسترليني", "pound", "pounds", "sterling"],
    ),
    (
        "SAR",
        &["ر.س", "ريال", "ريال سعودي", "SR", "riyal", "riyals"],
    ),
    (
        "AED",
        &["د.إ", "درهم", "درهما", "Dh", "Dhs", "dirham", "dirhams"],
    ),
    (
        "KWD",
        &["د.ك", "دينار", "دينار كويتي", "KD", "dinar", "dinars"],
    ),
    (
        "BHD",
        &["د.ب", "دينار", "دينار بحريني", "BD", "dinar", "dinars"],
    ),
    (
        "QAR",
        &["ر.ق", "ريال", "ريال قطري", "QR", "riyal", "riyals"],
    ),
    ("OMR", &["ر.ع", "ريال", "ريال عماني", "RO", "rial", "rials"]),
    (
        "JOD",
        &["د.أ", "دينار", "دينار أردني", "JD", "dinar", "dinars"],
    ),
    (
        "IQD",
        &["د.ع", "دينار", "دينار عراقي", "ID", "dinar", "dinars"],
    ),
    (
        "LYD",
        &["د.ل", "دينار", "دينار ليبي", "LD", "dinar", "dinars"],
    ),
    (
        "TND",
        &["د.ت", "دينار", "دينار تونسي", "DT", "dinar", "dinars"],
    ),
    (
        "DZD",
        &["د.ج", "دينار", "دينار جزائري", "DA", "dinar", "dinars"],
    ),
    (
        "MAD",
        &["د.م", "درهم", "درهم مغربي", "DH", "dirham", "dirhams"],
    ),
    ("SDG", &["ج.س", "جنيه", "جنيه سوداني"]),
    ("LBP", &["ل.ل", "ليرة", "ليرة لبنانية", "LL"]),
    ("SYP", &["ل.س", "ليرة", "ليرة سورية", "LS"]),
    ("TRY", &["₺", "TL", "ليرة", "lira"]),
    ("CHF", &["Fr", "SFr", "franc", "francs"]),
    ("JPY", &["¥", "￥", "円", "yen"]),
    ("CNY", &["¥", "￥", "元", "RMB", "yuan"]),
    ("INR", &["₹", "Rs", "rupee", "rupees"]),
    ("RUB", &["₽", "руб", "р", "рублей"]),
    ("KZT", &["₸", "тг", "тенге"]),
    ("UAH", &["₴", "грн"]),
    ("ILS", &["₪"]),
    ("KRW", &["₩"]),
    ("VND", &["₫"]),
    ("NGN", &["₦"]),
    ("XAF", &["FCFA", "CFA"]),
    ("XOF", &["FCFA", "CFA"]),
    ("CAD", &["$", "C$", "CA$"]),
    ("AUD", &["$", "A$", "AU$"]),
    ("NZD", &["$", "NZ$"]),
    ("SGD", &["$", "S$"]),
    ("HKD", &["$", "HK$"]),
    ("MXN", &["$", "MX$"]),
    ("CLP", &["$", "CLP$"]),
    ("BRL", &["R$"]),
    ("ZAR", &["R"]),
    ("SEK", &["kr"]),
    ("NOK", &["kr"]),
    ("DKK", &["kr"]),
    ("ISK", &["kr"]),
    ("PLN", &["zł"]),
    ("CZK", &["Kč"]),
];

/// What people add to an amount and that changes nothing: "only", "no more", and the dash of a cheque.
const FILLERS: [&str; 6] = ["لا غير", "فقط", "only", "/-", "/=", "-/"];

/// Whether these words are the currency's code, sign or name.
pub(crate) fn is_named(words: &str, currency: Currency) -> bool {
    let key = key(words);
    let own = NAMES.iter().filter(|(code, _)| *code == currency.code());
    let mut names = own.flat_map(|(_, names)| names.iter());
    !key.is_empty()
        && (key == currency.code().to_lowercase() || names.any(|name| self::key(name) == key))
}

/// Whether these words are a code, sign or name of any currency.
pub(crate) fn is_any_name(words: &str) -> bool {
    let key = key(words);
    let known = |(code, names): &(&str, &[&str])| {
        key == code.to_lowercase() || names.iter().any(|name| self::key(name) == key)
    };
    !key.is_empty() && (NAMES.iter().any(known) || Currency::parse(words.trim()).is_some())
}

/// A heading without the currency at its end, such as `سعر الفتح ج م`, in the form of a search; `None`
/// if it names none. Without a currency, that of any sale.
pub(crate) fn without_currency(heading: &str, currency: Option<Currency>) -> Option<&str> {
    let is_own = |code: &str| currency.is_none_or(|currency| currency.code() == code);
    ENDINGS
        .iter()
        .filter(|(code, _)| is_own(code))
        .filter_map(|(_, ending)| heading.strip_suffix(ending))
        .map(|rest| rest.strip_suffix("بال").unwrap_or(rest))
        .filter_map(|rest| rest.strip_suffix(' '))
        .min_by_key(|rest| rest.len())
}

/// A heading without the signs of the sale's currency; `None` if another sign stands there, or one of
/// hundredths. Without a currency, that of any sale.
pub(crate) fn without_own_signs(heading: &str, currency: Option<Currency>) -> Option<String> {
    let ends_word = |c: char| c.is_whitespace() || "()[]{}/\\-:;,،؛".contains(c);
    let mut rest = String::with_capacity(heading.len());
    for word in heading.split_inclusive(ends_word) {
        let bare = word.trim_end_matches(ends_word);
        if !bare.contains(is_sign) {
            rest.push_str(word);
            continue;
        }
        let is_own = match currency {
            Some(currency) => is_named(bare, currency),
            None => is_any_name(bare),
        };
        if !is_own {
            return None;
        }
        rest.push(' ');
    }
    Some(rest)
}

/// Signs of currencies, also wide and small ones, and those of hundredths and thousandths.
fn is_sign(letter: char) -> bool {
    let is_money = matches!(letter,
        '$' | '\u{a2}'..='\u{a5}' | '\u{58f}' | '\u{60b}' | '\u{9f2}' | '\u{9f3}' | '\u{9fb}' | '\u{af1}'
        | '\u{bf9}' | '\u{e3f}' | '\u{17db}' | '\u{20a0}'..='\u{20cf}' | '\u{a838}' | '\u{fdfc}' | '\u{fe69}'
        | '\u{ff04}' | '\u{ffe0}' | '\u{ffe1}' | '\u{ffe5}' | '\u{ffe6}' | '円' | '元');
    let is_part = matches!(letter, '%' | '٪' | '‰' | '؉' | '‱' | '؊' | '﹪' | '％');
    is_money || is_part
}

/// The names, each with its code, in the form of a search.
static ENDINGS: LazyLock<Vec<(&str, String)>> = LazyLock::new(|| {
    let all = NAMES.iter().flat_map(|(code, names)| {
        let names = names.iter().chain(std::iter::once(code));
        // A search leaves signs out, and would find `US$` in a heading that ends with "us".
        let names = names.filter(|name| !name.contains(is_sign));
        names.map(|name| (*code, normalised(name)))
    });
    all.filter(|(_, name)| !name.is_empty()).collect()
});

/// A text without the fillers at its end.
pub(crate) fn without_fillers(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(rest) = FILLERS.iter().find_map(|filler| text.strip_suffix(filler)) {
        text = rest.trim_end();
    }
    text
}

fn key(words: &str) -> String {
    let counts = |c: &char| {
        let is_mark = matches!(c, '\u{0640}' | '\u{064b}'..='\u{0652}' | '\u{200b}'..='\u{200f}' | '\u{061c}');
        !c.is_whitespace() && *c != '.' && !is_mark
    };
    words
        .chars()
        .filter(counts)
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sales_own_names_count_and_no_others() {
        let own = |code: &str, words: &str| is_named(words, Currency::parse(code).unwrap());
        for words in [
            "ج.م",
            "ج.م.",
            "جم",
            "جنيه",
            "جنيهًا",
            "LE",
            "L.E.",
            "£E",
            "egp",
        ] {
            assert!(own("EGP", words), "{words}");
        }
        for words in ["$", "€", "£", "USD", "ريال", ".", "", "x"] {
            assert!(!own("EGP", words), "{words}");
        }
        assert!(own("USD", "$") && own("RUB", "руб.") && own("XAF", "FCFA"));
    }

    #[test]
    fn headings_may_name_the_currency() {
        let egp = Currency::parse("EGP");
        assert_eq!(without_currency("سعر الفتح ج م", egp), Some("سعر الفتح"));
        assert_eq!(
            without_currency("سعر الفتح بالجنيه", egp),
            Some("سعر الفتح")
        );
        assert_eq!(without_currency("opening egp", egp), Some("opening"));
        assert_eq!(without_currency("opening usd", egp), None);
        assert_eq!(without_currency("opening usd", None), Some("opening"));
    }
}
