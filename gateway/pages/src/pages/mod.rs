//! One file for each kind of page.

mod home;
mod lamp;
mod lot;
mod results;
mod room;
mod sale;

use axum::{http::StatusCode, response::Response};
use maud::html;

pub(super) use home::home;
pub(super) use lot::lot;
pub(super) use room::{analyst, bidder, clerk, enter, hall};
pub(super) use sale::sale;

#[cfg(test)]
pub(super) use room::SCRIPTS;

use super::{
    layout::{PUBLIC_STYLE, Page, Script, render},
    visitor::Visitor,
};

/// Live prices and doors on public pages.
pub(super) const PUBLIC: Script = Script {
    start: "js/public.js",
    needs: &[
        "js/boot.js",
        "js/clock.js",
        "js/commands.js",
        "js/env.js",
        "js/http.js",
        "js/l10n.js",
        "js/live.js",
        "js/money.js",
        "js/picture.js",
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

/// The page for an address that has none, for the server's fallback too.
pub(super) fn not_found(visitor: &Visitor) -> Response {
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
