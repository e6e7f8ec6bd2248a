//! The columns of a table of lots: their names, and what people call them in Arabic.

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
    /// Increment table.
    Increments,
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

/// Each column with its canonical name and its other names, already folded by [`folded`].
const NAMES: &[(Column, &str, &[&str])] = &[
    (
        Column::Lot,
        "lot",
        &[
            "رقم اللوط",
            "اللوط",
            "لوط",
            "رقم القطعه",
            "رقم البند",
            "م",
            "no",
            "number",
            "lot no",
        ],
    ),
    (
        Column::TitleAr,
        "title_ar",
        &[
            "العنوان",
            "الاسم",
            "اسم اللوط",
            "العنوان بالعربيه",
            "الاسم بالعربيه",
            "البيان",
        ],
    ),
    (
        Column::TitleEn,
        "title_en",
        &["العنوان بالانجليزيه", "الاسم بالانجليزيه", "title"],
    ),
    (
        Column::DescriptionAr,
        "description_ar",
        &["الوصف", "الوصف بالعربيه", "التفاصيل"],
    ),
    (
        Column::DescriptionEn,
        "description_en",
        &["الوصف بالانجليزيه", "description"],
    ),
    (
        Column::Reference,
        "reference",
        &["المرجع", "رقم المرجع", "كود", "الكود"],
    ),
    (Column::Kind, "kind", &["النوع", "نوع الاصل"]),
    (Column::Unit, "unit", &["الوحده", "وحده القياس"]),
    (Column::Quantity, "quantity", &["الكميه"]),
    (
        Column::Opening,
        "opening",
        &[
            "سعر الافتتاح",
            "سعر البدء",
            "السعر الابتدائي",
            "سعر فتح المزاد",
        ],
    ),
    (
        Column::Reserve,
        "reserve",
        &["الثمن الاساسي", "السعر الاساسي", "الحد الادني"],
    ),
    (
        Column::EstimateLow,
        "estimate_low",
        &["التقدير من", "القيمه التقديريه من", "estimate from"],
    ),
    (
        Column::EstimateHigh,
        "estimate_high",
        &["التقدير الي", "القيمه التقديريه الي", "estimate to"],
    ),
    (
        Column::Increments,
        "increments",
        &["الزيادات", "جدول الزيادات", "فئات المزايده"],
    ),
    (
        Column::OpensAt,
        "opens_at",
        &["موعد الفتح", "يفتح في", "بدايه المزايده", "opens"],
    ),
    (
        Column::ClosesAt,
        "closes_at",
        &["موعد الاغلاق", "يغلق في", "نهايه المزايده", "closes"],
    ),
    (Column::Duration, "duration", &["المده", "مده المزايده"]),
    (Column::Way, "way", &["الطريقه", "طريقه البيع"]),
    (Column::SoftClose, "soft_close", &["التمديد", "الاغلاق المرن"]),
    (Column::Group, "group", &["المجموعه"]),
    (Column::Latitude, "latitude", &["خط العرض", "lat"]),
    (Column::Longitude, "longitude", &["خط الطول", "lon", "lng"]),
    (
        Column::PlaceAr,
        "place_ar",
        &["المكان", "الموقع", "المكان بالعربيه"],
    ),
    (
        Column::PlaceEn,
        "place_en",
        &["المكان بالانجليزيه", "الموقع بالانجليزيه", "place"],
    ),
];

impl Column {
    /// The column that a header means.
    pub(crate) fn parse(header: &str) -> Option<Self> {
        let header = folded(header);
        NAMES
            .iter()
            .find(|(_, name, others)| folded(name) == header || others.contains(&header.as_str()))
            .map(|(column, ..)| *column)
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

/// A header without what people spell in more than one way: case, spaces, underscores, hyphens,
/// vowel marks, the stretching line, and the forms of alif, ta marbuta and final ya.
pub(crate) fn folded(header: &str) -> String {
    let letters: String = header
        .trim()
        .chars()
        .filter_map(|c| match c {
            '\u{064b}'..='\u{0652}' | '\u{0640}' | '\u{200e}' | '\u{200f}' | '\u{feff}' => None,
            'أ' | 'إ' | 'آ' | 'ٱ' => Some('ا'),
            'ة' => Some('ه'),
            'ى' => Some('ي'),
            '_' | '-' => Some(' '),
            other => Some(other),
        })
        .collect();
    let words: Vec<&str> = letters.split_whitespace().collect();
    words.join(" ").to_lowercase()
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
            assert_eq!(Column::parse(name), Some(*column));
            for other in *others {
                assert_eq!(Column::parse(other), Some(*column), "{other}");
                assert_eq!(folded(other), *other, "written as it is compared");
            }
        }
        assert_eq!(Column::parse(" Title-AR "), Some(Column::TitleAr));
        assert_eq!(Column::parse("الثَّمن الأساسى"), Some(Column::Reserve));
        assert_eq!(Column::parse("price"), None);
    }

    #[test]
    fn columns_are_lettered_as_spreadsheets_do() {
        let lettered: Vec<String> = [0, 25, 26, 51, 52, 701, 702].map(letters).to_vec();
        assert_eq!(lettered, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}
