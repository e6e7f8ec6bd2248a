//! What a hub has made for many: updates in a ring, and the last snapshot.

use std::collections::VecDeque;
use std::sync::Arc;

use mazad_engine::domain::{LotNo, Paddle};
use mazad_proto::v1::server_frame::Body;
use mazad_proto::{Encoding, v1};
use tokio::time::Instant;

use crate::frame::{Frame, SharedFrame};
use crate::limits::{RING_LOTS_MAX, RING_STEPS_MAX, RING_UPDATES};

/// A public change, encoded once for each encoding.
#[derive(Debug)]
pub struct Published {
    /// It applies to whoever stands from here ...
    pub from: u64,
    /// ... to here, and stands here then.
    pub to: u64,
    /// What bidders need to know whether their own figures moved.
    pub lots: Box<[LotGlance]>,
    frame: SharedFrame,
}

/// The part of a lot's view that bears on what a bidder alone may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LotGlance {
    pub lot: LotNo,
    /// Who leads or bought it.
    pub leader: Option<Paddle>,
    /// Bids that stand.
    pub bids: u32,
}

impl Published {
    pub(super) fn new(update: v1::Update) -> Self {
        let lots = update.lots.iter().map(glance).collect();
        let (from, to) = (update.from, update.to);
        Self {
            from,
            to,
            lots,
            frame: SharedFrame::new(Body::Update(update)),
        }
    }

    /// The frame in an encoding: the same bytes for everyone.
    pub fn frame(&self, encoding: Encoding) -> Frame {
        self.frame.frame(encoding)
    }
}

fn glance(view: &v1::LotView) -> LotGlance {
    let leader = Some(Paddle(view.leader)).filter(|paddle| paddle.0 != 0);
    LotGlance {
        lot: LotNo(view.lot),
        leader,
        bids: view.bids,
    }
}

/// Everything of a sale that moves, encoded once for each encoding.
#[derive(Debug)]
pub(crate) struct Snapshot {
    /// The client stands here then.
    pub(crate) revision: u64,
    pub(super) made: Instant,
    /// The sale was not published yet.
    pub(super) is_draft: bool,
    frame: SharedFrame,
}

impl Snapshot {
    pub(super) fn new(snapshot: v1::Snapshot, is_draft: bool) -> Self {
        let revision = snapshot.cursor.map_or(0, |cursor| cursor.revision);
        let frame = SharedFrame::new(Body::Snapshot(snapshot));
        Self {
            revision,
            made: Instant::now(),
            is_draft,
            frame,
        }
    }

    pub(crate) fn frame(&self, encoding: Encoding) -> Frame {
        self.frame.frame(encoding)
    }
}

/// The last updates, without a hole between them: each begins where the one before ended.
#[derive(Debug, Default)]
pub(super) struct Ring {
    updates: VecDeque<Arc<Published>>,
    lots: usize,
}

impl Ring {
    /// Adds an update. The newest always stays, however large: everyone is about to need it.
    pub(super) fn push(&mut self, update: Arc<Published>) {
        assert!(
            self.updates
                .back()
                .is_none_or(|last| last.to == update.from),
            "updates follow one another"
        );
        self.lots = self.lots.saturating_add(update.lots.len());
        self.updates.push_back(update);
        while self.updates.len() > RING_UPDATES || self.lots > RING_LOTS_MAX {
            if self.updates.len() <= 1 {
                return;
            }
            if let Some(old) = self.updates.pop_front() {
                self.lots = self.lots.saturating_sub(old.lots.len());
            }
        }
    }

    /// Whether whoever stands at a revision can go on with shared updates alone.
    pub(super) fn covers(&self, revision: u64) -> bool {
        self.updates.back().is_none_or(|last| last.to <= revision)
            || self
                .updates
                .front()
                .is_some_and(|first| first.from <= revision)
    }

    /// The updates after a revision; `None` if some are gone, or if one merged update is shorter.
    pub(super) fn after(&self, revision: u64) -> Option<Vec<Arc<Published>>> {
        let start = self.updates.partition_point(|update| update.to <= revision);
        let steps = self.updates.len().saturating_sub(start);
        let is_whole = self
            .updates
            .get(start)
            .is_none_or(|first| first.from <= revision);
        (is_whole && steps <= RING_STEPS_MAX)
            .then(|| self.updates.iter().skip(start).map(Arc::clone).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn update(from: u64, to: u64, lots: u32) -> Arc<Published> {
        let lots = (1..=lots)
            .map(|lot| v1::LotView {
                lot,
                ..v1::LotView::default()
            })
            .collect();
        Arc::new(Published::new(v1::Update {
            from,
            to,
            lots,
            ..v1::Update::default()
        }))
    }

    fn steps(ring: &Ring, revision: u64) -> Option<Vec<(u64, u64)>> {
        let updates = ring.after(revision)?;
        Some(
            updates
                .iter()
                .map(|update| (update.from, update.to))
                .collect(),
        )
    }

    #[test]
    fn a_cursor_inside_an_update_gets_that_update() {
        let mut ring = Ring::default();
        ring.push(update(4, 7, 1));
        ring.push(update(7, 9, 1));
        assert_eq!(steps(&ring, 3), None);
        assert_eq!(steps(&ring, 4), Some(vec![(4, 7), (7, 9)]));
        assert_eq!(steps(&ring, 6), Some(vec![(4, 7), (7, 9)]));
        assert_eq!(steps(&ring, 7), Some(vec![(7, 9)]));
        assert_eq!(steps(&ring, 9), Some(vec![]));
        assert_eq!(steps(&ring, 12), Some(vec![]));
        assert_eq!(
            [3, 4, 8, 9, 12].map(|revision| ring.covers(revision)),
            [false, true, true, true, true]
        );
    }

    #[test]
    fn the_ring_is_bounded_in_updates_and_in_lots() {
        let mut ring = Ring::default();
        for revision in 0..1000 {
            ring.push(update(revision, revision + 1, 1));
        }
        assert_eq!(ring.updates.len(), RING_UPDATES);
        ring.push(update(1000, 1001, 10_000));
        assert_eq!(ring.updates.len(), 1, "the newest stays, however large");
        ring.push(update(1001, 1002, 1));
        assert_eq!(steps(&ring, 1001), Some(vec![(1001, 1002)]));
        assert_eq!(ring.lots, 1);
    }

    #[test]
    fn one_frame_is_encoded_once_and_shared() {
        let update = update(1, 2, 3);
        let (a, b) = (update.frame(Encoding::Proto), update.frame(Encoding::Proto));
        let (Frame::Binary(a), Frame::Binary(b)) = (a, b) else {
            panic!("binary")
        };
        assert_eq!(a.as_ptr(), b.as_ptr());
        let (a, b) = (update.frame(Encoding::Json), update.frame(Encoding::Json));
        let (Frame::Text(a), Frame::Text(b)) = (a, b) else {
            panic!("text")
        };
        assert_eq!(a.as_str().as_ptr(), b.as_str().as_ptr());
    }
}
