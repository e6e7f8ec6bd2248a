//! Plays sales as they come in over the wire, and keeps the log that the engine writes of them.

use std::sync::Arc;

use mazad_engine::codec::command::{command, of_act};
use mazad_engine::codec::{Vault, terms};
use mazad_engine::domain::{
    AccountId, Actor, Answer, Bilingual, Code, Command, CommandId, Currency, LotNo, Money, Paddle,
    Sale, SaleAct, SaleId, SalePhase, SaleTerms, Span, StaffId, Time, Verdict, preview, seen,
};
use mazad_engine::store::{EventStore, Expected, MemoryStore, NewEvent, Revision, StreamId};
use mazad_engine::writer::{Outcome, Writer};
use mazad_proto::v1;
use mazad_proto::v1::command::Act as Wire;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use uuid::Uuid;

pub(super) const SALE: SaleId = SaleId(Uuid::from_u128(0x5a1e));
pub(super) const NOON: Time = Time(1_790_000_000_000_000);

/// A sale at play.
pub(super) struct Player {
    pub(super) vault: Arc<Vault>,
    pub(super) log: Vec<NewEvent>,
    writer: Writer,
    now: Time,
    serial: u128,
    pub(super) rng: StdRng,
    /// The last jump that was questioned: whose, and with which bid.
    pub(super) questioned: Option<(u32, v1::PlaceBid)>,
    /// The last jump of the hall that was questioned.
    pub(super) questioned_floor: Option<v1::FloorBid>,
}

pub(super) fn bidder(paddle: u32) -> Actor {
    Actor::Bidder(AccountId(account(paddle)))
}

fn account(paddle: u32) -> Uuid {
    Uuid::from_u128(0xacc0_0000 + u128::from(paddle))
}

pub(super) fn officer(number: u8) -> Actor {
    Actor::Staff(StaffId(Uuid::from_u128(0x57af_f000 + u128::from(number))))
}

/// The presets, without what guards against slips.
pub(super) fn sale_terms() -> SaleTerms {
    let title = Bilingual::both("مزاد");
    SaleTerms {
        void_needs_second: false,
        floor_second_steps: 0,
        hammer_warnings: 0,
        limit_needed: false,
        ..SaleTerms::preset(title, Currency::parse("EGP").unwrap())
    }
}

/// A lot that opens at 10,000; some fields are left out, as a client may.
pub(super) fn lot(
    running: v1::running::Way,
    mode: v1::IncrementMode,
    bands: &[(i64, i64)],
) -> v1::LotTerms {
    let band = |(from, step): &(i64, i64)| v1::Band {
        from: *from,
        step: *step,
    };
    let english = v1::English {
        opening: 10_000,
        increments: Some(v1::Increments {
            mode: mode.into(),
            bands: bands.iter().map(band).collect(),
        }),
        ..v1::English::default()
    };
    v1::LotTerms {
        title: Some(v1::Bilingual {
            ar: "حديد".to_owned(),
            en: "Iron".to_owned(),
        }),
        running: Some(v1::Running { way: Some(running) }),
        method: Some(v1::lot_terms::Method::English(english)),
        ..v1::LotTerms::default()
    }
}

pub(super) const BY_HAND: v1::running::Way = v1::running::Way::Clerked(v1::Clerked {});

impl Player {
    pub(super) fn new(seed: u64, vault: Vault) -> Self {
        let vault = Arc::new(vault);
        let mut player = Self {
            writer: Writer::new(SALE, Arc::clone(&vault)),
            vault,
            log: Vec::new(),
            now: NOON,
            serial: 0,
            rng: StdRng::seed_from_u64(seed),
            questioned: None,
            questioned_floor: None,
        };
        player.restarts();
        player
    }

    pub(super) fn sale(&self) -> &Sale {
        self.writer.sale()
    }

    /// Asks as a client does, and gives the answer.
    pub(super) fn asks(&mut self, actor: Actor, act: Wire) -> Answer {
        self.serial += 1;
        self.now = self.now.after(Span::seconds(1));
        let wire = v1::Command {
            id: Uuid::from_u128(self.serial).to_string(),
            sale: SALE.to_string(),
            act: Some(act),
        };
        let (_, command) = command(&wire, actor, self.now, &self.vault).unwrap();
        self.decides(command)
    }

    /// What the office asks when it lets somebody in.
    pub(super) fn admits_by_invite(&mut self, paddle: u32, limit: Option<Money>) -> Answer {
        self.serial += 1;
        let act = SaleAct::AdmitPaddle {
            paddle: Paddle(paddle),
            account: Some(AccountId(account(paddle))),
            limit,
        };
        let id = CommandId(Uuid::from_u128(self.serial));
        self.decides(of_act(
            (SALE, id),
            officer(1),
            self.now,
            act.into(),
            &self.vault,
        ))
    }

    fn decides(&mut self, command: Command) -> Answer {
        let mut commands = vec![(command, ())];
        let batch = self.writer.prepare(&mut commands, self.now, self.now);
        self.log.extend(batch.events.iter().cloned());
        match self.writer.commit(batch).pop().unwrap().1 {
            Outcome::Answered(answer) => answer,
            Outcome::Reused | Outcome::Before(..) => panic!("ids are used once"),
        }
    }

    /// Lets time pass, and whatever it brings about.
    pub(super) fn waits(&mut self, span: Span) {
        self.now = self.now.after(span);
        let batch = self
            .writer
            .prepare(&mut Vec::<(Command, ())>::new(), self.now, self.now);
        self.log.extend(batch.events.iter().cloned());
        self.writer.commit(batch);
    }

    /// Another process takes over what this one left.
    pub(super) fn restarts(&mut self) {
        let (sale, answered) = (self.writer.sale().clone(), self.writer.answered().clone());
        let writer = Writer::with_answered(SALE, Arc::clone(&self.vault), sale, answered);
        self.writer = writer.of_process(Uuid::from_u128(self.rng.random()));
        let batch = self.writer.prepare_start::<()>(1, self.now);
        self.log.extend(batch.events.iter().cloned());
        self.writer.commit(batch);
    }

    /// R0: away for a while, whatever the cause.
    pub(super) fn stands_still(&mut self) {
        let batch = self
            .writer
            .prepare_stood_still::<()>(Span::seconds(4), self.now);
        self.log.extend(batch.events.iter().cloned());
        self.writer.commit(batch);
    }

    /// R0: somebody sets the clock of the machine.
    pub(super) fn clock_is_set(&mut self, offset: i64) {
        let batch = self.writer.prepare_clock_stepped::<()>(offset, self.now);
        self.log.extend(batch.events.iter().cloned());
        self.writer.commit(batch);
    }

    pub(super) fn falls_silent(&mut self) {
        let running = self.sale().phase == SalePhase::Open;
        if running && self.sale().pause.is_none() {
            let batch = self.writer.prepare_outage::<()>(self.now);
            self.log.extend(batch.events.iter().cloned());
            self.writer.commit(batch);
        }
    }

    pub(super) fn clerk(&mut self, act: Wire) -> Answer {
        self.asks(officer(1), act)
    }

    pub(super) fn creates(&mut self, terms: &SaleTerms) {
        let terms = Some(terms::sale_terms_to_proto(terms));
        self.clerk(Wire::CreateSale(v1::CreateSale { terms }));
    }

    pub(super) fn adds(&mut self, lot: u32, terms: v1::LotTerms, reserve: i64) {
        let terms = Some(terms);
        let lot = v1::NewLot {
            lot,
            terms,
            reserve,
        };
        let answer = self.clerk(Wire::AddLots(v1::AddLots { lots: vec![lot] }));
        assert_eq!(answer.verdict, Verdict::Accepted(None));
    }

    /// What was drafted becomes public, and begins.
    pub(super) fn begins(&mut self) {
        self.clerk(Wire::PublishSale(v1::PublishSale {}));
        self.clerk(Wire::OpenSale(v1::OpenSale {}));
    }

    /// How a lot stands now, for an act that has to name it.
    pub(super) fn seen(&self, lot: u32) -> Option<v1::Seen> {
        let Some(lot) = self.sale().lots.get(&LotNo(lot)) else {
            return Some(v1::Seen::default());
        };
        let seen = seen(lot);
        let (leader, price) = named(seen.lead);
        let bid = seen.bid.0;
        Some(v1::Seen { bid, leader, price })
    }

    pub(super) fn hammer(&self, lot: u32) -> Wire {
        let seen = self.seen(lot);
        Wire::HammerLot(v1::HammerLot { lot, seen })
    }

    /// The void with the standing that it leads to.
    pub(super) fn void(&self, void: v1::VoidBid) -> Wire {
        let wire = v1::Command {
            id: Uuid::from_u128(1).to_string(),
            sale: SALE.to_string(),
            act: Some(Wire::VoidBid(v1::VoidBid {
                leads_to: Some(v1::LeadsTo::default()),
                ..void.clone()
            })),
        };
        let (_, asked) = command(&wire, officer(1), self.now, &self.vault).unwrap();
        let previews = preview(self.sale(), &asked, self.now.max(self.sale().now));
        let previews = previews.unwrap_or_default();
        let (leader, price) = named(previews.first().and_then(|lot| lot.leads_to));
        let leads_to = Some(v1::LeadsTo { leader, price });
        Wire::VoidBid(v1::VoidBid { leads_to, ..void })
    }

    pub(super) fn admits(&mut self, paddle: u32, limit: i64) -> Answer {
        let in_hall = paddle == 9;
        self.clerk(Wire::AdmitPaddle(v1::AdmitPaddle {
            paddle,
            account: if in_hall {
                String::new()
            } else {
                account(paddle).to_string()
            },
            limit,
        }))
    }

    /// By staff: a jump of the hall that is questioned is kept, to be confirmed.
    pub(super) fn asks_at_hall(&mut self, officer: Actor, act: Wire) {
        let answer = self.asks(officer, act.clone());
        if let Wire::FloorBid(bid) = act
            && code(&answer) == Some(Code::NeedsConfirmation)
        {
            let confirms = Uuid::from_u128(self.serial).to_string();
            self.questioned_floor = Some(v1::FloorBid { confirms, ..bid });
        }
    }

    pub(super) fn bids(&mut self, paddle: u32, lot: u32, amount: i64, kind: v1::BidKind) -> Answer {
        let bid = v1::PlaceBid {
            lot,
            amount,
            kind: kind.into(),
            confirms: String::new(),
        };
        let answer = self.asks(bidder(paddle), Wire::PlaceBid(bid.clone()));
        if code(&answer) == Some(Code::NeedsConfirmation) {
            let confirms = Uuid::from_u128(self.serial).to_string();
            self.questioned = Some((paddle, v1::PlaceBid { confirms, ..bid }));
        }
        answer
    }
}

fn named(lead: Option<(Paddle, Money)>) -> (u32, i64) {
    lead.map_or((0, 0), |(paddle, price)| (paddle.0, price.minor()))
}

pub(super) fn code(answer: &Answer) -> Option<Code> {
    match &answer.verdict {
        Verdict::Accepted(_) => None,
        Verdict::Refused(refusal) => Some(refusal.code),
    }
}

/// A log in a store of its own.
pub(super) async fn stored(log: &[NewEvent]) -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::new());
    append(store.as_ref(), &StreamId::sale(SALE.0), log).await;
    store
}

pub(super) async fn append(store: &dyn EventStore, stream: &StreamId, log: &[NewEvent]) {
    let mut expected = Expected::NoStream;
    for events in log.chunks(100) {
        let appended = store.append(stream, expected, events.to_vec()).await;
        expected = Expected::Exact(Revision(appended.unwrap().last.0));
    }
}
