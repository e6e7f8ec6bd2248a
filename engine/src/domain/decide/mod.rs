//! The only place that says yes or no: a command against a sale gives the events that follow.
//!
//! A refusal is an event too ([`Event::CommandRefused`]), so that the log tells who asked what,
//! when, and by which rule it was refused (R0). Checks run in the order of [`Code`].

mod lot;
mod sale;
mod timer;

use super::rules::closing::extended_end;
use super::rules::english::{Bidding, confirmed_floor_bid, floor_bid, micros};
use super::rules::voiding;
use super::{
    Act, Actor, BidKind, BidOrigin, Bilingual, Code, Command, Event, ExtensionCause, Lot, LotNo,
    Money, Open, Paddle, Phase, Play, Refusal, Running, Sale, SalePhase, SaleTerms, StaffId, Time,
};
use crate::limits::REASON_BYTES_MAX;

/// The events that follow from a command at an instant.
///
/// Never empty, except for a timer that is not due (any more). The caller has looked up
/// [`Sale::prior`] first and has made `at` not fall below [`Sale::now`] (R0).
pub fn decide(sale: &Sale, command: &Command, at: Time) -> Vec<Event> {
    assert!(at >= sale.now, "time never falls within a sale");
    decided(sale, command, at).unwrap_or_else(|refusal| {
        vec![Event::CommandRefused {
            lot: command.act.lot(),
            refusal,
        }]
    })
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "what nobody else may ask is asked by staff"
)]
fn decided(sale: &Sale, command: &Command, at: Time) -> Result<Vec<Event>, Refusal> {
    match &command.act {
        Act::StartWriter { epoch } => return Ok(timer::start_writer(sale, *epoch, at)),
        Act::CreateSale { terms } => return sale::create(sale, command.actor, terms),
        _ => {}
    }
    let terms = sale
        .terms
        .as_ref()
        .ok_or_else(|| Refusal::new(Code::SaleUnknown))?;
    let judged = judged_time(terms, command.arrived, at);
    let case = Case {
        sale,
        terms,
        command,
        at,
        judged,
    };
    match &command.act {
        Act::Timer(due) => Ok(timer::due(&case, *due)),
        Act::Outage => Ok(timer::outage(&case)),
        Act::PlaceBid { .. } | Act::Reaffirm { .. } => by_bidder(&case),
        _ => by_staff(&case),
    }
}

/// R0: the gateway's stamp counts if it lies within the window around the writer's clock, else the
/// writer's clock does. Order is always the order of decision.
fn judged_time(terms: &SaleTerms, arrived: Time, at: Time) -> Time {
    if arrived.distance(at) <= terms.timeliness_window {
        arrived
    } else {
        at
    }
}

/// A command with everything it is judged by.
#[derive(Debug, Clone, Copy)]
pub(in crate::domain) struct Case<'a> {
    pub(in crate::domain) sale: &'a Sale,
    pub(in crate::domain) terms: &'a SaleTerms,
    pub(in crate::domain) command: &'a Command,
    /// Decided at.
    pub(in crate::domain) at: Time,
    /// The time that counts for being in time (R0).
    pub(in crate::domain) judged: Time,
}

impl<'a> Case<'a> {
    /// The time by which everything that a pause holds still is reckoned: what is set during a pause
    /// moves with the rest when the sale goes on (R3.7).
    pub(in crate::domain) fn sale_time(&self) -> Time {
        let pause = self.sale.pause.as_ref();
        pause.map_or(self.at, |pause| pause.since)
    }

    fn staff(&self) -> Result<StaffId, Refusal> {
        match self.command.actor {
            Actor::Staff(staff) => Ok(staff),
            Actor::Engine | Actor::Bidder(_) => Err(Refusal::new(Code::NotAllowed)),
        }
    }

    /// The paddle of the bidder who asks.
    fn own_paddle(&self) -> Result<Paddle, Refusal> {
        match self.command.actor {
            Actor::Bidder(account) => {
                let own = self.sale.paddles.get(&account).copied();
                own.ok_or_else(|| Refusal::new(Code::NotAdmitted))
            }
            Actor::Engine | Actor::Staff(_) => Err(Refusal::new(Code::NotAllowed)),
        }
    }

    /// The sale is open and not paused.
    fn running(&self) -> Result<(), Refusal> {
        match self.sale.phase {
            SalePhase::Announced => Err(Refusal::new(Code::SaleNotOpen)),
            SalePhase::Ended => Err(Refusal::new(Code::SaleEnded)),
            SalePhase::Open if self.sale.pause.is_some() => Err(Refusal::new(Code::SalePaused)),
            SalePhase::Open => Ok(()),
        }
    }

    /// The sale has not ended.
    fn not_ended(&self) -> Result<(), Refusal> {
        match self.sale.phase {
            SalePhase::Ended => Err(Refusal::new(Code::SaleEnded)),
            SalePhase::Announced | SalePhase::Open => Ok(()),
        }
    }

    fn lot(&self, no: LotNo) -> Result<&'a Lot, Refusal> {
        self.sale
            .lots
            .get(&no)
            .ok_or_else(|| Refusal::new(Code::LotUnknown))
    }

    fn open_lot(&self, no: LotNo) -> Result<(&'a Lot, &'a Open), Refusal> {
        let lot = self.lot(no)?;
        match &lot.phase {
            Phase::Open(open) => Ok((lot, open)),
            Phase::Upcoming { opens_at } => {
                let refusal = Refusal::new(Code::LotNotOpen);
                Err(opens_at.map_or(refusal.clone(), |at| {
                    refusal.with(super::Figure::OpensAt, micros(at))
                }))
            }
            Phase::Closed(_) => Err(Refusal::new(Code::LotClosed)),
        }
    }

    /// R3.1, R3.6: where ends move for an accepted bid: this lot's, and those of its group.
    pub(in crate::domain) fn late_bid(
        &self,
        lot: &Lot,
        open: &Open,
        leader_changed: bool,
        price_changed: bool,
    ) -> Vec<Event> {
        let Running::Timed {
            soft_close: Some(soft),
            ..
        } = &lot.terms.running
        else {
            return Vec::new();
        };
        let counts = leader_changed || (soft.on_price_change && price_changed);
        let Some(end) = extended_end(soft, open, self.judged).filter(|_| counts) else {
            return Vec::new();
        };
        let group = lot.terms.running.group();
        let of_group = |other: &Lot| group != 0 && other.terms.running.group() == group;
        let moves = |(no, other): (&LotNo, &Lot)| {
            let linked = std::ptr::eq(other, lot) || of_group(other);
            let theirs = other.open()?;
            // R3.4: no lot is carried past its own hard stop, not even by its group.
            let ends_at = theirs.hard_stop.map_or(end, |stop| end.min(stop));
            let earlier = theirs.ends_at.is_some_and(|theirs| theirs < ends_at);
            let cause = ExtensionCause::SoftClose;
            (linked && earlier).then_some(Event::LotExtended {
                lot: *no,
                ends_at,
                cause,
            })
        };
        if group == 0 {
            let own = self.command.act.lot();
            return own.and_then(|no| moves((&no, lot))).into_iter().collect();
        }
        self.sale.lots.iter().filter_map(moves).collect()
    }

    /// R12b: when reaffirmation finishes the end is at least so far away.
    pub(in crate::domain) fn end_after_void(
        &self,
        lot: LotNo,
        ends_at: Option<Time>,
    ) -> Option<Event> {
        let least = self.sale_time().after(self.terms.reaffirm_end_minimum);
        self.end_not_before(lot, ends_at, least)
    }

    /// Moves an end that a void brought too near.
    pub(in crate::domain) fn end_not_before(
        &self,
        lot: LotNo,
        ends_at: Option<Time>,
        least: Time,
    ) -> Option<Event> {
        let is_nearer = ends_at.is_some_and(|end| end < least);
        is_nearer.then_some(Event::LotExtended {
            lot,
            ends_at: least,
            cause: ExtensionCause::Void,
        })
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "`decided` sends only a bidder's acts here"
)]
fn by_bidder(case: &Case<'_>) -> Result<Vec<Event>, Refusal> {
    if !matches!(case.command.actor, Actor::Bidder(_)) {
        return Err(Refusal::new(Code::NotAllowed));
    }
    case.running()?;
    match &case.command.act {
        Act::PlaceBid {
            lot,
            amount,
            kind,
            confirms,
        } => {
            let (found, open) = case.open_lot(*lot)?;
            let paddle = case.own_paddle()?;
            let bidding = bidding(case, (*lot, found, open), paddle, *amount);
            Bidding {
                kind: *kind,
                confirms: *confirms,
                ..bidding
            }
            .decide()
        }
        Act::Reaffirm { lot: no } => {
            let (lot, open) = case.open_lot(*no)?;
            let paddle = case.own_paddle()?;
            voiding::reaffirm(&bidding(case, (*no, lot, open), paddle, Money::ZERO))
        }
        _ => unreachable!("only a bidder's acts come here"),
    }
}

/// A bid with the defaults of the hall: flat, confirming nothing.
fn bidding<'a>(
    case: &'a Case<'a>,
    (lot_no, lot, open): (LotNo, &'a Lot, &'a Open),
    paddle: Paddle,
    amount: Money,
) -> Bidding<'a> {
    let super::Method::English(terms) = &lot.terms.method;
    let Play::English(state) = &open.play;
    let origin = match case.command.actor {
        Actor::Bidder(_) => BidOrigin::Web,
        Actor::Staff(_) | Actor::Engine => BidOrigin::Floor,
    };
    Bidding {
        case,
        lot_no,
        lot,
        open,
        terms,
        state,
        paddle,
        amount,
        kind: BidKind::Flat,
        origin,
        confirms: None,
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "what is left is about one lot, and `lot::act` refuses what it does not know"
)]
fn by_staff(case: &Case<'_>) -> Result<Vec<Event>, Refusal> {
    let officer = case.staff()?;
    match &case.command.act {
        Act::AddLot { .. }
        | Act::AdmitPaddle { .. }
        | Act::BarPaddle { .. }
        | Act::OpenSale
        | Act::PauseSale { .. }
        | Act::ResumeSale
        | Act::EndSale
        | Act::ReorderLots { .. } => sale::act(case),
        Act::FloorBid {
            lot,
            paddle,
            amount,
        } => {
            case.running()?;
            let (found, open) = case.open_lot(*lot)?;
            let bidding = bidding(case, (*lot, found, open), *paddle, *amount);
            if voiding::is_reaffirmed_by(&bidding) {
                return voiding::reaffirm(&bidding);
            }
            floor_bid(&bidding)
        }
        Act::ConfirmFloorBid { lot } => {
            case.running()?;
            let (found, open) = case.open_lot(*lot)?;
            let Play::English(state) = &open.play;
            let nothing = || Refusal::new(Code::NothingWaits);
            let held = state.held.as_ref().ok_or_else(nothing)?;
            let bidding = bidding(case, (*lot, found, open), held.paddle, held.amount);
            confirmed_floor_bid(held, case.command.actor, &bidding)
        }
        Act::VoidBid {
            lot: no,
            bid,
            cause,
            note,
        } => {
            // Also when the sale has ended: what makes a bid void is often found after the close.
            let lot = case.lot(*no)?;
            let standing = lot.bid(*bid).filter(|bid| !bid.void);
            let bid = standing.ok_or_else(|| Refusal::new(Code::BidUnknown))?;
            let request = voiding::Request {
                lot_no: *no,
                lot,
                bid,
                cause: *cause,
                note,
                officer,
            };
            voiding::void(case, &request)
        }
        _ => lot::act(case),
    }
}

/// A public reason: there, and not too long.
pub(in crate::domain) fn reason(text: &str) -> Result<(), Refusal> {
    let bound = i64::try_from(REASON_BYTES_MAX).unwrap_or(i64::MAX);
    if text.trim().is_empty() || text.len() > REASON_BYTES_MAX {
        return Err(Refusal::new(Code::ReasonMissing).with(super::Figure::Bound, bound));
    }
    Ok(())
}

/// The reason of a pause that the engine itself makes.
fn outage_reason() -> String {
    let text = Bilingual {
        ar: "توقف فني: يستأنف المزاد بإعلان".to_owned(),
        en: "technical interruption: the sale resumes by announcement".to_owned(),
    };
    format!("{} / {}", text.ar, text.en)
}
