//! The page for an address that has none.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::scripts::PUBLIC;
use crate::layout::{PUBLIC_STYLE, Page, render};
use crate::visitor::Visitor;

/// The page for an address that has none, for the server's fallback too.
pub(crate) fn not_found(visitor: &Visitor) -> Response {
    let page = Page {
        status: StatusCode::NOT_FOUND,
        title: visitor.t("page-not-found"),
        about: String::new(),
        style: PUBLIC_STYLE,
        script: &PUBLIC,
        class: "",
        dressed: true,
        body: html! {
            main.page.stack #main {
                h1 { (visitor.t("page-not-found")) }
                p { (visitor.t("page-not-found-why")) }
                p { a.button href="/" { (visitor.t("crumb-home")) } }
            }
        },
    };
    render(visitor, &page)
}
