//! `/api/search`: lots by the words of their catalogue, however they are typed.

use axum::extract::{Query, State, rejection::QueryRejection};
use axum::response::Response;
use mazad_proto::{FaultCode, v1};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::respond::fresh;
use crate::faults::Fault;
use crate::gateway::Gateway;
use crate::web::{LotPage, PublicData};

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// Words that must all be there, in Arabic or English; forms of one Arabic letter are the same.
    q: String,
}

/// The first lots that have every word.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Hits {
    lots: Vec<Hit>,
}

/// A lot that was found, and how it stands now.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Hit {
    sale: String,
    lot: u32,
    #[schema(schema_with = super::openapi::lot_terms)]
    terms: v1::LotTerms,
    #[schema(schema_with = super::openapi::lot_view)]
    view: v1::LotView,
}

/// Lots by the words of their catalogue: title, description, reference, kind, place. At most 50.
#[utoipa::path(get, path = "/api/search", tag = "sales",
    params(Asked),
    responses(
        (status = 200, description = "Lots that have every word", body = Hits),
        (status = 503, description = "Come back in a moment",
            body = ref("#/components/schemas/Fault"))))]
pub(super) async fn lots(
    State(gateway): State<Gateway>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Fault> {
    let Query(Asked { q }) = asked.map_err(|_| FaultCode::Malformed)?;
    let found = gateway.search(q).await.ok_or(FaultCode::Busy)?;
    let lots = found.into_iter().map(hit).collect();
    Ok(fresh(Hits { lots }))
}

fn hit(page: LotPage) -> Hit {
    Hit {
        sale: page.sale.to_string(),
        lot: page.lot.view.lot,
        terms: page.lot.terms,
        view: page.lot.view,
    }
}
