//! Each event to its stored message. The type name is the name of the message.

use bytes::Bytes;
use mazad_proto::v1;
use prost::Message;
use uuid::Uuid;

use super::open::{seal_figures, seal_maximum, seal_reserve};
use super::parts::bytes_of;
use super::terms::{lot_terms_to_proto, minor, running_to_proto, sale_terms_to_proto, set_reserve};
use super::vault::Vault;
use super::words;
use crate::domain::{
    BidEvent, Event, Figure, LotEvent, LotNo, LotOutcome, LotTerms, Refusal, ReserveOpening,
    SaleEvent,
};

type Stored = (&'static str, Bytes);

fn stored<M: Message>(kind: &'static str, message: &M) -> Stored {
    (kind, message.encode_to_vec().into())
}

/// An event as its type name and bytes.
pub(super) fn to_stored(id: Uuid, event: &Event, vault: &Vault) -> Stored {
    match event {
        Event::Sale(event) => sale_to_stored(event),
        Event::Lot(lot, LotEvent::Bid(event)) => bid_to_stored(id, *lot, event, vault),
        Event::Lot(lot, event) => lot_to_stored(id, *lot, event, vault),
        Event::Refused { lot, refusal } => {
            let mut message = refusal_message(*lot, refusal);
            let (own, shown) = message.figures.into_iter().partition(is_own);
            message.figures = shown;
            message.own = seal_figures(id, own, vault);
            stored("CommandRefused", &message)
        }
    }
}

fn sale_to_stored(event: &SaleEvent) -> Stored {
    match event {
        SaleEvent::Created { terms } => {
            let terms = Some(sale_terms_to_proto(terms));
            stored("SaleCreated", &v1::SaleCreated { terms })
        }
        SaleEvent::Amended {
            terms,
            before,
            reason,
        } => {
            let amended = v1::SaleAmended {
                terms: Some(sale_terms_to_proto(terms)),
                before: Some(sale_terms_to_proto(before)),
                reason: reason.clone(),
            };
            stored("SaleAmended", &amended)
        }
        SaleEvent::LotsCleared => stored("LotsCleared", &v1::LotsCleared {}),
        SaleEvent::Published => stored("SalePublished", &v1::SalePublished {}),
        SaleEvent::WriterStarted { epoch } => {
            stored("WriterStarted", &v1::WriterStarted { epoch: *epoch })
        }
        SaleEvent::Opened => stored("SaleOpened", &v1::SaleOpened {}),
        SaleEvent::Ended => stored("SaleEnded", &v1::SaleEnded {}),
        SaleEvent::Paused { reason, cause } => {
            let (cause, clock_offset) = words::pause_cause(*cause);
            let paused = v1::SalePaused {
                reason: reason.clone(),
                cause,
                clock_offset,
            };
            stored("SalePaused", &paused)
        }
        SaleEvent::StoodStill { gap } => stored("StoodStill", &v1::StoodStill { gap: gap.0 }),
        SaleEvent::Resumed { shift } => stored("SaleResumed", &v1::SaleResumed { shift: shift.0 }),
        SaleEvent::PaddleAdmitted {
            paddle,
            account,
            limit,
        } => {
            let account = account
                .map(|account| bytes_of(account.0))
                .unwrap_or_default();
            let admitted = v1::PaddleAdmitted {
                paddle: paddle.0,
                account,
                limit: minor(*limit),
            };
            stored("PaddleAdmitted", &admitted)
        }
        SaleEvent::PaddleBarred { paddle, reason } => {
            let barred = v1::PaddleBarred {
                paddle: paddle.0,
                reason: reason.clone(),
            };
            stored("PaddleBarred", &barred)
        }
        SaleEvent::LimitSet { paddle, limit } => {
            let (paddle, limit) = (paddle.0, minor(*limit));
            stored("LimitSet", &v1::LimitSet { paddle, limit })
        }
        SaleEvent::PresenceMarked { paddle, present } => {
            let (paddle, present) = (paddle.0, *present);
            stored("PresenceMarked", &v1::PresenceMarked { paddle, present })
        }
        SaleEvent::LotsReordered { order } => {
            let order = order.iter().map(|lot| lot.0).collect();
            stored("LotsReordered", &v1::LotsReordered { order })
        }
    }
}

fn is_own(figure: &v1::Figure) -> bool {
    Figure::parse(&figure.name).is_none_or(Figure::is_own)
}

/// A refusal as a message with every figure in the open: for states, which are sealed whole.
pub(super) fn refusal_message(lot: Option<LotNo>, refusal: &Refusal) -> v1::CommandRefused {
    let figure = |(name, value): &(Figure, i64)| v1::Figure {
        name: name.as_str().to_owned(),
        value: *value,
    };
    v1::CommandRefused {
        lot: lot.map_or(0, |lot| lot.0),
        code: refusal.code.as_str().to_owned(),
        figures: refusal.figures.iter().map(figure).collect(),
        own: None,
        rule: refusal.code.rule().to_owned(),
    }
}

/// An outcome as the part of a stored message that tells it.
pub(super) fn outcome_message(lot: LotNo, outcome: LotOutcome) -> v1::LotClosed {
    let (outcome, paddle, price) = outcome_to_proto(outcome);
    v1::LotClosed {
        lot: lot.0,
        outcome,
        paddle,
        price,
        ..v1::LotClosed::default()
    }
}

#[expect(
    clippy::too_many_lines,
    reason = "one arm for each event, each a plain list of fields"
)]
fn lot_to_stored(id: Uuid, lot: LotNo, event: &LotEvent, vault: &Vault) -> Stored {
    let lot = lot.0;
    match event {
        LotEvent::Added { terms } => {
            let terms = Some(sealed_terms(id, terms, vault));
            stored("LotAdded", &v1::LotAdded { lot, terms })
        }
        LotEvent::Amended {
            terms,
            before,
            reason,
        } => {
            let amended = v1::LotAmended {
                lot,
                terms: Some(sealed_terms(id, terms, vault)),
                before: Some(lot_terms_to_proto(before)),
                reason: reason.clone(),
            };
            stored("LotAmended", &amended)
        }
        LotEvent::Scheduled { opens_at } => {
            let opens_at = opens_at.map_or(0, |at| at.0);
            stored("LotScheduled", &v1::LotScheduled { lot, opens_at })
        }
        LotEvent::Opened {
            attempt,
            ask,
            ends_at,
        } => {
            let opened = v1::LotOpened {
                lot,
                attempt: *attempt,
                ask: ask.minor(),
                ends_at: ends_at.map_or(0, |at| at.0),
            };
            stored("LotOpened", &opened)
        }
        LotEvent::Warned { warning } => {
            let warning = *warning;
            stored("LotWarned", &v1::LotWarned { lot, warning })
        }
        LotEvent::Extended { ends_at, cause } => {
            let extended = v1::LotExtended {
                lot,
                ends_at: ends_at.0,
                cause: words::extension_cause(*cause),
            };
            stored("LotExtended", &extended)
        }
        LotEvent::Closed {
            outcome,
            bidders,
            reserve,
        } => {
            let (reserve, reserve_salt) = opened_base(*reserve);
            let closed = v1::LotClosed {
                bidders: *bidders,
                reserve,
                reserve_salt,
                ..outcome_message(LotNo(lot), *outcome)
            };
            stored("LotClosed", &closed)
        }
        LotEvent::CeilingRaised { ceiling, reason } => {
            let raised = v1::CeilingRaised {
                lot,
                ceiling: ceiling.minor(),
                reason: reason.clone(),
            };
            stored("CeilingRaised", &raised)
        }
        LotEvent::Withdrawn { reason, reserve } => {
            let (reserve, reserve_salt) = opened_base(*reserve);
            let withdrawn = v1::LotWithdrawn {
                lot,
                reason: reason.clone(),
                reserve,
                reserve_salt,
            };
            stored("LotWithdrawn", &withdrawn)
        }
        LotEvent::Reoffered {
            attempt,
            opening,
            running,
            reserve,
            ceiling,
        } => {
            let reoffered = v1::LotReoffered {
                lot,
                attempt: *attempt,
                opening: opening.minor(),
                running: Some(running_to_proto(running)),
                reserve: reserve.map(|reserve| seal_reserve(id, &reserve, vault)),
                ceiling: ceiling.minor(),
            };
            stored("LotReoffered", &reoffered)
        }
        LotEvent::Reopened { reason } => {
            let reason = reason.clone();
            stored("LotReopened", &v1::LotReopened { lot, reason })
        }
        LotEvent::VoidRequested { bid, cause } => {
            let (bid, cause) = (bid.0, words::void_cause(*cause));
            stored("VoidRequested", &v1::VoidRequested { lot, bid, cause })
        }
        LotEvent::BidVoided(void) => {
            let second = void.second.map(|second| bytes_of(second.0));
            let voided = v1::BidVoided {
                lot,
                bid: void.bid.0,
                cause: words::void_cause(void.cause),
                officer: bytes_of(void.officer.0),
                second: second.unwrap_or_default(),
                note: void.note.clone(),
                effect: words::applied_effect(void.effect),
                price: minor(void.price),
                leader: void.leader.map_or(0, |leader| leader.0),
                ask: void.ask.minor(),
                all_of_paddle: void.all_of_paddle,
            };
            stored("BidVoided", &voided)
        }
        LotEvent::Bid(event) => bid_to_stored(id, LotNo(lot), event, vault),
    }
}

/// R4: a base that is opened: its amount and its salt.
fn opened_base(reserve: Option<ReserveOpening>) -> (i64, Bytes) {
    let opened = reserve.map(|reserve| {
        let salt = Bytes::copy_from_slice(&reserve.salt);
        (reserve.amount.minor(), salt)
    });
    opened.unwrap_or_default()
}

fn sealed_terms(id: Uuid, terms: &LotTerms, vault: &Vault) -> v1::LotTerms {
    let mut wire = lot_terms_to_proto(terms);
    let sealed = terms
        .method
        .reserve()
        .map(|reserve| seal_reserve(id, reserve, vault));
    set_reserve(&mut wire, sealed);
    wire
}

/// The name of an outcome in the schema.
pub(super) fn outcome_to_wire(outcome: LotOutcome) -> i32 {
    outcome_to_proto(outcome).0
}

fn outcome_to_proto(outcome: LotOutcome) -> (i32, u32, i64) {
    use v1::LotOutcome as Wire;
    let (wire, paddle, price) = match outcome {
        LotOutcome::KnockedDown { paddle, price } => (Wire::KnockedDown, paddle.0, price.minor()),
        LotOutcome::NoBid => (Wire::NoBid, 0, 0),
        LotOutcome::BelowBase => (Wire::BelowBase, 0, 0),
        LotOutcome::PassedByClerk => (Wire::PassedByClerk, 0, 0),
        LotOutcome::Lapsed => (Wire::Lapsed, 0, 0),
        LotOutcome::Withdrawn => (Wire::Withdrawn, 0, 0),
        LotOutcome::ForDecision(undecided) => (
            Wire::ForDecision,
            undecided.paddle.0,
            undecided.price.minor(),
        ),
    };
    (wire.into(), paddle, price)
}

#[expect(
    clippy::too_many_lines,
    reason = "one arm for each event, each a plain list of fields"
)]
fn bid_to_stored(id: Uuid, lot: LotNo, event: &BidEvent, vault: &Vault) -> Stored {
    let lot = lot.0;
    match *event {
        BidEvent::Accepted(ref bid) => {
            let accepted = v1::BidAccepted {
                lot,
                bid: bid.bid.0,
                paddle: bid.paddle.0,
                origin: words::bid_origin(bid.origin),
                kind: words::bid_kind(bid.kind),
                maximum: Some(seal_maximum(id, bid.maximum, vault)),
                shown: bid.shown.minor(),
                price: bid.price.minor(),
                leader: bid.leader.0,
                ask: bid.ask.minor(),
                short_step: bid.short_step,
            };
            stored("BidAccepted", &accepted)
        }
        BidEvent::MaximumChanged { paddle, maximum } => {
            let changed = v1::MaximumChanged {
                lot,
                paddle: paddle.0,
                maximum: Some(seal_maximum(id, maximum, vault)),
            };
            stored("MaximumChanged", &changed)
        }
        BidEvent::AskSet { ask } => {
            let ask = ask.minor();
            stored("AskSet", &v1::AskSet { lot, ask })
        }
        BidEvent::ReserveLifted { price } => {
            let price = price.minor();
            stored("ReserveLifted", &v1::ReserveLifted { lot, price })
        }
        BidEvent::FloorBidHeld {
            held,
            paddle,
            amount,
            until,
        } => {
            let held = v1::FloorBidHeld {
                lot,
                paddle: paddle.0,
                amount: amount.minor(),
                until: until.0,
                held,
            };
            stored("FloorBidHeld", &held)
        }
        BidEvent::FloorBidLapsed => stored("FloorBidLapsed", &v1::FloorBidLapsed { lot }),
        BidEvent::ReaffirmOffered {
            paddle,
            price,
            until,
            ask,
        } => {
            let offered = v1::ReaffirmOffered {
                lot,
                paddle: paddle.0,
                price: price.minor(),
                until: until.0,
                ask: ask.minor(),
            };
            stored("ReaffirmOffered", &offered)
        }
        BidEvent::LeadReaffirmed {
            bid,
            paddle,
            price,
            ask,
        } => {
            let reaffirmed = v1::LeadReaffirmed {
                lot,
                bid: bid.0,
                paddle: paddle.0,
                price: price.minor(),
                ask: ask.minor(),
            };
            stored("LeadReaffirmed", &reaffirmed)
        }
        BidEvent::ReaffirmEnded { ask } => {
            let ask = ask.minor();
            stored("ReaffirmEnded", &v1::ReaffirmEnded { lot, ask })
        }
    }
}
