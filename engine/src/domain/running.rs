//! How a lot opens and closes: by hand, or by the clock (R3).

use super::{Span, TermsError, Time};

/// How a lot opens and closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Running {
    /// By the clock (R3).
    Timed {
        /// At what time, or after which lot.
        opens: Opens,
        /// When it closes, unless extended.
        closes: Closes,
        /// R3; `None`: the end never moves.
        soft_close: Option<SoftClose>,
        /// R3.6: open lots of one group end together; 0: none.
        group: u32,
    },
    /// By hand: opened, warned, hammered or passed by a clerk.
    Clerked,
}

/// When a timed lot opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opens {
    /// At an instant, once the sale is open.
    At(Time),
    /// So long after the lot before it in the order has ended.
    AfterPrevious(Span),
}

/// When a timed lot closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closes {
    /// At a fixed instant, however late it opened.
    At(Time),
    /// So long after it opened.
    After(Span),
}

/// R3: late bids move the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoftClose {
    /// A bid counts as late when no more than this is left.
    pub window: Span,
    /// Time that is left at least after a late bid, measured from the bid.
    pub extension: Span,
    /// Also when only the price moves, not the leader.
    pub on_price_change: bool,
    /// R3.4: extensions at most; `None`: no cap.
    pub extensions_max: Option<u32>,
    /// R3.4: the end never moves past this instant.
    pub hard_stop: Option<Time>,
}

impl Running {
    /// R3.6: the group that it is linked to; 0: none.
    pub const fn group(&self) -> u32 {
        match self {
            Self::Timed { group, .. } => *group,
            Self::Clerked => 0,
        }
    }

    /// Whether a lot can run so.
    ///
    /// # Errors
    /// [`TermsError::Schedule`].
    pub fn check(&self) -> Result<(), TermsError> {
        let Self::Timed {
            opens,
            closes,
            soft_close,
            group,
        } = self
        else {
            return Ok(());
        };
        let has_length = match (opens, closes) {
            (Opens::At(opens), Closes::At(closes)) => opens < closes,
            (Opens::AfterPrevious(_), Closes::At(_)) => true,
            (_, Closes::After(span)) => *span > Span::ZERO,
        };
        let extends = soft_close.is_none_or(|soft| {
            let capped_at_none = soft.extensions_max == Some(0) || soft.hard_stop == Some(Time(0));
            let stops_early = match closes {
                Closes::At(end) => soft.hard_stop.is_some_and(|stop| stop < *end),
                Closes::After(_) => false,
            };
            soft.extension > Span::ZERO && !capped_at_none && !stops_early
        });
        // R3.3: an end that is fixed cannot be moved by a group either. R3.6: a group has one planned
        // end, so it must be known when its lots are added.
        let is_linkable = *group == 0 || (soft_close.is_some() && self.planned_end().is_some());
        if has_length && extends && is_linkable {
            Ok(())
        } else {
            Err(TermsError::Schedule)
        }
    }

    /// When it closes unless it is extended, if that is known from the start.
    pub const fn planned_end(&self) -> Option<Time> {
        match self {
            Self::Timed {
                closes: Closes::At(end),
                ..
            } => Some(*end),
            Self::Timed {
                opens: Opens::At(opens),
                closes: Closes::After(span),
                ..
            } => Some(opens.after(*span)),
            Self::Timed {
                opens: Opens::AfterPrevious(_),
                closes: Closes::After(_),
                ..
            }
            | Self::Clerked => None,
        }
    }

    /// R3.6: whether both have one planned end and one way of moving it.
    pub fn ends_with(&self, other: &Self) -> bool {
        let soft = |running: &Self| match running {
            Self::Timed { soft_close, .. } => *soft_close,
            Self::Clerked => None,
        };
        self.planned_end() == other.planned_end() && soft(self) == soft(other)
    }

    /// When it opens by itself, if that is known from the start.
    pub const fn opens_at(&self) -> Option<Time> {
        match self {
            Self::Timed {
                opens: Opens::At(at),
                ..
            } => Some(*at),
            Self::Timed {
                opens: Opens::AfterPrevious(_),
                ..
            }
            | Self::Clerked => None,
        }
    }

    /// R14: when a lot opens whose terms are amended from `before` to these: at its own time, or at the
    /// hour that its turn has given it (R3.6), if it follows as it did.
    pub fn hour_after_amendment(&self, before: &Self, hour: Option<Time>) -> Option<Time> {
        let opens = |running: &Self| match running {
            Self::Timed { opens, .. } => Some(*opens),
            Self::Clerked => None,
        };
        if opens(self) == opens(before) {
            hour
        } else {
            self.opens_at()
        }
    }

    /// R3.7: the same schedule, later.
    #[must_use]
    pub fn shifted(self, shift: Span) -> Self {
        let Self::Timed {
            opens,
            closes,
            soft_close,
            group,
        } = self
        else {
            return self;
        };
        let opens = match opens {
            Opens::At(at) => Opens::At(at.after(shift)),
            Opens::AfterPrevious(gap) => Opens::AfterPrevious(gap),
        };
        let closes = match closes {
            Closes::At(at) => Closes::At(at.after(shift)),
            Closes::After(span) => Closes::After(span),
        };
        let soft_close = soft_close.map(|mut soft| {
            soft.hard_stop = soft.hard_stop.map(|stop| stop.after(shift));
            soft
        });
        Self::Timed {
            opens,
            closes,
            soft_close,
            group,
        }
    }
}
