//! Moments as people of a locale read them: the day of the week, the date, the hour, and whose hour it
//! is. The browser's `moments.js` writes the same.

use fluent_bundle::FluentValue;
use jiff::{Timestamp, Zoned, tz::TimeZone};

use crate::format::key;
use crate::locale::Locale;

const MONTHS: [&str; 12] = [
    key("month-1"),
    key("month-2"),
    key("month-3"),
    key("month-4"),
    key("month-5"),
    key("month-6"),
    key("month-7"),
    key("month-8"),
    key("month-9"),
    key("month-10"),
    key("month-11"),
    key("month-12"),
];

/// From Monday on.
const WEEKDAYS: [&str; 7] = [
    key("weekday-1"),
    key("weekday-2"),
    key("weekday-3"),
    key("weekday-4"),
    key("weekday-5"),
    key("weekday-6"),
    key("weekday-7"),
];

/// What a zone is shown as that this program does not know.
const UTC: &str = "UTC";

impl Locale {
    /// A moment in the sale's time zone, which is named: weekday, day, month in words, year, hour, zone
    /// and what it is ahead of UTC.
    pub fn moment(&self, micros: u64, zone: &str) -> String {
        let Some((at, zone)) = zoned(micros, zone) else {
            return String::new();
        };
        let named = |names: &[&str], place: i8| {
            let index = usize::try_from(place).unwrap_or(1).saturating_sub(1);
            self.t(names.get(index).copied().unwrap_or_default())
        };
        // Late bids end lots at any second.
        let hour = if at.second() == 0 {
            "%H:%M"
        } else {
            "%H:%M:%S"
        };
        let values: [(&str, FluentValue<'_>); 6] = [
            (
                "weekday",
                named(&WEEKDAYS, at.weekday().to_monday_one_offset()).into(),
            ),
            ("day", self.with_digits(&at.day().to_string()).into()),
            ("month", named(&MONTHS, at.month()).into()),
            ("year", self.with_digits(&at.year().to_string()).into()),
            (
                "time",
                self.with_digits(&at.strftime(hour).to_string()).into(),
            ),
            ("zone", self.zone(zone, &ahead_of_utc(&at)).into()),
        ];
        self.tv("date-and-time", &values)
    }

    /// Whose hour it is, by the city that names the zone, and what that is ahead of UTC.
    fn zone(&self, zone: &str, ahead: &str) -> String {
        let city = zone.rsplit('/').next().unwrap_or(zone).replace('_', " ");
        let named = self.tv("zone-time", &[("city", city.into())]);
        if ahead == UTC {
            return named;
        }
        let values = [
            ("zone", named.into()),
            ("ahead", self.with_digits(ahead).into()),
        ];
        self.tv("zone-and-ahead", &values)
    }
}

/// As `UTC+2`, or `UTC+5:30`.
fn ahead_of_utc(at: &Zoned) -> String {
    let seconds = at.offset().seconds();
    let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() / 60 % 60);
    let sign = if seconds < 0 { '-' } else { '+' };
    match (hours, minutes) {
        (0, 0) => UTC.to_owned(),
        (hours, 0) => format!("{UTC}{sign}{hours}"),
        (hours, minutes) => format!("{UTC}{sign}{hours}:{minutes:02}"),
    }
}

/// The machine-readable form, for `<time datetime>`.
pub fn machine_time(micros: u64) -> String {
    zoned(micros, UTC)
        .map(|(at, _)| at.timestamp().to_string())
        .unwrap_or_default()
}

/// By how many minutes a zone is ahead of UTC at a moment, for a reader whose own zone may be another.
pub fn minutes_ahead(micros: u64, zone: &str) -> i32 {
    zoned(micros, zone).map_or(0, |(at, _)| at.offset().seconds() / 60)
}

/// A moment where its zone is, and the zone: UTC for one that this program does not know.
fn zoned(micros: u64, zone: &str) -> Option<(Zoned, &str)> {
    let at = Timestamp::from_microsecond(i64::try_from(micros).ok()?).ok()?;
    Some(match crate::zone(zone) {
        Some(known) => (at.to_zoned(known), zone),
        None => (at.to_zoned(TimeZone::UTC), UTC),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    /// Without the invisible marks that keep a value apart from the text around it.
    fn said(lang: Lang, micros: u64, zone: &str) -> String {
        let text = Locale::of(lang).moment(micros, zone);
        text.replace(['\u{2068}', '\u{2069}', '\u{200f}'], "")
    }

    #[test]
    fn a_moment_says_its_weekday_and_its_zone() {
        // 2026-07-01 12:00 UTC: Cairo keeps summer time. 2026-12-01 17:09 UTC: it does not.
        let (summer, winter) = (1_782_907_200_000_000, 1_796_144_940_000_000);
        for (lang, micros, zone, text) in [
            (
                Lang::En,
                summer,
                "Africa/Cairo",
                "Wednesday 1 July 2026, 15:00 Cairo time (UTC+3)",
            ),
            (
                Lang::En,
                winter,
                "Africa/Cairo",
                "Tuesday 1 December 2026, 19:09 Cairo time (UTC+2)",
            ),
            (
                Lang::Ar,
                summer,
                "Africa/Cairo",
                "الأربعاء ١ يوليو ٢٠٢٦، الساعة ١٥:٠٠ بتوقيت القاهرة (UTC+٣)",
            ),
            (
                Lang::Ar,
                winter,
                "Africa/Cairo",
                "الثلاثاء ١ ديسمبر ٢٠٢٦، الساعة ١٩:٠٩ بتوقيت القاهرة (UTC+٢)",
            ),
            (
                Lang::En,
                winter,
                "America/New_York",
                "Tuesday 1 December 2026, 12:09 New York time (UTC-5)",
            ),
            (
                Lang::En,
                winter,
                "Asia/Kolkata",
                "Tuesday 1 December 2026, 22:39 Kolkata time (UTC+5:30)",
            ),
            (
                Lang::En,
                winter + 37_000_000,
                "Africa/Cairo",
                "Tuesday 1 December 2026, 19:09:37 Cairo time (UTC+2)",
            ),
            (
                Lang::En,
                winter,
                "Cairo",
                "Tuesday 1 December 2026, 17:09 UTC",
            ),
            (Lang::En, winter, "", "Tuesday 1 December 2026, 17:09 UTC"),
        ] {
            assert_eq!(said(lang, micros, zone), text);
        }
        assert_eq!(machine_time(summer), "2026-07-01T12:00:00Z");
        assert_eq!(minutes_ahead(summer, "Africa/Cairo"), 180);
        assert_eq!(minutes_ahead(winter, "America/New_York"), -300);
    }
}
