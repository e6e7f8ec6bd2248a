//! What somebody gets who is not up to date: everything, or in one update what changed since. Both are
//! made beside the hub's lock, and shared with whoever asks at the same moment.

use std::collections::BTreeSet;
use std::sync::Arc;

use mazad_engine::clock::Clock;
use mazad_engine::domain::LotNo;
use mazad_projections::live::{BoardPhase, LiveSale};
use mazad_projections::view::{lot_view, sale_view};
use mazad_proto::v1;
use parking_lot::Mutex;
use tokio::time::Instant;

use super::board::{Board, update};
use super::resume::{Resume, resume};
use super::ring::{Published, Snapshot};
use crate::limits::SNAPSHOT_AGE_MAX;

/// What somebody who joins gets.
#[derive(Debug)]
pub(crate) enum Joining {
    Snapshot(Arc<Snapshot>),
    /// What changed since the cursor, perhaps nothing.
    Update(Arc<Published>),
}

/// What somebody who follows gets.
#[derive(Debug)]
pub(crate) enum Next {
    /// Nothing: the picture is up to date.
    Nothing,
    /// Shared updates, one after the other.
    Shared(Vec<Arc<Published>>),
    /// Everything that changed since, in one update.
    Merged(Arc<Published>),
}

/// The last of each that was made. Its lock is held while one is made, so that those who ask together
/// wait for the same one; the board's is not.
#[derive(Debug)]
pub(super) struct CatchUp {
    clock: Arc<dyn Clock>,
    snapshot: Mutex<Option<Arc<Snapshot>>>,
    /// With the moment at which it was made.
    merged: Mutex<Option<(Instant, Arc<Published>)>>,
}

impl CatchUp {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            snapshot: Mutex::default(),
            merged: Mutex::default(),
        }
    }

    pub(super) fn join(&self, board: &Mutex<Board>, cursor: Option<v1::Cursor>) -> Joining {
        let live = board.lock().live();
        match resume(cursor, &live.board().epochs, live.public_revision()) {
            Resume::Snapshot => Joining::Snapshot(self.snapshot(board)),
            Resume::After(revision) => Joining::Update(self.merged(&live, revision)),
        }
    }

    pub(super) fn after(&self, board: &Mutex<Board>, cursor: u64) -> Next {
        let live = {
            let board = board.lock();
            if cursor >= board.published() {
                return Next::Nothing;
            }
            if let Some(updates) = board.ring().after(cursor) {
                return Next::Shared(updates);
            }
            board.live()
        };
        Next::Merged(self.merged(&live, cursor))
    }

    /// Everything. Given to all who join within a moment, as long as the ring goes on from it.
    pub(super) fn snapshot(&self, board: &Mutex<Board>) -> Arc<Snapshot> {
        let mut kept = self.snapshot.lock();
        let live = {
            let board = board.lock();
            let live = board.live();
            if let Some(snapshot) = kept.as_ref()
                && snapshot.made.elapsed() <= SNAPSHOT_AGE_MAX
                && board.ring().covers(snapshot.revision)
                // What staff were given of a draft is for nobody who comes in once it is published.
                && snapshot.is_draft == is_draft(&live)
            {
                return Arc::clone(snapshot);
            }
            live
        };
        let snapshot = v1::Snapshot {
            sale: live.board().sale.to_string(),
            cursor: Some(v1::Cursor {
                epoch: live.epoch(),
                revision: live.public_revision(),
            }),
            time: self.clock.now().0,
            board: Some(sale_view(live.board())),
            lots: live.lots().map(|(no, lot)| lot_view(*no, lot)).collect(),
        };
        let snapshot = Arc::new(Snapshot::new(snapshot, is_draft(&live)));
        *kept = Some(Arc::clone(&snapshot));
        snapshot
    }

    /// Every view that changed since a revision, in one update. An update that was made for
    /// somebody further behind serves as well, unless it is much larger.
    fn merged(&self, live: &LiveSale, cursor: u64) -> Arc<Published> {
        let changed = |revision: u64| revision > cursor;
        let lots = live.lots().filter(|(_, lot)| changed(lot.revision));
        let lots: BTreeSet<LotNo> = lots.map(|(no, _)| *no).collect();
        let mut kept = self.merged.lock();
        if let Some((made, merged)) = kept.as_ref()
            && made.elapsed() <= SNAPSHOT_AGE_MAX
            && merged.from <= cursor
            && merged.to == live.public_revision()
            && merged.lots.len() <= lots.len().saturating_mul(2)
        {
            return Arc::clone(merged);
        }
        let board = changed(live.board().revision);
        let merged = Arc::new(update(live, self.clock.as_ref(), cursor, board, lots));
        *kept = Some((Instant::now(), Arc::clone(&merged)));
        merged
    }
}

fn is_draft(live: &LiveSale) -> bool {
    live.board().phase == BoardPhase::Draft
}
