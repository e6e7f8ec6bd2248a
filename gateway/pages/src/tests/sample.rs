//! A sale for the tests: one lot runs, one was sold, one waits.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
};
use futures_util::future::BoxFuture;
use mazad_proto::v1;
use tower::Service;
use uuid::Uuid;

use crate::data::{CataloguePart, LotEntry, LotPage, PublicData, SalePage, SaleSummary, SoldTotal};
use crate::router;
use mazad_engine::codec::terms::lot_terms_from_proto;
use mazad_engine::domain::{LotTerms, Money, Time};
use mazad_gateway::web::{Amendment, OpenedBase};

pub(super) const SALE: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);

/// The same sale, which the engine has paused.
pub(super) const INTERRUPTED: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0002);

pub(super) struct Sample;

pub(super) fn both(ar: &str, en: &str) -> v1::Bilingual {
    v1::Bilingual {
        ar: ar.to_owned(),
        en: en.to_owned(),
    }
}

fn english() -> v1::English {
    v1::English {
        opening: 10_000_000,
        increments: Some(v1::Increments {
            mode: v1::IncrementMode::Grid.into(),
            bands: vec![v1::Band {
                from: 0,
                step: 50_000,
            }],
        }),
        reserve: Some(v1::Sealed {
            commitment: vec![0xcd; 32].into(),
            ..Default::default()
        }),
        ..Default::default()
    }
}

fn lot(number: u32, phase: v1::LotPhase, price: i64) -> LotEntry {
    let (unit, quantity_milli) = if number == 2 {
        ("year", 3_000)
    } else {
        ("", 0)
    };
    let soft = v1::SoftClose {
        window: 120_000_000,
        extension: 120_000_000,
        on_price_change: number == 3,
        extensions_max: number,
        hard_stop: 1_782_910_800_000_000,
    };
    let timed = v1::Timed {
        soft_close: Some(soft),
        group: number,
        ..Default::default()
    };
    let outcome = if phase == v1::LotPhase::Closed {
        v1::LotOutcome::KnockedDown
    } else {
        v1::LotOutcome::Unspecified
    };
    LotEntry {
        terms: v1::LotTerms {
            title: Some(both("كشك رقم <١>", "Kiosk <1>")),
            kind: "kiosk".to_owned(),
            unit: unit.to_owned(),
            quantity_milli,
            place: Some(v1::Place {
                name: Some(both("الفيوم", "Fayoum")),
                latitude_e6: 29_309_949,
                longitude_e6: 30_841_804,
            }),
            running: Some(v1::Running {
                way: Some(v1::running::Way::Timed(timed)),
            }),
            method: Some(v1::lot_terms::Method::English(english())),
            ..Default::default()
        },
        view: v1::LotView {
            lot: number,
            phase: phase.into(),
            price,
            leader: if price > 0 { 12 } else { 0 },
            ends_at: 1_782_907_200_000_000,
            outcome: outcome.into(),
            ..Default::default()
        },
        closed_at: if phase == v1::LotPhase::Closed {
            1_782_903_600_000_000
        } else {
            0
        },
        base: (phase == v1::LotPhase::Closed).then_some(OpenedBase {
            amount: 14_000_000,
            salt: [0xab; 32],
        }),
    }
}

/// The lot that waits has been amended: its opening had a nought too few.
fn amended(lot: &LotEntry) -> Vec<Arc<Amendment<LotTerms>>> {
    if lot.view.phase() != v1::LotPhase::Upcoming {
        return Vec::new();
    }
    let by_hand = v1::running::Way::Clerked(v1::Clerked {});
    let wire = v1::LotTerms {
        running: Some(v1::Running { way: Some(by_hand) }),
        ..lot.terms.clone()
    };
    let terms = lot_terms_from_proto(&wire).unwrap();
    let before = LotTerms {
        method: terms
            .method
            .clone()
            .with_opening(Money::new(1_000_000).unwrap()),
        ..terms.clone()
    };
    let amendment = Amendment {
        at: Time(1_782_800_000_000_000),
        before,
        terms,
        reason: "A nought was missing".to_owned(),
    };
    vec![Arc::new(amendment)]
}

impl PublicData for Sample {
    fn sales(&self) -> Vec<SaleSummary> {
        vec![SaleSummary {
            id: SALE,
            title: both("مزاد الأكشاك", "Kiosk sale"),
            phase: v1::SalePhase::Open,
            opens_at: 0,
            time_zone: "Africa/Cairo".to_owned(),
            next_ends_at: 1_782_907_200_000_000,
            lots: 3,
            sold: 1,
        }]
    }

    fn page_of_sale(&self, id: Uuid, page: usize) -> Option<SalePage> {
        let board = match id {
            SALE => v1::SaleView {
                phase: v1::SalePhase::Open.into(),
                ..Default::default()
            },
            INTERRUPTED => v1::SaleView {
                phase: v1::SalePhase::Paused.into(),
                pause_cause: v1::PauseCause::Outage.into(),
                ..Default::default()
            },
            _ => return None,
        };
        Some(SalePage {
            id,
            terms: v1::SaleTerms {
                title: Some(both("مزاد الأكشاك", "Kiosk sale")),
                currency: "EGP".to_owned(),
                time_zone: "Africa/Cairo".to_owned(),
                reserve_lift: true,
                ..Default::default()
            },
            board,
            lots: vec![
                lot(1, v1::LotPhase::Closed, 15_000_000),
                lot(2, v1::LotPhase::Open, 12_050_000),
                lot(3, v1::LotPhase::Upcoming, 0),
            ],
            part: CataloguePart {
                page,
                pages: 3,
                before: 3 * (page - 1),
                lots: 9,
            },
            sold: vec![
                SoldTotal {
                    unit: String::new(),
                    lots: 1,
                    price: 15_000_000,
                    whole: None,
                },
                SoldTotal {
                    unit: "tonne".to_owned(),
                    lots: 2,
                    price: 4_300_000,
                    whole: Some(79_550_000),
                },
            ],
            amendments: Vec::new(),
        })
    }

    fn lot(&self, sale: Uuid, number: u32) -> Option<LotPage> {
        let page = self.sale(sale)?;
        let lot = page.lots.into_iter().find(|lot| lot.view.lot == number)?;
        Some(LotPage {
            sale,
            terms: page.terms,
            board: page.board,
            amendments: amended(&lot),
            lot,
            previous: number.checked_sub(1).filter(|lot| *lot > 0),
            following: Some(number + 1).filter(|lot| *lot <= 3),
            cursor: v1::Cursor {
                epoch: 1,
                revision: 9,
            },
        })
    }

    fn first(&self, sale: Uuid, asked: Option<u32>) -> Option<LotPage> {
        self.lot(sale, asked.unwrap_or(2))
    }

    fn search(&self, _: String) -> BoxFuture<'_, Option<Vec<LotPage>>> {
        Box::pin(std::future::ready(None))
    }
}

pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

/// Asks the pages for an address.
pub(super) async fn get(path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut app: Router = router(Arc::new(Sample));
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = app
        .call(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = to_bytes(response.into_body(), 1 << 22).await.unwrap();
    Answer {
        status,
        headers,
        text: String::from_utf8_lossy(&bytes).into_owned(),
    }
}
