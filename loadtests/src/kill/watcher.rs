//! Somebody who watches through it all, over as many connections as it takes, and remembers
//! whatever was shown: nothing may be shown that a crash could take back.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mazad_proto::v1::client_frame::Body as Said;
use mazad_proto::v1::server_frame::Body;
use mazad_proto::{Encoding, v1};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::bidder::Whereabouts;
use crate::line::{Heard, Line};
use crate::picture::{Picture, Taken};

/// The pause before a server that does not answer is tried again.
const PAUSE: Duration = Duration::from_millis(5);

/// What a watcher has been shown.
#[derive(Debug)]
pub(super) struct Seen {
    views: Mutex<Vec<v1::LotView>>,
    closed: watch::Sender<BTreeSet<u32>>,
}

impl Seen {
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
    mut server: Whereabouts,
    seen: Arc<Seen>,
) -> anyhow::Result<()> {
    let mut picture: Option<Picture> = None;
    loop {
        let at = server.wait_for(Option::is_some).await?.clone();
        let Some(api) = at else { continue };
        let Ok(mut line) = Line::open(api.address(), Encoding::Proto).await else {
            sleep(PAUSE).await;
            continue;
        };
        let cursor = picture.as_ref().map(|picture| picture.cursor);
        let join = v1::Join {
            sale: sale.clone(),
            cursor,
        };
        if line.say(Said::Join(join)).await.is_err() {
            continue;
        }
        while let Heard::Frame(body, _) = line.hear().await? {
            match (*body, picture.as_mut()) {
                (Body::Snapshot(snapshot), None) => {
                    seen.add(&snapshot.lots);
                    picture = Some(Picture::from_snapshot(snapshot)?);
                }
                (Body::Snapshot(snapshot), Some(picture)) => {
                    seen.add(&snapshot.lots);
                    picture.replace(snapshot)?;
                }
                (Body::Update(update), Some(picture)) => {
                    seen.add(&update.lots);
                    let taken = picture.update(update)?;
                    anyhow::ensure!(taken != Taken::Gap, "something was not shown");
                }
                _ => {}
            }
        }
    }
}
