//! For those who run the server: is it up, is it ready, what does it count.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use mazad_engine::SaleHealth;
use serde::Serialize;
use utoipa::ToSchema;

use super::respond::{fresh, no_store};
use crate::faults::FaultCode;
use crate::gateway::Gateway;
use crate::metrics::Standing;
use crate::read_model::ReadModel;

/// Whether the server can do its work.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Readiness {
    /// It takes connections and every sale is written.
    ready: bool,
    /// Sales that are written.
    sales: usize,
    /// Sales whose writer stopped, and why.
    halted: Vec<Halted>,
}

/// A sale whose writer stopped.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Halted {
    sale: String,
    why: String,
}

/// Whether the process is up.
#[utoipa::path(get, path = "/healthz", tag = "operations",
    responses((status = 200, description = "It is", content_type = "text/plain", body = String)))]
pub(super) async fn healthz() -> Response {
    no_store("ok\n".into_response())
}

/// Whether the store is open and every sale is written.
#[utoipa::path(get, path = "/readyz", tag = "operations",
    responses(
        (status = 200, description = "Ready", body = Readiness),
        (status = 503, description = "Stopping, or a sale is halted", body = Readiness)))]
pub(super) async fn readyz(State(gateway): State<Gateway>) -> Response {
    let engine = gateway.engine();
    let sales = engine.sales();
    let halted: Vec<Halted> = sales
        .iter()
        .filter_map(|sale| match engine.state(*sale)? {
            SaleHealth::Running => None,
            SaleHealth::Halted(why) => Some(Halted {
                sale: sale.to_string(),
                why,
            }),
        })
        .collect();
    let ready = halted.is_empty() && !gateway.stopping().is_cancelled();
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let written = sales.len().saturating_sub(halted.len());
    (
        status,
        fresh(Readiness {
            ready,
            sales: written,
            halted,
        }),
    )
        .into_response()
}

/// Counters, in the text form of OpenMetrics.
#[utoipa::path(get, path = "/metrics", tag = "operations",
    responses((status = 200, description = "Counters", body = String,
        content_type = "application/openmetrics-text")))]
pub(super) async fn metrics(State(gateway): State<Gateway>) -> Result<Response, FaultCode> {
    let engine = gateway.engine();
    let standing = Standing {
        connections: gateway.crowd().len(),
        sockets: gateway.sockets().len(),
        sales: engine.sales().len(),
        hubs: gateway.hubs().len(),
        queued: engine.queued(),
        durable: *engine.store().durable().borrow(),
        read_model: gateway.model().map(ReadModel::position),
    };
    let text = gateway
        .metrics()
        .text(standing)
        .map_err(|_| FaultCode::Internal)?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let kind = HeaderValue::from_static(kind);
    Ok(no_store(
        ([(header::CONTENT_TYPE, kind)], text).into_response(),
    ))
}
