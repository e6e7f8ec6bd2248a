//! The state of a sale as bytes: one encoding for each state, for snapshots and for the digest that
//! proves a replay equal to what ran live.

use std::sync::Arc;

use bytes::Bytes;
use mazad_proto::v1;
use prost::Message;
use sha2::{Digest, Sha256};

use super::act::leads_to_wire;
use super::error::DecodeError;
use super::parts::{bytes_of, canonical, present, uuid_of};
use super::terms::{
    english_from_proto, english_to_proto, lot_terms_from_proto, lot_terms_to_proto, minor,
    running_from_proto, running_to_proto, sale_terms_from_proto, sale_terms_to_proto, some_money,
};
use super::{meta, read, words, write};
use crate::domain::rules::english::{
    Confirmation, English, HeldFloorBid, Lead, LeadOffer, MaximumMove,
};
use crate::domain::{
    AccountId, Actor, Admission, Bid, BidNo, Closed, CommandId, Epoch, Lot, LotNo, LotOutcome,
    Meta, Method, Money, Open, Paddle, Pause, Phase, Reserve, ReserveOpening, Sale, SalePhase,
    StaffId, Time, VoidRequest,
};

/// The bytes of a state. They hold every secret of the sale: seal them before they are stored.
pub fn state_bytes(sale: &Sale) -> Vec<u8> {
    to_proto(sale).encode_to_vec()
}

/// SHA-256 of [`state_bytes`]: equal for two folds of the same events, on any machine.
pub fn state_digest(sale: &Sale) -> [u8; 32] {
    Sha256::digest(state_bytes(sale)).into()
}

/// Reads a state that [`state_bytes`] wrote.
///
/// # Errors
/// [`DecodeError::Malformed`]: replay instead.
pub fn state_from_bytes(bytes: &[u8]) -> Result<Sale, DecodeError> {
    let wire: v1::SaleState = canonical(bytes, "SaleState")?;
    from_proto(wire)
}

pub(super) fn to_proto(sale: &Sale) -> v1::SaleState {
    // By name and without a rest, so that a new field does not compile before it is written.
    let Sale {
        terms,
        phase,
        pause,
        epochs,
        now,
        next_revision,
        public_revision,
        clock_offset,
        lots,
        order,
        rests_since,
        admissions,
        paddles: _,
        due: _,
    } = sale;
    let epoch = |one: &Epoch| v1::EpochState {
        epoch: one.epoch,
        first: one.first,
    };
    v1::SaleState {
        terms: terms.as_ref().map(sale_terms_to_proto),
        phase: match phase {
            SalePhase::Draft => 0,
            SalePhase::Announced => 1,
            SalePhase::Open => 2,
            SalePhase::Ended => 3,
        },
        pause: pause.as_ref().map(|pause| {
            let (cause, clock_offset) = words::pause_cause(pause.cause);
            v1::PauseState {
                since: pause.since.0,
                reason: pause.reason.clone(),
                cause,
                clock_offset,
                offset_before: pause.offset_before,
            }
        }),
        clock_offset: *clock_offset,
        epochs: epochs.iter().map(epoch).collect(),
        now: now.0,
        next_revision: *next_revision,
        public_revision: *public_revision,
        lots: lots.values().map(lot_to_proto).collect(),
        order: order.iter().map(|lot| lot.0).collect(),
        rests_since: rests_since.map(|since| since.0),
        admissions: admissions.iter().map(admission_to_proto).collect(),
    }
}

pub(super) fn from_proto(wire: v1::SaleState) -> Result<Sale, DecodeError> {
    let mut sale = Sale {
        terms: wire.terms.as_ref().map(sale_terms_from_proto).transpose()?,
        phase: match wire.phase {
            0 => SalePhase::Draft,
            1 => SalePhase::Announced,
            2 => SalePhase::Open,
            3 => SalePhase::Ended,
            _ => return Err(DecodeError::Malformed("phase")),
        },
        now: Time(wire.now),
        next_revision: wire.next_revision,
        public_revision: wire.public_revision,
        clock_offset: wire.clock_offset,
        order: wire.order.into_iter().map(LotNo).collect(),
        rests_since: wire.rests_since.map(Time),
        ..Sale::default()
    };
    if let Some(pause) = wire.pause {
        let cause = words::read_pause_cause(pause.cause, pause.clock_offset)?;
        sale.pause = Some(Pause {
            since: Time(pause.since),
            reason: pause.reason,
            cause,
            offset_before: pause.offset_before,
        });
    }
    let epochs = wire.epochs.iter();
    sale.epochs = epochs
        .map(|one| Epoch {
            epoch: one.epoch,
            first: one.first,
        })
        .collect();
    for lot in wire.lots {
        let lot = lot_from_proto(lot)?;
        sale.due.extend(lot.due());
        sale.lots.insert(lot.no, lot);
    }
    for wire in wire.admissions {
        let paddle = Paddle(wire.paddle);
        let admission = admission_from_proto(&wire)?;
        sale.paddles
            .extend(admission.account.map(|account| (account, paddle)));
        sale.admissions.insert(paddle, admission);
    }
    sale.due.extend(sale.end_due());
    Ok(sale)
}

fn money(minor: i64) -> Result<Money, DecodeError> {
    Money::new(minor).ok_or(DecodeError::Malformed("amount"))
}

fn admission_to_proto((paddle, admission): (&Paddle, &Admission)) -> v1::AdmissionState {
    v1::AdmissionState {
        paddle: paddle.0,
        account: admission
            .account
            .map(|account| bytes_of(account.0))
            .unwrap_or_default(),
        limit: minor(admission.limit),
        exposure: admission.exposure.minor(),
        barred: admission.barred,
        present: admission.present,
    }
}

fn admission_from_proto(wire: &v1::AdmissionState) -> Result<Admission, DecodeError> {
    let account = if wire.account.is_empty() {
        None
    } else {
        Some(AccountId(uuid_of(&wire.account, "account")?))
    };
    Ok(Admission {
        account,
        limit: some_money(wire.limit, "limit")?,
        exposure: money(wire.exposure)?,
        barred: wire.barred,
        present: wire.present,
    })
}

fn lot_to_proto(lot: &Lot) -> v1::LotState {
    let terms = lot.method.terms();
    let opened = terms.reserve().and_then(|reserve| reserve.opening);
    let request = lot.void_request;
    v1::LotState {
        lot: lot.no.0,
        running: Some(running_to_proto(&lot.running)),
        method: Some(method_to_proto(&lot.method)),
        reserve: minor(opened.map(|opened| opened.amount)),
        reserve_salt: opened
            .map(|opened| Bytes::copy_from_slice(&opened.salt))
            .unwrap_or_default(),
        attempt: lot.attempt,
        bids: lot.bids.iter().map(bid_to_proto).collect(),
        bids_before: lot.bids_before,
        void_request: request.map(|request| v1::VoidRequested {
            lot: lot.no.0,
            bid: request.bid.0,
            cause: words::void_cause(request.cause),
        }),
        void_officer: request
            .map(|request| bytes_of(request.officer.0))
            .unwrap_or_default(),
        phase: Some(match &lot.phase {
            Phase::Upcoming { opens_at } => v1::lot_state::Phase::Upcoming(v1::UpcomingState {
                opens_at: opens_at.map(|at| at.0),
            }),
            Phase::Open(open) => v1::lot_state::Phase::Open(open_to_proto(open)),
            Phase::Closed(closed) => v1::lot_state::Phase::Closed(closed_to_proto(lot.no, closed)),
        }),
        ceiling: lot.ceiling.minor(),
        base_open: lot.base_open,
        terms: Some(lot_terms_to_proto(&lot.terms)),
    }
}

fn lot_from_proto(wire: v1::LotState) -> Result<Lot, DecodeError> {
    let opening = match some_money(wire.reserve, "reserve")? {
        None => None,
        Some(amount) => {
            let salt = wire.reserve_salt.as_ref().try_into();
            let salt = salt.map_err(|_| DecodeError::Malformed("reserve"))?;
            Some(ReserveOpening { amount, salt })
        }
    };
    let void_request = match wire.void_request {
        None => None,
        Some(request) => Some(VoidRequest {
            bid: BidNo(request.bid),
            cause: words::read_void_cause(request.cause)?,
            officer: StaffId(uuid_of(&wire.void_officer, "void_officer")?),
        }),
    };
    let phase = match present(wire.phase, "lot.phase")? {
        v1::lot_state::Phase::Upcoming(upcoming) => Phase::Upcoming {
            opens_at: upcoming.opens_at.map(Time),
        },
        v1::lot_state::Phase::Open(open) => Phase::Open(open_from_proto(&open)),
        v1::lot_state::Phase::Closed(closed) => Phase::Closed(closed_from_proto(closed)?),
    };
    let bids: Result<Vec<Bid>, DecodeError> = wire.bids.iter().map(bid_from_proto).collect();
    Ok(Lot {
        no: LotNo(wire.lot),
        terms: Arc::new(lot_terms_from_proto(&present(wire.terms, "lot.terms")?)?),
        running: running_from_proto(&present(wire.running, "running")?)?,
        method: method_from_proto(present(wire.method, "method")?, opening)?,
        attempt: wire.attempt,
        phase,
        bids: bids?,
        bids_before: wire.bids_before,
        void_request,
        ceiling: money(wire.ceiling)?,
        base_open: wire.base_open,
    })
}

fn closed_to_proto(lot: LotNo, closed: &Closed) -> v1::ClosedState {
    let undecided = match closed.outcome {
        LotOutcome::ForDecision(undecided) => Some(undecided),
        _ => None,
    };
    let reckoned = undecided.and_then(|undecided| undecided.reckoned);
    v1::ClosedState {
        at: closed.at.0,
        outcome: Some(write::outcome_message(lot, closed.outcome)),
        open: closed.open.as_ref().map(open_to_proto),
        decision: undecided.map_or(0, |undecided| words::decision_cause(undecided.cause)),
        reckoned: reckoned.map(|lead| leads_to_wire(Some(lead))),
        voided: closed.voided,
    }
}

fn closed_from_proto(wire: v1::ClosedState) -> Result<Closed, DecodeError> {
    let mut outcome = read::read_outcome(&present(wire.outcome, "outcome")?)?;
    if let LotOutcome::ForDecision(undecided) = &mut outcome {
        undecided.cause = words::read_decision_cause(wire.decision)?;
        if let Some(reckoned) = wire.reckoned {
            undecided.reckoned = Some((Paddle(reckoned.leader), money(reckoned.price)?));
        }
    }
    Ok(Closed {
        at: Time(wire.at),
        outcome,
        open: wire.open.as_ref().map(open_from_proto),
        voided: wire.voided,
    })
}

fn method_to_proto(method: &Method) -> v1::lot_state::Method {
    match method {
        Method::English(english) => v1::lot_state::Method::English(english_state(english)),
    }
}

fn method_from_proto(
    wire: v1::lot_state::Method,
    reserve: Option<ReserveOpening>,
) -> Result<Method, DecodeError> {
    match wire {
        v1::lot_state::Method::English(state) => {
            Ok(Method::English(english_from_state(state, reserve)?))
        }
    }
}

fn move_to_proto(moved: &MaximumMove) -> v1::MaximumMoveState {
    v1::MaximumMoveState {
        bid: moved.bid.0,
        after: moved.after.0,
        from: moved.from.minor(),
        to: moved.to.minor(),
    }
}

fn move_from_proto(wire: &v1::MaximumMoveState) -> Result<MaximumMove, DecodeError> {
    Ok(MaximumMove {
        bid: BidNo(wire.bid),
        after: BidNo(wire.after),
        from: money(wire.from)?,
        to: money(wire.to)?,
    })
}

fn bid_to_proto(bid: &Bid) -> v1::BidState {
    v1::BidState {
        bid: bid.no.0,
        paddle: bid.paddle.0,
        origin: words::bid_origin(bid.origin),
        kind: words::bid_kind(bid.kind),
        maximum: bid.maximum.minor(),
        at: bid.at.0,
        void: bid.void.map_or(0, |last| last.0),
        declined: bid.declined,
        reaffirms: bid.reaffirms,
        clerk_ask: bid.clerk_ask.map(Money::minor),
    }
}

fn bid_from_proto(wire: &v1::BidState) -> Result<Bid, DecodeError> {
    Ok(Bid {
        no: BidNo(wire.bid),
        paddle: Paddle(wire.paddle),
        origin: words::read_bid_origin(wire.origin)?,
        kind: words::read_bid_kind(wire.kind)?,
        maximum: money(wire.maximum)?,
        at: Time(wire.at),
        void: (wire.void != 0).then_some(BidNo(wire.void)),
        declined: wire.declined,
        reaffirms: wire.reaffirms,
        clerk_ask: wire.clerk_ask.map(money).transpose()?,
    })
}

fn open_to_proto(open: &Open) -> v1::OpenState {
    v1::OpenState {
        opened_at: open.opened_at.0,
        ends_at: open.ends_at.map(|at| at.0),
        hard_stop: open.hard_stop.map(|at| at.0),
        extensions: open.extensions,
        warnings: open.warnings,
        warned_at: open.warned_at.map(|at| at.0),
    }
}

fn open_from_proto(wire: &v1::OpenState) -> Open {
    Open {
        opened_at: Time(wire.opened_at),
        ends_at: wire.ends_at.map(Time),
        hard_stop: wire.hard_stop.map(Time),
        extensions: wire.extensions,
        warnings: wire.warnings,
        warned_at: wire.warned_at.map(Time),
    }
}

fn english_state(english: &English) -> v1::EnglishState {
    let English {
        terms,
        lead,
        clerk_ask,
        offer,
        held,
        held_count,
        confirmations,
        moves,
        lapses,
    } = english;
    v1::EnglishState {
        terms: Some(english_to_proto(terms)),
        lead: lead.map(|lead| v1::LeadState {
            paddle: lead.paddle.0,
            price: lead.price.minor(),
            maximum: lead.maximum.minor(),
            bid: lead.bid.0,
            short_step: lead.short_step,
        }),
        clerk_ask: clerk_ask.map(Money::minor),
        offer: offer.map(|offer| v1::ReaffirmOffered {
            paddle: offer.paddle.0,
            price: offer.price.minor(),
            until: offer.until.0,
            ..v1::ReaffirmOffered::default()
        }),
        held: held.map(|held| v1::FloorBidHeld {
            paddle: held.paddle.0,
            amount: held.amount.minor(),
            until: held.until.0,
            held: held.no,
            ..v1::FloorBidHeld::default()
        }),
        held_clerk: held.map(|held| bytes_of(held.clerk.0)).unwrap_or_default(),
        confirmations: confirmations
            .iter()
            .map(|(asker, one)| v1::ConfirmationState {
                asker: Some(meta::to_proto(&asked_by(*asker, one.command))),
                paddle: one.paddle.0,
                amount: one.amount.minor(),
                until: one.until.0,
            })
            .collect(),
        moves: moves.iter().map(move_to_proto).collect(),
        lapses: lapses.iter().map(|after| after.0).collect(),
        held_count: *held_count,
    }
}

fn english_from_state(
    wire: v1::EnglishState,
    opening: Option<ReserveOpening>,
) -> Result<English, DecodeError> {
    let stored = present(wire.terms, "english.terms")?;
    let mut terms = english_from_proto(&stored)?;
    if let Some(sealed) = &stored.reserve {
        let commitment = sealed.commitment.as_ref().try_into();
        let commitment = commitment.map_err(|_| DecodeError::Malformed("reserve"))?;
        terms.reserve = Some(Reserve {
            commitment,
            opening,
        });
    }
    let mut english = English::new(terms);
    if let Some(lead) = wire.lead {
        english.lead = Some(Lead {
            paddle: Paddle(lead.paddle),
            price: money(lead.price)?,
            maximum: money(lead.maximum)?,
            bid: BidNo(lead.bid),
            short_step: lead.short_step,
        });
    }
    english.clerk_ask = wire.clerk_ask.map(money).transpose()?;
    if let Some(offer) = wire.offer {
        english.offer = Some(LeadOffer {
            paddle: Paddle(offer.paddle),
            price: money(offer.price)?,
            until: Time(offer.until),
        });
    }
    if let Some(held) = wire.held {
        english.held = Some(HeldFloorBid {
            no: held.held,
            paddle: Paddle(held.paddle),
            amount: money(held.amount)?,
            clerk: StaffId(uuid_of(&wire.held_clerk, "held_clerk")?),
            until: Time(held.until),
        });
    }
    for one in wire.confirmations {
        let asked = meta::from_proto(present(one.asker, "confirmation")?)?;
        let waiting = Confirmation {
            command: asked.command,
            paddle: Paddle(one.paddle),
            amount: money(one.amount)?,
            until: Time(one.until),
        };
        english.confirmations.insert(asked.actor, waiting);
    }
    let moves: Result<Vec<_>, DecodeError> = wire.moves.iter().map(move_from_proto).collect();
    english.moves = moves?;
    english.lapses = wire.lapses.into_iter().map(BidNo).collect();
    english.held_count = wire.held_count;
    Ok(english)
}

/// Who asked by which command, as the part of metadata that tells it.
const fn asked_by(actor: Actor, command: CommandId) -> Meta {
    Meta {
        at: Time(0),
        arrived: Time(0),
        actor,
        command,
        digest: [0; 32],
    }
}
