//! For those who run the server: is it up, is it ready, what does it count.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use mazad_engine::SaleHealth;
use mazad_engine::clock::{self, Clock, is_synchronised};
use mazad_engine::domain::PauseCause;
use mazad_engine::limits::CLOCK_STEP;
use mazad_engine::store::DiskSpace;
use mazad_office::Right;
use mazad_projections::live::{BoardPhase, LiveSale};
use mazad_projections::public::Audience;
use mazad_proto::FaultCode;
use serde::Serialize;

use super::authenticated::Authenticated;
use super::respond::{fresh, no_store};
use crate::faults::Fault;
use crate::gateway::Gateway;
use crate::metrics::Gauges;
use crate::read_model::ReadModel;

/// Whether the server can do its work.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Readiness {
    /// It takes connections, every sale is written and followed, and the disk has room.
    ready: bool,
    /// Sales that are written and followed, drafts apart.
    sales: usize,
    /// Sales that are not, drafts apart, and where that stops. The reason is in the log.
    halted: Vec<Halted>,
    /// `steady`; or `set`: the machine's clock is off from the engine's time. Open sales rest until staff
    /// have looked at the time and resumed them; where none is open, a start anew takes the machine's time.
    clock: &'static str,
    /// Whether somebody keeps the machine's clock right, by the kernel's word now. A server whose clock
    /// nobody keeps is ready: lots end by a clock that nobody sets.
    clock_synchronised: Option<bool>,
    /// Room of the store: `plenty`, `short` (nothing new is begun) or `out` (only bids near an end).
    room: &'static str,
}

/// A sale that is not served.
#[derive(Debug, Serialize)]
pub(super) struct Halted {
    /// `None` where nobody can tell whether it is a draft.
    sale: Option<String>,
    /// `not-written` or `not-followed`.
    why: &'static str,
}

/// Whether the process is up.
pub(super) async fn healthz() -> Response {
    no_store("ok\n".into_response())
}

/// Whether the store has room, and every sale is written and followed.
pub(super) async fn readyz(State(gateway): State<Gateway>) -> Response {
    let engine = gateway.engine();
    let (mut halted, mut served, mut is_whole) = (Vec::new(), 0_usize, true);
    let (mut rests, mut runs) = (false, false);
    for sale in engine.sales() {
        let hub = gateway.hubs().of(sale).await;
        let why = match engine.state(sale) {
            None => continue,
            Some(SaleHealth::Running) => hub.is_none().then_some("not-followed"),
            Some(SaleHealth::StoreAway) => Some("store-away"),
            Some(SaleHealth::Following) => Some("not-owner"),
            Some(SaleHealth::Halted(why)) => {
                tracing::warn!(%sale, why, "not written");
                Some("not-written")
            }
        };
        is_whole &= why.is_none();
        rests |= hub.as_ref().is_some_and(|hub| hub.read(rests_for_clock));
        runs |= hub.as_ref().is_some_and(|hub| hub.read(is_running));
        // Everyone may ask, and nobody but staff is told of a draft.
        if hub
            .as_ref()
            .is_some_and(|hub| !hub.is_shown_to(Audience::Everyone))
        {
            continue;
        }
        let named = hub.map(|_| sale.to_string());
        match why {
            None => served = served.saturating_add(1),
            Some(why) => halted.push(Halted { sale: named, why }),
        }
    }
    // Where a sale runs although the clock is off, staff have looked at it.
    let is_steady = !rests && (runs || !is_clock_off(engine.clock().as_ref()));
    let (room, has_room) = match engine.store().disk_space() {
        DiskSpace::Plenty => ("plenty", true),
        DiskSpace::Short => ("short", true),
        DiskSpace::Out => ("out", false),
    };
    let ready = is_whole && is_steady && has_room && !gateway.stopping().is_cancelled();
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (
        status,
        fresh(Readiness {
            ready,
            sales: served,
            halted,
            clock: if is_steady { "steady" } else { "set" },
            clock_synchronised: is_synchronised(),
            room,
        }),
    )
        .into_response()
}

/// R0: whether a sale rests because somebody set the machine's clock.
fn rests_for_clock(sale: &LiveSale) -> bool {
    let pause = sale.board().pause.as_ref();
    pause.is_some_and(|pause| matches!(pause.cause, PauseCause::Clock { .. }))
}

fn is_running(sale: &LiveSale) -> bool {
    sale.board().phase == BoardPhase::Open
}

fn is_clock_off(clock: &dyn Clock) -> bool {
    clock::offset(clock, 0).unsigned_abs() > CLOCK_STEP.0
}

/// Counters, in the text form of OpenMetrics. Nobody without a role reads them: they move with what
/// somebody was refused.
pub(super) async fn metrics(
    State(gateway): State<Gateway>,
    caller: Authenticated,
) -> Result<Response, Fault> {
    caller.may(Right::ReadMetrics, None)?;
    let engine = gateway.engine();
    let mut sales = 0_usize;
    for sale in engine.sales() {
        let shown = gateway.hubs().shown(sale, Audience::Everyone).await;
        sales = sales.saturating_add(usize::from(shown.is_some()));
    }
    let gauges = Gauges {
        connections: gateway.connection_limits().len(),
        sockets: gateway.sockets().len(),
        sales,
        hubs: gateway.hubs().len(),
        queued: engine.queued(),
        durable: *engine.store().durable().borrow(),
        read_model: gateway.model().map(ReadModel::position),
    };
    let text = gateway
        .metrics()
        .text(gauges)
        .map_err(|_| FaultCode::Internal)?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let kind = HeaderValue::from_static(kind);
    Ok(no_store(
        ([(header::CONTENT_TYPE, kind)], text).into_response(),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::openapi::is_described;
    use super::*;

    #[test]
    fn a_halted_sale_is_as_described() {
        for sale in [None, Some(String::new())] {
            let halted = Halted {
                sale,
                why: "not-written",
            };
            assert!(is_described("Halted", &halted));
        }
    }
}
