//! Sales for the tests of what is made of a log: their terms, random traffic, and their log in a
//! store.

#![allow(dead_code, reason = "each test binary uses another part of it")]

pub(crate) mod play;
pub(crate) mod stored;

use mazad_engine::domain::{
    BidEvent, Bilingual, Closes, EngineAct, EnglishTerms, Event, JumpGuard, LotEvent, LotNo,
    LotTerms, Mode, Opens, Paddle, Recorded, Running, SaleAct, SaleTerms, Secret, SoftClose,
};
use mazad_engine::testing::{
    NOON, TestSale, account, english_lot, english_terms, increments, money, reserve, soft_close,
};

/// Creates the sale, admits paddles 1 to 4 with accounts and 9 of the hall.
pub(crate) fn prepared(terms: SaleTerms, lots: Vec<LotTerms>) -> TestSale {
    let mut sale = TestSale::default();
    sale.engine(EngineAct::StartWriter { epoch: 1 }, NOON);
    sale.clerk(SaleAct::Create { terms });
    for (lot, terms) in (1..).map(LotNo).zip(lots) {
        let terms = Box::new(terms);
        sale.clerk(SaleAct::AddLot { lot, terms });
    }
    for paddle in [1, 2, 3, 4, 9] {
        sale.clerk(SaleAct::AdmitPaddle {
            paddle: Paddle(paddle),
            account: (paddle < 9).then(|| account(paddle)),
            limit: (paddle == 4).then(|| money(60_000)),
        });
    }
    sale
}

pub(crate) fn sale_terms() -> SaleTerms {
    SaleTerms {
        title: Bilingual {
            ar: "مزاد الخردة".to_owned(),
            en: "Scrap sale".to_owned(),
        },
        ..mazad_engine::testing::sale_terms()
    }
}

/// A lot that opens at 10,000 and steps by 500.
pub(crate) fn lot_terms(running: Running, mode: Mode) -> LotTerms {
    let english = EnglishTerms {
        opening: money(10_000),
        increments: increments(mode, &[(0, 500), (20_000, 1_000), (50_000, 700)]),
        jump_guard: JumpGuard { times: 4, steps: 0 },
        ..english_terms()
    };
    LotTerms {
        title: Bilingual {
            ar: "حديد".to_owned(),
            en: "Iron".to_owned(),
        },
        reference: "A-1".to_owned(),
        kind: "scrap".to_owned(),
        ..english_lot(running, english)
    }
}

pub(crate) fn with_reserve(mut terms: LotTerms, amount: i64) -> LotTerms {
    terms.method = terms.method.with_reserve(reserve(amount));
    terms
}

pub(crate) fn timed(opens: Opens, closes: Closes, group: u32) -> Running {
    let soft_close = Some(SoftClose {
        on_price_change: true,
        extensions_max: Some(4),
        ..soft_close(2)
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
