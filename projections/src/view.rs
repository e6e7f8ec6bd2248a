//! What everyone may see, outwards.

use mazad_engine::codec::terms;
use mazad_engine::codec::wire_id::micros;
use mazad_engine::domain::{
    BidOrigin, DecisionCause, LotNo, LotOutcome, Money, PauseCause, SaleTerms, Time, whole_price,
};
use mazad_proto::v1;

use crate::history::After;
use crate::live::{BidLine, BoardPhase, LiveSale, LotLive, LotPhase, SaleBoard, undecided};

/// The board of a sale.
pub fn sale_view(board: &SaleBoard) -> v1::SaleView {
    let phase = match board.phase {
        BoardPhase::Draft => v1::SalePhase::Draft,
        BoardPhase::Announced => v1::SalePhase::Announced,
        BoardPhase::Open => v1::SalePhase::Open,
        BoardPhase::Paused => v1::SalePhase::Paused,
        BoardPhase::Ended => v1::SalePhase::Ended,
    };
    let pause = board.pause.as_ref();
    let pause_cause = match pause.map(|pause| pause.cause) {
        None => v1::PauseCause::Unspecified,
        Some(PauseCause::Staff) => v1::PauseCause::Staff,
        Some(PauseCause::Outage) => v1::PauseCause::Outage,
        Some(PauseCause::Clock { .. }) => v1::PauseCause::Clock,
    };
    v1::SaleView {
        phase: phase.into(),
        pause_reason: pause.map_or_else(String::new, |pause| pause.reason.clone()),
        pause_cause: pause_cause.into(),
        order: board.order.iter().map(|lot| lot.0).collect(),
        opens_at: micros(board.opens_at),
        revision: board.revision,
        amendments: board.amended,
    }
}

/// A lot as it stands.
pub fn lot_view(no: LotNo, lot: &LotLive) -> v1::LotView {
    v1::LotView {
        lot: no.0,
        revision: lot.revision,
        phase: lot_phase(lot.phase).into(),
        attempt: lot.attempt,
        price: minor(lot.price),
        ask: minor(lot.ask),
        leader: lot.leader.map_or(0, |paddle| paddle.0),
        bids: lot.bids,
        opens_at: micros(lot.opens_at),
        ends_at: micros(lot.ends_at),
        extensions: lot.extensions,
        warnings: lot.warnings,
        outcome: lot
            .outcome
            .map_or(v1::LotOutcome::Unspecified, outcome)
            .into(),
        last: lot.last.as_ref().map(bid_line),
        offer: lot.offer.map(|offer| v1::Offer {
            paddle: offer.paddle.0,
            price: offer.price.minor(),
            until: offer.until.0,
        }),
        held: lot.held.map(|held| v1::Held {
            paddle: held.paddle.0,
            amount: held.amount.minor(),
            until: held.until.0,
            held: held.held,
        }),
        reserve: minor(lot.reserve.map(|reserve| reserve.amount)),
        note: lot.note.clone(),
        remains: lot.remains.map_or(0, |span| span.0),
        last_bid: lot.last_bid.map_or(0, |bid| bid.0),
        ceiling: lot.terms.ceiling.minor(),
        decision: decision(lot.outcome).into(),
        reckoned: reckoned(lot.outcome),
        warned_at: micros(lot.warned_at),
        amendments: lot.amended,
    }
}

/// What an amount for a lot comes to, if it is sold by measure: [`whole_price`] in the wire's spelling.
pub fn whole(minor: i64, terms: &v1::LotTerms) -> Option<i64> {
    let whole = whole_price(Money::new(minor)?, &terms.unit, terms.quantity_milli);
    whole.map(Money::minor)
}

/// A lot as it stood after an event of its history: the part of its view that a history has.
pub fn lot_after(no: LotNo, revision: u64, after: &After) -> v1::LotView {
    v1::LotView {
        lot: no.0,
        revision,
        phase: lot_phase(after.phase).into(),
        attempt: after.attempt,
        price: minor(after.price),
        ask: minor(after.ask),
        leader: after.leader.map_or(0, |paddle| paddle.0),
        bids: after.bids,
        ends_at: micros(after.ends_at),
        extensions: after.extensions,
        warnings: after.warnings,
        outcome: after
            .outcome
            .map_or(v1::LotOutcome::Unspecified, outcome)
            .into(),
        decision: decision(after.outcome).into(),
        reckoned: reckoned(after.outcome),
        ..v1::LotView::default()
    }
}

/// A sale in a list.
#[derive(Debug)]
pub struct Summary {
    pub terms: v1::SaleTerms,
    pub board: v1::SaleView,
    pub lots: usize,
    /// Lots that take bids now.
    pub open: usize,
    /// When the first of the open lots ends; `None`: none of them has an end.
    pub next_end: Option<Time>,
    /// Lots that have been knocked down.
    pub knocked_down: usize,
    pub revision: u64,
}

/// A sale in a list; `None` if it has not been created.
pub fn summary(live: &LiveSale) -> Option<Summary> {
    let terms = sale_terms(live.board().terms.as_ref()?);
    let mut summary = Summary {
        terms,
        board: sale_view(live.board()),
        lots: 0,
        open: 0,
        next_end: None,
        knocked_down: 0,
        revision: live.public_revision(),
    };
    for (_, lot) in live.lots() {
        summary.lots = summary.lots.saturating_add(1);
        if lot.phase == LotPhase::Open {
            summary.open = summary.open.saturating_add(1);
            // `None` is below every moment: a lot without an end never is the next one.
            let ends = [summary.next_end, lot.ends_at];
            summary.next_end = ends.into_iter().flatten().min();
        }
        if matches!(lot.outcome, Some(LotOutcome::KnockedDown { .. })) {
            summary.knocked_down = summary.knocked_down.saturating_add(1);
        }
    }
    Some(summary)
}

/// Those that run, then those to come, then those that have ended.
pub const fn rank(phase: v1::SalePhase) -> u8 {
    match phase {
        v1::SalePhase::Open | v1::SalePhase::Paused => 0,
        v1::SalePhase::Announced | v1::SalePhase::Draft | v1::SalePhase::Unspecified => 1,
        v1::SalePhase::Ended => 2,
    }
}

/// What is offered: terms without any secret, since the fold never had one.
pub fn catalogue_lot(lot: &LotLive) -> v1::LotTerms {
    terms::lot_terms_to_proto(&lot.terms)
}

/// The terms of a sale.
pub fn sale_terms(sale: &SaleTerms) -> v1::SaleTerms {
    terms::sale_terms_to_proto(sale)
}

/// How a lot ended.
pub const fn outcome(outcome: LotOutcome) -> v1::LotOutcome {
    match outcome {
        LotOutcome::KnockedDown { .. } => v1::LotOutcome::KnockedDown,
        LotOutcome::NoBid => v1::LotOutcome::NoBid,
        LotOutcome::BelowBase => v1::LotOutcome::BelowBase,
        LotOutcome::PassedByClerk => v1::LotOutcome::PassedByClerk,
        LotOutcome::Withdrawn => v1::LotOutcome::Withdrawn,
        LotOutcome::Lapsed => v1::LotOutcome::Lapsed,
        LotOutcome::ForDecision(_) => v1::LotOutcome::ForDecision,
    }
}

/// Why the committee decides about a lot, if it does (R12b, R12c).
pub fn decision(outcome: Option<LotOutcome>) -> v1::DecisionCause {
    match outcome.and_then(undecided).map(|undecided| undecided.cause) {
        None => v1::DecisionCause::Unspecified,
        Some(DecisionCause::LeaderBarred) => v1::DecisionCause::LeaderBarred,
        Some(DecisionCause::WinnerStruckOut) => v1::DecisionCause::WinnerStruckOut,
        Some(DecisionCause::PriceDiffers) => v1::DecisionCause::PriceDiffers,
    }
}

/// What the bids of a lot that is for decision come to without those that were struck out since its
/// close; nothing, if none was.
pub fn reckoned(outcome: Option<LotOutcome>) -> Option<v1::LeadsTo> {
    let (leader, price) = outcome.and_then(undecided)?.reckoned?;
    Some(v1::LeadsTo {
        leader: leader.0,
        price: price.minor(),
    })
}

const fn lot_phase(phase: LotPhase) -> v1::LotPhase {
    match phase {
        LotPhase::Upcoming => v1::LotPhase::Upcoming,
        LotPhase::Open => v1::LotPhase::Open,
        LotPhase::Closed => v1::LotPhase::Closed,
    }
}

fn bid_line(line: &BidLine) -> v1::BidLine {
    let origin = match line.origin {
        BidOrigin::Web => v1::BidOrigin::Web,
        BidOrigin::Floor => v1::BidOrigin::Floor,
    };
    v1::BidLine {
        bid: line.bid.0,
        paddle: line.paddle.0,
        origin: origin.into(),
        shown: line.shown.minor(),
        at: line.at.0,
    }
}

fn minor(amount: Option<Money>) -> i64 {
    amount.map_or(0, Money::minor)
}

#[cfg(test)]
mod tests {
    use mazad_engine::domain::{Pause, SaleId, Time};
    use uuid::Uuid;

    use super::*;

    const SALE: SaleId = SaleId(Uuid::nil());

    #[test]
    fn a_board_says_whether_staff_or_the_engine_has_paused_the_sale() {
        let paused = |cause, reason: &str| {
            let mut board = LiveSale::new(SALE).board().clone();
            board.pause = Some(Pause {
                since: Time(1),
                reason: reason.to_owned(),
                cause,
                offset_before: 0,
            });
            let view = sale_view(&board);
            (view.pause_cause(), view.pause_reason)
        };
        let by_staff = paused(PauseCause::Staff, "Prayer");
        assert_eq!(by_staff, (v1::PauseCause::Staff, "Prayer".to_owned()));
        let by_engine = paused(PauseCause::Outage, "");
        assert_eq!(by_engine, (v1::PauseCause::Outage, String::new()));
        let runs = sale_view(LiveSale::new(SALE).board());
        assert_eq!(runs.pause_cause(), v1::PauseCause::Unspecified);
    }
}
