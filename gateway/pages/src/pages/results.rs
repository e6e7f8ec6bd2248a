//! The results of a sale: what was knocked down, passed or withdrawn.

use maud::{Markup, html};
use mazad_proto::v1::{LotOutcome, LotPhase};
use mazad_texts::key;

use super::lamp;
use super::parts::{lot_number, moment};
use crate::{
    data::{LotEntry, SalePage, SoldTotal},
    rules,
    visitor::Visitor,
};

/// The table of results, or the word that there are none yet.
pub(super) fn section(visitor: &Visitor, sale: &SalePage) -> Markup {
    let closed: Vec<&LotEntry> = sale
        .lots
        .iter()
        .filter(|lot| lot.view.phase() == LotPhase::Closed)
        .collect();
    html! {
        section.card.stack aria-labelledby="results" {
            h2 #results { (visitor.t("sale-results")) }
            @if closed.is_empty() {
                p.soft { (visitor.t("result-none")) }
            } @else {
                div.scroll { table.table.results {
                    thead { tr {
                        th scope="col" { (visitor.t("result-lot")) }
                        th scope="col" { (visitor.t("result-outcome")) }
                        th.end scope="col" { (visitor.t("result-price")) }
                        th.end scope="col" { (visitor.t("result-buyer")) }
                    } }
                    tbody { @for lot in &closed { (row(visitor, sale, lot)) } }
                    tfoot { @for total in &sale.sold { (sum(visitor, total, &sale.terms.currency)) } }
                } }
            }
        }
    }
}

fn row(visitor: &Visitor, sale: &SalePage, lot: &LotEntry) -> Markup {
    let is_knocked_down = lot.view.outcome() == LotOutcome::KnockedDown;
    let number = lot.view.lot;
    html! {
        tr {
            td { a href=(format!("/sales/{}/lots/{number}", sale.id)) {
                bdi.figure { (lot_number(visitor, lot)) } " · " bdi dir="auto" { (visitor.said(lot.terms.title.as_ref())) }
            } }
            td data-label=(visitor.t("result-outcome")) { (lamp::outcome(visitor, &lot.view))
                @if lot.closed_at > 0 { br; span.soft.small { (moment(visitor, lot.closed_at, &sale.terms.time_zone)) } }
            }
            td.end data-label=(visitor.t("result-price")) {
                @if lot.view.price > 0 { (price(visitor, lot, &sale.terms.currency)) } @else { "—" }
                @if lot.view.price > 0 && !is_knocked_down { br; span.soft.small { (visitor.t("price-highest")) } }
            }
            td.end data-label=(visitor.t("result-buyer")) { @if is_knocked_down { bdi.figure { (visitor.number(u64::from(lot.view.leader))) } } @else { "—" } }
        }
    }
}

/// The highest bid that stood, and where the lot is sold by measure what that comes to.
fn price(visitor: &Visitor, lot: &LotEntry, currency: &str) -> Markup {
    let (minor, terms) = (lot.view.price, &lot.terms);
    html! {
        span.figure { (visitor.money(minor, currency)) }
        @if !terms.unit.is_empty() {
            " " span.soft.small { (visitor.tv("per-unit", &[("unit", visitor.unit(&terms.unit).into())])) }
        }
        @if let Some(whole) = rules::whole_price(visitor, minor, terms, currency) {
            br; span.soft.small { (whole) }
        }
    }
}

/// What the lots of one unit come to: never added to those of another.
fn sum(visitor: &Visitor, total: &SoldTotal, currency: &str) -> Markup {
    let lots = visitor.counted("lots", u64::from(total.lots));
    let unit = visitor.unit(&total.unit);
    let values = [("unit", unit.into()), ("lots", lots.into())];
    let (text, amount) = match total.whole {
        Some(whole) => (key("total-measured"), whole),
        None if total.unit.is_empty() => (key("total-outright"), total.price),
        None => (key("total-each"), total.price),
    };
    html! {
        tr {
            th colspan="2" scope="row" { (visitor.tv(text, &values)) }
            td.end.figure { (visitor.money(amount, currency)) }
            td {}
        }
    }
}
