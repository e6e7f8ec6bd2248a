//! The query model as the gateway reads it. It is kept beside the sale and may be behind, rebuilt or
//! away: whoever asks it is told to come back, and no bid waits for it.

use std::path::PathBuf;
use std::sync::Arc;

use mazad_engine::domain::{LotNo, SaleId};
use mazad_projections::sql::Reader;
use tokio::sync::{Semaphore, watch};

use crate::limits::{SEARCH_LOTS_MAX, SEARCHES_MAX};

/// Where the query model is, and how far it has come. Cheap to clone: all clones are one.
#[derive(Debug, Clone)]
pub struct ReadModel {
    file: PathBuf,
    reflects: watch::Receiver<u64>,
    places: Arc<Semaphore>,
}

impl ReadModel {
    /// A model in a file, and the position that comes next in it.
    pub fn new(file: PathBuf, reflects: watch::Receiver<u64>) -> Self {
        Self {
            file,
            reflects,
            places: Arc::new(Semaphore::new(SEARCHES_MAX)),
        }
    }

    /// How many events of the store it reflects.
    pub(crate) fn position(&self) -> u64 {
        *self.reflects.borrow()
    }

    /// The first lots whose catalogue text has every word. `None`: too many search now, or the file
    /// cannot be read at the moment.
    pub(crate) async fn search(&self, text: String) -> Option<Vec<(SaleId, LotNo)>> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        let file = self.file.clone();
        // SQLite blocks; a connection for each search costs less than keeping one right through
        // rebuilds.
        let asked = tokio::task::spawn_blocking(move || {
            let _until_done = place;
            Reader::open(&file)?.search(&text, SEARCH_LOTS_MAX)
        });
        match asked.await {
            Ok(Ok(hits)) => Some(hits.lots),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the query model cannot be searched");
                None
            }
            Err(error) => {
                tracing::error!(%error, "a search died");
                None
            }
        }
    }
}
