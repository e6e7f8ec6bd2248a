//! The pages: the public ones from memory while they are as they would be rendered, all others in turns.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use mazad_projections::public::Audience;
use mazad_proto::FaultCode;
use tower::ServiceExt;

use super::FILES;
use super::authenticated::Reader;
use super::lanes::{Asker, Lanes, Work};
use super::page_cache::{Found, PageCache, PageState, encoding};
use crate::faults::Fault;
use crate::gateway::Gateway;
use crate::public_data::SalesFor;
use crate::web::Pages;

/// What a page needs before it is rendered.
#[derive(Debug, Clone)]
struct Site {
    gateway: Gateway,
    pages: Pages,
    lanes: Arc<Lanes>,
    cache: Arc<PageCache>,
    /// The same pages, for those who see drafts too.
    for_staff: Router,
}

/// The pages and their files.
pub(super) fn router(gateway: &Gateway, lanes: Arc<Lanes>) -> Router {
    let Some(pages) = gateway.pages() else {
        return Router::new();
    };
    let pages_for =
        |reader: Audience| (pages.router)(Arc::new(SalesFor::new(gateway.clone(), reader)));
    let site = Site {
        gateway: gateway.clone(),
        pages,
        lanes,
        cache: Arc::new(PageCache::new()),
        for_staff: pages_for(Audience::Staff),
    };
    pages_for(Audience::Everyone).layer(from_fn_with_state(site, page))
}

/// Pages are told of sales as they are followed: one that has just come to be is waited for.
async fn page(State(site): State<Site>, mut request: Request, next: Next) -> Response {
    let asker = Asker::of(&request).filter(|_| !request.uri().path().starts_with(FILES));
    let Some(asker) = asker else {
        return next.run(request).await;
    };
    site.gateway.hubs().catch_up().await;
    let is_staff = Reader::of(request.headers(), &site.gateway).audience() == Audience::Staff;
    let answered = if is_staff {
        site.for_staff(asker, request).await
    } else {
        let encoding = encoding(request.headers_mut());
        let variant = (site.pages.variant)(request.uri(), request.headers());
        match variant.filter(|_| request.method() == Method::GET) {
            Some(variant) => {
                let key = format!("{}\n{variant}\n{encoding}", request.uri().path());
                site.shared(asker, key, request, next).await
            }
            None => match site.lanes.take(asker, Work::Page).await {
                Ok(_turn) => Ok(next.run(request).await),
                Err(busy) => Err(busy),
            },
        }
    };
    answered.unwrap_or_else(|busy| Fault::from(busy).into_response())
}

impl Site {
    /// A page that is the same for everybody: kept, or rendered once for all who wait for it.
    async fn shared(
        &self,
        asker: Asker,
        key: String,
        request: Request,
        next: Next,
    ) -> Result<Response, FaultCode> {
        let path = request.uri().path().to_owned();
        let find = || {
            let state = PageState::of(&self.gateway, &path);
            (state, self.cache.get(&key, state))
        };
        let recent = match find() {
            (_, Found::Exact(page)) => return Ok(page),
            (_, Found::Recent(page)) => Some(page),
            (_, Found::Nothing) => None,
        };
        let turn = match (self.lanes.take_now(asker, Work::Page), recent) {
            (Some(turn), _) => turn,
            (None, Some(recent)) => return Ok(recent),
            (None, None) => self.lanes.take(asker, Work::Page).await?,
        };
        let (state, found) = find();
        if let Found::Exact(page) = found {
            return Ok(page);
        }
        let page = next.run(request).await;
        let page = self.cache.keep(key, state, page).await;
        drop(turn);
        Ok(page)
    }

    async fn for_staff(&self, asker: Asker, request: Request) -> Result<Response, FaultCode> {
        let _turn = self.lanes.take(asker, Work::Page).await?;
        let (mut parts, body) = request.into_parts();
        // Routed again: what the first routing noted of the address would stand there twice.
        parts.extensions.clear();
        let asked = self.for_staff.clone();
        match asked.oneshot(Request::from_parts(parts, body)).await {
            Ok(response) => Ok(response),
            Err(never) => match never {},
        }
    }
}
