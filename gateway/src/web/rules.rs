//! How bidding works here, from the sale's own terms, and the facts of a lot.

use maud::{Markup, html};
use mazad_proto::v1::{
    English, IncrementMode, LotTerms, Place, Running, SaleTerms, SoftClose, Timed, VoidEffect,
    lot_terms, running,
};

use rust_decimal::Decimal;

use super::{LotEntry, format::key, reader::Reader};

/// Icon and name of a kind of lot; a kind that is not known is shown as the seller wrote it.
pub(super) fn kind(reader: &Reader, kind: &str) -> (&'static str, String) {
    let (icon, text) = match kind {
        "land-lease" => ("land", key("kind-land-lease")),
        "land" => ("land", key("kind-land")),
        "kiosk" => ("kiosk", key("kind-kiosk")),
        "quarry" => ("quarry", key("kind-quarry")),
        "scrap" => ("scrap", key("kind-scrap")),
        "vehicle" => ("vehicle", key("kind-vehicle")),
        "site" => ("site", key("kind-site")),
        "building" => ("building", key("kind-building")),
        "" => ("lot", key("kind-other")),
        other => return ("lot", other.to_owned()),
    };
    (icon, reader.t(text))
}

/// The texts that name a unit and that count in it; `None`: it is shown as the seller wrote it.
fn unit_texts(unit: &str) -> Option<(&'static str, &'static str)> {
    Some(match unit {
        "year" => (key("unit-year"), key("quantity-year")),
        "month" => (key("unit-month"), key("quantity-month")),
        "tonne" => (key("unit-tonne"), key("quantity-tonne")),
        "feddan" => (key("unit-feddan"), key("quantity-feddan")),
        "metre" => (key("unit-metre"), key("quantity-metre")),
        "piece" => (key("unit-piece"), key("quantity-piece")),
        _ => return None,
    })
}

fn unit(reader: &Reader, unit: &str) -> String {
    unit_texts(unit).map_or_else(|| unit.to_owned(), |(name, _)| reader.t(name))
}

fn quantity(reader: &Reader, lot: &LotTerms) -> String {
    let text = unit_texts(&lot.unit).map_or(key("quantity-other"), |(_, counted)| counted);
    reader.quantity(text, lot.quantity_milli, &lot.unit)
}

fn english(terms: &LotTerms) -> Option<&English> {
    match &terms.method {
        Some(lot_terms::Method::English(english)) => Some(english),
        None => None,
    }
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

/// Names and values.
pub(super) fn facts(reader: &Reader, sale: &SaleTerms, lot: &LotTerms) -> Markup {
    let fact = |name: &str, value: String| html! { div { dt { (reader.t(name)) } dd { bdi dir="auto" { (value) } } } };
    let estimate = || {
        let low = reader.money(lot.estimate_low, &sale.currency);
        format!(
            "{low} – {}",
            reader.money(lot.estimate_high, &sale.currency)
        )
    };
    let method = if timed(lot).is_some() {
        key("method-timed")
    } else {
        key("method-clerked")
    };
    html! {
        dl.facts {
            @if let Some(english) = english(lot) { (fact(key("fact-opening"), reader.money(english.opening, &sale.currency))) }
            @if !lot.unit.is_empty() { (fact(key("fact-per"), unit(reader, &lot.unit))) }
            @if lot.quantity_milli > 0 { (fact(key("fact-quantity"), quantity(reader, lot))) }
            @if lot.estimate_high > 0 { (fact(key("fact-estimate"), estimate())) }
            @if !lot.reference.is_empty() { (fact(key("fact-reference"), lot.reference.clone())) }
            @if let Some(place) = &lot.place {
                (fact(key("fact-place"), reader.said(place.name.as_ref()).to_owned()))
                (point(reader, place))
            }
            (fact(key("fact-method"), reader.t(method)))
        }
    }
}

/// A link that maps open: a page names no map of somebody else. Nothing for a place without a point.
fn point(reader: &Reader, place: &Place) -> Markup {
    if (place.latitude_e6, place.longitude_e6) == (0, 0) {
        return html! {};
    }
    let degrees = |e6: i32| Decimal::new(i64::from(e6), 6).normalize().to_string();
    let (north, east) = (degrees(place.latitude_e6), degrees(place.longitude_e6));
    html! {
        div { dt { (reader.t("fact-point")) } dd { a href=(format!("geo:{north},{east}")) dir="ltr" { (north) ", " (east) } } }
    }
}

/// The rules of one lot.
pub(super) fn of_lot(reader: &Reader, sale: &SaleTerms, lot: &LotTerms) -> Markup {
    html! {
        ul.rules {
            (running_rules(reader, sale, lot))
            @if let Some(english) = english(lot) { (english_rules(reader, sale, english)) }
            li { (reader.t("rule-record")) }
        }
    }
}

/// The rules that all lots of a sale share.
pub(super) fn of_sale(reader: &Reader, sale: &SaleTerms, lots: &[LotEntry]) -> Markup {
    let any_timed = lots.iter().any(|lot| timed(&lot.terms).is_some());
    let any_clerked = lots.iter().any(|lot| timed(&lot.terms).is_none());
    html! {
        ul.rules {
            @if any_clerked { li { (reader.t("rule-clerked")) } }
            @if any_timed { li { (reader.t("rule-timed")) } }
            li { (reader.t("rule-maximum")) }
            @match sale.void_effect() {
                VoidEffect::Strict => li { (reader.t("rule-void-strict")) },
                VoidEffect::Booklet => li { (reader.t("rule-void-booklet")) },
                VoidEffect::Unspecified => {},
            }
            li { (reader.t("rule-record")) }
        }
    }
}

fn running_rules(reader: &Reader, sale: &SaleTerms, lot: &LotTerms) -> Markup {
    let Some(timed) = timed(lot) else {
        return html! { li { (reader.t("rule-clerked")) } };
    };
    html! {
        li { (reader.t("rule-timed")) }
        @if let Some(soft) = &timed.soft_close {
            (soft_close_rules(reader, sale, soft))
            @if timed.group > 0 { li { (reader.t("rule-group")) } }
        }
    }
}

/// R3.1, R3.4: what a late bid does to the end, and how far.
fn soft_close_rules(reader: &Reader, sale: &SaleTerms, soft: &SoftClose) -> Markup {
    let rule = if soft.on_price_change {
        key("soft-close-price-rule")
    } else {
        key("soft-close-rule")
    };
    let spans = [
        ("window", reader.duration(soft.window).into()),
        ("extension", reader.duration(soft.extension).into()),
    ];
    html! {
        li { (reader.tv(rule, &spans)) }
        @if soft.extensions_max > 0 {
            li { (reader.counted("rule-extensions-max", u64::from(soft.extensions_max))) }
        }
        @if soft.hard_stop > 0 {
            li { (reader.tv("rule-hard-stop", &[("when", reader.moment(soft.hard_stop, &sale.time_zone).into())])) }
        }
    }
}

fn english_rules(reader: &Reader, sale: &SaleTerms, english: &English) -> Markup {
    let opening = [(
        "opening",
        reader.money(english.opening, &sale.currency).into(),
    )];
    let first = if english.first_bid_above_opening {
        key("rule-opening-above")
    } else {
        key("rule-opening")
    };
    html! {
        li { (reader.tv(first, &opening)) }
        @if let Some(increments) = &english.increments {
            li { (reader.t("rule-steps"))
                ul { @for band in &increments.bands {
                    li { (reader.tv("rule-band", &[("from", reader.money(band.from, &sale.currency).into()), ("step", reader.money(band.step, &sale.currency).into())])) }
                } }
            }
            @match increments.mode() {
                IncrementMode::Grid => li { (reader.t("rule-grid")) },
                IncrementMode::Clerk => li { (reader.t("rule-clerk-ask")) },
                IncrementMode::Additive | IncrementMode::Unspecified => {},
            }
        }
        li { (reader.t("rule-maximum")) }
        @if english.jump_guard.is_some() { li { (reader.t("rule-jump")) } }
        @if english.reserve.is_some() {
            li { (reader.t("rule-reserve")) }
            @if sale.reserve_lift { li { (reader.t("rule-reserve-lift")) } }
        }
    }
}
