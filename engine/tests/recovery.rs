//! A cold start: every sale is folded in one pass, from snapshots where there are some.
#![cfg(test)]

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use mazad_engine::clock::ManualClock;
use mazad_engine::codec::Vault;
use mazad_engine::codec::command::of_act;
use mazad_engine::domain::{
    Act, Actor, Answer, AnswerKey, CommandId, Paddle, SaleAct, SaleId, StaffId, Time,
};
use mazad_engine::store::{EventStore, Expected, NewEvent, Position, StreamId};
use mazad_engine::testing::{ScriptedStore, sale_terms};
use mazad_engine::writer::{Outcome, PartEnd, SaleSnapshot, UnsavedSnapshot, Writer};
use mazad_engine::{Engine, Lookup, Snapshots};
use uuid::Uuid;

const START: Time = Time(1_790_000_000_000_000);
const CLERK: Actor = Actor::Staff(StaffId(Uuid::from_u128(9)));

#[derive(Debug, Default)]
struct Kept(BTreeMap<SaleId, (SaleSnapshot, Position)>);

impl Snapshots for Kept {
    fn load(&self, sale: SaleId) -> Option<(SaleSnapshot, Position)> {
        self.0.get(&sale).cloned()
    }

    fn save(&self, _: SaleId, snapshot: UnsavedSnapshot, _: Position) -> PartEnd {
        PartEnd::not_kept(snapshot)
    }
}

/// A log of some sales and every answer that was given.
struct Log {
    store: Arc<ScriptedStore>,
    vault: Arc<Vault>,
    sales: BTreeMap<SaleId, Writer>,
    answers: Vec<(SaleId, CommandId, Answer)>,
}

fn sale(number: u32) -> SaleId {
    SaleId(Uuid::from_u128(u128::from(number)))
}

impl Log {
    fn new() -> Self {
        Self {
            store: Arc::default(),
            vault: Arc::new(Vault::from_key([7; 32])),
            sales: BTreeMap::new(),
            answers: Vec::new(),
        }
    }

    /// Makes a sale on its first call, admits a paddle on each later one.
    async fn go_on(&mut self, sale: SaleId) -> Position {
        let new = || Writer::new(sale, Arc::clone(&self.vault));
        let writer = self.sales.entry(sale).or_insert_with(new);
        let next = writer.sale().next_revision;
        let act = match u32::try_from(next).unwrap() {
            0 => Act::from(SaleAct::Create {
                terms: sale_terms(),
            }),
            number => Act::from(SaleAct::AdmitPaddle {
                paddle: Paddle(number),
                account: None,
                limit: None,
            }),
        };
        let id = CommandId(Uuid::from_u128(u128::from(next)));
        let command = of_act((sale, id), CLERK, START, act, &self.vault);
        let mut batch = writer.prepare(&mut vec![(command, ())], START, START);
        let events = std::mem::take(&mut batch.events);
        let stream = StreamId::sale(sale.0);
        let appended = self.store.append(&stream, batch.expected, events).await;
        for ((), outcome) in writer.commit(batch) {
            let Outcome::Answered(answer) = outcome else {
                panic!("{outcome:?}")
            };
            self.answers.push((sale, id, answer));
        }
        appended.unwrap().position
    }

    async fn office(&self) {
        let event = NewEvent {
            id: Uuid::from_u128(1),
            kind: "NotOfASale".into(),
            version: 1,
            metadata: Bytes::new(),
            data: Bytes::from_static(b"of the office"),
        };
        let office = StreamId::office();
        let appended = self.store.append(&office, Expected::NoStream, vec![event]);
        appended.await.unwrap();
    }

    /// Starts an engine; every answer given is known to it. Tells where its pass began, and what it
    /// read beside that.
    async fn check_start(&self, snapshots: Kept) -> (u64, Vec<(StreamId, usize)>) {
        let store: Arc<dyn EventStore> = Arc::<ScriptedStore>::clone(&self.store);
        let clock = Arc::new(ManualClock::at(START));
        self.store.forget();
        let kept: Arc<dyn Snapshots> = Arc::new(snapshots);
        let engine = Engine::start_with(store, Arc::clone(&self.vault), clock, Some(kept));
        let engine = engine.await.unwrap();
        let began = (self.store.passes()[0].0, self.store.reads());
        let sales: Vec<_> = self.sales.keys().copied().collect();
        assert_eq!(engine.sales(), sales);
        for (sale, command, answer) in &self.answers {
            let key = AnswerKey {
                actor: CLERK,
                command: *command,
            };
            let known = engine.lookup(*sale, key).await.unwrap();
            assert_eq!(known, Lookup::Answered(answer.clone()), "{sale}");
        }
        engine.stop().await;
        began
    }
}

#[tokio::test]
async fn sales_side_by_side_are_folded_in_one_pass() {
    let mut log = Log::new();
    for round in 0..30 {
        for number in 1..=100 {
            log.go_on(sale(number)).await;
        }
        if round == 3 {
            log.office().await;
        }
    }
    assert_eq!(log.check_start(Kept::default()).await, (0, Vec::new()));
    let passes = log.store.passes();
    assert!(passes.is_sorted_by(|a, b| a < b), "{passes:?}");
    assert_eq!(passes.last(), Some(&Position(3_001)));
}

#[tokio::test]
async fn pass_begins_at_the_first_event_that_no_snapshot_has() {
    let mut log = Log::new();
    let (ended, long, late) = (sale(1), sale(2), sale(3));
    let mut kept = Kept::default();
    let mut keep = |log: &Log, sale, position| {
        let writer = log.sales.get(&sale).unwrap();
        let snapshot = SaleSnapshot {
            sale: writer.sale().clone(),
            answered: writer.answered().clone(),
        };
        kept.0.insert(sale, (snapshot, position));
    };
    for _ in 0..20 {
        log.go_on(ended).await;
    }
    let end = log.go_on(ended).await;
    keep(&log, ended, end);
    for _ in 0..50 {
        log.go_on(long).await;
    }
    let middle = log.go_on(long).await;
    keep(&log, long, middle);
    for _ in 0..10 {
        log.go_on(late).await;
        log.go_on(long).await;
    }
    let first_only = vec![(StreamId::sale(late.0), 1)];
    let began = (middle.0 + 1, first_only);
    assert_eq!(log.check_start(kept).await, began);
}
