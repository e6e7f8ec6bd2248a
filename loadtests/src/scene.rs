//! Terms and names that tests and load share.

use anyhow::{Context, anyhow};
use mazad_engine::domain::{
    Band, Bilingual, Currency, EnglishTerms, Increments, JumpGuard, LotTerms, MethodTerms, Mode,
    Money, Running, SaleTerms,
};

/// An amount of minor units.
///
/// # Errors
/// It is negative.
pub fn money(minor: i64) -> anyhow::Result<Money> {
    Money::new(minor).with_context(|| format!("negative amount {minor}"))
}

/// An increment table from rows of (from, step) in minor units.
///
/// # Errors
/// The table breaks R1.
pub fn increments(mode: Mode, rows: &[(i64, i64)]) -> anyhow::Result<Increments> {
    let band = |&(from, step): &(i64, i64)| {
        anyhow::Ok(Band {
            from: money(from)?,
            step: money(step)?,
        })
    };
    let bands = rows.iter().map(band).collect::<Result<Vec<_>, _>>()?;
    Ok(Increments::new(mode, bands)?)
}

/// The presets for a sale with this title, but for what guards against slips of people: load asks for no
/// limits, no warnings and no second person.
///
/// # Errors
/// The currency is not one of ISO 4217.
pub fn sale_terms(title: &str, currency: &str) -> anyhow::Result<SaleTerms> {
    let currency = Currency::parse(currency).ok_or_else(|| anyhow!("currency {currency}"))?;
    Ok(SaleTerms {
        limit_needed: false,
        hammer_warnings: 0,
        void_needs_second: false,
        floor_second_steps: 0,
        ..SaleTerms::preset(Bilingual::both(title), currency)
    })
}

/// A lot with nothing but a title, an opening and a table. The jump guard is off, and no ceiling binds.
pub fn lot_terms(
    title: &str,
    opening: Money,
    increments: Increments,
    running: Running,
) -> LotTerms {
    LotTerms {
        title: Bilingual::both(title),
        description: Bilingual::default(),
        label: String::new(),
        reference: String::new(),
        kind: String::new(),
        unit: String::new(),
        quantity_milli: 0,
        place: None,
        estimate: None,
        running,
        method: MethodTerms::English(EnglishTerms {
            opening,
            increments,
            first_bid_above_opening: false,
            jump_guard: JumpGuard::default(),
            reserve: None,
        }),
        ceiling: Money::MAX_BID,
    }
}
