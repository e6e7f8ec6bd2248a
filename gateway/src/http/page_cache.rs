//! Public pages as they were last rendered, by everything of a request that they depend on, each with the
//! state of the sales that it shows.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use hashlink::LruCache;
use mazad_engine::domain::SaleId;
use mazad_projections::live::LiveSale;
use mazad_projections::public::Audience;
use parking_lot::Mutex;
use tokio::time::Instant;
use uuid::Uuid;

use crate::gateway::Gateway;
use crate::limits::{PAGE_AGE_MAX, PAGE_BYTES_MAX, PAGES_KEPT_BYTES_MAX, PAGES_KEPT_MAX};

/// The pages that are kept, the one that nobody has asked for longest first to go.
#[derive(Debug)]
pub(super) struct PageCache(Mutex<Kept>);

#[derive(Debug)]
struct Kept {
    pages: LruCache<String, Arc<KeptPage>>,
    bytes: usize,
}

#[derive(Debug)]
struct KeptPage {
    state: PageState,
    made: Instant,
    headers: HeaderMap,
    body: Bytes,
}

/// How the sales stood that a page shows. Both only rise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageState {
    /// Their boards, and how many there are: whatever changes here is shown at once.
    boards: u64,
    /// Whatever else everyone may see of them.
    published: u64,
}

/// What is kept of a page.
#[derive(Debug)]
pub(super) enum Found {
    /// The page as it would be rendered now.
    Exact(Response),
    /// As it was a moment ago, for when there is no turn to render it.
    Recent(Response),
    Nothing,
}

impl PageState {
    /// Of the sale that an address names, or of all of them.
    pub(super) fn of(gateway: &Gateway, path: &str) -> Self {
        let named = path
            .split('/')
            .nth(2)
            .and_then(|id| id.parse::<Uuid>().ok());
        let sales = match named {
            Some(sale) => vec![SaleId(sale)],
            None => gateway.engine().sales(),
        };
        let nothing = Self {
            boards: 0,
            published: 0,
        };
        let shown = sales
            .into_iter()
            .filter_map(|sale| gateway.hubs().shown_now(sale, Audience::Everyone));
        shown.fold(nothing, |sum, hub| sum.and(&hub.live()))
    }

    fn and(self, live: &LiveSale) -> Self {
        let add = |sum: u64, revision: u64| sum.saturating_add(revision).saturating_add(1);
        Self {
            boards: add(self.boards, live.board().revision),
            published: add(self.published, live.public_revision()),
        }
    }
}

impl PageCache {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Kept {
            pages: LruCache::new(PAGES_KEPT_MAX),
            bytes: 0,
        }))
    }

    pub(super) fn get(&self, key: &str, state: PageState) -> Found {
        let Some(page) = self.0.lock().pages.get(key).cloned() else {
            return Found::Nothing;
        };
        if page.state == state {
            return Found::Exact(page.answer());
        }
        let is_recent = page.state.boards == state.boards && page.made.elapsed() <= PAGE_AGE_MAX;
        if is_recent {
            Found::Recent(page.answer())
        } else {
            Found::Nothing
        }
    }

    /// Keeps a page that has just been rendered; what is no good answer, or too large, is passed on.
    pub(super) async fn keep(&self, key: String, state: PageState, made: Response) -> Response {
        if made.status() != StatusCode::OK {
            return made;
        }
        let rendered = Instant::now();
        let (head, body) = made.into_parts();
        let Ok(body) = to_bytes(body, PAGE_BYTES_MAX).await else {
            // Ours is smaller, by paging; a body that breaks off has nobody left to hear of it.
            let mut broken = Response::new(Body::empty());
            *broken.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            return broken;
        };
        let page = Arc::new(KeptPage {
            state,
            made: rendered,
            headers: head.headers,
            body,
        });
        let answer = page.answer();
        self.0.lock().insert(key, page);
        answer
    }
}

impl Kept {
    fn insert(&mut self, key: String, page: Arc<KeptPage>) {
        let size = |key: &str, page: &KeptPage| key.len().saturating_add(page.body.len());
        self.bytes = self.bytes.saturating_add(size(&key, &page));
        if let Some(earlier) = self.pages.remove(&key) {
            self.bytes = self.bytes.saturating_sub(size(&key, &earlier));
        }
        while (self.bytes > PAGES_KEPT_BYTES_MAX || self.pages.len() >= PAGES_KEPT_MAX)
            && let Some((key, old)) = self.pages.remove_lru()
        {
            self.bytes = self.bytes.saturating_sub(size(&key, &old));
        }
        self.pages.insert(key, page);
    }
}

impl KeptPage {
    fn answer(&self) -> Response {
        let mut answer = Response::new(Body::from(self.body.clone()));
        *answer.headers_mut() = self.headers.clone();
        answer
    }
}

/// Whether an answer is compressed, as one word: of two readers who say it differently, both get the
/// same bytes.
pub(super) fn encoding(headers: &mut HeaderMap) -> &'static str {
    let said = headers.get_all(header::ACCEPT_ENCODING).iter();
    let wishes = said.filter_map(|line| line.to_str().ok());
    let takes_gzip = wishes.flat_map(|line| line.split(',')).any(|wish| {
        let (name, weight) = wish.split_once(';').unwrap_or((wish, ""));
        let weight: String = weight.split_whitespace().collect();
        let is_none = weight.strip_prefix("q=").is_some_and(|weight| {
            weight.starts_with('0') && weight.bytes().all(|byte| matches!(byte, b'0' | b'.'))
        });
        name.trim().eq_ignore_ascii_case("gzip") && !is_none
    });
    headers.remove(header::ACCEPT_ENCODING);
    if takes_gzip {
        let gzip = HeaderValue::from_static("gzip");
        headers.insert(header::ACCEPT_ENCODING, gzip);
        return "gzip";
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATE: PageState = PageState {
        boards: 1,
        published: 1,
    };

    async fn body(answer: Response) -> Bytes {
        to_bytes(answer.into_body(), PAGE_BYTES_MAX).await.unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_is_exact_for_its_state_and_good_for_a_moment() {
        let cache = PageCache::new();
        let page = Response::new(Body::from("page"));
        cache.keep("/".to_owned(), STATE, page).await;
        let Found::Exact(answer) = cache.get("/", STATE) else {
            panic!("not exact")
        };
        assert_eq!(body(answer).await, "page");
        let moved = PageState {
            published: 2,
            ..STATE
        };
        assert!(matches!(cache.get("/", moved), Found::Recent(_)));
        tokio::time::advance(PAGE_AGE_MAX * 2).await;
        assert!(matches!(cache.get("/", moved), Found::Nothing));
        let opened = PageState { boards: 2, ..moved };
        assert!(matches!(cache.get("/", opened), Found::Nothing));
        assert!(matches!(cache.get("/other", STATE), Found::Nothing));
    }

    #[tokio::test]
    async fn what_is_kept_is_bounded_and_no_failure_is_kept() {
        let cache = PageCache::new();
        let page = "x".repeat(PAGE_BYTES_MAX);
        for number in 0..100 {
            let answer = Response::new(Body::from(page.clone()));
            cache.keep(number.to_string(), STATE, answer).await;
        }
        let kept = cache.0.lock().pages.len();
        assert_eq!(kept, PAGES_KEPT_BYTES_MAX / PAGE_BYTES_MAX - 1);
        assert!(matches!(cache.get("99", STATE), Found::Exact(_)));
        let mut missing = Response::new(Body::empty());
        *missing.status_mut() = StatusCode::NOT_FOUND;
        cache.keep("missing".to_owned(), STATE, missing).await;
        assert!(matches!(cache.get("missing", STATE), Found::Nothing));
    }

    #[test]
    fn an_encoding_is_one_word() {
        for (said, expected) in [
            (&["gzip, deflate, br"][..], "gzip"),
            (&["br", "GZIP;q=0.5"], "gzip"),
            (&["gzip;q=0"], ""),
            (&["gzip; q=0.000"], ""),
            (&["br"], ""),
            (&[], ""),
        ] {
            let mut headers = HeaderMap::new();
            for line in said {
                headers.append(header::ACCEPT_ENCODING, HeaderValue::from_static(line));
            }
            assert_eq!(encoding(&mut headers), expected, "{said:?}");
            let left = headers.get(header::ACCEPT_ENCODING).is_some();
            assert_eq!(left, !expected.is_empty());
        }
    }
}
