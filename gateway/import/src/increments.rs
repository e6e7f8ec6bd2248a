//! R1: increment tables as text, `0:100;10000:500`, and the preset for Egyptian pounds.

use mazad_engine::domain::{Band, Currency, Increments, Mode, Money};

use crate::number::{latin_digits, parse_amount, scaled};

/// R1, preset for EGP: the text of it.
const PRESET_EGP: &str =
    "0:100;10000:500;100000:5000;1000000:25000;10000000:100000;100000000:500000";

/// Reads a table: `from:step` pairs with `;` between them, in whole units of the currency, or one step
/// alone, with `grid` or `clerk` before them for those modes. `None` if it is none.
pub fn parse(text: &str, currency: Currency) -> Option<Increments> {
    let text = latin_digits(text).replace('؛', ";");
    let (mode, rows) = match text.split_once(char::is_whitespace) {
        Some(("grid", rows)) => (Mode::Grid, rows),
        Some(("clerk", rows)) => (Mode::Clerk, rows),
        Some(("additive", rows)) => (Mode::Additive, rows),
        _ => (Mode::Additive, text.as_str()),
    };
    let rows = rows.trim().trim_end_matches(';');
    if !rows.contains([':', ';']) {
        let step = money(rows, currency)?;
        let from = Money::ZERO;
        return Increments::new(mode, vec![Band { from, step }]).ok();
    }
    let bands: Option<Vec<Band>> = rows.split(';').map(|row| band(row, currency)).collect();
    Increments::new(mode, bands?).ok()
}

/// The preset of R1, for the currency that has one.
pub(crate) fn preset(currency: Currency) -> Option<Increments> {
    (currency.code() == "EGP")
        .then(|| parse(PRESET_EGP, currency))
        .flatten()
}

fn band(row: &str, currency: Currency) -> Option<Band> {
    let (from, step) = row.split_once(':')?;
    Some(Band {
        from: money(from, currency)?,
        step: money(step, currency)?,
    })
}

fn money(text: &str, currency: Currency) -> Option<Money> {
    let amount = parse_amount(text, currency).ok()?;
    Money::new(scaled(amount, currency.exponent()).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_read_or_refused_whole() {
        let egp = Currency::parse("EGP").unwrap();
        let bands = |text: &str| {
            parse(text, egp).map(|table| {
                let rows = table.bands().iter();
                let rows = rows.map(|band| (band.from.minor(), band.step.minor()));
                (table.mode, rows.collect::<Vec<_>>())
            })
        };
        let plain = Some((Mode::Additive, vec![(0, 10_000), (1_000_000, 50_000)]));
        assert_eq!(bands("0:100;10000:500"), plain);
        assert_eq!(bands("0:100 ; 10,000:500.00;"), plain);
        assert_eq!(bands("٠:١٠٠؛١٠٬٠٠٠:٥٠٠"), plain);
        assert_eq!(bands("grid 0:5"), Some((Mode::Grid, vec![(0, 500)])));
        assert_eq!(bands("50"), Some((Mode::Additive, vec![(0, 5_000)])));
        assert_eq!(bands("100 جنيه"), Some((Mode::Additive, vec![(0, 10_000)])));
        assert_eq!(bands("grid 50"), Some((Mode::Grid, vec![(0, 5_000)])));
        for bad in [
            "", "10:5", "0:0", "0:1;0:2", "5:1;0:1", "0:1.234", "0:-1", "x:1", "0", "$50",
        ] {
            assert_eq!(bands(bad), None, "{bad}");
        }
    }

    #[test]
    fn pounds_have_a_preset_and_others_do_not() {
        let preset_of = |code: &str| Currency::parse(code).and_then(preset);
        let pounds = preset_of("EGP").unwrap();
        assert_eq!(
            pounds.step(Money::new(99_999_900).unwrap()).minor(),
            500_000
        );
        assert_eq!(pounds.bands().len(), 6);
        assert!(preset_of("USD").is_none());
    }
}
