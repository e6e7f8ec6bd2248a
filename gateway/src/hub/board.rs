//! The folded sale of a hub, and what is kept beside it: the last updates, and the lines of its history.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use mazad_engine::clock::Clock;
use mazad_engine::domain::{Event, LotNo, Paddle, Recorded, SaleEvent, SaleId};
use mazad_projections::history;
use mazad_projections::history::After;
use mazad_projections::live::{LiveSale, Touched};
use mazad_projections::view::{lot_view, sale_view};
use mazad_proto::v1;

use super::ring::{Published, Ring};

/// A sale and its last updates. Whoever reads takes a picture and lets go of the lock: nothing is copied
/// or encoded under it but what an event has just changed.
#[derive(Debug)]
pub(super) struct Board {
    /// Shared with whoever reads; copied lot by lot as events change it meanwhile.
    live: Arc<LiveSale>,
    clock: Arc<dyn Clock>,
    ring: Ring,
    /// Last published public revision: where the next update begins.
    published: u64,
    /// Places of each lot's history, and how the lot stood after each, so that a page of it is
    /// read without a look at everyone else's and without a fold: about a hundred bytes for each.
    lines: BTreeMap<LotNo, Vec<HistoryLine>>,
    /// Revision of the last event about each paddle that its owner alone sees. As many as there are
    /// paddles at most.
    private: BTreeMap<Paddle, u64>,
    /// The last of them.
    last_private: u64,
}

/// A line of a lot's history.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HistoryLine {
    /// Revision of the event in the stream of the sale.
    pub(crate) revision: u64,
    /// Public revision after it.
    pub(crate) public_revision: u64,
    /// How the lot stood after it.
    pub(crate) after: After,
}

impl Board {
    pub(super) fn new(sale: SaleId, clock: Arc<dyn Clock>) -> Self {
        Self {
            live: Arc::new(LiveSale::new(sale)),
            clock,
            ring: Ring::default(),
            published: 0,
            lines: BTreeMap::new(),
            private: BTreeMap::new(),
            last_private: 0,
        }
    }

    /// The sale as it stands.
    pub(super) fn live(&self) -> Arc<LiveSale> {
        Arc::clone(&self.live)
    }

    pub(super) const fn published(&self) -> u64 {
        self.published
    }

    pub(super) const fn ring(&self) -> &Ring {
        &self.ring
    }

    /// Folds what was there before anybody followed: nothing is published.
    pub(super) fn recover(&mut self, batch: &[Recorded]) -> u64 {
        for recorded in batch {
            self.apply(recorded);
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
            let touched = self.apply(recorded);
            board |= touched.board;
            lots.extend(touched.lots);
        }
        if !board && lots.is_empty() {
            return None;
        }
        let from = std::mem::replace(&mut self.published, self.live.public_revision());
        let update = update(&self.live, self.clock.as_ref(), from, board, lots);
        self.ring.push(Arc::new(update));
        Some(self.published)
    }

    /// A lot's history from a public revision on, at most so many lines, and whether there are more.
    pub(super) fn lines(&self, lot: LotNo, from: u64, limit: usize) -> (Vec<HistoryLine>, bool) {
        let all = self.lines.get(&lot).map_or(&[][..], Vec::as_slice);
        let after = all
            .split_at(all.partition_point(|line| line.public_revision < from))
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

    fn apply(&mut self, recorded: &Recorded) -> Touched {
        let touched = Arc::make_mut(&mut self.live).apply(recorded);
        match &recorded.event {
            Event::Sale(
                SaleEvent::LimitSet { paddle, .. } | SaleEvent::PresenceMarked { paddle, .. },
            ) => {
                self.private.insert(*paddle, recorded.revision);
                self.last_private = recorded.revision;
            }
            // What a draft held before is nobody's history.
            Event::Sale(SaleEvent::LotsCleared) => self.lines.clear(),
            Event::Sale(
                SaleEvent::Created { .. }
                | SaleEvent::Amended { .. }
                | SaleEvent::WriterStarted { .. }
                | SaleEvent::Published
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
        for (lot, after) in history::lines(recorded, &touched, &self.live) {
            self.lines.entry(lot).or_default().push(HistoryLine {
                revision: recorded.revision,
                public_revision: self.live.public_revision(),
                after,
            });
        }
        touched
    }
}

/// The views of some lots, and of the board if it changed, as one update.
pub(super) fn update(
    live: &LiveSale,
    clock: &dyn Clock,
    from: u64,
    board: bool,
    lots: impl IntoIterator<Item = LotNo>,
) -> Published {
    let view = |no: LotNo| live.lot(no).map(|lot| lot_view(no, lot));
    Published::new(v1::Update {
        sale: live.board().sale.to_string(),
        epoch: live.epoch(),
        from,
        to: live.public_revision(),
        time: clock.now().0,
        board: board.then(|| sale_view(live.board())),
        lots: lots.into_iter().filter_map(view).collect(),
    })
}
