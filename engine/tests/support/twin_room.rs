//! A sale and its paper side by side: whatever is asked is asked of both, and they must agree on every
//! event, every answer and every lot.

use mazad_engine::domain::{
    Answer, Command, EngineAct, Event, FloorAct, Lot, LotNo, Method, Money, Phase, SaleAct,
    SalePhase, Time, Verdict,
};
use mazad_engine::testing::{Judged, NOON, TestSale, officer};

use crate::twin_checks::{Happened, check};
use crate::twin_paper::{LotPaper, LotStage, Paper, Stage};
use crate::twin_sales::Setup;
use crate::twin_traffic::{Eyes, Move, Step, asked, id};

#[derive(Debug, Default)]
pub(crate) struct Room {
    pub(crate) real: TestSale,
    pub(crate) paper: Paper,
    asked: Vec<(Command, Answer)>,
    number: usize,
}

/// Plays a whole sale.
pub(crate) fn play(setup: &Setup, traffic: &[Step]) -> TestSale {
    let mut room = Room::default();
    let mut at = NOON;
    let early = FloorAct::SetAsk { ask: Money::ZERO };
    let command = TestSale::command(id(3_000_000), officer(1), at, early.of(LotNo(1)));
    room.ask(&command, at);
    for act in setup.draft() {
        room.number += 1;
        let command = TestSale::command(id(1_000_000 + room.number), officer(1), at, act);
        room.ask(&command, at);
    }
    let (draft, announced) = setup.early;
    for (place, step) in traffic.iter().enumerate() {
        if place == draft {
            room.ask_house(SaleAct::Publish, at);
        }
        if place == draft + announced && setup.terms.opens_at.is_none() {
            room.ask_house(SaleAct::Open, at);
        }
        at = step.at(&room.real.sale, at);
        room.step(step, at);
    }
    assert!(
        room.real.replayed() == room.real.sale,
        "a replay gives another sale"
    );
    room.real
}

impl Room {
    fn ask_house(&mut self, act: SaleAct, at: Time) {
        self.number += 1;
        let command = TestSale::command(id(2_000_000 + self.number), officer(1), at, act);
        self.ask(&command, at);
    }

    fn step(&mut self, step: &Step, at: Time) {
        let stamp = Time(
            at.0.checked_add_signed(step.stamp_ms * 1_000)
                .expect("near"),
        );
        if !matches!(step.what, Move::Restart) {
            self.timers(at, stamp);
        }
        match &step.what {
            Move::Restart => {
                let epoch = self.real.sale.epoch() + 1;
                let said = self.paper.restart(epoch, at);
                let events = self.real.engine(EngineAct::StartWriter { epoch }, at);
                agree("restart", &events, &said);
            }
            Move::Outage => {
                let said = self.paper.outage(at);
                let events = self.real.engine(EngineAct::Outage, at);
                agree("outage", &events, &said);
            }
            Move::Repeat(which) => self.repeat(*which, at),
            what => {
                let leads_to = |lot: LotNo, bid, cause| self.paper.leads_to_of(lot, bid, cause);
                let eyes = Eyes {
                    sale: &self.real.sale,
                    leads_to: &leads_to,
                    unit: 1,
                    mark: 0,
                };
                let asked = asked(eyes, what).expect("of a person");
                self.number += 1;
                let command = TestSale::command(id(self.number), asked.0, stamp, asked.1);
                self.ask(&command, at);
            }
        }
        self.compare(&format!("{:?}", step.what));
    }

    fn ask(&mut self, command: &Command, at: Time) {
        let what = format!("{:?} by {:?}", command.act, command.actor);
        let before = self.real.sale.clone();
        let (said, answer) = self.paper.judge(command, at);
        let Judged::Decided(events) = self.real.judge(command, at) else {
            panic!("a new command was answered before");
        };
        agree(&what, &events, &said);
        let real = self
            .real
            .answer(command)
            .expect("people are always answered")
            .clone();
        let expected = match answer {
            Ok(result) => Verdict::Accepted(result),
            Err(refusal) => Verdict::Refused(refusal),
        };
        assert_eq!(real.verdict, expected, "the answer to {what}");
        check(&Happened {
            before: &before,
            after: &self.real.sale,
            command: Some(command),
            events: &events,
        });
        self.asked.push((command.clone(), real));
    }

    /// Feeds what is due one by one.
    fn timers(&mut self, at: Time, stamp: Time) {
        while let Some((due, _)) = self.real.sale.next_due().filter(|(due, _)| *due <= at) {
            let before = self.real.sale.clone();
            let oldest = stamp.min(due);
            let said = self.paper.timers(due, oldest);
            let fired = self.real.timers(due, oldest);
            assert_eq!(
                fired, said,
                "engine and twin: what the clock brought about by {due}"
            );
            if fired.is_empty() {
                break;
            }
            let events: Vec<Event> = fired.into_iter().map(|(_, event)| event).collect();
            // Several timers of one instant come together: the parts that look at one event hold.
            check(&Happened {
                before: &before,
                after: &self.real.sale,
                command: None,
                events: &events,
            });
            self.compare("timers");
        }
        assert_eq!(
            self.paper.timers(at, stamp),
            [],
            "only the twin brings about"
        );
    }

    fn repeat(&mut self, which: proptest::sample::Index, at: Time) {
        if self.asked.is_empty() {
            return;
        }
        let (command, answer) = which.get(&self.asked);
        let before = self.real.sale.clone();
        let outcome = self.real.judge(command, at);
        assert_eq!(outcome, Judged::Again(Box::new(answer.clone())));
        let mut other = command.clone();
        other.digest = [0; 32];
        assert_eq!(self.real.judge(&other, at), Judged::Reused);
        assert!(before == self.real.sale, "a repeat changed the sale");
    }

    fn compare(&self, after: &str) {
        let sale = &self.real.sale;
        let phase = match self.paper.stage {
            Stage::Draft => SalePhase::Draft,
            Stage::Announced => SalePhase::Announced,
            Stage::Open => SalePhase::Open,
            Stage::Ended => SalePhase::Ended,
        };
        assert_eq!(
            (sale.phase, sale.now),
            (phase, self.paper.now),
            "the sale after {after}"
        );
        let pause = sale.pause.as_ref().map(|pause| pause.since);
        assert_eq!(
            pause,
            self.paper.pause.map(|(since, _)| since),
            "the pause after {after}"
        );
        let order: Vec<u32> = sale.order.iter().map(|no| no.0).collect();
        assert_eq!(order, self.paper.order, "the order after {after}");
        for (no, lot) in &sale.lots {
            let seen = real_lot(lot);
            assert_eq!(
                seen,
                paper_lot(self.paper.lot(no.0)),
                "lot {no} after {after}"
            );
        }
        for (paddle, own) in &sale.admissions {
            let exposure = self.paper.exposure(paddle.0, None);
            assert_eq!(
                own.exposure.minor(),
                exposure,
                "exposure of p{paddle} after {after}"
            );
        }
    }
}

fn agree(what: &str, events: &[Event], said: &[Event]) {
    assert_eq!(events, said, "engine and twin on {what}");
}

/// What is compared of a lot.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    stage: String,
    lead: Option<(u32, i64)>,
    maximum: Option<(u32, i64)>,
    ask: Option<i64>,
    last_bid: u32,
    ceiling: i64,
    offer: Option<(u32, i64, Time)>,
    held: Option<(u32, u32, i64, Time)>,
}

fn real_lot(lot: &Lot) -> Seen {
    let Method::English(english) = &lot.method;
    let standing = lot.standing();
    let open = lot.open().is_some();
    let stage = match &lot.phase {
        Phase::Upcoming { opens_at } => format!("opens at {opens_at:?}"),
        Phase::Open(open) => format!(
            "ends {:?} warned {} {:?}",
            open.ends_at, open.warnings, open.warned_at
        ),
        Phase::Closed(closed) => format!("{:?} at {}", closed.outcome, closed.at),
    };
    Seen {
        stage,
        lead: lot.lead().map(|(paddle, price)| (paddle.0, price.minor())),
        maximum: lot
            .claim()
            .map(|(paddle, maximum)| (paddle.0, maximum.minor())),
        ask: standing.ask.map(Money::minor),
        last_bid: lot.last_bid().0,
        ceiling: lot.ceiling.minor(),
        offer: english
            .offer
            .filter(|_| open)
            .map(|offer| (offer.paddle.0, offer.price.minor(), offer.until)),
        held: english
            .held
            .filter(|_| open)
            .map(|held| (held.no, held.paddle.0, held.amount.minor(), held.until)),
    }
}

fn paper_lot(lot: &LotPaper) -> Seen {
    let open = lot.is_open();
    let stage = match &lot.stage {
        LotStage::Upcoming(opens_at) => format!("opens at {opens_at:?}"),
        LotStage::Open(runs) => format!(
            "ends {:?} warned {} {:?}",
            runs.ends_at, runs.warned, runs.warned_at
        ),
        LotStage::Closed(over) => format!("{:?} at {}", over.outcome, over.at),
    };
    Seen {
        stage,
        lead: lot.shown(),
        maximum: lot.claim(),
        ask: open.then(|| lot.ask()),
        last_bid: lot.last_bid(),
        ceiling: lot.ceiling,
        offer: lot
            .offer
            .filter(|_| open)
            .map(|offer| (offer.paddle, offer.price, offer.until)),
        held: lot
            .held
            .filter(|_| open)
            .map(|held| (held.no, held.paddle, held.amount, held.until)),
    }
}
