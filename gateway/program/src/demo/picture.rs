//! What a client has been told of a sale, kept by the rules of `docs/PROTOCOL.md`.

use std::collections::BTreeMap;
use std::time::Instant;

use mazad_proto::v1;

/// The picture of one client.
#[derive(Debug, Default)]
pub(crate) struct Picture {
    cursor: Option<v1::Cursor>,
    board: v1::SaleView,
    lots: BTreeMap<u32, v1::LotView>,
    clock: Option<(u64, Instant)>,
}

/// What an update did to the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Took {
    /// It was taken, or was old.
    Whole,
    /// Something was missed: join again with the cursor.
    Missed,
    /// It says something that cannot be.
    Wrong(&'static str),
}

impl Picture {
    /// Takes a whole picture.
    pub(crate) fn snapshot(&mut self, snapshot: v1::Snapshot) -> Took {
        let is_older = match (self.cursor, snapshot.cursor) {
            (Some(mine), Some(new)) => new.epoch == mine.epoch && new.revision < mine.revision,
            _ => false,
        };
        if is_older {
            return Took::Wrong("a snapshot is older than what was told before");
        }
        self.cursor = snapshot.cursor;
        self.board = snapshot.board.unwrap_or_default();
        self.lots = snapshot
            .lots
            .into_iter()
            .map(|lot| (lot.lot, lot))
            .collect();
        self.heard(snapshot.time);
        Took::Whole
    }

    /// Takes a change.
    pub(crate) fn update(&mut self, update: v1::Update) -> Took {
        self.heard(update.time);
        let Some(cursor) = &mut self.cursor else {
            return Took::Missed;
        };
        if update.to <= cursor.revision {
            return Took::Whole;
        }
        if update.from > cursor.revision {
            return Took::Missed;
        }
        *cursor = v1::Cursor {
            epoch: update.epoch,
            revision: update.to,
        };
        if let Some(board) = update.board {
            self.board = board;
        }
        for lot in update.lots {
            let before = self.lots.get(&lot.lot).map_or(0, |known| known.revision);
            if lot.revision < before {
                return Took::Wrong("a lot goes back");
            }
            self.lots.insert(lot.lot, lot);
        }
        Took::Whole
    }

    fn heard(&mut self, time: u64) {
        self.clock = Some((time, Instant::now()));
    }

    /// The engine's time, as far as the client can tell.
    pub(crate) fn now(&self) -> u64 {
        let Some((told, at)) = self.clock else {
            return 0;
        };
        let since = u64::try_from(at.elapsed().as_micros()).unwrap_or(0);
        told.saturating_add(since)
    }

    /// Where to resume.
    pub(crate) const fn cursor(&self) -> Option<v1::Cursor> {
        self.cursor
    }

    /// The sale as a whole.
    pub(crate) const fn board(&self) -> &v1::SaleView {
        &self.board
    }

    /// Whether the sale has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.board.phase() == v1::SalePhase::Ended
    }

    /// Every lot.
    pub(crate) const fn lots(&self) -> &BTreeMap<u32, v1::LotView> {
        &self.lots
    }

    /// The lots that take bids.
    pub(crate) fn open_lots(&self) -> impl Iterator<Item = &v1::LotView> {
        let runs = self.board.phase() == v1::SalePhase::Open;
        let open = move |lot: &&v1::LotView| runs && lot.phase() == v1::LotPhase::Open;
        self.lots.values().filter(open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn update(from: u64, to: u64, lot: u64) -> v1::Update {
        let view = v1::LotView {
            lot: 1,
            revision: lot,
            ..v1::LotView::default()
        };
        v1::Update {
            epoch: 1,
            from,
            to,
            lots: vec![view],
            ..v1::Update::default()
        }
    }

    #[test]
    fn a_picture_takes_what_follows_and_nothing_else() {
        let mut picture = Picture::default();
        assert_eq!(picture.update(update(4, 5, 5)), Took::Missed);
        let cursor = Some(v1::Cursor {
            epoch: 1,
            revision: 5,
        });
        let snapshot = v1::Snapshot {
            cursor,
            ..v1::Snapshot::default()
        };
        assert_eq!(picture.snapshot(snapshot), Took::Whole);
        assert_eq!(picture.update(update(3, 5, 5)), Took::Whole, "old");
        assert!(picture.lots().is_empty());
        assert_eq!(picture.update(update(4, 7, 7)), Took::Whole, "joined");
        assert_eq!(picture.cursor().unwrap().revision, 7);
        assert_eq!(picture.update(update(8, 9, 9)), Took::Missed);
        assert!(matches!(picture.update(update(7, 10, 6)), Took::Wrong(_)));
    }
}
