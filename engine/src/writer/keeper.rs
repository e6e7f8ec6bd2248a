//! When a snapshot of a sale is taken, and what came of the last one.

use std::sync::Arc;

use futures_util::FutureExt;
use tokio::task::JoinHandle;

use super::core::Writer;
use super::snapshots::{PartEnd, Snapshots};
use crate::domain::Sale;
use crate::limits::{SNAPSHOT_CLEARANCE, SNAPSHOT_EVENTS, SNAPSHOT_EVENTS_MAX};
use crate::store::{DiskSpace, Position};

/// Keeps a snapshot of one sale now and then, beside its loop: nobody waits for the disk.
#[derive(Debug)]
pub(crate) struct Keeper {
    pub(crate) snapshots: Option<Arc<dyn Snapshots>>,
    /// Events since the last snapshot.
    unsaved: u64,
    saving: Option<JoinHandle<PartEnd>>,
}

impl Keeper {
    /// `unsaved` events have been folded on top of the last snapshot.
    pub(crate) fn new(snapshots: Option<Arc<dyn Snapshots>>, unsaved: u64) -> Self {
        Self {
            snapshots,
            unsaved,
            saving: None,
        }
    }

    /// The log has grown, up to a position. One snapshot at a time, none where space is short, and none
    /// while a lot is about to close. The sale waits for a copy of its state alone: encoding and
    /// writing are done beside it.
    pub(crate) fn grown(
        &mut self,
        writer: &mut Writer,
        position: Position,
        by: u64,
        space: DiskSpace,
    ) {
        let Some(snapshots) = self.snapshots.clone() else {
            return writer.forget_unsaved();
        };
        self.unsaved = self.unsaved.saturating_add(by);
        if self.unsaved < SNAPSHOT_EVENTS || space != DiskSpace::Plenty || self.is_saving(writer) {
            return;
        }
        if is_near_a_close(writer.sale()) && self.unsaved < SNAPSHOT_EVENTS_MAX {
            return;
        }
        let snapshot = writer.take_unsaved();
        let sale = writer.id();
        let save = move || snapshots.save(sale, snapshot, position);
        self.saving = Some(tokio::task::spawn_blocking(save));
        self.unsaved = 0;
    }

    /// Whether a snapshot is being written; notes what came of the last one.
    fn is_saving(&mut self, writer: &mut Writer) -> bool {
        let Some(saving) = &mut self.saving else {
            return false;
        };
        let Some(ended) = saving.now_or_never() else {
            return true;
        };
        self.saving = None;
        match ended {
            Ok(end) => writer.saved(end),
            // It panicked, and the entries are gone: no later snapshot can be whole.
            Err(error) => {
                tracing::error!(sale = %writer.id(), %error, "snapshots end");
                self.snapshots = None;
            }
        }
        false
    }

    /// Waits for a snapshot that is being written.
    pub(crate) async fn finish(&mut self) {
        if let Some(saving) = self.saving.take() {
            // A snapshot that failed is one that is not there.
            let _failed = saving.await;
        }
    }
}

/// Whether a lot closes, or an offer on it lapses, within a moment.
fn is_near_a_close(sale: &Sale) -> bool {
    let soon = sale.now.after(SNAPSHOT_CLEARANCE);
    let mut due = sale.due.iter().take_while(|(time, _)| *time <= soon);
    due.any(|(_, due)| due.waits_for_arrivals())
}
