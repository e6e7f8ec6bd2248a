//! R14: what an amendment changed, term by term, in the words of a reader.

use mazad_engine::domain::{
    Closes, EnglishTerms, Increments, LotTerms, MethodTerms, Mode, Money, Opens, Place, Running,
    SaleTerms, SoftClose, Span, Time, VoidEffect,
};

use crate::format::key;
use crate::locale::Locale;

/// A term that is another one now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its column in a table of lots; of a sale, the flag of `mazad import` without its dashes.
    pub column: &'static str,
    /// Its name.
    pub name: String,
    /// What stood.
    pub before: String,
    /// What stands from then on.
    pub after: String,
}

/// What differs between two terms of a lot, in the order of the columns of a table, in the currency and
/// the time zone of its sale. Of a base it tells the commitment, never the amount (R4).
pub fn lot_changes(
    locale: &Locale,
    (currency, zone): (&str, &str),
    before: &LotTerms,
    after: &LotTerms,
) -> Vec<Change> {
    let words = Words {
        locale,
        currency,
        zone,
    };
    differing(words.lot(before), words.lot(after))
}

/// What differs in the base of a lot for whoever knows it: that it is another one, never which (R4).
pub fn base_change(locale: &Locale, had: bool, has: bool) -> Change {
    let said = |there: bool, text: &str| locale.t(if there { text } else { key("term-none") });
    Change {
        column: "reserve",
        name: locale.t("term-reserve"),
        before: said(had, key("term-base-secret")),
        after: said(has, key("term-base-other")),
    }
}

/// What differs between two terms of a sale.
pub fn sale_changes(locale: &Locale, before: &SaleTerms, after: &SaleTerms) -> Vec<Change> {
    let terms = |sale: &SaleTerms| {
        let words = Words {
            locale,
            currency: sale.currency.code(),
            zone: &sale.time_zone,
        };
        words.sale(sale)
    };
    differing(terms(before), terms(after))
}

/// A term in words, with what tells it from another one that reads the same.
#[derive(Debug)]
struct Term {
    column: &'static str,
    name: String,
    said: String,
    value: String,
}

/// Both lists have the same terms in the same order.
fn differing(before: Vec<Term>, after: Vec<Term>) -> Vec<Change> {
    let pairs = before.into_iter().zip(after);
    let changed = pairs.filter(|(before, after)| before.value != after.value);
    let change = |(before, after): (Term, Term)| Change {
        column: after.column,
        name: after.name,
        before: before.said,
        after: after.said,
    };
    changed.map(change).collect()
}

#[derive(Debug, Clone, Copy)]
struct Words<'a> {
    locale: &'a Locale,
    currency: &'a str,
    zone: &'a str,
}

impl Words<'_> {
    fn term<T: std::fmt::Debug>(
        self,
        (column, name): (&'static str, &str),
        value: &T,
        said: String,
    ) -> Term {
        let said = if said.is_empty() {
            self.locale.t("term-none")
        } else {
            said
        };
        Term {
            column,
            name: self.locale.t(name),
            said,
            value: format!("{value:?}"),
        }
    }

    fn text(self, named: (&'static str, &str), value: &str) -> Term {
        self.term(named, &value, value.to_owned())
    }

    fn amount(self, named: (&'static str, &str), value: Option<Money>) -> Term {
        let said = value.map(|amount| self.money(amount));
        self.term(named, &value, said.unwrap_or_default())
    }

    /// 0: none.
    fn count(self, named: (&'static str, &str), value: u32) -> Term {
        let said = (value > 0).then(|| self.locale.number(u64::from(value)));
        self.term(named, &value, said.unwrap_or_default())
    }

    fn span(self, named: (&'static str, &str), value: Span) -> Term {
        self.term(named, &value, self.locale.duration(value.0))
    }

    fn yes(self, named: (&'static str, &str), value: bool) -> Term {
        let said = if value {
            key("term-yes")
        } else {
            key("term-no")
        };
        self.term(named, &value, self.locale.t(said))
    }

    fn money(self, amount: Money) -> String {
        self.locale.money(amount.minor(), self.currency)
    }

    fn moment(self, at: Time) -> String {
        self.locale.moment(at.0, self.zone)
    }

    fn lot(self, lot: &LotTerms) -> Vec<Term> {
        let MethodTerms::English(english) = &lot.method;
        let (low, high) = lot.estimate.unzip();
        let mut terms = vec![
            self.text(("lot", key("term-label")), &lot.label),
            self.text(("title_ar", key("term-title-ar")), &lot.title.ar),
            self.text(("title_en", key("term-title-en")), &lot.title.en),
            self.text(
                ("description_ar", key("term-description-ar")),
                &lot.description.ar,
            ),
            self.text(
                ("description_en", key("term-description-en")),
                &lot.description.en,
            ),
            self.text(("reference", key("fact-reference")), &lot.reference),
            self.term(
                ("kind", key("term-kind")),
                &lot.kind,
                self.locale.kind(&lot.kind),
            ),
            self.term(
                ("unit", key("fact-per")),
                &lot.unit,
                self.locale.unit(&lot.unit),
            ),
            self.quantity(lot),
            self.amount(("opening", key("fact-opening")), Some(english.opening)),
            self.base(english),
            self.amount(("estimate_low", key("term-estimate-low")), low),
            self.amount(("estimate_high", key("term-estimate-high")), high),
            self.amount(("ceiling", key("term-ceiling")), Some(lot.ceiling)),
            self.increments(&english.increments),
            self.first_bid(english),
            self.count(
                ("jump_times", key("term-jump-times")),
                english.jump_guard.times,
            ),
            self.count(
                ("jump_steps", key("term-jump-steps")),
                english.jump_guard.steps,
            ),
        ];
        terms.extend(self.running(&lot.running));
        terms.extend(self.place(lot.place.as_ref()));
        terms
    }

    fn quantity(self, lot: &LotTerms) -> Term {
        let unit = self.locale.unit(&lot.unit);
        let said = (lot.quantity_milli > 0).then(|| {
            self.locale
                .quantity(key("quantity-other"), lot.quantity_milli, &unit)
        });
        let named = ("quantity", key("fact-quantity"));
        self.term(named, &lot.quantity_milli, said.unwrap_or_default())
    }

    /// R4: enough of the commitment to tell it from another one.
    fn base(self, english: &EnglishTerms) -> Term {
        let commitment = english.reserve.map(|reserve| reserve.commitment);
        let said = commitment.map(|commitment| {
            let shown = commitment.iter().take(COMMITMENT_BYTES_SHOWN);
            let digest: String = shown.map(|byte| format!("{byte:02x}")).collect();
            self.locale.tv("term-base", &[("digest", digest.into())])
        });
        let named = ("reserve", key("term-reserve"));
        self.term(named, &commitment, said.unwrap_or_default())
    }

    fn increments(self, increments: &Increments) -> Term {
        let bands = increments.bands().iter().map(|band| {
            let values = [
                ("from", self.money(band.from).into()),
                ("step", self.money(band.step).into()),
            ];
            self.locale.tv("rule-band", &values)
        });
        let mode = match increments.mode {
            Mode::Additive => key("term-mode-additive"),
            Mode::Grid => key("term-mode-grid"),
            Mode::Clerk => key("term-mode-clerk"),
        };
        let bands: Vec<String> = bands.collect();
        let values = [
            ("mode", self.locale.t(mode).into()),
            ("bands", bands.join(" · ").into()),
        ];
        let said = self.locale.tv("term-increments-of", &values);
        self.term(("increments", key("term-increments")), increments, said)
    }

    fn first_bid(self, english: &EnglishTerms) -> Term {
        let above = english.first_bid_above_opening;
        let said = if above {
            key("term-first-above")
        } else {
            key("term-first-opening")
        };
        let named = ("first_bid", key("term-first-bid"));
        self.term(named, &above, self.locale.t(said))
    }

    fn running(self, running: &Running) -> Vec<Term> {
        let (way, opens, closes, soft, group) = match running {
            Running::Clerked => (key("method-clerked"), None, None, None, 0),
            Running::Timed {
                opens,
                closes,
                soft_close,
                group,
            } => (
                key("method-timed"),
                Some(*opens),
                Some(*closes),
                *soft_close,
                *group,
            ),
        };
        let opens_said = opens.map(|opens| match opens {
            Opens::At(at) => self.moment(at),
            Opens::AfterPrevious(gap) => {
                let gap = self.locale.duration(gap.0);
                self.locale
                    .tv("term-after-previous", &[("span", gap.into())])
            }
        });
        let closes_said = closes.map(|closes| match closes {
            Closes::At(at) => self.moment(at),
            Closes::After(length) => {
                let length = self.locale.duration(length.0);
                self.locale.tv("term-runs-for", &[("span", length.into())])
            }
        });
        let mut terms = vec![
            self.term(("way", key("fact-method")), &way, self.locale.t(way)),
            self.term(
                ("opens_at", key("term-opens-at")),
                &opens,
                opens_said.unwrap_or_default(),
            ),
            self.term(
                ("closes_at", key("term-closes-at")),
                &closes,
                closes_said.unwrap_or_default(),
            ),
        ];
        terms.extend(self.soft_close(soft));
        terms.push(self.count(("group", key("term-group")), group));
        terms
    }

    fn soft_close(self, soft: Option<SoftClose>) -> [Term; 4] {
        let said = soft.map(|soft| {
            let values = [
                ("window", self.locale.duration(soft.window.0).into()),
                ("extension", self.locale.duration(soft.extension.0).into()),
            ];
            self.locale.tv("term-soft-close-of", &values)
        });
        let extend_on = soft.map(|soft| soft.on_price_change);
        let extend_said = extend_on.map(|on_price| {
            let on = if on_price {
                key("term-on-price")
            } else {
                key("term-on-leader")
            };
            self.locale.t(on)
        });
        let most = soft.and_then(|soft| soft.extensions_max).unwrap_or(0);
        let stop = soft.and_then(|soft| soft.hard_stop);
        let stop_said = stop.map(|stop| self.moment(stop));
        [
            self.term(
                ("soft_close", key("term-soft-close")),
                &soft.map(|soft| (soft.window, soft.extension)),
                said.unwrap_or_default(),
            ),
            self.term(
                ("extend_on", key("term-extend-on")),
                &extend_on,
                extend_said.unwrap_or_default(),
            ),
            self.count(("extensions_max", key("term-extensions-max")), most),
            self.term(
                ("hard_stop", key("term-hard-stop")),
                &stop,
                stop_said.unwrap_or_default(),
            ),
        ]
    }

    fn place(self, place: Option<&Place>) -> [Term; 3] {
        let name = place.map(|place| &place.name);
        let point = place.and_then(Place::point);
        let degrees = |e6: i32| rust_decimal::Decimal::new(i64::from(e6), 6).normalize();
        let said = point.map(|(north, east)| format!("{}, {}", degrees(north), degrees(east)));
        [
            self.term(
                ("latitude", key("fact-point")),
                &point,
                said.unwrap_or_default(),
            ),
            self.text(
                ("place_ar", key("term-place-ar")),
                name.map_or("", |name| &name.ar),
            ),
            self.text(
                ("place_en", key("term-place-en")),
                name.map_or("", |name| &name.en),
            ),
        ]
    }

    fn sale(self, sale: &SaleTerms) -> Vec<Term> {
        let opens = sale.opens_at.map(|at| self.moment(at));
        let mut terms = vec![
            self.text(("sale-title-ar", key("term-title-ar")), &sale.title.ar),
            self.text(("sale-title-en", key("term-title-en")), &sale.title.en),
            self.text(("currency", key("term-currency")), sale.currency.code()),
            self.text(("time-zone", key("term-time-zone")), &sale.time_zone),
            self.term(
                ("opens-at", key("term-opens-at")),
                &sale.opens_at,
                opens.unwrap_or_else(|| self.locale.t("term-by-hand")),
            ),
            self.yes(("ends-itself", key("term-ends-itself")), sale.ends_itself),
            self.span(
                ("reopen-window", key("term-reopen-window")),
                sale.reopen_window,
            ),
            self.yes(
                ("reserve-lift", key("term-reserve-lift")),
                sale.reserve_lift,
            ),
            self.yes(
                (
                    "failed-attempt-opens-base",
                    key("term-failed-attempt-opens-base"),
                ),
                sale.failed_attempt_opens_base,
            ),
            self.yes(
                ("maximum-may-fall", key("term-maximum-may-fall")),
                sale.maximum_may_fall,
            ),
            self.yes(
                ("no-limit-needed", key("term-limit-needed")),
                sale.limit_needed,
            ),
        ];
        terms.extend(self.officers(sale));
        terms
    }

    /// What holds for those who run the sale (R12), and how long they have.
    fn officers(self, sale: &SaleTerms) -> Vec<Term> {
        let void = match sale.void_effect {
            VoidEffect::Strict => key("term-void-strict"),
            VoidEffect::Booklet => key("term-void-booklet"),
        };
        vec![
            self.count(
                ("hammer-warnings", key("term-hammer-warnings")),
                sale.hammer_warnings,
            ),
            self.span(("warning-age", key("term-warning-age")), sale.warning_age),
            self.count(
                ("floor-second-steps", key("term-floor-second-steps")),
                sale.floor_second_steps,
            ),
            self.span(
                ("floor-confirm-window", key("term-floor-confirm-window")),
                sale.floor_confirm_window,
            ),
            self.term(
                ("void-revives", key("term-void-effect")),
                &sale.void_effect,
                self.locale.t(void),
            ),
            self.yes(
                ("void-by-one-officer", key("term-void-needs-second")),
                sale.void_needs_second,
            ),
            self.span(
                ("typing-error-window", key("term-typing-error-window")),
                sale.typing_error_window,
            ),
            self.span(
                ("reaffirm-window", key("term-reaffirm-window")),
                sale.reaffirm_window,
            ),
            self.span(
                ("correction-minimum", key("term-correction-minimum")),
                sale.correction_minimum,
            ),
            self.span(
                ("resume-minimum", key("term-resume-minimum")),
                sale.resume_minimum,
            ),
            self.span(
                ("confirmation-window", key("term-confirmation-window")),
                sale.confirmation_window,
            ),
            self.span(
                ("timeliness-window", key("term-timeliness-window")),
                sale.timeliness_window,
            ),
        ]
    }
}

/// As many as people compare.
const COMMITMENT_BYTES_SHOWN: usize = 8;

#[cfg(test)]
#[path = "changes_tests.rs"]
mod tests;
