//! What the server and the pages know of each other. The pages are told of the sales through
//! [`PublicData`]; the server is given the pages as a value, by whoever starts it, so that a change to
//! a page rebuilds no server.

mod data;
mod headers;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use mazad_proto::FaultCode;

pub use data::{
    Amendment, CataloguePart, LotEntry, LotPage, OpenedBase, PublicData, SalePage, SaleSummary,
    SoldTotal,
};
pub use headers::EVERY as HEADERS;
pub use mazad_projections::view::whole;

/// The pages, for a server to serve.
#[derive(Debug, Clone, Copy)]
pub struct Pages {
    /// All of them and their files, showing these sales.
    pub router: fn(Arc<dyn PublicData>) -> Router,
    /// Everything of a request that a page depends on besides its path and what is public: of two requests
    /// with the same, each may be given the other's page. `None`: that page is for this request alone.
    pub variant: fn(&Uri, &HeaderMap) -> Option<String>,
    /// For a reader who is told of a fault.
    pub fault: fn(&Uri, &HeaderMap, FaultCode) -> Response,
}
