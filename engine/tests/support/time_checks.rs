//! What must hold of every batch, whatever befell the machine.

use std::collections::BTreeMap;

use mazad_engine::domain::{
    Act, Actor, BidEvent, Code, Command, Event, ExtensionCause, Figure, LotEvent, LotNo,
    PauseCause, Recorded, Refusal, Sale, SaleEvent, Time,
};
use mazad_engine::limits::{CLOCK_STEP, STOOD_STILL};

use super::time_clock::{SimClock, Up};

/// What a run of every day has seen often.
pub(crate) const COUNTED: [&str; 12] = [
    "silences",
    "silences of a sale at rest",
    "ends given back",
    "lots closed",
    "clocks set",
    "steps gone",
    "gateways silent",
    "bids taken",
    "bids from within a silence taken",
    "bids too late",
    "processes started",
    "appends refused",
];

/// One look at the clocks and what came of it.
pub(crate) struct Turn<'a> {
    pub(crate) from: Up,
    pub(crate) to: Up,
    /// Stops between its readings.
    pub(crate) stopped: &'a [(Up, Up)],
    /// Stamps that are not decided yet: held by a listener, or left for another batch.
    pub(crate) undecided: Vec<Time>,
    /// Of bids that were sent while the process stood still and that nobody has read: when, on which
    /// lot.
    pub(crate) unread: Vec<(Up, LotNo)>,
    /// When each command was sent, if the process stood still then.
    pub(crate) sent: &'a dyn Fn(&Command) -> Option<Up>,
}

#[derive(Debug)]
pub(crate) struct Watch {
    clock: SimClock,
    /// Silences that have not been told of.
    silences: Vec<(Up, Up)>,
    /// The last look that became durable.
    looked: (Up, Up),
    last: Time,
    /// The end at which each lot closed.
    closed: BTreeMap<LotNo, Time>,
    pub(crate) counts: BTreeMap<&'static str, u32>,
}

impl Watch {
    pub(crate) fn new(clock: SimClock) -> Self {
        Self {
            clock,
            silences: Vec::new(),
            looked: (0, 0),
            last: Time(0),
            closed: BTreeMap::new(),
            counts: BTreeMap::new(),
        }
    }

    pub(crate) fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    /// A process starts: what was before it is given back with its start.
    pub(crate) fn started(&mut self, from: Up) {
        self.silences.clear();
        let _before = self.clock.take_stopped();
        self.looked = (from, from);
        self.count("processes started");
    }

    /// Checks a batch and folds it into the sale as told.
    pub(crate) fn batch(
        &mut self,
        told: &mut Sale,
        batch: &[(Recorded, Command)],
        turn: &Turn<'_>,
    ) {
        if is_silence((self.looked.1, turn.from)) {
            self.silences.push((self.looked.1, turn.from));
        }
        let stopped = turn.stopped.iter().copied();
        self.silences.extend(stopped.filter(|one| is_silence(*one)));
        self.steps_are_told(told, batch, turn);
        let mut stood_still = None;
        for (recorded, command) in batch {
            let at = recorded.meta.at;
            assert!(at >= self.last, "decided time falls");
            assert!(at <= self.clock.at(turn.to), "decided in the future");
            self.last = at;
            if let Event::Sale(SaleEvent::StoodStill { gap }) = recorded.event {
                let most = turn.to - self.looked.0;
                assert!(most > STOOD_STILL.0, "an outage that was none");
                let least = turn.from.saturating_sub(self.looked.1);
                assert!((least..=most).contains(&gap.0), "not as long as it was");
                self.silences
                    .retain(|(_, until)| self.clock.at(*until) > at);
                self.count("silences");
                if told.pause.is_some() {
                    self.count("silences of a sale at rest");
                }
                stood_still = told.pause.is_none().then_some(at);
            }
            self.event(told, recorded, command, turn);
            told.apply(recorded);
        }
        let untold = |(from, _): &&(Up, Up)| *from < turn.from;
        assert_eq!(
            self.silences.iter().find(untold),
            None,
            "an outage that nobody told of"
        );
        if let Some(at) = stood_still {
            let terms = told.terms.as_ref().expect("a sale");
            let least = at.after(terms.resume_minimum);
            let ends = told.lots.values().filter_map(|lot| lot.open()?.ends_at);
            assert!(ends.min().is_none_or(|end| end >= least), "not given back");
        }
        self.looked = (turn.from, turn.to);
    }

    fn event(&mut self, told: &Sale, recorded: &Recorded, command: &Command, turn: &Turn<'_>) {
        match &recorded.event {
            Event::Sale(SaleEvent::Paused { cause, .. }) => self.pause(told, *cause, turn),
            Event::Sale(SaleEvent::Resumed { .. }) if recorded.meta.actor == Actor::Engine => {
                let pause = told.pause.as_ref().expect("a pause");
                let is_gone = self.clock.offset().abs_diff(pause.offset_before) <= CLOCK_STEP.0;
                assert!(is_gone, "the sale goes on by itself under another time");
                self.count("steps gone");
            }
            Event::Lot(no, LotEvent::Closed { .. }) => self.close(told, *no, recorded, turn),
            Event::Lot(
                _,
                LotEvent::Extended {
                    cause: ExtensionCause::Outage,
                    ..
                },
            ) => {
                self.count("ends given back");
            }
            Event::Refused {
                lot: Some(lot),
                refusal,
            } => {
                self.refused(told, *lot, refusal, command, turn);
            }
            Event::Lot(_, LotEvent::Bid(BidEvent::Accepted(_))) => {
                self.count("bids taken");
                if (turn.sent)(command).is_some() {
                    self.count("bids from within a silence taken");
                }
            }
            Event::Sale(_) | Event::Lot(..) | Event::Refused { .. } => {}
        }
    }

    fn pause(&mut self, told: &Sale, cause: PauseCause, turn: &Turn<'_>) {
        match cause {
            PauseCause::Staff => {}
            PauseCause::Outage => {
                assert!(
                    !turn.undecided.is_empty(),
                    "a gateway that holds nothing is silent"
                );
                self.count("gateways silent");
            }
            PauseCause::Clock { offset } => {
                let truth = self.clock.offset();
                let lost: u64 = turn.stopped.iter().map(|(from, until)| until - from).sum();
                assert!(
                    offset.abs_diff(truth) <= lost,
                    "off by {truth}, told {offset}"
                );
                assert!(truth.abs_diff(told.clock_offset) > CLOCK_STEP.0, "no step");
                self.count("clocks set");
            }
        }
    }

    /// No lot closes before its end, nor by a time that is in doubt, nor over what came in time.
    fn close(&mut self, told: &Sale, no: LotNo, recorded: &Recorded, turn: &Turn<'_>) {
        let end = told.lots[&no]
            .open()
            .and_then(|open| open.ends_at)
            .expect("an end");
        assert!(end <= recorded.meta.at, "{no:?} closes before its end");
        let rests = told
            .pause
            .as_ref()
            .is_some_and(|pause| !pause.has_ended_before(end));
        assert!(!rests, "{no:?} closes in a pause");
        self.ended_before_silences(end, "closes over an outage");
        assert!(
            turn.undecided.iter().all(|stamp| *stamp >= end),
            "{no:?} closes over a bid"
        );
        let in_time = |(sent, lot): &&(Up, LotNo)| *lot == no && self.clock.at(*sent) < end;
        assert_eq!(
            turn.unread.iter().find(in_time),
            None,
            "{no:?} closes over an unread bid"
        );
        self.closed.insert(no, end);
        self.count("lots closed");
    }

    fn ended_before_silences(&self, end: Time, what: &str) {
        let over = |(from, _): &&(Up, Up)| self.clock.at(*from) < end;
        assert_eq!(self.silences.iter().find(over), None, "{what}");
    }

    /// Nobody whose stamp is in time is late, and no refusal contradicts its own figures.
    fn refused(
        &mut self,
        told: &Sale,
        lot: LotNo,
        refusal: &Refusal,
        command: &Command,
        turn: &Turn<'_>,
    ) {
        if !matches!(command.act, Act::Bidder(..)) {
            return;
        }
        let end = match refusal.code {
            Code::TooLate => {
                let end = told.lots[&lot]
                    .open()
                    .and_then(|open| open.ends_at)
                    .expect("an end");
                let figures = (Some(command.arrived.figure()), Some(end.figure()));
                let shown = (
                    refusal.figure(Figure::JudgedAt),
                    refusal.figure(Figure::EndsAt),
                );
                assert_eq!(shown, figures, "other figures than it was refused by");
                self.ended_before_silences(end, "too late for an end that an outage moves");
                self.count("bids too late");
                end
            }
            Code::LotClosed => self.closed[&lot],
            _ => return,
        };
        assert!(command.arrived >= end, "in time and refused: {command:?}");
        let sent = (turn.sent)(command);
        let was_in_time = sent.is_some_and(|sent| self.clock.at(sent) < end);
        assert!(!was_in_time, "in time, unread and refused: {command:?}");
    }

    /// A clock that was set is told of before anything else, and at once.
    fn steps_are_told(&self, told: &Sale, batch: &[(Recorded, Command)], turn: &Turn<'_>) {
        let is_doubtful = self.clock.offset().abs_diff(told.clock_offset) > CLOCK_STEP.0;
        let first = batch.first().map(|(recorded, _)| &recorded.event);
        let is_told = match first {
            Some(Event::Sale(SaleEvent::StoodStill { .. } | SaleEvent::WriterStarted { .. })) => {
                true
            }
            Some(Event::Sale(SaleEvent::Paused { cause, .. })) => {
                matches!(cause, PauseCause::Clock { .. })
            }
            _ => false,
        };
        let is_exact = turn.stopped.is_empty();
        assert!(
            !is_doubtful || told.pause.is_some() || is_told || !is_exact,
            "a clock that was set goes unnoticed"
        );
    }
}

fn is_silence((from, until): (Up, Up)) -> bool {
    until.saturating_sub(from) > STOOD_STILL.0
}
