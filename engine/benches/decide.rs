//! What does one bid cost the writer's thread: the decision alone, and with encoding and applying?
//! One core, a hot lot, state as after ten thousand bids. The disk is in `benches/store.rs`.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use mazad_engine::codec::Vault;
use mazad_engine::codec::command::of_act;
use mazad_engine::domain::{
    AccountId, Act, Actor, BidKind, BidderAct, Command, CommandId, EnglishTerms, LotAct, LotNo,
    LotTerms, Mode, Paddle, Running, SaleAct, SaleId, StaffId, Time, decide,
};
use mazad_engine::testing::{add_lot, english_lot, english_terms, increments, money, sale_terms};
use mazad_engine::writer::Writer;
use uuid::Uuid;

const START: Time = Time(1_790_000_000_000_000);
const STEP: i64 = 100;
const BATCH: u64 = 64;

/// A sale with one open lot and two paddles that outbid each other.
struct Duel {
    writer: Writer,
    commands: u64,
    rounds: i64,
}

impl Duel {
    fn open() -> Self {
        let vault = Arc::new(Vault::from_key([7; 32]));
        let writer = Writer::new(SaleId(Uuid::from_u128(1)), vault);
        let mut duel = Self {
            writer,
            commands: 0,
            rounds: 0,
        };
        duel.clerk(Act::from(SaleAct::Create {
            terms: sale_terms(),
        }));
        duel.clerk(Act::from(add_lot(LotNo(1), lot())));
        for number in [1, 2] {
            let account = Some(AccountId(Uuid::from_u128(u128::from(number))));
            duel.clerk(Act::from(SaleAct::AdmitPaddle {
                paddle: Paddle(number),
                account,
                limit: None,
            }));
        }
        duel.clerk(Act::from(SaleAct::Publish));
        duel.clerk(Act::from(SaleAct::Open));
        duel.clerk(LotAct::Open.of(LotNo(1)));
        for _ in 0..10_000 / BATCH {
            let bids = duel.bids();
            duel.take(bids);
        }
        duel
    }

    fn clerk(&mut self, act: Act) {
        let command = self.command(Actor::Staff(StaffId(Uuid::from_u128(9))), act);
        self.take(vec![(command, ())]);
    }

    fn command(&mut self, actor: Actor, act: Act) -> Command {
        self.commands += 1;
        let id = CommandId(Uuid::from_u128(u128::from(self.commands)));
        let id = (self.writer.id(), id);
        of_act(id, actor, START, act, &Vault::from_key([7; 32]))
    }

    fn bid(&mut self) -> Command {
        self.rounds += 1;
        let account = AccountId(Uuid::from_u128(if self.rounds % 2 == 0 { 2 } else { 1 }));
        let amount = money(self.rounds * STEP);
        let act = BidderAct::PlaceBid {
            amount,
            kind: BidKind::Flat,
            confirms: None,
        }
        .of(LotNo(1));
        self.command(Actor::Bidder(account), act)
    }

    fn bids(&mut self) -> Vec<(Command, ())> {
        (0..BATCH).map(|_| (self.bid(), ())).collect()
    }

    fn take(&mut self, mut commands: Vec<(Command, ())>) {
        let batch = self.writer.prepare(&mut commands, START, Time(u64::MAX));
        assert!(commands.is_empty());
        black_box(self.writer.commit(batch));
    }
}

fn lot() -> LotTerms {
    let english = EnglishTerms {
        opening: money(STEP),
        increments: increments(Mode::Additive, &[(0, STEP)]),
        ..english_terms()
    };
    english_lot(Running::Clerked, english)
}

fn deciding(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decide");
    let mut duel = Duel::open();
    let accepted = duel.bid();
    group.throughput(Throughput::Elements(1));
    group.bench_function("bid accepted", |bench| {
        bench.iter(|| decide::decide(duel.writer.sale(), black_box(&accepted), START));
    });
    let mut refused = accepted.clone();
    refused.act = BidderAct::PlaceBid {
        amount: money(STEP),
        kind: BidKind::Flat,
        confirms: None,
    }
    .of(LotNo(1));
    group.bench_function("bid refused", |bench| {
        bench.iter(|| decide::decide(duel.writer.sale(), black_box(&refused), START));
    });
    group.finish();
}

fn writing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decide, encode, apply");
    let duel = std::cell::RefCell::new(Duel::open());
    // The last bid of `open` was made by paddle 2, or the duel would stop at once.
    assert_eq!(duel.borrow().rounds % 2, 0);
    group.throughput(Throughput::Elements(BATCH));
    group.bench_function("batch of 64 bids", |bench| {
        bench.iter_batched(
            || duel.borrow_mut().bids(),
            |bids| duel.borrow_mut().take(bids),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group!(benches, deciding, writing);
criterion_main!(benches);
