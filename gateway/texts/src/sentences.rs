//! One sentence in each language for every refusal of the rules and every fault. The sentences are
//! among the texts of the pages, which say them with the same figures in their reader's digits.

use mazad_engine::domain::{Code, Currency, Figure, Refusal};
use mazad_proto::{Expected, FaultCode, Unreadable, v1};

use crate::lang::Lang;
use crate::locale::Locale;

/// The figures that are amounts. Instants are left to the page, which knows the zone.
const AMOUNTS: [Figure; 8] = [
    Figure::Amount,
    Figure::Ask,
    Figure::Price,
    Figure::Maximum,
    Figure::Limit,
    Figure::Missing,
    Figure::Exposure,
    Figure::Ceiling,
];

/// The figures that are plain numbers.
const NUMBERS: [Figure; 4] = [Figure::Bound, Figure::Bid, Figure::Paddle, Figure::Lot];

/// The sentence for a refusal, with its figures written in the sale's currency. A figure that the
/// refusal lacks reads as a dash.
pub fn refusal(refusal: &Refusal, currency: Option<Currency>) -> v1::Bilingual {
    in_both(|locale| {
        let shown = |minor: i64| match currency {
            Some(currency) => locale.money(minor, currency.code()),
            None => minor.to_string(),
        };
        let counted = |count: i64| locale.number(count.unsigned_abs());
        let said = |figure: Figure, say: &dyn Fn(i64) -> String| {
            let value = refusal.figure(figure);
            (
                figure.as_str(),
                value.map_or_else(|| "—".to_owned(), say).into(),
            )
        };
        let amounts = AMOUNTS.map(|figure| said(figure, &shown));
        let numbers = NUMBERS.map(|figure| said(figure, &counted));
        locale.tv(&key_of(refusal), &[&amounts[..], &numbers[..]].concat())
    })
}

/// R0: a floor bid that waits in the place of another one is told by its amount, anything else that
/// has come by the price that stands now.
fn key_of(refusal: &Refusal) -> String {
    let is_held = refusal.code == Code::BidHasCome && refusal.figure(Figure::Amount).is_some();
    let of_floor = if is_held { "floor-" } else { "" };
    format!("{of_floor}refusal-{}", refusal.code.as_str())
}

/// The sentence for a fault.
pub fn fault(code: FaultCode) -> v1::Bilingual {
    in_both(|locale| locale.t(&format!("fault-{}", code.as_str())))
}

/// The sentence for a fault of a message that cannot be read: what is expected at which place.
pub fn fault_at(code: FaultCode, place: &Unreadable) -> v1::Bilingual {
    in_both(|locale| {
        let sentence = locale.t(&format!("fault-{}", code.as_str()));
        let expected = phrase(locale, &place.expected);
        let place = if place.path.is_empty() {
            locale.tv("place-expected", &[("expected", expected.into())])
        } else {
            let values = [
                ("path", place.path.as_str().into()),
                ("expected", expected.into()),
            ];
            locale.tv("place-expected-at", &values)
        };
        format!("{sentence} {place}")
    })
}

/// What is expected at a place of a message, in a few words.
pub fn expected(expected: &Expected) -> v1::Bilingual {
    in_both(|locale| phrase(locale, expected))
}

fn phrase(locale: &Locale, expected: &Expected) -> String {
    let key = format!("expected-{}", expected.word());
    locale.tv(&key, &[("detail", expected.detail().into())])
}

fn in_both(say: impl Fn(&Locale) -> String) -> v1::Bilingual {
    v1::Bilingual {
        ar: say(&Locale::of(Lang::Ar)),
        en: say(&Locale::of(Lang::En)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without the marks that keep a value apart in text of the other direction.
    fn plain(text: &str) -> String {
        text.replace(['\u{2068}', '\u{2069}', '\u{200f}'], "")
    }

    #[test]
    fn every_refusal_and_fault_has_a_sentence_in_both_languages() {
        let refusals = Code::ALL.iter().map(|code| {
            // With every figure: one that the sentence names and that is none of them would show.
            let figures = AMOUNTS.iter().chain(&NUMBERS);
            let whole = figures.fold(Refusal::new(*code), |all, figure| all.with(*figure, 100));
            (code.as_str(), refusal(&whole, Currency::parse("EGP")))
        });
        let faults = FaultCode::ALL
            .iter()
            .map(|code| (code.as_str(), fault(*code)));
        for (code, said) in refusals.chain(faults) {
            let is_arabic = |c: char| ('\u{600}'..='\u{6ff}').contains(&c);
            assert!(said.ar.chars().any(is_arabic), "{code}: {}", said.ar);
            let english = plain(&said.en);
            assert!(english.is_ascii(), "{code}: {english}");
            for text in [&said.ar, &english] {
                assert!(text.ends_with('.'), "{code}: {text}");
                assert!(!text.contains(['{', '$']), "{code}: {text}");
            }
        }
    }

    /// Every kind of expectation, with what goes with it.
    fn every_expectation() -> Vec<Expected> {
        let names = || vec!["hello".to_owned(), "join".to_owned()];
        vec![
            Expected::Json(7),
            Expected::Protobuf(7),
            Expected::Message,
            Expected::Object,
            Expected::KnownFields,
            Expected::Key,
            Expected::Once,
            Expected::Order,
            Expected::LeftOut,
            Expected::OneField(names()),
            Expected::OneWord(names()),
            Expected::List,
            Expected::Text,
            Expected::TextAtMost(7),
            Expected::Currency,
            Expected::Bytes,
            Expected::Boolean,
            Expected::Money,
            Expected::NumberText,
            Expected::Number,
            Expected::NumberFromOne,
            Expected::AtMost(7),
            Expected::Uuid,
            Expected::Bands,
            Expected::Secret,
            Expected::AsInAddress,
            Expected::BytesAtMost(7),
        ]
    }

    #[test]
    fn every_expectation_has_its_words_in_both_languages() {
        for one in every_expectation() {
            let said = expected(&one);
            let english = plain(&said.en);
            let is_arabic = |c: char| ('\u{600}'..='\u{6ff}').contains(&c);
            assert!(
                said.ar.chars().any(is_arabic),
                "{}: {}",
                one.word(),
                said.ar
            );
            assert!(english.is_ascii() && english.len() > 3, "{english}");
            for text in [plain(&said.ar), english] {
                assert!(!text.contains(['{', '$']), "{text}");
                assert!(text.contains(&one.detail()), "{text}");
            }
        }
        let place = Unreadable::new("placeBid.amount", Expected::Money);
        let said = fault_at(FaultCode::Malformed, &place);
        assert_eq!(
            plain(&said.en),
            "The message cannot be read. Expected at placeBid.amount: a whole number of minor \
             units, as text of digits alone."
        );
        assert!(said.ar.contains("placeBid.amount"), "{}", said.ar);
        let whole = fault_at(FaultCode::TooLarge, &Unreadable::new("", Expected::Json(3)));
        assert!(plain(&whole.en).ends_with("Expected: JSON; from byte 3 on it is none."));
    }

    #[test]
    fn sentences_carry_the_amounts_as_the_pages_write_them() {
        let no = Refusal::new(Code::NeedsConfirmation)
            .with(Figure::Amount, 123_456_789)
            .with(Figure::Ask, 1_250_000);
        let said = refusal(&no, Currency::parse("EGP"));
        assert_eq!(
            plain(&said.en),
            "EGP 1,234,567.89 is far above the EGP 12,500 asked for; confirm it if you mean it."
        );
        assert!(plain(&said.ar).contains("١٢٬٥٠٠ جنيه"), "{}", said.ar);
        let come = Refusal::new(Code::BidHasCome)
            .with(Figure::Bid, 7)
            .with(Figure::Paddle, 1_011)
            .with(Figure::Price, 1_250_000);
        let said = refusal(&come, Currency::parse("EGP"));
        let english = plain(&said.en);
        assert!(
            english.contains("paddle 1,011, price EGP 12,500, bid 7"),
            "{english}"
        );
        let waits = come.with(Figure::Amount, 600_000);
        let said = refusal(&waits, Currency::parse("EGP"));
        let english = plain(&said.en);
        assert!(english.contains("paddle 1,011, EGP 6,000"), "{english}");
        let without = refusal(&Refusal::new(Code::BelowAsk), Currency::parse("EGP"));
        assert!(without.en.contains("—"), "{}", without.en);
        let unknown = refusal(&Refusal::new(Code::BelowAsk).with(Figure::Ask, 150), None);
        assert!(plain(&unknown.en).contains("now is 150."), "{}", unknown.en);
    }
}
