//! The terms of a sale and of its lots: what the booklet says, as data.

use super::{Currency, Money, Span, Time};
use crate::limits::{BANDS_MAX, TEXT_BYTES_MAX};

/// A text in both languages of the platform. Either may be empty, not both where it is required.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bilingual {
    /// Arabic.
    pub ar: String,
    /// English.
    pub en: String,
}

/// What holds for a whole sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleTerms {
    /// Its name.
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
    /// Its name.
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
    /// Where it is.
    pub place: Option<Place>,
    /// Published estimate, from and to.
    pub estimate: Option<(Money, Money)>,
    /// How it opens and closes.
    pub running: Running,
    /// How it is sold.
    pub method: Method,
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

/// How a lot opens and closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Running {
    /// By itself.
    Timed {
        /// When it opens.
        opens: Opens,
        /// When it closes, unless extended.
        closes: Closes,
        /// R3; `None`: the end never moves.
        soft_close: Option<SoftClose>,
        /// R3.6: open lots of one group end together; 0: none.
        group: u32,
    },
    /// By hand: opened, warned, hammered or passed by a clerk.
    Clerked,
}

/// When a timed lot opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opens {
    /// At an instant, once the sale is open.
    At(Time),
    /// So long after the lot before it in the order has ended.
    AfterPrevious(Span),
}

/// When a timed lot closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closes {
    /// At an instant.
    At(Time),
    /// So long after it opened.
    After(Span),
}

/// R3: late bids move the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoftClose {
    /// A bid counts as late when no more than this is left.
    pub window: Span,
    /// Time that is left at least after a late bid, measured from the bid.
    pub extension: Span,
    /// Also when only the price moves, not the leader.
    pub on_price_change: bool,
    /// R3.4: extensions at most; `None`: no cap.
    pub extensions_max: Option<u32>,
    /// R3.4: the end never moves past this instant.
    pub hard_stop: Option<Time>,
}

/// The method of sale. Another method is another variant here and another file in `rules/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Method {
    /// Ascending open bids with proxy maxima (R1, R2).
    English(English),
}

/// Terms of an English sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct English {
    /// Least first bid.
    pub opening: Money,
    /// R1.
    pub increments: Increments,
    /// R1: the first bid is the opening plus one step.
    pub first_bid_above_opening: bool,
    /// R1: asks for confirmation of an improbable jump.
    pub jump_guard: JumpGuard,
    /// R4: the secret base price.
    pub reserve: Option<Reserve>,
}

/// R1: an increment table and how it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Increments {
    /// How the next ask follows from the price.
    pub mode: Mode,
    bands: Vec<Band>,
}

/// R1: one row of an increment table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    /// The row holds from this price on.
    pub from: Money,
    /// The step.
    pub step: Money,
}

/// R1: how the next ask follows from the price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Price plus step.
    Additive,
    /// The smallest multiple of the step above the price.
    Grid,
    /// What the clerk says, at least price plus step.
    Clerk,
}

/// R1: a bid above ask x `times`, or above ask + `steps` steps, must be confirmed. 0: that test is
/// off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JumpGuard {
    /// Times the ask.
    pub times: u32,
    /// Steps above the ask.
    pub steps: u32,
}

/// R4: the secret base price, committed to before the sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reserve {
    /// SHA-256 over the sale, the lot, the amount and the salt (`proof::commitment`).
    pub commitment: [u8; 32],
    /// What was committed to; `None` for readers without the engine's key.
    pub opening: Option<ReserveOpening>,
}

/// What a reserve's commitment was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReserveOpening {
    /// The base price.
    pub amount: Money,
    /// 32 random bytes.
    pub salt: [u8; 32],
}

/// Why terms cannot be those of a sale or a lot. The text names the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// R1: empty, does not begin at 0, does not rise, has a step of zero, or is too long.
    #[error("increment table: bands begin at 0, rise, and have steps above 0")]
    Bands,
    /// Empty in both languages, or too long.
    #[error("text: empty or too long")]
    Text,
    /// Closes before it opens, no extension, or a span of zero.
    #[error("schedule: closes before it opens, or a span is zero")]
    Schedule,
    /// Opening of zero, above the largest bid, or an estimate that falls.
    #[error("amount: opening, estimate or reserve out of range")]
    Amount,
}

impl Increments {
    /// A checked table: bands begin at 0, rise strictly, steps are above 0 (R1).
    ///
    /// # Errors
    /// [`TermsError::Bands`].
    pub fn new(mode: Mode, bands: Vec<Band>) -> Result<Self, TermsError> {
        let starts_at_zero = bands.first().is_some_and(|band| band.from.is_zero());
        let rises = bands.is_sorted_by(|a, b| a.from < b.from);
        let steps = bands.iter().all(|band| !band.step.is_zero());
        if starts_at_zero && rises && steps && bands.len() <= BANDS_MAX {
            Ok(Self { mode, bands })
        } else {
            Err(TermsError::Bands)
        }
    }

    /// The rows, rising.
    pub fn bands(&self) -> &[Band] {
        &self.bands
    }

    /// The step at a price: that of the last band that begins at or below it (R1).
    pub fn step(&self, price: Money) -> Money {
        let after = self.bands.partition_point(|band| band.from <= price);
        let band = after.checked_sub(1).and_then(|last| self.bands.get(last));
        band.map_or(Money::ZERO, |band| band.step)
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
        match &self.method {
            Method::English(english) => english.check(),
        }
    }
}

impl Running {
    /// R3.6: the group that it is linked to; 0: none.
    pub const fn group(&self) -> u32 {
        match self {
            Self::Timed { group, .. } => *group,
            Self::Clerked => 0,
        }
    }

    /// Whether a lot can run so.
    ///
    /// # Errors
    /// [`TermsError::Schedule`].
    pub fn check(&self) -> Result<(), TermsError> {
        let Self::Timed {
            opens,
            closes,
            soft_close,
            group,
        } = self
        else {
            return Ok(());
        };
        let has_length = match (opens, closes) {
            (Opens::At(opens), Closes::At(closes)) => opens < closes,
            (Opens::AfterPrevious(_), Closes::At(_)) => true,
            (_, Closes::After(span)) => *span > Span::ZERO,
        };
        let extends = soft_close.is_none_or(|soft| {
            let capped_at_none = soft.extensions_max == Some(0) || soft.hard_stop == Some(Time(0));
            let stops_early = match closes {
                Closes::At(end) => soft.hard_stop.is_some_and(|stop| stop < *end),
                Closes::After(_) => false,
            };
            soft.extension > Span::ZERO && !capped_at_none && !stops_early
        });
        // R3.3: an end that is fixed cannot be moved by a group either.
        let is_movable = *group == 0 || soft_close.is_some();
        if has_length && extends && is_movable {
            Ok(())
        } else {
            Err(TermsError::Schedule)
        }
    }
}

impl English {
    fn check(&self) -> Result<(), TermsError> {
        let in_range = |amount: Money| !amount.is_zero() && amount <= Money::MAX_BID;
        // R4: a base that is not known here could not be kept (R16).
        let is_kept = |reserve: Reserve| reserve.opening.is_some_and(|base| in_range(base.amount));
        if in_range(self.opening) && self.reserve.is_none_or(is_kept) {
            Ok(())
        } else {
            Err(TermsError::Amount)
        }
    }
}

impl Bilingual {
    /// The same text for both languages.
    pub fn both(text: &str) -> Self {
        Self {
            ar: text.to_owned(),
            en: text.to_owned(),
        }
    }

    fn check_required(&self) -> Result<(), TermsError> {
        if self.ar.is_empty() && self.en.is_empty() {
            return Err(TermsError::Text);
        }
        self.check_length()
    }

    fn check_length(&self) -> Result<(), TermsError> {
        check_text(&self.ar)?;
        check_text(&self.en)
    }
}

fn check_text(text: &str) -> Result<(), TermsError> {
    if text.len() <= TEXT_BYTES_MAX {
        Ok(())
    } else {
        Err(TermsError::Text)
    }
}
