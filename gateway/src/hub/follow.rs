//! The task of a hub: from the store into the fold, one batch of durable events after the other.

use std::sync::Arc;

use mazad_engine::codec::{self, DecodeError};
use mazad_engine::domain::Recorded;
use mazad_engine::store::{EventStore, ReadError, RecordedEvent, Revision, StreamId, Subscription};

use super::{Hub, HubState, Progress};

/// Why a hub stops following.
#[derive(Debug, thiserror::Error)]
enum FollowError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("revision {0}: {1}")]
    Decode(u64, DecodeError),
}

/// Follows the sale's stream until the store closes or cannot be read.
pub(super) async fn follow(hub: Arc<Hub>, store: Arc<dyn EventStore>) {
    if let Err(error) = follow_on(&hub, store).await {
        tracing::error!(sale = %hub.sale, %error, "a hub ended");
    }
}

async fn follow_on(hub: &Hub, store: Arc<dyn EventStore>) -> Result<(), FollowError> {
    let stream = StreamId::sale(hub.sale.0);
    let mut events = Subscription::stream(store, stream, Revision(0));
    loop {
        let batch = events.ready_batch().await?;
        if batch.is_empty() {
            break;
        }
        let batch = decode(&batch)?;
        let (published, private) = {
            let mut board = hub.board.lock();
            (board.recover(&batch), board.last_private())
        };
        hub.progress.send_modify(|progress| {
            (progress.published, progress.private) = (published, private);
        });
    }
    hub.progress
        .send_modify(|progress| progress.state = HubState::Live);
    while let Some(batch) = events.next_batch().await? {
        let batch = decode(&batch)?;
        let (published, private) = {
            let mut board = hub.board.lock();
            (board.publish(&batch), board.last_private())
        };
        hub.progress.send_if_modified(|progress| {
            let next = Progress {
                published: published.unwrap_or(progress.published),
                private,
                state: progress.state,
            };
            std::mem::replace(progress, next) != next
        });
    }
    Ok(())
}

/// Without the vault: what a hub never learns it cannot show.
fn decode(batch: &[RecordedEvent]) -> Result<Vec<Recorded>, FollowError> {
    let read = |event: &RecordedEvent| {
        codec::decode(event, None).map_err(|error| FollowError::Decode(event.revision.0, error))
    };
    batch.iter().map(read).collect()
}
