//! R1, R2, R3 and R0's time once more: slow, simple, written from the rules and not from the engine.
//! Amounts and times are plain numbers; one timed lot; nothing is shared with the domain.

/// The terms of the one lot.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    pub(crate) opening: i64,
    pub(crate) above_opening: bool,
    /// From and step, rising from 0.
    pub(crate) bands: Vec<(i64, i64)>,
    pub(crate) grid: bool,
    pub(crate) may_fall: bool,
    pub(crate) ends_at: i64,
    pub(crate) window: i64,
    pub(crate) extension: i64,
    pub(crate) on_price: bool,
    pub(crate) extensions_max: Option<u32>,
    pub(crate) hard_stop: Option<i64>,
}

/// A lot as somebody would keep it on paper.
#[derive(Debug, Clone)]
pub(crate) struct Paper {
    pub(crate) terms: Terms,
    /// The leader's paddle and maximum.
    pub(crate) leader: Option<(u32, i64)>,
    pub(crate) price: i64,
    pub(crate) ends_at: i64,
    extensions: u32,
}

/// What the paper says to a bid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    Leads,
    Beaten,
    MaximumMoved,
    No(&'static str),
}

const SECOND: i64 = 1_000_000;

impl Paper {
    pub(crate) fn new(terms: Terms) -> Self {
        let ends_at = terms.ends_at;
        Self {
            terms,
            leader: None,
            price: 0,
            ends_at,
            extensions: 0,
        }
    }

    /// R1: the step of the last band that begins at or below the price.
    fn step(&self, price: i64) -> i64 {
        let mut step = 0;
        for (from, its) in &self.terms.bands {
            if *from <= price {
                step = *its;
            }
        }
        step
    }

    /// R1: price plus step, or the next multiple of the step, found by counting.
    fn above(&self, price: i64) -> i64 {
        let step = self.step(price);
        if !self.terms.grid {
            return price + step;
        }
        let mut multiple = 0;
        while multiple <= price {
            multiple += step;
        }
        multiple
    }

    /// R1: the least amount that is taken now.
    pub(crate) fn ask(&self) -> i64 {
        match self.leader {
            Some(_) => self.above(self.price),
            None if self.terms.above_opening => self.above(self.terms.opening),
            None => self.terms.opening,
        }
    }

    /// A bid of a bidder: `flat` at a price, else up to a maximum.
    pub(crate) fn bid(&mut self, at: i64, stamp: i64, who: u32, amount: i64, flat: bool) -> Said {
        // R0: the stamp counts if it lies within two seconds of the clock.
        let near = (at - stamp).abs() <= 2 * SECOND;
        let judged = if near { stamp } else { at };
        if judged >= self.ends_at {
            return Said::No("too-late");
        }
        if amount <= 0 {
            return Said::No("amount-out-of-range");
        }
        let said = match self.leader {
            // R2.2
            Some((leader, maximum)) if leader == who => {
                return self.moves_own_maximum(who, maximum, amount, flat);
            }
            // R2.1, R2.3
            _ if amount < self.ask() => return Said::No("below-ask"),
            None => {
                let price = if flat { amount } else { self.ask() };
                self.lead(who, amount, price);
                Said::Leads
            }
            // R2.4: the earlier maximum holds.
            Some((_, maximum)) if amount <= maximum => {
                let before = self.price;
                self.price = if amount == maximum {
                    maximum
                } else {
                    maximum.min(self.above(amount))
                };
                if self.terms.on_price && self.price != before {
                    self.late(judged);
                }
                return Said::Beaten;
            }
            // R2.5
            Some((_, maximum)) => {
                let enough = amount.min(self.above(maximum));
                self.lead(who, amount, if flat { amount } else { enough });
                Said::Leads
            }
        };
        self.late(judged);
        said
    }

    fn lead(&mut self, who: u32, maximum: i64, price: i64) {
        self.leader = Some((who, maximum));
        self.price = price;
    }

    fn moves_own_maximum(&mut self, who: u32, maximum: i64, amount: i64, flat: bool) -> Said {
        if flat {
            return Said::No("own-lead");
        }
        if amount == maximum || (amount < maximum && !self.terms.may_fall) {
            return Said::No("maximum-not-raised");
        }
        if amount < self.price {
            return Said::No("maximum-below-price");
        }
        self.leader = Some((who, amount));
        Said::MaximumMoved
    }

    /// R3.1, R3.4: a late bid moves the end.
    fn late(&mut self, judged: i64) {
        if self.ends_at - judged > self.terms.window {
            return;
        }
        if self.terms.extensions_max == Some(self.extensions) {
            return;
        }
        let mut end = judged + self.terms.extension;
        if let Some(stop) = self.terms.hard_stop {
            end = end.min(stop);
        }
        if end > self.ends_at {
            self.ends_at = end;
            self.extensions += 1;
        }
    }
}
