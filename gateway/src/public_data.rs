//! What the pages are told: the folded sales of the hubs, as far as their reader may know of them.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use mazad_engine::domain::{LotNo, SaleId};
use mazad_projections::live::{LiveSale, LotLive, LotPhase};
use mazad_projections::public::Audience;
use mazad_projections::results::Results;
use mazad_projections::view;
use mazad_proto::v1;
use uuid::Uuid;

use crate::gateway::Gateway;
use crate::hub::Hub;
use crate::limits::LOTS_OF_A_PAGE;
use crate::web::{
    CataloguePart, LotEntry, LotPage, OpenedBase, PublicData, SalePage, SaleSummary, SoldTotal,
};

/// The sales that there are for a reader: for staff also those that are drafts.
#[derive(Debug, Clone)]
pub(crate) struct SalesFor {
    gateway: Gateway,
    reader: Audience,
}

impl SalesFor {
    pub(crate) const fn new(gateway: Gateway, reader: Audience) -> Self {
        Self { gateway, reader }
    }

    fn hub(&self, sale: SaleId) -> Option<Arc<Hub>> {
        self.gateway.hubs().shown_now(sale, self.reader)
    }

    fn summary(&self, sale: SaleId) -> Option<SaleSummary> {
        let summary = self.hub(sale)?.read(view::summary)?;
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Some(SaleSummary {
            id: sale.0,
            phase: summary.board.phase(),
            opens_at: summary.board.opens_at,
            title: summary.terms.title.unwrap_or_default(),
            time_zone: summary.terms.time_zone,
            next_ends_at: summary.next_end.map_or(0, |at| at.0),
            lots: count(summary.lots),
            sold: count(summary.knocked_down),
        })
    }
}

impl PublicData for SalesFor {
    fn sales(&self) -> Vec<SaleSummary> {
        let sales = self.gateway.engine().sales();
        let mut told: Vec<SaleSummary> = sales
            .into_iter()
            .filter_map(|sale| self.summary(sale))
            .collect();
        told.sort_by_key(|sale| (view::rank(sale.phase), sale.id));
        told
    }

    fn page_of_sale(&self, id: Uuid, page: usize) -> Option<SalePage> {
        self.hub(SaleId(id))?.read(|live| {
            let board = live.board();
            let pages = board.order.len().div_ceil(LOTS_OF_A_PAGE).max(1);
            let page = page.clamp(1, pages);
            let before = page.saturating_sub(1).saturating_mul(LOTS_OF_A_PAGE);
            let of_page = board.order.iter().skip(before).take(LOTS_OF_A_PAGE);
            let lots = of_page.filter_map(|no| Some(entry(*no, live.lot(*no)?)));
            Some(SalePage {
                id,
                terms: view::sale_terms(board.terms.as_ref()?),
                board: view::sale_view(board),
                lots: lots.collect(),
                part: CataloguePart {
                    page,
                    pages,
                    before,
                    lots: board.order.len(),
                },
                sold: sold(live),
                amendments: board.amendments.clone(),
            })
        })
    }

    fn lot(&self, sale: Uuid, lot: u32) -> Option<LotPage> {
        let no = LotNo(lot);
        self.hub(SaleId(sale))?.read(|live| {
            let board = live.board();
            let place = board.order.iter().position(|lot| *lot == no);
            let neighbour = |place: Option<usize>| Some(board.order.get(place?)?.0);
            Some(LotPage {
                sale,
                terms: view::sale_terms(board.terms.as_ref()?),
                board: view::sale_view(board),
                lot: entry(no, live.lot(no)?),
                amendments: live.lot(no)?.amendments.clone(),
                previous: neighbour(place.and_then(|place| place.checked_sub(1))),
                following: neighbour(place.and_then(|place| place.checked_add(1))),
                cursor: v1::Cursor {
                    epoch: live.epoch(),
                    revision: live.public_revision(),
                },
            })
        })
    }

    fn first(&self, sale: Uuid, asked: Option<u32>) -> Option<LotPage> {
        let no = self.hub(SaleId(sale))?.read(|live| {
            let order = &live.board().order;
            let asked = asked.map(LotNo).filter(|no| order.contains(no));
            let is = |phase: LotPhase| {
                let mut lots = order.iter().copied();
                lots.find(|no| live.lot(*no).is_some_and(|lot| lot.phase == phase))
            };
            let running = || is(LotPhase::Open).or_else(|| is(LotPhase::Upcoming));
            asked.or_else(running).or_else(|| order.first().copied())
        })?;
        self.lot(sale, no.0)
    }

    fn search(&self, text: String) -> BoxFuture<'_, Option<Vec<LotPage>>> {
        Box::pin(async move {
            let found = self.gateway.model()?.search(text).await?.into_iter();
            // How they stand comes from where everybody else sees it.
            let told = found.filter_map(|(sale, lot)| self.lot(sale.0, lot.0));
            Some(told.collect())
        })
    }
}

fn sold(live: &LiveSale) -> Vec<SoldTotal> {
    let totals = Results::of(live).totals.hammer.into_iter();
    let told = totals.map(|(unit, total)| SoldTotal {
        unit,
        lots: total.lots,
        price: total.price,
        whole: total.whole,
    });
    told.collect()
}

fn entry(no: LotNo, lot: &LotLive) -> LotEntry {
    LotEntry {
        terms: view::catalogue_lot(lot),
        view: view::lot_view(no, lot),
        closed_at: lot.closed_at.map_or(0, |at| at.0),
        base: lot.reserve.map(|opened| OpenedBase {
            amount: opened.amount.minor(),
            salt: opened.salt,
        }),
    }
}
