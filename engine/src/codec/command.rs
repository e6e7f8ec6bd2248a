//! `v1::Command` to the domain's command.

use mazad_proto::v1::command::Act as Wire;
use mazad_proto::{Encoding, FaultCode, encode, v1};

use super::wire_id::{command_id, lot_no, sale_id, uuid};
use super::{Vault, terms};
use crate::domain::{
    AccountId, Act, Actor, BidKind, BidNo, Command, CommandId, LotNo, LotTerms, Method, Money,
    Paddle, Reserve, ReserveOpening, Running, SaleId, Time, VoidCause,
};
use crate::proof::reserve_commitment;

/// What the command asks for; a command that asks for nothing is malformed.
///
/// # Errors
/// [`FaultCode::Malformed`].
pub fn act_of(wire: &v1::Command) -> Result<&Wire, FaultCode> {
    wire.act.as_ref().ok_or(FaultCode::Malformed)
}

/// Keyed digest of a command over its one protobuf encoding: spelled in JSON or in protobuf, it is
/// the same command.
///
/// # Errors
/// The message has a number that no version of the schema knows.
pub fn digest(wire: &v1::Command, vault: &Vault) -> Result<[u8; 32], FaultCode> {
    let bytes = encode(wire, Encoding::Proto).map_err(|error| FaultCode::from(&error))?;
    Ok(vault.digest(&bytes))
}

/// The command as the rules take it, with its author and its arrival.
///
/// # Errors
/// What the schema allows and the rules cannot judge is malformed.
pub fn command(
    wire: &v1::Command,
    actor: Actor,
    arrived: Time,
    vault: &Vault,
) -> Result<(SaleId, Command), FaultCode> {
    let id = command_id(&wire.id)?;
    let sale = sale_id(&wire.sale)?;
    let act = act(act_of(wire)?, sale, id, vault)?;
    Ok((
        sale,
        Command {
            id,
            actor,
            arrived,
            digest: digest(wire, vault)?,
            act,
        },
    ))
}

#[expect(clippy::too_many_lines, reason = "one arm for each act")]
fn act(wire: &Wire, sale: SaleId, id: CommandId, vault: &Vault) -> Result<Act, FaultCode> {
    Ok(match wire {
        Wire::PlaceBid(bid) => place_bid(bid)?,
        Wire::Reaffirm(reaffirm) => Act::Reaffirm {
            lot: lot_no(reaffirm.lot)?,
        },
        Wire::FloorBid(bid) => Act::FloorBid {
            lot: lot_no(bid.lot)?,
            paddle: paddle(bid.paddle)?,
            amount: money(bid.amount)?,
        },
        Wire::ConfirmFloorBid(confirm) => Act::ConfirmFloorBid {
            lot: lot_no(confirm.lot)?,
        },
        Wire::VoidBid(void) => Act::VoidBid {
            lot: lot_no(void.lot)?,
            bid: BidNo(void.bid),
            cause: void_cause(void.cause)?,
            note: void.note.clone(),
        },
        Wire::OpenLot(open) => Act::OpenLot {
            lot: lot_no(open.lot)?,
        },
        Wire::WarnLot(warn) => Act::WarnLot {
            lot: lot_no(warn.lot)?,
        },
        Wire::SetAsk(set) => Act::SetAsk {
            lot: lot_no(set.lot)?,
            ask: money(set.ask)?,
        },
        Wire::HammerLot(hammer) => Act::HammerLot {
            lot: lot_no(hammer.lot)?,
        },
        Wire::PassLot(pass) => Act::PassLot {
            lot: lot_no(pass.lot)?,
        },
        Wire::WithdrawLot(withdraw) => Act::WithdrawLot {
            lot: lot_no(withdraw.lot)?,
            reason: withdraw.reason.clone(),
        },
        Wire::ReofferLot(reoffer) => Act::ReofferLot {
            lot: lot_no(reoffer.lot)?,
            opening: some_money(reoffer.opening)?,
            running: running(reoffer.running.as_ref())?,
        },
        Wire::ReopenLot(reopen) => Act::ReopenLot {
            lot: lot_no(reopen.lot)?,
            reason: reopen.reason.clone(),
        },
        Wire::ReorderLots(reorder) => Act::ReorderLots {
            order: reorder
                .order
                .iter()
                .map(|lot| lot_no(*lot))
                .collect::<Result<_, _>>()?,
        },
        Wire::OpenSale(v1::OpenSale {}) => Act::OpenSale,
        Wire::PauseSale(pause) => Act::PauseSale {
            reason: pause.reason.clone(),
        },
        Wire::ResumeSale(v1::ResumeSale {}) => Act::ResumeSale,
        Wire::EndSale(v1::EndSale {}) => Act::EndSale,
        Wire::AdmitPaddle(admit) => Act::AdmitPaddle {
            paddle: paddle(admit.paddle)?,
            account: some_uuid(&admit.account)?.map(AccountId),
            limit: some_money(admit.limit)?,
        },
        Wire::BarPaddle(bar) => Act::BarPaddle {
            paddle: paddle(bar.paddle)?,
            reason: bar.reason.clone(),
        },
        Wire::CreateSale(create) => Act::CreateSale {
            terms: terms::sale_terms_from_proto(create.terms.as_ref().ok_or(FaultCode::Malformed)?)
                .map_err(|_| FaultCode::Malformed)?,
        },
        Wire::AddLot(add) => {
            let lot = lot_no(add.lot)?;
            Act::AddLot {
                lot,
                terms: Box::new(lot_terms(add, sale, lot, id, vault)?),
            }
        }
    })
}

fn place_bid(bid: &v1::PlaceBid) -> Result<Act, FaultCode> {
    let kind = match v1::BidKind::try_from(bid.kind) {
        Ok(v1::BidKind::Flat) => BidKind::Flat,
        Ok(v1::BidKind::Maximum) => BidKind::Maximum,
        Ok(v1::BidKind::Unspecified) | Err(_) => return Err(FaultCode::Malformed),
    };
    Ok(Act::PlaceBid {
        lot: lot_no(bid.lot)?,
        amount: money(bid.amount)?,
        kind,
        confirms: some_uuid(&bid.confirms)?.map(CommandId),
    })
}

fn void_cause(number: i32) -> Result<VoidCause, FaultCode> {
    match v1::VoidCause::try_from(number) {
        Ok(v1::VoidCause::TypingError) => Ok(VoidCause::TypingError),
        Ok(v1::VoidCause::Eligibility) => Ok(VoidCause::Eligibility),
        Ok(v1::VoidCause::ProvenError) => Ok(VoidCause::ProvenError),
        Ok(v1::VoidCause::CourtOrder) => Ok(VoidCause::CourtOrder),
        Ok(v1::VoidCause::Unspecified) | Err(_) => Err(FaultCode::Malformed),
    }
}

/// R4: the reserve comes beside the terms, in clear; the engine commits to it with a salt that
/// follows from the command, so that a repeat is the same command with the same commitment.
fn lot_terms(
    add: &v1::AddLot,
    sale: SaleId,
    lot: LotNo,
    id: CommandId,
    vault: &Vault,
) -> Result<LotTerms, FaultCode> {
    let wire = add.terms.as_ref().ok_or(FaultCode::Malformed)?;
    if let Some(v1::lot_terms::Method::English(english)) = &wire.method
        && english.reserve.is_some()
    {
        return Err(FaultCode::Malformed);
    }
    let mut terms = terms::lot_terms_from_proto(wire).map_err(|_| FaultCode::Malformed)?;
    if let Some(amount) = some_money(add.reserve)? {
        let salt = vault.salt(id.0.as_bytes());
        let commitment = reserve_commitment(sale, lot, amount, &salt);
        let opening = Some(ReserveOpening { amount, salt });
        let Method::English(english) = &mut terms.method;
        english.reserve = Some(Reserve {
            commitment,
            opening,
        });
    }
    Ok(terms)
}

fn running(wire: Option<&v1::Running>) -> Result<Running, FaultCode> {
    wire.map_or(Ok(Running::Clerked), |wire| {
        terms::running_from_proto(wire).map_err(|_| FaultCode::Malformed)
    })
}

fn paddle(number: u32) -> Result<Paddle, FaultCode> {
    if number == 0 {
        Err(FaultCode::Malformed)
    } else {
        Ok(Paddle(number))
    }
}

fn money(minor: i64) -> Result<Money, FaultCode> {
    Money::new(minor).ok_or(FaultCode::Malformed)
}

/// An amount that may be missing; the wire says 0.
fn some_money(minor: i64) -> Result<Option<Money>, FaultCode> {
    Ok(Some(money(minor)?).filter(|amount| !amount.is_zero()))
}

/// A uuid that may be missing; the wire says nothing.
fn some_uuid(text: &str) -> Result<Option<uuid::Uuid>, FaultCode> {
    if text.is_empty() {
        Ok(None)
    } else {
        uuid(text).map(Some)
    }
}

#[cfg(test)]
#[path = "command_tests.rs"]
mod tests;
