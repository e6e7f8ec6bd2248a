//! A lead that is offered again, taken up or declined on paper: R12b.

use mazad_engine::domain::{
    Actor, BidEvent, BidNo, BidOrigin, BidResult, Code, Figure, Paddle, Refusal, Time,
};

use crate::twin_book::{Entry, Leads, Line};
use crate::twin_paper::{Incoming, No, Paper, figure, money};

use crate::twin_bids::When;
use crate::twin_paper::Offered;

type Answer = Result<Option<BidResult>, Refusal>;

impl Paper {
    /// Whether a bid of the hall takes up an offer: exactly the amount on offer.
    pub(crate) fn is_offered(&self, lot: u32, bid: Incoming) -> bool {
        let offer = self.lot(lot).offer;
        offer.is_some_and(|offer| offer.paddle == bid.paddle && offer.price == bid.amount)
    }

    pub(crate) fn reaffirm(&mut self, lot: u32, when: When) -> Answer {
        let mut no = No::default();
        self.no_unless_bid_on(lot, &mut no);
        self.no_unless_open(lot, &mut no);
        let paddle = self.paddle_of(when.actor);
        no.when(paddle.is_none(), Code::NotAdmitted);
        self.no_unless_may_bid(paddle, &mut no);
        self.no_if_late(lot, when, &mut no);
        if let (Some(paddle), true) = (paddle, self.takes_bids(lot)) {
            self.no_to_reaffirming(lot, paddle, when, &mut no);
            no.first()?;
            return Ok(Some(self.lead_again(lot, when)));
        }
        no.first().map(|()| None)
    }

    pub(crate) fn no_to_reaffirming(&self, no_lot: u32, paddle: u32, when: When, no: &mut No) {
        let lot = self.lot(no_lot);
        let offer = lot
            .offer
            .filter(|offer| offer.paddle == paddle && when.judged < offer.until);
        let Some(offer) = offer else {
            let figures = [(Figure::JudgedAt, figure(when.judged))];
            no.with(true, Code::NothingToReaffirm, &figures);
            return;
        };
        let standing = self.reckoned(no_lot, |_| false).expect("it is offered");
        assert_eq!(
            (standing.paddle, standing.price),
            (offer.paddle, offer.price)
        );
        let origin = match when.actor {
            Actor::Bidder(_) => BidOrigin::Web,
            Actor::Staff(_) | Actor::Engine => BidOrigin::Floor,
        };
        self.no_past_limit(no_lot, paddle, (standing.maximum, origin), no);
    }

    /// The one who is asked leads at the reckoned price, with the maximum in force again.
    pub(crate) fn lead_again(&mut self, no: u32, when: When) -> BidResult {
        let standing = self.reckoned(no, |_| false).expect("it is offered");
        let lot = self.lot_mut(no);
        let line = Line {
            no: lot.last_bid() + 1,
            paddle: standing.paddle,
            amount: standing.maximum,
            flat: false,
            at: when.at,
            asked: None,
            reaffirms: true,
            void_when: None,
            declined: false,
        };
        let after = Leads {
            bid: line.no,
            ..standing
        };
        lot.book.0.push(Entry::Bid(line));
        lot.lead = Some(after);
        lot.clerk_ask = None;
        lot.offer = None;
        let runs = lot.runs_mut();
        (runs.warned, runs.warned_at) = (0, None);
        let ask = lot.ask();
        self.say_bid(
            no,
            BidEvent::LeadReaffirmed {
                bid: BidNo(after.bid),
                paddle: Paddle(after.paddle),
                price: money(after.price),
                ask: money(ask),
            },
        );
        self.overtake(no);
        self.after_new_lead(no, None, after, true, when);
        BidResult::Leading
    }

    /// R12b, strict: the next standing is offered, down to the opening.
    pub(crate) fn offer_next(&mut self, no: u32, at: Time) {
        let until = self.counted_from(at).after(self.terms().reaffirm_window);
        let next = self.to_offer(no, |_| false);
        self.pass_over(no, next);
        let lot = self.lot_mut(no);
        lot.clerk_ask = None;
        lot.offer = next.map(|next| Offered {
            paddle: next.paddle,
            price: next.price,
            until,
        });
        let ask = money(lot.ask());
        let event = match lot.offer {
            Some(offer) => BidEvent::ReaffirmOffered {
                paddle: Paddle(offer.paddle),
                price: money(offer.price),
                until,
                ask,
            },
            None => BidEvent::ReaffirmEnded { ask },
        };
        self.say_bid(no, event);
    }

    /// Barred paddles that would have been asked before this one leave the reckoning.
    pub(crate) fn pass_over(&mut self, no: u32, next: Option<Leads>) {
        while let Some(standing) = self.reckoned(no, |_| false)
            && next.map(|next| next.paddle) != Some(standing.paddle)
        {
            let lines = self.lot_mut(no).book.lines_mut();
            lines
                .filter(|line| line.paddle == standing.paddle)
                .for_each(|line| line.declined = true);
        }
    }

    /// Nobody reaffirmed in time: that paddle's bids leave the reckoning.
    pub(crate) fn decline(&mut self, no: u32, at: Time) {
        let lot = self.lot_mut(no);
        let paddle = lot.offer.expect("an offer lapses").paddle;
        for line in lot.book.lines_mut().filter(|line| line.paddle == paddle) {
            line.declined = true;
        }
        self.offer_next(no, at);
        self.correct_end(no, at);
    }
}
