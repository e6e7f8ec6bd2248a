//! R2: proxy maxima. The leader's maximum works for the leader, no more than needed; an equal
//! maximum that came later does not beat it.

use crate::domain::rules::increment::{Increments, Mode, ask_after};
use crate::domain::{BidKind, BidNo, Money, Paddle};

/// Who leads, at what price, up to where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lead {
    /// L of R2: the paddle that leads.
    pub paddle: Paddle,
    /// P of R2: the price at which it leads.
    pub price: Money,
    /// M; secret while it is above the price.
    pub maximum: Money,
    /// The bid that took the lead.
    pub bid: BidNo,
    /// R2.5: the price is less than a whole step above the beaten maximum.
    pub short_step: bool,
}

/// R2: an amount that is bid against the leader's maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Incoming {
    /// The paddle that bids; it does not lead.
    pub paddle: Paddle,
    /// m of R2: the price it sets, or how far it goes.
    pub amount: Money,
    /// A price or a ceiling.
    pub kind: BidKind,
    /// The number that the bid gets.
    pub bid: BidNo,
}

/// What a bid of somebody who does not lead brings about. The ask has been checked before.
pub fn place(increments: &Increments, lead: Option<&Lead>, ask: Money, incoming: Incoming) -> Lead {
    let Incoming {
        paddle,
        amount,
        kind,
        bid,
    } = incoming;
    let Some(standing) = lead else {
        // R2.1: the first bid takes the lead at the first ask; a flat bid at its own amount.
        let price = match kind {
            BidKind::Maximum => ask.min(amount),
            BidKind::Flat => amount,
        };
        return Lead {
            paddle,
            price,
            maximum: amount,
            bid,
            short_step: false,
        };
    };
    if amount <= standing.maximum {
        // R2.4: the earlier maximum holds, at the full amount on a tie.
        let whole_step = ask_after(increments, amount);
        let price = if amount == standing.maximum {
            amount
        } else {
            standing.maximum.min(whole_step)
        };
        return Lead {
            price,
            short_step: price < whole_step,
            ..*standing
        };
    }
    // R2.5: a step shorter than a whole one at the bidder's ceiling is legal, and flagged. Where a
    // clerk names the ask (R1) that is the step.
    let by_table = ask_after(increments, standing.maximum);
    let whole_step = match increments.mode {
        Mode::Clerk => by_table.max(ask),
        Mode::Additive | Mode::Grid => by_table,
    };
    let price = match kind {
        BidKind::Maximum => amount.min(whole_step),
        BidKind::Flat => amount,
    };
    Lead {
        paddle,
        price,
        maximum: amount,
        bid,
        short_step: price < whole_step,
    }
}
