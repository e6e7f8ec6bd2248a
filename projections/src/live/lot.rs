//! One lot as everyone may see it now.

mod ending;

use std::sync::Arc;

use mazad_engine::domain::{
    Actor, AppliedEffect, BidAccepted, BidEvent, BidNo, BidOrigin, BidVoided, ExtensionCause,
    LotEvent, LotOutcome, LotTerms, Meta, Money, Paddle, Pause, ReserveOpening, Span, Time,
};

use super::amendment::Amendment;

pub use self::ending::undecided;
use self::ending::{AtClose, BeforeClose};

/// A lot: what is offered, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LotLive {
    /// What is offered and how, with the ceiling and the commitment to a base as they stand (R1,
    /// R4). Never with an opened base, whoever decoded the events; moved by a re-offer and by a
    /// pause.
    pub terms: LotTerms,
    /// R14: how often they have been amended.
    pub amended: u32,
    /// Those that changed what everyone could see, oldest first; of a draft all of them.
    pub amendments: Vec<Arc<Amendment<LotTerms>>>,
    /// Public revision of the last event that touched this view.
    pub revision: u64,
    pub phase: LotPhase,
    /// Attempts to sell it, from 1.
    pub attempt: u32,
    /// The price of the highest bid that stands; after the close, knocked down or not, of the one
    /// that stood. `None`: none does.
    pub price: Option<Money>,
    /// The least amount that is taken now; `None`: it takes none.
    pub ask: Option<Money>,
    /// Whose bid that is.
    pub leader: Option<Paddle>,
    /// Bids that stand in this attempt.
    pub bids: u32,
    /// While upcoming: when it opens by itself, `None` by hand or not scheduled yet. After that:
    /// when it opened.
    pub opens_at: Option<Time>,
    /// The effective end while it is open; `None`: until the hammer.
    pub ends_at: Option<Time>,
    /// When this attempt ended; `None` until it has.
    pub closed_at: Option<Time>,
    /// Extensions by late bids.
    pub extensions: u32,
    /// Warnings given since the last bid, and since anything else that moved price or leader.
    pub warnings: u32,
    /// R12a: when the last of them was given.
    pub warned_at: Option<Time>,
    pub outcome: Option<LotOutcome>,
    /// To whom it was knocked down; falls away when it is for decision.
    pub buyer: Option<Paddle>,
    /// Paddles with a bid that stood at the close.
    pub bidders: u32,
    /// The number of the last bid that was accepted, over all attempts, void or not: what an act
    /// names that answers what its sender saw (R0).
    pub last_bid: Option<BidNo>,
    /// The last bid of this attempt that stands.
    pub last: Option<BidLine>,
    /// R12b: a former leader may reaffirm.
    pub offer: Option<Offer>,
    /// R12a: a floor bid waits for a second clerk.
    pub held: Option<Held>,
    /// R4: what the commitment was made of; opened when the lot is disposed of.
    pub reserve: Option<ReserveOpening>,
    /// Public reason of a withdrawal, reopening or void in this attempt.
    pub note: String,
    /// While the sale is paused: what is left of the lot's time.
    pub remains: Option<Span>,
    /// Every bid of this attempt, for what is left when one is struck out.
    lines: Vec<(BidLine, Struck)>,
    /// The ask before what the clerk says of it.
    least: Option<Money>,
    /// R1: what the clerk asks, until the next bid.
    clerk_ask: Option<Money>,
    /// How it stood when it closed, for a reopening (R12a).
    before_close: Option<Box<BeforeClose>>,
    /// What the bids of an attempt that has closed come to: without a lifted price, and with what
    /// was struck out since (R12b).
    at_close: AtClose,
}

/// Where a lot stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LotPhase {
    /// Not opened yet in this attempt.
    Upcoming,
    Open,
    Closed,
}

/// The public part of an accepted bid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BidLine {
    /// Its number within the lot.
    pub bid: BidNo,
    pub paddle: Paddle,
    pub origin: BidOrigin,
    /// The price it set, or itself if it was beaten at once.
    pub shown: Money,
    /// When it was accepted.
    pub at: Time,
}

/// R12b: the lead is offered to a former leader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    pub paddle: Paddle,
    /// The reckoned price, at which that paddle would lead.
    pub price: Money,
    pub until: Time,
}

/// R12a: a floor bid that waits for a second clerk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Counts the lot's held bids from 1: what a confirmation names.
    pub held: u32,
    pub paddle: Paddle,
    pub amount: Money,
    pub until: Time,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Struck {
    No,
    Out,
}

impl LotLive {
    pub(super) fn new(terms: &LotTerms) -> Self {
        Self {
            terms: public(terms),
            amended: 0,
            amendments: Vec::new(),
            revision: 0,
            phase: LotPhase::Upcoming,
            attempt: 1,
            price: None,
            ask: None,
            leader: None,
            bids: 0,
            opens_at: terms.running.opens_at(),
            ends_at: None,
            closed_at: None,
            extensions: 0,
            warnings: 0,
            warned_at: None,
            outcome: None,
            buyer: None,
            bidders: 0,
            last_bid: None,
            last: None,
            offer: None,
            held: None,
            reserve: None,
            note: String::new(),
            remains: None,
            lines: Vec::new(),
            least: None,
            clerk_ask: None,
            before_close: None,
            at_close: AtClose::default(),
        }
    }

    /// Whether a bid of this attempt has been struck out; `None` if the attempt has no such bid.
    pub fn is_void(&self, no: BidNo) -> Option<bool> {
        let index = self.line(no)?;
        self.lines
            .get(index)
            .map(|(_, struck)| *struck == Struck::Out)
    }

    /// Whether anybody has bid in this attempt, void or not.
    pub fn has_had_bids(&self) -> bool {
        !self.lines.is_empty()
    }

    /// Applies an event of this lot; tells whether anything that everyone may see has changed.
    pub(super) fn apply(&mut self, meta: &Meta, paused: Option<Time>, event: &LotEvent) -> bool {
        let at = meta.at;
        match event {
            LotEvent::Added { .. } => unreachable!("a lot is added once"),
            LotEvent::Amended {
                terms,
                before,
                reason,
            } => {
                let running = &terms.running;
                self.opens_at = running.hour_after_amendment(&self.terms.running, self.opens_at);
                self.terms = public(terms);
                self.amended = self.amended.saturating_add(1);
                self.amendments.push(Arc::new(Amendment {
                    at,
                    before: public(before),
                    terms: self.terms.clone(),
                    reason: reason.clone(),
                }));
            }
            LotEvent::Scheduled { opens_at } => self.opens_at = *opens_at,
            LotEvent::Opened { ask, ends_at, .. } => self.open(at, *ask, *ends_at),
            LotEvent::Warned { warning } => {
                let is_warned = *warning > 0;
                (self.warnings, self.warned_at) = (*warning, is_warned.then_some(at));
            }
            LotEvent::Extended { ends_at, cause } => self.extend(*ends_at, *cause),
            LotEvent::Closed {
                outcome,
                bidders,
                reserve,
            } => {
                self.close(at, *outcome);
                (self.bidders, self.reserve) = (*bidders, *reserve);
            }
            LotEvent::Withdrawn { reason, reserve } => {
                self.close(at, LotOutcome::Withdrawn);
                self.reserve = reserve.or(self.reserve);
                self.note.clone_from(reason);
            }
            LotEvent::CeilingRaised { ceiling, .. } => self.terms.ceiling = *ceiling,
            LotEvent::Reoffered {
                attempt,
                opening,
                running,
                reserve,
                ceiling,
            } => {
                self.terms.ceiling = *ceiling;
                self.reoffer(*attempt, *opening, *running, *reserve);
            }
            LotEvent::Reopened { reason } => self.reopen(reason),
            // Private: a void that only one officer wants.
            LotEvent::VoidRequested { .. } => return false,
            LotEvent::BidVoided(void) => self.void(void),
            LotEvent::Bid(event) => {
                if !self.apply_bid(meta, event) {
                    return false;
                }
            }
        }
        self.settle(paused);
        true
    }

    fn apply_bid(&mut self, meta: &Meta, event: &BidEvent) -> bool {
        match *event {
            BidEvent::Accepted(ref bid) => self.accept(meta.at, bid),
            // Private: an own maximum.
            BidEvent::MaximumChanged { .. } => return false,
            BidEvent::AskSet { ask } => self.clerk_ask = Some(ask),
            // R4: the outcome that follows has the lifted price.
            BidEvent::ReserveLifted { .. } => {}
            BidEvent::FloorBidHeld {
                held,
                paddle,
                amount,
                until,
            } => {
                self.held = Some(Held {
                    held,
                    paddle,
                    amount,
                    until,
                });
            }
            BidEvent::FloorBidLapsed => self.held = None,
            BidEvent::ReaffirmOffered {
                paddle,
                price,
                until,
                ask,
            } => {
                self.offer = Some(Offer {
                    paddle,
                    price,
                    until,
                });
                (self.least, self.clerk_ask) = (Some(ask), None);
            }
            BidEvent::LeadReaffirmed {
                bid,
                paddle,
                price: shown,
                ask,
            } => {
                self.take(reaffirmed(meta, bid, paddle, shown));
                (self.price, self.leader) = (Some(shown), Some(paddle));
                self.least = Some(ask);
                self.held = self.held.filter(|held| held.paddle != paddle);
            }
            BidEvent::ReaffirmEnded { ask } => {
                self.offer = None;
                (self.least, self.clerk_ask) = (Some(ask), None);
            }
        }
        true
    }

    /// The sale stops at an instant; tells whether this view changed.
    pub(super) fn pause(&mut self, since: Time) -> bool {
        let before = self.remains;
        self.settle(Some(since));
        self.remains != before
    }

    /// R3.7: the sale goes on; tells whether this view changed.
    pub(super) fn resume(&mut self, pause: Option<&Pause>, by: Span, least: Time) -> bool {
        let before = (self.opens_at, self.ends_at, self.remains, self.warned_at);
        let before = (before, self.terms.running, self.offer, self.held);
        // What had ended before the pause was asked for is not revived.
        let had_ended = |end: Time| pause.is_some_and(|pause| pause.has_ended_before(end));
        match self.phase {
            LotPhase::Upcoming => {
                self.opens_at = self.opens_at.map(|at| at.after(by));
                self.terms.running = self.terms.running.shifted(by);
            }
            LotPhase::Open => {
                if !self.ends_at.is_some_and(had_ended) {
                    self.ends_at = self.ends_at.map(|end| end.after(by).max(least));
                    self.take_warnings_back();
                }
                if let Some(offer) = &mut self.offer {
                    offer.until = offer.until.after(by);
                }
                if let Some(held) = &mut self.held {
                    held.until = held.until.after(by);
                }
            }
            LotPhase::Closed => {}
        }
        self.settle(None);
        let after = (self.opens_at, self.ends_at, self.remains, self.warned_at);
        before != (after, self.terms.running, self.offer, self.held)
    }

    /// What follows from the rest: the ask and the time that remains.
    fn settle(&mut self, paused: Option<Time>) {
        let clerk_ask = self.clerk_ask;
        let asked = |least: Money| clerk_ask.map_or(least, |asked| asked.max(least));
        self.ask = self.least.map(asked);
        let remains = |since: Time| self.ends_at.map(|end| end.since(since));
        self.remains = paused.and_then(remains);
    }

    fn open(&mut self, at: Time, ask: Money, ends_at: Option<Time>) {
        self.phase = LotPhase::Open;
        self.opens_at = Some(at);
        self.ends_at = ends_at;
        self.least = Some(ask);
        self.clerk_ask = None;
        self.extensions = 0;
        self.take_warnings_back();
    }

    fn extend(&mut self, ends_at: Time, cause: ExtensionCause) {
        self.ends_at = Some(ends_at);
        match cause {
            ExtensionCause::SoftClose => self.extensions = self.extensions.saturating_add(1),
            ExtensionCause::Outage | ExtensionCause::Correction => {}
        }
    }

    fn accept(&mut self, at: Time, bid: &BidAccepted) {
        let BidAccepted {
            bid: no,
            paddle,
            origin,
            shown,
            ..
        } = *bid;
        self.take(BidLine {
            bid: no,
            paddle,
            origin,
            shown,
            at,
        });
        (self.price, self.leader) = (Some(bid.price), Some(bid.leader));
        self.least = Some(bid.ask);
        if origin == BidOrigin::Floor {
            self.held = self.held.filter(|held| held.paddle != paddle);
        }
    }

    /// A bid takes back warnings, the clerk's ask and an offer to reaffirm.
    fn take(&mut self, line: BidLine) {
        self.lines.push((line, Struck::No));
        self.bids = self.bids.saturating_add(1);
        self.last = Some(line);
        self.last_bid = Some(line.bid);
        self.take_warnings_back();
        self.clerk_ask = None;
        self.offer = None;
    }

    fn void(&mut self, void: &BidVoided) {
        self.note.clone_from(&void.note);
        let leading = self.leading_bid();
        self.strike(void);
        if void.effect == AppliedEffect::Unchanged {
            return;
        }
        match self.phase {
            LotPhase::Open => {
                (self.price, self.leader) = (void.price, void.leader);
                self.least = Some(void.ask);
                self.clerk_ask = None;
                self.take_warnings_back();
            }
            LotPhase::Closed => {
                let keeps_winner = leading.is_some_and(|bid| self.is_void(bid) == Some(false));
                self.void_after_close(void, keeps_winner);
            }
            LotPhase::Upcoming => {}
        }
    }

    /// R12a: warnings count since the last bid, and since anything else that moved the price.
    fn take_warnings_back(&mut self) {
        (self.warnings, self.warned_at) = (0, None);
    }

    fn strike(&mut self, void: &BidVoided) {
        let struck = self.line(void.bid).and_then(|index| self.lines.get(index));
        let with_it = struck.map(|(line, _)| line.paddle);
        let with_it = with_it.filter(|_| void.all_of_paddle);
        for (line, struck) in &mut self.lines {
            if line.bid == void.bid || Some(line.paddle) == with_it {
                *struck = Struck::Out;
            }
        }
        let stands = |(line, struck): &(BidLine, Struck)| (*struck == Struck::No).then_some(*line);
        let standing = self.lines.iter().filter_map(stands).count();
        self.bids = u32::try_from(standing).unwrap_or(u32::MAX);
        self.last = self.lines.iter().rev().find_map(stands);
    }

    /// Where a bid of this attempt stands among its lines: numbers rise.
    fn line(&self, no: BidNo) -> Option<usize> {
        let found = self.lines.binary_search_by_key(&no, |(line, _)| line.bid);
        found.ok()
    }
}

/// What everyone may read of a lot's terms.
fn public(terms: &LotTerms) -> LotTerms {
    LotTerms {
        method: terms.method.clone().public(),
        ..terms.clone()
    }
}

/// A former leader's new bid: by the own device, or by the clerk who asked in the hall.
fn reaffirmed(meta: &Meta, bid: BidNo, paddle: Paddle, shown: Money) -> BidLine {
    let origin = match meta.actor {
        Actor::Staff(_) => BidOrigin::Floor,
        Actor::Bidder(_) | Actor::Engine => BidOrigin::Web,
    };
    BidLine {
        bid,
        paddle,
        origin,
        shown,
        at: meta.at,
    }
}
