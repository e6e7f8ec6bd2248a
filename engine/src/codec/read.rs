//! Each stored message to its event, or to JSON for whoever may not see secrets.

use mazad_proto::v1;
use serde_json::Value;
use uuid::Uuid;

use super::error::DecodeError;
use super::open::Opener;
use super::parts::{canonical, present, uuid_of};
use super::terms::{
    lot_terms_from_proto, reserve_of, running_from_proto, sale_terms_from_proto, some_money,
};
use super::words;
use crate::domain::{
    AccountId, BidAccepted, BidEvent, BidNo, BidVoided, Code, DecisionCause, Event, Figure,
    LotEvent, LotNo, LotOutcome, LotTerms, Money, Paddle, Refusal, ReserveOpening, SaleEvent, Span,
    StaffId, Time, Undecided,
};

macro_rules! stored_events {
    ($($kind:ident => $read:expr;)*) => {
        /// Reads an event from its type name and bytes.
        pub(super) fn from_stored(
            kind: &str,
            data: &[u8],
            opener: Opener<'_>,
        ) -> Result<Event, DecodeError> {
            match kind {
                $(stringify!($kind) => {
                    let message: v1::$kind = canonical(data, stringify!($kind))?;
                    let read: fn(v1::$kind, Opener<'_>) -> Result<Event, DecodeError> = $read;
                    read(message, opener)
                })*
                _ => Err(DecodeError::UnknownKind(kind.to_owned())),
            }
        }

        /// Reads a stored message as JSON, sealed values reduced to their commitments.
        pub(super) fn to_json(kind: &str, data: &[u8]) -> Result<Value, DecodeError> {
            let mut value = match kind {
                $(stringify!($kind) => {
                    let message: v1::$kind = canonical(data, stringify!($kind))?;
                    serde_json::to_value(message)
                        .map_err(|_| DecodeError::Malformed(stringify!($kind)))?
                })*
                _ => return Err(DecodeError::UnknownKind(kind.to_owned())),
            };
            hide_ciphertexts(&mut value);
            Ok(value)
        }
    };
}

fn hide_ciphertexts(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("ciphertext");
            fields.values_mut().for_each(hide_ciphertexts);
        }
        Value::Array(items) => items.iter_mut().for_each(hide_ciphertexts),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

// The table reads every message by value: the readers of small ones take them apart.
stored_events! {
    SaleCreated => |m, _| {
        let terms = sale_terms_from_proto(&present(m.terms, "terms")?)?;
        sale(SaleEvent::Created { terms })
    };
    SaleAmended => |m, _| {
        let terms = sale_terms_from_proto(&present(m.terms, "terms")?)?;
        let before = sale_terms_from_proto(&present(m.before, "before")?)?;
        sale(SaleEvent::Amended { terms, before: Box::new(before), reason: m.reason })
    };
    LotsCleared => |_, _| sale(SaleEvent::LotsCleared);
    SalePublished => |_, _| sale(SaleEvent::Published);
    WriterStarted => |m, _| sale(SaleEvent::WriterStarted { epoch: m.epoch });
    SaleOpened => |_, _| sale(SaleEvent::Opened);
    SaleEnded => |_, _| sale(SaleEvent::Ended);
    SalePaused => |m, _| {
        let cause = words::read_pause_cause(m.cause, m.clock_offset)?;
        sale(SaleEvent::Paused { reason: m.reason, cause })
    };
    StoodStill => |m, _| sale(SaleEvent::StoodStill { gap: Span(m.gap) });
    SaleResumed => |m, _| sale(SaleEvent::Resumed { shift: Span(m.shift) });
    PaddleAdmitted => |m, _| {
        let account = some_uuid(&m.account, "account")?.map(AccountId);
        let (paddle, limit) = (Paddle(m.paddle), some_money(m.limit, "limit")?);
        sale(SaleEvent::PaddleAdmitted { paddle, account, limit })
    };
    PaddleBarred => |m, _| {
        sale(SaleEvent::PaddleBarred { paddle: Paddle(m.paddle), reason: m.reason })
    };
    LimitSet => |m, _| {
        let (paddle, limit) = (Paddle(m.paddle), some_money(m.limit, "limit")?);
        sale(SaleEvent::LimitSet { paddle, limit })
    };
    PresenceMarked => |m, _| {
        sale(SaleEvent::PresenceMarked { paddle: Paddle(m.paddle), present: m.present })
    };
    LotsReordered => |m, _| {
        sale(SaleEvent::LotsReordered { order: m.order.into_iter().map(LotNo).collect() })
    };
    LotAdded => lot_added;
    LotAmended => lot_amended;
    LotScheduled => |m, _| {
        let opens_at = (m.opens_at != 0).then_some(Time(m.opens_at));
        lot(m.lot, LotEvent::Scheduled { opens_at })
    };
    LotOpened => |m, _| lot(m.lot, LotEvent::Opened {
        attempt: m.attempt,
        ask: money(m.ask)?,
        ends_at: (m.ends_at != 0).then_some(Time(m.ends_at)),
    });
    LotWarned => |m, _| lot(m.lot, LotEvent::Warned { warning: m.warning });
    LotExtended => |m, _| lot(m.lot, LotEvent::Extended {
        ends_at: Time(m.ends_at),
        cause: words::read_extension_cause(m.cause)?,
    });
    LotClosed => lot_closed;
    CeilingRaised => |m, _| lot(m.lot, LotEvent::CeilingRaised {
        ceiling: money(m.ceiling)?,
        reason: m.reason,
    });
    LotWithdrawn => |m, _| {
        let reserve = opened_base(m.reserve, &m.reserve_salt)?;
        lot(m.lot, LotEvent::Withdrawn { reason: m.reason, reserve })
    };
    LotReoffered => |m, opener| lot(m.lot, LotEvent::Reoffered {
        attempt: m.attempt,
        opening: money(m.opening)?,
        running: running_from_proto(&present(m.running, "running")?)?,
        reserve: m.reserve.as_ref().map(|sealed| opener.reserve(LotNo(m.lot), sealed)).transpose()?,
        ceiling: money(m.ceiling)?,
    });
    LotReopened => |m, _| lot(m.lot, LotEvent::Reopened { reason: m.reason });
    VoidRequested => |m, _| lot(m.lot, LotEvent::VoidRequested {
        bid: BidNo(m.bid),
        cause: words::read_void_cause(m.cause)?,
    });
    BidVoided => bid_voided;
    BidAccepted => bid_accepted;
    MaximumChanged => |m, opener| bid(m.lot, BidEvent::MaximumChanged {
        paddle: Paddle(m.paddle),
        maximum: opener.maximum(m.maximum.as_ref())?,
    });
    AskSet => |m, _| bid(m.lot, BidEvent::AskSet { ask: money(m.ask)? });
    ReserveLifted => |m, _| bid(m.lot, BidEvent::ReserveLifted { price: money(m.price)? });
    FloorBidHeld => |m, _| bid(m.lot, BidEvent::FloorBidHeld {
        held: m.held,
        paddle: Paddle(m.paddle),
        amount: money(m.amount)?,
        until: Time(m.until),
    });
    FloorBidLapsed => |m, _| bid(m.lot, BidEvent::FloorBidLapsed);
    ReaffirmOffered => |m, _| bid(m.lot, BidEvent::ReaffirmOffered {
        paddle: Paddle(m.paddle),
        price: money(m.price)?,
        until: Time(m.until),
        ask: money(m.ask)?,
    });
    LeadReaffirmed => |m, _| bid(m.lot, BidEvent::LeadReaffirmed {
        bid: BidNo(m.bid),
        paddle: Paddle(m.paddle),
        price: money(m.price)?,
        ask: money(m.ask)?,
    });
    ReaffirmEnded => |m, _| bid(m.lot, BidEvent::ReaffirmEnded { ask: money(m.ask)? });
    CommandRefused => |mut m, opener| {
        let own = opener.figures(m.own.as_ref())?;
        m.figures.extend(own);
        let (lot, refusal) = read_refusal(m)?;
        Ok(Event::Refused { lot, refusal })
    };
}

fn sale(event: SaleEvent) -> Result<Event, DecodeError> {
    Ok(event.into())
}

fn lot(lot: u32, event: LotEvent) -> Result<Event, DecodeError> {
    Ok(event.of(LotNo(lot)))
}

fn bid(lot: u32, event: BidEvent) -> Result<Event, DecodeError> {
    Ok(event.of(LotNo(lot)))
}

fn money(minor: i64) -> Result<Money, DecodeError> {
    Money::new(minor).ok_or(DecodeError::Malformed("amount"))
}

fn some_uuid(bytes: &[u8], name: &'static str) -> Result<Option<Uuid>, DecodeError> {
    if bytes.is_empty() {
        Ok(None)
    } else {
        uuid_of(bytes, name).map(Some)
    }
}

fn lot_added(message: v1::LotAdded, opener: Opener<'_>) -> Result<Event, DecodeError> {
    let terms = lot_terms(message.lot, message.terms, "terms", opener)?;
    lot(message.lot, LotEvent::Added { terms })
}

fn lot_amended(message: v1::LotAmended, opener: Opener<'_>) -> Result<Event, DecodeError> {
    // Of the base that stood until then the commitment alone is told: there is nothing to open.
    let without_key = Opener {
        vault: None,
        ..opener
    };
    let amended = LotEvent::Amended {
        terms: lot_terms(message.lot, message.terms, "terms", opener)?,
        before: lot_terms(message.lot, message.before, "before", without_key)?,
        reason: message.reason,
    };
    lot(message.lot, amended)
}

fn lot_terms(
    lot: u32,
    wire: Option<v1::LotTerms>,
    name: &'static str,
    opener: Opener<'_>,
) -> Result<Box<LotTerms>, DecodeError> {
    let wire = present(wire, name)?;
    let mut terms = lot_terms_from_proto(&wire)?;
    let reserve = reserve_of(&wire).map(|sealed| opener.reserve(LotNo(lot), sealed));
    terms.method = terms.method.with_reserve(reserve.transpose()?);
    Ok(Box::new(terms))
}

/// R4: a base that was opened, with its salt.
fn opened_base(minor: i64, salt: &[u8]) -> Result<Option<ReserveOpening>, DecodeError> {
    let opened = |amount| {
        let salt = salt.try_into();
        let salt = salt.map_err(|_| DecodeError::Malformed("reserve_salt"))?;
        Ok(ReserveOpening { amount, salt })
    };
    some_money(minor, "reserve")?.map(opened).transpose()
}

/// The outcome that a stored message tells.
pub(super) fn read_outcome(message: &v1::LotClosed) -> Result<LotOutcome, DecodeError> {
    use v1::LotOutcome as Wire;
    match Wire::try_from(message.outcome) {
        Ok(Wire::KnockedDown) => Ok(LotOutcome::KnockedDown {
            paddle: Paddle(message.paddle),
            price: money(message.price)?,
        }),
        Ok(Wire::NoBid) => Ok(LotOutcome::NoBid),
        Ok(Wire::BelowBase) => Ok(LotOutcome::BelowBase),
        Ok(Wire::PassedByClerk) => Ok(LotOutcome::PassedByClerk),
        Ok(Wire::Lapsed) => Ok(LotOutcome::Lapsed),
        Ok(Wire::Withdrawn) => Ok(LotOutcome::Withdrawn),
        // At the close there is one cause; the others come with a void after it.
        Ok(Wire::ForDecision) => Ok(LotOutcome::ForDecision(Undecided {
            cause: DecisionCause::LeaderBarred,
            paddle: Paddle(message.paddle),
            price: money(message.price)?,
            reckoned: None,
        })),
        Ok(Wire::Unspecified) | Err(_) => Err(DecodeError::Malformed("outcome")),
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the table hands messages over"
)]
fn lot_closed(message: v1::LotClosed, _: Opener<'_>) -> Result<Event, DecodeError> {
    let outcome = read_outcome(&message)?;
    let reserve = opened_base(message.reserve, &message.reserve_salt)?;
    let bidders = message.bidders;
    let closed = LotEvent::Closed {
        outcome,
        bidders,
        reserve,
    };
    lot(message.lot, closed)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the table hands messages over"
)]
fn bid_accepted(message: v1::BidAccepted, opener: Opener<'_>) -> Result<Event, DecodeError> {
    let accepted = BidEvent::Accepted(BidAccepted {
        bid: BidNo(message.bid),
        paddle: Paddle(message.paddle),
        origin: words::read_bid_origin(message.origin)?,
        kind: words::read_bid_kind(message.kind)?,
        maximum: opener.maximum(message.maximum.as_ref())?,
        shown: money(message.shown)?,
        price: money(message.price)?,
        leader: Paddle(message.leader),
        ask: money(message.ask)?,
        short_step: message.short_step,
    });
    bid(message.lot, accepted)
}

fn bid_voided(message: v1::BidVoided, _: Opener<'_>) -> Result<Event, DecodeError> {
    let voided = LotEvent::BidVoided(BidVoided {
        bid: BidNo(message.bid),
        all_of_paddle: message.all_of_paddle,
        cause: words::read_void_cause(message.cause)?,
        officer: StaffId(uuid_of(&message.officer, "officer")?),
        second: some_uuid(&message.second, "second")?.map(StaffId),
        note: message.note,
        effect: words::read_applied_effect(message.effect)?,
        price: some_money(message.price, "price")?,
        leader: (message.leader != 0).then_some(Paddle(message.leader)),
        ask: money(message.ask)?,
    });
    lot(message.lot, voided)
}

/// The refusal that a stored message tells.
pub(super) fn read_refusal(
    message: v1::CommandRefused,
) -> Result<(Option<LotNo>, Refusal), DecodeError> {
    let code = Code::parse(&message.code).ok_or(DecodeError::Malformed("code"))?;
    if message.rule != code.rule() {
        return Err(DecodeError::Malformed("rule"));
    }
    let figure = |figure: v1::Figure| {
        let name = Figure::parse(&figure.name).ok_or(DecodeError::Malformed("figure"))?;
        Ok((name, figure.value))
    };
    let figures: Result<Vec<_>, DecodeError> = message.figures.into_iter().map(figure).collect();
    let mut figures = figures?;
    figures.sort_by_key(|(name, _)| *name);
    let lot = (message.lot != 0).then_some(LotNo(message.lot));
    Ok((lot, Refusal { code, figures }))
}
