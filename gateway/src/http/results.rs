//! `/api/sales/{sale}/results`: what became of the lots that have ended.

use axum::extract::{Path, State};
use axum::response::Response;
use mazad_projections::live::LiveSale;
use mazad_projections::public::Audience;
use mazad_projections::results::{LotResult, Results};
use mazad_projections::view;
use mazad_proto::{FaultCode, v1};
use serde::Serialize;

use super::authenticated::Reader;
use super::respond::json;
use super::sales::hub_of;
use crate::faults::Fault;
use crate::gateway::Gateway;
use crate::hub::Good;

/// The results of a sale as it stands.
#[derive(Debug, Serialize)]
pub(super) struct SaleResults {
    sale: String,
    currency: String,
    /// Lots that have ended, in the order of sale.
    lots: Vec<ResultLine>,
    totals: Totals,
    /// Public revision that this reflects.
    revision: String,
}

/// What became of a lot.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResultLine {
    lot: u32,
    /// Its number in the printed catalogue, such as `12A`; empty: the lot's own.
    label: String,
    title: v1::Bilingual,
    /// What the price buys: empty for the whole lot.
    unit: String,
    /// How many units, in thousandths; `0`: the lot is not sold by measure.
    quantity_milli: String,
    /// Which attempt to sell it.
    attempt: u32,
    /// `LOT_OUTCOME_KNOCKED_DOWN` and so on.
    outcome: &'static str,
    /// Of a lot that is for decision: why, `DECISION_CAUSE_LEADER_BARRED` and so on.
    decision: &'static str,
    /// Of a lot that is for decision: its standing without the bids that were struck out since.
    #[serde(skip_serializing_if = "Option::is_none")]
    reckoned: Option<v1::LeadsTo>,
    /// Price of the highest bid that stood, knocked down or not, in minor units; `0`: none did.
    price: String,
    /// That price times quantity in minor units, to the nearest, a half upwards; `0`: none stood, or the
    /// lot is not sold by measure.
    whole_price: String,
    /// Paddle of that bid; 0: none stood.
    leader: u32,
    /// Paddle that it was knocked down to; 0: none.
    buyer: u32,
    /// Paddles with a bid that stood at the close.
    bidders: u32,
    /// R4: the base price in minor units, opened with the result; `0`: there was none, or it stays
    /// sealed.
    reserve: String,
    /// When it ended, microseconds since 1970 UTC.
    closed_at: String,
}

/// What the results come to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Totals {
    knocked_down: u32,
    /// Offered and not knocked down.
    passed: u32,
    withdrawn: u32,
    /// Lots about which the committee decides.
    for_decision: u32,
    /// Lots that run, or have yet to.
    ahead: u32,
    /// What was knocked down, by what a price buys: never added up over different units.
    hammer: Vec<Sum>,
}

/// The lots that were knocked down at a price for the same unit.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sum {
    unit: String,
    lots: u32,
    /// Sum of the hammer prices, each for one unit, in minor units.
    amount: String,
    /// Sum of the whole prices in minor units; `0`: one of the lots has none.
    whole_price: String,
}

/// Hammered, passed and withdrawn lots with prices.
pub(super) async fn list(
    State(gateway): State<Gateway>,
    Path(sale): Path<String>,
    reader: Reader,
) -> Result<Response, Fault> {
    let hub = hub_of(&gateway, &sale, reader).await?;
    let is_public = u64::from(hub.is_shown_to(Audience::Everyone));
    let live = hub.live();
    let state = (is_public, live.public_revision());
    let make = move || results(&live);
    let results = hub.results.get(state, Good::ForAMoment, make).await;
    Ok(json(results.ok_or(FaultCode::Internal)?))
}

fn results(live: &LiveSale) -> SaleResults {
    let results = Results::of(live);
    let totals = &results.totals;
    let hammer = totals.hammer.iter().map(|(unit, total)| Sum {
        unit: unit.clone(),
        lots: total.lots,
        amount: total.price.to_string(),
        whole_price: total.whole.unwrap_or_default().to_string(),
    });
    let lines = results
        .lots
        .iter()
        .filter_map(|result| Some(line(result, &view::catalogue_lot(live.lot(result.lot)?))));
    let terms = live.board().terms.as_ref();
    SaleResults {
        sale: live.board().sale.to_string(),
        currency: terms.map_or_else(String::new, |terms| terms.currency.code().to_owned()),
        lots: lines.collect(),
        totals: Totals {
            knocked_down: totals.knocked_down,
            passed: totals.passed,
            withdrawn: totals.withdrawn,
            for_decision: totals.for_decision,
            ahead: totals.ahead,
            hammer: hammer.collect(),
        },
        revision: results.revision.to_string(),
    }
}

fn line(result: &LotResult, terms: &v1::LotTerms) -> ResultLine {
    ResultLine {
        lot: result.lot.0,
        label: terms.label.clone(),
        title: terms.title.clone().unwrap_or_default(),
        unit: terms.unit.clone(),
        quantity_milli: terms.quantity_milli.to_string(),
        attempt: result.attempt,
        outcome: view::outcome(result.outcome).as_str_name(),
        decision: view::decision(Some(result.outcome)).as_str_name(),
        reckoned: view::reckoned(Some(result.outcome)),
        price: result.price.map_or(0, |price| price.minor()).to_string(),
        whole_price: result.whole.map_or(0, |whole| whole.minor()).to_string(),
        leader: result.leader.map_or(0, |paddle| paddle.0),
        buyer: result.buyer.map_or(0, |paddle| paddle.0),
        bidders: result.bidders,
        reserve: result
            .reserve
            .map_or(0, |reserve| reserve.amount.minor())
            .to_string(),
        closed_at: result.closed_at.to_string(),
    }
}
