//! How bidding works here, from the sale's own terms, and the facts of a lot.

use maud::{Markup, html};
use mazad_proto::v1::{
    English, IncrementMode, LotTerms, Place, Running, SaleTerms, SoftClose, Timed, VoidEffect,
    lot_terms, running,
};
use mazad_texts::{key, unit_texts};
use rust_decimal::Decimal;

use super::data::{LotEntry, whole};
use super::visitor::Visitor;

/// Icon and name of a kind of lot.
pub(super) fn kind(visitor: &Visitor, kind: &str) -> (&'static str, String) {
    let icon = match kind {
        "land-lease" | "land" => "land",
        "kiosk" => "kiosk",
        "quarry" => "quarry",
        "scrap" => "scrap",
        "vehicle" => "vehicle",
        "site" => "site",
        "building" => "building",
        _ => "lot",
    };
    (icon, visitor.kind(kind))
}

fn quantity(visitor: &Visitor, lot: &LotTerms) -> String {
    let text = unit_texts(&lot.unit).map_or(key("quantity-other"), |(_, counted)| counted);
    visitor.quantity(text, lot.quantity_milli, &lot.unit)
}

/// What an amount for a lot comes to, in words; `None`: the lot is not sold by measure.
pub(super) fn whole_price(
    visitor: &Visitor,
    minor: i64,
    lot: &LotTerms,
    currency: &str,
) -> Option<String> {
    let amount = visitor.money(whole(minor, lot)?, currency);
    let values = [
        ("quantity", quantity(visitor, lot).into()),
        ("amount", amount.into()),
    ];
    Some(visitor.tv("whole-price", &values))
}

fn english(terms: &LotTerms) -> Option<&English> {
    match &terms.method {
        Some(lot_terms::Method::English(english)) => Some(english),
        None => None,
    }
}

/// R4: what was published of a secret base.
pub(super) fn commitment(terms: &LotTerms) -> Option<&[u8]> {
    let sealed = english(terms)?.reserve.as_ref()?;
    Some(sealed.commitment.as_ref())
}

fn timed(terms: &LotTerms) -> Option<&Timed> {
    match &terms.running {
        Some(Running {
            way: Some(running::Way::Timed(timed)),
        }) => Some(timed),
        Some(Running {
            way: Some(running::Way::Clerked(_)) | None,
        })
        | None => None,
    }
}

pub(super) fn facts(visitor: &Visitor, sale: &SaleTerms, lot: &LotTerms) -> Markup {
    let fact = |name: &str, value: String| html! { div { dt { (visitor.t(name)) } dd { bdi dir="auto" { (value) } } } };
    let estimate = || {
        let low = visitor.money(lot.estimate_low, &sale.currency);
        format!(
            "{low} – {}",
            visitor.money(lot.estimate_high, &sale.currency)
        )
    };
    let method = if timed(lot).is_some() {
        key("method-timed")
    } else {
        key("method-clerked")
    };
    html! {
        dl.facts {
            @if let Some(english) = english(lot) { (fact(key("fact-opening"), visitor.money(english.opening, &sale.currency))) }
            @if !lot.unit.is_empty() { (fact(key("fact-per"), visitor.unit(&lot.unit))) }
            @if lot.quantity_milli > 0 { (fact(key("fact-quantity"), quantity(visitor, lot))) }
            @if lot.estimate_high > 0 { (fact(key("fact-estimate"), estimate())) }
            @if !lot.reference.is_empty() { (fact(key("fact-reference"), lot.reference.clone())) }
            @if let Some(place) = &lot.place {
                @if !visitor.said(place.name.as_ref()).is_empty() { (fact(key("fact-place"), visitor.said(place.name.as_ref()).to_owned())) }
                (point(visitor, place))
            }
            (fact(key("fact-method"), visitor.t(method)))
        }
    }
}

/// A link that maps open: a page names no map of somebody else. Nothing for a place without a point.
fn point(visitor: &Visitor, place: &Place) -> Markup {
    if (place.latitude_e6, place.longitude_e6) == (0, 0) {
        return html! {};
    }
    let degrees = |e6: i32| Decimal::new(i64::from(e6), 6).normalize().to_string();
    let (north, east) = (degrees(place.latitude_e6), degrees(place.longitude_e6));
    html! {
        div { dt { (visitor.t("fact-point")) } dd { a href=(format!("geo:{north},{east}")) dir="ltr" { (north) ", " (east) } } }
    }
}

/// The rules of one lot.
pub(super) fn of_lot(visitor: &Visitor, sale: &SaleTerms, lot: &LotTerms) -> Markup {
    html! {
        ul.rules {
            (running_rules(visitor, sale, lot))
            @if let Some(english) = english(lot) { (english_rules(visitor, sale, english)) }
            li { (visitor.t("rule-record")) }
        }
    }
}

/// The rules that all lots of a sale share.
pub(super) fn of_sale(visitor: &Visitor, sale: &SaleTerms, lots: &[LotEntry]) -> Markup {
    let any_timed = lots.iter().any(|lot| timed(&lot.terms).is_some());
    let any_clerked = lots.iter().any(|lot| timed(&lot.terms).is_none());
    html! {
        ul.rules {
            @if any_clerked { li { (visitor.t("rule-clerked")) } }
            @if any_timed { li { (visitor.t("rule-timed")) } }
            li { (visitor.t("rule-maximum")) }
            @match sale.void_effect() {
                VoidEffect::Strict => li { (visitor.t("rule-void-strict")) },
                VoidEffect::Booklet => li { (visitor.t("rule-void-booklet")) },
                VoidEffect::Unspecified => {},
            }
            li { (visitor.t("rule-record")) }
        }
    }
}

fn running_rules(visitor: &Visitor, sale: &SaleTerms, lot: &LotTerms) -> Markup {
    let Some(timed) = timed(lot) else {
        return html! { li { (visitor.t("rule-clerked")) } };
    };
    html! {
        li { (visitor.t("rule-timed")) }
        @if let Some(soft) = &timed.soft_close {
            (soft_close_rules(visitor, sale, soft))
            @if timed.group > 0 { li { (visitor.t("rule-group")) } }
        }
    }
}

/// R3.1, R3.4: what a late bid does to the end, and how far.
fn soft_close_rules(visitor: &Visitor, sale: &SaleTerms, soft: &SoftClose) -> Markup {
    let rule = if soft.on_price_change {
        key("soft-close-price-rule")
    } else {
        key("soft-close-rule")
    };
    let spans = [
        ("window", visitor.duration(soft.window).into()),
        ("extension", visitor.duration(soft.extension).into()),
    ];
    html! {
        li { (visitor.tv(rule, &spans)) }
        @if soft.extensions_max > 0 {
            li { (visitor.counted("rule-extensions-max", u64::from(soft.extensions_max))) }
        }
        @if soft.hard_stop > 0 {
            li { (visitor.tv("rule-hard-stop", &[("when", visitor.moment(soft.hard_stop, &sale.time_zone).into())])) }
        }
    }
}

fn english_rules(visitor: &Visitor, sale: &SaleTerms, english: &English) -> Markup {
    let opening = [(
        "opening",
        visitor.money(english.opening, &sale.currency).into(),
    )];
    let first = if english.first_bid_above_opening {
        key("rule-opening-above")
    } else {
        key("rule-opening")
    };
    html! {
        li { (visitor.tv(first, &opening)) }
        @if let Some(increments) = &english.increments {
            li { (visitor.t("rule-steps"))
                ul { @for band in &increments.bands {
                    li { (visitor.tv("rule-band", &[("from", visitor.money(band.from, &sale.currency).into()), ("step", visitor.money(band.step, &sale.currency).into())])) }
                } }
            }
            @match increments.mode() {
                IncrementMode::Grid => li { (visitor.t("rule-grid")) },
                IncrementMode::Clerk => li { (visitor.t("rule-clerk-ask")) },
                IncrementMode::Additive | IncrementMode::Unspecified => {},
            }
        }
        li { (visitor.t("rule-maximum")) }
        @if english.jump_guard.is_some() { li { (visitor.t("rule-jump")) } }
        @if english.reserve.is_some() {
            li { (visitor.t("rule-reserve")) }
            @if sale.reserve_lift { li { (visitor.t("rule-reserve-lift")) } }
        }
    }
}
