//! An amount as typed, in the currency of the sale.

use std::io::{self, BufRead};

use mazad_engine::domain::{Currency, Money, SaleId};
use mazad_import::parse_money;
use mazad_texts::shown;

use crate::cli::{
    exit::{Exit, Failure},
    folder::ReadFolder,
    limits::AMOUNT_LINE_BYTES_MAX,
    sale_list,
};

/// An amount such as `500000`, `500,000.50` or `٥٠٠٬٠٠٠` in minor units of the sale's currency; `-`: the first
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
    let amount = parse_money(&typed, currency);
    amount.map(Money::minor).map_err(|_| none(&typed, currency))
}

fn first_line(input: impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    input.take(AMOUNT_LINE_BYTES_MAX).read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

/// What is taken is what a table may have: one reading of an amount for the whole program.
fn none(typed: &str, currency: Currency) -> Failure {
    let (typed, code, places) = (shown(typed), currency.code(), currency.exponent());
    let told = format!(
        "{typed} is not an amount in {code}: above zero, at most {places} decimals after a point, \
         thousands in groups of three or none, such as 500000 or 500,000 or ٥٠٠٬٠٠٠\n\
         {typed} ليس مبلغًا بعملة {code}: المطلوب أكبر من صفر، وبعد العلامة العشرية {places} من الخانات على \
         الأكثر، والآلاف مجموعات من ثلاثة أو بلا فواصل، مثل 500000 أو 500,000 أو ٥٠٠٬٠٠٠"
    );
    Failure::told(Exit::Usage, told)
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
        parse_money(&endless, Currency::parse("EGP").unwrap()).unwrap_err();
    }

    #[test]
    fn an_amount_is_typed_as_in_a_table_or_told_what_it_should_be() {
        let pounds = Currency::parse("EGP").unwrap();
        for text in [
            "500000",
            "500,000",
            "500,000.00",
            "٥٠٠٠٠٠",
            "٥٠٠٬٠٠٠",
            "500,000 EGP",
        ] {
            assert_eq!(
                parse_money(text, pounds).unwrap().minor(),
                50_000_000,
                "{text}"
            );
        }
        for text in [
            "12.345",
            "500.000",
            "1,5",
            "-5",
            "0",
            "1e3",
            "",
            "500,000 USD",
        ] {
            assert!(parse_money(text, pounds).is_err(), "{text}");
        }
        let told = none("1,5", pounds).error.to_string();
        assert!(told.starts_with("1,5 is not an amount in EGP"), "{told}");
        assert!(told.contains("ليس مبلغًا"), "{told}");
    }
}
