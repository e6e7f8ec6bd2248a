//! `/api/search`: lots by the words of their catalogue, however they are typed.

use axum::extract::State;
use axum::response::Response;
use mazad_proto::{Expected, FaultCode, v1};
use serde::{Deserialize, Serialize};

use super::authenticated::Reader;
use super::described::{Asked, Described, Field};
use super::respond::fresh;
use crate::faults::Fault;
use crate::gateway::Gateway;
use crate::public_data::SalesFor;
use crate::web::{LotPage, PublicData};

/// What is looked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchQuery {
    /// Words that must all be there, in Arabic or English; forms of one Arabic letter are the same.
    q: String,
}

impl Described for SearchQuery {
    fn fields() -> Vec<Field> {
        vec![Field::required("q", Expected::Text)]
    }
}

/// The first lots that have every word.
#[derive(Debug, Serialize)]
pub(super) struct Hits {
    lots: Vec<Hit>,
}

/// A lot that was found, and how it stands now.
#[derive(Debug, Serialize)]
pub(super) struct Hit {
    sale: String,
    lot: u32,
    terms: v1::LotTerms,
    view: v1::LotView,
}

/// Lots by the words of their catalogue: title, description, reference, kind, place. At most 50.
pub(super) async fn lots(
    State(gateway): State<Gateway>,
    reader: Reader,
    Asked(SearchQuery { q }): Asked<SearchQuery>,
) -> Result<Response, Fault> {
    let sales = SalesFor::new(gateway, reader.audience());
    let found = sales.search(q).await.ok_or(FaultCode::Busy)?;
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

#[cfg(test)]
mod tests {
    use super::super::openapi::is_described;
    use super::*;

    #[test]
    fn a_hit_is_as_described() {
        let hit = Hit {
            sale: String::new(),
            lot: 1,
            terms: v1::LotTerms::default(),
            view: v1::LotView::default(),
        };
        assert!(is_described("Hit", &hit));
        assert!(is_described("Hits", &Hits { lots: vec![hit] }));
    }
}
