//! A sale: its state, its lots as cards, its results, and how bidding works in it.

use axum::extract::{Path, Query, State, rejection::QueryRejection};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use mazad_proto::v1::{PauseCause, SalePhase, SaleView};
use mazad_texts::sale_changes;
use serde::Deserialize;
use uuid::Uuid;

use super::amendments::{self, Told};
use super::fault::not_found;
use super::parts::{crumbs, draft_band, line, lot_number, opening, opening_of, price, when, whole};
use super::{lamp, results};
use crate::{
    data::{Data, LotEntry, SalePage},
    layout::{PUBLIC_STYLE, Page, icon, icon_that_turns, render},
    rules,
    visitor::Visitor,
};

/// Which page of the catalogue; the address may say other things too.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct CatalogueQuery {
    page: Option<usize>,
}

/// `GET /sales/{sale}`, and `GET /sales/{sale}?page=`.
pub(crate) async fn sale(
    State(data): State<Data>,
    Path(id): Path<String>,
    asked: Result<Query<CatalogueQuery>, QueryRejection>,
    visitor: Visitor,
) -> Response {
    let page = asked.ok().and_then(|Query(asked)| asked.page).unwrap_or(1);
    let sale = id.parse().ok().and_then(|id| data.page_of_sale(id, page));
    let Some(sale) = sale else {
        return not_found(&visitor);
    };
    let title = visitor.said(sale.terms.title.as_ref()).to_owned();
    let page = Page {
        status: StatusCode::OK,
        about: title.clone(),
        title,
        style: PUBLIC_STYLE,
        script: "public",
        class: "",
        dressed: true,
        body: body(&visitor, &sale),
    };
    render(&visitor, &page)
}

/// Why the sale is paused: in the clerk's words, or of a pause of the engine's own by its cause.
fn pause_note(visitor: &Visitor, board: &SaleView) -> Option<String> {
    match board.pause_cause() {
        PauseCause::Outage => Some(visitor.t("sale-paused-outage")),
        PauseCause::Clock => Some(visitor.t("sale-paused-clock")),
        PauseCause::Unspecified | PauseCause::Staff => {
            (!board.pause_reason.is_empty()).then(|| board.pause_reason.clone())
        }
    }
}

fn body(visitor: &Visitor, sale: &SalePage) -> Markup {
    let phase = sale.board.phase();
    let ended = phase == SalePhase::Ended;
    let is_draft = phase == SalePhase::Draft;
    html! {
        // A draft is nobody's to follow.
        main.page.stack #main data-live-sale=[(!is_draft).then_some(sale.id)] data-amendments=(sale.board.amendments) data-currency=(sale.terms.currency) data-zone=(sale.terms.time_zone) {
            @if is_draft { (draft_band(visitor, sale.id)) }
            (line(visitor))
            (crumbs(visitor, &[("/", visitor.t("crumb-home"))]))
            div.page-head {
                div.row { (lamp::sale(visitor, phase)) }
                h1 { bdi dir="auto" { (visitor.said(sale.terms.title.as_ref())) } }
                @if matches!(phase, SalePhase::Announced | SalePhase::Unspecified) {
                    p { (opening(visitor, sale.board.opens_at, &sale.terms.time_zone)) }
                }
                @if let Some(why) = pause_note(visitor, &sale.board) {
                    p.notice.is-warn { (icon("paused")) bdi dir="auto" { (why) } }
                }
            }
            (doors(visitor, sale.id, ended))
            @if ended { (results::section(visitor, sale)) }
            section.stack aria-labelledby="lots" {
                h2 #lots { (visitor.t("sale-lots")) }
                ul.lot-cards data-before=(sale.part.before) data-lots=(sale.part.lots) { @for lot in &sale.lots { (card(visitor, sale, lot, phase)) } }
                (other_pages(visitor, sale))
            }
            @if !ended { (results::section(visitor, sale)) }
            section.card.stack aria-labelledby="rules" {
                h2 #rules { (visitor.t("sale-rules")) }
                (rules::of_sale(visitor, &sale.terms, &sale.lots))
            }
            (amended(visitor, sale))
        }
    }
}

/// R14: whatever was amended of its terms.
fn amended(visitor: &Visitor, sale: &SalePage) -> Markup {
    let told = sale.amendments.iter().map(|amendment| Told {
        at: amendment.at.0,
        changes: sale_changes(&visitor.locale, &amendment.before, &amendment.terms),
        reason: &amendment.reason,
    });
    amendments::section(visitor, &sale.terms.time_zone, told)
}

/// The way to the other pages of a catalogue that has several.
fn other_pages(visitor: &Visitor, sale: &SalePage) -> Markup {
    let (page, pages) = (sale.part.page, sale.part.pages);
    let link = |page: usize| format!("/sales/{}?page={page}#lots", sale.id);
    let number = |number: usize| visitor.number(u64::try_from(number).unwrap_or(u64::MAX));
    let values = [
        ("page", number(page).into()),
        ("pages", number(pages).into()),
    ];
    html! {
        @if pages > 1 {
            nav.row aria-label=(visitor.t("sale-pages")) {
                @if page > 1 { a.button href=(link(page.saturating_sub(1))) rel="prev" { span.turn { (icon_that_turns("next")) } (visitor.t("page-before")) } }
                span.soft { (visitor.tv("page-of-pages", &values)) }
                @if page < pages { a.button href=(link(page.saturating_add(1))) rel="next" { (visitor.t("page-after")) (icon_that_turns("next")) } }
            }
        }
    }
}

/// The rooms of this sale. Those of the staff stay shut until the page's module knows who reads.
fn doors(visitor: &Visitor, sale: Uuid, ended: bool) -> Markup {
    html! {
        nav.doors {
            a.button.button-main href=(format!("/bid/{sale}")) data-live="sale-door" hidden[ended] { (visitor.t("door-bid")) }
            a.button href=(format!("/hall/{sale}")) { (visitor.t("door-hall")) }
            a.button href=(format!("/clerk/{sale}")) data-door="clerk auctioneer admin" hidden { (visitor.t("door-clerk")) }
            a.button href=(format!("/analyst/{sale}")) data-door="analyst clerk auctioneer admin" hidden { (visitor.t("door-analyst")) }
        }
    }
}

fn card(visitor: &Visitor, sale: &SalePage, lot: &LotEntry, phase: SalePhase) -> Markup {
    let number = lot.view.lot;
    let (symbol, kind) = rules::kind(visitor, &lot.terms.kind);
    let (label, amount) = price(visitor, lot, &sale.terms.currency);
    let (name, when) = when(visitor, lot, &sale.terms.time_zone);
    html! {
        li.card.lot-card data-lot=(number) data-attempt=(lot.view.attempt) data-amendments=(lot.view.amendments) data-opening=[opening_of(lot)] data-unit=(lot.terms.unit) data-quantity=(lot.terms.quantity_milli) {
            div.lot-card-top {
                (icon(symbol))
                span.lot-card-number { bdi { (lot_number(visitor, lot)) } }
                (lamp::lot(visitor, &lot.view, phase))
            }
            h3 { a href=(format!("/sales/{}/lots/{number}", sale.id)) { bdi dir="auto" { (visitor.said(lot.terms.title.as_ref())) } } }
            p.soft.small {
                (kind)
                @if let Some(place) = &lot.terms.place { " · " bdi dir="auto" { (visitor.said(place.name.as_ref())) } }
            }
            p.small.lot-card-when { span.soft data-live="when-name" { (name) } " " span data-live="when" { (when) } }
            p.lot-card-price { span.soft data-live="price-label" { (label) } b.figure data-live="price" { (amount) }
                @if let Some(whole) = whole(visitor, lot, &sale.terms.currency) { span.soft.lot-card-whole data-live="whole" { (whole) } }
            }
        }
    }
}
