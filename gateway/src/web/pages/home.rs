//! The front page: the sales, and a search of their lots that needs no JavaScript.

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use mazad_proto::v1::SalePhase;
use serde::Deserialize;

use super::{PUBLIC, lamp, sale::price};
use crate::web::{
    Data, LotPage, SaleSummary,
    format::machine_time,
    layout::{PUBLIC_STYLE, Page, render},
    reader::Reader,
};

/// What is looked for; the address may say other things too.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    q: Option<String>,
}

/// `GET /`, and `GET /?q=`.
pub(crate) async fn home(
    State(data): State<Data>,
    reader: Reader,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let sales = data.sales();
    let Query(Asked { q }) = asked.unwrap_or_default();
    let words = q.unwrap_or_default();
    let found = match words.trim() {
        "" => None,
        _ => Some(data.search(words.clone()).await),
    };
    let page = Page {
        status: StatusCode::OK,
        title: reader.t("home-title"),
        about: reader.t("home-intro"),
        style: PUBLIC_STYLE,
        script: &PUBLIC,
        class: "",
        dressed: true,
        body: html! {
            main.page.stack #main {
                div.page-head {
                    h1 { (reader.t("home-title")) }
                    p.intro { (reader.t("home-intro")) }
                }
                (search(&reader, &words))
                @if let Some(found) = &found { (hits(&reader, found.as_deref())) }
                @if sales.is_empty() {
                    p.card { (reader.t("home-empty")) }
                } @else {
                    ul.sales { @for sale in &sales { (card(&reader, sale)) } }
                }
            }
        },
    };
    render(&reader, &page).into_response()
}

fn search(reader: &Reader, words: &str) -> Markup {
    html! {
        form.row action="/" role="search" {
            label.field {
                span { (reader.t("search-lots")) }
                input.input type="search" name="q" value=(words) maxlength="256" dir="auto";
            }
            button.button type="submit" { (reader.t("search-go")) }
        }
    }
}

/// What was found; `None`: nobody can look at this moment.
fn hits(reader: &Reader, found: Option<&[LotPage]>) -> Markup {
    let Some(found) = found else {
        return html! { p.band.is-warn role="status" { (reader.t("search-away")) } };
    };
    html! {
        section.stack aria-labelledby="found" {
            h2 #found { (reader.t("search-found")) }
            @if found.is_empty() { p.card { (reader.t("search-nothing")) } }
            ul.sales { @for page in found { (hit(reader, page)) } }
        }
    }
}

fn hit(reader: &Reader, page: &LotPage) -> Markup {
    let number = page.lot.view.lot;
    let (label, amount) = price(reader, &page.lot, &page.terms.currency);
    html! {
        li.card.sale-card {
            h3 { a href=(format!("/sales/{}/lots/{number}", page.sale)) { bdi dir="auto" { (reader.said(page.lot.terms.title.as_ref())) } } }
            p.soft.small { bdi dir="auto" { (reader.said(page.terms.title.as_ref())) } " · " bdi { (reader.number(u64::from(number))) } }
            p.lot-card-price { span.soft { (label) } b.figure { (amount) } }
        }
    }
}

fn card(reader: &Reader, sale: &SaleSummary) -> Markup {
    let lots = reader.counted("lots", u64::from(sale.lots));
    let counts = [
        ("lots", lots.clone().into()),
        ("sold", reader.number(u64::from(sale.sold)).into()),
    ];
    html! {
        li.card.sale-card {
            div.row { (lamp::sale(reader, sale.phase)) }
            h2 { a href=(format!("/sales/{}", sale.id)) { bdi dir="auto" { (reader.said(Some(&sale.title))) } } }
            @if matches!(sale.phase, SalePhase::Announced | SalePhase::Unspecified) {
                p { (opening(reader, sale.opens_at, &sale.time_zone)) }
            }
            p.soft { @if sale.sold == 0 { (lots) } @else { (reader.tv("sale-summary", &counts)) } }
        }
    }
}

/// When a sale begins.
pub(super) fn opening(reader: &Reader, opens_at: u64, zone: &str) -> Markup {
    if opens_at == 0 {
        return html! { (reader.t("sale-opens-by-hand")) };
    }
    let when = reader.moment(opens_at, zone);
    html! { time datetime=(machine_time(opens_at)) { (reader.tv("sale-opens-at", &[("when", when.into())])) } }
}
