//! Answers that were given before, read from the log beside the writer's loop: whoever repeats a
//! command keeps nobody waiting.

use std::sync::Arc;

use tokio::sync::{Semaphore, oneshot};

use super::answered::Recall;
use super::answers::{Lookup, Reply, SubmitError, same};
use crate::codec::{self, DecodeError, Vault};
use crate::domain::Answer;
use crate::limits::{APPEND_EVENTS_MAX, RECALL_EVENTS, RECALLS_MAX};
use crate::store::{EventStore, ReadError, RecordedEvent, StreamId};

/// Why an answer cannot be read back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecallError {
    /// The store cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// What stands there is not what the writer wrote.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// Another command is answered there.
    #[error("the answer is not where it was written")]
    Elsewhere,
}

/// Reads answers of one sale from its log.
#[derive(Debug, Clone)]
pub(crate) struct Recaller {
    store: Arc<dyn EventStore>,
    stream: StreamId,
    vault: Arc<Vault>,
    turns: Arc<Semaphore>,
}

impl Recaller {
    pub(crate) fn new(store: Arc<dyn EventStore>, stream: StreamId, vault: Arc<Vault>) -> Self {
        Self {
            store,
            stream,
            vault,
            turns: Arc::new(Semaphore::new(RECALLS_MAX)),
        }
    }

    /// Gives whoever repeated a command its answer.
    pub(super) fn repeat(&self, recall: Recall, digest: [u8; 32], reply: Reply) {
        self.spawn(recall, move |answer| {
            let told = answer.and_then(|answer| same(answer, digest).ok_or(SubmitError::Reused));
            let _gone = reply.send(told);
        });
    }

    /// Gives whoever asked for an answer that answer.
    pub(super) fn look_up(
        &self,
        recall: Recall,
        reply: oneshot::Sender<Result<Lookup, SubmitError>>,
    ) {
        self.spawn(recall, move |answer| {
            let _gone = reply.send(answer.map(Lookup::Answered));
        });
    }

    fn spawn(
        &self,
        recall: Recall,
        then: impl FnOnce(Result<Answer, SubmitError>) + Send + 'static,
    ) {
        let Ok(turn) = Arc::clone(&self.turns).try_acquire_owned() else {
            return then(Err(SubmitError::QueueFull));
        };
        let reader = self.clone();
        tokio::spawn(async move {
            let answer = answer(&*reader.store, &reader.stream, &reader.vault, recall).await;
            if let Err(error) = &answer {
                tracing::error!(stream = %reader.stream, %error, "an answer cannot be read back");
            }
            then(answer.map_err(|_| SubmitError::Unknown));
            drop(turn);
        });
    }
}

/// The answer that begins at a place of the log.
///
/// # Errors
/// [`RecallError`]: the log cannot be read, or does not have it.
pub(crate) async fn answer(
    store: &dyn EventStore,
    stream: &StreamId,
    vault: &Vault,
    recall: Recall,
) -> Result<Answer, RecallError> {
    let mut events = store.read(stream, recall.first, RECALL_EVENTS).await?;
    if is_longer(&events, &recall)? {
        // Its last event is further on, but no further than one append reaches.
        events = store.read(stream, recall.first, APPEND_EVENTS_MAX).await?;
    }
    let mut own = Vec::new();
    for event in &events {
        if !is_of(event, &recall)? {
            break;
        }
        own.push(event);
    }
    let (Some(first), Some(last)) = (own.first(), own.last()) else {
        return Err(RecallError::Elsewhere);
    };
    let begun = codec::decode(first, Some(vault))?;
    Ok(Answer::of(&begun, last.revision.0, codec::told(last)?))
}

fn is_longer(events: &[RecordedEvent], recall: &Recall) -> Result<bool, DecodeError> {
    match events.last() {
        Some(last) if events.len() >= RECALL_EVENTS => is_of(last, recall),
        _ => Ok(false),
    }
}

fn is_of(event: &RecordedEvent, recall: &Recall) -> Result<bool, DecodeError> {
    let meta = codec::meta_of(event)?;
    Ok((meta.actor, meta.command) == (recall.key.actor, recall.key.command))
}
