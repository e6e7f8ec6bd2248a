//! One sentence in each language for every refusal of the rules: what was wrong, and where it is
//! useful what to do next. The codes are the engine's; pages may word them better from the figures.

use mazad_engine::domain::{Code, Currency, Figure, Refusal};
use mazad_proto::v1;

/// The sentence for a refusal, with its figures written in the sale's currency.
pub(crate) fn refusal(refusal: &Refusal, currency: Option<Currency>) -> v1::Bilingual {
    let (ar, en) = sentence(refusal.code);
    v1::Bilingual {
        ar: fill(ar, refusal, |minor| amount_ar(minor, currency)),
        en: fill(en, refusal, |minor| amount_en(minor, currency)),
    }
}

/// Replaces `{figure}` by the figure of that name. A figure that the refusal lacks reads as a dash.
fn fill(template: &str, refusal: &Refusal, amount: impl Fn(i64) -> String) -> String {
    let mut text = String::with_capacity(template.len().saturating_add(32));
    let mut rest = template;
    while let Some((before, tail)) = rest.split_once('{') {
        let (name, after) = tail.split_once('}').unwrap_or((tail, ""));
        text.push_str(before);
        let figure = Figure::parse(name);
        match figure.and_then(|figure| Some((figure, refusal.figure(figure)?))) {
            None => text.push('—'),
            Some((Figure::JudgedAt | Figure::EndsAt | Figure::Until, micros)) => {
                text.push_str(&micros.to_string());
            }
            Some((_, minor)) => text.push_str(&amount(minor)),
        }
        rest = after;
    }
    text.push_str(rest);
    text
}

/// An amount with grouped digits and the currency's code: `12,500.00 EGP`.
pub(crate) fn amount_en(minor: i64, currency: Option<Currency>) -> String {
    match currency {
        None => minor.to_string(),
        Some(currency) => format!(
            "{} {}",
            decimal(minor, currency.exponent()),
            currency.code()
        ),
    }
}

/// The same for Arabic text: the Egyptian pound by its usual abbreviation. Digits stay as they are;
/// the isolates keep number and unit together in right-to-left text.
pub(crate) fn amount_ar(minor: i64, currency: Option<Currency>) -> String {
    let Some(currency) = currency else {
        return minor.to_string();
    };
    let digits = decimal(minor, currency.exponent());
    let unit = match currency.code() {
        "EGP" => "ج.م",
        other => other,
    };
    format!("\u{2068}{digits}\u{2069} {unit}")
}

/// Minor units as a decimal number with grouped digits.
fn decimal(minor: i64, exponent: u32) -> String {
    let base = 10u64.saturating_pow(exponent).max(1);
    let absolute = minor.unsigned_abs();
    let whole = group(absolute.checked_div(base).unwrap_or_default());
    let sign = if minor < 0 { "-" } else { "" };
    if exponent == 0 {
        return format!("{sign}{whole}");
    }
    let fraction = absolute.checked_rem(base).unwrap_or_default();
    let width = usize::try_from(exponent).unwrap_or_default();
    format!("{sign}{whole}.{fraction:0width$}")
}

fn group(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len().saturating_mul(4).div_ceil(3));
    for (place, digit) in (1..=digits.len()).rev().zip(digits.chars()) {
        text.push(digit);
        if place > 1 && place % 3 == 1 {
            text.push(',');
        }
    }
    text
}

/// Arabic, then English.
#[expect(
    clippy::too_many_lines,
    reason = "a table: one entry for each code, nothing else"
)]
const fn sentence(code: Code) -> (&'static str, &'static str) {
    match code {
        Code::SaleUnknown => ("لم تُنشأ هذه الجلسة بعد.", "This sale has not been created."),
        Code::SaleExists => (
            "هذه الجلسة منشأة من قبل.",
            "This sale has been created already.",
        ),
        Code::NotAllowed => ("لا يحق لك طلب هذا الإجراء.", "You may not ask for this."),
        Code::SaleNotOpen => ("لم تُفتتح الجلسة بعد.", "The sale has not been opened yet."),
        Code::SaleOpen => ("الجلسة مفتوحة بالفعل.", "The sale has been opened already."),
        Code::SaleEnded => ("انتهت الجلسة.", "The sale has ended."),
        Code::SalePaused => (
            "الجلسة متوقفة مؤقتًا؛ أعد المحاولة بعد استئنافها.",
            "The sale is paused; try again when it goes on.",
        ),
        Code::SaleNotPaused => ("الجلسة ليست متوقفة.", "The sale is not paused."),
        Code::LotsRemain => (
            "ما زالت بنود مفتوحة؛ أغلقها أولًا.",
            "Lots are still open; close them first.",
        ),
        Code::LotUnknown => (
            "لا يوجد لوط بهذا الرقم في الكراسة.",
            "The catalogue has no such lot.",
        ),
        Code::LotExists => (
            "هذا اللوط موجود في الكراسة بالفعل.",
            "The catalogue has this lot already.",
        ),
        Code::LotNotOpen => ("لم يُفتح اللوط بعد.", "The lot has not been opened yet."),
        Code::LotOpen => ("اللوط مفتوح.", "The lot is open."),
        Code::LotClosed => ("انتهى اللوط.", "The lot has ended."),
        Code::LotRunsByClock => (
            "هذا اللوط يُفتح ويُغلق بالتوقيت تلقائيًا.",
            "This lot opens and closes by the clock.",
        ),
        Code::NotAdmitted => (
            "لا يوجد لك رقم مزايد في هذه الجلسة؛ راجع مكتب التسجيل.",
            "You have no paddle in this sale; ask at the desk.",
        ),
        Code::PaddleUnknown => (
            "لا يوجد رقم مزايد كهذا في الجلسة.",
            "The sale has no such paddle.",
        ),
        Code::PaddleTaken => (
            "رقم المزايد أو الحساب مقبول من قبل.",
            "The paddle or the account is admitted already.",
        ),
        Code::PaddleBarred => (
            "أُوقف هذا الرقم عن المزايدة.",
            "This paddle may not bid any more.",
        ),
        Code::TooLate => (
            "وصل العرض عند نهاية اللوط أو بعدها.",
            "It arrived at or after the end of the lot.",
        ),
        Code::AmountOutOfRange => (
            "المبلغ خارج الحدود المقبولة.",
            "The amount is zero or above the largest that is taken.",
        ),
        Code::OwnLead => (
            "أنت صاحب أعلى عرض بالفعل: {price}.",
            "You lead already, at {price}.",
        ),
        Code::BelowAsk => (
            "أقل مبلغ مقبول الآن {ask}؛ عرضك {amount}.",
            "The least amount taken now is {ask}; you offered {amount}.",
        ),
        Code::MaximumNotRaised => (
            "حدك الأقصى {maximum} بالفعل؛ أدخل مبلغًا أعلى منه.",
            "Your maximum is {maximum} already; name a higher one.",
        ),
        Code::MaximumBelowPrice => (
            "لا يقل الحد الأقصى عن السعر الحالي {price}.",
            "A maximum cannot fall below the price of {price}.",
        ),
        Code::OverLimit => (
            "يتجاوز حد المزايدة {limit}؛ ينقصك تأمين يغطي {missing}.",
            "This would pass your limit of {limit}; a top-up for {missing} is missing.",
        ),
        Code::NeedsConfirmation => (
            "المبلغ {amount} أعلى كثيرًا من المطلوب {ask}؛ أكّده إن كنت تقصده.",
            "{amount} is far above the {ask} asked for; confirm it if you mean it.",
        ),
        Code::ConfirmationUnknown => (
            "لا يوجد عرض كهذا في انتظار التأكيد؛ أرسل العرض من جديد.",
            "No such bid waits for confirmation; bid again.",
        ),
        Code::AskBelowStep => (
            "أقل مبلغ يمكن طلبه {ask}؛ طلبت {amount}.",
            "The ask must be at least {ask}; you named {amount}.",
        ),
        Code::NoBids => (
            "لا يوجد عرض قائم على هذا اللوط.",
            "No bid stands on this lot.",
        ),
        Code::ReserveNotMet => (
            "السعر {price} لم يبلغ الثمن الأساسي.",
            "The price of {price} has not reached the base price.",
        ),
        Code::WarnedEnough => (
            "أُعطي إنذاران من قبل؛ أرسِ المزاد أو مرّر اللوط.",
            "Two warnings have been given; hammer the lot or pass it.",
        ),
        Code::FloorBidWaits => (
            "عرض من القاعة في انتظار تأكيد موظف ثانٍ.",
            "A floor bid waits for a second clerk.",
        ),
        Code::NothingWaits => (
            "لا يوجد عرض من القاعة في انتظار التأكيد.",
            "No floor bid waits for confirmation.",
        ),
        Code::SecondOfficerNeeded => ("يلزم تأكيد موظف آخر.", "Another officer must confirm this."),
        Code::BidUnknown => (
            "لا يوجد عرض كهذا على اللوط، أو أُبطل من قبل.",
            "The lot has no such bid, or it is void already.",
        ),
        Code::TooLateForTypingError => (
            "فات وقت الإبلاغ عن خطأ كتابي، أو تلته عروض أخرى.",
            "It is too late to report a typing error, or others have bid since.",
        ),
        Code::NothingToReaffirm => (
            "لا يوجد عرض معروض عليك لتأكيده.",
            "The lead is not offered to you now.",
        ),
        Code::ReopenTooLate => (
            "لا يمكن إعادة الفتح: فُتح لوط آخر بعده أو لا يوجد ما يُعاد فتحه.",
            "It cannot be reopened: another lot has opened since, or there is nothing to reopen.",
        ),
        Code::OrderIncomplete => (
            "يجب أن يذكر الترتيب كل لوط قادم مرة واحدة.",
            "The order must name every upcoming lot once.",
        ),
        Code::TermsInvalid => (
            "الشروط غير صحيحة أو متعارضة.",
            "These terms are invalid or contradict themselves.",
        ),
        Code::ReasonMissing => (
            "يلزم ذكر سبب معلن، غير طويل.",
            "A public reason is needed, and not too long a one.",
        ),
        Code::TooMany => (
            "بلغت الجلسة أقصى عدد مسموح.",
            "A bound of this sale is reached.",
        ),
        Code::Overflow => (
            "المبلغ أكبر مما يمكن حسابه.",
            "The amount is larger than can be reckoned.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_a_sentence_in_both_languages() {
        for code in Code::ALL {
            let (ar, en) = sentence(*code);
            assert!(
                ar.chars().any(|c| ('\u{600}'..='\u{6ff}').contains(&c)),
                "{code:?}"
            );
            assert!(en.is_ascii(), "{code:?}");
            for text in [ar, en] {
                assert!(text.ends_with('.'), "{code:?}: {text}");
                for part in text.split('{').skip(1) {
                    let name = part.split('}').next().unwrap();
                    let figure = Figure::parse(name).unwrap_or_else(|| panic!("{code:?}: {name}"));
                    assert!(
                        !matches!(figure, Figure::JudgedAt | Figure::EndsAt | Figure::Until),
                        "{code:?}: instants are left to the page, which knows the zone"
                    );
                }
            }
        }
    }

    #[test]
    fn sentences_carry_the_amounts_in_the_sales_currency() {
        let no = Refusal::new(Code::BelowAsk)
            .with(Figure::Amount, 900_000)
            .with(Figure::Ask, 123_456_789);
        let text = refusal(&no, Currency::parse("EGP"));
        assert_eq!(
            text.en,
            "The least amount taken now is 1,234,567.89 EGP; you offered 9,000.00 EGP."
        );
        assert!(text.ar.contains("1,234,567.89\u{2069} ج.م"), "{}", text.ar);
        let without = refusal(&Refusal::new(Code::BelowAsk), Currency::parse("EGP"));
        assert_eq!(
            without.en,
            "The least amount taken now is —; you offered —."
        );
    }

    #[test]
    fn amounts_follow_the_exponent_of_their_currency() {
        for (minor, currency, shown) in [
            (0, "EGP", "0.00 EGP"),
            (5, "EGP", "0.05 EGP"),
            (100_000, "JPY", "100,000 JPY"),
            (1_234_567, "KWD", "1,234.567 KWD"),
            (i64::MAX, "EGP", "92,233,720,368,547,758.07 EGP"),
            (-150, "USD", "-1.50 USD"),
        ] {
            assert_eq!(amount_en(minor, Currency::parse(currency)), shown);
        }
        assert_eq!(amount_en(150, None), "150");
    }
}
