//! What people ask, from the wire and back. Every act has one spelling back, whatever came in.

use mazad_proto::v1::command::Act as Wire;
use mazad_proto::{Expected, Unreadable, v1};

use super::error::DecodeError;
use super::terms::{minor, reserve_of, set_reserve};
use super::vault::Vault;
use super::wire_id::{lot_no, uuid};
use super::{terms, words};
use crate::domain::{
    AccountId, Act, BidKind, BidNo, BidderAct, CommandId, FloorAct, LotAct, LotNo, LotTerms, Money,
    Paddle, Reserve, ReserveOpening, Running, SaleAct, SaleId, StaffAct, VoidCause,
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
            FloorAct::Bid { paddle, amount }.of(lot_no(bid.lot, "floorBid.lot")?)
        }
        Wire::ConfirmFloorBid(confirm) => {
            FloorAct::ConfirmBid.of(lot_no(confirm.lot, "confirmFloorBid.lot")?)
        }
        Wire::SetAsk(set) => FloorAct::SetAsk {
            ask: money(set.ask, "setAsk.ask")?,
        }
        .of(lot_no(set.lot, "setAsk.lot")?),

        Wire::VoidBid(void) => LotAct::VoidBid {
            bid: BidNo(void.bid),
            cause: void_cause(void.cause, "voidBid.cause")?,
            note: void.note.clone(),
        }
        .of(lot_no(void.lot, "voidBid.lot")?),
        Wire::OpenLot(open) => LotAct::Open.of(lot_no(open.lot, "openLot.lot")?),
        Wire::WarnLot(warn) => LotAct::Warn.of(lot_no(warn.lot, "warnLot.lot")?),
        Wire::HammerLot(hammer) => LotAct::Hammer.of(lot_no(hammer.lot, "hammerLot.lot")?),
        Wire::PassLot(pass) => LotAct::Pass.of(lot_no(pass.lot, "passLot.lot")?),
        Wire::WithdrawLot(withdraw) => {
            let reason = withdraw.reason.clone();
            LotAct::Withdraw { reason }.of(lot_no(withdraw.lot, "withdrawLot.lot")?)
        }
        Wire::ReofferLot(reoffer) => LotAct::Reoffer {
            opening: some_money(reoffer.opening, "reofferLot.opening")?,
            running: running(reoffer.running.as_ref())?,
        }
        .of(lot_no(reoffer.lot, "reofferLot.lot")?),
        Wire::ReopenLot(reopen) => {
            let reason = reopen.reason.clone();
            LotAct::Reopen { reason }.of(lot_no(reopen.lot, "reopenLot.lot")?)
        }

        Wire::CreateSale(create) => {
            let path = "createSale.terms";
            let terms = present(create.terms.as_ref(), path)?;
            let terms = terms::sale_terms_from_proto(terms);
            let terms = terms.map_err(|error| in_part("SaleTerms", path, &error))?;
            SaleAct::Create { terms }.into()
        }
        Wire::AddLot(add) => {
            let lot = lot_no(add.lot, "addLot.lot")?;
            let terms = Box::new(lot_terms(add, sale, lot, id, vault)?);
            SaleAct::AddLot { lot, terms }.into()
        }
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
        LotAct::Hammer => Wire::HammerLot(v1::HammerLot { lot }),
        LotAct::Pass => Wire::PassLot(v1::PassLot { lot }),
        LotAct::Withdraw { reason } => {
            let reason = reason.clone();
            Wire::WithdrawLot(v1::WithdrawLot { lot, reason })
        }
        LotAct::Reoffer { opening, running } => Wire::ReofferLot(v1::ReofferLot {
            lot,
            opening: minor(*opening),
            running: Some(terms::running_to_proto(running)),
        }),
        LotAct::Reopen { reason } => {
            let reason = reason.clone();
            Wire::ReopenLot(v1::ReopenLot { lot, reason })
        }
        LotAct::VoidBid { bid, cause, note } => Wire::VoidBid(v1::VoidBid {
            lot,
            bid: bid.0,
            cause: words::void_cause(*cause),
            note: note.clone(),
        }),
    }
}

fn floor_act_to_wire(lot: u32, act: FloorAct) -> Wire {
    match act {
        FloorAct::SetAsk { ask } => {
            let ask = ask.minor();
            Wire::SetAsk(v1::SetAsk { lot, ask })
        }
        FloorAct::Bid { paddle, amount } => Wire::FloorBid(v1::FloorBid {
            lot,
            paddle: paddle.0,
            amount: amount.minor(),
        }),
        FloorAct::ConfirmBid => Wire::ConfirmFloorBid(v1::ConfirmFloorBid { lot }),
    }
}

fn sale_act_to_wire(act: &SaleAct) -> Wire {
    match act {
        SaleAct::Create { terms } => Wire::CreateSale(v1::CreateSale {
            terms: Some(terms::sale_terms_to_proto(terms)),
        }),
        SaleAct::AddLot { lot, terms } => Wire::AddLot(lot_added(*lot, terms)),
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

/// R4: the reserve comes beside the terms, in clear; the engine commits to it with a salt that
/// follows from the command, so that a repeat is the same command with the same commitment.
fn lot_terms(
    add: &v1::AddLot,
    sale: SaleId,
    lot: LotNo,
    id: CommandId,
    vault: &Vault,
) -> Result<LotTerms, Unreadable> {
    let path = "addLot.terms";
    let wire = present(add.terms.as_ref(), path)?;
    if reserve_of(wire).is_some() {
        let sealed = "addLot.terms.english.reserve";
        return Err(Unreadable::new(sealed, Expected::LeftOut));
    }
    let terms = terms::lot_terms_from_proto(wire);
    let mut terms = terms.map_err(|error| in_part("LotTerms", path, &error))?;
    if let Some(amount) = some_money(add.reserve, "addLot.reserve")? {
        let salt = vault.reserve_salt(id.0.as_bytes());
        let reserve = Reserve {
            commitment: reserve_commitment(sale, lot, amount, &salt),
            opening: Some(ReserveOpening { amount, salt }),
        };
        terms.method = terms.method.with_reserve(Some(reserve));
    }
    Ok(terms)
}

fn lot_added(lot: LotNo, terms: &LotTerms) -> v1::AddLot {
    let reserve = terms.method.reserve().and_then(|reserve| reserve.opening);
    let mut wire = terms::lot_terms_to_proto(terms);
    set_reserve(&mut wire, None);
    v1::AddLot {
        lot: lot.0,
        terms: Some(wire),
        reserve: minor(reserve.map(|reserve| reserve.amount)),
    }
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

    /// A path that leads nowhere would send somebody to look where nothing is.
    #[test]
    fn every_path_leads_to_a_field_of_the_schema() {
        let code = include_str!("act.rs").split("#[cfg(test)]").next().unwrap();
        let texts = code.split('"').skip(1).step_by(2);
        let paths: Vec<&str> = texts.filter(|text| text.contains('.')).collect();
        assert!(paths.len() >= 30, "{paths:?}");
        for path in paths {
            // Written out in the code, an index stands between braces.
            let path = path.split('[').next().unwrap();
            let found = ["Command", "LotTerms"].map(|from| Schema::get().field_at(from, path));
            assert!(found.iter().any(Option::is_some), "{path}");
        }
    }
}
