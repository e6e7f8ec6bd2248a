//! What an act would lead to, in the schema.

use mazad_proto::v1;

use super::act::{leads_to_wire, seen_to_wire};
use super::words;
use crate::domain::{Lot, LotOutcome, LotPreview, Phase, seen};

/// A lot that an act would change, before and after it.
pub fn lot_preview(preview: &LotPreview<'_>) -> v1::LotPreview {
    v1::LotPreview {
        lot: preview.before.no.0,
        before: Some(lot_standing(preview.before)),
        after: Some(lot_standing(&preview.after)),
        base_decides: preview.base_decides,
        leads_to: Some(leads_to_wire(preview.leads_to)),
        seen: Some(seen_to_wire(seen(preview.before))),
    }
}

fn lot_standing(lot: &Lot) -> v1::LotStanding {
    let (phase, outcome) = match &lot.phase {
        Phase::Upcoming { .. } => (v1::LotPhase::Upcoming, None),
        Phase::Open(_) => (v1::LotPhase::Open, None),
        Phase::Closed(closed) => (v1::LotPhase::Closed, Some(closed.outcome)),
    };
    let decision = match outcome {
        Some(LotOutcome::ForDecision(undecided)) => words::decision_cause(undecided.cause),
        _ => 0,
    };
    let standing = lot.standing();
    let offer = lot.method.offer().filter(|_| lot.open().is_some());
    v1::LotStanding {
        phase: phase.into(),
        leader: standing.leader.map_or(0, |leader| leader.0),
        price: standing.price.map_or(0, |price| price.minor()),
        ask: standing.ask.map_or(0, |ask| ask.minor()),
        ends_at: standing.ends_at.map_or(0, |at| at.0),
        outcome: outcome.map_or(0, super::write::outcome_to_wire),
        decision,
        offer: offer.map(|(paddle, price, until)| v1::Offer {
            paddle: paddle.0,
            price: price.minor(),
            until: until.0,
        }),
        last_bid: lot.last_bid().0,
    }
}
