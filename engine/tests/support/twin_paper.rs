//! A whole sale on paper: what is written down of it, and what is read off.

use std::collections::BTreeMap;

use mazad_engine::domain::{
    Actor, Band, BidKind, BidOrigin, Code, CommandId, EnglishTerms, Event, Figure, LotOutcome,
    LotTerms, MethodTerms, Money, Refusal, Running, SaleTerms, StaffId, Time, VoidCause,
};

use crate::twin_book::{Book, Leads, Line, Steps};

#[derive(Debug, Clone, Default)]
pub(crate) struct Paper {
    pub(crate) terms: Option<SaleTerms>,
    pub(crate) stage: Stage,
    /// Since when, and whether staff asked for it.
    pub(crate) pause: Option<(Time, bool)>,
    pub(crate) now: Time,
    pub(crate) lots: BTreeMap<u32, LotPaper>,
    pub(crate) order: Vec<u32>,
    pub(crate) people: BTreeMap<u32, Person>,
    pub(crate) rests_since: Option<Time>,
    /// What happened by the act that is judged now.
    pub(crate) out: Vec<Event>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Stage {
    #[default]
    Draft,
    Announced,
    Open,
    Ended,
}

#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) account: Option<mazad_engine::domain::AccountId>,
    pub(crate) limit: Option<i64>,
    pub(crate) is_barred: bool,
    pub(crate) is_present: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct LotPaper {
    pub(crate) no: u32,
    /// As it was added or amended last.
    pub(crate) offered: LotTerms,
    pub(crate) running: Running,
    pub(crate) english: EnglishTerms,
    pub(crate) ceiling: i64,
    pub(crate) estimate_high: i64,
    pub(crate) attempt: u32,
    pub(crate) bids_before: u32,
    pub(crate) book: Book,
    pub(crate) stage: LotStage,
    pub(crate) lead: Option<Leads>,
    pub(crate) clerk_ask: Option<i64>,
    pub(crate) offer: Option<Offered>,
    pub(crate) held: Option<Held>,
    pub(crate) held_count: u32,
    pub(crate) jumps: BTreeMap<Actor, Jump>,
    pub(crate) void_asked: Option<(u32, VoidCause, StaffId)>,
    pub(crate) base_is_open: bool,
}

#[derive(Debug, Clone)]
pub(crate) enum LotStage {
    Upcoming(Option<Time>),
    Open(Runs),
    Closed(Over),
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Runs {
    pub(crate) opened_at: Time,
    pub(crate) ends_at: Option<Time>,
    pub(crate) hard_stop: Option<Time>,
    pub(crate) extensions: u32,
    pub(crate) warned: u32,
    pub(crate) warned_at: Option<Time>,
}

#[derive(Debug, Clone)]
pub(crate) struct Over {
    pub(crate) at: Time,
    pub(crate) outcome: LotOutcome,
    pub(crate) runs: Option<Runs>,
    /// A bid that bore on the result was struck out since.
    pub(crate) is_voided: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Offered {
    pub(crate) paddle: u32,
    pub(crate) price: i64,
    pub(crate) until: Time,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    pub(crate) no: u32,
    pub(crate) paddle: u32,
    pub(crate) amount: i64,
    pub(crate) clerk: StaffId,
    pub(crate) until: Time,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Jump {
    pub(crate) command: CommandId,
    pub(crate) paddle: u32,
    pub(crate) amount: i64,
    pub(crate) until: Time,
}

/// Everything that says no; the first of the table in `docs/RULES.md` is told (R0).
#[derive(Debug, Default)]
pub(crate) struct No(Vec<Refusal>);

impl No {
    pub(crate) fn when(&mut self, says_no: bool, code: Code) {
        self.with(says_no, code, &[]);
    }

    pub(crate) fn with(&mut self, says_no: bool, code: Code, figures: &[(Figure, i64)]) {
        if says_no {
            self.0.push(refusal(code, figures));
        }
    }

    pub(crate) fn first(self) -> Result<(), Refusal> {
        let first = self.0.into_iter().min_by_key(|refusal| refusal.code);
        first.map_or(Ok(()), Err)
    }
}

pub(crate) fn refusal(code: Code, figures: &[(Figure, i64)]) -> Refusal {
    let named = |refusal: Refusal, (figure, value): &(Figure, i64)| refusal.with(*figure, *value);
    figures.iter().fold(Refusal::new(code), named)
}

pub(crate) fn money(minor: i64) -> Money {
    Money::new(minor).expect("not negative")
}

/// A moment as the figure of a refusal.
pub(crate) fn figure(time: Time) -> i64 {
    i64::try_from(time.0).expect("within the range")
}

/// R0: by which time an act is judged: by its stamp, however late it is decided. A stamp far ahead of
/// the clock is not the listener's.
pub(crate) fn judged(terms: &SaleTerms, at: Time, arrived: Time) -> Time {
    let furthest = at.0 + terms.timeliness_window.0;
    if arrived.0 > furthest { at } else { arrived }
}

impl LotPaper {
    pub(crate) fn new(no: u32, terms: &LotTerms) -> Self {
        let MethodTerms::English(english) = &terms.method;
        Self {
            no,
            offered: terms.clone(),
            running: terms.running,
            english: english.clone(),
            ceiling: terms.ceiling.minor(),
            estimate_high: terms.estimate.map_or(0, |(_, high)| high.minor()),
            attempt: 1,
            bids_before: 0,
            book: Book::default(),
            stage: LotStage::Upcoming(terms.running.opens_at()),
            lead: None,
            clerk_ask: None,
            offer: None,
            held: None,
            held_count: 0,
            jumps: BTreeMap::new(),
            void_asked: None,
            base_is_open: false,
        }
    }

    /// Its terms as they stand.
    pub(crate) fn terms(&self) -> LotTerms {
        LotTerms {
            running: self.running,
            method: MethodTerms::English(self.english.clone()),
            ceiling: money(self.ceiling),
            ..self.offered.clone()
        }
    }

    pub(crate) fn steps(&self) -> Steps {
        let band = |band: &Band| (band.from.minor(), band.step.minor());
        Steps {
            mode: self.english.increments.mode,
            bands: self.english.increments.bands().iter().map(band).collect(),
            opening: self.english.opening.minor(),
            above_opening: self.english.first_bid_above_opening,
        }
    }

    pub(crate) fn runs(&self) -> Option<&Runs> {
        match &self.stage {
            LotStage::Open(runs) => Some(runs),
            LotStage::Upcoming(_) | LotStage::Closed(_) => None,
        }
    }

    pub(crate) fn runs_mut(&mut self) -> &mut Runs {
        match &mut self.stage {
            LotStage::Open(runs) => runs,
            LotStage::Upcoming(_) | LotStage::Closed(_) => panic!("the lot does not run"),
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.runs().is_some()
    }

    pub(crate) fn is_clerked(&self) -> bool {
        matches!(self.running, Running::Clerked)
    }

    /// R1: what follows from the table.
    pub(crate) fn table_ask(&self) -> i64 {
        let steps = self.steps();
        match (self.lead, self.offer) {
            (Some(lead), _) => steps.above(lead.price),
            (None, Some(offer)) => steps.above(offer.price),
            (None, None) => steps.first(),
        }
    }

    /// R1: the least amount that is taken now.
    pub(crate) fn ask(&self) -> i64 {
        self.clerk_ask.unwrap_or_else(|| self.table_ask())
    }

    pub(crate) fn last_bid(&self) -> u32 {
        self.bids_before + u32::try_from(self.book.lines().count()).expect("few")
    }

    pub(crate) fn line(&self, no: u32) -> Option<&Line> {
        self.book.lines().find(|line| line.no == no)
    }

    pub(crate) fn base(&self) -> i64 {
        let reserve = self.english.reserve.and_then(|reserve| reserve.opening);
        reserve.map_or(0, |opening| opening.amount.minor())
    }

    /// Who leads or led at which price, as everyone sees it.
    pub(crate) fn shown(&self) -> Option<(u32, i64)> {
        let lead = self.lead.map(|lead| (lead.paddle, lead.price));
        match &self.stage {
            LotStage::Upcoming(_) => None,
            LotStage::Open(_) => lead,
            LotStage::Closed(over) => match over.outcome {
                LotOutcome::KnockedDown { paddle, price } => Some((paddle.0, price.minor())),
                LotOutcome::ForDecision(open) => Some((open.paddle.0, open.price.minor())),
                LotOutcome::NoBid
                | LotOutcome::BelowBase
                | LotOutcome::PassedByClerk
                | LotOutcome::Lapsed
                | LotOutcome::Withdrawn => lead,
            },
        }
    }

    /// R13: what it claims of whose limit.
    pub(crate) fn claim(&self) -> Option<(u32, i64)> {
        match &self.stage {
            LotStage::Open(_) => self.lead.map(|lead| (lead.paddle, lead.maximum)),
            LotStage::Closed(over) => match over.outcome {
                LotOutcome::KnockedDown { paddle, price } => Some((paddle.0, price.minor())),
                _ => None,
            },
            LotStage::Upcoming(_) => None,
        }
    }
}

impl Paper {
    pub(crate) fn terms(&self) -> &SaleTerms {
        self.terms.as_ref().expect("the sale was created")
    }

    pub(crate) fn lot(&self, no: u32) -> &LotPaper {
        &self.lots[&no]
    }

    pub(crate) fn lot_mut(&mut self, no: u32) -> &mut LotPaper {
        self.lots.get_mut(&no).expect("the lot is known")
    }

    pub(crate) fn is_barred(&self, paddle: u32) -> bool {
        self.people[&paddle].is_barred
    }

    /// R13: leading maxima and purchases, one lot apart.
    pub(crate) fn exposure(&self, paddle: u32, without: Option<u32>) -> i64 {
        let others = self.lots.values().filter(|lot| Some(lot.no) != without);
        let claims = others.filter_map(LotPaper::claim);
        claims
            .filter(|(who, _)| *who == paddle)
            .map(|(_, sum)| sum)
            .sum()
    }

    /// A moment from which something is counted: during a pause its beginning (R3.7).
    pub(crate) fn counted_from(&self, at: Time) -> Time {
        self.pause.map_or(at, |(since, _)| since)
    }
}

/// A bid as it comes in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Incoming {
    pub(crate) paddle: u32,
    pub(crate) amount: i64,
    pub(crate) kind: BidKind,
    pub(crate) origin: BidOrigin,
}
