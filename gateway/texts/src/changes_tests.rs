use mazad_engine::domain::{Bilingual, LotTerms, Opens, Reserve, Running};
use mazad_engine::testing::{english_lot, english_terms, money, sale_terms};

use super::*;
use crate::lang::Lang;

const COMMITMENT: [u8; 32] = [0xab; 32];

fn told(lang: Lang, before: &LotTerms, after: &LotTerms) -> Vec<String> {
    let changes = lot_changes(&Locale::of(lang), ("EGP", "Africa/Cairo"), before, after);
    let told = changes.iter().map(|change| {
        let Change {
            column,
            name,
            before,
            after,
        } = change;
        format!("{column} {name}: {before} > {after}").replace(['\u{2068}', '\u{2069}'], "")
    });
    told.collect()
}

fn by_hand() -> LotTerms {
    english_lot(Running::Clerked, english_terms())
}

#[test]
fn equal_terms_have_no_change() {
    assert!(told(Lang::En, &by_hand(), &by_hand()).is_empty());
}

#[test]
fn each_term_is_told_from_what_to_what() {
    let mut after = by_hand();
    after.title = Bilingual::both("Stand 4");
    after.method = after.method.with_opening(money(1_250));
    after.running = Running::Timed {
        opens: Opens::At(Time(1_790_000_000_000_000)),
        closes: Closes::After(Span::minutes(10)),
        soft_close: None,
        group: 0,
    };
    let lines = told(Lang::En, &by_hand(), &after);
    assert_eq!(
        lines,
        [
            "title_ar Title in Arabic: lot > Stand 4",
            "title_en Title in English: lot > Stand 4",
            "opening Opening price: EGP 10 > EGP 12.50",
            "way Closing: By the clerk's hammer > By the clock",
            "opens_at Opens: none > Monday 21 September 2026, 17:13:20 Cairo time (UTC+3)",
            "closes_at Closes: none > 10 minutes after it opens",
        ]
    );
    let arabic = told(Lang::Ar, &by_hand(), &after);
    assert_eq!(arabic.len(), lines.len());
    assert!(
        arabic.iter().all(|line| !line.contains("Opening")),
        "{arabic:?}"
    );
}

/// R4: that there is another base, and never which.
#[test]
fn base_is_told_by_its_commitment_alone() {
    let mut after = by_hand();
    let opening = Some(mazad_engine::domain::ReserveOpening {
        amount: money(77_777),
        salt: [1; 32],
    });
    let commitment = COMMITMENT;
    after.method = after.method.with_reserve(Some(Reserve {
        commitment,
        opening,
    }));
    let lines = told(Lang::En, &by_hand(), &after);
    assert_eq!(
        lines,
        ["reserve Secret base price: none > committed to as abababababababab…"]
    );
}

/// A span that reads the same in whole seconds is another one all the same.
#[test]
fn change_that_reads_the_same_is_told() {
    let before = sale_terms();
    let mut after = before.clone();
    after.warning_age = Span(after.warning_age.0 + 1);
    let changes = sale_changes(&Locale::of(Lang::En), &before, &after);
    let columns: Vec<&str> = changes.iter().map(|change| change.column).collect();
    assert_eq!(columns, ["warning-age"]);
}
