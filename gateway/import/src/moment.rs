//! Instants as people type them. What could be two instants is a mistake; a day and a month that could
//! have changed places are taken day first, and named as a doubt.

use std::fmt;

use jiff::civil::{Date, DateTime, Time as ClockTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use mazad_engine::domain::Time;
use mazad_projections::search_text::normalised;
use mazad_texts::{Lang, Locale};

use crate::number::latin_digits;

/// Why a text is not an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MomentError {
    /// No date with a time.
    Unreadable,
    /// The clock is moved on over this local time.
    Skipped {
        local: DateTime,
        /// By how much it is moved on.
        by: SignedDuration,
    },
    /// The clock is moved back, and shows this local time twice.
    Twice {
        local: DateTime,
        offsets: [Offset; 2],
    },
    /// Before 1970.
    Range,
}

/// An instant as it was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReadInstant {
    pub(crate) time: Time,
    /// Whether it would be another one with the month first.
    pub(crate) in_doubt: bool,
}

/// An instant: a date and a time of day, with an offset from UTC or in the zone of the sale.
/// `docs/IMPORT.md` has the spellings.
///
/// # Errors
/// No instant is written so, or the zone has none or two at that time of day.
pub fn parse_instant(text: &str, zone: &TimeZone) -> Result<Time, MomentError> {
    read_instant(text, zone).map(|read| read.time)
}

/// As [`parse_instant`], with what is in doubt.
///
/// # Errors
/// [`MomentError`].
pub(crate) fn read_instant(text: &str, zone: &TimeZone) -> Result<ReadInstant, MomentError> {
    let text = latin_digits(text);
    let certain = |time| ReadInstant {
        time,
        in_doubt: false,
    };
    // RFC 9557: `[America/New_York]` behind a local time would be passed over.
    if text.contains('[') {
        return Err(MomentError::Unreadable);
    }
    // A blank in the place of the T is read by people's rules: `10:00-12:00` is a range of hours there.
    if let (true, Ok(instant)) = (text.contains(['T', 't']), text.parse::<Timestamp>()) {
        return to_time(instant).map(certain);
    }
    if let Some(local) = text
        .parse::<f64>()
        .ok()
        .and_then(|days| of_serial(days, false))
    {
        return instant_of(local, zone).map(certain);
    }
    let written = Written::read(&text).ok_or(MomentError::Unreadable)?;
    let local = written.local().ok_or(MomentError::Unreadable)?;
    let time = match written.offset {
        Some(written) => to_time(
            written
                .offset
                .to_timestamp(local)
                .map_err(|_| MomentError::Range)?,
        )?,
        None => instant_of(local, zone)?,
    };
    Ok(ReadInstant {
        time,
        in_doubt: written.in_doubt,
    })
}

/// The instant of a local time, where that is one instant.
///
/// # Errors
/// [`MomentError`].
pub(crate) fn instant_of(local: DateTime, zone: &TimeZone) -> Result<Time, MomentError> {
    let found = zone.to_ambiguous_timestamp(local);
    match found.offset() {
        AmbiguousOffset::Unambiguous { .. } => {}
        AmbiguousOffset::Gap { before, after } => {
            let by = SignedDuration::from_secs(i64::from(after.seconds() - before.seconds()));
            return Err(MomentError::Skipped { local, by });
        }
        AmbiguousOffset::Fold { before, after } => {
            let offsets = [before, after];
            return Err(MomentError::Twice { local, offsets });
        }
    }
    to_time(found.unambiguous().map_err(|_| MomentError::Range)?)
}

/// The days that spreadsheets count from the end of 1899, or of 1903, with the time as a fraction. Only
/// this century counts, and midnight is what a date without a time looks like.
pub(crate) fn of_serial(days: f64, since_1904: bool) -> Option<DateTime> {
    const CENTURY: std::ops::Range<f64> = 36_526.0..73_051.0;
    let days = if since_1904 { days + 1462.0 } else { days };
    if !CENTURY.contains(&days) {
        return None;
    }
    let seconds = crate::number::of_float((days * 86_400.0).round())?;
    let seconds = crate::number::scaled(seconds, 0).ok()?;
    let start = Date::constant(1899, 12, 30).to_datetime(ClockTime::midnight());
    let local = start.checked_add(SignedDuration::from_secs(seconds)).ok()?;
    (local.time() != ClockTime::midnight()).then_some(local)
}

fn to_time(instant: Timestamp) -> Result<Time, MomentError> {
    u64::try_from(instant.as_microsecond())
        .map(Time)
        .map_err(|_| MomentError::Range)
}

/// The half of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    Morning,
    /// From twelve to three.
    Noon,
    Evening,
}

/// What stands right before a word.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Before {
    #[default]
    Other,
    /// A date in figures, or a number that can only be a year.
    Year,
    /// `10:00`.
    Clock,
    /// A number that may be an hour: `10`, `10.30`.
    Hour(i8, i8),
}

/// An offset from UTC as it was written.
#[derive(Debug, Clone, Copy)]
struct WrittenOffset {
    offset: Offset,
    /// The hour that it would be behind a dash: `10:00-12:00`.
    until: Option<(i8, i8)>,
}

/// A date and a time as they were written, each piece at most once.
#[derive(Debug, Default)]
struct Written {
    date: Option<Date>,
    /// Day and month could have changed places.
    in_doubt: bool,
    clock: Option<(i8, i8, i8)>,
    half: Option<Half>,
    offset: Option<WrittenOffset>,
    before: Before,
    weekday: Option<i8>,
    /// Day, month and year in words of their own: `1 March 2027`; with minutes, `10.30`, while no half
    /// of a day has followed.
    loose: Vec<(i16, Option<i8>)>,
    month: Option<i8>,
}

impl Written {
    fn read(text: &str) -> Option<Self> {
        let spaced = text.replace(['،', ',', '\u{a0}', '\u{202f}', '\t'], " ");
        let mut words = Vec::new();
        for word in spaced.split(' ').filter(|word| !word.is_empty()) {
            words.extend(split_iso(word).flat_map(split_half));
        }
        let mut written = Self::default();
        for word in &words {
            let before = std::mem::take(&mut written.before);
            written.take(word, before)?;
        }
        // `10.30` alone may be anything.
        let is_open = written.loose.iter().any(|(_, minute)| minute.is_some());
        (!is_open).then_some(written)
    }

    /// Takes one word; `None` if it is nothing that belongs here, or comes again.
    fn take(&mut self, word: &str, before: Before) -> Option<()> {
        if matches!(word, "الساعة" | "يوم" | "في" | "at" | "on") {
            return Some(());
        }
        // Behind a date «م» says of which era its year is, and nothing of the hour.
        if before == Before::Year && is_era(word) {
            return Some(());
        }
        if let Some(half) = half(word) {
            match before {
                Before::Clock => {}
                // `10 ص`: an hour alone is one with its half of the day.
                Before::Hour(hour, minute) => {
                    self.loose.pop();
                    once(&mut self.clock, (hour, minute, 0))?;
                }
                Before::Year | Before::Other => return None,
            }
            return once(&mut self.half, half);
        }
        if let Some(offset) = offset(word) {
            return once(&mut self.offset, offset);
        }
        if word.contains(':') {
            return self.take_clock(word);
        }
        if let Some((date, in_doubt)) = date(word) {
            self.in_doubt = in_doubt;
            self.before = Before::Year;
            return once(&mut self.date, date);
        }
        if let Some(weekday) = weekday(word) {
            return once(&mut self.weekday, weekday);
        }
        if let Some(month) = month(word) {
            return once(&mut self.month, month);
        }
        self.take_number(word)
    }

    /// A day, a year, or an hour that its half of the day follows.
    fn take_number(&mut self, word: &str) -> Option<()> {
        let (number, minute) = match word.split_once('.') {
            Some((hour, minute)) if minute.len() == 2 => (hour, Some(minute.parse::<i8>().ok()?)),
            Some(_) => return None,
            None => (word, None),
        };
        let number: i16 = number.parse().ok()?;
        self.before = match i8::try_from(number) {
            Ok(hour) => Before::Hour(hour, minute.unwrap_or(0)),
            Err(_) if number > 999 => Before::Year,
            Err(_) => Before::Other,
        };
        self.loose.push((number, minute));
        (self.loose.len() <= 3).then_some(())
    }

    /// `10:00`, `10:00:30`, with an offset close behind: `10:00+02:00`.
    fn take_clock(&mut self, word: &str) -> Option<()> {
        let is_clock = |c: char| c.is_ascii_digit() || c == ':';
        let (clock, rest) = word.split_at(word.find(|c| !is_clock(c)).unwrap_or(word.len()));
        let mut parts = clock.split(':').map(|part| part.parse::<i8>().ok());
        let (hour, minute) = (parts.next()??, parts.next()??);
        let second = match parts.next() {
            Some(second) => second?,
            None => 0,
        };
        if parts.next().is_some() {
            return None;
        }
        once(&mut self.clock, (hour, minute, second))?;
        if rest.is_empty() {
            self.before = Before::Clock;
            return Some(());
        }
        once(&mut self.offset, offset(rest)?)
    }

    /// The local time, if date and hour are there and nothing contradicts another.
    fn local(&self) -> Option<DateTime> {
        let date = match (self.date, self.month, self.loose.as_slice()) {
            (Some(date), None, []) => date,
            (None, Some(month), [(day, _), (year, _)]) if *year > 999 => {
                Date::new(*year, month, i8::try_from(*day).ok()?).ok()?
            }
            _ => return None,
        };
        let weekday = date.weekday().to_monday_zero_offset();
        if self.weekday.is_some_and(|written| written != weekday) {
            return None;
        }
        let (hour, minute, second) = self.clock?;
        // A later hour behind a dash is when it ends: `10:00-12:00` is no time west of Hawaii.
        let until = self.offset.and_then(|written| written.until);
        if until.is_some_and(|until| until >= (hour, minute)) {
            return None;
        }
        let hour = match (self.half, hour) {
            (None, hour) | (Some(Half::Morning), hour @ 0..12) => hour,
            (Some(Half::Morning), 12) => 0,
            (Some(Half::Evening), hour @ 12..24) | (Some(Half::Noon), hour @ 12..16) => hour,
            (Some(Half::Evening), hour @ 1..12) | (Some(Half::Noon), hour @ 1..4) => {
                hour.saturating_add(12)
            }
            (Some(_), _) => return None,
        };
        let clock = ClockTime::new(hour, minute, second, 0).ok()?;
        Some(date.to_datetime(clock))
    }
}

fn once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

/// `2027-03-01T10:00` as its date and its time.
fn split_iso(word: &str) -> impl Iterator<Item = &str> {
    let is_joined = |(at, c): (usize, char)| {
        let before = word.get(..at).unwrap_or_default();
        let after = word.get(at..).unwrap_or_default();
        let after = after.get(1..).unwrap_or_default();
        let digit = |c: char| c.is_ascii_digit();
        (matches!(c, 'T' | 't') && before.ends_with(digit) && after.starts_with(digit))
            .then_some((before, after))
    };
    let parts = word.char_indices().find_map(is_joined);
    let (first, second) = parts.map_or((word, None), |(date, clock)| (date, Some(clock)));
    std::iter::once(first).chain(second)
}

/// `10:00` and `ص` of `10:00ص`, `2027` and `م` of `2027م`.
fn split_half(word: &str) -> impl Iterator<Item = &str> {
    let is_digit = |c: char| c.is_ascii_digit();
    let end = word
        .rfind(is_digit)
        .map_or(0, |last| last.saturating_add(1));
    let (figures, rest) = word.split_at(end);
    let splits = figures.starts_with(is_digit) && (half(rest).is_some() || is_era(rest));
    let (first, second) = if splits {
        (figures, Some(rest))
    } else {
        (word, None)
    };
    std::iter::once(first).chain(second)
}

/// Three parts between the same sign: year first, or day first with a year of four digits. With
/// whether day and month could have changed places.
fn date(word: &str) -> Option<(Date, bool)> {
    let sign = word.chars().find(|c| matches!(c, '/' | '-' | '.'))?;
    let parts: Vec<&str> = word.split(sign).collect();
    let [first, second, third] = parts.as_slice() else {
        return None;
    };
    let number = |part: &str| part.parse::<i8>().ok().filter(|number| *number > 0);
    let year = |part: &str| part.parse::<i16>().ok().filter(|year| *year > 999);
    if let Some(year) = year(first) {
        let month = number(second).or_else(|| month(second))?;
        return Date::new(year, month, number(third)?)
            .ok()
            .map(|date| (date, false));
    }
    let (day, year) = (number(first)?, year(third)?);
    let (month, is_number) = match number(second) {
        Some(month) => (month, true),
        None => (month(second)?, false),
    };
    let in_doubt = is_number && day <= 12 && day != month;
    Date::new(year, month, day)
        .ok()
        .map(|date| (date, in_doubt))
}

fn half(word: &str) -> Option<Half> {
    match bare(word).as_str() {
        "am" | "ص" | "صباحا" => Some(Half::Morning),
        "ظهرا" => Some(Half::Noon),
        "pm" | "م" | "مساء" => Some(Half::Evening),
        _ => None,
    }
}

/// Of our era: ميلادية.
fn is_era(word: &str) -> bool {
    matches!(bare(word).as_str(), "م" | "ميلادي" | "ميلادية" | "ad")
}

/// A word without dots, vowel marks and capitals.
fn bare(word: &str) -> String {
    word.chars()
        .filter(|c| *c != '.' && !matches!(c, '\u{064b}'..='\u{0652}' | '\u{0640}'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// `Z`, `UTC`, `+02:00`, `+0200`, `+2`; west of UTC in full, since `-2` may be the end of a range of
/// hours, unless UTC stands before it.
fn offset(word: &str) -> Option<WrittenOffset> {
    let plain = |offset| WrittenOffset {
        offset,
        until: None,
    };
    if matches!(word, "Z" | "z" | "UTC" | "GMT") {
        return Some(plain(Offset::UTC));
    }
    let named = word
        .strip_prefix("UTC")
        .or_else(|| word.strip_prefix("GMT"));
    let figures = named.unwrap_or(word);
    let (sign, rest) = match figures.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, figures.strip_prefix(['-', '\u{2212}'])?),
    };
    let (hours, minutes) = match (rest.split_once(':'), rest.len()) {
        (Some((hours, minutes)), _) if minutes.len() == 2 => (hours, minutes),
        (None, 4) => rest.split_at_checked(2)?,
        (None, 1 | 2) => (rest, "00"),
        _ => return None,
    };
    let is_whole = hours.len() == 2 && rest.len() > 2;
    let (hours, minutes): (i8, i8) = (hours.parse().ok()?, minutes.parse().ok()?);
    let is_west = sign < 0;
    if is_west && named.is_none() && !is_whole || !is_used(is_west, hours, minutes) {
        return None;
    }
    let minutes_ahead = i32::from(hours) * 60 + i32::from(minutes);
    Some(WrittenOffset {
        offset: Offset::from_seconds(sign * minutes_ahead * 60).ok()?,
        until: (is_west && named.is_none() && rest.contains(':')).then_some((hours, minutes)),
    })
}

/// Whether some zone has this offset: from 12 hours west to 14 east, by the half or the quarter hour in a
/// few places only.
fn is_used(is_west: bool, hours: i8, minutes: i8) -> bool {
    match (is_west, minutes) {
        (true, 0) => (0..=12).contains(&hours),
        (true, 30) => matches!(hours, 2 | 3 | 4 | 9),
        (false, 0) => (0..=14).contains(&hours),
        (false, 30) => matches!(hours, 3..=6 | 9..=11),
        (false, 45) => matches!(hours, 5 | 8 | 12 | 13),
        (_, _) => false,
    }
}

/// The month of a name, counted from 1.
fn month(word: &str) -> Option<i8> {
    named(word, "month", 12)
}

/// The day of a week, counted from Monday as 0.
fn weekday(word: &str) -> Option<i8> {
    named(word, "weekday", 7).map(|day| day.saturating_sub(1))
}

/// Which of the texts with such a key a word is, in either language or by its first three letters.
fn named(word: &str, key: &str, count: i8) -> Option<i8> {
    let wanted = normalised(word);
    (1..=count).find(|place| {
        let key = format!("{key}-{place}");
        let [english, arabic] =
            [Lang::En, Lang::Ar].map(|lang| normalised(&Locale::of(lang).t(&key)));
        let is_short = wanted.len() == 3 && english.starts_with(&wanted);
        is_short || wanted == english || wanted == arabic
    })
}

/// An offset from UTC in full: `+02:00`.
pub(crate) fn offset_text(offset: Offset) -> String {
    let sign = if offset.is_negative() { '-' } else { '+' };
    let minutes = offset.seconds().unsigned_abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

impl MomentError {
    /// What is wanted instead, in English and in Arabic.
    pub(crate) fn words(&self) -> [String; 2] {
        match self {
            Self::Unreadable | Self::Range => [
                "a date with its time, such as 2027-03-01 10:00, 2027/03/01 10:00 or 1/3/2027 10:00 \
                 (day first, 24 hours or AM and PM)"
                    .to_owned(),
                "تاريخ مع وقته، مثل 2027-03-01 10:00 أو 2027/03/01 10:00 أو 1/3/2027 10:00 ص (اليوم \
                 أولا، بنظام 24 ساعة أو مع ص وم)"
                    .to_owned(),
            ],
            Self::Skipped { local, by } => {
                let later = local.checked_add(*by).unwrap_or(*local);
                let later = later.strftime("%Y-%m-%d %H:%M");
                [
                    format!(
                        "a time that the clock shows: summer time begins, and the clock is moved on \
                         over this one; {later} may be meant"
                    ),
                    format!(
                        "وقت تمر به الساعة: يبدأ التوقيت الصيفي وتتقدم الساعة فوق هذا الوقت، وربما \
                         المقصود {later}"
                    ),
                ]
            }
            Self::Twice { local, offsets } => {
                let local = local.strftime("%Y-%m-%d %H:%M");
                let [first, second] =
                    offsets.map(|offset| format!("{local} {}", offset_text(offset)));
                [
                    format!(
                        "which of two: summer time ends, and the clock shows this time twice; write \
                         {first} or {second}"
                    ),
                    format!(
                        "أي الوقتين: ينتهي التوقيت الصيفي وتمر الساعة بهذا الوقت مرتين؛ اكتب {first} \
                         أو {second}"
                    ),
                ]
            }
        }
    }
}

impl fmt::Display for MomentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [english, arabic] = self.words();
        write!(f, "{english} / {arabic}")
    }
}

#[cfg(test)]
#[path = "moment_tests.rs"]
mod tests;
