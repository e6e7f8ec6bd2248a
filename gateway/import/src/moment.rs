//! Instants and spans as people type them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time as ClockTime};
use jiff::tz::TimeZone;
use mazad_engine::domain::{Span, Time};

use crate::number::latin_digits;

/// Why a text is not an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MomentError {
    /// Neither ISO nor day/month/year.
    Unreadable,
    /// The clocks were changed: this local time does not exist, or exists twice.
    ClocksChanged,
    /// Before 1970.
    Range,
}

/// An instant: ISO 8601 (`2027-03-01T10:00`, with an offset or in the zone of the sale), or
/// `1/3/2027 10:00`, day first, in the zone of the sale.
///
/// # Errors
/// `MomentError`.
pub fn parse_instant(text: &str, zone: &TimeZone) -> Result<Time, MomentError> {
    let text = latin_digits(text);
    // RFC 9557: `[America/New_York]` behind a local time would be passed over.
    if text.contains('[') {
        return Err(MomentError::Unreadable);
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return to_time(instant);
    }
    let local = match text.parse::<DateTime>() {
        Ok(local) if text.contains(':') => local,
        _ => day_first(&text).ok_or(MomentError::Unreadable)?,
    };
    instant_of(local, zone)
}

/// The instant of a local time, where that is one instant.
///
/// # Errors
/// `MomentError`.
pub(crate) fn instant_of(local: DateTime, zone: &TimeZone) -> Result<Time, MomentError> {
    let instant = zone.to_ambiguous_timestamp(local).unambiguous();
    to_time(instant.map_err(|_| MomentError::ClocksChanged)?)
}

fn to_time(instant: Timestamp) -> Result<Time, MomentError> {
    u64::try_from(instant.as_microsecond())
        .map(Time)
        .map_err(|_| MomentError::Range)
}

/// `1/3/2027 10:00`, `1-3-2027 10:00:30`: the hour is required, a guess at midnight would be worse.
fn day_first(text: &str) -> Option<DateTime> {
    let (date, clock) = text.split_once([' ', '\u{a0}'])?;
    let mut parts = date.split(['/', '-']).map(|part| part.parse::<i16>().ok());
    let (day, month, year) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || year < 1000 {
        return None;
    }
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let mut parts = clock.trim().split(':').map(|part| part.parse::<i8>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = match parts.next() {
        Some(second) => second?,
        None => 0,
    };
    if parts.next().is_some() {
        return None;
    }
    let clock = ClockTime::new(hour, minute, second, 0).ok()?;
    Some(date.to_datetime(clock))
}

/// A length of time: `90s`, `2m`, `1h30m`, `3d`, `0:02:30` (hours, minutes, seconds), or a bare
/// number of minutes. Arabic letters `ث د س ي` stand for the units too. `None` if it is none.
pub fn parse_span(text: &str) -> Option<Span> {
    let text = latin_digits(text).to_lowercase();
    if text.contains(':') {
        return clock_span(&text);
    }
    if let Ok(minutes) = text.parse::<u64>() {
        return Some(Span::minutes(minutes));
    }
    let mut total: u64 = 0;
    let mut digits = String::new();
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        let seconds = match c {
            's' | 'ث' => 1,
            'm' | 'د' => 60,
            'h' | 'س' => 3600,
            'd' | 'ي' => 86_400,
            _ => return None,
        };
        let count: u64 = digits.parse().ok()?;
        digits.clear();
        total = total.checked_add(count.checked_mul(seconds)?)?;
    }
    (digits.is_empty() && !text.is_empty()).then(|| Span::seconds(total))
}

fn clock_span(text: &str) -> Option<Span> {
    let mut parts = text.split(':').map(|part| part.parse::<u64>().ok());
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = match parts.next() {
        Some(seconds) => seconds?,
        None => 0,
    };
    if parts.next().is_some() || minutes > 59 || seconds > 59 {
        return None;
    }
    let minutes = hours.checked_mul(60)?.checked_add(minutes)?;
    Some(Span::seconds(
        minutes.checked_mul(60)?.checked_add(seconds)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_in_the_zone_of_the_sale() {
        let cairo = mazad_texts::zone("Africa/Cairo").unwrap();
        let iso = |text: &str| {
            let micros = text.parse::<Timestamp>().unwrap().as_microsecond();
            Ok(Time(u64::try_from(micros).unwrap()))
        };
        let table: &[(&str, Result<Time, MomentError>)] = &[
            ("2027-03-01T10:00:00Z", iso("2027-03-01T10:00:00Z")),
            ("2027-03-01T10:00+02:00", iso("2027-03-01T08:00:00Z")),
            ("2027-03-01T10:00", iso("2027-03-01T08:00:00Z")),
            ("2027-03-01 10:00:30", iso("2027-03-01T08:00:30Z")),
            ("1/3/2027 10:00", iso("2027-03-01T08:00:00Z")),
            ("15/7/2027 10:00:05", iso("2027-07-15T07:00:05Z")),
            ("١٥/٧/٢٠٢٧ ١٠:٠٠", iso("2027-07-15T07:00:00Z")),
            ("2027-03-01", Err(MomentError::Unreadable)),
            ("1/3/2027", Err(MomentError::Unreadable)),
            ("13/13/2027 10:00", Err(MomentError::Unreadable)),
            ("31/2/2027 10:00", Err(MomentError::Unreadable)),
            ("1/3/27 10:00", Err(MomentError::Unreadable)),
            ("soon", Err(MomentError::Unreadable)),
            (
                "2027-03-01T10:00[America/New_York]",
                Err(MomentError::Unreadable),
            ),
            (
                "2027-03-01T10:00+02:00[Africa/Cairo]",
                Err(MomentError::Unreadable),
            ),
            ("1969-03-01T10:00:00Z", Err(MomentError::Range)),
            // The night in April in which Egypt moves its clocks on at midnight.
            ("2026-04-24 00:30", Err(MomentError::ClocksChanged)),
        ];
        for (text, expected) in table {
            assert_eq!(parse_instant(text, &cairo), *expected, "{text}");
        }
    }

    #[test]
    fn spans_are_read_in_many_spellings() {
        let table: &[(&str, Option<u64>)] = &[
            ("90s", Some(90)),
            ("2m", Some(120)),
            ("1h30m", Some(5400)),
            ("1h 30m", Some(5400)),
            ("3d", Some(259_200)),
            ("15", Some(900)),
            ("٩٠ث", Some(90)),
            ("٢د", Some(120)),
            ("0:02:30", Some(150)),
            ("1:30", Some(5400)),
            ("", None),
            ("m", None),
            ("5x", None),
            ("1:75", None),
            ("-5m", None),
        ];
        for (text, expected) in table {
            assert_eq!(parse_span(text), expected.map(Span::seconds), "{text}");
        }
    }
}
