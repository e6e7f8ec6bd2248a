//! What the sale says about every table of its lots.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use mazad_engine::domain::{Currency, Increments, LotNo, LotTerms, SaleTerms};

use crate::increments;
use crate::plan::Known;

/// What the sale says about every table of its lots.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Of every amount.
    pub currency: Currency,
    /// Of every time without an offset.
    pub zone: TimeZone,
    /// R1: the steps of a lot whose row says none; `None`: each row must.
    pub increments: Option<Increments>,
    /// The lots that the sale has, each with the number that its catalogue prints.
    pub printed: BTreeMap<LotNo, String>,
    /// Whether those that the table does not name make room.
    pub replaces: bool,
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
            increments: increments::preset(terms.currency),
            printed: BTreeMap::new(),
            replaces: false,
        })
    }

    /// For a sale that is there: a lot keeps the number by which the engine knows it.
    #[must_use]
    pub fn with_known(mut self, known: &Known) -> Self {
        let printed = |(no, terms): (&LotNo, &_)| (*no, printed(*no, terms));
        self.printed = known.lots.iter().map(printed).collect();
        self
    }
}

/// The number that the catalogue prints for a lot.
pub(crate) fn printed(no: LotNo, terms: &LotTerms) -> String {
    if terms.label.is_empty() {
        no.to_string()
    } else {
        terms.label.clone()
    }
}
