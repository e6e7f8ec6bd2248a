//! An act as it was sent: the one thing that whoever forges a log cannot make without the engine's
//! key is the keyed digest of it, which stands beside every event of a person's command.

use mazad_engine::codec::{Vault, terms};
use mazad_engine::domain::{
    Act, BidKind, Command, LotTerms, Method, Money, Reserve, ReserveOpening, Running, VoidCause,
};
use mazad_proto::v1;
use mazad_proto::v1::command::Act as Wire;

use mazad_engine::codec::command;

/// Whether this is the very command whose digest was recorded.
pub(super) fn is_as_sent(sale: &str, command: &Command, vault: &Vault) -> bool {
    let Command {
        id,
        actor,
        arrived,
        digest,
        ref act,
    } = *command;
    let is_it = |spelled: Wire| {
        let wire = v1::Command {
            id: id.0.to_string(),
            sale: sale.to_owned(),
            act: Some(spelled),
        };
        // The way that every command comes in: its digest, and what it asks, must be these.
        command::command(&wire, actor, arrived, vault)
            .is_ok_and(|(_, sent)| sent.digest == digest && sent.act == *act)
    };
    at_desk(act).is_some_and(|text| vault.digest(text.as_bytes()) == digest)
        || spellings(act).into_iter().any(is_it)
}

/// The desk admits the invited by a command that nobody sent (`auth/desk.rs`).
fn at_desk(act: &Act) -> Option<String> {
    let Act::AdmitPaddle {
        paddle,
        account: Some(account),
        limit,
    } = act
    else {
        return None;
    };
    Some(format!("admit {paddle} {} {limit:?}", account.0))
}

/// Every message that asks for the act; none for what only the engine asks itself. There are
/// several where a field may be left out.
fn spellings(act: &Act) -> Vec<Wire> {
    match act {
        Act::AddLot { lot, terms } => lots_added(lot.0, terms),
        Act::ReofferLot {
            lot,
            opening,
            running,
        } => {
            let spelled = Some(terms::running_to_proto(running));
            let left_out = matches!(running, Running::Clerked).then_some(None);
            let message = |running| {
                Wire::ReofferLot(v1::ReofferLot {
                    lot: lot.0,
                    opening: minor(*opening),
                    running,
                })
            };
            [spelled].into_iter().chain(left_out).map(message).collect()
        }
        act => of_sale(act).or_else(|| of_lot(act)).into_iter().collect(),
    }
}

fn minor(amount: Option<Money>) -> i64 {
    amount.map_or(0, Money::minor)
}

fn of_sale(act: &Act) -> Option<Wire> {
    Some(match act.clone() {
        Act::CreateSale { terms } => Wire::CreateSale(v1::CreateSale {
            terms: Some(terms::sale_terms_to_proto(&terms)),
        }),
        Act::OpenSale => Wire::OpenSale(v1::OpenSale {}),
        Act::PauseSale { reason } => Wire::PauseSale(v1::PauseSale { reason }),
        Act::ResumeSale => Wire::ResumeSale(v1::ResumeSale {}),
        Act::EndSale => Wire::EndSale(v1::EndSale {}),
        Act::AdmitPaddle {
            paddle,
            account,
            limit,
        } => Wire::AdmitPaddle(v1::AdmitPaddle {
            paddle: paddle.0,
            account: account.map_or_else(String::new, |account| account.0.to_string()),
            limit: minor(limit),
        }),
        Act::BarPaddle { paddle, reason } => Wire::BarPaddle(v1::BarPaddle {
            paddle: paddle.0,
            reason,
        }),
        Act::ReorderLots { order } => Wire::ReorderLots(v1::ReorderLots {
            order: order.iter().map(|lot| lot.0).collect(),
        }),
        _ => return None,
    })
}

fn of_lot(act: &Act) -> Option<Wire> {
    let lot = act.lot()?.0;
    Some(match act.clone() {
        Act::OpenLot { .. } => Wire::OpenLot(v1::OpenLot { lot }),
        Act::WarnLot { .. } => Wire::WarnLot(v1::WarnLot { lot }),
        Act::SetAsk { ask, .. } => Wire::SetAsk(v1::SetAsk {
            lot,
            ask: ask.minor(),
        }),
        Act::HammerLot { .. } => Wire::HammerLot(v1::HammerLot { lot }),
        Act::PassLot { .. } => Wire::PassLot(v1::PassLot { lot }),
        Act::WithdrawLot { reason, .. } => Wire::WithdrawLot(v1::WithdrawLot { lot, reason }),
        Act::ReopenLot { reason, .. } => Wire::ReopenLot(v1::ReopenLot { lot, reason }),
        Act::PlaceBid {
            amount,
            kind,
            confirms,
            ..
        } => Wire::PlaceBid(v1::PlaceBid {
            lot,
            amount: amount.minor(),
            kind: kind_word(kind).into(),
            confirms: confirms.map_or_else(String::new, |command| command.0.to_string()),
        }),
        Act::Reaffirm { .. } => Wire::Reaffirm(v1::Reaffirm { lot }),
        Act::FloorBid { paddle, amount, .. } => Wire::FloorBid(v1::FloorBid {
            lot,
            paddle: paddle.0,
            amount: amount.minor(),
        }),
        Act::ConfirmFloorBid { .. } => Wire::ConfirmFloorBid(v1::ConfirmFloorBid { lot }),
        Act::VoidBid {
            bid, cause, note, ..
        } => Wire::VoidBid(v1::VoidBid {
            lot,
            bid: bid.0,
            cause: cause_word(cause).into(),
            note,
        }),
        _ => return None,
    })
}

const fn kind_word(kind: BidKind) -> v1::BidKind {
    match kind {
        BidKind::Flat => v1::BidKind::Flat,
        BidKind::Maximum => v1::BidKind::Maximum,
    }
}

const fn cause_word(cause: VoidCause) -> v1::VoidCause {
    match cause {
        VoidCause::TypingError => v1::VoidCause::TypingError,
        VoidCause::Eligibility => v1::VoidCause::Eligibility,
        VoidCause::ProvenError => v1::VoidCause::ProvenError,
        VoidCause::CourtOrder => v1::VoidCause::CourtOrder,
    }
}

/// R4: the reserve stands beside the terms, in clear. An empty description or name of a place and
/// a jump guard that is off may also have been left out.
fn lots_added(lot: u32, terms: &LotTerms) -> Vec<Wire> {
    let Method::English(english) = &terms.method;
    let reserve = english.reserve.as_ref();
    let opening = reserve.map(|Reserve { opening, .. }| *opening);
    let reserve = match opening {
        None => None,
        Some(Some(ReserveOpening { amount, .. })) => Some(amount),
        // Not for whoever cannot open it.
        Some(None) => return Vec::new(),
    };
    let mut terms = terms.clone();
    let Method::English(english) = &mut terms.method;
    english.reserve = None;
    let mut spelled = vec![terms::lot_terms_to_proto(&terms)];
    for leave_out in [description_left_out, place_left_out, guard_left_out] {
        let shorter: Vec<v1::LotTerms> = spelled.iter().filter_map(leave_out).collect();
        spelled.extend(shorter);
    }
    let message = |terms| {
        Wire::AddLot(v1::AddLot {
            lot,
            terms: Some(terms),
            reserve: minor(reserve),
        })
    };
    spelled.into_iter().map(message).collect()
}

fn is_empty(text: Option<&v1::Bilingual>) -> bool {
    text.is_some_and(|text| text.ar.is_empty() && text.en.is_empty())
}

fn description_left_out(terms: &v1::LotTerms) -> Option<v1::LotTerms> {
    is_empty(terms.description.as_ref()).then(|| v1::LotTerms {
        description: None,
        ..terms.clone()
    })
}

fn place_left_out(terms: &v1::LotTerms) -> Option<v1::LotTerms> {
    let mut terms = terms.clone();
    let place = terms.place.as_mut()?;
    is_empty(place.name.as_ref()).then(|| place.name = None)?;
    Some(terms)
}

fn guard_left_out(terms: &v1::LotTerms) -> Option<v1::LotTerms> {
    let mut terms = terms.clone();
    let v1::lot_terms::Method::English(english) = terms.method.as_mut()?;
    let is_off = english.jump_guard == Some(v1::JumpGuard::default());
    is_off.then(|| english.jump_guard = None)?;
    Some(terms)
}
