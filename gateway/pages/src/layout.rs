//! What every page wears: head, header, footer, and the places where things are said aloud.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use mazad_texts::{Digits, Lang};

use super::assets::address;
use super::bundle::{script, texts_of};
use super::visitor::{LANG_COOKIE, Visitor};

/// The style of the public pages; they alone wear the footer, the rooms their title in the header.
pub(super) const PUBLIC_STYLE: &str = "css/public.css";

/// The screen of the hall, which is there for hours.
pub(super) const HALL: &str = "hall";

/// A page before it is dressed.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) status: StatusCode,
    pub(super) title: String,
    /// One sentence for search engines and shared links; empty: none.
    pub(super) about: String,
    /// Style sheet of its own, beside the common ones.
    pub(super) style: &'static str,
    /// What it starts: one of [`crate::bundle::STARTS`].
    pub(super) script: &'static str,
    pub(super) class: &'static str,
    /// With the header, or bare.
    pub(super) dressed: bool,
    pub(super) body: Markup,
}

/// One drawing of the sprite. `currentColor` is the colour of the text around it.
pub(super) fn icon(name: &str) -> Markup {
    html! { svg.icon aria-hidden="true" { use href=(address(&format!("icons.svg#{name}"))) {} } }
}

/// An icon that points along the line of reading.
pub(super) fn icon_that_turns(name: &str) -> Markup {
    html! { svg.icon.icon-turns aria-hidden="true" { use href=(address(&format!("icons.svg#{name}"))) {} } }
}

pub(super) fn render(visitor: &Visitor, page: &Page) -> Response {
    let digits = if visitor.digits == Digits::Arab {
        "arab"
    } else {
        "latn"
    };
    let document = html! {
        (DOCTYPE)
        html lang=(visitor.lang) dir=(visitor.lang.dir()) data-digits=(digits) data-theme=[visitor.theme] {
            (head(visitor, page))
            body class=(page.class) {
                @if page.dressed { (header(visitor, page)) }
                (page.body)
                @if page.style == PUBLIC_STYLE { (footer(visitor)) }
                div.unseen #say-polite aria-live="polite" {}
                div.unseen #say-assertive aria-live="assertive" {}
            }
        }
    };
    answer(visitor, page.status, document)
}

fn answer(visitor: &Visitor, status: StatusCode, document: Markup) -> Response {
    let PreEscaped(text) = document;
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    let mut response = (status, kind, text).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_LANGUAGE,
        HeaderValue::from_static(visitor.lang.code()),
    );
    if visitor.remember {
        let line = format!(
            "{LANG_COOKIE}={}; Path=/; Max-Age=31536000; SameSite=Lax",
            visitor.lang
        );
        if let Ok(line) = HeaderValue::from_str(&line) {
            headers.append(header::SET_COOKIE, line);
        }
    }
    response
}

fn head(visitor: &Visitor, page: &Page) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="theme-color" content="#14532d";
            title { (page.title) " · " (visitor.t("app")) }
            @if !page.about.is_empty() { meta name="description" content=(page.about); }
            link rel="icon" href=(address("icon.svg")) type="image/svg+xml";
            // The first page of a visit has the fonts of its device: what bids comes before what adorns.
            @if page.class == HALL || visitor.has_fonts { link rel="stylesheet" href=(address("css/fonts.css")); }
            link rel="stylesheet" href=(address(page.style));
            link rel="preload" href=(address(&texts_of(page.script, visitor.lang.code()))) as="fetch" crossorigin;
            script type="module" src=(address(&script(page.script))) {}
        }
    }
}

fn header(visitor: &Visitor, page: &Page) -> Markup {
    let other = visitor.lang.other();
    html! {
        a.skip href="#main" { (visitor.t("skip")) }
        header.head {
            div.head-in {
                a.brand href="/" { (icon("hammer")) (visitor.t("app")) }
                span.head-title { @if page.style != PUBLIC_STYLE { (page.title) } }
                div.head-acts {
                    @if visitor.lang == Lang::Ar {
                        button.head-act type="button" data-switch="digits" hidden
                            aria-label=(visitor.t("switch-digits")) title=(visitor.t("switch-digits")) { "١٢٣" }
                    }
                    button.head-act type="button" data-switch="theme" hidden
                        aria-label=(visitor.t("switch-theme")) title=(visitor.t("switch-theme")) { (icon("theme")) }
                    a.head-act href=(format!("{}lang={other}", visitor.here)) lang=(other) hreflang=(other) rel="alternate" data-switch-language {
                        (visitor.t("switch-language"))
                    }
                }
            }
        }
    }
}

fn footer(visitor: &Visitor) -> Markup {
    html! { footer.foot { div.foot-in { p { (visitor.t("foot-about")) } } } }
}
