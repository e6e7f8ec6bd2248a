//! An amount as typed, in the currency of the sale.

use std::io::{self, BufRead};

use mazad_engine::domain::{Currency, SaleId};
use rust_decimal::Decimal;

use crate::cli::{
    exit::{Exit, Failure},
    folder::ReadFolder,
    limits::AMOUNT_LINE_BYTES_MAX,
    sale_list,
};

/// An amount such as `500000` or `500000.50` in minor units of the sale's currency; `-`: the first
/// line of standard input, since everybody on this machine may read what stands on a command line.
///
/// # Errors
/// It is no such amount; or the sale cannot be read.
pub(super) async fn minor_units(
    text: &str,
    folder: &ReadFolder,
    sale: SaleId,
) -> Result<i64, Failure> {
    let typed = match text {
        "-" => first_line(io::stdin().lock())?,
        _ => text.to_owned(),
    };
    let currency = currency(folder, sale).await?;
    let minor = scaled(&typed, currency.exponent());
    minor.ok_or_else(|| {
        let code = currency.code();
        Failure::told(Exit::Usage, format!("{typed} is not an amount in {code}"))
    })
}

fn first_line(input: impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    input.take(AMOUNT_LINE_BYTES_MAX).read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

/// Plain ASCII digits with at most as many decimals as the currency has, above zero. Separators of
/// thousands are not taken: `500,000` means half a million here and five hundred there.
fn scaled(text: &str, exponent: u32) -> Option<i64> {
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let amount = Decimal::from_str_exact(text).ok().filter(|_| is_plain)?;
    let missing = exponent.checked_sub(amount.scale())?;
    let minor = amount
        .mantissa()
        .checked_mul(10_i128.checked_pow(missing)?)?;
    i64::try_from(minor).ok().filter(|minor| *minor > 0)
}

async fn currency(folder: &ReadFolder, sale: SaleId) -> Result<Currency, Failure> {
    let sales = sale_list::list(folder).await?;
    let line = sales.into_iter().find(|line| line.sale == sale);
    line.map(|line| line.terms.currency)
        .ok_or_else(|| Failure::told(Exit::NotFound, format!("sale {sale} has no terms yet")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_of_standard_input_is_its_first_line() {
        assert_eq!(first_line(&b" 500000.50\r\nmore"[..]).unwrap(), "500000.50");
        let endless = first_line(&b"1".repeat(1000)[..]).unwrap();
        assert_eq!(scaled(&endless, 2), None);
    }

    #[test]
    fn a_limit_is_read_exactly() {
        for (text, exponent, minor) in [
            ("500000", 2, Some(50_000_000)),
            ("500000.5", 2, Some(50_000_050)),
            ("12.345", 3, Some(12_345)),
            ("1250", 0, Some(1_250)),
            ("12.345", 2, None),
            ("12.5", 0, None),
            ("500,000", 2, None),
            ("-5", 2, None),
            ("+5", 2, None),
            ("0", 2, None),
            ("1e3", 2, None),
            ("", 2, None),
            (".", 2, None),
            ("99999999999999999999999999999999", 2, None),
        ] {
            assert_eq!(scaled(text, exponent), minor, "{text}");
        }
    }
}
