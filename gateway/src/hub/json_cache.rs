//! Large answers that many ask for: made once for each state of the sale, and then only shared.

use bytes::Bytes;
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;
use tokio::time::Instant;

use crate::limits::SNAPSHOT_AGE_MAX;

/// One such answer. Whoever asks while it is made waits for the same bytes.
#[derive(Debug, Default)]
pub(crate) struct JsonCache(Mutex<Option<CachedJson>>);

#[derive(Debug)]
struct CachedJson {
    state: (u64, u64),
    made: Instant,
    bytes: Bytes,
}

/// How long an answer is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Good {
    /// As long as the state is the same.
    Exactly,
    /// A moment longer, where every bid makes another state, as long as the first part of it is the
    /// same.
    ForAMoment,
}

impl JsonCache {
    /// The answer for a state, which only rises, as JSON. It is made by `make`, and spelled, on a thread
    /// on which no bid waits; `None` if it cannot be spelled.
    pub(crate) async fn get<T>(
        &self,
        state: (u64, u64),
        good: Good,
        make: impl FnOnce() -> T + Send + 'static,
    ) -> Option<Bytes>
    where
        T: Serialize,
    {
        let mut kept = self.0.lock().await;
        if let Some(kept) = kept.as_ref() {
            let is_fresh = good == Good::ForAMoment
                && kept.state.0 == state.0
                && kept.made.elapsed() <= SNAPSHOT_AGE_MAX;
            if kept.state >= state || is_fresh {
                return Some(kept.bytes.clone());
            }
        }
        let made = Instant::now();
        let spelled = spawn_blocking(move || serde_json::to_vec(&make())).await;
        let bytes = Bytes::from(spelled.ok()?.ok()?);
        *kept = Some(CachedJson {
            state,
            made,
            bytes: bytes.clone(),
        });
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_made_once_for_each_state() {
        let json_cache = JsonCache::default();
        let get = async |state, good, value: &str| {
            let value = value.to_owned();
            json_cache.get(state, good, move || value).await.unwrap()
        };
        let first = get((1, 7), Good::Exactly, "a").await;
        assert_eq!(&first[..], br#""a""#);
        assert_eq!(
            get((1, 7), Good::Exactly, "b").await.as_ptr(),
            first.as_ptr()
        );
        let next = get((1, 8), Good::Exactly, "b").await;
        assert_eq!(&next[..], br#""b""#);
        assert_eq!(
            get((1, 9), Good::ForAMoment, "c").await.as_ptr(),
            next.as_ptr()
        );
        assert_eq!(&get((2, 0), Good::ForAMoment, "d").await[..], br#""d""#);
        let next = get((2, 1), Good::ForAMoment, "e").await;
        assert_eq!(&next[..], br#""d""#);
        tokio::time::advance(SNAPSHOT_AGE_MAX * 2).await;
        assert_eq!(&get((2, 1), Good::ForAMoment, "e").await[..], br#""e""#);
    }

    #[tokio::test]
    async fn those_who_ask_together_share_one_answer() {
        let json_cache = JsonCache::default();
        let made = Arc::new(AtomicU32::new(0));
        let get = || {
            let made = Arc::clone(&made);
            json_cache.get((1, 0), Good::Exactly, move || {
                made.fetch_add(1, Ordering::Relaxed)
            })
        };
        let (a, b, c) = tokio::join!(get(), get(), get());
        assert!(a == b && b == c);
        assert_eq!(made.load(Ordering::Relaxed), 1);
    }
}
