use super::*;

/// What a text is read as in Cairo, in UTC; the kind of mistake if it is none.
fn read(text: &str) -> String {
    let cairo = mazad_texts::zone("Africa/Cairo").unwrap();
    match parse_instant(text, &cairo) {
        Ok(time) => {
            let micros = i64::try_from(time.0).unwrap();
            Timestamp::from_microsecond(micros).unwrap().to_string()
        }
        Err(MomentError::Unreadable) => "unreadable".to_owned(),
        Err(MomentError::Skipped { .. }) => "skipped".to_owned(),
        Err(MomentError::Twice { .. }) => "twice".to_owned(),
        Err(MomentError::Range) => "range".to_owned(),
    }
}

#[test]
fn one_instant_in_many_spellings() {
    for text in [
        "2027-03-01T08:00:00Z",
        "2027-03-01T10:00+02:00",
        "2027-03-01 10:00 +02:00",
        "2027-03-01 10:00 +0200",
        "2027-03-01 10:00 UTC+2",
        "2027-03-01T10:00",
        "2027-03-01 10:00",
        "2027/03/01 10:00",
        "2027/3/1 10:00:00",
        "٢٠٢٧/٠٣/٠١ ١٠:٠٠",
        "1/3/2027 10:00",
        "01.03.2027 10:00",
        "1-3-2027 10:00",
        "1/3/2027, 10:00",
        "١/٣/٢٠٢٧، ١٠:٠٠",
        "1/3/2027 10:00 ص",
        "1/3/2027 10:00ص",
        "1/3/2027 10:00 صباحًا",
        "1/3/2027 10:00 AM",
        "1/3/2027 10:00 a.m.",
        "1/3/2027 10 ص",
        "10:00 ص 1/3/2027",
        "1-Mar-2027 10:00",
        "1 March 2027, 10:00",
        "Monday, 1 March 2027 10:00 AM",
        "١ مارس ٢٠٢٧، الساعة ١٠:٠٠",
        "الاثنين 1/3/2027 10:00",
        "46447.416666666664",
        "2027-03-01 10:00+02:00",
        "2027-03-01 05:00 -03:00",
        "2027-03-01 05:00-0300",
        "2027-03-01 05:00 UTC-3",
        "2027-03-01T05:00-03:00",
        "2027-02-28T20:00-12:00",
        "1 مارس 2027 10ص",
        "١ مارس ٢٠٢٧م، الساعة ١٠:٠٠",
    ] {
        assert_eq!(read(text), "2027-03-01T08:00:00Z", "{text}");
    }
}

#[test]
fn half_days_turn_at_twelve() {
    for (text, expected) in [
        ("1/3/2027 12:00 ص", "2027-02-28T22:00:00Z"),
        ("1/3/2027 12:30 م", "2027-03-01T10:30:00Z"),
        ("1/3/2027 02:30 م", "2027-03-01T12:30:00Z"),
        ("1/3/2027 11:59 مساءً", "2027-03-01T21:59:00Z"),
        ("1/3/2027 12:00 PM", "2027-03-01T10:00:00Z"),
        ("1/3/2027 15:00 م", "2027-03-01T13:00:00Z"),
        ("1/3/2027 15:00 ص", "unreadable"),
        ("1/3/2027 0:30 م", "unreadable"),
        ("1/3/2027 10:00 ص م", "unreadable"),
        ("1/3/2027 10.30 ص", "2027-03-01T08:30:00Z"),
        ("1/3/2027 10.30م", "2027-03-01T20:30:00Z"),
        ("1/3/2027 10.30", "unreadable"),
        ("1/3/2027 12:30 ظهرًا", "2027-03-01T10:30:00Z"),
        ("1/3/2027 1 ظهرا", "2027-03-01T11:00:00Z"),
        ("1/3/2027 11:30 ظهرا", "unreadable"),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
}

/// «م» is the evening behind an hour, and behind a date the era: ميلادية.
#[test]
fn the_letter_of_the_era_is_no_half_of_a_day() {
    for text in [
        "1 مارس 2027 م الساعة 10:00",
        "1 مارس 2027م الساعة 10:00",
        "1/3/2027 م الساعة 10:00",
        "1/3/2027م 10:00",
        "الاثنين 1/3/2027 م 10:00",
        "2027/3/1 م. 10:00 ص",
        "10:00 1/3/2027 م",
    ] {
        assert_eq!(read(text), "2027-03-01T08:00:00Z", "{text}");
    }
    let evening = "2027-03-01T20:00:00Z";
    assert_eq!(read("1 مارس 2027 م الساعة 10:00 م"), evening);
    assert_eq!(read("1 مارس 2027 م 10 م"), evening);
    for text in [
        "1/3/2027 10:00 +0200 م",
        "1/3/2027 10:00+02:00 م",
        "1/3/2027 ص 10:00",
        "1/3/2027 PM 10:00",
        "1/3/2027 م م 10:00",
        "م 10:00 1/3/2027",
        "1 م مارس 2027 10:00",
    ] {
        assert_eq!(read(text), "unreadable", "{text}");
    }
}

#[test]
fn a_range_of_hours_is_no_offset() {
    for hours in [
        "10:00-12:00",
        "10:00 -12:00",
        "10:00 - 12:00",
        "10:00\u{2013}12:00",
        "10:00\u{2212}12:00",
        "10:00-10:30",
        "10:00-10:00",
        "10:00-1:00",
        "10:00-12",
        "10:00 -2",
        "10:00 -14:00",
        "10:00 -12:30",
        "10:00 +14:30",
        "10:00 +15:00",
        "10:00 +02:20",
        "10:00 ص -12:00",
        "10:00-12:00 ص",
    ] {
        for date in ["1/3/2027", "2027-03-01", "1 مارس 2027"] {
            let text = format!("{date} {hours}");
            assert_eq!(read(&text), "unreadable", "{text}");
        }
    }
}

#[test]
fn what_is_no_instant_is_refused() {
    for text in [
        "2027-03-01",
        "1/3/2027",
        "46447",
        "13/13/2027 10:00",
        "31/2/2027 10:00",
        "1/3/27 10:00",
        "0/3/2027 10:00",
        "1/3/2027 10",
        "1/3/2027 25:00",
        "1/3/2027 10:60",
        "10:00",
        "الثلاثاء 1/3/2027 10:00",
        "2027/03-01 10:00",
        "soon",
        "",
        "2027-03-01T10:00[America/New_York]",
        "2027-03-01T10:00+02:00[Africa/Cairo]",
        "1/3/2027 10:00 +25:00",
    ] {
        assert_eq!(read(text), "unreadable", "{text}");
    }
    assert_eq!(read("1969-03-01T10:00:00Z"), "range");
}

#[test]
fn the_nights_of_the_clock_are_told_in_words() {
    let cairo = mazad_texts::zone("Africa/Cairo").unwrap();
    assert_eq!(read("2026-04-24 00:30"), "skipped");
    assert_eq!(read("24/4/2026 12:30 ص"), "skipped");
    let skipped = parse_instant("2026-04-24 00:30", &cairo)
        .unwrap_err()
        .words();
    assert!(skipped[0].contains("2026-04-24 01:30"), "{skipped:?}");
    assert_eq!(read("2026-10-29 23:30"), "twice");
    let twice = parse_instant("2026-10-29 23:30", &cairo)
        .unwrap_err()
        .words();
    for offset in ["23:30 +03:00", "23:30 +02:00"] {
        assert!(
            twice.iter().all(|words| words.contains(offset)),
            "{twice:?}"
        );
    }
    assert_eq!(read("2026-10-29 23:30 +03:00"), "2026-10-29T20:30:00Z");
    // The day of summer time, by the data that this program carries.
    assert_eq!(read("2027-07-01 10:00"), "2027-07-01T07:00:00Z");
}

#[test]
fn day_and_month_that_could_change_places_are_in_doubt() {
    let cairo = mazad_texts::zone("Africa/Cairo").unwrap();
    let doubt = |text: &str| read_instant(text, &cairo).unwrap().in_doubt;
    assert!(doubt("3/1/2027 10:00") && doubt("٣/١/٢٠٢٧ ١٠:٠٠"));
    for clear in [
        "25/1/2027 10:00",
        "3/3/2027 10:00",
        "2027-01-03 10:00",
        "3-Jan-2027 10:00",
    ] {
        assert!(!doubt(clear), "{clear}");
    }
}

#[test]
fn serials_of_a_spreadsheet_are_days() {
    let day = jiff::civil::date(2027, 3, 1);
    assert_eq!(of_serial(46_447.5, false), Some(day.at(12, 0, 0, 0)));
    assert_eq!(of_serial(44_985.5, true), Some(day.at(12, 0, 0, 0)));
    assert_eq!(of_serial(46_447.0, false), None, "a date without a time");
    assert_eq!(of_serial(5.5, false), None);
}
