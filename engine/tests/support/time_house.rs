//! A house on one machine: listeners, the queue of a sale, its writer and its disk, driven move by
//! move. It looks as the engine's loop does, with the engine's own timekeeper.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use mazad_engine::clock::Clock;
use mazad_engine::codec::{command, decode};
use mazad_engine::domain::{
    Act, Actor, BidKind, BidderAct, Command, CommandId, Paddle, Phase, Recorded, Sale, SaleAct,
    Time,
};
use mazad_engine::store::{NewEvent, Position, RecordedEvent, Revision, StreamId};
use mazad_engine::testing::{TestSale, account, add_lot, bidder, money, officer};
use mazad_engine::writer::{ArrivalHold, Arrivals, PreparedBatch, Timekeeper, Writer};
use uuid::Uuid;

use super::time_checks::{Turn, Watch};
use super::time_clock::{SimClock, Up};
use super::time_moves::{First, LOTS, Move, PADDLES, Said, Sent, Setup};

const MS: u64 = 1_000;
/// How long the loop sleeps at most.
const SLEEP_MAX: u64 = 1_000 * MS;
/// How long it rests when the disk is full.
const REST: u64 = 2_001 * MS;

/// Something that a client sent, by number.
type No = usize;

pub(crate) struct House {
    clock: SimClock,
    arrivals: Arc<Arrivals>,
    writer: Writer,
    time: Timekeeper,
    /// The sale as the log tells it.
    told: Sale,
    stored: Vec<RecordedEvent>,
    /// What lies in the kernel's buffers.
    unread: VecDeque<No>,
    held: VecDeque<(ArrivalHold, Command, No)>,
    queue: VecDeque<(Command, No)>,
    waiting: Vec<(Command, No)>,
    frames: Vec<Frame>,
    disk: Disk,
    watch: Watch,
}

struct Frame {
    said: Said,
    sent: Up,
    /// Whether the process stood still then.
    in_silence: bool,
    is_answered: bool,
}

/// How the next append goes.
#[derive(Default)]
struct Disk {
    stall: u64,
    sent: Vec<Sent>,
    is_full: bool,
}

impl House {
    /// A sale that is open, on a machine that was just switched on.
    pub(crate) fn open(setup: &Setup) -> Self {
        let clock = SimClock::new();
        let arrivals = Arrivals::new(Arc::new(clock.clone()));
        let mut house = Self {
            writer: Writer::new(TestSale::ID, Arc::new(TestSale::vault())),
            time: Timekeeper::new(&arrivals),
            watch: Watch::new(clock.clone()),
            clock,
            arrivals,
            told: Sale::default(),
            stored: Vec::new(),
            unread: VecDeque::new(),
            held: VecDeque::new(),
            queue: VecDeque::new(),
            waiting: Vec::new(),
            frames: Vec::new(),
            disk: Disk::default(),
        };
        house.start();
        let terms = setup.terms();
        let mut acts = vec![SaleAct::Create { terms }];
        acts.extend(setup.lots().map(|(no, terms)| add_lot(no, terms)));
        acts.extend((1..=PADDLES).map(|paddle| SaleAct::AdmitPaddle {
            paddle: Paddle(paddle),
            account: Some(account(paddle)),
            limit: None,
        }));
        acts.extend([SaleAct::Publish, SaleAct::Open]);
        for (place, act) in (0..).zip(acts) {
            let id = CommandId(Uuid::from_u128((1 << 100) + place));
            let at = house.arrivals.now();
            let command = TestSale::command(id, officer(1), at, act);
            let frame = house.frame(Said::Resume, false);
            house.queue.push_back((command, frame));
        }
        house.turn();
        house
    }

    pub(crate) fn befalls(&mut self, one: Move) {
        match one {
            Move::Runs(ms, first, sent) => self.runs(ms * MS, first, sent),
            Move::Stops(ms, sent) => {
                let is_silence = ms > 2_000;
                for (micros, said) in spread(ms * MS, sent) {
                    self.clock.pass(micros);
                    if let Some(said) = said {
                        self.sends(said, is_silence);
                    }
                }
            }
            Move::StopsAtReading(nth, ms) => self.clock.stop_at_reading(nth, ms * MS),
            Move::Stalls(ms, sent) => (self.disk.stall, self.disk.sent) = (ms * MS, sent),
            Move::Holds(said) => {
                let no = self.frame(said, false);
                let (hold, command) = self.stamp(no);
                self.held.push_back((hold, command, no));
            }
            Move::Releases => self.releases(),
            Move::Steps(ms) => self.clock.set_off(ms * 1_000),
            Move::Fills => self.disk.is_full = true,
            Move::Restarts(off, stall) => {
                self.restart(off * MS);
                self.disk.stall = stall * MS;
                self.start();
            }
        }
    }

    /// Nothing befalls the machine any more: every lot ends, and everybody is answered.
    pub(crate) fn finish(mut self) -> BTreeMap<&'static str, u32> {
        while !self.held.is_empty() {
            self.releases();
        }
        let has_closed = |house: &Self| {
            let mut lots = house.told.lots.values();
            lots.all(|lot| matches!(lot.phase, Phase::Closed(_)))
        };
        for _ in 0..300 {
            if has_closed(&self) {
                break;
            }
            if self.told.pause.is_some() {
                self.sends(Said::Resume, false);
            }
            self.runs(SLEEP_MAX, First::Listener, Vec::new());
        }
        assert_eq!(self.told.lots.len(), LOTS as usize);
        assert!(has_closed(&self), "a lot stays open for ever");
        self.runs(SLEEP_MAX, First::Listener, Vec::new());
        let unanswered = self.frames.iter().position(|frame| !frame.is_answered);
        assert_eq!(unanswered, None, "somebody is not answered");
        self.watch.counts
    }

    /// The loop and the listeners at work.
    fn runs(&mut self, micros: u64, first: First, sent: Vec<Sent>) {
        for (micros, said) in spread(micros, sent) {
            let until = self.clock.up() + micros;
            while self.clock.up() < until {
                let next = self
                    .told
                    .next_due()
                    .map_or(Time(u64::MAX), |(time, _)| time);
                let sleep = next.since(self.clock.at(self.clock.up())).0.max(MS);
                let rest = until - self.clock.up();
                self.clock.pass(rest.min(sleep).min(SLEEP_MAX));
                if first == First::Listener {
                    self.reads();
                }
                self.turn();
                self.reads();
                if !self.queue.is_empty() {
                    self.turn();
                }
            }
            if let Some(said) = said {
                self.sends(said, false);
            }
        }
    }

    fn sends(&mut self, said: Said, in_silence: bool) {
        let no = self.frame(said, in_silence);
        self.unread.push_back(no);
    }

    fn frame(&mut self, said: Said, in_silence: bool) -> No {
        let sent = self.clock.up();
        self.frames.push(Frame {
            said,
            sent,
            in_silence,
            is_answered: false,
        });
        self.frames.len() - 1
    }

    /// The listeners read what lies in the kernel's buffers, and queue it.
    fn reads(&mut self) {
        while let Some(no) = self.unread.pop_front() {
            let (hold, command) = self.stamp(no);
            self.queue.push_back((command, no));
            drop(hold);
        }
    }

    fn releases(&mut self) {
        if let Some((hold, command, no)) = self.held.pop_front() {
            self.queue.push_back((command, no));
            drop(hold);
        }
    }

    fn stamp(&self, no: No) -> (ArrivalHold, Command) {
        let hold = self.arrivals.arrive();
        let (actor, act): (Actor, Act) = match self.frames[no].said {
            Said::Bid { paddle, lot } => {
                let act = BidderAct::PlaceBid {
                    amount: money(1_000 + 100 * i64::try_from(no).expect("few")),
                    kind: BidKind::Flat,
                    confirms: None,
                };
                (bidder(Paddle(paddle)), act.of(lot))
            }
            Said::Pause => {
                let reason = "noise".to_owned();
                (officer(1), SaleAct::Pause { reason }.into())
            }
            Said::Resume => (officer(1), SaleAct::Resume.into()),
        };
        let id = CommandId(Uuid::from_u128(1 + u128::try_from(no).expect("few")));
        let command = TestSale::command(id, actor, hold.stamp(), act);
        (hold, command)
    }

    /// One turn of the loop.
    fn turn(&mut self) {
        let from = self.clock.up();
        self.time.look(&self.arrivals, || self.queue.len());
        self.time.taken(self.queue.len());
        self.waiting.extend(self.queue.drain(..));
        let taken = self.waiting.clone();
        let batch = self
            .time
            .decide(&self.arrivals, &mut self.writer, &mut self.waiting);
        assert!(
            self.waiting.is_empty(),
            "what was taken waits for another append"
        );
        self.append(batch, from, &taken);
    }

    /// R3.7: the first append of a process.
    fn start(&mut self) {
        let from = self.clock.up();
        self.watch.started(from);
        let epoch = self.writer.sale().epoch() + 1;
        let batch = self.time.start(&self.arrivals, &mut self.writer, epoch);
        self.append(batch, from, &[]);
    }

    fn append(&mut self, mut batch: PreparedBatch<No>, from: Up, taken: &[(Command, No)]) {
        let events = std::mem::take(&mut batch.events);
        let stopped = self.clock.take_stopped();
        if self.disk.is_full && !events.is_empty() {
            self.disk.is_full = false;
            return self.refused(batch);
        }
        let has_events = !events.is_empty();
        self.check(events, from, &stopped, taken);
        if has_events {
            let Disk { stall, sent, .. } = std::mem::take(&mut self.disk);
            for (micros, said) in spread(stall, sent) {
                // Whatever the disk does, listeners read.
                self.reads();
                self.clock.pass(micros);
                if let Some(said) = said {
                    self.sends(said, false);
                }
            }
        }
        for (no, _) in self.writer.commit(batch) {
            self.frames[no].is_answered = true;
        }
    }

    /// The disk is full: nothing of the batch happened, and the writer is recovered.
    fn refused(&mut self, batch: PreparedBatch<No>) {
        self.watch.count("appends refused");
        self.time.not_durable();
        let vault = Arc::new(TestSale::vault());
        let writer = std::mem::replace(&mut self.writer, Writer::new(TestSale::ID, vault));
        for no in writer.abandon(batch).0 {
            self.frames[no].is_answered = true;
        }
        self.recover();
        self.clock.pass(REST);
        self.reads();
    }

    fn recover(&mut self) {
        for event in &self.stored {
            self.writer
                .recover(event)
                .expect("what was written is read");
        }
    }

    /// The process dies, and another one begins.
    fn restart(&mut self, off: u64) {
        let lost = self
            .unread
            .drain(..)
            .chain(self.held.drain(..).map(|(_, _, no)| no));
        let lost = lost.chain(self.queue.drain(..).map(|(_, no)| no));
        for no in lost {
            self.frames[no].is_answered = true;
        }
        self.clock.pass(off);
        self.clock.anchor_anew();
        self.clock.not_before(self.told.now);
        self.arrivals = Arrivals::new(Arc::new(self.clock.clone()));
        self.writer = Writer::new(TestSale::ID, Arc::new(TestSale::vault()));
        self.recover();
        self.time = Timekeeper::new(&self.arrivals);
        self.disk = Disk::default();
    }

    fn check(
        &mut self,
        events: Vec<NewEvent>,
        from: Up,
        stopped: &[(Up, Up)],
        taken: &[(Command, No)],
    ) {
        let mut batch = Vec::new();
        for event in events {
            let stored = self.stored_as(event);
            let recorded = decode(&stored, Some(&TestSale::vault())).expect("as written");
            let known = taken
                .iter()
                .find(|(command, _)| command.id == recorded.meta.command);
            let command = known.map(|(command, _)| command.clone());
            let kept = || command::asked(&stored, &TestSale::vault()).expect("as written");
            let own = batch
                .last()
                .map(|(_, last): &(Recorded, Command)| last.clone());
            let command = command.or_else(kept).or(own).expect("a command");
            self.stored.push(stored);
            batch.push((recorded, command));
        }
        let frames = &self.frames;
        let of = |no: No| match frames[no].said {
            Said::Bid { lot, .. } if frames[no].in_silence => Some((frames[no].sent, lot)),
            Said::Bid { .. } | Said::Pause | Said::Resume => None,
        };
        let sent = |command: &Command| {
            let (_, no) = taken.iter().find(|(one, _)| one.id == command.id)?;
            of(*no).map(|(sent, _)| sent)
        };
        let turn = Turn {
            from,
            to: self.clock.up(),
            stopped,
            undecided: self.held.iter().map(|(hold, ..)| hold.stamp()).collect(),
            unread: self.unread.iter().filter_map(|no| of(*no)).collect(),
            sent: &sent,
        };
        self.watch.batch(&mut self.told, &batch, &turn);
    }

    fn stored_as(&self, event: NewEvent) -> RecordedEvent {
        let place = self.stored.len() as u64;
        RecordedEvent {
            stream: StreamId::sale(TestSale::ID.0),
            revision: Revision(place),
            position: Position(place),
            id: event.id,
            kind: event.kind,
            version: event.version,
            metadata: event.metadata,
            data: event.data,
        }
    }
}

/// A time cut where something is sent: how long until then, and what.
fn spread(micros: u64, mut sent: Vec<Sent>) -> Vec<(u64, Option<Said>)> {
    sent.sort_by_key(|(when, _)| *when);
    let mut pieces = Vec::new();
    let mut passed = 0;
    for (when, said) in sent {
        let at = micros * u64::from(when) / 1_000;
        pieces.push((at - passed, Some(said)));
        passed = at;
    }
    pieces.push((micros - passed, None));
    pieces
}
