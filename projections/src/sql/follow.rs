//! Catch up, then live.

use std::future::Future;
use std::sync::Arc;

use mazad_engine::store::{EventStore, Position, RecordedEvent, Subscription};
use tokio::sync::watch;

use super::{ModelError, QueryModel};

/// Keeps a model at the store's head until `stop` is done or the store has closed, and gives it
/// back. `reflects` is told the position that comes next after each batch.
///
/// # Errors
/// [`ModelError`]; the file stays as of the last whole batch.
pub async fn follow(
    mut model: QueryModel,
    store: Arc<dyn EventStore>,
    reflects: &watch::Sender<u64>,
    stop: impl Future<Output = ()>,
) -> Result<QueryModel, ModelError> {
    model.bind(store.identity().store)?;
    let mut events = Subscription::all(Arc::clone(&store), model.next_position());
    reflects.send_replace(model.next_position().0);
    let mut stop = std::pin::pin!(stop);
    loop {
        let batch = tokio::select! {
            // A batch that was being read has not been applied; the next follower reads it again.
            () = &mut stop => return Ok(model),
            batch = events.next_batch() => batch?,
        };
        let Some(batch) = batch else {
            return Ok(model);
        };
        model = take(model, &store, batch).await?;
        let Position(next) = model.next_position();
        reflects.send_replace(next);
    }
}

/// Applies a batch, with SQLite on a thread that may block, reading again the sales that an earlier
/// process had applied.
pub(super) async fn take(
    mut model: QueryModel,
    store: &Arc<dyn EventStore>,
    batch: Vec<RecordedEvent>,
) -> Result<QueryModel, ModelError> {
    let mut batch = batch;
    loop {
        let task = tokio::task::spawn_blocking(move || {
            let applied = model.apply(&batch);
            (model, batch, applied)
        });
        let (back, same, applied) = task.await.map_err(|_| ModelError::Died)?;
        (model, batch) = (back, same);
        match applied {
            Ok(()) => return Ok(model),
            Err(ModelError::Cold(sales)) => {
                for sale in sales {
                    model.warm(store.as_ref(), sale).await?;
                }
            }
            Err(error) => return Err(error),
        }
    }
}
