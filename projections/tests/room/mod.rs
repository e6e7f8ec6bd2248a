//! A saleroom for tests: commands go through the engine's own `decide` and `apply`, timers fall due
//! on the way, and every event is kept.

#![allow(
    dead_code,
    reason = "each test binary uses another part of the saleroom"
)]

pub(crate) mod play;
pub(crate) mod stored;

use mazad_engine::codec::Vault;
use mazad_engine::codec::command::of_act;
use mazad_engine::domain::decide::decide;
use mazad_engine::domain::{
    AccountId, Act, Actor, Band, BidEvent, Bilingual, Closes, Command, CommandId, Currency,
    EngineAct, EnglishTerms, Event, Increments, JumpGuard, LotEvent, LotNo, LotTerms, Meta,
    MethodTerms, Mode, Money, Opens, Paddle, Recorded, Reserve, ReserveOpening, Running, Sale,
    SaleAct, SaleId, SaleTerms, Secret, SoftClose, Span, StaffId, Time,
};
use uuid::Uuid;

/// Noon of a day in 2026.
pub(crate) const NOON: Time = Time(1_790_000_000_000_000);

pub(crate) fn sale_id() -> SaleId {
    SaleId(Uuid::from_u128(0x5a1e))
}

pub(crate) fn money(minor: i64) -> Money {
    Money::new(minor).unwrap()
}

pub(crate) fn officer(number: u8) -> Actor {
    Actor::Staff(StaffId(Uuid::from_u128(0x57aff00 + u128::from(number))))
}

pub(crate) fn account(number: u32) -> AccountId {
    AccountId(Uuid::from_u128(0xacc0_0000 + u128::from(number)))
}

/// The engine's state of one sale, and the log it was folded from.
#[derive(Debug, Default)]
pub(crate) struct Room {
    pub(crate) sale: Sale,
    pub(crate) log: Vec<Recorded>,
    /// Where in the log each append begins.
    pub(crate) appends: Vec<usize>,
    /// The command of each append.
    pub(crate) commands: Vec<Command>,
}

impl Room {
    /// Lets the clock bring about what is due until then, then asks.
    pub(crate) fn asks(&mut self, wait: Span, actor: Actor, act: Act) -> Vec<Event> {
        let at = self.sale.now.max(NOON).after(wait);
        while let Some((time, due)) = self.sale.next_due().filter(|(time, _)| *time <= at) {
            let then = time.max(self.sale.now);
            let happened = self.at(then, Actor::Engine, Act::from(EngineAct::Timer(due)));
            assert!(!happened.is_empty(), "{due:?} was due");
        }
        self.at(at.max(self.sale.now), actor, act)
    }

    /// By a clerk, at once.
    pub(crate) fn clerk(&mut self, act: Act) -> Vec<Event> {
        self.asks(Span::seconds(1), officer(1), act)
    }

    /// By the bidder of a paddle, at once.
    pub(crate) fn bidder(&mut self, paddle: u32, act: Act) -> Vec<Event> {
        self.asks(Span::seconds(1), Actor::Bidder(account(paddle)), act)
    }

    fn at(&mut self, at: Time, actor: Actor, act: Act) -> Vec<Event> {
        let id = CommandId(Uuid::from_u128(self.commands.len() as u128 + 1));
        let vault = Vault::from_key([3; 32]);
        let command = of_act((sale_id(), id), actor, at, act, &vault);
        let events = decide(&self.sale, &command, at);
        self.appends.push(self.log.len());
        for event in &events {
            let recorded = Recorded {
                revision: self.sale.next_revision,
                meta: Meta::of(&command, at),
                event: event.clone(),
            };
            self.sale.apply(&recorded);
            self.log.push(recorded);
        }
        self.commands.push(command);
        events
    }

    /// Creates the sale, admits paddles 1 to 4 with accounts and 9 of the hall.
    pub(crate) fn prepared(terms: SaleTerms, lots: Vec<LotTerms>) -> Self {
        let mut room = Self::default();
        room.asks(
            Span::ZERO,
            Actor::Engine,
            Act::from(EngineAct::StartWriter { epoch: 1 }),
        );
        room.clerk(Act::from(SaleAct::Create { terms }));
        for (lot, terms) in (1..).map(LotNo).zip(lots) {
            let terms = Box::new(terms);
            room.clerk(Act::from(SaleAct::AddLot { lot, terms }));
        }
        for paddle in [1, 2, 3, 4, 9] {
            room.clerk(Act::from(SaleAct::AdmitPaddle {
                paddle: Paddle(paddle),
                account: (paddle < 9).then(|| account(paddle)),
                limit: (paddle == 4).then(|| money(60_000)),
            }));
        }
        room
    }
}

pub(crate) fn sale_terms() -> SaleTerms {
    let title = Bilingual {
        ar: "مزاد الخردة".to_owned(),
        en: "Scrap sale".to_owned(),
    };
    SaleTerms::preset(title, Currency::parse("EGP").unwrap())
}

/// A lot that opens at 10,000 and steps by 500, by hand.
pub(crate) fn lot_terms(running: Running, mode: Mode) -> LotTerms {
    let band = |from, step| Band {
        from: money(from),
        step: money(step),
    };
    let bands = vec![band(0, 500), band(20_000, 1_000), band(50_000, 700)];
    LotTerms {
        title: Bilingual {
            ar: "حديد".to_owned(),
            en: "Iron".to_owned(),
        },
        description: Bilingual::default(),
        reference: "A-1".to_owned(),
        kind: "scrap".to_owned(),
        unit: String::new(),
        quantity_milli: 0,
        place: None,
        estimate: None,
        running,
        method: MethodTerms::English(EnglishTerms {
            opening: money(10_000),
            increments: Increments::new(mode, bands).unwrap(),
            first_bid_above_opening: false,
            jump_guard: JumpGuard { times: 4, steps: 0 },
            reserve: None,
        }),
    }
}

pub(crate) fn with_reserve(mut terms: LotTerms, amount: i64) -> LotTerms {
    let opening = Some(ReserveOpening {
        amount: money(amount),
        salt: [7; 32],
    });
    let reserve = Reserve {
        commitment: [9; 32],
        opening,
    };
    terms.method = terms.method.with_reserve(Some(reserve));
    terms
}

pub(crate) fn timed(opens: Opens, closes: Closes, group: u32) -> Running {
    let soft_close = Some(SoftClose {
        window: Span::minutes(2),
        extension: Span::minutes(2),
        on_price_change: true,
        extensions_max: Some(4),
        hard_stop: None,
    });
    Running::Timed {
        opens,
        closes,
        soft_close,
        group,
    }
}

/// The same log as a reader without the engine's key decodes it.
pub(crate) fn sealed(recorded: &Recorded) -> Recorded {
    let mut sealed = recorded.clone();
    match &mut sealed.event {
        Event::Lot(_, LotEvent::Bid(BidEvent::Accepted(bid))) => bid.maximum = Secret::sealed(),
        Event::Lot(_, LotEvent::Bid(BidEvent::MaximumChanged { maximum, .. })) => {
            *maximum = Secret::sealed()
        }
        Event::Lot(_, LotEvent::Added { terms, .. }) => {
            terms.method = terms.method.clone().public();
        }
        _ => {}
    }
    sealed
}
