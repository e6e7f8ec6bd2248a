//! What the pages show: the sales, as the server tells them.

use std::sync::Arc;

#[cfg(test)]
pub(super) use mazad_gateway::web::CataloguePart;
pub(super) use mazad_gateway::web::{
    LotEntry, LotPage, PublicData, SalePage, SaleSummary, SoldTotal, whole,
};

/// What the handlers share.
pub(super) type Data = Arc<dyn PublicData>;
