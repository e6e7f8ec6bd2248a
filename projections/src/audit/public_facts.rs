//! What must hold at every event by what everyone may know of the sale: no key is needed.

use std::collections::{BTreeMap, BTreeSet};

use mazad_engine::domain::{
    AccountId, Actor, BidAccepted, BidEvent, BidKind, Event, LotEvent, LotNo, LotOutcome, Meta,
    Paddle, Recorded, ReserveOpening, SaleEvent, SaleId, Time, judged_time,
};
use mazad_engine::proof::reserve_commitment;

use super::refusals;
use crate::live::{LiveSale, LotPhase};

/// What is known of a sale from its public facts, before the next event.
#[derive(Debug)]
pub(super) struct PublicFacts {
    sale: SaleId,
    /// The sale as everyone may see it.
    pub(super) live: LiveSale,
    /// Who may bid.
    pub(super) roll: Roll,
    commitments: BTreeMap<LotNo, [u8; 32]>,
    opened: BTreeSet<LotNo>,
}

/// The paddles of a sale.
#[derive(Debug, Default)]
pub(super) struct Roll {
    pub(super) admitted: BTreeSet<Paddle>,
    pub(super) barred: BTreeSet<Paddle>,
    pub(super) of_account: BTreeMap<AccountId, Paddle>,
    /// R12a: web paddles whose owner was marked present.
    pub(super) present: BTreeSet<Paddle>,
}

impl Roll {
    /// R12a: whether a clerk may bid for a paddle: one of the hall, or one whose owner is there.
    pub(super) fn is_in_hall(&self, paddle: Paddle) -> bool {
        let is_web = self.of_account.values().any(|web| *web == paddle);
        !is_web || self.present.contains(&paddle)
    }

    /// Whether that holds for every paddle.
    pub(super) fn is_all_in_hall(&self) -> bool {
        self.of_account
            .values()
            .all(|web| self.present.contains(web))
    }
}

impl PublicFacts {
    pub(super) fn new(sale: SaleId) -> Self {
        Self {
            sale,
            live: LiveSale::new(sale),
            roll: Roll::default(),
            commitments: BTreeMap::new(),
            opened: BTreeSet::new(),
        }
    }

    /// Lots whose reserve was opened to what was committed to.
    pub(super) fn reserves_opened(&self) -> u64 {
        self.opened.len() as u64
    }

    /// Checks the next event against everything before it; says what is wrong.
    pub(super) fn check(&mut self, recorded: &Recorded) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut must = |holds: bool, what: String| {
            if !holds {
                wrong.push(what);
            }
        };
        match &recorded.event {
            Event::Sale(SaleEvent::PaddleAdmitted {
                paddle, account, ..
            }) => {
                let is_new = self.roll.admitted.insert(*paddle);
                must(is_new, format!("paddle {paddle} is admitted twice"));
                let account = account.map(|account| (account, *paddle));
                self.roll.of_account.extend(account);
            }
            Event::Sale(SaleEvent::PaddleBarred { paddle, .. }) => {
                self.roll.barred.insert(*paddle);
            }
            Event::Sale(SaleEvent::PresenceMarked { paddle, present }) => {
                if *present {
                    self.roll.present.insert(*paddle);
                } else {
                    self.roll.present.remove(paddle);
                }
            }
            Event::Lot(lot, LotEvent::Added { terms }) => {
                let is_new = self.live.lot(*lot).is_none();
                must(is_new, format!("lot {lot} is added twice"));
                if let Some(reserve) = terms.method.reserve() {
                    self.commitments.insert(*lot, reserve.commitment);
                    let opening = reserve.opening;
                    let fits = opening.is_none_or(|opening| self.is_committed(*lot, opening));
                    must(fits, not_committed(*lot));
                }
            }
            Event::Lot(lot, LotEvent::Bid(BidEvent::Accepted(bid))) => {
                self.check_bid(recorded, *lot, bid, &mut must);
            }
            Event::Lot(lot, LotEvent::Extended { ends_at, .. }) => {
                let before = self.live.lot(*lot).and_then(|lot| lot.ends_at);
                let moves_on = before.is_none_or(|before| before <= *ends_at);
                must(moves_on, format!("the end of lot {lot} moves back"));
            }
            Event::Lot(
                lot,
                LotEvent::Closed {
                    outcome, reserve, ..
                },
            ) => {
                self.check_close(recorded, *lot, *outcome, &mut must);
                if let Some(opening) = *reserve {
                    let fits = self.is_committed(*lot, opening);
                    must(fits, not_committed(*lot));
                    self.opened.extend(fits.then_some(*lot));
                    must(sells(*outcome, opening), below_reserve(*lot));
                }
            }
            Event::Refused { lot, refusal } => {
                let fits = refusals::can_be(&self.live, &self.roll, &recorded.meta, *lot, refusal);
                let code = refusal.code.as_str();
                must(fits, format!("refused as {code}, which cannot have been"));
            }
            _ => {}
        }
        wrong
    }

    /// R1, R2, R0: an admitted paddle, in time, at least the ask; the price does not fall.
    fn check_bid(
        &self,
        recorded: &Recorded,
        lot: LotNo,
        bid: &BidAccepted,
        must: &mut impl FnMut(bool, String),
    ) {
        let Some(before) = self.live.lot(lot) else {
            return must(false, format!("lot {lot} is not in the catalogue"));
        };
        for paddle in [bid.paddle, bid.leader] {
            let is_admitted = self.roll.admitted.contains(&paddle);
            must(
                is_admitted,
                format!("lot {lot}: paddle {paddle} is not admitted"),
            );
        }
        let may_bid = !self.roll.barred.contains(&bid.paddle);
        must(
            may_bid,
            format!("lot {lot}: paddle {} is barred", bid.paddle),
        );
        let is_open = before.phase == LotPhase::Open;
        must(
            is_open,
            format!("lot {lot}: a bid on a lot that is not open"),
        );
        let judged = judged(&self.live, &recorded.meta);
        let in_time = before.ends_at.is_none_or(|end| judged < end);
        must(in_time, format!("lot {lot}: a bid at or after the end"));
        let rises = before.price.is_none_or(|price| bid.price >= price);
        must(rises, format!("lot {lot}: the price falls by a bid"));
        // R2.5: a maximum that takes the lead is shown at what it pays. Where steps fall that may
        // be below the ask, never below the price. What was asked is sealed: the key tells.
        let takes_lead = bid.kind == BidKind::Maximum && bid.leader == bid.paddle;
        let least = before.price.filter(|_| takes_lead).or(before.ask);
        let enough = least.is_none_or(|least| bid.shown >= least);
        must(enough, format!("lot {lot}: a bid below the least amount"));
        let covered = bid
            .maximum
            .open()
            .is_none_or(|maximum| maximum >= bid.shown);
        must(covered, format!("lot {lot}: more is shown than was bid"));
    }

    /// R3, R4: not before the end, and to the leader at the price.
    fn check_close(
        &self,
        recorded: &Recorded,
        lot: LotNo,
        outcome: LotOutcome,
        must: &mut impl FnMut(bool, String),
    ) {
        let Some(before) = self.live.lot(lot) else {
            return must(false, format!("lot {lot} is not in the catalogue"));
        };
        let has_ended = before.ends_at.is_none_or(|end| end <= recorded.meta.at);
        must(
            has_ended || recorded.meta.actor != Actor::Engine,
            format!("lot {lot} closes before its end"),
        );
        if let LotOutcome::KnockedDown { paddle, price } = outcome {
            must(
                before.leader == Some(paddle) && before.price == Some(price),
                format!("lot {lot} is not sold to its leader at its price"),
            );
        }
    }

    fn is_committed(&self, lot: LotNo, opening: ReserveOpening) -> bool {
        let ReserveOpening { amount, salt } = opening;
        let commitment = reserve_commitment(self.sale, lot, amount, &salt);
        self.commitments.get(&lot) == Some(&commitment)
    }
}

fn sells(outcome: LotOutcome, reserve: ReserveOpening) -> bool {
    match outcome {
        LotOutcome::KnockedDown { price, .. } => price >= reserve.amount,
        LotOutcome::NoBid
        | LotOutcome::BelowBase
        | LotOutcome::PassedByClerk
        | LotOutcome::Lapsed
        | LotOutcome::Withdrawn
        | LotOutcome::ForDecision(_) => true,
    }
}

fn below_reserve(lot: LotNo) -> String {
    format!("lot {lot} is sold below its reserve")
}

fn not_committed(lot: LotNo) -> String {
    format!("lot {lot}: the reserve is not the one committed to")
}

/// R0: the time by which something was judged.
pub(super) fn judged(live: &LiveSale, meta: &Meta) -> Time {
    let terms = live.board().terms.as_ref();
    terms.map_or(meta.at, |terms| judged_time(terms, meta.arrived, meta.at))
}
