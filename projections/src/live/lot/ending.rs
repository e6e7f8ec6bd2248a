//! How an attempt to sell a lot ends, and how another begins.

use mazad_engine::domain::{LotOutcome, Money, Paddle, Running, Time};

use super::{Held, LotLive, LotPhase, Offer};

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

impl LotLive {
    pub(super) fn close(&mut self, at: Time, outcome: LotOutcome) {
        let was_open = self.phase == LotPhase::Open;
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
        self.outcome = Some(outcome);
        let sold = match outcome {
            LotOutcome::Sold { paddle, price } => Some((paddle, price)),
            LotOutcome::PassedNoBids
            | LotOutcome::PassedBelowReserve
            | LotOutcome::PassedByClerk
            | LotOutcome::Withdrawn
            | LotOutcome::WinnerVoided => None,
        };
        self.price = sold.map(|(_, price)| price);
        self.leader = sold.map(|(paddle, _)| paddle);
        self.buyer = self.leader;
        self.takes_no_bids();
    }

    fn takes_no_bids(&mut self) {
        (self.least, self.clerk_ask, self.ends_at) = (None, None, None);
        (self.offer, self.held, self.warnings) = (None, None, 0);
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

    /// R4: a fresh attempt; bid numbers go on.
    pub(super) fn reoffer(&mut self, attempt: u32, opening: Money, running: Running) {
        self.no_result();
        self.takes_no_bids();
        self.phase = LotPhase::Upcoming;
        self.attempt = attempt;
        (self.price, self.leader, self.extensions) = (None, None, 0);
        self.before_close = None;
        self.lines.clear();
        (self.bids, self.last) = (0, None);
        self.note.clear();
        self.terms.running = running;
        self.terms.method = self.terms.method.clone().with_opening(opening);
        self.opens_at = running.opens_at();
    }
}
