//! The page of another device: whoever is logged in makes a link for it here.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use crate::layout::{PUBLIC_STYLE, Page, render};
use crate::visitor::Visitor;

/// `GET /device`.
pub(crate) async fn device(visitor: Visitor) -> Response {
    let page = Page {
        status: StatusCode::OK,
        title: visitor.t("device-title"),
        about: String::new(),
        style: PUBLIC_STYLE,
        script: "device",
        class: "",
        dressed: true,
        body: html! {
            p.notice.is-bad #room-failed hidden { (visitor.t("room-failed")) }
            p.notice.is-warn #room-retries role="status" hidden { (visitor.t("room-retries")) }
            main.shell #main tabindex="-1" {
                h1 { (visitor.t("device-title")) }
                p.intro { (visitor.t("device-hint")) }
                div.stack.enter #room data-room="device" {
                    p #room-waits { (visitor.t("room-waits")) }
                }
                p.hint { (visitor.t("device-bounds")) }
                noscript { p.notice.is-warn { span { (visitor.t("no-script")) " " a href="/" { "/" } } } }
            }
        },
    };
    render(&visitor, &page)
}
