//! The terms of a sale and of its lots: what the booklet says, as data.

use super::rules::method_terms::MethodTerms;
use super::running::Running;
use super::text::{Bilingual, check_text};
use super::{Currency, Money, Span, TermsError, Time};

/// What holds for a whole sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleTerms {
    /// Its name on every page, in both languages.
    pub title: Bilingual,
    /// Every amount of the sale is in this currency.
    pub currency: Currency,
    /// IANA name of the zone in which its times are shown.
    pub time_zone: String,
    /// When it opens by itself; `None`: by hand.
    pub opens_at: Option<Time>,
    /// Whether it ends by itself when no lot is left to run.
    pub ends_itself: bool,
    /// R0: how far an arrival stamp may differ from the writer's clock and still count.
    pub timeliness_window: Span,
    /// R1: how long a jump may be confirmed.
    pub confirmation_window: Span,
    /// R3.7: least remainder of a timed lot after a pause or an outage.
    pub resume_minimum: Span,
    /// R12b: how long after a bid a typing error may be reported.
    pub typing_error_window: Span,
    /// R12b: how long a former leader may reaffirm.
    pub reaffirm_window: Span,
    /// R12b: how far away the end is at least when reaffirmation finishes.
    pub reaffirm_end_minimum: Span,
    /// R12b: what a void does to the bids below it.
    pub void_effect: VoidEffect,
    /// R12b: whether a void needs a second officer.
    pub void_needs_second: bool,
    /// R4: whether the booklet lets the committee lift the price to the base at the close.
    pub reserve_lift: bool,
    /// R2.2: whether a leader may lower a maximum, never below the price.
    pub maximum_may_fall: bool,
    /// R12a: floor bids above this need a second clerk.
    pub floor_confirm_above: Option<Money>,
    /// R12a: how long the second clerk has.
    pub floor_confirm_window: Span,
}

/// R12b: what a void does to the bids below the void one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoidEffect {
    /// They stay lapsed; former leaders may reaffirm (law 182/2018, art 99).
    Strict,
    /// They revive, as if the void bid had never been made.
    Booklet,
}

/// What is offered, how it runs and by which method it is sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LotTerms {
    /// Its name in the catalogue, in both languages.
    pub title: Bilingual,
    /// What a bidder must know of it.
    pub description: Bilingual,
    /// The seller's own number.
    pub reference: String,
    /// Kind of asset: `land-lease`, `kiosk`, `quarry`, `scrap`, `vehicle`, `site` ...
    pub kind: String,
    /// What an amount buys: empty for the whole lot, else `year`, `tonne` ...
    pub unit: String,
    /// How much of it is offered, in thousandths of the unit; 0: one whole.
    pub quantity_milli: i64,
    /// Where it lies or can be seen; `None`: not said.
    pub place: Option<Place>,
    /// Published estimate, from and to.
    pub estimate: Option<(Money, Money)>,
    /// How it opens and closes.
    pub running: Running,
    /// How it is sold.
    pub method: MethodTerms,
}

/// A point with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What people call it.
    pub name: Bilingual,
    /// Millionths of a degree, north positive.
    pub latitude_e6: i32,
    /// Millionths of a degree, east positive.
    pub longitude_e6: i32,
}

impl SaleTerms {
    /// The presets of `docs/RULES.md` for a sale with this title and currency.
    pub fn preset(title: Bilingual, currency: Currency) -> Self {
        Self {
            title,
            currency,
            time_zone: "Africa/Cairo".to_owned(),
            opens_at: None,
            ends_itself: false,
            timeliness_window: Span::seconds(2),
            confirmation_window: Span::seconds(30),
            resume_minimum: Span::minutes(5),
            typing_error_window: Span::seconds(60),
            reaffirm_window: Span::seconds(60),
            reaffirm_end_minimum: Span::minutes(3),
            void_effect: VoidEffect::Strict,
            void_needs_second: false,
            reserve_lift: false,
            maximum_may_fall: false,
            floor_confirm_above: None,
            floor_confirm_window: Span::seconds(5),
        }
    }

    /// Whether these can be the terms of a sale.
    ///
    /// # Errors
    /// The first [`TermsError`] found.
    pub fn check(&self) -> Result<(), TermsError> {
        self.title.check_required()?;
        check_text(&self.time_zone)?;
        // Nothing is said by leaving it out, never by zero: the stored form knows no difference.
        if self.opens_at == Some(Time(0)) || self.floor_confirm_above == Some(Money::ZERO) {
            return Err(TermsError::Amount);
        }
        Ok(())
    }
}

impl LotTerms {
    /// Whether these can be the terms of a lot.
    ///
    /// # Errors
    /// The first [`TermsError`] found.
    pub fn check(&self) -> Result<(), TermsError> {
        self.title.check_required()?;
        self.description.check_length()?;
        for text in [&self.reference, &self.kind, &self.unit] {
            check_text(text)?;
        }
        if let Some(place) = &self.place {
            place.name.check_length()?;
        }
        let falls = |(low, high): (Money, Money)| low.is_zero() || low > high;
        if self.quantity_milli < 0 || self.estimate.is_some_and(falls) {
            return Err(TermsError::Amount);
        }
        self.running.check()?;
        self.method.check()
    }
}
