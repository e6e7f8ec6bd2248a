//! What people ask, from the wire and back. Every act has one spelling back, whatever came in.

use mazad_proto::v1::command::Act as Wire;
use mazad_proto::{Expected, Unreadable, v1};

use super::error::DecodeError;
use super::terms::{minor, reserve_of, set_reserve};
use super::vault::Vault;
use super::wire_id::{lot_no, uuid};
use super::{terms, words};
use crate::domain::{
    AccountId, Act, BaseAmendment, BidKind, BidNo, BidderAct, CommandId, FloorAct, LotAct,
    LotAmendment, LotNo, LotTerms, Money, Paddle, Reserve, ReserveOpening, Running, SaleAct,
    SaleId, SaleTerms, Seen, StaffAct, VoidCause, preset_ceiling,
};
use crate::proof::reserve_commitment;

#[expect(clippy::too_many_lines, reason = "one arm for each act")]
pub(super) fn act_from_wire(
    wire: &Wire,
    sale: SaleId,
    id: CommandId,
    vault: &Vault,
) -> Result<Act, Unreadable> {
    Ok(match wire {
        Wire::PlaceBid(bid) => BidderAct::PlaceBid {
            amount: money(bid.amount, "placeBid.amount")?,
            kind: bid_kind(bid.kind, "placeBid.kind")?,
            confirms: some_uuid(&bid.confirms, "placeBid.confirms")?.map(CommandId),
        }
        .of(lot_no(bid.lot, "placeBid.lot")?),
        Wire::Reaffirm(reaffirm) => BidderAct::Reaffirm.of(lot_no(reaffirm.lot, "reaffirm.lot")?),

        Wire::FloorBid(bid) => {
            let (paddle, amount) = (
                paddle(bid.paddle, "floorBid.paddle")?,
                money(bid.amount, "floorBid.amount")?,
            );
            let confirms = some_uuid(&bid.confirms, "floorBid.confirms")?.map(CommandId);
            FloorAct::Bid {
                paddle,
                amount,
                confirms,
            }
            .of(lot_no(bid.lot, "floorBid.lot")?)
        }
        Wire::ConfirmFloorBid(confirm) => FloorAct::ConfirmBid {
            held: confirm.held,
            paddle: paddle(confirm.paddle, "confirmFloorBid.paddle")?,
            amount: money(confirm.amount, "confirmFloorBid.amount")?,
        }
        .of(lot_no(confirm.lot, "confirmFloorBid.lot")?),
        Wire::SetAsk(set) => FloorAct::SetAsk {
            ask: money(set.ask, "setAsk.ask")?,
        }
        .of(lot_no(set.lot, "setAsk.lot")?),

        Wire::VoidBid(void) => LotAct::VoidBid {
            bid: BidNo(void.bid),
            cause: void_cause(void.cause, "voidBid.cause")?,
            note: void.note.clone(),
            leads_to: leads_to(void.leads_to.as_ref())?,
        }
        .of(lot_no(void.lot, "voidBid.lot")?),
        Wire::OpenLot(open) => LotAct::Open.of(lot_no(open.lot, "openLot.lot")?),
        Wire::WarnLot(warn) => LotAct::Warn.of(lot_no(warn.lot, "warnLot.lot")?),
        Wire::HammerLot(hammer) => {
            let seen = seen(hammer.seen.as_ref(), "hammerLot.seen")?;
            LotAct::Hammer { seen }.of(lot_no(hammer.lot, "hammerLot.lot")?)
        }
        Wire::PassLot(pass) => {
            let seen = seen(pass.seen.as_ref(), "passLot.seen")?;
            LotAct::Pass { seen }.of(lot_no(pass.lot, "passLot.lot")?)
        }
        Wire::WithdrawLot(withdraw) => {
            let reason = withdraw.reason.clone();
            let seen = seen(withdraw.seen.as_ref(), "withdrawLot.seen")?;
            LotAct::Withdraw { reason, seen }.of(lot_no(withdraw.lot, "withdrawLot.lot")?)
        }
        Wire::ReofferLot(reoffer) => {
            let lot = lot_no(reoffer.lot, "reofferLot.lot")?;
            let base = some_money(reoffer.reserve, "reofferLot.reserve")?;
            LotAct::Reoffer {
                opening: some_money(reoffer.opening, "reofferLot.opening")?,
                running: running(reoffer.running.as_ref())?,
                reserve: base.map(|base| reserve(base, (sale, lot, id), vault)),
            }
            .of(lot)
        }
        Wire::RaiseCeiling(raise) => LotAct::RaiseCeiling {
            ceiling: money(raise.ceiling, "raiseCeiling.ceiling")?,
            reason: raise.reason.clone(),
        }
        .of(lot_no(raise.lot, "raiseCeiling.lot")?),
        Wire::ReopenLot(reopen) => {
            let reason = reopen.reason.clone();
            LotAct::Reopen { reason }.of(lot_no(reopen.lot, "reopenLot.lot")?)
        }

        Wire::CreateSale(create) => {
            let terms = sale_terms(create.terms.as_ref(), "createSale.terms")?;
            SaleAct::Create { terms }.into()
        }
        Wire::AmendSale(amend) => {
            let terms = sale_terms(amend.terms.as_ref(), "amendSale.terms")?;
            let reason = amend.reason.clone();
            SaleAct::Amend { terms, reason }.into()
        }
        Wire::AddLots(add) => {
            let lot = |new: &v1::NewLot| {
                let lot = lot_no(new.lot, "lot")?;
                Ok((lot, lot_terms(new, (sale, lot, id), vault)?))
            };
            let lots = add.lots.iter().enumerate().map(|(at, new)| {
                let within = |place: Unreadable| place.within(&format!("addLots.lots[{at}]"));
                lot(new).map_err(within)
            });
            let lots: Result<_, Unreadable> = lots.collect();
            SaleAct::AddLots { lots: lots? }.into()
        }
        Wire::AmendLots(amend) => {
            let lots = amend.lots.iter().enumerate().map(|(at, wire)| {
                let within = |place: Unreadable| place.within(&format!("amendLots.lots[{at}]"));
                lot_amendment(wire, sale, id, vault).map_err(within)
            });
            let lots: Result<_, Unreadable> = lots.collect();
            let reason = amend.reason.clone();
            SaleAct::AmendLots {
                lots: lots?,
                reason,
            }
            .into()
        }
        Wire::ClearLots(v1::ClearLots {}) => SaleAct::ClearLots.into(),
        Wire::PublishSale(v1::PublishSale {}) => SaleAct::Publish.into(),
        Wire::AdmitPaddle(admit) => SaleAct::AdmitPaddle {
            paddle: paddle(admit.paddle, "admitPaddle.paddle")?,
            account: some_uuid(&admit.account, "admitPaddle.account")?.map(AccountId),
            limit: some_money(admit.limit, "admitPaddle.limit")?,
        }
        .into(),
        Wire::BarPaddle(bar) => SaleAct::BarPaddle {
            paddle: paddle(bar.paddle, "barPaddle.paddle")?,
            reason: bar.reason.clone(),
        }
        .into(),
        Wire::SetLimit(set) => SaleAct::SetLimit {
            paddle: paddle(set.paddle, "setLimit.paddle")?,
            limit: some_money(set.limit, "setLimit.limit")?,
        }
        .into(),
        Wire::MarkPresence(mark) => SaleAct::MarkPresence {
            paddle: paddle(mark.paddle, "markPresence.paddle")?,
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
            let order = reorder.order.iter().enumerate();
            let order = order.map(|(at, lot)| lot_no(*lot, &format!("reorderLots.order[{at}]")));
            let order: Result<_, _> = order.collect();
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
        SaleAct::Amend { terms, reason } => Wire::AmendSale(v1::AmendSale {
            terms: Some(terms::sale_terms_to_proto(terms)),
            reason: reason.clone(),
        }),
        SaleAct::AddLots { lots } => Wire::AddLots(v1::AddLots {
            lots: lots
                .iter()
                .map(|(lot, terms)| new_lot(*lot, terms))
                .collect(),
        }),
        SaleAct::AmendLots { lots, reason } => Wire::AmendLots(v1::AmendLots {
            lots: lots.iter().map(lot_amendment_to_wire).collect(),
            reason: reason.clone(),
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

/// The terms of a new lot; a place in them is told from the [`v1::NewLot`] on.
fn lot_terms(
    new: &v1::NewLot,
    of: (SaleId, LotNo, CommandId),
    vault: &Vault,
) -> Result<LotTerms, Unreadable> {
    let mut terms = terms_without_base(new.terms.as_ref())?;
    let base = some_money(new.reserve, "reserve")?;
    let reserve = base.map(|base| reserve(base, of, vault));
    terms.method = terms.method.with_reserve(reserve);
    Ok(terms)
}

/// The terms that a lot is to have; a place in them is told from the [`v1::LotAmendment`] on.
fn lot_amendment(
    wire: &v1::LotAmendment,
    sale: SaleId,
    id: CommandId,
    vault: &Vault,
) -> Result<LotAmendment, Unreadable> {
    let lot = lot_no(wire.lot, "lot")?;
    let base = match (some_money(wire.reserve, "reserve")?, wire.no_reserve) {
        (None, false) => BaseAmendment::Keep,
        (None, true) => BaseAmendment::Remove,
        (Some(base), false) => BaseAmendment::Set(reserve(base, (sale, lot, id), vault)),
        (Some(_), true) => return Err(Unreadable::new("noReserve", Expected::LeftOut)),
    };
    Ok(LotAmendment {
        lot,
        terms: terms_without_base(wire.terms.as_ref())?,
        base,
    })
}

fn lot_amendment_to_wire(amendment: &LotAmendment) -> v1::LotAmendment {
    let reserve = match &amendment.base {
        BaseAmendment::Set(reserve) => base_amount(Some(reserve)),
        BaseAmendment::Keep | BaseAmendment::Remove => None,
    };
    v1::LotAmendment {
        lot: amendment.lot.0,
        terms: Some(terms::lot_terms_to_proto(&amendment.terms)),
        reserve: minor(reserve),
        no_reserve: matches!(amendment.base, BaseAmendment::Remove),
    }
}

fn terms_without_base(wire: Option<&v1::LotTerms>) -> Result<LotTerms, Unreadable> {
    let wire = present(wire, "terms")?;
    if reserve_of(wire).is_some() {
        let sealed = "terms.english.reserve";
        return Err(Unreadable::new(sealed, Expected::LeftOut));
    }
    let terms = terms::lot_terms_from_proto(wire);
    let mut terms = terms.map_err(|error| in_part("LotTerms", "terms", &error))?;
    if terms.ceiling.is_zero() {
        let high = terms.estimate.map(|(_, high)| high);
        terms.ceiling = preset_ceiling(terms.method.opening(), high);
    }
    Ok(terms)
}

/// R4: a base comes beside the terms, in clear; the engine commits to it with a salt that follows from
/// the command, so that a repeat is the same command with the same commitment.
fn reserve(amount: Money, (sale, lot, id): (SaleId, LotNo, CommandId), vault: &Vault) -> Reserve {
    let salt = vault.reserve_salt((sale.0, id.0), lot.0, amount);
    Reserve {
        commitment: reserve_commitment(sale, lot, amount, &salt),
        opening: Some(ReserveOpening { amount, salt }),
    }
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

fn sale_terms(wire: Option<&v1::SaleTerms>, path: &str) -> Result<SaleTerms, Unreadable> {
    let terms = terms::sale_terms_from_proto(present(wire, path)?);
    terms.map_err(|error| in_part("SaleTerms", path, &error))
}

/// Who leads at which price; nobody: both 0.
fn lead(leader: u32, price: i64) -> Result<Option<(Paddle, Money)>, Unreadable> {
    match (leader, some_money(price, "price")?) {
        (0, None) => Ok(None),
        (0, Some(_)) => Err(Unreadable::new("leader", Expected::NumberFromOne)),
        (_, None) => Err(Unreadable::new("price", Expected::Money)),
        (leader, Some(price)) => Ok(Some((Paddle(leader), price))),
    }
}

fn lead_to_wire(lead: Option<(Paddle, Money)>) -> (u32, i64) {
    lead.map_or((0, 0), |(paddle, price)| (paddle.0, price.minor()))
}

fn seen(wire: Option<&v1::Seen>, path: &str) -> Result<Seen, Unreadable> {
    let wire = present(wire, path)?;
    let lead = lead(wire.leader, wire.price);
    Ok(Seen {
        bid: BidNo(wire.bid),
        lead: lead.map_err(|place| place.within(path))?,
    })
}

/// What was seen, in the schema.
pub(super) fn seen_to_wire(seen: Seen) -> v1::Seen {
    let (leader, price) = lead_to_wire(seen.lead);
    let bid = seen.bid.0;
    v1::Seen { bid, leader, price }
}

fn leads_to(wire: Option<&v1::LeadsTo>) -> Result<Option<(Paddle, Money)>, Unreadable> {
    let path = "voidBid.leadsTo";
    let wire = present(wire, path)?;
    lead(wire.leader, wire.price).map_err(|place| place.within(path))
}

/// A standing that something leads to, in the schema.
pub(super) fn leads_to_wire(lead: Option<(Paddle, Money)>) -> v1::LeadsTo {
    let (leader, price) = lead_to_wire(lead);
    v1::LeadsTo { leader, price }
}

/// A message that must be there.
fn present<T>(part: Option<T>, path: &str) -> Result<T, Unreadable> {
    part.ok_or_else(|| Unreadable::new(path, Expected::Object))
}

/// What the terms say of their own field, as seen from the command.
fn in_part(message: &str, path: &str, error: &DecodeError) -> Unreadable {
    match error {
        DecodeError::Malformed(field) => match *field {
            field @ "currency" => Unreadable::new(field, Expected::Currency),
            field @ "running" => Unreadable::choice("Running", field, 0),
            field @ "english.increments.bands" => Unreadable::new(field, Expected::Bands),
            field => Unreadable::at(message, field),
        }
        .within(path),
        DecodeError::UnknownKind(_)
        | DecodeError::UnknownVersion { .. }
        | DecodeError::Seal
        | DecodeError::BeforeRelease => Unreadable::new(path, Expected::Message),
    }
}

fn bid_kind(number: i32, path: &str) -> Result<BidKind, Unreadable> {
    words::read_bid_kind(number).map_err(|_| Unreadable::at("Command", path))
}

fn void_cause(number: i32, path: &str) -> Result<VoidCause, Unreadable> {
    words::read_void_cause(number).map_err(|_| Unreadable::at("Command", path))
}

fn running(wire: Option<&v1::Running>) -> Result<Running, Unreadable> {
    wire.map_or(Ok(Running::Clerked), |wire| {
        terms::running_from_proto(wire).map_err(|error| in_part("ReofferLot", "reofferLot", &error))
    })
}

fn paddle(number: u32, path: &str) -> Result<Paddle, Unreadable> {
    if number == 0 {
        Err(Unreadable::new(path, Expected::NumberFromOne))
    } else {
        Ok(Paddle(number))
    }
}

fn money(minor: i64, path: &str) -> Result<Money, Unreadable> {
    Money::new(minor).ok_or_else(|| Unreadable::new(path, Expected::Money))
}

/// An amount that may be missing; the wire says 0.
fn some_money(minor: i64, path: &str) -> Result<Option<Money>, Unreadable> {
    Ok(Some(money(minor, path)?).filter(|amount| !amount.is_zero()))
}

/// A uuid that may be missing; the wire says nothing.
fn some_uuid(text: &str, path: &str) -> Result<Option<uuid::Uuid>, Unreadable> {
    if text.is_empty() {
        Ok(None)
    } else {
        uuid(text, path).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use mazad_proto::schema::Schema;

    fn leads_from(messages: &[&str], path: &str) -> bool {
        let mut found = messages
            .iter()
            .map(|from| Schema::get().field_at(from, path));
        found.any(|field| field.is_some())
    }

    fn texts(code: &'static str) -> impl Iterator<Item = &'static str> {
        code.split('"').skip(1).step_by(2)
    }

    /// A path that leads nowhere would send somebody to look where nothing is.
    #[test]
    fn every_path_leads_to_a_field_of_the_schema() {
        let code = include_str!("act.rs").split("#[cfg(test)]").next().unwrap();
        let paths: Vec<_> = texts(code).filter(|text| text.contains('.')).collect();
        assert!(paths.len() >= 40, "{paths:?}");
        for path in paths {
            assert!(
                leads_from(&["Command", "NewLot", "LotTerms"], path),
                "{path}"
            );
        }
        // Terms name fields of their own, and nothing else is written there.
        let paths: Vec<_> = texts(include_str!("terms.rs")).collect();
        assert!(paths.len() >= 15, "{paths:?}");
        for path in paths {
            assert!(leads_from(&["SaleTerms", "LotTerms"], path), "{path}");
        }
    }
}
