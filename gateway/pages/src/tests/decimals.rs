//! One table of currency decimals: the engine's. The modules have a copy, which this test writes.

use std::collections::BTreeMap;

use mazad_engine::domain::Currency;

/// The lines of `money.js` that say which currencies have other decimals than two.
fn table_of_the_engine() -> String {
    let letters = || 'A'..='Z';
    let codes = letters()
        .flat_map(|a| letters().flat_map(move |b| letters().map(move |c| format!("{a}{b}{c}"))));
    let mut others: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for currency in codes.filter_map(|code| Currency::parse(&code)) {
        if currency.exponent() != 2 {
            let of_these = others.entry(currency.exponent()).or_default();
            of_these.push(currency.code().to_owned());
        }
    }
    let lines = others.iter().map(|(places, codes)| {
        let codes = codes.join(" ");
        format!("  [{places}, '{codes}'],\n")
    });
    lines.collect()
}

#[test]
fn pages_and_engine_have_one_table_of_decimals() {
    let module = include_str!("../../../web/js/money.js");
    let table = table_of_the_engine();
    let written = format!("[number, string][]}} */ ([\n{table}]);");
    assert!(module.contains(&written), "money.js should say:\n{table}");
}
