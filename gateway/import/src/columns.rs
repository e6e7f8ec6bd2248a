//! The columns of a table of lots: their names, and what people call them in Arabic.

use std::collections::HashMap;
use std::sync::LazyLock;

use mazad_engine::domain::Currency;
use mazad_projections::search_text::normalised;

use crate::currencies::{without_currency, without_own_signs};

/// A column of the table. `docs/IMPORT.md` has them for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Column {
    /// Number in the catalogue.
    Lot,
    /// Name, Arabic.
    TitleAr,
    /// Name, English.
    TitleEn,
    /// Description, Arabic.
    DescriptionAr,
    /// Description, English.
    DescriptionEn,
    /// The seller's own number.
    Reference,
    /// Kind of asset.
    Kind,
    /// What an amount buys.
    Unit,
    /// How much of it.
    Quantity,
    /// Least first bid.
    Opening,
    /// Secret base price.
    Reserve,
    /// Published estimate, from.
    EstimateLow,
    /// Published estimate, to.
    EstimateHigh,
    /// What may be bid at all.
    Ceiling,
    /// Increment table.
    Increments,
    /// Whether the first bid is the opening.
    FirstBid,
    /// Jump guard: times the ask.
    JumpTimes,
    /// Jump guard: steps above the ask.
    JumpSteps,
    /// When it opens.
    OpensAt,
    /// When it closes.
    ClosesAt,
    /// How long it runs.
    Duration,
    /// By the clock or by a clerk.
    Way,
    /// How late bids move the end.
    SoftClose,
    /// Which late bids do.
    ExtendOn,
    /// How often they may.
    ExtensionsMax,
    /// Where the end stops moving.
    HardStop,
    /// Lots of one group end together.
    Group,
    /// Degrees north.
    Latitude,
    /// Degrees east.
    Longitude,
    /// Where, Arabic.
    PlaceAr,
    /// Where, English.
    PlaceEn,
}

/// Each column with its canonical name and its other names, compared as [`normalised`] leaves them.
const NAMES: &[(Column, &str, &[&str])] = &[
    (
        Column::Lot,
        "lot",
        &[
            "رقم اللوط",
            "اللوط",
            "لوط",
            "رقم القطعة",
            "رقم البند",
            "م",
            "no",
            "number",
            "lot no",
            "رقم",
            "مسلسل",
            "رقم مسلسل",
            "رقم الصنف",
            "رقم المزايدة",
            "lot number",
            "catalogue no",
            "catalogue number",
            "item",
            "item no",
        ],
    ),
    (
        Column::TitleAr,
        "title_ar",
        &[
            "العنوان",
            "الاسم",
            "اسم اللوط",
            "العنوان بالعربية",
            "الاسم بالعربية",
            "البيان",
            "الصنف",
            "اسم الصنف",
            "المسمى",
            "بيان",
            "بيان الصنف",
            "اسم القطعة",
        ],
    ),
    (
        Column::TitleEn,
        "title_en",
        &[
            "العنوان بالإنجليزية",
            "الاسم بالإنجليزية",
            "title",
            "name",
            "item name",
        ],
    ),
    (
        Column::DescriptionAr,
        "description_ar",
        &[
            "الوصف",
            "الوصف بالعربية",
            "التفاصيل",
            "وصف",
            "المواصفات",
            "بيانات إضافية",
        ],
    ),
    (
        Column::DescriptionEn,
        "description_en",
        &["الوصف بالإنجليزية", "description", "details"],
    ),
    (
        Column::Reference,
        "reference",
        &[
            "المرجع",
            "رقم المرجع",
            "كود",
            "الكود",
            "رقم الملف",
            "الرقم المرجعي",
            "ref",
            "ref no",
        ],
    ),
    (
        Column::Kind,
        "kind",
        &["النوع", "نوع الأصل", "نوع", "التصنيف", "category", "type"],
    ),
    (
        Column::Unit,
        "unit",
        &["الوحدة", "وحدة القياس", "وحدة", "وحدة البيع"],
    ),
    (Column::Quantity, "quantity", &["الكمية", "كمية", "qty"]),
    (
        Column::Opening,
        "opening",
        &[
            "سعر الافتتاح",
            "سعر البدء",
            "السعر الابتدائي",
            "سعر فتح المزاد",
            "سعر الفتح",
            "سعر فتح الباب",
            "سعر البداية",
            "سعر بدء المزاد",
            "سعر بدء المزايدة",
            "ثمن الافتتاح",
            "الثمن الافتتاحي",
            "السعر الافتتاحي",
            "القيمة الافتتاحية",
            "ابتداء السعر",
            "starting price",
            "start price",
            "opening price",
            "starting bid",
            "opening bid",
            "minimum bid",
        ],
    ),
    (
        Column::Reserve,
        "reserve",
        &[
            "الثمن الأساسي",
            "السعر الأساسي",
            "الحد الأدنى",
            "الثمن السري",
            "السعر السري",
            "reserve price",
        ],
    ),
    (
        Column::EstimateLow,
        "estimate_low",
        &[
            "التقدير من",
            "القيمة التقديرية من",
            "estimate from",
            "القيمة التقديرية",
            "السعر التقديري",
            "التقدير",
            "estimate",
            "low estimate",
        ],
    ),
    (
        Column::EstimateHigh,
        "estimate_high",
        &[
            "التقدير إلى",
            "القيمة التقديرية إلى",
            "estimate to",
            "high estimate",
        ],
    ),
    (
        Column::Ceiling,
        "ceiling",
        &["الحد الأقصى", "أقصى عرض", "سقف المزايدة"],
    ),
    (
        Column::Increments,
        "increments",
        &[
            "الزيادات",
            "جدول الزيادات",
            "فئات المزايدة",
            "الزيادة",
            "زيادة المزايدة",
            "قيمة الزيادة",
            "فئة الزيادة",
            "مقدار الزيادة",
            "increment",
            "bid increment",
            "step",
        ],
    ),
    (Column::FirstBid, "first_bid", &["أول عرض", "العرض الأول"]),
    (
        Column::JumpTimes,
        "jump_times",
        &["القفزة بالأضعاف", "أضعاف القفزة"],
    ),
    (
        Column::JumpSteps,
        "jump_steps",
        &["القفزة بالزيادات", "زيادات القفزة"],
    ),
    (
        Column::OpensAt,
        "opens_at",
        &[
            "موعد الفتح",
            "يفتح في",
            "بداية المزايدة",
            "opens",
            "تاريخ الفتح",
            "تاريخ البدء",
            "موعد البدء",
            "بداية المزاد",
            "موعد المزاد",
            "تاريخ المزاد",
            "وقت الفتح",
            "start",
            "starts at",
            "opening time",
        ],
    ),
    (
        Column::ClosesAt,
        "closes_at",
        &[
            "موعد الإغلاق",
            "يغلق في",
            "نهاية المزايدة",
            "closes",
            "تاريخ الإغلاق",
            "موعد الانتهاء",
            "تاريخ الانتهاء",
            "نهاية المزاد",
            "وقت الإغلاق",
            "end",
            "ends at",
            "closing time",
        ],
    ),
    (
        Column::Duration,
        "duration",
        &["المدة", "مدة المزايدة", "مدة المزاد"],
    ),
    (Column::Way, "way", &["الطريقة", "طريقة البيع"]),
    (Column::SoftClose, "soft_close", &["التمديد", "الإغلاق المرن"]),
    (Column::ExtendOn, "extend_on", &["سبب التمديد", "يمدد عند"]),
    (
        Column::ExtensionsMax,
        "extensions_max",
        &["مرات التمديد", "أقصى عدد للتمديد"],
    ),
    (
        Column::HardStop,
        "hard_stop",
        &["الموعد النهائي", "أقصى موعد للإغلاق"],
    ),
    (Column::Group, "group", &["المجموعة"]),
    (Column::Latitude, "latitude", &["خط العرض", "lat"]),
    (Column::Longitude, "longitude", &["خط الطول", "lon", "lng"]),
    (
        Column::PlaceAr,
        "place_ar",
        &[
            "المكان",
            "الموقع",
            "المكان بالعربية",
            "مكان المعاينة",
            "موقع",
            "مكان",
        ],
    ),
    (
        Column::PlaceEn,
        "place_en",
        &[
            "المكان بالإنجليزية",
            "الموقع بالإنجليزية",
            "place",
            "location",
        ],
    ),
];

/// The columns by their names as [`normalised`] leaves them.
static BY_NAME: LazyLock<HashMap<String, Column>> = LazyLock::new(|| {
    let all = NAMES.iter().flat_map(|(column, name, others)| {
        let names = std::iter::once(name).chain(*others);
        names.map(|name| (normalised(name), *column))
    });
    all.collect()
});

impl Column {
    /// The column that a header means.
    /// It may name the sale's currency at its end; without one at hand, any. A sign of another one, or
    /// of hundredths, would change every amount of the column: no name has one.
    pub(crate) fn parse(header: &str, currency: Option<Currency>) -> Option<Self> {
        let header = normalised(&without_own_signs(header, currency)?);
        Self::named(&header).or_else(|| Self::named(without_currency(&header, currency)?))
    }

    fn named(header: &str) -> Option<Self> {
        BY_NAME.get(header).copied()
    }

    /// Its canonical name.
    pub(crate) fn name(self) -> &'static str {
        NAMES
            .iter()
            .find(|(column, ..)| *column == self)
            .map_or("", |(_, name, _)| name)
    }

    /// All canonical names, for whoever mistyped one.
    pub(crate) fn all_names() -> String {
        let names: Vec<&str> = NAMES.iter().map(|(_, name, _)| *name).collect();
        names.join(", ")
    }
}

/// The letters that a spreadsheet gives to a column, counted from 0.
pub(crate) fn letters(index: usize) -> String {
    let mut rest = index.saturating_add(1);
    let mut reversed = Vec::new();
    while rest > 0 {
        rest = rest.saturating_sub(1);
        let digit = u8::try_from(rest % 26).unwrap_or(0);
        reversed.push(char::from(b'A'.saturating_add(digit)));
        rest /= 26;
    }
    reversed.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_known_in_both_languages() {
        for (column, name, others) in NAMES {
            assert_eq!(Column::parse(name, None), Some(*column));
            for other in *others {
                assert_eq!(Column::parse(other, None), Some(*column), "{other}");
            }
        }
        assert_eq!(Column::parse(" Title-AR ", None), Some(Column::TitleAr));
        assert_eq!(Column::parse("الثَّمن الأساسى", None), Some(Column::Reserve));
        assert_eq!(Column::parse("الثمن الاساسی", None), Some(Column::Reserve));
        assert_eq!(Column::parse("Lot No.:", None), Some(Column::Lot));
        assert_eq!(Column::parse("price", None), None);
        assert_eq!(Column::parse("", None), None);
    }

    #[test]
    fn a_heading_with_a_sign_that_is_not_the_sales_own_is_none() {
        let of = |code: &str, header: &str| Column::parse(header, Currency::parse(code));
        for header in [
            "opening ($)",
            "opening (US$)",
            "opening $",
            "opening($)",
            "opening (€)",
            "opening £",
            "opening ¥",
            "opening (₽)",
            "opening (＄)",
            "opening (ج.م/$)",
            "سعر الفتح ($)",
            "سعر الفتح $",
            "reserve (%)",
            "reserve ٪",
            "reserve ‰",
            "%",
        ] {
            assert_eq!(of("EGP", header), None, "{header}");
        }
        for (code, header) in [
            ("EGP", "opening (EG£)"),
            ("EGP", "opening (£E)"),
            ("EGP", "سعر الفتح (ج.م)"),
            ("USD", "opening ($)"),
            ("USD", "opening US$"),
            ("EUR", "سعر الفتح (€)"),
            ("RUB", "opening, ₽"),
        ] {
            assert_eq!(
                of(code, header).map(Column::name),
                Some("opening"),
                "{header}"
            );
        }
        assert_eq!(Column::parse("opening ($)", None), Some(Column::Opening));
        assert_eq!(Column::parse("opening (%)", None), None);
    }

    #[test]
    fn columns_are_lettered_as_spreadsheets_do() {
        let lettered: Vec<String> = [0, 25, 26, 51, 52, 701, 702].map(letters).to_vec();
        assert_eq!(lettered, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}
