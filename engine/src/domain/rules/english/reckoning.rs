//! R12b: the one way to tell what stands: the bids of an attempt are run again, in their order, without
//! those that do not count. Every void, every offer and every question after one reads this standing.

use std::collections::BTreeMap;

use super::English;
use super::proxy::{Incoming, Lead, place};
use crate::domain::{Bid, BidNo, Money, Paddle};

/// The standing of an attempt: its bids run again, without void ones, without those that left the
/// reckoning, and without those that this act strikes out or lets leave. Maxima that leaders moved are
/// moved again in their place. Where a lead has lapsed (strict terms), a bid after it begins anew, and a
/// reaffirmation goes on. An ask that a clerk named counts as long as no void bid had misled the clerk.
pub(super) fn reckon(
    english: &English,
    bids: &[Bid],
    is_struck: impl Fn(&Bid) -> bool,
    has_left: impl Fn(&Bid) -> bool,
) -> Option<Lead> {
    let mut made_with = BTreeMap::new();
    for moved in &english.moves {
        made_with.entry(moved.bid).or_insert(moved.from);
    }
    let mut lead: Option<Lead> = None;
    let mut has_lapsed = false;
    let mut misled_until = BidNo(0);
    let mut lapses = english.lapses.iter().peekable();
    let mut moves = english.moves.iter().peekable();
    for bid in bids {
        while lapses.next_if(|after| **after < bid.no).is_some() {
            has_lapsed = true;
        }
        let has_left = bid.declined || has_left(bid);
        if bid.counts() && !has_left && !is_struck(bid) {
            let again = Again {
                english,
                bid,
                amount: made_with.get(&bid.no).copied().unwrap_or(bid.maximum),
                clerk_ask: bid.clerk_ask.filter(|_| misled_until < bid.no),
            };
            lead = Some(if has_lapsed {
                again.after_lapse(lead)
            } else {
                again.against(lead)
            });
            has_lapsed = false;
        } else if !has_left {
            let until = bid.void.unwrap_or(BidNo(u32::MAX));
            misled_until = misled_until.max(until);
        }
        while let Some(moved) = moves.next_if(|moved| moved.after <= bid.no) {
            if let Some(own) = lead.as_mut().filter(|own: &&mut Lead| own.bid == moved.bid) {
                own.maximum = moved.to.max(own.price);
            }
        }
    }
    lead
}

/// A bid that is run again.
struct Again<'a> {
    english: &'a English,
    bid: &'a Bid,
    /// What it was made with, before its owner moved it.
    amount: Money,
    clerk_ask: Option<Money>,
}

impl Again<'_> {
    /// Against a lead that stands.
    fn against(&self, lead: Option<Lead>) -> Lead {
        if let Some(own) = lead.filter(|lead| lead.paddle == self.bid.paddle) {
            // What was a bid against one that does not count is a raise of the own maximum (R2.2).
            return Lead {
                maximum: own.maximum.max(self.amount),
                bid: self.bid.no,
                ..own
            };
        }
        self.placed(lead.as_ref(), self.english.ask_with(lead, None))
    }

    /// After a lapse: the lead is gone, and its price is what was offered (R12b).
    fn after_lapse(&self, lapsed: Option<Lead>) -> Lead {
        match lapsed {
            // The maximum is that of the reaffirmation: it stands whatever becomes of the bid before.
            Some(own) if self.bid.reaffirms && own.paddle == self.bid.paddle => Lead {
                maximum: self.amount.max(own.price),
                bid: self.bid.no,
                ..own
            },
            _ => {
                let over = |offered| self.english.ask_with(None, offered);
                let offered = lapsed.map(|lead| lead.price);
                // A bid below that was made over a lower offer: it begins where the lot began, so that a
                // void neither raises its price nor tells its maximum.
                let offered = offered.filter(|price| self.amount >= over(Some(*price)));
                self.placed(None, over(offered))
            }
        }
    }

    fn placed(&self, lead: Option<&Lead>, least: Money) -> Lead {
        let ask = self.clerk_ask.map_or(least, |asked| asked.max(least));
        let incoming = Incoming {
            paddle: self.bid.paddle,
            amount: self.amount,
            kind: self.bid.kind,
            bid: self.bid.no,
        };
        place(&self.english.terms.increments, lead, ask, incoming)
    }
}

/// The maximum with which somebody takes a lapsed lead again: the one that lapsed with it.
pub(super) fn maximum_on_offer(
    english: &English,
    bids: &[Bid],
    paddle: Paddle,
    price: Money,
) -> Money {
    let own = reckon(english, bids, |_| false, |bid| bid.paddle != paddle);
    own.map_or(price, |own| own.maximum.max(price))
}
