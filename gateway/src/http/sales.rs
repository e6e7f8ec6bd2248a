//! `/api/sales`, one sale with its catalogue, and its snapshot.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use mazad_engine::codec::wire_id;
use mazad_projections::live::{LiveSale, LotLive};
use mazad_projections::view;
use mazad_proto::{Encoding, FaultCode, v1};
use serde::Serialize;

use super::authenticated::Reader;
use super::respond::{fresh, json};
use crate::faults::Fault;
use crate::frame::Frame;
use crate::gateway::Gateway;
use crate::hub::{Good, Hub};

/// The sales, those that run first.
#[derive(Debug, Serialize)]
pub(super) struct Sales {
    sales: Vec<SaleLine>,
}

/// A sale in a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SaleLine {
    sale: String,
    /// Its name in both languages.
    title: v1::Bilingual,
    /// ISO 4217.
    currency: String,
    /// IANA name, for display.
    time_zone: String,
    /// `SALE_PHASE_OPEN` and so on.
    phase: &'static str,
    /// Microseconds since 1970 UTC; `0`: by hand.
    opens_at: String,
    /// When the first of the open lots ends; `0`: none of them has an end.
    next_ends_at: String,
    /// Lots in the catalogue.
    lots: usize,
    /// Lots that take bids now.
    open: usize,
    /// Lots knocked down so far.
    knocked_down: usize,
    /// Public revision that this line reflects.
    revision: String,
}

/// A sale: terms, board and the terms of every lot.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SaleBook {
    sale: String,
    terms: v1::SaleTerms,
    board: v1::SaleView,
    /// In the order of sale.
    lots: Vec<BookLot>,
    /// Public revision that this reflects.
    revision: String,
}

/// A lot of a catalogue.
#[derive(Debug, Serialize)]
pub(super) struct BookLot {
    lot: u32,
    terms: v1::LotTerms,
}

/// The hub of the sale in an address, if there is one for this reader.
pub(super) async fn hub_of(
    gateway: &Gateway,
    sale: &str,
    reader: Reader,
) -> Result<Arc<Hub>, Fault> {
    // An address that is no id of a sale names none: not found, rather than malformed.
    let sale = wire_id::sale_id(sale).map_err(|_| FaultCode::SaleUnknown)?;
    gateway
        .hubs()
        .shown(sale, reader.audience())
        .await
        .ok_or_else(|| FaultCode::SaleUnknown.into())
}

/// Every sale with title, phase, times and counts.
pub(super) async fn list(State(gateway): State<Gateway>, reader: Reader) -> Response {
    let mut sales = Vec::new();
    for sale in gateway.engine().sales() {
        if let Some(hub) = gateway.hubs().shown(sale, reader.audience()).await {
            sales.extend(line(&hub));
        }
    }
    sales.sort_by(|(a, _), (b, _)| a.cmp(b));
    fresh(Sales {
        sales: sales.into_iter().map(|(_, line)| line).collect(),
    })
}

/// One sale: its terms, where it stands, and every lot's terms. No secret.
pub(super) async fn one(
    State(gateway): State<Gateway>,
    Path(sale): Path<String>,
    reader: Reader,
) -> Result<Response, Fault> {
    let hub = hub_of(&gateway, &sale, reader).await?;
    // Terms change with the board, and in between with each further attempt to sell a lot and each
    // ceiling that is raised, and none of the two ever falls: whatever a bid moves is in the snapshot.
    let live = hub.live();
    let of_lot =
        |lot: &LotLive| u64::from(lot.attempt).wrapping_add_signed(lot.terms.ceiling.minor());
    let changes = live.lots().map(|(_, lot)| of_lot(lot));
    let state = (live.board().revision, changes.fold(0, u64::wrapping_add));
    let book = hub
        .book
        .get(state, Good::Exactly, move || book(&live))
        .await;
    Ok(json(book.ok_or(FaultCode::Internal)?))
}

fn book(live: &LiveSale) -> SaleBook {
    let board = live.board();
    let in_order = board
        .order
        .iter()
        .filter_map(|no| Some((no, live.lot(*no)?)));
    let lots = in_order.map(|(no, lot)| BookLot {
        lot: no.0,
        terms: view::catalogue_lot(lot),
    });
    SaleBook {
        sale: board.sale.to_string(),
        terms: board
            .terms
            .as_ref()
            .map(view::sale_terms)
            .unwrap_or_default(),
        board: view::sale_view(board),
        lots: lots.collect(),
        revision: live.public_revision().to_string(),
    }
}

/// Everything of a sale that moves, with a cursor to join the socket from.
pub(super) async fn snapshot(
    State(gateway): State<Gateway>,
    Path(sale): Path<String>,
    reader: Reader,
) -> Result<Response, Fault> {
    let hub = hub_of(&gateway, &sale, reader).await?;
    // The bytes that joining sockets share, without the frame around the message.
    let frame = match hub.snapshot().frame(Encoding::Json) {
        Frame::Text(text) => Bytes::from(text),
        Frame::Binary(bytes) => bytes,
    };
    let message = frame
        .strip_prefix(br#"{"snapshot":"#)
        .and_then(|rest| rest.strip_suffix(b"}"));
    let body = frame.slice_ref(message.ok_or(FaultCode::Internal)?);
    Ok(json(body))
}

/// What a list is sorted by, and its line.
fn line(hub: &Hub) -> Option<((u8, String), SaleLine)> {
    let summary = hub.read(view::summary)?;
    let phase = summary.board.phase();
    let line = SaleLine {
        sale: hub.sale().to_string(),
        title: summary.terms.title.unwrap_or_default(),
        currency: summary.terms.currency,
        time_zone: summary.terms.time_zone,
        phase: phase.as_str_name(),
        opens_at: summary.board.opens_at.to_string(),
        next_ends_at: summary.next_end.map_or(0, |at| at.0).to_string(),
        lots: summary.lots,
        open: summary.open,
        knocked_down: summary.knocked_down,
        revision: summary.revision.to_string(),
    };
    Some(((view::rank(phase), line.sale.clone()), line))
}
