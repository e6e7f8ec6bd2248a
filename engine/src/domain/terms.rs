//! The terms of a sale and of its lots: what the booklet says, as data.

use super::rules::method_terms::MethodTerms;
use super::running::Running;
use super::text::{Bilingual, check_text};
use super::{Currency, Money, Span, TermsError, Time};
use crate::limits::{CEILING_TIMES, LABEL_LETTERS_MAX, RESUME_MINIMUM_LEAST, WARNINGS_MAX};

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
    /// Whether it ends by itself, the reopening window after its last lot.
    pub ends_itself: bool,
    /// R0: how far an arrival stamp may lie ahead of the writer's clock and still count; one behind it
    /// always does.
    pub timeliness_window: Span,
    /// R1: how long a jump may be confirmed.
    pub confirmation_window: Span,
    /// R3.7: least remainder of a timed lot after a pause or an outage.
    pub resume_minimum: Span,
    /// R12b: how long after a bid a typing error may be reported.
    pub typing_error_window: Span,
    /// R12b: how long a former leader may reaffirm.
    pub reaffirm_window: Span,
    /// R3.8: how far away the end of a timed lot is at least when something other than a bid has
    /// changed its price or its leader.
    pub correction_minimum: Span,
    /// R12b: what a void does to the bids below it.
    pub void_effect: VoidEffect,
    /// R12b: whether a void needs a second officer.
    pub void_needs_second: bool,
    /// R4: whether the booklet lets the committee lift the price to the base at the close.
    pub reserve_lift: bool,
    /// R2.2: whether a leader may lower a maximum, never below the price.
    pub maximum_may_fall: bool,
    /// R12a: a floor bid that rises by more steps than this above the ask needs a second clerk, and
    /// so does every jump (R1); 0: none does.
    pub floor_second_steps: u32,
    /// R12a: how long the second clerk has.
    pub floor_confirm_window: Span,
    /// R12a: how many warnings since the last bid a hammer needs; at most two.
    pub hammer_warnings: u32,
    /// R12a: how old the last of them must be, and so each.
    pub warning_age: Span,
    /// R12a: how long a sale that ends itself waits after its last close, so that a lot can be
    /// opened again.
    pub reopen_window: Span,
    /// R13: whether a web paddle needs a limit.
    pub limit_needed: bool,
    /// R4: whether an attempt that fails opens its base.
    pub failed_attempt_opens_base: bool,
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
    /// Its number in the printed catalogue, such as `12A`; empty: the lot's own number.
    pub label: String,
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
    /// R1: what may be bid at all, in minor units.
    pub ceiling: Money,
}

/// A name, a point, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What people call it; may be empty.
    pub name: Bilingual,
    /// Millionths of a degree, north positive. Both degrees 0: no point.
    pub latitude_e6: i32,
    /// Millionths of a degree, east positive.
    pub longitude_e6: i32,
}

impl Place {
    /// Latitude and longitude in millionths of a degree, where they are known.
    pub fn point(&self) -> Option<(i32, i32)> {
        let point = (self.latitude_e6, self.longitude_e6);
        (point != (0, 0)).then_some(point)
    }
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
            correction_minimum: Span::minutes(3),
            void_effect: VoidEffect::Strict,
            void_needs_second: true,
            reserve_lift: false,
            maximum_may_fall: false,
            floor_second_steps: 10,
            floor_confirm_window: Span::seconds(5),
            hammer_warnings: 2,
            warning_age: Span::seconds(3),
            reopen_window: Span::minutes(10),
            limit_needed: true,
            failed_attempt_opens_base: false,
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
        if self.opens_at == Some(Time(0)) {
            return Err(TermsError::Schedule);
        }
        // R3.7: a lot that is given nothing back closes before anybody is heard who waited.
        if self.resume_minimum < RESUME_MINIMUM_LEAST {
            return Err(TermsError::Schedule);
        }
        if self.hammer_warnings > WARNINGS_MAX {
            return Err(TermsError::Amount);
        }
        Ok(())
    }
}

impl LotTerms {
    /// Bytes of all its texts.
    pub fn text_bytes(&self) -> usize {
        let place = self.place.as_ref().map(|place| &place.name);
        let bilingual = [&self.title, &self.description].into_iter().chain(place);
        let bilingual = bilingual.map(|text| text.ar.len().saturating_add(text.en.len()));
        let plain = [&self.label, &self.reference, &self.kind, &self.unit];
        let lengths = bilingual.chain(plain.map(String::len));
        lengths.fold(0, usize::saturating_add)
    }

    /// Whether these can be the terms of a lot.
    ///
    /// # Errors
    /// The first [`TermsError`] found.
    pub fn check(&self) -> Result<(), TermsError> {
        self.title.check_required()?;
        self.description.check_lines()?;
        for text in [&self.reference, &self.kind, &self.unit] {
            check_text(text)?;
        }
        check_label(&self.label)?;
        if let Some(place) = &self.place {
            place.name.check_length()?;
        }
        let falls = |(low, high): (Money, Money)| low.is_zero() || low > high;
        if self.quantity_milli < 0 || self.estimate.is_some_and(falls) {
            return Err(TermsError::Amount);
        }
        self.running.check()?;
        self.method.check()?;
        let base = self.method.reserve().and_then(|reserve| reserve.opening);
        let base = base.map_or(Money::ZERO, |opening| opening.amount);
        let is_within = self.ceiling >= self.method.opening().max(base);
        (is_within && self.ceiling <= Money::MAX_BID)
            .then_some(())
            .ok_or(TermsError::Amount)
    }
}

/// A number of the catalogue is short enough to be called out and to stand on a card.
fn check_label(label: &str) -> Result<(), TermsError> {
    check_text(label)?;
    let is_short = label.chars().count() <= LABEL_LETTERS_MAX;
    (is_short && label.trim() == label)
        .then_some(())
        .ok_or(TermsError::Text)
}

/// R1, preset: a hundred times what a lot is thought to be worth is a slip, whoever bids it.
pub fn preset_ceiling(opening: Money, estimate_high: Option<Money>) -> Money {
    let worth = estimate_high.map_or(opening, |high| high.max(opening));
    worth.saturating_times(CEILING_TIMES).min(Money::MAX_BID)
}
