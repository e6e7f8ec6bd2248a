//! The results of a sale: what was knocked down, passed or withdrawn.

use maud::{Markup, html};
use mazad_proto::v1::{LotOutcome, LotPhase};

use super::lamp;
use crate::web::{LotEntry, SalePage, reader::Reader};

/// The table of results, or the word that there are none yet.
pub(super) fn section(reader: &Reader, sale: &SalePage) -> Markup {
    let closed: Vec<&LotEntry> = sale
        .lots
        .iter()
        .filter(|lot| lot.view.phase() == LotPhase::Closed)
        .collect();
    html! {
        section.card.stack aria-labelledby="results" {
            h2 #results { (reader.t("sale-results")) }
            @if closed.is_empty() {
                p.soft { (reader.t("result-none")) }
            } @else {
                div.scroll { table.table.results {
                    thead { tr {
                        th scope="col" { (reader.t("result-lot")) }
                        th scope="col" { (reader.t("result-outcome")) }
                        th.end scope="col" { (reader.t("result-price")) }
                        th.end scope="col" { (reader.t("result-buyer")) }
                    } }
                    tbody { @for lot in &closed { (row(reader, sale, lot)) } }
                } }
            }
        }
    }
}

fn row(reader: &Reader, sale: &SalePage, lot: &LotEntry) -> Markup {
    let sold = lot.view.outcome() == LotOutcome::Sold;
    let number = lot.view.lot;
    html! {
        tr {
            td { a href=(format!("/sales/{}/lots/{number}", sale.id)) {
                bdi.figure { (reader.number(u64::from(number))) } " · " bdi dir="auto" { (reader.said(lot.terms.title.as_ref())) }
            } }
            td { (lamp::outcome(reader, &lot.view)) }
            td.end.figure { @if sold { (reader.money(lot.view.price, &sale.terms.currency)) } @else { "—" } }
            td.end { @if sold { bdi.figure { (reader.number(u64::from(lot.view.leader))) } } @else { "—" } }
        }
    }
}
