//! The page of a fault: for an address that has no page, and for whatever else the server cannot do.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use maud::html;
use mazad_proto::FaultCode;
use mazad_texts::key;

use crate::layout::{PUBLIC_STYLE, Page, render};
use crate::visitor::Visitor;

/// Says what the matter is, and where to go on.
pub(crate) fn fault(visitor: &Visitor, code: FaultCode) -> Response {
    let is_missing = code.status() == StatusCode::NOT_FOUND;
    let (title, why) = if is_missing {
        (key("page-not-found"), visitor.t("page-not-found-why"))
    } else {
        let sentence = format!("fault-{}", code.as_str());
        (key("page-failed"), visitor.t(&sentence))
    };
    let page = Page {
        status: StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        title: visitor.t(title),
        about: String::new(),
        style: PUBLIC_STYLE,
        script: "public",
        class: "",
        dressed: true,
        body: html! {
            main.page.stack #main {
                h1 { (visitor.t(title)) }
                p { (why) }
                p { a.button href="/" { (visitor.t("crumb-home")) } }
            }
        },
    };
    let mut response = render(visitor, &page);
    let never = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, never);
    response
}

/// For an address that has no page.
pub(crate) fn not_found(visitor: &Visitor) -> Response {
    fault(visitor, FaultCode::NotFound)
}
