//! Somebody who watches through it all, over as many connections as it takes, and remembers
//! whatever was shown: nothing may be shown that a crash could take back.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mazad_client::{Body, Client, ClientError, Encoding, SalePicture, UpdateOutcome, v1};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::Whereabouts;

/// The pause before a server that does not answer is tried again.
const PAUSE: Duration = Duration::from_millis(5);

/// What a watcher has been shown.
#[derive(Debug)]
pub(super) struct SeenUpdates {
    views: Mutex<Vec<v1::LotView>>,
    closed: watch::Sender<BTreeSet<u32>>,
}

impl SeenUpdates {
    pub(super) fn new() -> Self {
        Self {
            views: Mutex::default(),
            closed: watch::Sender::new(BTreeSet::new()),
        }
    }

    /// Every view since the last time.
    pub(super) fn take(&self) -> Vec<v1::LotView> {
        std::mem::take(&mut *self.views.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The lots that have been seen closed.
    pub(super) fn closed(&self) -> watch::Receiver<BTreeSet<u32>> {
        self.closed.subscribe()
    }

    fn add(&self, lots: &[v1::LotView]) {
        for lot in lots
            .iter()
            .filter(|lot| lot.phase() == v1::LotPhase::Closed)
        {
            self.closed
                .send_if_modified(|closed| closed.insert(lot.lot));
        }
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        views.extend_from_slice(lots);
    }
}

/// Watches for ever.
///
/// # Errors
/// What was shown contradicts itself, or what was shown before.
pub(super) async fn watch_on(
    sale: String,
    server: Whereabouts,
    seen: Arc<SeenUpdates>,
) -> anyhow::Result<()> {
    let anybody = Client::to_moving(server);
    let mut picture = SalePicture::new(&sale);
    loop {
        let Ok(mut connection) = anybody.connect(Encoding::Proto).await else {
            sleep(PAUSE).await;
            continue;
        };
        if connection.join(&sale, picture.cursor()).await.is_err() {
            continue;
        }
        loop {
            match connection.hear().await {
                Ok(frame) => take(frame.body, &mut picture, &seen)?,
                Err(ClientError::Closed(_)) => break,
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn take(body: Body, picture: &mut SalePicture, seen: &SeenUpdates) -> anyhow::Result<()> {
    match body {
        Body::Snapshot(snapshot) => {
            seen.add(&snapshot.lots);
            picture.snapshot(snapshot)?;
        }
        Body::Update(update) => {
            seen.add(&update.lots);
            let taken = picture.update(update)?;
            anyhow::ensure!(taken != UpdateOutcome::Gap, "something was not shown");
        }
        _ => {}
    }
    Ok(())
}
