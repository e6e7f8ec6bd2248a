//! What people ask, from the wire and back. Every act has one spelling back, whatever came in.

use mazad_proto::v1::command::Act as Wire;
use mazad_proto::{FaultCode, v1};

use super::terms::{minor, reserve_of, set_reserve};
use super::vault::Vault;
use super::wire_id::{lot_no, uuid};
use super::{terms, words};
use crate::domain::{
    AccountId, Act, BidKind, BidNo, BidderAct, CommandId, FloorAct, LotAct, LotNo, LotTerms, Money,
    Paddle, Reserve, ReserveOpening, Running, SaleAct, SaleId, SaleTerms, Seen, StaffAct,
    VoidCause, preset_ceiling,
};
use crate::proof::reserve_commitment;

#[expect(clippy::too_many_lines, reason = "one arm for each act")]
pub(super) fn act_from_wire(
    wire: &Wire,
    sale: SaleId,
    id: CommandId,
    vault: &Vault,
) -> Result<Act, FaultCode> {
    Ok(match wire {
        Wire::PlaceBid(bid) => BidderAct::PlaceBid {
            amount: money(bid.amount)?,
            kind: bid_kind(bid.kind)?,
            confirms: some_uuid(&bid.confirms)?.map(CommandId),
        }
        .of(lot_no(bid.lot)?),
        Wire::Reaffirm(reaffirm) => BidderAct::Reaffirm.of(lot_no(reaffirm.lot)?),

        Wire::FloorBid(bid) => {
            let (paddle, amount) = (paddle(bid.paddle)?, money(bid.amount)?);
            let confirms = some_uuid(&bid.confirms)?.map(CommandId);
            FloorAct::Bid {
                paddle,
                amount,
                confirms,
            }
            .of(lot_no(bid.lot)?)
        }
        Wire::ConfirmFloorBid(confirm) => FloorAct::ConfirmBid {
            held: confirm.held,
            paddle: paddle(confirm.paddle)?,
            amount: money(confirm.amount)?,
        }
        .of(lot_no(confirm.lot)?),
        Wire::SetAsk(set) => FloorAct::SetAsk {
            ask: money(set.ask)?,
        }
        .of(lot_no(set.lot)?),

        Wire::VoidBid(void) => LotAct::VoidBid {
            bid: BidNo(void.bid),
            cause: void_cause(void.cause)?,
            note: void.note.clone(),
            leads_to: leads_to(void.leads_to.as_ref())?,
        }
        .of(lot_no(void.lot)?),
        Wire::OpenLot(open) => LotAct::Open.of(lot_no(open.lot)?),
        Wire::WarnLot(warn) => LotAct::Warn.of(lot_no(warn.lot)?),
        Wire::HammerLot(hammer) => {
            let seen = seen(hammer.seen.as_ref())?;
            LotAct::Hammer { seen }.of(lot_no(hammer.lot)?)
        }
        Wire::PassLot(pass) => {
            let seen = seen(pass.seen.as_ref())?;
            LotAct::Pass { seen }.of(lot_no(pass.lot)?)
        }
        Wire::WithdrawLot(withdraw) => {
            let reason = withdraw.reason.clone();
            let seen = seen(withdraw.seen.as_ref())?;
            LotAct::Withdraw { reason, seen }.of(lot_no(withdraw.lot)?)
        }
        Wire::ReofferLot(reoffer) => {
            let lot = lot_no(reoffer.lot)?;
            LotAct::Reoffer {
                opening: some_money(reoffer.opening)?,
                running: running(reoffer.running.as_ref())?,
                reserve: reserve(reoffer.reserve, (sale, lot, id), vault)?,
            }
            .of(lot)
        }
        Wire::RaiseCeiling(raise) => LotAct::RaiseCeiling {
            ceiling: money(raise.ceiling)?,
            reason: raise.reason.clone(),
        }
        .of(lot_no(raise.lot)?),
        Wire::ReopenLot(reopen) => {
            let reason = reopen.reason.clone();
            LotAct::Reopen { reason }.of(lot_no(reopen.lot)?)
        }

        Wire::CreateSale(create) => {
            let terms = sale_terms(create.terms.as_ref())?;
            SaleAct::Create { terms }.into()
        }
        Wire::ChangeTerms(change) => {
            let terms = sale_terms(change.terms.as_ref())?;
            SaleAct::ChangeTerms { terms }.into()
        }
        Wire::AddLots(add) => {
            let lot = |new: &v1::NewLot| {
                let lot = lot_no(new.lot)?;
                Ok((lot, lot_terms(new, (sale, lot, id), vault)?))
            };
            let lots: Result<_, FaultCode> = add.lots.iter().map(lot).collect();
            SaleAct::AddLots { lots: lots? }.into()
        }
        Wire::ClearLots(v1::ClearLots {}) => SaleAct::ClearLots.into(),
        Wire::PublishSale(v1::PublishSale {}) => SaleAct::Publish.into(),
        Wire::AdmitPaddle(admit) => SaleAct::AdmitPaddle {
            paddle: paddle(admit.paddle)?,
            account: some_uuid(&admit.account)?.map(AccountId),
            limit: some_money(admit.limit)?,
        }
        .into(),
        Wire::BarPaddle(bar) => SaleAct::BarPaddle {
            paddle: paddle(bar.paddle)?,
            reason: bar.reason.clone(),
        }
        .into(),
        Wire::SetLimit(set) => SaleAct::SetLimit {
            paddle: paddle(set.paddle)?,
            limit: some_money(set.limit)?,
        }
        .into(),
        Wire::MarkPresence(mark) => SaleAct::MarkPresence {
            paddle: paddle(mark.paddle)?,
            present: mark.present,
        }
        .into(),
        Wire::OpenSale(v1::OpenSale {}) => SaleAct::Open.into(),
        Wire::PauseSale(pause) => {
            let reason = pause.reason.clone();
            SaleAct::Pause { reason }.into()
        }
        Wire::ResumeSale(v1::ResumeSale {}) => SaleAct::Resume.into(),
        Wire::EndSale(v1::EndSale {}) => SaleAct::End.into(),
        Wire::ReorderLots(reorder) => {
            let order: Result<_, _> = reorder.order.iter().map(|lot| lot_no(*lot)).collect();
            SaleAct::ReorderLots { order: order? }.into()
        }
    })
}

/// The one spelling of what somebody asks; `None` for what the engine asks of itself.
pub(super) fn act_to_wire(act: &Act) -> Option<Wire> {
    match act {
        Act::Engine(_) => None,
        Act::Bidder(lot, act) => Some(bidder_act_to_wire(lot.0, *act)),
        Act::Staff(StaffAct::Lot(lot, act)) => Some(lot_act_to_wire(lot.0, act)),
        Act::Staff(StaffAct::Floor(lot, act)) => Some(floor_act_to_wire(lot.0, *act)),
        Act::Staff(StaffAct::Sale(act)) => Some(sale_act_to_wire(act)),
    }
}

fn bidder_act_to_wire(lot: u32, act: BidderAct) -> Wire {
    match act {
        BidderAct::PlaceBid {
            amount,
            kind,
            confirms,
        } => Wire::PlaceBid(v1::PlaceBid {
            lot,
            amount: amount.minor(),
            kind: words::bid_kind(kind),
            confirms: confirms.map(|id| id.to_string()).unwrap_or_default(),
        }),
        BidderAct::Reaffirm => Wire::Reaffirm(v1::Reaffirm { lot }),
    }
}

fn lot_act_to_wire(lot: u32, act: &LotAct) -> Wire {
    match act {
        LotAct::Open => Wire::OpenLot(v1::OpenLot { lot }),
        LotAct::Warn => Wire::WarnLot(v1::WarnLot { lot }),
        LotAct::Hammer { seen } => {
            let seen = Some(seen_to_wire(*seen));
            Wire::HammerLot(v1::HammerLot { lot, seen })
        }
        LotAct::Pass { seen } => {
            let seen = Some(seen_to_wire(*seen));
            Wire::PassLot(v1::PassLot { lot, seen })
        }
        LotAct::Withdraw { reason, seen } => Wire::WithdrawLot(v1::WithdrawLot {
            lot,
            reason: reason.clone(),
            seen: Some(seen_to_wire(*seen)),
        }),
        LotAct::Reoffer {
            opening,
            running,
            reserve,
        } => Wire::ReofferLot(v1::ReofferLot {
            lot,
            opening: minor(*opening),
            running: Some(terms::running_to_proto(running)),
            reserve: minor(base_amount(reserve.as_ref())),
        }),
        LotAct::RaiseCeiling { ceiling, reason } => Wire::RaiseCeiling(v1::RaiseCeiling {
            lot,
            ceiling: ceiling.minor(),
            reason: reason.clone(),
        }),
        LotAct::Reopen { reason } => {
            let reason = reason.clone();
            Wire::ReopenLot(v1::ReopenLot { lot, reason })
        }
        LotAct::VoidBid {
            bid,
            cause,
            note,
            leads_to,
        } => Wire::VoidBid(v1::VoidBid {
            lot,
            bid: bid.0,
            cause: words::void_cause(*cause),
            note: note.clone(),
            leads_to: Some(leads_to_wire(*leads_to)),
        }),
    }
}

fn floor_act_to_wire(lot: u32, act: FloorAct) -> Wire {
    match act {
        FloorAct::SetAsk { ask } => {
            let ask = ask.minor();
            Wire::SetAsk(v1::SetAsk { lot, ask })
        }
        FloorAct::Bid {
            paddle,
            amount,
            confirms,
        } => Wire::FloorBid(v1::FloorBid {
            lot,
            paddle: paddle.0,
            amount: amount.minor(),
            confirms: confirms.map(|id| id.to_string()).unwrap_or_default(),
        }),
        FloorAct::ConfirmBid {
            held,
            paddle,
            amount,
        } => Wire::ConfirmFloorBid(v1::ConfirmFloorBid {
            lot,
            held,
            paddle: paddle.0,
            amount: amount.minor(),
        }),
    }
}

fn sale_act_to_wire(act: &SaleAct) -> Wire {
    match act {
        SaleAct::Create { terms } => Wire::CreateSale(v1::CreateSale {
            terms: Some(terms::sale_terms_to_proto(terms)),
        }),
        SaleAct::ChangeTerms { terms } => Wire::ChangeTerms(v1::ChangeTerms {
            terms: Some(terms::sale_terms_to_proto(terms)),
        }),
        SaleAct::AddLots { lots } => Wire::AddLots(v1::AddLots {
            lots: lots
                .iter()
                .map(|(lot, terms)| new_lot(*lot, terms))
                .collect(),
        }),
        SaleAct::ClearLots => Wire::ClearLots(v1::ClearLots {}),
        SaleAct::Publish => Wire::PublishSale(v1::PublishSale {}),
        SaleAct::AdmitPaddle {
            paddle,
            account,
            limit,
        } => Wire::AdmitPaddle(v1::AdmitPaddle {
            paddle: paddle.0,
            account: account.map(|id| id.to_string()).unwrap_or_default(),
            limit: minor(*limit),
        }),
        SaleAct::BarPaddle { paddle, reason } => Wire::BarPaddle(v1::BarPaddle {
            paddle: paddle.0,
            reason: reason.clone(),
        }),
        SaleAct::SetLimit { paddle, limit } => Wire::SetLimit(v1::SetLimit {
            paddle: paddle.0,
            limit: minor(*limit),
        }),
        SaleAct::MarkPresence { paddle, present } => Wire::MarkPresence(v1::MarkPresence {
            paddle: paddle.0,
            present: *present,
        }),
        SaleAct::Open => Wire::OpenSale(v1::OpenSale {}),
        SaleAct::Pause { reason } => {
            let reason = reason.clone();
            Wire::PauseSale(v1::PauseSale { reason })
        }
        SaleAct::Resume => Wire::ResumeSale(v1::ResumeSale {}),
        SaleAct::End => Wire::EndSale(v1::EndSale {}),
        SaleAct::ReorderLots { order } => {
            let order = order.iter().map(|lot| lot.0).collect();
            Wire::ReorderLots(v1::ReorderLots { order })
        }
    }
}

fn lot_terms(
    new: &v1::NewLot,
    of: (SaleId, LotNo, CommandId),
    vault: &Vault,
) -> Result<LotTerms, FaultCode> {
    let wire = new.terms.as_ref().ok_or(FaultCode::Malformed)?;
    if reserve_of(wire).is_some() {
        return Err(FaultCode::Malformed);
    }
    let mut terms = terms::lot_terms_from_proto(wire).map_err(|_| FaultCode::Malformed)?;
    let reserve = reserve(new.reserve, of, vault)?;
    terms.method = terms.method.with_reserve(reserve);
    if terms.ceiling.is_zero() {
        let high = terms.estimate.map(|(_, high)| high);
        terms.ceiling = preset_ceiling(terms.method.opening(), high);
    }
    Ok(terms)
}

/// R4: a base comes beside the terms, in clear; the engine commits to it with a salt that follows from
/// the command, so that a repeat is the same command with the same commitment. 0: none.
fn reserve(
    minor: i64,
    (sale, lot, id): (SaleId, LotNo, CommandId),
    vault: &Vault,
) -> Result<Option<Reserve>, FaultCode> {
    let committed = |amount| {
        let salt = vault.reserve_salt(id.0.as_bytes(), lot.0);
        Reserve {
            commitment: reserve_commitment(sale, lot, amount, &salt),
            opening: Some(ReserveOpening { amount, salt }),
        }
    };
    Ok(some_money(minor)?.map(committed))
}

fn base_amount(reserve: Option<&Reserve>) -> Option<Money> {
    Some(reserve?.opening?.amount)
}

fn new_lot(lot: LotNo, terms: &LotTerms) -> v1::NewLot {
    let mut wire = terms::lot_terms_to_proto(terms);
    set_reserve(&mut wire, None);
    v1::NewLot {
        lot: lot.0,
        terms: Some(wire),
        reserve: minor(base_amount(terms.method.reserve())),
    }
}

fn sale_terms(wire: Option<&v1::SaleTerms>) -> Result<SaleTerms, FaultCode> {
    let wire = wire.ok_or(FaultCode::Malformed)?;
    terms::sale_terms_from_proto(wire).map_err(|_| FaultCode::Malformed)
}

/// Who leads at which price; nobody: both 0.
fn lead(leader: u32, price: i64) -> Result<Option<(Paddle, Money)>, FaultCode> {
    match (leader, some_money(price)?) {
        (0, None) => Ok(None),
        (leader, Some(price)) if leader != 0 => Ok(Some((Paddle(leader), price))),
        _ => Err(FaultCode::Malformed),
    }
}

fn lead_to_wire(lead: Option<(Paddle, Money)>) -> (u32, i64) {
    lead.map_or((0, 0), |(paddle, price)| (paddle.0, price.minor()))
}

fn seen(wire: Option<&v1::Seen>) -> Result<Seen, FaultCode> {
    let wire = wire.ok_or(FaultCode::Malformed)?;
    Ok(Seen {
        bid: BidNo(wire.bid),
        lead: lead(wire.leader, wire.price)?,
    })
}

/// What was seen, in the schema.
pub(super) fn seen_to_wire(seen: Seen) -> v1::Seen {
    let (leader, price) = lead_to_wire(seen.lead);
    let bid = seen.bid.0;
    v1::Seen { bid, leader, price }
}

fn leads_to(wire: Option<&v1::LeadsTo>) -> Result<Option<(Paddle, Money)>, FaultCode> {
    let wire = wire.ok_or(FaultCode::Malformed)?;
    lead(wire.leader, wire.price)
}

/// A standing that something leads to, in the schema.
pub(super) fn leads_to_wire(lead: Option<(Paddle, Money)>) -> v1::LeadsTo {
    let (leader, price) = lead_to_wire(lead);
    v1::LeadsTo { leader, price }
}

fn bid_kind(number: i32) -> Result<BidKind, FaultCode> {
    words::read_bid_kind(number).map_err(|_| FaultCode::Malformed)
}

fn void_cause(number: i32) -> Result<VoidCause, FaultCode> {
    words::read_void_cause(number).map_err(|_| FaultCode::Malformed)
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
