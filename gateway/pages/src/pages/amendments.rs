//! R14: terms that were amended: when, what, from what to what, and why.

use maud::{Markup, html};
use mazad_texts::Change;

use super::parts::time_of;
use crate::visitor::Visitor;

/// One amendment, as it is told.
pub(super) struct Told<'a> {
    /// When, microseconds UTC.
    pub(super) at: u64,
    pub(super) changes: Vec<Change>,
    /// Empty: none was needed, since nobody could see the terms yet.
    pub(super) reason: &'a str,
}

/// All of them, oldest first; nothing where there is none.
pub(super) fn section<'a>(
    visitor: &Visitor,
    zone: &str,
    amendments: impl Iterator<Item = Told<'a>>,
) -> Markup {
    let mut amendments = amendments.peekable();
    if amendments.peek().is_none() {
        return html! {};
    }
    html! {
        section.card.stack #amended aria-labelledby="amended-title" {
            h2 #amended-title { (visitor.t("amended-title")) }
            @for amendment in amendments { (one(visitor, zone, &amendment)) }
        }
    }
}

fn one(visitor: &Visitor, zone: &str, amendment: &Told<'_>) -> Markup {
    let when = visitor.moment(amendment.at, zone);
    let when = visitor.tv("amended-at", &[("when", when.into())]);
    let change = |change: &Change| {
        let values = [
            ("term", change.name.as_str().into()),
            ("before", change.before.as_str().into()),
            ("after", change.after.as_str().into()),
        ];
        visitor.tv("amended-change", &values)
    };
    html! {
        p { b { (time_of(amendment.at, zone, &when)) } }
        ul.rules { @for changed in &amendment.changes { li { (change(changed)) } } }
        p.soft {
            @if amendment.reason.is_empty() { (visitor.t("amended-in-draft")) }
            @else { (visitor.tv("amended-reason", &[("reason", amendment.reason.into())])) }
        }
    }
}
