//! A lot: price and time first, then what it is, its terms, and how to bid on it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use mazad_proto::v1::{LotOutcome, LotPhase, LotView, SalePhase};
use mazad_texts::{key, lot_changes};

use super::amendments::{self, Told};
use super::fault::not_found;
use super::lamp;
use super::parts::{
    crumbs, draft_band, is_long, line, lot_number, opening_of, phase_name, price, when, whole,
};
use crate::{
    data::{Data, LotEntry, LotPage},
    layout::{PUBLIC_STYLE, Page, icon, icon_that_turns, render},
    rules,
    visitor::Visitor,
};

/// `GET /sales/{sale}/lots/{lot}`.
pub(crate) async fn lot(
    State(data): State<Data>,
    Path((sale, number)): Path<(String, String)>,
    visitor: Visitor,
) -> Response {
    let asked = sale.parse().ok().zip(number.parse().ok());
    let Some(lot) = asked.and_then(|(sale, lot)| data.lot(sale, lot)) else {
        return not_found(&visitor);
    };
    let name = visitor.said(lot.lot.terms.title.as_ref()).to_owned();
    let page = Page {
        status: StatusCode::OK,
        title: format!("{} · {name}", heading(&visitor, &lot.lot)),
        about: visitor.said(lot.lot.terms.description.as_ref()).to_owned(),
        style: PUBLIC_STYLE,
        script: "public",
        class: "",
        dressed: true,
        body: body(&visitor, &lot),
    };
    render(&visitor, &page)
}

fn heading(visitor: &Visitor, lot: &LotEntry) -> String {
    visitor.tv("lot-n", &[("lot", lot_number(visitor, lot).into())])
}

fn body(visitor: &Visitor, page: &LotPage) -> Markup {
    let terms = &page.lot.terms;
    let number = page.lot.view.lot;
    let sale = (
        format!("/sales/{}", page.sale),
        visitor.said(page.terms.title.as_ref()).to_owned(),
    );
    let (symbol, kind) = rules::kind(visitor, &terms.kind);
    let is_draft = page.board.phase() == SalePhase::Draft;
    html! {
        main.page.stack #main data-live-sale=[(!is_draft).then_some(page.sale)] data-amendments=(page.board.amendments) data-currency=(page.terms.currency) data-zone=(page.terms.time_zone) {
            @if is_draft { (draft_band(visitor, page.sale)) }
            (line(visitor))
            (crumbs(visitor, &[("/", visitor.t("crumb-home")), (sale.0.as_str(), sale.1)]))
            div.lot-page data-lot=(number) data-attempt=(page.lot.view.attempt) data-amendments=(page.lot.view.amendments) data-phase=(phase_name(page.lot.view.phase())) data-opening=[opening_of(&page.lot)] data-unit=(terms.unit) data-quantity=(terms.quantity_milli) {
                div.page-head.wide {
                    div.row {
                        span.soft { (heading(visitor, &page.lot)) }
                        (lamp::lot(visitor, &page.lot.view, page.board.phase()))
                        span.soft.small { (icon(symbol)) " " (kind) }
                    }
                    h1 { bdi dir="auto" { (visitor.said(terms.title.as_ref())) } }
                }
                div.stack {
                    (now(visitor, page))
                    (base(visitor, page))
                    @if !visitor.said(terms.description.as_ref()).is_empty() {
                        section.card.stack { h2 { (visitor.t("lot-description")) }
                            p { bdi dir="auto" { (visitor.said(terms.description.as_ref())) } } }
                    }
                    section.card.stack { h2 { (visitor.t("lot-terms")) } (rules::facts(visitor, &page.terms, terms)) }
                }
                div.stack {
                    section.card.stack { h2 { (visitor.t("lot-rules")) } (rules::of_lot(visitor, &page.terms, terms)) }
                    (amended(visitor, page))
                    (neighbours(visitor, page))
                }
            }
        }
    }
}

/// R14: whatever was amended of its terms.
fn amended(visitor: &Visitor, page: &LotPage) -> Markup {
    let sale = (page.terms.currency.as_str(), page.terms.time_zone.as_str());
    let told = page.amendments.iter().map(|amendment| Told {
        at: amendment.at.0,
        changes: lot_changes(&visitor.locale, sale, &amendment.before, &amendment.terms),
        reason: &amendment.reason,
    });
    amendments::section(visitor, &page.terms.time_zone, told)
}

fn now(visitor: &Visitor, page: &LotPage) -> Markup {
    let (label, amount) = price(visitor, &page.lot, &page.terms.currency);
    let phase = page.lot.view.phase();
    let number = page.lot.view.lot;
    let (name, when) = when(visitor, &page.lot, &page.terms.time_zone);
    html! {
        section.card.lot-hero {
            div { p.soft data-live="price-label" { (label) } p.lot-hero-price.figure.is-long[is_long(&amount)] data-live="price" { (amount) }
                @if let Some(whole) = whole(visitor, &page.lot, &page.terms.currency) { p.soft.small data-live="whole" { (whole) } }
            }
            dl.facts {
                @if phase == LotPhase::Closed { (leader(visitor, &page.lot.view)) } @else { (ask(visitor, page)) }
                div { dt { (visitor.t("count-bids")) } dd.figure data-live="bids" { (visitor.number(u64::from(page.lot.view.bids))) } }
                // The page's module counts the time down beside the moment itself.
                @if phase != LotPhase::Closed {
                    div.scripted { dt data-live="clock-label" { (visitor.t("time-left")) } dd data-live="clock" { "…" } }
                }
                div.lot-when { dt data-live="when-name" { (name) } dd data-live="when" { (when) } }
            }
            p data-live="door" hidden[phase == LotPhase::Closed] {
                a.button.button-main href=(format!("/bid/{}?lot={number}", page.sale)) { (visitor.t("door-bid")) }
            }
            @if let Some(why) = lamp::decision(visitor, &page.lot.view, &page.terms.currency) {
                p.notice.is-warn { (icon("warning")) span { (why) } }
            }
            @if !page.lot.view.note.is_empty() {
                p.notice.is-info { (icon("warning")) bdi dir="auto" { (page.lot.view.note) } }
            }
        }
    }
}

/// The least amount that is taken, and what it comes to.
fn ask(visitor: &Visitor, page: &LotPage) -> Markup {
    let is_open = page.lot.view.phase() == LotPhase::Open;
    let currency = &page.terms.currency;
    let ask = visitor.money(page.lot.view.ask, currency);
    let whole = rules::whole_price(visitor, page.lot.view.ask, &page.lot.terms, currency);
    html! {
        div { dt { (visitor.t("price-next")) } dd.figure data-live="ask" { @if is_open { (ask) } @else { "—" } }
            @if let Some(whole) = whole { dd.soft.small data-live="whole-ask" { @if is_open { (whole) } } }
        }
    }
}

/// Who bid most, of a lot that has ended: by paddle only.
fn leader(visitor: &Visitor, view: &LotView) -> Markup {
    let name = if view.outcome() == LotOutcome::KnockedDown {
        key("bought-by")
    } else {
        key("bid-most")
    };
    html! {
        div { dt { (visitor.t(name)) } dd.figure {
            @if view.leader > 0 { (visitor.number(u64::from(view.leader))) } @else { "—" }
        } }
    }
}

/// R4: the base that was opened, with what everybody needs to see that it was not changed.
fn base(visitor: &Visitor, page: &LotPage) -> Markup {
    let Some(opened) = &page.lot.base else {
        return html! {};
    };
    let hex = |bytes: &[u8]| -> String { bytes.iter().map(|byte| format!("{byte:02x}")).collect() };
    html! {
        section.card.stack { h2 { (visitor.t("base-opened")) }
            p.figure { b { (visitor.money(opened.amount, &page.terms.currency)) } }
            @if let Some(whole) = rules::whole_price(visitor, opened.amount, &page.lot.terms, &page.terms.currency) { p.soft.small { (whole) } }
            dl.digests {
                dt { (visitor.t("base-salt")) } dd dir="ltr" { code { (hex(&opened.salt)) } }
                @if let Some(commitment) = rules::commitment(&page.lot.terms) {
                    dt { (visitor.t("base-commitment")) } dd dir="ltr" { code { (hex(commitment)) } }
                }
            }
            p.hint { (visitor.t("base-check")) }
        }
    }
}

fn neighbours(visitor: &Visitor, page: &LotPage) -> Markup {
    let link = |lot: u32| format!("/sales/{}/lots/{lot}", page.sale);
    html! {
        nav.row {
            @if let Some(lot) = page.previous { a.button href=(link(lot)) rel="prev" { span.turn { (icon_that_turns("next")) } (visitor.t("lot-previous")) } }
            @if let Some(lot) = page.following { a.button href=(link(lot)) rel="next" { (visitor.t("lot-following")) (icon_that_turns("next")) } }
        }
    }
}
