//! What an act of staff would lead to: the same decision on a copy of what it concerns, without any
//! event. It tells nothing that the act itself would not tell, and less where the act leaves a trace:
//! whether a secret base is reached shows only once the hammer has fallen (R4).

use std::collections::BTreeSet;

use super::case::{Case, VoidCase, too_many};
use super::decide::decide;
use super::rules::decisions;
use super::{
    Act, Actor, BidNo, Code, Command, Event, Lot, LotAct, LotNo, Meta, Money, Paddle, Recorded,
    Refusal, Sale, SaleAct, Seen, StaffAct, Time, VoidCause,
};
use crate::limits::ACT_EVENTS_MAX;

/// A lot that an act would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LotPreview<'a> {
    /// As it stands.
    pub before: &'a Lot,
    /// As it would stand.
    pub after: Lot,
    /// R4: whether it would be knocked down hangs on a base that stays secret.
    pub base_decides: bool,
    /// R12b: the standing that an act which strikes out a bid has to name.
    pub leads_to: Option<(Paddle, Money)>,
}

/// The lots that an act would change, in the order of the catalogue. What the act has to name of the
/// standing, its author need not know yet; where two officers must agree, both are taken to.
///
/// # Errors
/// The refusal that the act would get; [`Code::NotAllowed`] for an act that has no preview.
pub fn preview<'a>(
    sale: &'a Sale,
    command: &Command,
    at: Time,
) -> Result<Vec<LotPreview<'a>>, Refusal> {
    let mut copy = excerpt(sale, &concerned(sale, &command.act)?, named(&command.act));
    let leads_to = leads_to(&copy, command, at)?;
    let act = as_seen_now(&copy, command.act.clone(), leads_to);
    let hidden = without_base(&copy, &act);
    let base_decides = hidden.as_ref().map(|lot| lot.no);
    copy.lots.extend(hidden.map(|lot| (lot.no, lot)));
    let command = Command {
        act,
        ..command.clone()
    };
    let events = decide(&copy, &command, at);
    if let [Event::Refused { refusal, .. }] = events.as_slice() {
        return Err(refusal.clone());
    }
    let changed: BTreeSet<LotNo> = events.iter().filter_map(Event::lot).collect();
    for event in events {
        copy.apply(&Recorded {
            revision: copy.next_revision,
            meta: Meta::of(&command, at),
            event,
        });
    }
    let previews = changed.into_iter().filter_map(|no| {
        Some(LotPreview {
            before: sale.lots.get(&no)?,
            after: copy.lots.remove(&no)?,
            base_decides: base_decides == Some(no),
            leads_to,
        })
    });
    Ok(previews.collect())
}

/// How a lot stands, for an act that has to name it (R0).
pub fn seen(lot: &Lot) -> Seen {
    Seen {
        bid: lot.last_bid(),
        lead: lot.lead(),
    }
}

/// The lots that an act could change, as many as one act may touch.
fn concerned(sale: &Sale, act: &Act) -> Result<BTreeSet<LotNo>, Refusal> {
    let of_paddle = |paddle: Paddle| {
        let lots = sale.lots.values().filter(move |lot| {
            let has_bid = || lot.bids.iter().any(|bid| bid.paddle == paddle);
            lot.open().is_some() && (lot.method.concerns(paddle) || has_bid())
        });
        lots.map(|lot| lot.no)
    };
    let mut lots = BTreeSet::new();
    match act {
        Act::Staff(StaffAct::Sale(SaleAct::BarPaddle { paddle, .. })) => {
            lots.extend(of_paddle(*paddle));
        }
        Act::Staff(StaffAct::Lot(no, act)) => {
            lots.insert(*no);
            match act {
                LotAct::Hammer { .. } | LotAct::Pass { .. } | LotAct::Withdraw { .. } => {}
                LotAct::VoidBid { bid, cause, .. } => {
                    let lot = sale.lots.get(no).and_then(|lot| lot.bid(*bid));
                    let shut_out = lot.filter(|_| *cause == VoidCause::Eligibility);
                    lots.extend(shut_out.into_iter().flat_map(|bid| of_paddle(bid.paddle)));
                }
                LotAct::Open
                | LotAct::Warn
                | LotAct::Reoffer { .. }
                | LotAct::Reopen { .. }
                | LotAct::RaiseCeiling { .. } => return Err(Refusal::new(Code::NotAllowed)),
            }
        }
        Act::Engine(_) | Act::Bidder(..) | Act::Staff(_) => {
            return Err(Refusal::new(Code::NotAllowed));
        }
    }
    let groups: BTreeSet<u32> = lots
        .iter()
        .filter_map(|no| Some(sale.lots.get(no)?.running.group()))
        .filter(|group| *group != 0)
        .collect();
    let linked = sale
        .lots
        .values()
        .filter(|lot| groups.contains(&lot.running.group()));
    lots.extend(linked.map(|lot| lot.no));
    if lots.len() > ACT_EVENTS_MAX {
        return Err(too_many(ACT_EVENTS_MAX));
    }
    Ok(lots)
}

/// The paddle that an act names itself: it need not have bid.
fn named(act: &Act) -> Option<Paddle> {
    match act {
        Act::Staff(StaffAct::Sale(SaleAct::BarPaddle { paddle, .. })) => Some(*paddle),
        Act::Engine(_) | Act::Bidder(..) | Act::Staff(_) => None,
    }
}

/// The sale as far as some lots need it, without its crowd.
fn excerpt(sale: &Sale, lots: &BTreeSet<LotNo>, named: Option<Paddle>) -> Sale {
    let kept = sale.lots.iter().filter(|(no, _)| lots.contains(no));
    let kept: Vec<(LotNo, Lot)> = kept.map(|(no, lot)| (*no, lot.clone())).collect();
    let paddles = kept
        .iter()
        .flat_map(|(_, lot)| &lot.bids)
        .map(|bid| bid.paddle);
    let held = kept
        .iter()
        .filter_map(|(_, lot)| lot.method.waiting_paddle());
    let paddles: BTreeSet<Paddle> = paddles.chain(held).chain(named).collect();
    let admission = |paddle: &Paddle| Some((*paddle, sale.admissions.get(paddle)?.clone()));
    let mut terms = sale.terms.clone();
    if let Some(terms) = &mut terms {
        terms.void_needs_second = false;
    }
    Sale {
        terms,
        phase: sale.phase,
        pause: sale.pause.clone(),
        clock_offset: sale.clock_offset,
        now: sale.now,
        next_revision: sale.next_revision,
        order: kept.iter().map(|(no, _)| *no).collect(),
        admissions: paddles.iter().filter_map(admission).collect(),
        lots: kept.into_iter().collect(),
        ..Sale::default()
    }
}

/// R12b: the standing that striking out a bid leads to.
fn leads_to(sale: &Sale, command: &Command, at: Time) -> Result<Option<(Paddle, Money)>, Refusal> {
    let (Act::Staff(StaffAct::Lot(no, LotAct::VoidBid { bid, cause, .. })), Actor::Staff(officer)) =
        (&command.act, command.actor)
    else {
        return Ok(None);
    };
    let terms = sale.terms.as_ref();
    let terms = terms.ok_or_else(|| Refusal::new(Code::SaleUnknown))?;
    let case = Case::new(sale, terms, command, at);
    let lot = case.lot(*no)?;
    let found = |no: BidNo| lot.bid(no).filter(|bid| bid.void.is_none());
    let void = VoidCase {
        lot,
        bid: found(*bid).ok_or_else(|| Refusal::new(Code::BidUnknown))?,
        all_of_paddle: *cause == VoidCause::Eligibility,
        cause: *cause,
        note: "",
        officer,
        second: None,
    };
    Ok(decisions::reckoned(&case, &void))
}

/// The act as somebody sends it who sees the present standing.
fn as_seen_now(sale: &Sale, act: Act, reckoned: Option<(Paddle, Money)>) -> Act {
    let Act::Staff(StaffAct::Lot(no, act)) = act else {
        return act;
    };
    let now = sale.lots.get(&no).map(seen);
    let act = match act {
        LotAct::Hammer { seen } => LotAct::Hammer {
            seen: now.unwrap_or(seen),
        },
        LotAct::Pass { seen } => LotAct::Pass {
            seen: now.unwrap_or(seen),
        },
        LotAct::Withdraw { reason, seen } => LotAct::Withdraw {
            reason,
            seen: now.unwrap_or(seen),
        },
        LotAct::VoidBid {
            bid, cause, note, ..
        } => LotAct::VoidBid {
            bid,
            cause,
            note,
            leads_to: reckoned,
        },
        LotAct::Open
        | LotAct::Warn
        | LotAct::Reoffer { .. }
        | LotAct::Reopen { .. }
        | LotAct::RaiseCeiling { .. } => act,
    };
    act.of(no)
}

/// R4: a question leaves no trace, so it must not find out by trial whether a base is reached: the lot
/// as it is without one, if it has one.
fn without_base(sale: &Sale, act: &Act) -> Option<Lot> {
    let Act::Staff(StaffAct::Lot(no, LotAct::Hammer { .. } | LotAct::Pass { .. })) = act else {
        return None;
    };
    let mut lot = sale.lots.get(no)?.clone();
    lot.method.forget_reserve().then_some(lot)
}
