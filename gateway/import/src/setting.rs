//! What the sale says about every table of its lots.

use jiff::tz::TimeZone;
use mazad_engine::domain::{Currency, SaleTerms};

/// What the sale says about every table of its lots.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Of every amount.
    pub currency: Currency,
    /// Of every time without an offset.
    pub zone: TimeZone,
}

impl Setting {
    /// What a sale says about its tables.
    ///
    /// # Errors
    /// There is no such time zone as the sale's.
    pub fn of(terms: &SaleTerms) -> Result<Self, String> {
        let name = &terms.time_zone;
        let zone = mazad_texts::zone(name)
            .ok_or_else(|| format!("no time zone {name} / لا توجد منطقة زمنية باسم {name}"))?;
        Ok(Self {
            currency: terms.currency,
            zone,
        })
    }
}
