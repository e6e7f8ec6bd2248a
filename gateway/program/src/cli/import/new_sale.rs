//! What a new sale is made of: a flag for each of its terms (`docs/RULES.md` has the presets).

use mazad_engine::domain::{Bilingual, Currency, Money, SaleTerms, Span, TermsError, VoidEffect};

use crate::cli::exit::{Exit, Failure};
use mazad_import::{Setting, parse_instant, parse_money, parse_span};

/// The terms of a new sale. What is not given is the preset.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "A new sale")]
pub(super) struct NewSale {
    /// Title of the new sale, Arabic.
    #[arg(long, value_name = "TEXT", conflicts_with = "sale")]
    sale_title_ar: Option<String>,

    /// Title of the new sale, English.
    #[arg(long, value_name = "TEXT", conflicts_with = "sale")]
    sale_title_en: Option<String>,

    /// Currency of the new sale.
    #[arg(
        long,
        default_value = "EGP",
        value_name = "CODE",
        conflicts_with = "sale"
    )]
    currency: String,

    /// Time zone of the new sale, and of times in the table without an offset.
    #[arg(
        long,
        default_value = "Africa/Cairo",
        value_name = "ZONE",
        conflicts_with = "sale"
    )]
    time_zone: String,

    /// When the new sale opens by itself; else by hand.
    #[arg(long, value_name = "TIME", conflicts_with = "sale")]
    opens_at: Option<String>,

    /// The new sale ends by itself when no lot is left to run.
    #[arg(long, conflicts_with = "sale")]
    ends_itself: bool,

    /// R4: the booklet lets the committee lift the price to the secret base at the close.
    #[arg(long, conflicts_with = "sale")]
    reserve_lift: bool,

    /// R2.2: a leader may lower a maximum, never below the price.
    #[arg(long, conflicts_with = "sale")]
    maximum_may_fall: bool,

    /// R12b: bids below a void one revive; else they stay lapsed (law 182/2018, art 99).
    #[arg(long, conflicts_with = "sale")]
    void_revives: bool,

    /// R12b: a void needs two officers.
    #[arg(long, conflicts_with = "sale")]
    void_needs_second: bool,

    /// R12a: floor bids above this amount need a second clerk.
    #[arg(long, value_name = "AMOUNT", conflicts_with = "sale")]
    floor_confirm_above: Option<String>,

    /// R12a: how long the second clerk has, such as 5s.
    #[arg(long, value_name = "SPAN", value_parser = span, conflicts_with = "sale")]
    floor_confirm_window: Option<Span>,

    /// R0: how far an arrival stamp may differ from the engine's clock and still count.
    #[arg(long, value_name = "SPAN", value_parser = span, conflicts_with = "sale")]
    timeliness_window: Option<Span>,

    /// R1: how long a jump may be confirmed.
    #[arg(long, value_name = "SPAN", value_parser = span, conflicts_with = "sale")]
    confirmation_window: Option<Span>,

    /// R3.7: least remainder of a timed lot after a pause or an outage.
    #[arg(long, value_name = "SPAN", value_parser = span, conflicts_with = "sale")]
    resume_minimum: Option<Span>,

    /// R12b: how long after a bid a typing error may be reported.
    #[arg(long, value_name = "SPAN", value_parser = span, conflicts_with = "sale")]
    typing_error_window: Option<Span>,

    /// R12b: how long a former leader may reaffirm.
    #[arg(long, value_name = "SPAN", value_parser = span, conflicts_with = "sale")]
    reaffirm_window: Option<Span>,

    /// R12b: how far away the end is at least when reaffirmation finishes.
    #[arg(long, value_name = "SPAN", value_parser = span, conflicts_with = "sale")]
    reaffirm_end_minimum: Option<Span>,
}

fn span(text: &str) -> Result<Span, String> {
    parse_span(text).ok_or_else(|| "no length of time such as 90s, 5m or 1h30m".to_owned())
}

impl NewSale {
    /// The terms that these flags say.
    ///
    /// # Errors
    /// They cannot be those of a sale.
    pub(super) fn terms(&self) -> Result<SaleTerms, Failure> {
        let usage = |words: String| Failure::told(Exit::Usage, words);
        let title = Bilingual {
            ar: self.sale_title_ar.clone().unwrap_or_default(),
            en: self.sale_title_en.clone().unwrap_or_default(),
        };
        let currency = Currency::parse(&self.currency)
            .ok_or_else(|| usage(format!("no currency {}", self.currency)))?;
        let mut terms = SaleTerms::preset(title, currency);
        terms.time_zone.clone_from(&self.time_zone);
        terms.ends_itself = self.ends_itself;
        terms.reserve_lift = self.reserve_lift;
        terms.maximum_may_fall = self.maximum_may_fall;
        terms.void_needs_second = self.void_needs_second;
        if self.void_revives {
            terms.void_effect = VoidEffect::Booklet;
        }
        for (given, term) in [
            (self.floor_confirm_window, &mut terms.floor_confirm_window),
            (self.timeliness_window, &mut terms.timeliness_window),
            (self.confirmation_window, &mut terms.confirmation_window),
            (self.resume_minimum, &mut terms.resume_minimum),
            (self.typing_error_window, &mut terms.typing_error_window),
            (self.reaffirm_window, &mut terms.reaffirm_window),
            (self.reaffirm_end_minimum, &mut terms.reaffirm_end_minimum),
        ] {
            *term = given.unwrap_or(*term);
        }
        let setting = Setting::of(&terms).map_err(usage)?;
        if let Some(text) = &self.opens_at {
            let opens_at = parse_instant(text, &setting.zone)
                .map_err(|_| usage(format!("no date and time: {text}")))?;
            terms.opens_at = Some(opens_at);
        }
        if let Some(text) = &self.floor_confirm_above {
            terms.floor_confirm_above = Some(threshold(text, currency)?);
        }
        terms.check().map_err(|error| match error {
            TermsError::Text => usage(
                "name the sale with --sale ID, or a new one with --sale-title-ar or \
                 --sale-title-en"
                    .to_owned(),
            ),
            other => usage(other.to_string()),
        })?;
        Ok(terms)
    }
}

fn threshold(text: &str, currency: Currency) -> Result<Money, Failure> {
    let told = || format!("no amount of {}: {text}", currency.code());
    parse_money(text, currency).map_err(|_| Failure::told(Exit::Usage, told()))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[arg(long)]
        sale: Option<String>,
        #[command(flatten)]
        new: NewSale,
    }

    fn terms(flags: &[&str]) -> SaleTerms {
        let words = ["import", "--sale-title-en", "Sale"].iter().chain(flags);
        let line = Line::try_parse_from(words).unwrap();
        assert_eq!(line.sale, None);
        line.new.terms().unwrap()
    }

    #[test]
    fn every_term_has_a_flag_and_the_preset_without_it() {
        let title = Bilingual {
            ar: String::new(),
            en: "Sale".to_owned(),
        };
        let preset = SaleTerms::preset(title, Currency::parse("EGP").unwrap());
        assert_eq!(terms(&[]), preset);
        let all = terms(&[
            "--time-zone=Asia/Riyadh",
            "--opens-at=2027-03-01T10:00",
            "--ends-itself",
            "--reserve-lift",
            "--maximum-may-fall",
            "--void-revives",
            "--void-needs-second",
            "--floor-confirm-above=٥٠٬٠٠٠",
            "--floor-confirm-window=10s",
            "--timeliness-window=1s",
            "--confirmation-window=20s",
            "--resume-minimum=10m",
            "--typing-error-window=2m",
            "--reaffirm-window=90s",
            "--reaffirm-end-minimum=4m",
        ]);
        let expected = SaleTerms {
            title: preset.title.clone(),
            currency: preset.currency,
            time_zone: "Asia/Riyadh".to_owned(),
            opens_at: all.opens_at,
            ends_itself: true,
            timeliness_window: Span::seconds(1),
            confirmation_window: Span::seconds(20),
            resume_minimum: Span::minutes(10),
            typing_error_window: Span::minutes(2),
            reaffirm_window: Span::seconds(90),
            reaffirm_end_minimum: Span::minutes(4),
            void_effect: VoidEffect::Booklet,
            void_needs_second: true,
            reserve_lift: true,
            maximum_may_fall: true,
            floor_confirm_above: Money::new(5_000_000),
            floor_confirm_window: Span::seconds(10),
        };
        assert!(all.opens_at.is_some());
        assert_eq!(all, expected);
    }
}
