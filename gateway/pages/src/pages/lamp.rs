//! The lamp of a sale or a lot: one ladder of states, named once. The browser's `ui.js` has the same.

use maud::{Markup, html};
use mazad_proto::v1::{DecisionCause, LotOutcome, LotPhase, LotView, SalePhase};
use mazad_texts::key;

use crate::{layout::icon, visitor::Visitor};

/// Text key, tone and icon.
type Lamp = (&'static str, &'static str, &'static str);

fn of_outcome(outcome: LotOutcome) -> Lamp {
    match outcome {
        LotOutcome::KnockedDown => (key("outcome-knocked-down"), "is-good", "hammer"),
        LotOutcome::NoBid => (key("outcome-no-bid"), "is-quiet", "none"),
        LotOutcome::BelowBase => (key("outcome-below-base"), "is-quiet", "none"),
        LotOutcome::PassedByClerk => (key("outcome-passed"), "is-quiet", "none"),
        LotOutcome::Withdrawn => (key("outcome-withdrawn"), "is-quiet", "lost"),
        LotOutcome::Lapsed => (key("outcome-lapsed"), "is-quiet", "none"),
        LotOutcome::ForDecision => (key("outcome-for-decision"), "is-warn", "warning"),
        LotOutcome::Unspecified => (key("lot-closed"), "is-quiet", "none"),
    }
}

fn of_lot(view: &LotView, sale: SalePhase) -> Lamp {
    match view.phase() {
        LotPhase::Closed => of_outcome(view.outcome()),
        LotPhase::Upcoming | LotPhase::Unspecified => (key("lot-upcoming"), "is-info", "clock"),
        LotPhase::Open if sale == SalePhase::Paused => (key("sale-paused"), "is-warn", "paused"),
        LotPhase::Open => match view.warnings {
            0 => (key("lot-open"), "is-good", "web"),
            1 => (key("lot-warned-once"), "is-warn", "warning"),
            _ => (key("lot-warned-twice"), "is-warn", "warning"),
        },
    }
}

fn of_sale(phase: SalePhase) -> Lamp {
    match phase {
        SalePhase::Draft => (key("sale-draft"), "is-info", "clock"),
        SalePhase::Announced | SalePhase::Unspecified => {
            (key("sale-announced"), "is-info", "clock")
        }
        SalePhase::Open => (key("sale-open"), "is-good", "web"),
        SalePhase::Paused => (key("sale-paused"), "is-warn", "paused"),
        SalePhase::Ended => (key("sale-ended"), "is-quiet", "hammer"),
    }
}

/// `live` names it to the page's module, which keeps it up to date.
fn pill(visitor: &Visitor, (text, tone, name): Lamp, live: &str) -> Markup {
    html! { span class=(format!("pill {tone}")) data-live=(live) { (icon(name)) (visitor.t(text)) } }
}

/// The lamp of a lot.
pub(super) fn lot(visitor: &Visitor, view: &LotView, sale: SalePhase) -> Markup {
    pill(visitor, of_lot(view, sale), "lamp")
}

/// The outcome of a lot, as text.
pub(super) fn outcome(visitor: &Visitor, view: &LotView) -> String {
    visitor.t(of_outcome(view.outcome()).0)
}

/// Why the committee decides, of a lot that is for decision.
pub(super) fn decision(visitor: &Visitor, view: &LotView, currency: &str) -> Option<String> {
    let why = match view.decision() {
        DecisionCause::Unspecified => return None,
        DecisionCause::LeaderBarred => key("decision-leader-barred"),
        DecisionCause::WinnerStruckOut => key("decision-winner-struck-out"),
        DecisionCause::PriceDiffers => key("decision-price-differs"),
    };
    let reckoned = view.reckoned.as_ref().filter(|to| to.leader > 0);
    let reckoned = reckoned.map(|to| {
        let values = [
            ("paddle", visitor.number(u64::from(to.leader)).into()),
            ("price", visitor.money(to.price, currency).into()),
        ];
        visitor.tv("decision-reckoned", &values)
    });
    Some(format!(
        "{} {}",
        visitor.t(why),
        reckoned.unwrap_or_default()
    ))
}

/// The lamp of a sale.
pub(super) fn sale(visitor: &Visitor, phase: SalePhase) -> Markup {
    pill(visitor, of_sale(phase), "sale-lamp")
}
