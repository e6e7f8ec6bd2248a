//! The rooms: shells that a module fills. Without a script they point to the page that needs none.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use maud::{Markup, html};
use uuid::Uuid;

use super::not_found;
use crate::web::{
    Data,
    format::key,
    layout::{PUBLIC_STYLE, Page, Script, render},
    reader::Reader,
};

/// A room.
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
    reader: Reader,
) -> Response {
    room(&data, &sale, &reader, &BIDDER)
}

/// `GET /clerk/{sale}`.
pub(crate) async fn clerk(
    State(data): State<Data>,
    Path(sale): Path<String>,
    reader: Reader,
) -> Response {
    room(&data, &sale, &reader, &CLERK)
}

/// `GET /hall/{sale}`.
pub(crate) async fn hall(
    State(data): State<Data>,
    Path(sale): Path<String>,
    reader: Reader,
) -> Response {
    room(&data, &sale, &reader, &HALL)
}

/// `GET /analyst/{sale}`.
pub(crate) async fn analyst(
    State(data): State<Data>,
    Path(sale): Path<String>,
    reader: Reader,
) -> Response {
    room(&data, &sale, &reader, &ANALYST)
}

fn room(data: &Data, sale: &str, reader: &Reader, room: &Room) -> Response {
    let Some(sale) = sale.parse::<Uuid>().ok().and_then(|id| data.sale(id)) else {
        return not_found(reader);
    };
    let name = reader.said(sale.terms.title.as_ref());
    let page = Page {
        status: StatusCode::OK,
        title: format!("{} · {name}", reader.t(room.title)),
        about: String::new(),
        style: room.style,
        script: room.script,
        class: room.class,
        dressed: room.dressed,
        body: shell(reader, room.name, Some(sale.id)),
    };
    render(reader, &page)
}

/// `GET /enter`: the secret is in the fragment, which never reaches a server.
pub(crate) async fn enter(reader: Reader) -> Response {
    let page = Page {
        status: StatusCode::OK,
        title: reader.t("enter-title"),
        about: String::new(),
        style: PUBLIC_STYLE,
        script: &ENTER_SCRIPT,
        class: "",
        dressed: true,
        body: shell(&reader, "enter", None),
    };
    render(&reader, &page)
}

fn shell(reader: &Reader, name: &str, sale: Option<Uuid>) -> Markup {
    html! {
        p.notice.is-bad #room-failed hidden { (reader.t("room-failed")) }
        p.notice.is-warn #room-retries role="status" hidden { (reader.t("room-retries")) }
        main.shell #main tabindex="-1" {
            @if sale.is_none() { h1 { (reader.t("enter-title")) } }
            div #room data-room=(name) data-sale=[sale] {
                p.waits #room-waits { (reader.t("room-waits")) }
            }
            noscript {
                @if let Some(sale) = sale {
                    p.notice.is-warn { span { (reader.t("no-script")) " " a href=(format!("/sales/{sale}")) { (format!("/sales/{sale}")) } } }
                } @else {
                    p.notice.is-warn { (reader.t("enter-no-script")) }
                }
            }
        }
    }
}

const BIDDER_SCRIPT: Script = Script {
    start: "js/bidder.js",
    needs: &[
        "js/bid-box.js",
        "js/book.js",
        "js/boot.js",
        "js/clock.js",
        "js/commands.js",
        "js/dialog.js",
        "js/env.js",
        "js/http.js",
        "js/l10n.js",
        "js/live.js",
        "js/lot-list.js",
        "js/money.js",
        "js/own.js",
        "js/picture.js",
        "js/press.js",
        "js/start.js",
        "js/terms.js",
        "js/ui.js",
        "js/wire.js",
        "vendor/fluent/builtins.js",
        "vendor/fluent/bundle.js",
        "vendor/fluent/index.js",
        "vendor/fluent/memoizer.js",
        "vendor/fluent/resolver.js",
        "vendor/fluent/resource.js",
        "vendor/fluent/scope.js",
        "vendor/fluent/types.js",
        "vendor/htm-preact.js",
        "vendor/htm.js",
        "vendor/preact-hooks.js",
        "vendor/preact.js",
        "vendor/signals-core.js",
        "vendor/signals.js",
    ],
};
const CLERK_SCRIPT: Script = Script {
    start: "js/clerk.js",
    needs: &[
        "js/bid-lines.js",
        "js/book.js",
        "js/boot.js",
        "js/clock.js",
        "js/commands.js",
        "js/desk-forms.js",
        "js/desk.js",
        "js/dialog.js",
        "js/env.js",
        "js/http.js",
        "js/keys.js",
        "js/l10n.js",
        "js/live.js",
        "js/lot-list.js",
        "js/money.js",
        "js/own.js",
        "js/picture.js",
        "js/start.js",
        "js/terms.js",
        "js/ui.js",
        "js/wire.js",
        "vendor/fluent/builtins.js",
        "vendor/fluent/bundle.js",
        "vendor/fluent/index.js",
        "vendor/fluent/memoizer.js",
        "vendor/fluent/resolver.js",
        "vendor/fluent/resource.js",
        "vendor/fluent/scope.js",
        "vendor/fluent/types.js",
        "vendor/htm-preact.js",
        "vendor/htm.js",
        "vendor/preact-hooks.js",
        "vendor/preact.js",
        "vendor/signals-core.js",
        "vendor/signals.js",
    ],
};
const ANALYST_SCRIPT: Script = Script {
    start: "js/analyst.js",
    needs: &[
        "js/boot.js",
        "js/env.js",
        "js/http.js",
        "js/keys.js",
        "js/l10n.js",
        "js/ladder.js",
        "js/money.js",
        "js/terms.js",
        "js/ui.js",
        "js/wire.js",
        "vendor/fluent/builtins.js",
        "vendor/fluent/bundle.js",
        "vendor/fluent/index.js",
        "vendor/fluent/memoizer.js",
        "vendor/fluent/resolver.js",
        "vendor/fluent/resource.js",
        "vendor/fluent/scope.js",
        "vendor/fluent/types.js",
        "vendor/htm-preact.js",
        "vendor/htm.js",
        "vendor/preact-hooks.js",
        "vendor/preact.js",
        "vendor/signals-core.js",
        "vendor/signals.js",
    ],
};
const HALL_SCRIPT: Script = Script {
    start: "js/hall.js",
    needs: &[
        "js/book.js",
        "js/boot.js",
        "js/clock.js",
        "js/commands.js",
        "js/env.js",
        "js/http.js",
        "js/l10n.js",
        "js/live.js",
        "js/money.js",
        "js/picture.js",
        "js/start.js",
        "js/ui.js",
        "js/wire.js",
        "vendor/fluent/builtins.js",
        "vendor/fluent/bundle.js",
        "vendor/fluent/index.js",
        "vendor/fluent/memoizer.js",
        "vendor/fluent/resolver.js",
        "vendor/fluent/resource.js",
        "vendor/fluent/scope.js",
        "vendor/fluent/types.js",
        "vendor/htm-preact.js",
        "vendor/htm.js",
        "vendor/preact-hooks.js",
        "vendor/preact.js",
        "vendor/signals-core.js",
        "vendor/signals.js",
    ],
};
const ENTER_SCRIPT: Script = Script {
    start: "js/enter.js",
    needs: &[
        "js/boot.js",
        "js/env.js",
        "js/http.js",
        "js/l10n.js",
        "vendor/fluent/builtins.js",
        "vendor/fluent/bundle.js",
        "vendor/fluent/index.js",
        "vendor/fluent/memoizer.js",
        "vendor/fluent/resolver.js",
        "vendor/fluent/resource.js",
        "vendor/fluent/scope.js",
        "vendor/fluent/types.js",
    ],
};

/// Every script of the rooms, for the test that compares them with their modules.
#[cfg(test)]
pub(crate) const SCRIPTS: [&Script; 5] = [
    &BIDDER_SCRIPT,
    &CLERK_SCRIPT,
    &ANALYST_SCRIPT,
    &HALL_SCRIPT,
    &ENTER_SCRIPT,
];
