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
    /// This machine does not know the sale's time zone.
    pub fn of(terms: &SaleTerms) -> Result<Self, String> {
        let zone = TimeZone::get(&terms.time_zone)
            .map_err(|_| format!("no time zone {}", terms.time_zone))?;
        Ok(Self {
            currency: terms.currency,
            zone,
        })
    }
}
