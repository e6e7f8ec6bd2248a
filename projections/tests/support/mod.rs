//! Sales for the tests of what is made of a log: their terms, random traffic, and their log in a
//! store.

#![allow(dead_code, reason = "each test binary uses another part of it")]

pub(crate) mod play;
pub(crate) mod stored;

use mazad_engine::domain::{
    Act, BidEvent, BidNo, Bilingual, Closes, CommandId, EngineAct, EnglishTerms, Event, JumpGuard,
    LotAct, LotEvent, LotNo, LotTerms, Mode, Opens, Paddle, Recorded, Reserve, Running, SaleAct,
    SaleTerms, Secret, Seen, SoftClose, VoidCause, preview, seen,
};
use mazad_engine::testing::{
    NOON, TestSale, account, add_lot, english_lot, english_terms, increments, money, officer,
    reserve, soft_close,
};
use uuid::Uuid;

/// Creates the sale, admits paddles 1 to 4 with accounts and 9 of the hall, publishes it.
pub(crate) fn prepared(terms: SaleTerms, lots: Vec<LotTerms>) -> TestSale {
    let mut sale = drafted(terms);
    furnish(&mut sale, lots);
    sale
}

/// A draft without lots.
pub(crate) fn drafted(terms: SaleTerms) -> TestSale {
    let mut sale = TestSale::default();
    sale.engine(EngineAct::StartWriter { epoch: 1 }, NOON);
    sale.clerk(SaleAct::Create { terms });
    sale
}

/// Gives a draft its lots and paddles, and publishes it.
pub(crate) fn furnish(sale: &mut TestSale, lots: Vec<LotTerms>) {
    for (lot, terms) in (1..).map(LotNo).zip(lots) {
        sale.clerk(add_lot(lot, terms));
    }
    for paddle in [1, 2, 3, 4, 9] {
        sale.clerk(SaleAct::AdmitPaddle {
            paddle: Paddle(paddle),
            account: (paddle < 9).then(|| account(paddle)),
            limit: (paddle == 4).then(|| money(60_000)),
        });
    }
    sale.clerk(SaleAct::Publish);
}

/// Strikes a bid out, naming the standing that it leads to.
pub(crate) fn void(sale: &TestSale, lot: LotNo, bid: BidNo, cause: VoidCause, note: &str) -> Act {
    let act = |leads_to| {
        let note = note.to_owned();
        let act = LotAct::VoidBid {
            bid,
            cause,
            note,
            leads_to,
        };
        act.of(lot)
    };
    let id = CommandId(Uuid::from_u128(1));
    let asked = TestSale::command(id, officer(1), sale.sale.now, act(None));
    let previews = preview(&sale.sale, &asked, sale.sale.now);
    let previews = previews.unwrap_or_default();
    act(previews.first().and_then(|lot| lot.leads_to))
}

/// How a lot stands now, for an act that has to name it.
pub(crate) fn seen_now(sale: &TestSale, lot: LotNo) -> Seen {
    let nothing = Seen {
        bid: BidNo(0),
        lead: None,
    };
    sale.sale.lots.get(&lot).map_or(nothing, seen)
}

/// Knocks a lot down to whoever leads now.
pub(crate) fn hammer(sale: &TestSale, lot: LotNo) -> Act {
    let seen = seen_now(sale, lot);
    LotAct::Hammer { seen }.of(lot)
}

/// Passes a lot as it stands now.
pub(crate) fn pass(sale: &TestSale, lot: LotNo) -> Act {
    let seen = seen_now(sale, lot);
    LotAct::Pass { seen }.of(lot)
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
        ceiling: money(1_000_000),
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
        Event::Lot(
            _,
            LotEvent::Reoffered {
                reserve: Some(Reserve { opening, .. }),
                ..
            },
        ) => *opening = None,
        _ => {}
    }
    sealed
}
