//! What is sold, and by what measure, in the words of a reader.

use crate::format::key;
use crate::locale::Locale;

impl Locale {
    /// The name of a kind of lot; a kind that is not known is shown as the seller wrote it.
    pub fn kind(&self, kind: &str) -> String {
        let text = match kind {
            "land-lease" => key("kind-land-lease"),
            "land" => key("kind-land"),
            "kiosk" => key("kind-kiosk"),
            "quarry" => key("kind-quarry"),
            "scrap" => key("kind-scrap"),
            "vehicle" => key("kind-vehicle"),
            "site" => key("kind-site"),
            "building" => key("kind-building"),
            "" => key("kind-other"),
            other => return other.to_owned(),
        };
        self.t(text)
    }

    /// The name of what an amount buys; one that is not known is shown as the seller wrote it.
    pub fn unit(&self, unit: &str) -> String {
        unit_texts(unit).map_or_else(|| unit.to_owned(), |(name, _)| self.t(name))
    }
}

/// The texts that name a unit and that count in it; `None`: it is shown as the seller wrote it.
pub fn unit_texts(unit: &str) -> Option<(&'static str, &'static str)> {
    Some(match unit {
        "year" => (key("unit-year"), key("quantity-year")),
        "month" => (key("unit-month"), key("quantity-month")),
        "tonne" => (key("unit-tonne"), key("quantity-tonne")),
        "feddan" => (key("unit-feddan"), key("quantity-feddan")),
        "metre" => (key("unit-metre"), key("quantity-metre")),
        "piece" => (key("unit-piece"), key("quantity-piece")),
        _ => return None,
    })
}
