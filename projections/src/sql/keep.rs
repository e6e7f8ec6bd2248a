//! A model that is kept whatever becomes of its file: no sale waits for it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mazad_engine::store::EventStore;
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{ModelError, QueryModel, follow, rebuild};
use crate::limits::AGAIN_AFTER;

/// Keeps the model in `path` at the store's head until told to stop or the store has closed. A file
/// that is held by somebody else is tried again; one that is damaged, of another form, of another
/// store, or no longer in its place is rebuilt. `reflects` is told the position that comes next after each batch.
pub async fn keep(
    path: PathBuf,
    store: Arc<dyn EventStore>,
    reflects: &watch::Sender<u64>,
    stop: CancellationToken,
) {
    let mut rebuilds = false;
    loop {
        let kept = tokio::select! {
            // What a rebuild has written so far lies beside the model, and is thrown away.
            () = stop.cancelled(), if rebuilds => return,
            made = make(&path, &store, rebuilds) => made,
        };
        let kept = match kept {
            Ok(model) => follow(model, Arc::clone(&store), reflects, stop.cancelled()).await,
            Err(error) => Err(error),
        };
        let Err(error) = kept else { return };
        rebuilds = is_mended_by_rebuild(&error);
        tracing::warn!(%error, rebuilds, "the query model stops for a moment");
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(AGAIN_AFTER) => {}
        }
    }
}

async fn make(
    path: &Path,
    store: &Arc<dyn EventStore>,
    rebuilds: bool,
) -> Result<QueryModel, ModelError> {
    if rebuilds {
        let rebuilt = rebuild(Arc::clone(store), path, |_, _| ()).await?;
        tracing::info!(events = rebuilt.events, "the query model has been rebuilt");
    }
    let file = path.to_owned();
    let opened = tokio::task::spawn_blocking(move || QueryModel::open(&file));
    opened.await.map_err(|_| ModelError::Died)?
}

/// Whether the file is to blame. It is not where somebody else holds it, or where the store cannot
/// be read or says what this program does not understand.
fn is_mended_by_rebuild(error: &ModelError) -> bool {
    use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked, DiskFull};
    match error {
        ModelError::Sqlite(error) => !matches!(
            error.sqlite_error_code(),
            Some(DatabaseBusy | DatabaseLocked | DiskFull)
        ),
        ModelError::OtherForm
        | ModelError::OtherStore { .. }
        | ModelError::OtherHistory
        | ModelError::Gone
        | ModelError::Cold(_)
        | ModelError::Died => true,
        ModelError::Gap { .. }
        | ModelError::Decode { .. }
        | ModelError::Read(_)
        | ModelError::Io(_) => false,
    }
}
