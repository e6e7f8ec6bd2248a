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
    BidEvent, Event, Figure, LotEvent, LotNo, LotOutcome, LotTerms, Refusal, SaleEvent,
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
        SaleEvent::WriterStarted { epoch } => {
            stored("WriterStarted", &v1::WriterStarted { epoch: *epoch })
        }
        SaleEvent::Opened => stored("SaleOpened", &v1::SaleOpened {}),
        SaleEvent::Ended => stored("SaleEnded", &v1::SaleEnded {}),
        SaleEvent::Paused { reason, cause } => {
            let (reason, cause) = (reason.clone(), words::pause_cause(*cause));
            stored("SalePaused", &v1::SalePaused { reason, cause })
        }
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
            let opened = reserve.map(|reserve| (reserve.amount.minor(), reserve.salt.to_vec()));
            let (reserve, reserve_salt) = opened.unwrap_or_default();
            let closed = v1::LotClosed {
                bidders: *bidders,
                reserve,
                reserve_salt: reserve_salt.into(),
                ..outcome_message(LotNo(lot), *outcome)
            };
            stored("LotClosed", &closed)
        }
        LotEvent::Withdrawn { reason } => {
            let reason = reason.clone();
            stored("LotWithdrawn", &v1::LotWithdrawn { lot, reason })
        }
        LotEvent::Reoffered {
            attempt,
            opening,
            running,
        } => {
            let reoffered = v1::LotReoffered {
                lot,
                attempt: *attempt,
                opening: opening.minor(),
                running: Some(running_to_proto(running)),
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
            };
            stored("BidVoided", &voided)
        }
        LotEvent::Bid(event) => bid_to_stored(id, LotNo(lot), event, vault),
    }
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

fn outcome_to_proto(outcome: LotOutcome) -> (i32, u32, i64) {
    use v1::LotOutcome as Wire;
    let (wire, paddle, price) = match outcome {
        LotOutcome::Sold { paddle, price } => (Wire::Sold, paddle.0, price.minor()),
        LotOutcome::PassedNoBids => (Wire::PassedNoBids, 0, 0),
        LotOutcome::PassedBelowReserve => (Wire::PassedBelowReserve, 0, 0),
        LotOutcome::PassedByClerk => (Wire::PassedByClerk, 0, 0),
        LotOutcome::Withdrawn => (Wire::Withdrawn, 0, 0),
        LotOutcome::WinnerVoided => (Wire::WinnerVoided, 0, 0),
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
            paddle,
            amount,
            until,
        } => {
            let held = v1::FloorBidHeld {
                lot,
                paddle: paddle.0,
                amount: amount.minor(),
                until: until.0,
            };
            stored("FloorBidHeld", &held)
        }
        BidEvent::FloorBidLapsed => stored("FloorBidLapsed", &v1::FloorBidLapsed { lot }),
        BidEvent::ReaffirmOffered {
            paddle,
            amount,
            until,
            ask,
        } => {
            let offered = v1::ReaffirmOffered {
                lot,
                paddle: paddle.0,
                amount: amount.minor(),
                until: until.0,
                ask: ask.minor(),
            };
            stored("ReaffirmOffered", &offered)
        }
        BidEvent::LeadReaffirmed {
            bid,
            paddle,
            amount,
            ask,
        } => {
            let reaffirmed = v1::LeadReaffirmed {
                lot,
                bid: bid.0,
                paddle: paddle.0,
                amount: amount.minor(),
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
