//! The terms of a sale on the command line: a flag for each of them (`docs/RULES.md` has the presets).

use mazad_engine::domain::{Bilingual, Currency, SaleTerms, Span, TermsError, VoidEffect};
use mazad_import::{Doubt, Setting, parse_instant, parse_span};

use crate::cli::exit::{Exit, Failure};

/// The terms of a sale, as far as they are said.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Terms of a draft")]
pub(super) struct SaleFlags {
    /// Title of the sale, Arabic.
    #[arg(long, value_name = "TEXT")]
    sale_title_ar: Option<String>,

    /// Title of the sale, English.
    #[arg(long, value_name = "TEXT")]
    sale_title_en: Option<String>,

    /// Currency of every amount; without it EGP.
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,

    /// Time zone of every time without an offset; without it Africa/Cairo.
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,

    /// When the sale opens by itself, or `by-hand`, which is the preset.
    #[arg(long, value_name = "TIME")]
    opens_at: Option<String>,

    /// The sale ends by itself when no lot is left to run.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    ends_itself: Option<bool>,

    /// R12a: how long a sale that ends itself waits after its last close, so that a lot can be opened
    /// again.
    #[arg(long, value_name = "SPAN", value_parser = span)]
    reopen_window: Option<Span>,

    /// R4: the booklet lets the committee lift the price to the secret base at the close.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    reserve_lift: Option<bool>,

    /// R4: an attempt that fails opens its secret base, and the next one needs a new one.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    failed_attempt_opens_base: Option<bool>,

    /// R2.2: a leader may lower a maximum, never below the price.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    maximum_may_fall: Option<bool>,

    /// R13: bidders on the web need no limit.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    no_limit_needed: Option<bool>,

    /// R12a: how many warnings since the last bid a hammer needs.
    #[arg(long, value_name = "COUNT")]
    hammer_warnings: Option<u32>,

    /// R12a: how old the last of them must be.
    #[arg(long, value_name = "SPAN", value_parser = span)]
    warning_age: Option<Span>,

    /// R12a: a floor bid that rises by more steps than this above the ask needs a second clerk; 0:
    /// none does.
    #[arg(long, value_name = "COUNT")]
    floor_second_steps: Option<u32>,

    /// R12a: how long the second clerk has, such as 5s.
    #[arg(long, value_name = "SPAN", value_parser = span)]
    floor_confirm_window: Option<Span>,

    /// R12b: bids below a void one revive; else they stay lapsed (law 182/2018, art 99).
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    void_revives: Option<bool>,

    /// R12b: one officer alone may void a bid; else it takes two.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    void_by_one_officer: Option<bool>,

    /// R12b: how long after a bid a typing error may be reported.
    #[arg(long, value_name = "SPAN", value_parser = span)]
    typing_error_window: Option<Span>,

    /// R12b: how long a former leader may reaffirm.
    #[arg(long, value_name = "SPAN", value_parser = span)]
    reaffirm_window: Option<Span>,

    /// R3.8: how far away the end of a timed lot is at least after a void or a bar.
    #[arg(long, value_name = "SPAN", value_parser = span)]
    correction_minimum: Option<Span>,

    /// R3.7: least remainder of a timed lot after a pause or an outage.
    #[arg(long, value_name = "SPAN", value_parser = span)]
    resume_minimum: Option<Span>,

    /// R1: how long a jump may be confirmed.
    #[arg(long, value_name = "SPAN", value_parser = span)]
    confirmation_window: Option<Span>,

    /// R0: how far an arrival stamp may differ from the engine's clock and still count.
    #[arg(long, value_name = "SPAN", value_parser = span)]
    timeliness_window: Option<Span>,
}

/// The currency of a sale that says none.
const CURRENCY: &str = "EGP";

/// What says that a sale opens by hand.
const BY_HAND: &str = "by-hand";

fn span(text: &str) -> Result<Span, String> {
    parse_span(text).ok_or_else(|| "no length of time such as 90s, 5m or 1h30m".to_owned())
}

fn usage(words: impl std::fmt::Display) -> Failure {
    Failure::told(Exit::Usage, words)
}

impl SaleFlags {
    /// What is in doubt about the opening.
    pub(super) fn doubt(&self, setting: &Setting) -> Option<Doubt> {
        Doubt::of_opening("--opens-at", self.opens_at.as_deref()?, &setting.zone)
    }

    /// The terms that these flags say; what they do not say is the preset.
    ///
    /// # Errors
    /// They cannot be those of a sale.
    pub(super) fn terms(&self) -> Result<SaleTerms, Failure> {
        let preset = SaleTerms::preset(Bilingual::default(), currency(CURRENCY)?);
        self.over(preset)
    }

    /// Other terms with what these flags say.
    ///
    /// # Errors
    /// They cannot be those of a sale.
    pub(super) fn over(&self, mut terms: SaleTerms) -> Result<SaleTerms, Failure> {
        if let Some(code) = &self.currency {
            terms.currency = currency(code)?;
        }
        for (given, term) in [
            (&self.sale_title_ar, &mut terms.title.ar),
            (&self.sale_title_en, &mut terms.title.en),
            (&self.time_zone, &mut terms.time_zone),
        ] {
            if let Some(given) = given {
                term.clone_from(given);
            }
        }
        for (given, term) in [
            (self.ends_itself, &mut terms.ends_itself),
            (self.reserve_lift, &mut terms.reserve_lift),
            (self.maximum_may_fall, &mut terms.maximum_may_fall),
            (
                self.failed_attempt_opens_base,
                &mut terms.failed_attempt_opens_base,
            ),
            (self.no_limit_needed.map(|no| !no), &mut terms.limit_needed),
            (
                self.void_by_one_officer.map(|one| !one),
                &mut terms.void_needs_second,
            ),
        ] {
            *term = given.unwrap_or(*term);
        }
        match self.void_revives {
            Some(true) => terms.void_effect = VoidEffect::Booklet,
            Some(false) => terms.void_effect = VoidEffect::Strict,
            None => {}
        }
        for (given, term) in [
            (self.hammer_warnings, &mut terms.hammer_warnings),
            (self.floor_second_steps, &mut terms.floor_second_steps),
        ] {
            *term = given.unwrap_or(*term);
        }
        for (given, term) in [
            (self.reopen_window, &mut terms.reopen_window),
            (self.warning_age, &mut terms.warning_age),
            (self.floor_confirm_window, &mut terms.floor_confirm_window),
            (self.typing_error_window, &mut terms.typing_error_window),
            (self.reaffirm_window, &mut terms.reaffirm_window),
            (self.correction_minimum, &mut terms.correction_minimum),
            (self.resume_minimum, &mut terms.resume_minimum),
            (self.confirmation_window, &mut terms.confirmation_window),
            (self.timeliness_window, &mut terms.timeliness_window),
        ] {
            *term = given.unwrap_or(*term);
        }
        let setting = Setting::of(&terms).map_err(usage)?;
        terms.opens_at = match self.opens_at.as_deref() {
            None => terms.opens_at,
            Some(BY_HAND) => None,
            Some(text) => {
                let opens_at = parse_instant(text, &setting.zone);
                Some(opens_at.map_err(|error| usage(format!("--opens-at {text}: {error}")))?)
            }
        };
        terms.check().map_err(|error| match error {
            TermsError::Text if terms.title == Bilingual::default() => {
                usage("name the sale with --sale ID, or with --sale-title-ar or --sale-title-en")
            }
            other => usage(other),
        })?;
        Ok(terms)
    }
}

fn currency(code: &str) -> Result<Currency, Failure> {
    Currency::parse(code).ok_or_else(|| usage(format!("no currency {code}")))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        flags: SaleFlags,
    }

    fn terms(flags: &[&str]) -> SaleTerms {
        let words = ["import", "--sale-title-en", "Sale"].iter().chain(flags);
        let line = Line::try_parse_from(words).unwrap();
        line.flags.terms().unwrap()
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
            "--void-by-one-officer",
            "--floor-second-steps=5",
            "--hammer-warnings=1",
            "--warning-age=2s",
            "--reopen-window=15m",
            "--no-limit-needed",
            "--failed-attempt-opens-base",
            "--floor-confirm-window=10s",
            "--timeliness-window=1s",
            "--confirmation-window=20s",
            "--resume-minimum=10m",
            "--typing-error-window=2m",
            "--reaffirm-window=90s",
            "--correction-minimum=4m",
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
            correction_minimum: Span::minutes(4),
            void_effect: VoidEffect::Booklet,
            void_needs_second: false,
            reserve_lift: true,
            maximum_may_fall: true,
            floor_second_steps: 5,
            floor_confirm_window: Span::seconds(10),
            hammer_warnings: 1,
            warning_age: Span::seconds(2),
            reopen_window: Span::minutes(15),
            limit_needed: false,
            failed_attempt_opens_base: true,
        };
        assert!(all.opens_at.is_some());
        assert_eq!(all, expected);
    }

    #[test]
    fn an_opening_whose_day_and_month_could_change_places_is_in_doubt() {
        let doubt = |text: &str| {
            let flag = format!("--opens-at={text}");
            let line = Line::try_parse_from(["import", &flag]).unwrap();
            let terms = SaleTerms::preset(Bilingual::both("Sale"), Currency::parse("EGP").unwrap());
            line.flags.doubt(&Setting::of(&terms).unwrap())
        };
        let found = doubt("3/1/2027 10:00").unwrap();
        assert_eq!(
            (found.cell.as_str(), found.found.as_str()),
            ("--opens-at", "3/1/2027 10:00")
        );
        for clear in ["2027-01-03 10:00", "25/1/2027 10:00", "by-hand"] {
            assert_eq!(doubt(clear), None, "{clear}");
        }
    }

    #[test]
    fn what_is_not_said_stays_as_it_is() {
        let before = terms(&[
            "--ends-itself",
            "--opens-at=2027-03-01T10:00",
            "--warning-age=2s",
        ]);
        let over = |flags: &[&str]| {
            let words = ["import"].iter().chain(flags);
            let line = Line::try_parse_from(words).unwrap();
            line.flags.over(before.clone()).unwrap()
        };
        assert_eq!(over(&[]), before);
        let changed = over(&["--ends-itself=false", "--opens-at=by-hand"]);
        let expected = SaleTerms {
            ends_itself: false,
            opens_at: None,
            ..before.clone()
        };
        assert_eq!(changed, expected);
    }
}
