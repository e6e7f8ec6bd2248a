//! The books of all lots, kept from the events of a sale and from nothing else: what stands in each, run
//! again by the naive reckoning.

use std::collections::{BTreeMap, BTreeSet};

use mazad_engine::domain::{
    AppliedEffect, Band, BidEvent, BidKind, Event, LotEvent, LotNo, LotTerms, MethodTerms, Mode,
    Recorded,
};

use crate::twin_book::{Book, Entry, Leads, Line, Steps};

/// A lot, as its events tell it.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) steps: Steps,
    pub(crate) book: Book,
    pub(crate) lead: Option<Leads>,
    /// A bid was struck out in this attempt, or somebody was asked to reaffirm.
    pub(crate) is_touched: bool,
    /// R4: the base, until it is opened.
    pub(crate) base: Option<i64>,
    /// Amounts that bids have told: a flat bid, one that was beaten, a maximum that was reached.
    told: BTreeSet<i64>,
    clerk_ask: Option<i64>,
    last_bid: u32,
}

/// Every lot.
#[derive(Debug, Default)]
pub(crate) struct Books(pub(crate) BTreeMap<u32, Kept>);

impl Books {
    pub(crate) fn keep(&mut self, recorded: &Recorded) {
        if let Event::Lot(LotNo(no), event) = &recorded.event {
            if let LotEvent::Added { terms } = event {
                self.0.insert(*no, Kept::new(terms));
            }
            self.0.get_mut(no).expect("added").keep(recorded, event);
        }
    }
}

impl Kept {
    fn new(terms: &LotTerms) -> Self {
        let MethodTerms::English(english) = &terms.method;
        let bands = english.increments.bands().iter();
        let base = english.reserve.and_then(|reserve| reserve.opening);
        Self {
            steps: Steps {
                mode: english.increments.mode,
                bands: bands
                    .map(|Band { from, step }| (from.minor(), step.minor()))
                    .collect(),
                opening: english.opening.minor(),
                above_opening: english.first_bid_above_opening,
            },
            book: Book::default(),
            lead: None,
            is_touched: false,
            base: base.map(|base| base.amount.minor()),
            told: BTreeSet::new(),
            clerk_ask: None,
            last_bid: 0,
        }
    }

    /// R12b: the bids run again.
    pub(crate) fn reckoned(&self) -> Option<Leads> {
        self.book.reckoned(&self.steps, |_| false, &BTreeSet::new())
    }

    /// The maxima that nobody may know now: a leader's, those of whoever may be asked, and the base.
    pub(crate) fn sealed(&self) -> BTreeSet<i64> {
        let stands = self.lead.or_else(|| self.reckoned());
        let headroom = stands.filter(|lead| lead.maximum > lead.price);
        let lead = headroom
            .map(|lead| lead.maximum)
            .filter(|own| !self.told.contains(own));
        // Somebody may have bid the base to the piastre: that is told as a bid, and by nothing else.
        let base = self.base.filter(|base| !self.told.contains(base));
        lead.into_iter().chain(base).collect()
    }

    fn keep(&mut self, recorded: &Recorded, event: &LotEvent) {
        match event {
            LotEvent::Reoffered {
                opening, reserve, ..
            } => {
                self.book = Book::default();
                (self.lead, self.clerk_ask, self.is_touched) = (None, None, false);
                self.steps.opening = opening.minor();
                let base = reserve.and_then(|reserve| reserve.opening);
                self.base = base.map(|base| base.amount.minor()).or(self.base);
            }
            LotEvent::Closed { reserve, .. } | LotEvent::Withdrawn { reserve, .. } => {
                self.base = self.base.filter(|_| reserve.is_none());
            }
            LotEvent::BidVoided(void) => {
                self.is_touched = true;
                let struck = self.book.lines().find(|line| line.no == void.bid.0);
                let paddle = struck
                    .map(|line| line.paddle)
                    .filter(|_| void.all_of_paddle);
                let last = self.last_bid;
                for line in self.book.lines_mut() {
                    if line.no == void.bid.0 || Some(line.paddle) == paddle {
                        line.void_when = line.void_when.or(Some(last));
                    }
                }
                self.after_void(void.effect, void.price.map(|price| price.minor()));
            }
            LotEvent::Bid(bid) => self.keep_bid(recorded, bid),
            // Before it opens, and so before anybody has bid.
            LotEvent::Amended { terms, .. } => *self = Self::new(terms),
            LotEvent::Added { .. }
            | LotEvent::Scheduled { .. }
            | LotEvent::Opened { .. }
            | LotEvent::Warned { .. }
            | LotEvent::Extended { .. }
            | LotEvent::CeilingRaised { .. }
            | LotEvent::Reopened { .. }
            | LotEvent::VoidRequested { .. } => {}
        }
    }

    fn after_void(&mut self, effect: AppliedEffect, price: Option<i64>) {
        match effect {
            AppliedEffect::Unchanged => return,
            AppliedEffect::Lapsed => {
                self.book.0.push(Entry::Lapse);
                self.lead = None;
            }
            AppliedEffect::Revived | AppliedEffect::ForDecision => self.lead = self.reckoned(),
            AppliedEffect::Repriced => {
                let lead = self.lead.as_mut().expect("the leader stays");
                lead.price = price.expect("at a price");
            }
        }
        self.clerk_ask = None;
    }

    fn keep_bid(&mut self, recorded: &Recorded, event: &BidEvent) {
        match event {
            BidEvent::Accepted(bid) => {
                let amount = bid.maximum.open().expect("known here").minor();
                self.last_bid = bid.bid.0;
                // A maximum that takes the lead tells no more than its price.
                let is_reached = self
                    .lead
                    .is_some_and(|lead| lead.maximum == bid.price.minor());
                let leads = bid.leader == bid.paddle;
                // R2.5: a maximum that leads by a short step is its own price.
                let is_told = !leads || bid.kind == BidKind::Flat || amount == bid.price.minor();
                self.told.extend(is_told.then_some(amount));
                self.told.extend(is_reached.then_some(bid.price.minor()));
                self.book.0.push(Entry::Bid(Line {
                    no: bid.bid.0,
                    paddle: bid.paddle.0,
                    amount,
                    flat: bid.kind == BidKind::Flat,
                    at: recorded.meta.at,
                    asked: self.clerk_ask.filter(|_| self.steps.mode == Mode::Clerk),
                    reaffirms: false,
                    void_when: None,
                    declined: false,
                }));
                let price = bid.price.minor();
                self.lead = Some(match self.lead {
                    Some(lead) if !leads => Leads { price, ..lead },
                    _ => Leads {
                        paddle: bid.paddle.0,
                        price,
                        maximum: amount,
                        bid: bid.bid.0,
                        short: bid.short_step,
                    },
                });
                self.clerk_ask = None;
            }
            BidEvent::MaximumChanged { maximum, .. } => {
                let to = maximum.open().expect("known here").minor();
                let lead = self.lead.as_mut().expect("the leader moves it");
                lead.maximum = to;
                self.book.0.push(Entry::Moved { bid: lead.bid, to });
            }
            BidEvent::AskSet { ask } => self.clerk_ask = Some(ask.minor()),
            BidEvent::ReaffirmOffered { paddle, .. } => self.pass_over(Some(paddle.0)),
            BidEvent::ReaffirmEnded { .. } => self.pass_over(None),
            BidEvent::LeadReaffirmed { bid, paddle, .. } => {
                let standing = self.reckoned().expect("what was offered");
                assert_eq!(standing.paddle, paddle.0, "the one who was asked");
                self.last_bid = bid.0;
                self.book.0.push(Entry::Bid(Line {
                    no: bid.0,
                    paddle: paddle.0,
                    amount: standing.maximum,
                    flat: false,
                    at: recorded.meta.at,
                    asked: None,
                    reaffirms: true,
                    void_when: None,
                    declined: false,
                }));
                self.lead = Some(Leads {
                    bid: bid.0,
                    ..standing
                });
                self.clerk_ask = None;
            }
            // R4: the lot is sold at it in the same append.
            BidEvent::ReserveLifted { .. } => self.base = None,
            BidEvent::FloorBidHeld { .. } | BidEvent::FloorBidLapsed => {}
        }
    }

    /// Whoever would have been asked before leaves the reckoning.
    fn pass_over(&mut self, next: Option<u32>) {
        self.clerk_ask = None;
        while let Some(standing) = self.reckoned().filter(|lead| Some(lead.paddle) != next) {
            let lines = self.book.lines_mut();
            lines
                .filter(|line| line.paddle == standing.paddle)
                .for_each(|line| line.declined = true);
        }
    }
}
