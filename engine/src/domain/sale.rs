//! The state of a sale: everything needed to decide inside it, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::rules::method::Method;
use super::whole_price::{measure, measured};
use super::{
    AccountId, Bid, BidNo, Due, LotNo, LotOutcome, LotTerms, Money, Paddle, PauseCause, Running,
    SaleTerms, StaffId, Time, VoidCause,
};

/// A sale, folded from its events.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sale {
    /// What holds in the sale; `None` before `SaleCreated`.
    pub terms: Option<SaleTerms>,
    /// Where the sale stands.
    pub phase: SalePhase,
    /// Set while the sale is paused.
    pub pause: Option<Pause>,
    /// Terms of writing, with the first revision of each, rising.
    pub epochs: Vec<Epoch>,
    /// Time of the last event: time never falls (R0).
    pub now: Time,
    /// Revision that the next event gets.
    pub next_revision: u64,
    /// How many events that everyone may see there were: what pictures are counted by, so that nothing
    /// private moves them ([`Event::is_public`](super::Event::is_public)).
    pub public_revision: u64,
    /// R0: how far the machine's clock is known to be off from the engine's time, in microseconds.
    pub clock_offset: i64,
    /// Every lot that was added, by its number in the catalogue; none is ever removed.
    pub lots: BTreeMap<LotNo, Lot>,
    /// Lots in the order of sale.
    pub order: Vec<LotNo>,
    /// R12a: since when no lot is left to run; `None`: some are, or there are none at all.
    pub rests_since: Option<Time>,
    /// Who may bid, and who no longer may: every paddle that was let in.
    pub admissions: BTreeMap<Paddle, Admission>,
    /// The paddle of each account that bids online; the hall's have none.
    pub paddles: BTreeMap<AccountId, Paddle>,
    /// What falls due, in order of time. Follows from the rest; kept by `apply`.
    pub due: BTreeSet<(Time, Due)>,
}

/// Where a sale stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SalePhase {
    /// Created or not even that: what staff put together, and staff alone see.
    #[default]
    Draft,
    /// Published: lots and paddles may still be added.
    Announced,
    /// Lots open and close.
    Open,
    /// Nothing happens any more.
    Ended,
}

/// A sale at rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// When it began; the clock of the sale stands there (R3.7).
    pub since: Time,
    /// The reason that staff gave everyone; empty where the engine made it.
    pub reason: String,
    /// Whether staff paused it, or the engine and for what.
    pub cause: PauseCause,
    /// R0: how far the machine's clock was off before, in microseconds: where it has gone back to
    /// when a step has gone.
    pub offset_before: i64,
}

/// A process that wrote this sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Epoch {
    /// Its number, above that of every process before it.
    pub epoch: u64,
    /// The revision of its `WriterStarted`, the first event that it wrote.
    pub first: u64,
}

/// A paddle of the sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// Whose it is; `None`: known in the hall only.
    pub account: Option<AccountId>,
    /// R13: leading maxima and purchases never pass this.
    pub limit: Option<Money>,
    /// Leading maxima and purchases now. Follows from the lots; kept by `apply`.
    pub exposure: Money,
    /// May not bid any more.
    pub barred: bool,
    /// R12a: the owner of a web paddle was marked present in the hall.
    pub present: bool,
}

/// A lot, over all attempts to sell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lot {
    /// Its number in the catalogue.
    pub no: LotNo,
    /// What is offered: its terms as they were added or amended last, without its base. What may move
    /// since stands beside them.
    pub terms: Arc<LotTerms>,
    /// How it opens and closes. A re-offer may change it.
    pub running: Running,
    /// How it is sold, and what has come of it in this attempt.
    pub method: Method,
    /// Attempts to sell it, from 1.
    pub attempt: u32,
    /// Upcoming, open or closed, with what belongs to that.
    pub phase: Phase,
    /// Accepted bids of this attempt, in order, the void ones too.
    pub bids: Vec<Bid>,
    /// Accepted bids of earlier attempts: bid numbers go on.
    pub bids_before: u32,
    /// R12b: a void that waits for a second officer.
    pub void_request: Option<VoidRequest>,
    /// R1: what may be bid at all.
    pub ceiling: Money,
    /// R4: the base of this attempt has been opened; another attempt needs a new one.
    pub base_open: bool,
}

/// R12b: a void that one officer asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoidRequest {
    /// The bid that is to be struck out.
    pub bid: BidNo,
    /// Why it may not stand, as the first officer says.
    pub cause: VoidCause,
    /// The officer who asked: another one must confirm.
    pub officer: StaffId,
}

/// Where a lot stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// Not opened yet in this attempt.
    Upcoming {
        /// When it opens by itself; `None`: by hand, or not scheduled yet.
        opens_at: Option<Time>,
    },
    /// Taking bids until its end or the hammer.
    Open(Open),
    /// Ended in this attempt, sold or not.
    Closed(Closed),
}

/// A lot that takes bids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// When it opened in this attempt.
    pub opened_at: Time,
    /// R3.5: the effective end, the only end that anybody reads; `None`: until the hammer.
    pub ends_at: Option<Time>,
    /// R3.4: where the end stops moving; moves with a pause.
    pub hard_stop: Option<Time>,
    /// R3.4: extensions by late bids.
    pub extensions: u32,
    /// Warnings given since the last bid.
    pub warnings: u32,
    /// R12a: when the last of them was given.
    pub warned_at: Option<Time>,
}

/// A lot that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// When it ended, by the writer's clock.
    pub at: Time,
    /// Sold, or why not.
    pub outcome: LotOutcome,
    /// How it stood, for a reopening (R12a); `None` if it never opened in this attempt.
    pub open: Option<Open>,
    /// R12b: a bid that bore on the result was struck out since.
    pub voided: bool,
}

impl Sale {
    /// The first thing that opens by now.
    pub fn next_opening(&self, now: Time) -> Option<Due> {
        if self.pause.is_some() {
            return None;
        }
        let opens = |(_, due): &&(Time, Due)| !due.waits_for_arrivals();
        let first = match self.next_due()? {
            (time, Due::OpenSale) => Some((time, Due::OpenSale)),
            _ => self.due.iter().find(opens).copied(),
        };
        first.filter(|(time, _)| *time <= now).map(|(_, due)| due)
    }

    /// The next thing that the clock brings about, and when; nothing while the sale is paused.
    pub fn next_due(&self) -> Option<(Time, Due)> {
        match self.phase {
            SalePhase::Announced => {
                let opens_at = self.terms.as_ref().and_then(|terms| terms.opens_at);
                opens_at.map(|at| (at, Due::OpenSale))
            }
            SalePhase::Open => {
                let next = self.due.first().copied();
                next.filter(|(time, due)| self.is_before_pause(*time, *due))
            }
            SalePhase::Draft | SalePhase::Ended => None,
        }
    }

    /// R12a: when the sale ends by itself; `None`: by hand, or lots are left to run.
    pub fn end_due(&self) -> Option<(Time, Due)> {
        let terms = self.terms.as_ref().filter(|terms| terms.ends_itself)?;
        Some((self.rests_since?.after(terms.reopen_window), Due::EndSale))
    }

    /// R3.7: a pause that staff ask for does not hold what had ended before it.
    fn is_before_pause(&self, time: Time, due: Due) -> bool {
        match (&self.pause, due) {
            (None, _) => true,
            (Some(pause), Due::CloseLot(_)) => pause.has_ended_before(time),
            (Some(_), _) => false,
        }
    }

    /// The epoch of the process that writes now; 0 before the first.
    pub fn epoch(&self) -> u64 {
        self.epochs.last().map_or(0, |last| last.epoch)
    }
}

impl Pause {
    /// R3.7: whether something that ends at `end` had ended when staff asked for the pause. In an
    /// outage nothing counts as ended.
    pub fn has_ended_before(&self, end: Time) -> bool {
        match self.cause {
            PauseCause::Staff => end <= self.since,
            PauseCause::Outage | PauseCause::Clock { .. } => false,
        }
    }
}

impl Lot {
    /// The state of an open lot.
    pub fn open(&self) -> Option<&Open> {
        match &self.phase {
            Phase::Open(open) => Some(open),
            Phase::Upcoming { .. } | Phase::Closed(_) => None,
        }
    }

    /// Number of the last accepted bid, over all attempts; 0: none.
    pub fn last_bid(&self) -> BidNo {
        let here = u32::try_from(self.bids.len()).unwrap_or(u32::MAX);
        BidNo(self.bids_before.saturating_add(here))
    }

    /// Number that the next accepted bid gets.
    pub fn next_bid(&self) -> BidNo {
        BidNo(self.last_bid().0.saturating_add(1))
    }

    /// A bid of this attempt by its number.
    pub fn bid(&self, no: BidNo) -> Option<&Bid> {
        let index = no.0.checked_sub(self.bids_before)?.checked_sub(1)?;
        self.bids.get(usize::try_from(index).ok()?)
    }

    /// Who leads at which price; of a lot that has closed: who led when it did.
    pub fn lead(&self) -> Option<(Paddle, Money)> {
        match &self.phase {
            Phase::Upcoming { .. } => None,
            Phase::Open(_) => self.method.lead(),
            Phase::Closed(closed) => match closed.outcome {
                LotOutcome::KnockedDown { paddle, price } => Some((paddle, price)),
                LotOutcome::ForDecision(undecided) => Some((undecided.paddle, undecided.price)),
                LotOutcome::NoBid
                | LotOutcome::BelowBase
                | LotOutcome::PassedByClerk
                | LotOutcome::Lapsed
                | LotOutcome::Withdrawn => self.method.lead(),
            },
        }
    }

    /// The terms as they stand, with whatever has moved since they were added or amended.
    pub fn terms(&self) -> LotTerms {
        LotTerms {
            running: self.running,
            method: self.method.terms(),
            ceiling: self.ceiling,
            ..(*self.terms).clone()
        }
    }

    /// The published estimate, its upper end.
    pub fn estimate_high(&self) -> Option<Money> {
        self.terms.estimate.map(|(_, high)| high)
    }

    /// What is sold by measure: thousandths of its unit; `None`: its price is the whole price.
    fn measure(&self) -> Option<i64> {
        measure(&self.terms.unit, self.terms.quantity_milli)
    }

    /// What an amount for the lot comes to: price times quantity where it is sold by measure. Past the
    /// range it is held there, which no limit covers.
    pub fn whole(&self, amount: Money) -> Money {
        let whole = |measure| measured(amount, measure).unwrap_or(Money::MAX);
        self.measure().map_or(amount, whole)
    }

    /// What the lot claims of somebody's limit: what the leading maximum, or the hammer price, comes to
    /// (R13).
    pub fn claim(&self) -> Option<(Paddle, Money)> {
        let claim = self.claimed()?;
        Some((claim.0, self.whole(claim.1)))
    }

    fn claimed(&self) -> Option<(Paddle, Money)> {
        match &self.phase {
            Phase::Upcoming { .. } => None,
            Phase::Open(_) => self.method.claim(),
            Phase::Closed(closed) => match closed.outcome {
                LotOutcome::KnockedDown { paddle, price } => Some((paddle, price)),
                LotOutcome::NoBid
                | LotOutcome::BelowBase
                | LotOutcome::PassedByClerk
                | LotOutcome::Lapsed
                | LotOutcome::Withdrawn
                | LotOutcome::ForDecision(_) => None,
            },
        }
    }

    /// What the clock will bring about for this lot.
    pub fn due(&self) -> Vec<(Time, Due)> {
        match &self.phase {
            Phase::Upcoming { opens_at } => {
                let opens = opens_at.map(|at| (at, Due::OpenLot(self.no)));
                opens.into_iter().collect()
            }
            Phase::Open(open) => {
                let mut due = self.method.due(self.no);
                due.extend(open.ends_at.map(|at| (at, Due::CloseLot(self.no))));
                due
            }
            Phase::Closed(_) => Vec::new(),
        }
    }
}
