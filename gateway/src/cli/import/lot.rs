//! One row of the table as the terms of a lot.

use mazad_engine::domain::{
    Bilingual, Closes, English, Increments, JumpGuard, LotNo, LotTerms, Method, Money, Opens,
    Place, Running, SoftClose, Span,
};

use super::columns::{Column, folded};
use super::increments;
use super::moment::parse_span;
use super::problem::expected;
use super::row::{RowReader, amount_words, instant_words};
use super::sheet::Cell;
use super::table::TableLot;

/// R1, presets: asks for confirmation above three times the ask, or twenty steps above it.
const JUMP_GUARD: JumpGuard = JumpGuard {
    times: 3,
    steps: 20,
};

/// R3.3, preset: a change of leader in the last two minutes leaves two minutes.
const SOFT_CLOSE: Span = Span::minutes(2);

/// Reads a row; `None` if anything about it is wrong.
pub(crate) fn read(row: &mut RowReader<'_>) -> Option<TableLot> {
    let lot = row.whole(Column::Lot);
    row.require(Column::Lot, || expected("the lot's number", "رقم اللوط"));
    let title = texts(row, Column::TitleAr, Column::TitleEn);
    if title == Bilingual::default() && row.is_sound() {
        row.wrong(
            Column::TitleAr,
            expected(
                "a title in Arabic or English",
                "عنوان بالعربية أو الإنجليزية",
            ),
        );
    }
    let description = texts(row, Column::DescriptionAr, Column::DescriptionEn);
    let (reference, kind) = (row.text(Column::Reference), row.text(Column::Kind));
    let unit = row.text(Column::Unit);
    let quantity_milli = row.measure(Column::Quantity).unwrap_or(0);
    let place = place(row);
    let estimate = estimate(row);
    let running = running(row);
    let method = english(row);
    let reserve = row.money(Column::Reserve);
    let (lot, running, method) = (lot?, running?, method?);
    let terms = LotTerms {
        title,
        description,
        reference,
        kind,
        unit,
        quantity_milli,
        place,
        estimate,
        running,
        method: Method::English(method),
    };
    if let (Err(error), true) = (terms.check(), row.is_sound()) {
        row.wrong(
            Column::Lot,
            expected(error.to_string(), format!("بنود سليمة ({error})")),
        );
    }
    row.is_sound().then(|| TableLot {
        row: row.number(),
        lot: LotNo(lot),
        terms,
        reserve,
    })
}

fn texts(row: &mut RowReader<'_>, ar: Column, en: Column) -> Bilingual {
    Bilingual {
        ar: row.text(ar),
        en: row.text(en),
    }
}

fn english(row: &mut RowReader<'_>) -> Option<English> {
    let setting = row.setting();
    row.require(Column::Opening, || amount_words(setting));
    let opening = row.money(Column::Opening);
    let increments = increments(row);
    Some(English {
        opening: opening?,
        increments: increments?,
        first_bid_above_opening: false,
        jump_guard: JUMP_GUARD,
        reserve: None,
    })
}

fn increments(row: &mut RowReader<'_>) -> Option<Increments> {
    let currency = row.setting().currency;
    let words = || {
        expected(
            "bands such as 0:100;10000:500 (from:step), beginning at 0 and rising",
            "فئات مثل 0:100;10000:500 (من:الزيادة) تبدأ من صفر وتتصاعد",
        )
    };
    if row.has(Column::Increments) {
        return row.word(Column::Increments, words, |text| {
            increments::parse(text, currency)
        });
    }
    let preset = increments::preset(currency);
    if preset.is_none() {
        row.wrong(Column::Increments, words());
    }
    preset
}

fn estimate(row: &mut RowReader<'_>) -> Option<(Money, Money)> {
    let low = row.money(Column::EstimateLow);
    let high = row.money(Column::EstimateHigh);
    match (low, high) {
        (Some(low), Some(high)) if low <= high => Some((low, high)),
        (Some(_), Some(_)) => {
            let words = expected("at least estimate_low", "قيمة لا تقل عن estimate_low");
            row.wrong(Column::EstimateHigh, words);
            None
        }
        (Some(only), None) if !row.has(Column::EstimateHigh) => Some((only, only)),
        (None, Some(only)) if !row.has(Column::EstimateLow) => Some((only, only)),
        _ => None,
    }
}

fn place(row: &mut RowReader<'_>) -> Option<Place> {
    let name = texts(row, Column::PlaceAr, Column::PlaceEn);
    let latitude = row.degrees(Column::Latitude, 90);
    let longitude = row.degrees(Column::Longitude, 180);
    let words = || {
        expected(
            "both latitude and longitude, or neither",
            "خطا العرض والطول معًا أو لا شيء",
        )
    };
    match (row.has(Column::Latitude), row.has(Column::Longitude)) {
        (true, false) => row.wrong(Column::Longitude, words()),
        (false, true) => row.wrong(Column::Latitude, words()),
        (false, false) if name != Bilingual::default() => {
            let words = expected(
                "latitude and longitude of the place",
                "خطا العرض والطول للمكان",
            );
            row.wrong(Column::Latitude, words);
        }
        _ => {}
    }
    Some(Place {
        name,
        latitude_e6: latitude?,
        longitude_e6: longitude?,
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Timed,
    Clerked,
}

fn running(row: &mut RowReader<'_>) -> Option<Running> {
    let words = || expected("timed or clerked", "timed (بالوقت) أو clerked (بالمطرقة)");
    let given = row.word(Column::Way, words, |text| match folded(text).as_str() {
        "timed" | "بالوقت" | "موقوت" | "الكتروني" => Some(Way::Timed),
        "clerked" | "بالمطرقه" | "قاعه" | "يدوي" => Some(Way::Clerked),
        _ => None,
    });
    let clock = [Column::OpensAt, Column::ClosesAt, Column::Duration];
    let has_clock = clock.iter().any(|column| row.has(*column));
    if given.is_none() && row.has(Column::Way) {
        return None;
    }
    let way = given.unwrap_or(if has_clock { Way::Timed } else { Way::Clerked });
    if way == Way::Timed {
        return timed(row);
    }
    for column in clock.into_iter().chain([Column::SoftClose, Column::Group]) {
        if row.has(column) {
            let words = expected(
                "nothing: a clerk opens and closes this lot",
                "لا شيء: يفتح الموظف هذا اللوط ويغلقه",
            );
            row.wrong(column, words);
        }
    }
    Some(Running::Clerked)
}

fn timed(row: &mut RowReader<'_>) -> Option<Running> {
    row.require(Column::OpensAt, instant_words);
    let opens = opens(row);
    let closes = closes(row);
    let soft_close = soft_close(row);
    let group = row.whole(Column::Group).unwrap_or(0);
    let running = Running::Timed {
        opens: opens?,
        closes: closes?,
        soft_close: soft_close?,
        group,
    };
    if running.check().is_err() {
        let column = if row.has(Column::ClosesAt) {
            Column::ClosesAt
        } else {
            Column::Duration
        };
        row.wrong(
            column,
            expected("a close after the opening", "إغلاق بعد موعد الفتح"),
        );
    }
    Some(running)
}

/// An instant, or `+90s`: so long after the lot before it has ended.
fn opens(row: &mut RowReader<'_>) -> Option<Opens> {
    let after_previous = row.read(Column::OpensAt, instant_words, |cell| {
        // `Some(None)` is some other spelling, to be read as an instant below.
        Some(match cell {
            Cell::Text(text) => text.trim().strip_prefix('+').map(parse_span),
            Cell::Empty | Cell::Number(_) | Cell::Date(_) | Cell::Days(_) | Cell::Other(_) => None,
        })
    })?;
    match after_previous {
        Some(Some(gap)) => Some(Opens::AfterPrevious(gap)),
        Some(None) => {
            let words = expected(
                "a gap such as +30s after the lot before",
                "فاصل مثل ‎+30s بعد اللوط السابق",
            );
            row.wrong(Column::OpensAt, words);
            None
        }
        None => row.instant(Column::OpensAt).map(Opens::At),
    }
}

fn closes(row: &mut RowReader<'_>) -> Option<Closes> {
    match (row.has(Column::ClosesAt), row.has(Column::Duration)) {
        (true, false) => row.instant(Column::ClosesAt).map(Closes::At),
        (false, true) => row.span(Column::Duration).map(Closes::After),
        (true, true) => {
            let words = expected("nothing: closes_at is given", "لا شيء: closes_at موجود");
            row.wrong(Column::Duration, words);
            None
        }
        (false, false) => {
            let words = expected("a length of time, or closes_at", "مدة، أو closes_at");
            row.wrong(Column::Duration, words);
            None
        }
    }
}

/// `2m` for window and extension, `5m/2m` for each, `no` for an end that never moves; the preset if
/// the cell is empty.
fn soft_close(row: &mut RowReader<'_>) -> Option<Option<SoftClose>> {
    let words = || {
        expected(
            "a span such as 2m, window/extension such as 5m/2m, or no",
            "مدة مثل 2m، أو نافذة/تمديد مثل 5m/2m، أو لا",
        )
    };
    if !row.has(Column::SoftClose) {
        return Some(Some(soft(SOFT_CLOSE, SOFT_CLOSE)));
    }
    row.word(Column::SoftClose, words, |text| {
        if matches!(folded(text).as_str(), "no" | "none" | "لا" | "بدون") {
            return Some(None);
        }
        let (window, extension) = text.split_once('/').unwrap_or((text, text));
        let (window, extension) = (parse_span(window)?, parse_span(extension)?);
        let sound = window > Span::ZERO && extension > Span::ZERO;
        sound.then(|| Some(soft(window, extension)))
    })
}

fn soft(window: Span, extension: Span) -> SoftClose {
    SoftClose {
        window,
        extension,
        on_price_change: false,
        extensions_max: None,
        hard_stop: None,
    }
}
