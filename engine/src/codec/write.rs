//! Each event to its stored message. The type name is the name of the message.

use bytes::Bytes;
use mazad_proto::v1;
use prost::Message;
use uuid::Uuid;

use super::open::{seal_figures, seal_maximum, seal_reserve};
use super::terms::{lot_terms_to_proto, minor, running_to_proto, sale_terms_to_proto};
use super::{Vault, bytes_of, words};
use crate::domain::{Event, Figure, LotNo, LotOutcome, LotTerms, Method, Refusal};

type Stored = (&'static str, Bytes);

fn stored<M: Message>(kind: &'static str, message: &M) -> Stored {
    (kind, message.encode_to_vec().into())
}

/// An event as its type name and bytes.
pub(super) fn to_stored(id: Uuid, event: &Event, vault: &Vault) -> Stored {
    match event {
        Event::SaleCreated { .. }
        | Event::WriterStarted { .. }
        | Event::SaleOpened
        | Event::SaleEnded
        | Event::SalePaused { .. }
        | Event::SaleResumed { .. }
        | Event::PaddleAdmitted { .. }
        | Event::PaddleBarred { .. }
        | Event::LotsReordered { .. }
        | Event::CommandRefused { .. } => sale_to_stored(id, event, vault),
        Event::LotAdded { .. }
        | Event::LotScheduled { .. }
        | Event::LotOpened { .. }
        | Event::LotWarned { .. }
        | Event::AskSet { .. }
        | Event::LotExtended { .. }
        | Event::LotClosed { .. }
        | Event::LotWithdrawn { .. }
        | Event::LotReoffered { .. }
        | Event::LotReopened { .. }
        | Event::ReserveLifted { .. } => lot_to_stored(id, event, vault),
        Event::BidAccepted(_)
        | Event::MaximumChanged { .. }
        | Event::FloorBidHeld { .. }
        | Event::FloorBidLapsed { .. }
        | Event::VoidRequested { .. }
        | Event::BidVoided(_)
        | Event::ReaffirmOffered { .. }
        | Event::LeadReaffirmed { .. }
        | Event::ReaffirmEnded { .. } => bid_to_stored(id, event, vault),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "`to_stored` lists every event"
)]
fn sale_to_stored(id: Uuid, event: &Event, vault: &Vault) -> Stored {
    match event {
        Event::SaleCreated { terms } => {
            let terms = Some(sale_terms_to_proto(terms));
            stored("SaleCreated", &v1::SaleCreated { terms })
        }
        Event::WriterStarted { epoch } => {
            stored("WriterStarted", &v1::WriterStarted { epoch: *epoch })
        }
        Event::SaleOpened => stored("SaleOpened", &v1::SaleOpened {}),
        Event::SaleEnded => stored("SaleEnded", &v1::SaleEnded {}),
        Event::SalePaused { reason, cause } => {
            let (reason, cause) = (reason.clone(), words::pause_cause(*cause));
            stored("SalePaused", &v1::SalePaused { reason, cause })
        }
        Event::SaleResumed { shift } => stored("SaleResumed", &v1::SaleResumed { shift: shift.0 }),
        Event::PaddleAdmitted {
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
        Event::PaddleBarred { paddle, reason } => {
            let barred = v1::PaddleBarred {
                paddle: paddle.0,
                reason: reason.clone(),
            };
            stored("PaddleBarred", &barred)
        }
        Event::LotsReordered { order } => {
            let order = order.iter().map(|lot| lot.0).collect();
            stored("LotsReordered", &v1::LotsReordered { order })
        }
        Event::CommandRefused { lot, refusal } => {
            let mut message = refusal_message(*lot, refusal);
            let (own, shown) = message.figures.into_iter().partition(is_own);
            message.figures = shown;
            message.own = seal_figures(id, own, vault);
            stored("CommandRefused", &message)
        }
        _ => unreachable!("only events of a whole sale come here"),
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
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "`to_stored` lists every event"
)]
fn lot_to_stored(id: Uuid, event: &Event, vault: &Vault) -> Stored {
    match event {
        Event::LotAdded { lot, terms } => {
            let terms = Some(sealed_terms(id, terms, vault));
            stored("LotAdded", &v1::LotAdded { lot: lot.0, terms })
        }
        Event::LotScheduled { lot, opens_at } => stored(
            "LotScheduled",
            &v1::LotScheduled {
                lot: lot.0,
                opens_at: opens_at.map_or(0, |at| at.0),
            },
        ),
        Event::LotOpened {
            lot,
            attempt,
            ask,
            ends_at,
        } => {
            let ends_at = ends_at.map_or(0, |at| at.0);
            let (lot, ask) = (lot.0, ask.minor());
            stored(
                "LotOpened",
                &v1::LotOpened {
                    lot,
                    attempt: *attempt,
                    ask,
                    ends_at,
                },
            )
        }
        Event::LotWarned { lot, warning } => stored(
            "LotWarned",
            &v1::LotWarned {
                lot: lot.0,
                warning: *warning,
            },
        ),
        Event::AskSet { lot, ask } => stored(
            "AskSet",
            &v1::AskSet {
                lot: lot.0,
                ask: ask.minor(),
            },
        ),
        Event::LotExtended {
            lot,
            ends_at,
            cause,
        } => {
            let cause = words::extension_cause(*cause);
            stored(
                "LotExtended",
                &v1::LotExtended {
                    lot: lot.0,
                    ends_at: ends_at.0,
                    cause,
                },
            )
        }
        Event::LotClosed {
            lot,
            outcome,
            bidders,
            reserve,
        } => {
            let (outcome, paddle, price) = outcome_to_proto(*outcome);
            let opened = reserve.map(|reserve| (reserve.amount.minor(), reserve.salt.to_vec()));
            let (reserve, reserve_salt) = opened.unwrap_or_default();
            let closed = v1::LotClosed {
                lot: lot.0,
                outcome,
                paddle,
                price,
                bidders: *bidders,
                reserve,
                reserve_salt: reserve_salt.into(),
            };
            stored("LotClosed", &closed)
        }
        Event::LotWithdrawn { lot, reason } => stored(
            "LotWithdrawn",
            &v1::LotWithdrawn {
                lot: lot.0,
                reason: reason.clone(),
            },
        ),
        Event::LotReoffered {
            lot,
            attempt,
            opening,
            running,
        } => {
            let reoffered = v1::LotReoffered {
                lot: lot.0,
                attempt: *attempt,
                opening: opening.minor(),
                running: Some(running_to_proto(running)),
            };
            stored("LotReoffered", &reoffered)
        }
        Event::LotReopened { lot, reason } => stored(
            "LotReopened",
            &v1::LotReopened {
                lot: lot.0,
                reason: reason.clone(),
            },
        ),
        Event::ReserveLifted { lot, price } => stored(
            "ReserveLifted",
            &v1::ReserveLifted {
                lot: lot.0,
                price: price.minor(),
            },
        ),
        _ => unreachable!("only events of a lot come here"),
    }
}

fn sealed_terms(id: Uuid, terms: &LotTerms, vault: &Vault) -> v1::LotTerms {
    let mut wire = lot_terms_to_proto(terms);
    let Method::English(english) = &terms.method;
    if let (Some(v1::lot_terms::Method::English(to)), Some(reserve)) =
        (&mut wire.method, &english.reserve)
    {
        to.reserve = Some(seal_reserve(id, reserve, vault));
    }
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
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "`to_stored` lists every event"
)]
fn bid_to_stored(id: Uuid, event: &Event, vault: &Vault) -> Stored {
    match event {
        Event::BidAccepted(bid) => {
            let accepted = v1::BidAccepted {
                lot: bid.lot.0,
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
        Event::MaximumChanged {
            lot,
            paddle,
            maximum,
        } => {
            let maximum = Some(seal_maximum(id, *maximum, vault));
            let (lot, paddle) = (lot.0, paddle.0);
            stored(
                "MaximumChanged",
                &v1::MaximumChanged {
                    lot,
                    paddle,
                    maximum,
                },
            )
        }
        Event::FloorBidHeld {
            lot,
            paddle,
            amount,
            until,
        } => {
            let (lot, paddle, amount, until) = (lot.0, paddle.0, amount.minor(), until.0);
            stored(
                "FloorBidHeld",
                &v1::FloorBidHeld {
                    lot,
                    paddle,
                    amount,
                    until,
                },
            )
        }
        Event::FloorBidLapsed { lot } => {
            stored("FloorBidLapsed", &v1::FloorBidLapsed { lot: lot.0 })
        }
        Event::VoidRequested { lot, bid, cause } => {
            let (lot, bid, cause) = (lot.0, bid.0, words::void_cause(*cause));
            stored("VoidRequested", &v1::VoidRequested { lot, bid, cause })
        }
        Event::BidVoided(void) => {
            let voided = v1::BidVoided {
                lot: void.lot.0,
                bid: void.bid.0,
                cause: words::void_cause(void.cause),
                officer: bytes_of(void.officer.0),
                second: void
                    .second
                    .map(|second| bytes_of(second.0))
                    .unwrap_or_default(),
                note: void.note.clone(),
                effect: words::applied_effect(void.effect),
                price: minor(void.price),
                leader: void.leader.map_or(0, |leader| leader.0),
                ask: void.ask.minor(),
            };
            stored("BidVoided", &voided)
        }
        Event::ReaffirmOffered {
            lot,
            paddle,
            amount,
            until,
            ask,
        } => {
            let (lot, paddle, until) = (lot.0, paddle.0, until.0);
            let (amount, ask) = (amount.minor(), ask.minor());
            stored(
                "ReaffirmOffered",
                &v1::ReaffirmOffered {
                    lot,
                    paddle,
                    amount,
                    until,
                    ask,
                },
            )
        }
        Event::LeadReaffirmed {
            lot,
            bid,
            paddle,
            amount,
            ask,
        } => {
            let (lot, bid, paddle) = (lot.0, bid.0, paddle.0);
            let (amount, ask) = (amount.minor(), ask.minor());
            stored(
                "LeadReaffirmed",
                &v1::LeadReaffirmed {
                    lot,
                    bid,
                    paddle,
                    amount,
                    ask,
                },
            )
        }
        Event::ReaffirmEnded { lot, ask } => {
            let (lot, ask) = (lot.0, ask.minor());
            stored("ReaffirmEnded", &v1::ReaffirmEnded { lot, ask })
        }
        _ => unreachable!("only events of bidding come here"),
    }
}
