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
use crate::web::{LotEntry, LotPage, OpenedBase, PublicData, SalePage, SaleSummary, SoldTotal};

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

    fn sale(&self, id: Uuid) -> Option<SalePage> {
        self.hub(SaleId(id))?.read(|live| {
            let board = live.board();
            let in_order = board
                .order
                .iter()
                .filter_map(|no| Some((*no, live.lot(*no)?)));
            Some(SalePage {
                id,
                terms: view::sale_terms(board.terms.as_ref()?),
                board: view::sale_view(board),
                lots: in_order.map(|(no, lot)| entry(no, lot)).collect(),
                sold: sold(live),
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
                previous: neighbour(place.and_then(|place| place.checked_sub(1))),
                following: neighbour(place.and_then(|place| place.checked_add(1))),
                cursor: v1::Cursor {
                    epoch: live.epoch(),
                    revision: told_at(live),
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

/// The last revision that changed what everyone may see: refusals and private facts are nobody's to count.
fn told_at(live: &LiveSale) -> u64 {
    let of_lots = live.lots().map(|(_, lot)| lot.revision);
    of_lots.fold(live.board().revision, u64::max)
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
