//! The front page: the sales.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use mazad_proto::v1::SalePhase;

use super::{PUBLIC, lamp};
use crate::web::{
    Data, SaleSummary,
    format::machine_time,
    layout::{PUBLIC_STYLE, Page, render},
    reader::Reader,
};

/// `GET /`.
pub(crate) async fn home(State(data): State<Data>, reader: Reader) -> Response {
    let sales = data.sales();
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
