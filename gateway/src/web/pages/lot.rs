//! A lot: price and time first, then what it is, its terms, and how to bid on it.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use maud::{Markup, html};
use mazad_proto::v1::{LotPhase, LotView};

use super::{
    PUBLIC, lamp, not_found,
    sale::{crumbs, line, opening_of, price},
};
use crate::web::{
    Data, LotPage,
    format::{key, machine_time},
    layout::{PUBLIC_STYLE, Page, icon, icon_that_turns, render},
    reader::Reader,
    rules,
};

/// `GET /sales/{sale}/lots/{lot}`.
pub(crate) async fn lot(
    State(data): State<Data>,
    Path((sale, number)): Path<(String, String)>,
    reader: Reader,
) -> Response {
    let asked = sale.parse().ok().zip(number.parse().ok());
    let Some(lot) = asked.and_then(|(sale, lot)| data.lot(sale, lot)) else {
        return not_found(&reader);
    };
    let name = reader.said(lot.lot.terms.title.as_ref()).to_owned();
    let page = Page {
        status: StatusCode::OK,
        title: format!("{} · {name}", heading(&reader, lot.lot.view.lot)),
        about: reader.said(lot.lot.terms.description.as_ref()).to_owned(),
        style: PUBLIC_STYLE,
        script: &PUBLIC,
        class: "",
        dressed: true,
        body: body(&reader, &lot),
    };
    render(&reader, &page)
}

fn heading(reader: &Reader, lot: u32) -> String {
    reader.tv("lot-n", &[("lot", reader.number(u64::from(lot)).into())])
}

fn body(reader: &Reader, page: &LotPage) -> Markup {
    let terms = &page.lot.terms;
    let number = page.lot.view.lot;
    let sale = (
        format!("/sales/{}", page.sale),
        reader.said(page.terms.title.as_ref()).to_owned(),
    );
    let (symbol, kind) = rules::kind(reader, &terms.kind);
    html! {
        main.page.stack #main data-live-sale=(page.sale) data-currency=(page.terms.currency) {
            (line(reader))
            (crumbs(reader, &[("/", reader.t("crumb-home")), (sale.0.as_str(), sale.1)]))
            div.lot-page data-lot=(number) data-attempt=(page.lot.view.attempt) data-opening=[opening_of(&page.lot)] {
                div.page-head.wide {
                    div.row {
                        span.soft { (heading(reader, number)) }
                        (lamp::lot(reader, &page.lot.view, page.board.phase()))
                        span.soft.small { (icon(symbol)) " " (kind) }
                    }
                    h1 { bdi dir="auto" { (reader.said(terms.title.as_ref())) } }
                }
                div.stack {
                    (now(reader, page))
                    @if !reader.said(terms.description.as_ref()).is_empty() {
                        section.card.stack { h2 { (reader.t("lot-description")) }
                            p { bdi dir="auto" { (reader.said(terms.description.as_ref())) } } }
                    }
                    section.card.stack { h2 { (reader.t("lot-terms")) } (rules::facts(reader, &page.terms, terms)) }
                }
                div.stack {
                    section.card.stack { h2 { (reader.t("lot-rules")) } (rules::of_lot(reader, &page.terms, terms)) }
                    (neighbours(reader, page))
                }
            }
        }
    }
}

fn now(reader: &Reader, page: &LotPage) -> Markup {
    let (label, amount) = price(reader, &page.lot, &page.terms.currency);
    let open = page.lot.view.phase() == LotPhase::Open;
    let ask = reader.money(page.lot.view.ask, &page.terms.currency);
    let number = page.lot.view.lot;
    let (clock, when) = time(reader, &page.lot.view, &page.terms.time_zone);
    html! {
        section.card.lot-hero {
            div { p.soft data-live="price-label" { (label) } p.lot-hero-price.figure data-live="price" { (amount) } }
            dl.facts {
                div { dt { (reader.t("price-next")) } dd.figure data-live="ask" { @if open { (ask) } @else { "—" } } }
                div { dt data-live="clock-label" { (reader.t(clock)) } dd data-live="clock" { (when) } }
            }
            p data-live="door" hidden[page.lot.view.phase() == LotPhase::Closed] {
                a.button.button-main href=(format!("/bid/{}?lot={number}", page.sale)) { (reader.t("door-bid")) }
            }
            @if !page.lot.view.note.is_empty() {
                p.notice.is-info { (icon("warning")) bdi dir="auto" { (page.lot.view.note) } }
            }
        }
    }
}

/// Without a script there is no countdown: the moment itself is said.
fn time(reader: &Reader, view: &LotView, zone: &str) -> (&'static str, Markup) {
    let moment = |at| html! { time datetime=(machine_time(at)) { (reader.moment(at, zone)) } };
    match (view.phase(), view.ends_at, view.opens_at) {
        (LotPhase::Closed, ..) => (key("time-ended"), html! { "—" }),
        (LotPhase::Open, 0, _) => (key("time-left"), html! { (reader.t("time-until-hammer")) }),
        (LotPhase::Open, ends, _) => (key("time-ends-at"), moment(ends)),
        (_, _, 0) => (key("time-opening"), html! { (reader.t("time-in-turn")) }),
        (_, _, opens) => (key("time-opening"), moment(opens)),
    }
}

fn neighbours(reader: &Reader, page: &LotPage) -> Markup {
    let link = |lot: u32| format!("/sales/{}/lots/{lot}", page.sale);
    html! {
        nav.row {
            @if let Some(lot) = page.previous { a.button href=(link(lot)) rel="prev" { span.turn { (icon_that_turns("next")) } (reader.t("lot-previous")) } }
            @if let Some(lot) = page.following { a.button href=(link(lot)) rel="next" { (reader.t("lot-following")) (icon_that_turns("next")) } }
        }
    }
}
