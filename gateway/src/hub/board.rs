//! The folded sale of a hub, and what is made of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use mazad_engine::clock::Clock;
use mazad_engine::domain::{Event, LotNo, Paddle, Recorded, SaleEvent, SaleId};
use mazad_projections::history;
use mazad_projections::history::After;
use mazad_projections::live::{LiveSale, Touched};
use mazad_projections::view::{lot_view, sale_view};
use mazad_proto::v1;
use tokio::time::Instant;

use super::ring::{Published, Ring, Snapshot};
use crate::hub::resume::{Resume, resume};
use crate::limits::SNAPSHOT_AGE_MAX;

/// A sale, its last updates and its last snapshot.
#[derive(Debug)]
pub(super) struct Board {
    live: LiveSale,
    clock: Arc<dyn Clock>,
    ring: Ring,
    /// Last published revision: where the next update begins. It is that of the last event that changed
    /// what everyone may see, so that no refusal and no private fact can be told from it.
    published: u64,
    snapshot: Option<Arc<Snapshot>>,
    /// The last update that was made for somebody too far behind the ring.
    merged: Option<(Instant, Arc<Published>)>,
    /// Revisions of each lot's history, and how the lot stood after each, so that a page of it is
    /// read without a look at everyone else's and without a fold: about a hundred bytes for each.
    lines: BTreeMap<LotNo, Vec<HistoryLine>>,
    /// Revision of the last event about each paddle that its owner alone sees. As many as there are
    /// paddles at most.
    private: BTreeMap<Paddle, u64>,
    /// The last of them.
    last_private: u64,
}

/// A line of a lot's history: the revision of an event, and how the lot stood after it.
pub(crate) type HistoryLine = (u64, After);

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

impl Board {
    pub(super) fn new(sale: SaleId, clock: Arc<dyn Clock>) -> Self {
        Self {
            live: LiveSale::new(sale),
            clock,
            ring: Ring::default(),
            published: 0,
            snapshot: None,
            merged: None,
            lines: BTreeMap::new(),
            private: BTreeMap::new(),
            last_private: 0,
        }
    }

    pub(super) fn live(&self) -> &LiveSale {
        &self.live
    }

    /// Folds what was there before anybody followed: nothing is published.
    pub(super) fn recover(&mut self, batch: &[Recorded]) -> u64 {
        for recorded in batch {
            let touched = self.live.apply(recorded);
            self.note(recorded, &touched);
        }
        self.published = self.live.public_revision();
        self.published
    }

    /// Folds a batch of durable events. The new published revision, or `None` if nothing that
    /// everyone may see has changed: a flood of refusals is not passed on.
    pub(super) fn publish(&mut self, batch: &[Recorded]) -> Option<u64> {
        let mut lots = BTreeSet::new();
        let mut board = false;
        for recorded in batch {
            let touched = self.live.apply(recorded);
            self.note(recorded, &touched);
            board |= touched.board;
            lots.extend(touched.lots);
        }
        if !board && lots.is_empty() {
            return None;
        }
        let from = std::mem::replace(&mut self.published, self.live.public_revision());
        let update = self.update(from, board, lots);
        self.ring.push(Arc::new(update));
        Some(self.published)
    }

    /// A lot's history from a revision on, at most so many lines, and whether there are more.
    pub(super) fn lines(&self, lot: LotNo, from: u64, limit: usize) -> (Vec<HistoryLine>, bool) {
        let all = self.lines.get(&lot).map_or(&[][..], Vec::as_slice);
        let after = all
            .split_at(all.partition_point(|(revision, _)| *revision < from))
            .1;
        let page = after.iter().take(limit).copied().collect();
        (page, after.len() > limit)
    }

    /// Revision of the last event about a paddle that its owner alone sees; 0: there was none.
    pub(super) fn private(&self, paddle: Paddle) -> u64 {
        self.private.get(&paddle).copied().unwrap_or_default()
    }

    /// The same of any paddle.
    pub(super) const fn last_private(&self) -> u64 {
        self.last_private
    }

    fn note(&mut self, recorded: &Recorded, touched: &Touched) {
        match &recorded.event {
            Event::Sale(
                SaleEvent::LimitSet { paddle, .. } | SaleEvent::PresenceMarked { paddle, .. },
            ) => {
                self.private.insert(*paddle, recorded.revision);
                self.last_private = recorded.revision;
            }
            // What a draft held before is nobody's history.
            Event::Sale(SaleEvent::LotsCleared) => self.lines.clear(),
            // Nor is what staff were given of it a moment ago for whoever comes in now.
            Event::Sale(SaleEvent::Published) => {
                (self.snapshot, self.merged) = (None, None);
            }
            Event::Sale(
                SaleEvent::Created { .. }
                | SaleEvent::TermsChanged { .. }
                | SaleEvent::WriterStarted { .. }
                | SaleEvent::Opened
                | SaleEvent::StoodStill { .. }
                | SaleEvent::Paused { .. }
                | SaleEvent::Resumed { .. }
                | SaleEvent::Ended
                | SaleEvent::LotsReordered { .. }
                | SaleEvent::PaddleAdmitted { .. }
                | SaleEvent::PaddleBarred { .. },
            )
            | Event::Lot(..)
            | Event::Refused { .. } => {}
        }
        for (lot, after) in history::lines(recorded, touched, &self.live) {
            let lines = self.lines.entry(lot).or_default();
            lines.push((recorded.revision, after));
        }
    }

    pub(super) fn join(&mut self, cursor: Option<v1::Cursor>) -> Joining {
        match resume(cursor, &self.live.board().epochs, self.live.head()) {
            Resume::Snapshot => Joining::Snapshot(self.snapshot()),
            Resume::After(revision) => Joining::Update(self.merged(revision)),
        }
    }

    pub(super) fn after(&mut self, cursor: u64) -> Next {
        if cursor >= self.published {
            return Next::Nothing;
        }
        match self.ring.after(cursor) {
            Some(updates) => Next::Shared(updates),
            None => Next::Merged(self.merged(cursor)),
        }
    }

    /// Everything. Given to all who join within a moment, as long as the ring goes on from it.
    pub(super) fn snapshot(&mut self) -> Arc<Snapshot> {
        if let Some(snapshot) = &self.snapshot
            && snapshot.made.elapsed() <= SNAPSHOT_AGE_MAX
            && self.ring.covers(snapshot.revision)
        {
            return Arc::clone(snapshot);
        }
        let snapshot = Arc::new(Snapshot::new(v1::Snapshot {
            sale: self.live.board().sale.to_string(),
            cursor: Some(v1::Cursor {
                epoch: self.live.epoch(),
                revision: self.published,
            }),
            time: self.clock.now().0,
            board: Some(sale_view(self.live.board())),
            lots: self
                .live
                .lots()
                .map(|(no, lot)| lot_view(*no, lot))
                .collect(),
        }));
        self.snapshot = Some(Arc::clone(&snapshot));
        snapshot
    }

    /// Every view that changed since a revision, in one update. An update that was made for
    /// somebody further behind serves as well, unless it is much larger.
    fn merged(&mut self, cursor: u64) -> Arc<Published> {
        let changed = |revision: u64| revision > cursor;
        let lots = self
            .live
            .lots()
            .filter(|(_, lot)| changed(lot.revision))
            .map(|(no, _)| *no);
        let lots: BTreeSet<LotNo> = lots.collect();
        if let Some((made, merged)) = &self.merged
            && made.elapsed() <= SNAPSHOT_AGE_MAX
            && merged.from <= cursor
            && merged.to == self.published.max(cursor)
            && merged.lots.len() <= lots.len().saturating_mul(2)
        {
            return Arc::clone(merged);
        }
        let board = changed(self.live.board().revision);
        let merged = Arc::new(self.update(cursor, board, lots));
        self.merged = Some((Instant::now(), Arc::clone(&merged)));
        merged
    }

    fn update(&self, from: u64, board: bool, lots: BTreeSet<LotNo>) -> Published {
        let view = |no: LotNo| self.live.lot(no).map(|lot| lot_view(no, lot));
        Published::new(v1::Update {
            sale: self.live.board().sale.to_string(),
            epoch: self.live.epoch(),
            from,
            // A cursor of an earlier process may stand at a private event after the last public one.
            to: self.published.max(from),
            time: self.clock.now().0,
            board: board.then(|| sale_view(self.live.board())),
            lots: lots.into_iter().filter_map(view).collect(),
        })
    }
}
