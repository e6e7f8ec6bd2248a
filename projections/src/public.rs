//! Which part of a stored event who may see. The one place that says so, by the name of the stored
//! message and of its fields.
//!
//! Sealed values never come here: `codec::public_json` has reduced them to their commitments. What
//! is not named below as public is withheld, so that an event of a newer version leaks nothing.

use std::collections::BTreeMap;

use mazad_engine::codec::{DecodeError, public_json};
use mazad_engine::domain::{Code, Figure};
use mazad_engine::store::RecordedEvent;
use serde_json::Value;

use crate::live::{BoardPhase, SaleBoard};

/// For whom events are told: what is private to others is withheld. Of a sale that is a draft
/// everyone is told nothing at all ([`is_open_to`]); once it is published, how the draft came about is
/// told with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// Anybody at all: no accounts, no officers, nobody's limit, own amount or ceiling.
    Everyone,
    /// Analysts and clerks: everything but what only its bidder may know.
    Staff,
}

/// Whether a sale is there for this reader: a draft is for staff alone.
pub fn is_open_to(audience: Audience, sale: &SaleBoard) -> bool {
    match audience {
        Audience::Staff => true,
        Audience::Everyone => sale.phase != BoardPhase::Draft,
    }
}

/// The kind that stands for an event whose kind is not for this reader. Its revision stays, so that
/// nobody takes it for a gap.
pub const WITHHELD: &str = "Withheld";

/// The body of a stored event as a reader may see it; `None`: not at all.
///
/// # Errors
/// [`DecodeError`].
pub fn body(event: &RecordedEvent, audience: Audience) -> Result<Option<Value>, DecodeError> {
    let whole = sorted(public_json(event)?);
    Ok(reduce(&event.kind, whole, audience))
}

/// The same value with its keys in order, so that its text is the same bytes whichever way this
/// build keeps objects.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<String, Value> = fields.into_iter().collect();
            let fields = fields
                .into_iter()
                .map(|(name, value)| (name, sorted(value)));
            Value::Object(fields.collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

/// The part of an event's JSON that a reader may see; `None`: nothing of it.
///
/// Reducing what was reduced for staff gives what everyone may see.
pub fn reduce(kind: &str, mut body: Value, audience: Audience) -> Option<Value> {
    if kind == "CommandRefused" {
        keep_figures(&mut body, audience);
    }
    match audience {
        Audience::Staff => Some(body),
        Audience::Everyone => {
            let hidden = hidden_fields(kind)?;
            if let Value::Object(fields) = &mut body {
                for name in hidden {
                    fields.remove(*name);
                }
            }
            Some(body)
        }
    }
}

/// The fields of an event that are not for everyone; `None`: the whole event is not.
fn hidden_fields(kind: &str) -> Option<&'static [&'static str]> {
    match kind {
        "SaleCreated" | "SaleAmended" | "LotsCleared" | "SalePublished" | "WriterStarted"
        | "SaleOpened" | "SaleEnded" | "SalePaused" | "SaleResumed" | "StoodStill"
        | "LotsReordered" | "LotAdded" | "LotAmended" | "LotScheduled" | "LotOpened"
        | "LotWarned" | "AskSet" | "LotExtended" | "CeilingRaised" | "LotClosed"
        | "LotWithdrawn" | "LotReoffered" | "LotReopened" | "ReserveLifted" | "FloorBidHeld"
        | "FloorBidLapsed" | "ReaffirmOffered" | "LeadReaffirmed" | "ReaffirmEnded" => Some(&[]),
        // The commitment to the bidder's own figures is of no use to anybody else.
        "CommandRefused" => Some(&["own"]),
        // That a bid is a ceiling tells that there is more to be had from its bidder.
        "BidAccepted" => Some(&["kind"]),
        "BidVoided" => Some(&["officer", "second"]),
        // PaddleAdmitted, PaddleBarred, LimitSet, PresenceMarked, MaximumChanged, VoidRequested, and
        // what is not known here.
        _ => None,
    }
}

fn keep_figures(body: &mut Value, audience: Audience) {
    let code = body.get("code").and_then(Value::as_str);
    let code = code.and_then(Code::parse);
    let is_shown = |figure: &Value| {
        let name = figure.get("name").and_then(Value::as_str);
        let name = name.and_then(Figure::parse);
        name.is_some_and(|figure| shows(audience, code, figure))
    };
    if let Some(Value::Array(figures)) = body.get_mut("figures") {
        figures.retain(is_shown);
    }
}

/// Whether a figure of a refusal is for anybody but the one who was refused.
///
/// The amount of a refused ceiling is as secret as a sealed one: its bidder may confirm it next.
/// Exposure and what is missing to it are sums of ceilings.
fn shows(audience: Audience, code: Option<Code>, figure: Figure) -> bool {
    let is_staff = audience == Audience::Staff;
    match figure {
        Figure::Ask
        | Figure::Price
        | Figure::JudgedAt
        | Figure::EndsAt
        | Figure::OpensAt
        | Figure::Until
        | Figure::Bound
        | Figure::Bid
        | Figure::Ceiling
        | Figure::Lot => true,
        // Whose bid has come or waits is seen by everyone; who was asked about a jump is not.
        Figure::Paddle => {
            let is_public = matches!(code, Some(Code::BidHasCome | Code::FloorBidWaits));
            is_staff || is_public
        }
        Figure::Limit => is_staff,
        Figure::Amount => {
            let is_no_ceiling = matches!(
                code,
                Some(Code::BelowAsk | Code::AskBelowStep | Code::AmountOutOfRange)
            );
            is_staff && is_no_ceiling
        }
        Figure::Maximum | Figure::Exposure | Figure::Missing => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Audience, reduce};
    use serde_json::json;

    fn refused(code: &str) -> serde_json::Value {
        let names = [
            "amount", "ask", "maximum", "limit", "exposure", "missing", "new",
        ];
        let figures = names.map(|name| json!({ "name": name, "value": "7" }));
        json!({ "code": code, "figures": figures })
    }

    fn names(code: &str, audience: Audience) -> Vec<String> {
        let body = reduce("CommandRefused", refused(code), audience).unwrap();
        let figures = body["figures"].as_array().unwrap().clone();
        let name = |figure: serde_json::Value| figure["name"].as_str().unwrap().to_owned();
        figures.into_iter().map(name).collect()
    }

    #[test]
    fn a_refused_ceiling_stays_its_bidders() {
        assert_eq!(names("over-limit", Audience::Everyone), ["ask"]);
        assert_eq!(names("over-limit", Audience::Staff), ["ask", "limit"]);
        assert_eq!(
            names("needs-confirmation", Audience::Staff),
            ["ask", "limit"]
        );
        assert_eq!(
            names("below-ask", Audience::Staff),
            ["amount", "ask", "limit"]
        );
        assert_eq!(names("below-ask", Audience::Everyone), ["ask"]);
    }

    #[test]
    fn what_is_not_known_is_withheld() {
        for kind in [
            "MaximumChanged",
            "VoidRequested",
            "PaddleAdmitted",
            "LimitSet",
            "PresenceMarked",
            "FromTheFuture",
        ] {
            assert_eq!(reduce(kind, json!({ "lot": 1 }), Audience::Everyone), None);
            assert!(reduce(kind, json!({ "lot": 1 }), Audience::Staff).is_some());
        }
        let bid = json!({ "lot": 1, "kind": "BID_KIND_MAXIMUM" });
        let seen = reduce("BidAccepted", bid, Audience::Everyone);
        assert_eq!(seen, Some(json!({ "lot": 1 })));
    }
}
