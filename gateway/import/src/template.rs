//! A table to begin with: the usual columns, and two lots that show how cells are written.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mazad_engine::domain::Time;
use mazad_texts::Lang;

/// How far away the times of the template are, so that it can be imported as it is.
const AHEAD_DAYS: i64 = 14;

/// Seconds of a day.
const DAY_S: i64 = 86_400;

const ENGLISH: [&str; 16] = [
    "lot",
    "title_ar",
    "title_en",
    "description_ar",
    "description_en",
    "kind",
    "unit",
    "quantity",
    "opening",
    "reserve",
    "estimate_low",
    "estimate_high",
    "increments",
    "opens_at",
    "duration",
    "place_ar",
];

const ARABIC: [&str; 16] = [
    "رقم اللوط",
    "العنوان",
    "العنوان بالإنجليزية",
    "الوصف",
    "الوصف بالإنجليزية",
    "النوع",
    "الوحدة",
    "الكمية",
    "سعر الفتح",
    "الثمن الأساسي",
    "التقدير من",
    "التقدير إلى",
    "الزيادات",
    "موعد الفتح",
    "المدة",
    "المكان",
];

/// A CSV with the mark by which spreadsheets know UTF-8. The second lot runs by the clock and opens two
/// weeks from now, the first is sold by a clerk.
pub fn template(lang: Lang, now: Time, zone: &TimeZone) -> String {
    let micros = i64::try_from(now.0).unwrap_or(0);
    let opens = Timestamp::from_microsecond(micros)
        .ok()
        .and_then(|now| {
            let ahead = jiff::SignedDuration::from_secs(AHEAD_DAYS * DAY_S);
            now.checked_add(ahead).ok()
        })
        .map(|at| {
            at.to_zoned(zone.clone())
                .strftime("%Y-%m-%d 10:00")
                .to_string()
        })
        .unwrap_or_default();
    let names = match lang {
        Lang::Ar => ARABIC,
        Lang::En => ENGLISH,
    };
    let first = [
        "1",
        "كشك في سوق أبنوب",
        "Kiosk in the market of Abnub",
        "مساحته 12 مترا مربعا",
        "Twelve square metres",
        "kiosk",
        "",
        "",
        "24000",
        "30000",
        "28000",
        "35000",
        "",
        "",
        "",
        "مركز أبنوب",
    ];
    let second = [
        "2",
        "خردة حديد",
        "Scrap iron",
        "",
        "",
        "scrap",
        "tonne",
        "18.5",
        "9500",
        "",
        "",
        "",
        "0:100;10000:500",
        &opens,
        "10m",
        "",
    ];
    let rows = [names, first, second].map(|cells| cells.join(","));
    format!("\u{feff}{}\r\n", rows.join("\r\n"))
}

#[cfg(test)]
mod tests {
    use mazad_engine::domain::{Bilingual, Currency, SaleTerms};

    use super::*;
    use crate::setting::Setting;
    use crate::sheet::{Pick, Sheet};
    use crate::table::read;

    #[test]
    fn it_can_be_imported_as_it_is_in_both_languages() {
        let terms = SaleTerms::preset(Bilingual::both("Sale"), Currency::parse("EGP").unwrap());
        let setting = Setting::of(&terms).unwrap();
        let tables = [Lang::Ar, Lang::En].map(|lang| {
            let text = template(lang, Time(1_800_000_000_000_000), &setting.zone);
            let sheet = Sheet::read(text.as_bytes(), "t.csv", Pick::default()).unwrap();
            read(&sheet, &setting).unwrap().lots
        });
        assert_eq!(tables[0], tables[1]);
        assert_eq!(tables[0].len(), 2);
    }
}
