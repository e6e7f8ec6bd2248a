//! The page of those who look after the house: a shell that a module fills, for admins and clerks.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use crate::layout::{Page, render};
use crate::visitor::Visitor;

/// `GET /admin`. Who may see what is asked of the interface, by the module: the page itself holds
/// nothing.
pub(crate) async fn admin(visitor: Visitor) -> Response {
    let page = Page {
        status: StatusCode::OK,
        title: visitor.t("room-admin"),
        about: String::new(),
        style: "css/admin.css",
        script: "admin",
        class: "",
        dressed: true,
        body: html! {
            p.notice.is-bad #room-failed hidden { (visitor.t("room-failed")) }
            p.notice.is-warn #room-retries role="status" hidden { (visitor.t("room-retries")) }
            main.page.stack #main tabindex="-1" {
                h1.no-print { (visitor.t("room-admin")) }
                div.stack #room data-room="admin" {
                    p.waits #room-waits { (visitor.t("room-waits")) }
                }
                noscript { p.notice.is-warn { span { (visitor.t("admin-no-script")) } } }
            }
        },
    };
    render(&visitor, &page)
}
