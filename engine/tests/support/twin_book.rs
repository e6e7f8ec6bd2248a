//! The book of a lot as somebody keeps it on paper, and the standing that it leads to: R1, R2 and the
//! reckoning of R12b, slow, simple, written from the rules and not from the engine.

use std::collections::BTreeSet;

use mazad_engine::domain::{Mode, Time};

/// R1: from a price to the least next amount.
#[derive(Debug, Clone)]
pub(crate) struct Steps {
    pub(crate) mode: Mode,
    /// From and step, rising from 0.
    pub(crate) bands: Vec<(i64, i64)>,
    pub(crate) opening: i64,
    pub(crate) above_opening: bool,
}

impl Steps {
    /// The step of the last band that begins at or below the price.
    pub(crate) fn step(&self, price: i64) -> i64 {
        let mut step = 0;
        for (from, its) in &self.bands {
            if *from <= price {
                step = *its;
            }
        }
        step
    }

    /// Price plus step, or the next multiple of the step.
    pub(crate) fn above(&self, price: i64) -> i64 {
        let step = self.step(price);
        match self.mode {
            Mode::Additive | Mode::Clerk => price + step,
            Mode::Grid => price - price % step + step,
        }
    }

    /// What the first bid is at least.
    pub(crate) fn first(&self) -> i64 {
        if self.above_opening {
            self.above(self.opening)
        } else {
            self.opening
        }
    }
}

/// Who leads: at which price, up to where, by which bid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Leads {
    pub(crate) paddle: u32,
    pub(crate) price: i64,
    pub(crate) maximum: i64,
    pub(crate) bid: u32,
    pub(crate) short: bool,
}

/// One accepted bid.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) no: u32,
    pub(crate) paddle: u32,
    pub(crate) amount: i64,
    pub(crate) flat: bool,
    pub(crate) at: Time,
    /// R1: what the clerk had named when it was made.
    pub(crate) asked: Option<i64>,
    /// R12b: it took up an offer.
    pub(crate) reaffirms: bool,
    /// R12b: struck out, when the last bid of the lot was this one.
    pub(crate) void_when: Option<u32>,
    /// R12b: its paddle was asked and did not reaffirm.
    pub(crate) declined: bool,
}

/// What happened to the bids of an attempt, in order.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    Bid(Line),
    /// R2.2: the leader moved the maximum of the leading bid.
    Moved {
        bid: u32,
        to: i64,
    },
    /// R12b, strict: nobody leads any more, whoever did.
    Lapse,
}

/// The bids of one attempt.
#[derive(Debug, Clone, Default)]
pub(crate) struct Book(pub(crate) Vec<Entry>);

impl Book {
    pub(crate) fn lines(&self) -> impl DoubleEndedIterator<Item = &Line> {
        self.0.iter().filter_map(|entry| match entry {
            Entry::Bid(line) => Some(line),
            Entry::Moved { .. } | Entry::Lapse => None,
        })
    }

    pub(crate) fn lines_mut(&mut self) -> impl Iterator<Item = &mut Line> {
        self.0.iter_mut().filter_map(|entry| match entry {
            Entry::Bid(line) => Some(line),
            Entry::Moved { .. } | Entry::Lapse => None,
        })
    }

    /// Whether a bid that is void now stood before this one when it was made: then what the clerk
    /// asked for may come of it, and nobody pays for a void bid.
    fn is_misled(
        &self,
        made: &Line,
        without: &impl Fn(&Line) -> bool,
        passed: &BTreeSet<u32>,
    ) -> bool {
        let left = |line: &Line| line.declined || passed.contains(&line.paddle);
        let earlier = self.lines().filter(|line| line.no < made.no && !left(line));
        let mut stood = earlier.filter(|line| match line.void_when {
            Some(when) => when >= made.no,
            None => without(line),
        });
        stood.next().is_some()
    }

    /// R12b: runs the bids again, in their order, without the void ones, those of paddles that were
    /// asked in vain or not at all, and those that `without` names (as void) or `passed` (as asked). A lead that lapsed is taken again only if
    /// nothing came after it.
    pub(crate) fn reckoned(
        &self,
        steps: &Steps,
        without: impl Fn(&Line) -> bool,
        passed: &BTreeSet<u32>,
    ) -> Option<Leads> {
        let left = |line: &Line| line.declined || passed.contains(&line.paddle);
        let counts = |line: &Line| line.void_when.is_none() && !left(line) && !without(line);
        let (mut lead, mut lapsed) = (None::<Leads>, None::<Leads>);
        for entry in &self.0 {
            match entry {
                Entry::Bid(line) if counts(line) => {
                    let asked = line
                        .asked
                        .filter(|_| !self.is_misled(line, &without, passed));
                    lead = Some(run(
                        steps,
                        lead,
                        lapsed,
                        &Line {
                            asked,
                            ..line.clone()
                        },
                    ));
                    lapsed = None;
                }
                Entry::Bid(_) => {}
                Entry::Moved { bid, to } => {
                    let of = self.lines().find(|line| line.no == *bid).expect("of a bid");
                    if let Some(leads) = lead.as_mut().filter(|lead| lead.paddle == of.paddle)
                        && counts(of)
                    {
                        leads.maximum = (*to).max(leads.price);
                    }
                }
                Entry::Lapse => lapsed = lead.take().or(lapsed),
            }
        }
        lead.or(lapsed)
    }
}

/// One bid on the way of a reckoning.
fn run(steps: &Steps, lead: Option<Leads>, lapsed: Option<Leads>, line: &Line) -> Leads {
    if let Some(offered) = lapsed.filter(|offered| line.reaffirms && offered.paddle == line.paddle)
    {
        return Leads {
            maximum: line.amount.max(offered.price),
            bid: line.no,
            ..offered
        };
    }
    if let Some(own) = lead.filter(|lead| lead.paddle == line.paddle) {
        // Nobody pays for bidding against himself.
        return Leads {
            maximum: own.maximum.max(line.amount),
            bid: line.no,
            ..own
        };
    }
    // A bid below what would have been asked over an offer begins where the lot began.
    let lapsed = lapsed.filter(|offered| line.amount >= steps.above(offered.price));
    let above = lead
        .or(lapsed)
        .map_or_else(|| steps.first(), |lead| steps.above(lead.price));
    place(
        steps,
        lead,
        line.asked.map_or(above, |asked| asked.max(above)),
        line,
    )
}

/// R2: a bid of somebody who does not lead.
pub(crate) fn place(steps: &Steps, lead: Option<Leads>, ask: i64, line: &Line) -> Leads {
    let amount = line.amount;
    let takes = |price: i64, whole: i64| Leads {
        paddle: line.paddle,
        price,
        maximum: amount,
        bid: line.no,
        short: price < whole,
    };
    match lead {
        // R2.1
        None => takes(if line.flat { amount } else { ask.min(amount) }, 0),
        // R2.4: the earlier maximum holds.
        Some(lead) if amount <= lead.maximum => {
            let enough = if amount == lead.maximum {
                lead.maximum
            } else {
                steps.above(amount).min(lead.maximum)
            };
            // Run again, a flat bid that led nowhere may stand first: whoever came after it made the
            // price, as it was when both were made.
            Leads {
                price: enough,
                short: enough < steps.above(amount),
                ..lead
            }
        }
        // R2.5; at least the ask where a clerk names it.
        Some(lead) => {
            let by_clerk = steps.mode == Mode::Clerk;
            let whole = steps
                .above(lead.maximum)
                .max(if by_clerk { ask } else { 0 });
            let enough = whole.min(amount);
            takes(if line.flat { amount } else { enough }, whole)
        }
    }
}
