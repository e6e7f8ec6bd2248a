//! The results of a sale: what was knocked down, passed or withdrawn.

use maud::{Markup, html};
use mazad_proto::v1::{LotOutcome, LotPhase};

use super::lamp;
use crate::{
    data::{LotEntry, SalePage},
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
                bdi.figure { (visitor.number(u64::from(number))) } " · " bdi dir="auto" { (visitor.said(lot.terms.title.as_ref())) }
            } }
            td { (lamp::outcome(visitor, &lot.view)) }
            td.end.figure {
                @if lot.view.price > 0 { (visitor.money(lot.view.price, &sale.terms.currency)) } @else { "—" }
                @if lot.view.price > 0 && !is_knocked_down { br; span.soft.small { (visitor.t("price-highest")) } }
            }
            td.end { @if is_knocked_down { bdi.figure { (visitor.number(u64::from(lot.view.leader))) } } @else { "—" } }
        }
    }
}
