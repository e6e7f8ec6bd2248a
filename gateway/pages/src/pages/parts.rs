//! What several pages show alike: a price, a moment, the way back.

use maud::{Markup, html};
use mazad_proto::v1::{LotOutcome, LotPhase, lot_terms};
use mazad_texts::{key, machine_time, minutes_ahead};
use uuid::Uuid;

use crate::data::LotEntry;
use crate::rules;
use crate::visitor::Visitor;

/// When a sale begins.
pub(super) fn opening(visitor: &Visitor, opens_at: u64, zone: &str) -> Markup {
    if opens_at == 0 {
        return html! { (visitor.t("sale-opens-by-hand")) };
    }
    let when = visitor.moment(opens_at, zone);
    let text = visitor.tv("sale-opens-at", &[("when", when.into())]);
    html! { (time_of(opens_at, zone, &text)) }
}

/// A moment in the zone of the sale; the page's module puts the reader's own hour behind it, if that is
/// another.
pub(super) fn moment(visitor: &Visitor, at: u64, zone: &str) -> Markup {
    time_of(at, zone, &visitor.moment(at, zone))
}

pub(super) fn time_of(at: u64, zone: &str, text: &str) -> Markup {
    html! { time datetime=(machine_time(at)) data-ahead=(minutes_ahead(at, zone)) { (text) } }
}

/// When a lot opens, ends or ended, as a name and a moment; without one, how it comes about.
pub(super) fn when(visitor: &Visitor, lot: &LotEntry, zone: &str) -> (String, Markup) {
    let view = &lot.view;
    let in_words = |text: &str| html! { (visitor.t(text)) };
    let (name, when) = match (view.phase(), view.ends_at, view.opens_at) {
        (LotPhase::Closed, ..) if lot.closed_at > 0 => {
            (key("time-ended"), moment(visitor, lot.closed_at, zone))
        }
        (LotPhase::Closed, ..) => (key("time-ended"), html! { "—" }),
        // While the sale is paused its end moves on.
        (LotPhase::Open, ..) if view.remains > 0 => {
            (key("time-ends-at"), in_words(key("time-stopped")))
        }
        (LotPhase::Open, 0, _) => (key("fact-method"), in_words(key("method-clerked"))),
        (LotPhase::Open, ends, _) => (key("time-ends-at"), moment(visitor, ends, zone)),
        (_, _, 0) => (key("time-opening"), in_words(key("time-in-turn"))),
        (_, _, opens) => (key("time-opening"), moment(visitor, opens, zone)),
    };
    (visitor.t(name), when)
}

/// The number that the catalogue prints for a lot, `12A`; else its own. It stands apart from the line
/// around it, and keeps its digits unless its letters are Arabic: in others `3-1-Q` would stand in
/// another order. The modules do the same.
pub(super) fn lot_number(visitor: &Visitor, lot: &LotEntry) -> String {
    let label = lot.terms.label.as_str();
    if label.is_empty() {
        return visitor.number(u64::from(lot.view.lot));
    }
    let is_arabic =
        label.contains(|c: char| c.is_alphabetic() && ('\u{600}'..='\u{6ff}').contains(&c));
    let shown = if is_arabic {
        visitor.with_digits(label)
    } else {
        label.to_owned()
    };
    format!("\u{2068}{shown}\u{2069}")
}

/// What stands where a price would, for the page's module: the price may fall away again.
pub(super) fn opening_of(lot: &LotEntry) -> Option<i64> {
    let method = lot.terms.method.as_ref();
    method.map(|lot_terms::Method::English(english)| english.opening)
}

/// For the page's module, which reads the page again when the lot has moved on past it.
pub(super) const fn phase_name(phase: LotPhase) -> &'static str {
    match phase {
        LotPhase::Upcoming | LotPhase::Unspecified => "UPCOMING",
        LotPhase::Open => "OPEN",
        LotPhase::Closed => "CLOSED",
    }
}

/// The price or opening of a lot times its quantity, where it is sold by measure: beside the price.
pub(super) fn whole(visitor: &Visitor, lot: &LotEntry, currency: &str) -> Option<String> {
    let minor = match lot.view.price {
        0 => opening_of(lot).unwrap_or_default(),
        price => price,
    };
    rules::whole_price(visitor, minor, &lot.terms, currency)
}

/// Says that what is on the page may be old. The page's module shows it unless the line is sure.
pub(super) fn line(visitor: &Visitor) -> Markup {
    html! { p.band.is-warn role="status" data-live="line" hidden { (visitor.t("line-stale")) } }
}

/// The price of a lot and what it is: opening, standing or final.
pub(super) fn price(visitor: &Visitor, lot: &LotEntry, currency: &str) -> (String, String) {
    let Some(opening) = opening_of(lot) else {
        return (
            visitor.t("price-now"),
            visitor.money(lot.view.price, currency),
        );
    };
    match (lot.view.price, lot.view.phase()) {
        (0, _) => (visitor.t("price-opening"), visitor.money(opening, currency)),
        (price, LotPhase::Closed) if lot.view.outcome() == LotOutcome::KnockedDown => {
            (visitor.t("price-final"), visitor.money(price, currency))
        }
        (price, LotPhase::Closed) => (visitor.t("price-highest"), visitor.money(price, currency)),
        (price, _) => (visitor.t("price-now"), visitor.money(price, currency)),
    }
}

/// Of a draft: that nobody else sees it, and where its staff find it.
pub(super) fn draft_band(visitor: &Visitor, sale: Uuid) -> Markup {
    html! {
        p.band.is-info role="status" { (visitor.t("draft-band")) " " a href=(format!("/clerk/{sale}")) { (visitor.t("door-clerk")) } }
    }
}

/// Whether an amount needs smaller type on a phone. The page's module has the same bound.
pub(super) fn is_long(amount: &str) -> bool {
    amount.chars().filter(|sign| sign.is_numeric()).count() > 8
}

/// The way back.
pub(super) fn crumbs(visitor: &Visitor, steps: &[(&str, String)]) -> Markup {
    html! {
        nav.crumbs aria-label=(visitor.t("crumbs")) {
            ol { @for (at, (href, text)) in steps.iter().enumerate() {
                @if at > 0 { li aria-hidden="true" { "/" } }
                li { a href=(href) { bdi dir="auto" { (text) } } }
            } }
        }
    }
}
