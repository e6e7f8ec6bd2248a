//! One row of the table as the terms of a lot.

use mazad_engine::domain::{
    Bilingual, EnglishTerms, Increments, JumpGuard, LotNo, LotTerms, MethodTerms, Money, Place,
    preset_ceiling,
};
use mazad_projections::search_text::normalised;

use crate::catalogue_no::CatalogueNo;
use crate::columns::Column;
use crate::increments;
use crate::problem::expected;
use crate::row::{RowReader, amount_words};
use crate::running::running;

/// A lot of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableLot {
    pub row: usize,
    /// The number by which the engine knows it.
    pub lot: LotNo,
    /// Its number in the catalogue, as it is printed.
    pub printed: String,
    /// Its terms, without the reserve.
    pub terms: LotTerms,
    /// R4: the secret base price.
    pub reserve: Option<Money>,
}

impl TableLot {
    /// R1: its steps.
    pub(crate) fn increments(&self) -> &Increments {
        let MethodTerms::English(english) = &self.terms.method;
        &english.increments
    }
}

/// R1, presets: asks for confirmation above three times the ask, or twenty steps above it.
const JUMP_GUARD: JumpGuard = JumpGuard {
    times: 3,
    steps: 20,
};

/// Reads a row; `None` if anything about it is wrong.
pub(crate) fn read(row: &mut RowReader<'_>) -> Option<TableLot> {
    let lot = row.catalogue_no();
    row.require(Column::Lot, || {
        expected("number", "the lot's number", "رقم اللوط")
    });
    let title = Bilingual {
        ar: row.text(Column::TitleAr),
        en: row.text(Column::TitleEn),
    };
    if title == Bilingual::default() && row.is_sound() {
        row.wrong(
            Column::TitleAr,
            expected(
                "text",
                "a title in Arabic or English",
                "عنوان بالعربية أو الإنجليزية",
            ),
        );
    }
    let description = Bilingual {
        ar: row.lines(Column::DescriptionAr),
        en: row.lines(Column::DescriptionEn),
    };
    let (reference, kind) = (row.text(Column::Reference), row.text(Column::Kind));
    let unit = row.text(Column::Unit);
    let quantity_milli = row.measure(Column::Quantity).unwrap_or(0);
    let place = place(row);
    let estimate = estimate(row);
    let running = running(row);
    let method = english(row);
    let reserve = row.money(Column::Reserve);
    let (lot, running, method) = (lot?, running?, method?);
    let printed = match lot {
        CatalogueNo::Whole(number) => number.to_string(),
        CatalogueNo::Label(label) => label,
    };
    let ceiling = ceiling(row, method.opening, estimate, reserve);
    let terms = LotTerms {
        title,
        description,
        // Known when the whole table is: `catalogue_no::assign`.
        label: String::new(),
        reference,
        kind,
        unit,
        quantity_milli,
        place,
        estimate,
        running,
        method: method.into(),
        ceiling,
    };
    if let (Err(error), true) = (terms.check(), row.is_sound()) {
        row.wrong(
            Column::Lot,
            expected(
                "contradiction",
                error.to_string(),
                format!("بنود سليمة ({error})"),
            ),
        );
    }
    row.is_sound().then(|| TableLot {
        row: row.number(),
        lot: LotNo(0),
        printed,
        terms,
        reserve,
    })
}

fn english(row: &mut RowReader<'_>) -> Option<EnglishTerms> {
    let setting = row.setting();
    row.require(Column::Opening, || amount_words(setting));
    let opening = row.money(Column::Opening);
    let increments = increments(row);
    let first_bid_above_opening = first_bid_above_opening(row);
    let jump_guard = JumpGuard {
        times: row.count(Column::JumpTimes).unwrap_or(JUMP_GUARD.times),
        steps: row.count(Column::JumpSteps).unwrap_or(JUMP_GUARD.steps),
    };
    Some(EnglishTerms {
        opening: opening?,
        increments: increments?,
        first_bid_above_opening,
        jump_guard,
        reserve: None,
    })
}

/// R1, preset: a hundred times the greater of opening and upper estimate. Nothing that a lot may go for
/// lies above it.
fn ceiling(
    row: &mut RowReader<'_>,
    opening: Money,
    estimate: Option<(Money, Money)>,
    reserve: Option<Money>,
) -> Money {
    let preset = preset_ceiling(opening, estimate.map(|(_, high)| high));
    let ceiling = row.money(Column::Ceiling).unwrap_or(preset);
    let least = reserve.map_or(opening, |reserve| reserve.max(opening));
    if row.is_sound() && (ceiling < least || ceiling > Money::MAX_BID) {
        let words = expected(
            "contradiction",
            "a ceiling that is not below the opening or the reserve",
            "حد أقصى لا يقل عن سعر الافتتاح ولا عن الثمن الأساسي",
        );
        row.wrong(Column::Ceiling, words);
    }
    ceiling
}

/// R1, preset: the first bid is the opening.
fn first_bid_above_opening(row: &mut RowReader<'_>) -> bool {
    let words = || {
        expected(
            "word",
            "opening, or above (the opening and one step)",
            "opening (سعر الافتتاح) أو above (أعلى منه بزيادة)",
        )
    };
    let above = row.word(Column::FirstBid, words, |text| {
        match normalised(text).as_str() {
            "opening" | "سعر الافتتاح" => Some(false),
            "above" | "اعلي بزياده" => Some(true),
            _ => None,
        }
    });
    above.unwrap_or(false)
}

fn increments(row: &mut RowReader<'_>) -> Option<Increments> {
    let currency = row.setting().currency;
    let words = || {
        expected(
            "bands",
            "a step such as 100, or bands such as 0:100;10000:500 (from:step), beginning at 0 and \
             rising; for the whole table: --increments",
            "زيادة مثل 100، أو فئات مثل 0:100;10000:500 (من:الزيادة) تبدأ من صفر وتتصاعد؛ وللجدول كله \
             الخيار ‎--increments",
        )
    };
    if row.has(Column::Increments) {
        return row.word(Column::Increments, words, |text| {
            increments::parse(text, currency)
        });
    }
    let of_table = row.setting().increments.clone();
    if of_table.is_none() {
        row.wrong(Column::Increments, words());
    }
    of_table
}

fn estimate(row: &mut RowReader<'_>) -> Option<(Money, Money)> {
    let low = row.money(Column::EstimateLow);
    let high = row.money(Column::EstimateHigh);
    match (low, high) {
        (Some(low), Some(high)) if low <= high => Some((low, high)),
        (Some(_), Some(_)) => {
            let words = expected(
                "contradiction",
                "at least estimate_low",
                "قيمة لا تقل عن estimate_low",
            );
            row.wrong(Column::EstimateHigh, words);
            None
        }
        (Some(only), None) if !row.has(Column::EstimateHigh) => Some((only, only)),
        (None, Some(only)) if !row.has(Column::EstimateLow) => Some((only, only)),
        _ => None,
    }
}

fn place(row: &mut RowReader<'_>) -> Option<Place> {
    let name = Bilingual {
        ar: row.text(Column::PlaceAr),
        en: row.text(Column::PlaceEn),
    };
    let latitude = row.degrees(Column::Latitude, 90);
    let longitude = row.degrees(Column::Longitude, 180);
    let words = || {
        expected(
            "degrees",
            "both latitude and longitude, or neither; not 0 and 0, which is in the sea",
            "خطا العرض والطول معًا أو لا شيء؛ وليس صفرًا وصفرًا، فهو في البحر",
        )
    };
    match (row.has(Column::Latitude), row.has(Column::Longitude)) {
        (true, false) => row.wrong(Column::Longitude, words()),
        (false, true) => row.wrong(Column::Latitude, words()),
        (true, true) if (latitude, longitude) == (Some(0), Some(0)) => {
            row.wrong(Column::Latitude, words());
        }
        // A name alone is a place too.
        (false, false) => {
            return (name != Bilingual::default()).then_some(Place {
                name,
                latitude_e6: 0,
                longitude_e6: 0,
            });
        }
        (true, true) => {}
    }
    Some(Place {
        name,
        latitude_e6: latitude?,
        longitude_e6: longitude?,
    })
}
