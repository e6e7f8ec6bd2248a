//! Catch up, then live: one way to follow a store, for every adapter.

use std::sync::Arc;

use tokio::sync::watch;

use super::port::{EventStore, Position, ReadError, RecordedEvent, Revision, StreamId};
use crate::limits::SUBSCRIPTION_BATCH_MAX;

/// Follows one stream, or all of them, from a given place: first what is there, then what comes.
///
/// Nothing is skipped and nothing comes twice; memory is bounded by one batch, since a slow reader
/// simply reads later.
#[derive(Debug)]
pub struct Subscription {
    store: Arc<dyn EventStore>,
    durable: watch::Receiver<u64>,
    follows: Follows,
}

#[derive(Debug)]
enum Follows {
    All { next: u64 },
    Stream { stream: StreamId, next: u64 },
}

impl Subscription {
    /// Follows every stream from a position on (inclusive).
    pub fn all(store: Arc<dyn EventStore>, from: Position) -> Self {
        let durable = store.durable();
        Self {
            store,
            durable,
            follows: Follows::All { next: from.0 },
        }
    }

    /// Follows one stream from a revision on (inclusive).
    pub fn stream(store: Arc<dyn EventStore>, stream: StreamId, from: Revision) -> Self {
        let durable = store.durable();
        Self {
            store,
            durable,
            follows: Follows::Stream {
                stream,
                next: from.0,
            },
        }
    }

    /// The next events, at least one; waits for them. `Ok(None)` when the store has closed.
    ///
    /// # Errors
    /// What the store's read answers.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<RecordedEvent>>, ReadError> {
        loop {
            // Marked seen before the read: an append between the read and the wait wakes us.
            self.durable.borrow_and_update();
            let batch = self.ready_batch().await?;
            if !batch.is_empty() {
                return Ok(Some(batch));
            }
            if self.durable.changed().await.is_err() {
                let rest = self.ready_batch().await?;
                return Ok((!rest.is_empty()).then_some(rest));
            }
        }
    }

    /// What is there now, without waiting; empty when caught up.
    ///
    /// # Errors
    /// What the store's read answers.
    pub async fn ready_batch(&mut self) -> Result<Vec<RecordedEvent>, ReadError> {
        match &mut self.follows {
            Follows::All { next } => {
                let batch = self
                    .store
                    .read_all(Position(*next), SUBSCRIPTION_BATCH_MAX)
                    .await?;
                if let Some(last) = batch.last() {
                    *next = last.position.0.saturating_add(1);
                }
                Ok(batch)
            }
            Follows::Stream { stream, next } => {
                let batch = self
                    .store
                    .read(stream, Revision(*next), SUBSCRIPTION_BATCH_MAX)
                    .await?;
                if let Some(last) = batch.last() {
                    *next = last.revision.0.saturating_add(1);
                }
                Ok(batch)
            }
        }
    }
}
