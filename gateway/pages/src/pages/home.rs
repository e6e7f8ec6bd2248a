//! The front page: the sales, and a search of their lots that needs no JavaScript.

use axum::extract::{Query, State, rejection::QueryRejection};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use mazad_proto::v1::SalePhase;
use serde::Deserialize;

use super::lamp;
use super::parts::{lot_number, moment, opening, price, when, whole};
use crate::{
    data::{Data, LotPage, SaleSummary},
    layout::{PUBLIC_STYLE, Page, render},
    visitor::Visitor,
};

/// What is looked for; the address may say other things too.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct HomeQuery {
    q: Option<String>,
}

/// `GET /`, and `GET /?q=`.
pub(crate) async fn home(
    State(data): State<Data>,
    visitor: Visitor,
    asked: Result<Query<HomeQuery>, QueryRejection>,
) -> Response {
    let sales = data.sales();
    let Query(HomeQuery { q }) = asked.unwrap_or_default();
    let words = q.unwrap_or_default();
    let found = match words.trim() {
        "" => None,
        _ => Some(data.search(words.clone()).await),
    };
    let page = Page {
        status: StatusCode::OK,
        title: visitor.t("home-title"),
        about: visitor.t("home-intro"),
        style: PUBLIC_STYLE,
        script: "public",
        class: "",
        dressed: true,
        body: html! {
            main.page.stack #main {
                div.page-head {
                    h1 { (visitor.t("home-title")) }
                    p.intro { (visitor.t("home-intro")) }
                }
                nav.doors { a.button href="/admin" data-door="admin clerk" hidden { (visitor.t("door-admin")) } }
                (search(&visitor, &words))
                @if let Some(found) = &found { (hits(&visitor, found.as_deref())) }
                @if sales.is_empty() {
                    p.card { (visitor.t("home-empty")) }
                } @else {
                    ul.sales { @for sale in &sales { (card(&visitor, sale)) } }
                }
            }
        },
    };
    render(&visitor, &page).into_response()
}

fn search(visitor: &Visitor, words: &str) -> Markup {
    html! {
        form.row action="/" role="search" {
            label.field {
                span { (visitor.t("search-lots")) }
                input.input type="search" name="q" value=(words) maxlength="256" dir="auto";
            }
            button.button type="submit" { (visitor.t("search-go")) }
        }
    }
}

/// What was found; `None`: nobody can look at this moment.
fn hits(visitor: &Visitor, found: Option<&[LotPage]>) -> Markup {
    let Some(found) = found else {
        return html! { p.band.is-warn role="status" { (visitor.t("search-away")) } };
    };
    html! {
        section.stack aria-labelledby="found" {
            h2 #found { (visitor.t("search-found")) }
            @if found.is_empty() { p.card { (visitor.t("search-nothing")) } }
            ul.sales { @for page in found { (hit(visitor, page)) } }
        }
    }
}

fn hit(visitor: &Visitor, page: &LotPage) -> Markup {
    let number = page.lot.view.lot;
    let (label, amount) = price(visitor, &page.lot, &page.terms.currency);
    let (name, when) = when(visitor, &page.lot, &page.terms.time_zone);
    html! {
        li.card.sale-card {
            h3 { a href=(format!("/sales/{}/lots/{number}", page.sale)) { bdi dir="auto" { (visitor.said(page.lot.terms.title.as_ref())) } } }
            p.soft.small { bdi dir="auto" { (visitor.said(page.terms.title.as_ref())) } " · " bdi { (lot_number(visitor, &page.lot)) } }
            p.small { span.soft { (name) } " " (when) }
            p.lot-card-price { span.soft { (label) } b.figure { (amount) }
                @if let Some(whole) = whole(visitor, &page.lot, &page.terms.currency) { span.soft.lot-card-whole { (whole) } }
            }
        }
    }
}

fn card(visitor: &Visitor, sale: &SaleSummary) -> Markup {
    let lots = visitor.counted("lots", u64::from(sale.lots));
    let counts = [
        ("lots", lots.clone().into()),
        ("sold", visitor.number(u64::from(sale.sold)).into()),
    ];
    html! {
        // The module keeps it as the sale goes on: what has a name here may change.
        li.card.sale-card data-sale=(sale.id) data-zone=(sale.time_zone) {
            div.row { (lamp::sale(visitor, sale.phase)) }
            h2 { a href=(format!("/sales/{}", sale.id)) { bdi dir="auto" { (visitor.said(Some(&sale.title))) } } }
            @if matches!(sale.phase, SalePhase::Announced | SalePhase::Unspecified) {
                p { (opening(visitor, sale.opens_at, &sale.time_zone)) }
            }
            @let is_ending = sale.phase == SalePhase::Open && sale.next_ends_at > 0;
            p.sale-next data-live="next" hidden[!is_ending] {
                span.soft { (visitor.t("sale-next-end")) } " "
                span data-live="next-at" { @if is_ending { (moment(visitor, sale.next_ends_at, &sale.time_zone)) } }
            }
            p.scripted data-live="left" hidden {}
            p.soft data-live="counts" { @if sale.sold == 0 { (lots) } @else { (visitor.tv("sale-summary", &counts)) } }
        }
    }
}
