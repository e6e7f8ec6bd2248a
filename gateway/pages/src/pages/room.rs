//! The rooms: shells that a module fills. Without a script they point to the page that needs none.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use maud::{Markup, html};
use mazad_texts::key;
use uuid::Uuid;

use super::not_found::not_found;
use super::scripts::{ANALYST_SCRIPT, BIDDER_SCRIPT, CLERK_SCRIPT, ENTER_SCRIPT, HALL_SCRIPT};
use crate::{
    data::Data,
    layout::{PUBLIC_STYLE, Page, Script, render},
    visitor::Visitor,
};

struct Room {
    /// Its name in the page.
    name: &'static str,
    title: &'static str,
    style: &'static str,
    class: &'static str,
    dressed: bool,
    script: &'static Script,
}

const BIDDER: Room = Room {
    name: "bid",
    title: key("room-bid"),
    style: "css/room.css",
    class: "",
    dressed: true,
    script: &BIDDER_SCRIPT,
};
const CLERK: Room = Room {
    name: "clerk",
    title: key("room-clerk"),
    script: &CLERK_SCRIPT,
    ..BIDDER
};
const ANALYST: Room = Room {
    name: "analyst",
    title: key("room-analyst"),
    script: &ANALYST_SCRIPT,
    ..BIDDER
};
const HALL: Room = Room {
    name: "hall",
    title: key("room-hall"),
    style: "css/hall.css",
    class: "hall",
    dressed: false,
    script: &HALL_SCRIPT,
};

/// `GET /bid/{sale}`.
pub(crate) async fn bidder(
    State(data): State<Data>,
    Path(sale): Path<String>,
    visitor: Visitor,
) -> Response {
    room(&data, &sale, &visitor, &BIDDER)
}

/// `GET /clerk/{sale}`.
pub(crate) async fn clerk(
    State(data): State<Data>,
    Path(sale): Path<String>,
    visitor: Visitor,
) -> Response {
    room(&data, &sale, &visitor, &CLERK)
}

/// `GET /hall/{sale}`.
pub(crate) async fn hall(
    State(data): State<Data>,
    Path(sale): Path<String>,
    visitor: Visitor,
) -> Response {
    room(&data, &sale, &visitor, &HALL)
}

/// `GET /analyst/{sale}`.
pub(crate) async fn analyst(
    State(data): State<Data>,
    Path(sale): Path<String>,
    visitor: Visitor,
) -> Response {
    room(&data, &sale, &visitor, &ANALYST)
}

fn room(data: &Data, sale: &str, visitor: &Visitor, room: &Room) -> Response {
    let Some(sale) = sale.parse::<Uuid>().ok().and_then(|id| data.sale(id)) else {
        return not_found(visitor);
    };
    let name = visitor.said(sale.terms.title.as_ref());
    let page = Page {
        status: StatusCode::OK,
        title: format!("{} · {name}", visitor.t(room.title)),
        about: String::new(),
        style: room.style,
        script: room.script,
        class: room.class,
        dressed: room.dressed,
        body: shell(visitor, room.name, sale.id),
    };
    render(visitor, &page)
}

/// `GET /enter`: the secret is in the fragment, which never reaches a server. A press takes the invitation,
/// never the page alone: programs of mail and chats open every link, and some run its scripts.
pub(crate) async fn enter(visitor: Visitor) -> Response {
    let page = Page {
        status: StatusCode::OK,
        title: visitor.t("enter-title"),
        about: String::new(),
        style: PUBLIC_STYLE,
        script: &ENTER_SCRIPT,
        class: "",
        dressed: true,
        body: html! {
            p.notice.is-bad #room-failed hidden { (visitor.t("room-failed")) }
            main.shell #main tabindex="-1" {
                h1 { (visitor.t("enter-title")) }
                form.stack.enter #room data-room="enter" method="post" action="/enter" {
                    noscript {
                        p { (visitor.t("enter-no-script")) }
                        label.field {
                            span { (visitor.t("enter-link")) }
                            input.input type="text" name="secret" required dir="ltr" autocomplete="off";
                        }
                    }
                    p #enter-said role="status" { (visitor.t("enter-hint")) }
                    button.button.button-main #enter-press type="submit" { (visitor.t("enter-press")) }
                }
            }
        },
    };
    let mut response = render(&visitor, &page);
    // A form says from which page it comes only where it may; the fragment is never a part of it.
    let own = HeaderValue::from_static("same-origin");
    response.headers_mut().insert(header::REFERRER_POLICY, own);
    response
}

fn shell(visitor: &Visitor, name: &str, sale: Uuid) -> Markup {
    html! {
        p.notice.is-bad #room-failed hidden { (visitor.t("room-failed")) }
        p.notice.is-warn #room-retries role="status" hidden { (visitor.t("room-retries")) }
        main.shell #main tabindex="-1" {
            div #room data-room=(name) data-sale=(sale) {
                p.waits #room-waits { (visitor.t("room-waits")) }
            }
            noscript {
                p.notice.is-warn { span { (visitor.t("no-script")) " " a href=(format!("/sales/{sale}")) { (format!("/sales/{sale}")) } } }
            }
        }
    }
}
