//! Times and amounts as text that a spreadsheet and a program both read: RFC 3339 in UTC, decimals
//! with a point. Screens format by locale instead.

use mazad_engine::domain::{Currency, Money, Time};

const DAY_S: u64 = 86_400;

/// An instant as RFC 3339 in UTC with microseconds: `2026-09-21T14:13:20.000000Z`.
pub fn rfc3339(time: Time) -> String {
    let (seconds, micros) = (time.0 / 1_000_000, time.0 % 1_000_000);
    let (year, month, day) = civil(seconds / DAY_S);
    let of_day = seconds % DAY_S;
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z")
}

/// An amount as a decimal with the digits of its currency: `1250.00`.
pub fn decimal(amount: Money, currency: Currency) -> String {
    decimal_sum(i128::from(amount.minor()), currency)
}

/// A sum of amounts, which may leave the range of one.
pub fn decimal_sum(minor: i128, currency: Currency) -> String {
    let exponent = currency.exponent();
    let unit = 10_i128.pow(exponent);
    let sign = if minor < 0 { "-" } else { "" };
    let (whole, rest) = (minor.abs() / unit, minor.abs() % unit);
    match usize::try_from(exponent) {
        Ok(digits @ 1..) => format!("{sign}{whole}.{rest:0digits$}"),
        _ => format!("{sign}{whole}"),
    }
}

/// A quantity as a decimal of its unit: `18.5`.
pub fn quantity(milli: i64) -> String {
    let (whole, rest) = (milli / 1_000, (milli % 1_000).abs());
    let text = format!("{whole}.{rest:03}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Days since 1970-01-01 as a date, by Howard Hinnant's `civil_from_days`: eras of 400 years whose
/// years begin in March, so that the leap day comes last.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    (year + era * 400 + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::{decimal, decimal_sum, quantity, rfc3339};
    use mazad_engine::domain::{Currency, Money, Time};

    #[test]
    fn times_are_those_of_the_calendar() {
        let table = [
            (0, "1970-01-01T00:00:00.000000Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (1_709_210_096_000_007, "2024-02-29T12:34:56.000007Z"),
            (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
            (1_798_761_599_999_999, "2026-12-31T23:59:59.999999Z"),
        ];
        for (micros, text) in table {
            assert_eq!(rfc3339(Time(micros)), text);
        }
        assert!(rfc3339(Time(u64::MAX)).starts_with("586524-"));
    }

    #[test]
    fn quantities_have_as_many_decimals_as_they_need() {
        let told = [1, 500, 1_000, 18_500, 120_000].map(quantity);
        assert_eq!(told, ["0.001", "0.5", "1", "18.5", "120"]);
    }

    #[test]
    fn amounts_have_the_digits_of_their_currency() {
        let table = [
            ("EGP", 0, "0.00"),
            ("EGP", 5, "0.05"),
            ("EGP", 125_000, "1250.00"),
            ("KWD", 1_250, "1.250"),
            ("JPY", 1_250, "1250"),
        ];
        for (code, minor, text) in table {
            let currency = Currency::parse(code).unwrap();
            assert_eq!(decimal(Money::new(minor).unwrap(), currency), text);
        }
        let egp = Currency::parse("EGP").unwrap();
        assert_eq!(decimal_sum(-150, egp), "-1.50");
        assert_eq!(
            decimal_sum(i128::from(i64::MAX) * 100, egp),
            "9223372036854775807.00"
        );
    }
}
