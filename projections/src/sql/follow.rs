//! Catch up, then live.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use mazad_engine::store::{EventStore, Position, RecordedEvent, Subscription};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::place::Place;
use super::{ModelError, QueryModel};
use crate::limits::{AGAIN_AFTER, FILE_LOOK};

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
    model.must_continue(store.as_ref()).await?;
    let mut events = Subscription::all(Arc::clone(&store), model.next_position());
    reflects.send_replace(model.next_position().0);
    let mut stop = std::pin::pin!(stop);
    let place = model.place();
    let mut looks = interval(FILE_LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let batch = {
            let mut next = std::pin::pin!(events.next_batch());
            loop {
                tokio::select! {
                    // A batch that was being read has not been applied; the next follower reads it again.
                    () = &mut stop => return Ok(model),
                    batch = &mut next => break batch?,
                    // A look that is lost comes again.
                    _ = looks.tick() => must_be_in_place(place.clone()).await?,
                }
            }
        };
        let Some(batch) = batch else {
            return Ok(model);
        };
        must_be_in_place(place.clone()).await?;
        let (back, has_room) = wait_for_room(model, stop.as_mut()).await?;
        if !has_room {
            return Ok(back);
        }
        model = take(back, &store, batch).await?;
        let Position(next) = model.next_position();
        reflects.send_replace(next);
    }
}

/// Makes sure that readers find the file that is written.
async fn must_be_in_place(place: Option<Place>) -> Result<(), ModelError> {
    let Some(place) = place else {
        return Ok(());
    };
    let looked = tokio::task::spawn_blocking(move || place.check());
    looked.await.map_err(|_| ModelError::Died)?
}

/// Gives the model back when its journal has room, or without it if `stop` is done. Whoever reads on
/// in one transaction makes the model stand still, never the disk full.
async fn wait_for_room(
    mut model: QueryModel,
    mut stop: Pin<&mut impl Future<Output = ()>>,
) -> Result<(QueryModel, bool), ModelError> {
    let mut is_told = false;
    loop {
        let task = tokio::task::spawn_blocking(move || {
            let room = model.has_room();
            (model, room)
        });
        let (back, room) = task.await.map_err(|_| ModelError::Died)?;
        model = back;
        if room? {
            return Ok((model, true));
        }
        if !is_told {
            is_told = true;
            tracing::warn!(
                "somebody has been reading the query model in one transaction for long: it stands \
                 still until that one ends; read a copy instead"
            );
        }
        tokio::select! {
            // Nothing has begun that could be cut.
            () = stop.as_mut() => return Ok((model, false)),
            () = sleep(AGAIN_AFTER) => {}
        }
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
