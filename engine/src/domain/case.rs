//! What a decision sees: a command, the sale before it, and the time that counts.

use super::{
    Actor, Bid, BidNo, Code, Command, Figure, Lot, LotNo, Money, Open, Paddle, Pause, Phase,
    Refusal, Sale, SalePhase, SaleTerms, Seen, StaffId, Time, VoidCause, is_hidden, is_seen,
};
use crate::limits::REASON_BYTES_MAX;

/// A command with everything it is judged by.
#[derive(Debug, Clone, Copy)]
pub(in crate::domain) struct Case<'a> {
    pub(in crate::domain) sale: &'a Sale,
    pub(in crate::domain) terms: &'a SaleTerms,
    pub(in crate::domain) command: &'a Command,
    /// When it is decided, by the writer's clock.
    pub(in crate::domain) at: Time,
    /// The time that counts for being in time (R0).
    pub(in crate::domain) judged: Time,
}

/// A lot that takes bids.
#[derive(Debug, Clone, Copy)]
pub(in crate::domain) struct OpenLot<'a> {
    pub(in crate::domain) lot: &'a Lot,
    pub(in crate::domain) open: &'a Open,
}

/// R12b: a bid that is being struck out, by whom and why.
#[derive(Debug, Clone, Copy)]
pub(in crate::domain) struct VoidCase<'a> {
    pub(in crate::domain) lot: &'a Lot,
    pub(in crate::domain) bid: &'a Bid,
    /// Lost eligibility: every bid of the paddle falls with it.
    pub(in crate::domain) all_of_paddle: bool,
    pub(in crate::domain) cause: VoidCause,
    pub(in crate::domain) note: &'a str,
    pub(in crate::domain) officer: StaffId,
    pub(in crate::domain) second: Option<StaffId>,
}

impl<'a> OpenLot<'a> {
    pub(in crate::domain) fn of(lot: &'a Lot) -> Option<Self> {
        lot.open().map(|open| Self { lot, open })
    }
}

impl<'a> Case<'a> {
    pub(in crate::domain) fn new(
        sale: &'a Sale,
        terms: &'a SaleTerms,
        command: &'a Command,
        at: Time,
    ) -> Self {
        Self {
            sale,
            terms,
            command,
            at,
            judged: judged_time(terms, command.arrived, at),
        }
    }

    /// The time by which everything that a pause holds still is reckoned: what is set during a pause
    /// moves with the rest when the sale goes on (R3.7).
    pub(in crate::domain) fn sale_time(&self) -> Time {
        let pause = self.sale.pause.as_ref();
        pause.map_or(self.at, |pause| pause.since)
    }

    /// The paddle of the bidder who asks.
    pub(in crate::domain) fn own_paddle(&self) -> Result<Paddle, Refusal> {
        match self.command.actor {
            Actor::Bidder(account) => {
                let own = self.sale.paddles.get(&account).copied();
                own.ok_or_else(|| Refusal::new(Code::NotAdmitted))
            }
            Actor::Engine | Actor::Staff(_) => Err(Refusal::new(Code::NotAllowed)),
        }
    }

    /// The sale is open and not paused.
    pub(in crate::domain) fn running(&self) -> Result<(), Refusal> {
        match self.sale.phase {
            SalePhase::Draft => Err(Refusal::new(Code::SaleNotPublished)),
            SalePhase::Announced => Err(Refusal::new(Code::SaleNotOpen)),
            SalePhase::Ended => Err(Refusal::new(Code::SaleEnded)),
            SalePhase::Open if self.sale.pause.is_some() => Err(Refusal::new(Code::SalePaused)),
            SalePhase::Open => Ok(()),
        }
    }

    /// The sale has not ended.
    pub(in crate::domain) fn not_ended(&self) -> Result<(), Refusal> {
        match self.sale.phase {
            SalePhase::Ended => Err(Refusal::new(Code::SaleEnded)),
            SalePhase::Draft | SalePhase::Announced | SalePhase::Open => Ok(()),
        }
    }

    /// The sale is a draft no more.
    pub(in crate::domain) fn is_published(&self) -> Result<(), Refusal> {
        match self.sale.phase {
            SalePhase::Draft => Err(Refusal::new(Code::SaleNotPublished)),
            SalePhase::Announced | SalePhase::Open | SalePhase::Ended => Ok(()),
        }
    }

    /// R14: the sale has not been opened.
    pub(in crate::domain) fn has_not_opened(&self) -> Result<(), Refusal> {
        match self.sale.phase {
            SalePhase::Draft | SalePhase::Announced => Ok(()),
            SalePhase::Open => Err(Refusal::new(Code::SaleOpen)),
            SalePhase::Ended => Err(Refusal::new(Code::SaleEnded)),
        }
    }

    /// The sale is a draft, which nobody but staff has seen.
    pub(in crate::domain) fn is_draft(&self) -> Result<(), Refusal> {
        match self.sale.phase {
            SalePhase::Draft => Ok(()),
            SalePhase::Announced | SalePhase::Open | SalePhase::Ended => {
                Err(Refusal::new(Code::SalePublished))
            }
        }
    }

    /// A lot on which a bid is judged: the sale runs, or the lot had ended before the pause was asked
    /// for, so that a bid that came in time is not told of a pause that came after the end (R3.7).
    pub(in crate::domain) fn bidding_lot(&self, no: LotNo) -> Result<OpenLot<'a>, Refusal> {
        let ended_before = |pause: &Pause| {
            let end = self.sale.lots.get(&no).and_then(|lot| lot.open()?.ends_at);
            end.is_some_and(|end| pause.has_ended_before(end))
        };
        if !self.sale.pause.as_ref().is_some_and(ended_before) {
            self.running()?;
        }
        self.open_lot(no)
    }

    /// R0: an act that answers what its sender saw has no effect if something newer stands.
    pub(in crate::domain) fn is_as_seen(&self, lot: &Lot, seen: Seen) -> Result<(), Refusal> {
        let (bid, lead) = (lot.last_bid(), lot.lead());
        if (bid, lead) == (seen.bid, seen.lead) {
            return Ok(());
        }
        Err(has_come(bid, lead))
    }

    /// A timed lot has not reached its end. Between the end and the close only bids that are on their
    /// way are judged: whatever else is asked of the lot is asked once it has closed.
    pub(in crate::domain) fn not_at_end(&self, lot: &Lot) -> Result<(), Refusal> {
        let has_ended = |end| match &self.sale.pause {
            Some(pause) => pause.has_ended_before(end),
            None => self.at >= end,
        };
        match lot.open().and_then(|open| open.ends_at) {
            Some(end) if has_ended(end) => Err(Refusal::new(Code::TooLate)
                .with(Figure::JudgedAt, self.at.figure())
                .with(Figure::EndsAt, end.figure())),
            _ => Ok(()),
        }
    }

    pub(in crate::domain) fn lot(&self, no: LotNo) -> Result<&'a Lot, Refusal> {
        self.sale
            .lots
            .get(&no)
            .ok_or_else(|| Refusal::new(Code::LotUnknown))
    }

    pub(in crate::domain) fn open_lot(&self, no: LotNo) -> Result<OpenLot<'a>, Refusal> {
        let lot = self.lot(no)?;
        match &lot.phase {
            Phase::Open(open) => Ok(OpenLot { lot, open }),
            Phase::Upcoming { opens_at } => {
                let refusal = Refusal::new(Code::LotNotOpen);
                Err(opens_at.map_or(refusal.clone(), |at| {
                    refusal.with(Figure::OpensAt, at.figure())
                }))
            }
            Phase::Closed(_) => Err(Refusal::new(Code::LotClosed)),
        }
    }
}

/// R0: the listener's stamp counts, however late the writer comes to it. One that is further ahead of
/// the writer's clock than the window is not of this machine: then the writer's clock counts. Order is
/// always the order of decision.
pub fn judged_time(terms: &SaleTerms, arrived: Time, at: Time) -> Time {
    if arrived <= at || arrived.distance(at) <= terms.timeliness_window {
        arrived
    } else {
        at
    }
}

/// R0: what stands instead of what was answered.
pub(in crate::domain) fn has_come(bid: BidNo, lead: Option<(Paddle, Money)>) -> Refusal {
    let refusal = Refusal::new(Code::BidHasCome).with(Figure::Bid, i64::from(bid.0));
    match lead {
        None => refusal,
        Some((paddle, price)) => refusal
            .with(Figure::Paddle, i64::from(paddle.0))
            .with(Figure::Price, price.minor()),
    }
}

/// A public reason: there, not too long, and showing what it says.
pub(in crate::domain) fn check_reason(text: &str) -> Result<(), Refusal> {
    let bound = i64::try_from(REASON_BYTES_MAX).unwrap_or(i64::MAX);
    if !is_seen(text) || text.len() > REASON_BYTES_MAX || text.contains(is_hidden) {
        return Err(Refusal::new(Code::ReasonMissing).with(Figure::Bound, bound));
    }
    Ok(())
}

/// More than one act, or one sale, may hold.
pub(in crate::domain) fn too_many(bound: usize) -> Refusal {
    let bound = i64::try_from(bound).unwrap_or(i64::MAX);
    Refusal::new(Code::TooMany).with(Figure::Bound, bound)
}
