//! How an attempt to sell a lot ends, and how another begins.

use mazad_engine::domain::{
    BidNo, BidVoided, DecisionCause, LotOutcome, Money, Paddle, Reserve, Running, Time, Undecided,
};

use super::{BidLine, Held, LotLive, LotPhase, Offer, Struck};

/// How a lot stood when it closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BeforeClose {
    price: Option<Money>,
    leader: Option<Paddle>,
    least: Option<Money>,
    clerk_ask: Option<Money>,
    ends_at: Option<Time>,
    offer: Option<Offer>,
    held: Option<Held>,
}

/// What the committee decides about, if a lot that ended so is for decision (R12b, R12c).
pub const fn undecided(outcome: LotOutcome) -> Option<Undecided> {
    match outcome {
        LotOutcome::ForDecision(undecided) => Some(undecided),
        LotOutcome::KnockedDown { .. }
        | LotOutcome::NoBid
        | LotOutcome::BelowBase
        | LotOutcome::PassedByClerk
        | LotOutcome::Lapsed
        | LotOutcome::Withdrawn => None,
    }
}

/// What the bids of an attempt come to, whatever the outcome says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct AtClose {
    price: Option<Money>,
    leader: Option<Paddle>,
}

impl LotLive {
    /// An open lot or an upcoming one ends; one that has ended is withdrawn, so that it is not
    /// offered again (R4).
    pub(super) fn close(&mut self, at: Time, outcome: LotOutcome) {
        let was_open = self.phase == LotPhase::Open;
        if self.phase != LotPhase::Closed {
            let (price, leader) = (self.price, self.leader);
            self.at_close = AtClose { price, leader };
        }
        self.before_close = was_open.then(|| {
            Box::new(BeforeClose {
                price: self.price,
                leader: self.leader,
                least: self.least,
                clerk_ask: self.clerk_ask,
                ends_at: self.ends_at,
                offer: self.offer,
                held: self.held,
            })
        });
        self.phase = LotPhase::Closed;
        self.closed_at = Some(at);
        self.stands_as(outcome);
        self.takes_no_bids();
    }

    /// The outcome, and the highest bid that stood with it.
    fn stands_as(&mut self, outcome: LotOutcome) {
        self.outcome = Some(outcome);
        self.buyer = None;
        let AtClose { price, leader } = self.at_close;
        (self.price, self.leader) = match outcome {
            LotOutcome::KnockedDown { paddle, price } => {
                self.buyer = Some(paddle);
                (Some(price), Some(paddle))
            }
            LotOutcome::ForDecision(undecided) => (Some(undecided.price), Some(undecided.paddle)),
            LotOutcome::NoBid
            | LotOutcome::BelowBase
            | LotOutcome::PassedByClerk
            | LotOutcome::Lapsed
            | LotOutcome::Withdrawn => (price, leader),
        };
    }

    /// R12b: found after the close. What was knocked down is for decision, beside what the bids come
    /// to without the void one; nobody takes the winner's place here.
    pub(super) fn void_after_close(&mut self, void: &BidVoided, keeps_winner: bool) {
        let (price, leader) = (void.price, void.leader);
        self.at_close = AtClose { price, leader };
        let reckoned = leader.zip(price);
        let Some(outcome) = self.outcome else {
            return;
        };
        let (before, paddle, price) = match outcome {
            LotOutcome::KnockedDown { paddle, price } => (None, paddle, price),
            LotOutcome::ForDecision(before) => (Some(before.cause), before.paddle, before.price),
            LotOutcome::NoBid
            | LotOutcome::BelowBase
            | LotOutcome::PassedByClerk
            | LotOutcome::Lapsed
            | LotOutcome::Withdrawn => return self.stands_as(outcome),
        };
        let cause = match before {
            Some(DecisionCause::LeaderBarred) => DecisionCause::LeaderBarred,
            None | Some(DecisionCause::PriceDiffers) if keeps_winner => DecisionCause::PriceDiffers,
            None | Some(DecisionCause::PriceDiffers | DecisionCause::WinnerStruckOut) => {
                DecisionCause::WinnerStruckOut
            }
        };
        self.stands_as(LotOutcome::ForDecision(Undecided {
            cause,
            paddle,
            price,
            reckoned,
        }));
    }

    /// The bid by which the bids of an attempt that has closed are led: whoever leads has made it last.
    pub(super) fn leading_bid(&self) -> Option<BidNo> {
        let leader = self.at_close.leader?;
        let stands =
            |(line, struck): &&(BidLine, Struck)| line.paddle == leader && *struck == Struck::No;
        let last = self.lines.iter().rev().find(stands);
        last.map(|(line, _)| line.bid)
    }

    fn takes_no_bids(&mut self) {
        (self.least, self.clerk_ask, self.ends_at) = (None, None, None);
        (self.offer, self.held) = (None, None);
        self.take_warnings_back();
    }

    /// R12a: as it stood before it closed.
    pub(super) fn reopen(&mut self, reason: &str) {
        let Some(before) = self.before_close.take() else {
            return;
        };
        self.no_result();
        reason.clone_into(&mut self.note);
        self.phase = LotPhase::Open;
        self.price = before.price;
        self.leader = before.leader;
        self.least = before.least;
        self.clerk_ask = before.clerk_ask;
        self.ends_at = before.ends_at;
        self.offer = before.offer;
        self.held = before.held;
    }

    fn no_result(&mut self) {
        (self.outcome, self.closed_at, self.buyer) = (None, None, None);
        (self.reserve, self.bidders) = (None, 0);
    }

    /// R4: a fresh attempt; bid numbers go on. A new base has a commitment of its own, else the one
    /// that was not opened stays.
    pub(super) fn reoffer(
        &mut self,
        attempt: u32,
        opening: Money,
        running: Running,
        reserve: Option<Reserve>,
    ) {
        self.no_result();
        self.takes_no_bids();
        self.phase = LotPhase::Upcoming;
        self.attempt = attempt;
        (self.price, self.leader, self.extensions) = (None, None, 0);
        self.before_close = None;
        self.at_close = AtClose::default();
        self.lines.clear();
        (self.bids, self.last) = (0, None);
        self.note.clear();
        self.terms.running = running;
        let method = self.terms.method.clone().with_opening(opening);
        self.terms.method = match reserve {
            Some(_) => method.with_reserve(reserve).public(),
            None => method,
        };
        self.opens_at = running.opens_at();
    }
}
