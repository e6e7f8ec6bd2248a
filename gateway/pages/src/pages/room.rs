//! The rooms: shells that a module fills. Without a script they point to the page that needs none.

use axum::extract::{Path, Query, State, rejection::QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use maud::{Markup, PreEscaped, html};
use mazad_proto::v1::Bilingual;
use mazad_texts::key;
use serde::Deserialize;
use uuid::Uuid;

use super::fault::not_found;
use crate::{
    data::{Data, LotPage},
    layout::{HALL as HALL_CLASS, PUBLIC_STYLE, Page, render},
    visitor::Visitor,
};

struct Room {
    /// Its name in the page.
    name: &'static str,
    title: &'static str,
    style: &'static str,
    class: &'static str,
    dressed: bool,
    script: &'static str,
}

const BIDDER: Room = Room {
    name: "bid",
    title: key("room-bid"),
    style: "css/room.css",
    class: "",
    dressed: true,
    script: "bidder",
};
const CLERK: Room = Room {
    name: "clerk",
    title: key("room-clerk"),
    style: "css/desk.css",
    script: "clerk",
    ..BIDDER
};
const ANALYST: Room = Room {
    name: "analyst",
    title: key("room-analyst"),
    style: "css/desk.css",
    script: "analyst",
    ..BIDDER
};
const HALL: Room = Room {
    name: "hall",
    title: key("room-hall"),
    style: "css/hall.css",
    class: HALL_CLASS,
    dressed: false,
    script: "hall",
};

/// Which lot is asked for; the address may say other things too.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct RoomQuery {
    lot: Option<String>,
}

/// `GET /bid/{sale}`.
pub(crate) async fn bidder(
    State(data): State<Data>,
    Path(sale): Path<String>,
    asked: Result<Query<RoomQuery>, QueryRejection>,
    visitor: Visitor,
) -> Response {
    let Query(query) = asked.unwrap_or_default();
    let asked = query.lot.as_deref().and_then(leading_number);
    let Some(first) = id_of(&sale).and_then(|id| data.first(id, asked)) else {
        return room(&data, &sale, &visitor, &BIDDER);
    };
    page(
        &visitor,
        &BIDDER,
        first.sale,
        first.terms.title.as_ref(),
        &begins_with(&first),
    )
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

fn id_of(sale: &str) -> Option<Uuid> {
    sale.parse().ok()
}

/// A number, whatever sign a chat has added behind it.
fn leading_number(text: &str) -> Option<u32> {
    let end = text.find(|letter: char| !letter.is_ascii_digit());
    text.get(..end.unwrap_or(text.len()))?.parse().ok()
}

fn room(data: &Data, sale: &str, visitor: &Visitor, room: &Room) -> Response {
    let Some(sale) = id_of(sale).and_then(|id| data.sale(id)) else {
        return not_found(visitor);
    };
    page(visitor, room, sale.id, sale.terms.title.as_ref(), &html! {})
}

fn page(
    visitor: &Visitor,
    room: &Room,
    sale: Uuid,
    title: Option<&Bilingual>,
    first: &Markup,
) -> Response {
    let name = visitor.said(title);
    let page = Page {
        status: StatusCode::OK,
        title: format!("{} · {name}", visitor.t(room.title)),
        about: String::new(),
        style: room.style,
        script: room.script,
        class: room.class,
        dressed: room.dressed,
        body: html! { (shell(visitor, room.name, sale)) (first) },
    };
    render(visitor, &page)
}

/// What a bidder needs at once, so that nothing has to be asked for before the line stands: the terms of
/// the sale, the lot, and where the socket goes on. It is data, which no browser runs.
fn begins_with(first: &LotPage) -> Markup {
    let told = serde_json::json!({
        "terms": first.terms, "board": first.board, "cursor": first.cursor,
        "lot": { "terms": first.lot.terms, "view": first.lot.view },
    });
    // No tag ends within it.
    let text = told.to_string().replace('<', "\\u003c");
    html! { script type="application/json" #first { (PreEscaped(text)) } }
}

/// `GET /enter`: the secret is in the fragment, which never reaches a server. A press takes the invitation,
/// never the page alone: programs of mail and chats open every link, and some run its scripts.
pub(crate) async fn enter(visitor: Visitor) -> Response {
    let page = Page {
        status: StatusCode::OK,
        title: visitor.t("enter-title"),
        about: String::new(),
        style: PUBLIC_STYLE,
        script: "enter",
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
